//! What people say about files: offers, wishes, ends; and what a person here says to them.

use super::{
    Files, Found, Kept, LaneId, MOST_INCOMING, Output, Person, TELL, TransferId, Trouble, Wanted,
    fetch::AT_ONCE,
    incoming::{Incoming, Source, State},
    lane::Lane,
    name,
    outgoing::{self, Fate},
    pieces,
};
use crate::{
    ids::{FileRoot, PeerId},
    time::Millis,
    wire::{About, FileMsg},
};
use alloc::{string::String, vec::Vec};

/// More than anyone needs who fetches.
pub const MOST_SERVED_LANES: usize = 8;
/// Files that one person may be fetching from here.
const MOST_SERVED: usize = 200;
const MOST_WANTED: usize = 20;

impl Files {
    pub(super) fn on_here(&mut self, peer: PeerId, name: String, out: &mut Vec<Output>) {
        let person = self.people.or_insert_with(peer, Person::default);
        let before = core::mem::replace(&mut person.here, true);
        person.name = name;
        (person.failures, person.next_lane) = (0, AT_ONCE);
        if before {
            return;
        }
        for at in 0..self.outgoing.len() {
            self.offer(at, peer, out);
        }
        let fetching: Vec<TransferId> = self
            .incoming
            .iter()
            .filter(|it| it.is_fetching())
            .map(|it| it.id)
            .collect();
        for id in fetching {
            self.want_of(id, peer, out);
        }
        out.push(Output::Changed);
    }

    pub(super) fn on_away(&mut self, now: Millis, peer: PeerId, out: &mut Vec<Output>) {
        let Some(person) = self.people.get_mut(&peer).filter(|it| it.here) else {
            return;
        };
        person.here = false;
        let lanes: Vec<LaneId> = self
            .lanes
            .iter()
            .filter(|(_, it)| it.peer == peer)
            .map(|(id, _)| *id)
            .collect();
        for id in lanes {
            self.close_lane(now, id, false, out);
        }
        for incoming in &mut self.incoming {
            incoming.on_away(peer);
            incoming.speed.stop();
        }
        for outgoing in &mut self.outgoing {
            for receiver in outgoing.receivers.iter_mut().filter(|it| it.peer == peer) {
                receiver.here = false;
            }
        }
        self.served.retain(|(of, _), _| *of != peer);
        self.asking.retain(|(of, ..)| *of != peer);
        self.wanted.retain(|it| it.by != peer);
        // Whoever else is there may have it.
        let orphans = self
            .incoming
            .iter()
            .filter(|it| it.is_fetching() && !it.sources.values().any(|it| *it == Source::Has));
        let orphans: Vec<TransferId> = orphans.map(|it| it.id).collect();
        for id in orphans {
            self.want(id, out);
        }
        out.push(Output::Changed);
    }

    pub(super) fn on_message(
        &mut self,
        now: Millis,
        peer: PeerId,
        message: FileMsg,
        out: &mut Vec<Output>,
    ) {
        if !self.people.get(&peer).is_some_and(|it| it.here) {
            return;
        }
        match message {
            FileMsg::Offer { about, alone } => self.on_offer(peer, about, alone, out),
            FileMsg::Withdraw { root } => self.on_withdraw(peer, root, out),
            FileMsg::Refuse { root } => {
                for outgoing in self.outgoing.iter_mut().filter(|it| it.about.root == root) {
                    outgoing.set_fate(peer, Fate::Refused);
                }
                self.wanted
                    .retain(|it| it.by != peer || it.about.root != root);
            }
            FileMsg::Want { slot, about, yours } => self.on_want(peer, slot, about, yours, out),
            FileMsg::Have { slot } => self.on_reply(now, peer, slot, Source::Has, out),
            FileMsg::Lack { slot } => self.on_reply(now, peer, slot, Source::Lacks, out),
            FileMsg::Progress { root, have } => self.on_progress(now, peer, root, have),
            FileMsg::LaneOffer { lane, sdp } => {
                let known = |it: &Lane| !it.mine && it.peer == peer && it.no == lane;
                if self.lanes.values().any(known) || self.lanes_of(peer) >= MOST_SERVED_LANES {
                    return;
                }
                self.last_lane += 1;
                let id = LaneId(self.last_lane);
                self.lanes.insert(id, Lane::new(now, peer, lane, false));
                out.push(Output::OpenLane(id, Some(sdp)));
                return;
            }
            FileMsg::LaneAnswer { lane, sdp } => {
                out.extend(
                    self.lane_by(peer, lane, true)
                        .map(|id| Output::AnswerLane(id, sdp)),
                );
                return;
            }
            FileMsg::LaneCandidate {
                lane,
                mine,
                candidate,
            } => {
                let id = self.lane_by(peer, lane, !mine);
                out.extend(id.map(|id| Output::AddCandidate(id, candidate)));
                return;
            }
        }
        out.push(Output::Changed);
    }

