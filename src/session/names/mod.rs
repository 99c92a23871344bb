//! Call by name as the screens see it: signals to read, wishes to send. One for the whole page, whatever
//! screen it is on, so that it rings everywhere; begun by whoever wants to sign in, and by itself for
//! those who have not signed out.

mod calls;
mod desk;
mod summons;
mod tone;

pub use crate::browser::notification::Allowed as Notices;
pub use calls::{Kind as PastKind, Past};
pub use duologue_core::{
    ids::RingId,
    ring::{End, Stage, Standing},
    wire::names::{Denial, Listed},
};
pub(super) use summons::{in_call, summoned};

use super::{identity, means, rest};
use crate::browser::{notification, random, storage};
use desk::Desk;
use duologue_core::ring::Intent;
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;

/// Says that this person is signed in, in every tab, until they sign out.
const SIGNED_IN: &str = "duologue.signed-in";

/// A ring that comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ringing {
    pub ring: RingId,
    pub name: String,
}

/// A ring that I make, and what it came to if it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calling {
    pub name: String,
    pub state: CallingState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallingState {
    Going(Stage),
    Over(End),
}

/// Whether the host has names at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// Being asked.
    Unknown,
    Yes,
    No,
}

#[derive(Clone, Copy)]
pub struct Names {
    pub offered: RwSignal<Offered>,
    pub standing: RwSignal<Standing>,
    pub people: RwSignal<Vec<Listed>>,
    pub calling: RwSignal<Option<Calling>>,
    /// The oldest first.
    pub ringing: RwSignal<Vec<Ringing>>,
    /// Rings are only mentioned: something else goes on.
    pub quiet: RwSignal<bool>,
    /// The latest first.
    pub past: RwSignal<Vec<Past>>,
    pub notices: RwSignal<Notices>,
    desk: StoredValue<Option<Rc<Desk>>, LocalStorage>,
}

thread_local! {
    /// With what keeps its signals.
    static NAMES: RefCell<Option<(Owner, Names)>> = const { RefCell::new(None) };
    static WANTED: Cell<Option<RwSignal<bool>>> = const { Cell::new(None) };
}

/// Whether there may be rings: from the start for those who are signed in, else as soon as somebody opens
/// the screen. For the page itself, once.
pub fn names_are_wanted() -> Signal<bool> {
    let wanted = RwSignal::new(false);
    WANTED.set(Some(wanted));
    spawn_local(async move {
        rest::fetch_in_time().await;
        if storage::local_get(SIGNED_IN).is_some() {
            want(wanted);
        }
    });
    wanted.into()
}

/// Whoever was told already is not told again: they would begin anew, in the middle of somebody's words.
fn want(wanted: RwSignal<bool>) {
    if wanted.try_get_untracked() == Some(false) {
        wanted.set(true);
    }
}

impl Names {
    /// The page's one, made by the first who asks. Its signals live as long as the page.
    pub fn get() -> Names {
        let known = NAMES.with_borrow(|it| it.as_ref().map(|(_, names)| *names));
        if let Some(names) = known {
            // A host that could not be reached looks like one that has none.
            if names.offered.get_untracked() == Offered::No {
                names.ask_host();
            }
            return names;
        }
        let owner = Owner::new_root(None);
        let names = owner.with(Names::begin);
        NAMES.set(Some((owner, names)));
        if let Some(wanted) = WANTED.get() {
            want(wanted);
        }
        names
    }

    fn begin() -> Names {
        let names = Names {
            offered: RwSignal::new(Offered::Unknown),
            standing: RwSignal::new(Standing::Out),
            people: RwSignal::new(Vec::new()),
            calling: RwSignal::new(None),
            ringing: RwSignal::new(Vec::new()),
            quiet: RwSignal::new(false),
            past: RwSignal::new(calls::read()),
            notices: RwSignal::new(notification::allowed()),
            desk: StoredValue::new_local(None),
        };
        names.ask_host();
        names
    }

    fn ask_host(self) {
        spawn_local(async move {
            let means = means::find(&means::presets()).await;
            let Some(patience) = means.names else {
                self.offered.set(Offered::No);
                return;
            };
            let desk = Desk::new(self, patience);
            self.desk.set_value(Some(desk));
            self.offered.set(Offered::Yes);
            if storage::local_get(SIGNED_IN).is_some() && !self.my_name().is_empty() {
                self.sign_in(&self.my_name());
            }
        });
    }

    /// The name that was used last.
    pub fn my_name(self) -> String {
        identity::name()
    }

    pub fn sign_in(self, name: &str) {
        identity::keep_name(name);
        storage::local_set(SIGNED_IN, "1");
        self.send(Intent::SignIn(name.to_owned()));
    }

    pub fn sign_out(self) {
        storage::local_remove(SIGNED_IN);
        self.send(Intent::SignOut);
    }

    pub fn call(self, name: &str) {
        let room = duologue_core::seal::RoomSecret::from_bytes(random::bytes());
        self.calling.set(None);
        self.send(Intent::Call(name.to_owned(), room));
    }

    pub fn cancel(self) {
        self.send(Intent::Cancel);
    }

    /// What the last ring came to has been read.
    pub fn forget_calling(self) {
        self.calling.set(None);
    }

    pub fn accept(self, ring: RingId, camera: bool) {
        summons::camera(camera);
        self.send(Intent::Accept(ring));
    }

    pub fn decline(self, ring: RingId, text: &str) {
        let text = text.trim();
        let text = (!text.is_empty()).then(|| text.to_owned());
        self.send(Intent::Decline(ring, text));
    }

    pub fn say_busy(self, ring: RingId) {
        self.send(Intent::Busy(ring));
    }

    /// In the handling of a press: may the system tell of calls?
    pub fn ask_for_notices(self) {
        let asked = notification::ask();
        spawn_local(async move {
            self.notices.set(asked.await);
        });
    }

    pub fn forget_past(self) {
        calls::forget();
        self.past.set(Vec::new());
    }

    fn send(self, intent: Intent) {
        if let Some(desk) = self.desk.get_value() {
            desk.wish(intent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::reactive::effect::ImmediateEffect;
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    #[test]
    fn what_is_wanted_twice_begins_once() {
        let owner = Owner::new();
        owner.set();
        let wanted = RwSignal::new(false);
        let begun = Arc::new(AtomicU32::new(0));
        let count = begun.clone();
        let _rings = ImmediateEffect::new_isomorphic(move || {
            if wanted.get() {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        want(wanted);
        want(wanted);
        assert_eq!(begun.load(Ordering::Relaxed), 1);
    }
}
