//! Files between people: who offers what, where its bytes come from, and what is done with them. A
//! machine of its own beside `call`, which tells it who can be reached and carries its messages.
//!
//! Fetching is the receiver's business: it asks whoever has the file for stretches of it, over lanes,
//! connections that carry nothing else. So an interrupted transfer, a reloaded page and a second
//! person who has the file are one case: what is missing is asked of whoever is there.
//!
//! ```text
//!   incoming: Looking ─▶ Offered ─accept─▶ Claiming ─▶ Fetching ─▶ Finishing ─▶ Done
//!                └── kept from before ─────────▲          └─ cancel, lies, no room ─▶ Ended
//!   outgoing: Preparing ─▶ Offering ─▶ Ended
//! ```
//!
//! | file       | owns |
//! |------------|------|
//! | `vocabulary` | what comes in, what goes out, what can be shown |
//! | `incoming` | one file that comes: its pieces, its sources |
//! | `outgoing` | one file that is offered, and how far each receiver is |
//! | `lane`     | one connection for bytes: what is asked and served over it |
//! | `fetch`    | asking: which lane fetches what, how many lanes there are |
//! | `serve`    | answering: who may have what, and not faster than it goes away |
//! | `talk`     | what people say about files |
//! | `frame`, `name`, `pieces`, `speed` | messages of a lane, names, pieces, how long it takes |

mod fetch;
pub mod frame;
mod incoming;
mod lane;
pub mod name;
mod outgoing;
pub mod pieces;
mod serve;
mod speed;
mod talk;
mod view;
mod vocabulary;

pub use view::{Stage, Transfer};
pub use vocabulary::{
    Chosen, Found, Input, Kept, LaneEvent, LaneId, Output, Storage, Stretch, TransferId, Trouble,
};

use crate::{
    ids::{FileRoot, PeerId},
    table::Table,
    time::Millis,
    wire::About,
};
use alloc::{string::String, vec::Vec};
use incoming::Incoming;
use lane::Lane;
use outgoing::Outgoing;

/// Of what others began, and nobody has put away.
const MOST_INCOMING: usize = 200;
/// Progress is told this often.
const TELL: u64 = 500;

/// Somebody in the call.
#[derive(Debug, Default)]
struct Person {
    name: String,
    /// Their control channel is open.
    here: bool,
    /// Lanes to them that came to nothing in a row, and when the next may be tried.
    failures: u32,
    next_lane: Millis,
    rtt: Option<u64>,
}

/// A file that somebody would go on fetching from here, if it were chosen again.
#[derive(Debug)]
struct Wanted {
    id: TransferId,
    by: PeerId,
    about: About,
}

#[derive(Debug, Default)]
pub struct Files {
    people: Table<PeerId, Person>,
    incoming: Vec<Incoming>,
    outgoing: Vec<Outgoing>,
    wanted: Vec<Wanted>,
    /// What others call what they fetch from here.
    served: Table<(PeerId, u32), FileRoot>,
    /// Who wants to know whether we have a file that we are looking for.
    asking: Vec<(PeerId, u32, About, bool)>,
    lanes: Table<LaneId, Lane>,
    last_id: u32,
    last_lane: u32,
    next_tell: Option<Millis>,
}

impl Files {
    /// Never fails and never panics: what is bad is refused. Afterwards `next_wake` is later than
    /// `now`.
    pub fn handle(&mut self, now: Millis, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Here(peer, name) => self.on_here(peer, name, &mut out),
            Input::Away(peer) => self.on_away(now, peer, &mut out),
            Input::Heard(peer, message) => self.on_message(now, peer, message, &mut out),
            Input::Chosen { no, about, to } => self.on_chosen(no, about, to, &mut out),
            Input::Accept(id) => self.on_accept(id, &mut out),
            Input::Cancel(id) => self.on_cancel(id, &mut out),
            Input::PutAway(id) => self.on_put_away(id, &mut out),
            Input::Storage(it) => self.on_storage(now, it, &mut out),
            Input::Lane(lane, event) => self.on_lane(now, lane, event, &mut out),
            Input::Wake => {}
        }
        self.work(now, &mut out);
        debug_assert!(
            self.next_wake().is_none_or(|at| at > now),
            "a timer stands still"
        );
        out
    }

    pub fn next_wake(&self) -> Option<Millis> {
        let lanes = self.lanes.values().filter_map(Lane::next_wake);
        let fetching = self.incoming.iter().any(Incoming::is_fetching);
        let retries = self.people.values().filter_map(|it| {
            let due = fetching && it.here && it.failures > 0;
            due.then_some(it.next_lane)
        });
        lanes
            .chain(self.next_tell)
            .chain(retries.filter(|at| *at > fetch::AT_ONCE))
            .min()
    }

    fn new_id(&mut self) -> TransferId {
        self.last_id += 1;
        TransferId(self.last_id)
    }

    /// Everybody who can be told something now.
    fn here(&self) -> Vec<PeerId> {
        let here = self.people.iter().filter(|(_, it)| it.here);
        here.map(|(id, _)| *id).collect()
    }

    fn name_of(&self, peer: PeerId) -> String {
        let person = self.people.get(&peer);
        person.map_or_else(String::new, |it| it.name.clone())
    }

    fn incoming_of(&mut self, root: FileRoot) -> Option<&mut Incoming> {
        let live = |it: &&mut Incoming| it.about.root == root && !it.is_over();
        self.incoming.iter_mut().find(live)
    }

    fn by_slot(&mut self, slot: u32) -> Option<&mut Incoming> {
        self.incoming.iter_mut().find(|it| it.id.0 == slot)
    }
}