    fn lane_by(&self, peer: PeerId, no: u32, mine: bool) -> Option<LaneId> {
        let this = |it: &Lane| it.peer == peer && it.no == no && it.mine == mine;
        self.lanes
            .iter()
            .find(|(_, it)| this(it))
            .map(|(id, _)| *id)
    }

    fn on_offer(&mut self, peer: PeerId, about: About, alone: bool, out: &mut Vec<Output>) {
        let name = self.name_of(peer);
        if let Some(known) = self.incoming_of(about.root) {
            // Again, after a reload; or by a second person who has it.
            if known.about.size == about.size && known.is_fetching() {
                let id = known.id;
                self.want_of(id, peer, out);
            }
            return;
        }
        let trouble = if !name::is_clean(&about.name) || name::clean_kind(&about.kind) != about.kind
        {
            Some(Trouble::BadName)
        } else if about.size > pieces::LARGEST_FILE {
            Some(Trouble::TooLarge)
        } else if self.incoming.len() >= MOST_INCOMING {
            Some(Trouble::TooMany)
        } else {
            None
        };
        let root = about.root;
        if trouble.is_some() {
            out.push(Output::Tell(peer, FileMsg::Refuse { root }));
        }
        // One sentence is enough, whatever the number of offers that it is about.
        let said = |it: &Incoming| {
            it.from == peer && trouble.is_some_and(|why| it.state == State::Ended(why))
        };
        if self.incoming.iter().any(said) {
            return;
        }
        let id = self.new_id();
        let about = About {
            name: name::clean(&about.name),
            kind: name::clean_kind(&about.kind).into(),
            ..about
        };
        let mut incoming = Incoming::new(
            id,
            About {
                size: about.size.min(pieces::LARGEST_FILE),
                ..about
            },
            peer,
            name,
            alone,
        );
        match trouble {
            Some(why) => incoming.state = State::Ended(why),
            None => out.push(Output::Look(root)),
        }
        self.incoming.push(incoming);
    }

    fn on_withdraw(&mut self, peer: PeerId, root: FileRoot, out: &mut Vec<Output>) {
        let Some(incoming) = self.incoming_of(root).filter(|it| it.from == peer) else {
            return;
        };
        // Somebody else may have it whole; without them it is over.
        incoming.on_away(peer);
        let others = incoming.sources.values().any(|it| *it == Source::Has);
        if incoming.state != State::Done && !others {
            incoming.state = State::Ended(Trouble::Withdrawn);
            out.push(Output::Remove(root));
        }
    }

    pub(super) fn on_looked(&mut self, root: FileRoot, found: Found, out: &mut Vec<Output>) {
        let looking = |it: &&mut Incoming| it.about.root == root && it.state == State::Looking;
        if let Some(incoming) = self.incoming.iter_mut().find(looking) {
            match found {
                Found::Nothing => incoming.state = State::Offered,
                Found::Part => {
                    incoming.state = State::Claiming;
                    out.push(Output::Claim(incoming.about.clone(), incoming.from));
                }
                Found::Whole => {
                    incoming.state = State::Done;
                    let have = incoming.about.size;
                    out.push(Output::Tell(
                        incoming.from,
                        FileMsg::Progress { root, have },
                    ));
                }
            }
        }
        let asking = core::mem::take(&mut self.asking);
        for (peer, slot, about, yours) in asking {
            if about.root != root {
                self.asking.push((peer, slot, about, yours));
            } else if found == Found::Whole {
                self.keep_served(peer, slot, about, out);
            } else {
                self.lack(peer, slot, about, yours, out);
            }
        }
    }

    /// It lies here from an earlier life of this tab.
    fn keep_served(&mut self, peer: PeerId, slot: u32, about: About, out: &mut Vec<Output>) {
        let root = about.root;
        if self.incoming_of(root).is_none() {
            let (id, name) = (self.new_id(), String::new());
            let mut kept = Incoming::new(id, about, peer, name, true);
            kept.state = State::Done;
            self.incoming.push(kept);
        }
        self.have(peer, slot, root, out);
    }

    pub(super) fn on_unfinished(&mut self, kept: Vec<Kept>, out: &mut Vec<Output>) {
        for Kept { about, from } in kept {
            if self.incoming_of(about.root).is_some() || self.incoming.len() >= MOST_INCOMING {
                continue;
            }
            let (id, name) = (self.new_id(), self.name_of(from));
            out.push(Output::Claim(about.clone(), from));
            let mut incoming = Incoming::new(id, about, from, name, false);
            incoming.state = State::Claiming;
            self.incoming.push(incoming);
        }
    }

    /// Asks whoever offered it; and everybody else where they are not there.
    pub(super) fn want(&mut self, id: TransferId, out: &mut Vec<Output>) {
        let Some(from) = self.by_slot(id.0).map(|it| it.from) else {
            return;
        };
        let mut asked = self.here();
        if asked.contains(&from) {
            asked = [from].into();
        }
        for peer in asked {
            self.want_of(id, peer, out);
        }
    }

    fn want_of(&mut self, id: TransferId, peer: PeerId, out: &mut Vec<Output>) {
        let name = self.name_of(peer);
        let Some(incoming) = self.by_slot(id.0) else {
            return;
        };
        if incoming.from == peer {
            incoming.from_name = name;
        }
        if matches!(
            incoming.sources.get(&peer),
            Some(Source::Has | Source::Barred)
        ) {
            return;
        }
        incoming.sources.insert(peer, Source::Asked);
        let (slot, about, yours) = (id.0, incoming.about.clone(), incoming.from == peer);
        out.push(Output::Tell(peer, FileMsg::Want { slot, about, yours }));
    }

    fn on_want(
        &mut self,
        peer: PeerId,
        slot: u32,
        about: About,
        yours: bool,
        out: &mut Vec<Output>,
    ) {
        if self.can_serve(about.root, peer) {
            self.have(peer, slot, about.root, out);
        } else if self.asking.len() < MOST_SERVED {
            out.push(Output::Look(about.root));
            self.asking.push((peer, slot, about, yours));
        }
    }

    fn have(&mut self, peer: PeerId, slot: u32, root: FileRoot, out: &mut Vec<Output>) {
        let theirs = self.served.keys().filter(|(of, _)| *of == peer).count();
        if theirs < MOST_SERVED {
            self.served.insert((peer, slot), root);
            out.push(Output::Tell(peer, FileMsg::Have { slot }));
        }
    }

    fn lack(&mut self, peer: PeerId, slot: u32, about: About, yours: bool, out: &mut Vec<Output>) {
        out.push(Output::Tell(peer, FileMsg::Lack { slot }));
        let known = self
            .wanted
            .iter()
            .any(|it| it.by == peer && it.about.root == about.root);
        let honest = name::is_clean(&about.name);
        if yours && !known && honest && self.wanted.len() < MOST_WANTED {
            let id = self.new_id();
            self.wanted.push(Wanted {
                id,
                by: peer,
                about,
            });
        }
    }

    fn on_reply(
        &mut self,
        now: Millis,
        peer: PeerId,
        slot: u32,
        is: Source,
        out: &mut Vec<Output>,
    ) {
        let Some(incoming) = self.by_slot(slot) else {
            return;
        };
        if incoming.sources.get(&peer) == Some(&Source::Asked) {
            incoming.sources.insert(peer, is);
            if is == Source::Has && incoming.from == peer {
                let (root, have) = (incoming.about.root, incoming.here());
                out.push(Output::Tell(peer, FileMsg::Progress { root, have }));
            }
            self.next_tell.get_or_insert(now.after(TELL));
        }
    }

    pub(super) fn on_accept(&mut self, id: TransferId, out: &mut Vec<Output>) {
        if let Some(incoming) = self.by_slot(id.0)
            && incoming.state == State::Offered
        {
            incoming.state = State::Claiming;
            out.push(Output::Claim(incoming.about.clone(), incoming.from));
            out.push(Output::Changed);
        }
    }

    pub(super) fn on_cancel(&mut self, id: TransferId, out: &mut Vec<Output>) {
        let over = |it: &Incoming| it.is_over() || it.state == State::Done;
        if let Some(incoming) = self.by_slot(id.0).filter(|it| !over(it)) {
            incoming.state = State::Ended(Trouble::Cancelled);
            let (root, from) = (incoming.about.root, incoming.from);
            out.push(Output::Remove(root));
            out.push(Output::Tell(from, FileMsg::Refuse { root }));
        }
        if let Some(outgoing) = self.outgoing.iter_mut().find(|it| it.id == id)
            && !matches!(outgoing.state, outgoing::State::Ended(_))
        {
            outgoing.end(Trouble::Cancelled, out);
        }
        self.wanted.retain(|it| it.id != id);
        out.push(Output::Changed);
    }

    pub(super) fn on_put_away(&mut self, id: TransferId, out: &mut Vec<Output>) {
        let over = |state| matches!(state, outgoing::State::Ended(_));
        self.outgoing.retain(|it| it.id != id || !over(it.state));
        let at = self
            .incoming
            .iter()
            .position(|it| it.id == id && (it.is_over() || it.state == State::Done));
        if let Some(at) = at {
            let gone = self.incoming.remove(at);
            if gone.state == State::Done {
                out.push(Output::Remove(gone.about.root));
            }
        }
        out.push(Output::Changed);
    }
}
