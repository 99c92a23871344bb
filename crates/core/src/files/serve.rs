//! Answering: who may have what, and not faster than it goes away.

use super::{
    Chosen, Files, LaneId, Output, Storage, Stretch, Trouble,
    frame::{Span, What},
    outgoing::{Fate, Outgoing, State},
    pieces,
};
use crate::{
    ids::{FileRoot, PeerId},
    time::Millis,
    wire::{About, FileMsg},
};
use alloc::vec::Vec;

/// Asked of one lane and not yet sent; whoever asks for more wants our memory, not our files.
const ASKED_MOST: usize = 64;
/// Read ahead of what has left, on each lane.
const AHEAD: u64 = 512 * 1024;
const HASH: u64 = 32;

impl Files {
    pub(super) fn on_chosen(
        &mut self,
        no: u32,
        about: About,
        to: Option<PeerId>,
        out: &mut Vec<Output>,
    ) {
        let id = self.new_id();
        self.outgoing.push(Outgoing {
            id,
            no,
            about,
            only: to,
            state: State::Preparing(0),
            receivers: Vec::new(),
            speed: Default::default(),
        });
        out.push(Output::Changed);
    }

    /// What the storage says of files that were chosen here.
    pub(super) fn on_chosen_news(&mut self, now: Millis, said: Storage, out: &mut Vec<Output>) {
        match said {
            Storage::Reading { no, done } => {
                let preparing =
                    |it: &&mut Outgoing| it.no == no && matches!(it.state, State::Preparing(_));
                if let Some(outgoing) = self.outgoing.iter_mut().find(preparing) {
                    outgoing.state = State::Preparing(done);
                    outgoing.speed.on_progress(now, done);
                }
            }
            Storage::Read { no, root } => self.on_read(no, root, out),
            Storage::Unreadable(which) => self.on_unreadable(which, out),
            Storage::Unfinished(kept) => self.on_unfinished(kept, out),
            Storage::Looked(root, found) => self.on_looked(root, found, out),
            _ => {}
        }
    }

    fn on_read(&mut self, no: u32, root: FileRoot, out: &mut Vec<Output>) {
        let preparing = |it: &Outgoing| it.no == no && matches!(it.state, State::Preparing(_));
        let Some(at) = self.outgoing.iter().position(preparing) else {
            return;
        };
        let only = self.outgoing[at].only;
        // Offered before to the same people, or after a reload: what they have of it stays.
        let same = |it: &Outgoing| it.about.root == root && it.is_offering() && it.only == only;
        let at = match self.outgoing.iter().position(same) {
            Some(before) => {
                self.outgoing.remove(at);
                let before = before - usize::from(at < before);
                // Whoever had no room for it, or did not want it, is asked again: it was chosen again.
                self.outgoing[before].ask_again();
                before
            }
            None => at,
        };
        let outgoing = &mut self.outgoing[at];
        outgoing.about.root = root;
        outgoing.state = State::Offering;
        outgoing.speed.stop();
        self.wanted.retain(|it| it.about.root != root);
        for peer in self.here() {
            self.offer(at, peer, out);
        }
    }

    /// Says it, to somebody who may have it and has not said no.
    pub(super) fn offer(&mut self, at: usize, peer: PeerId, out: &mut Vec<Output>) {
        let name = self.name_of(peer);
        let Some(outgoing) = self
            .outgoing
            .get_mut(at)
            .filter(|it| it.is_offering() && it.is_for(peer))
        else {
            return;
        };
        let receiver = outgoing.receiver(peer, &name);
        receiver.here = true;
        if matches!(receiver.fate, Fate::Offered | Fate::Fetching(_)) {
            let (about, alone) = (outgoing.about.clone(), outgoing.only.is_some());
            out.push(Output::Tell(peer, FileMsg::Offer { about, alone }));
        }
    }

    fn on_unreadable(&mut self, which: Chosen, out: &mut Vec<Output>) {
        for outgoing in &mut self.outgoing {
            let this = match which {
                Chosen::Number(no) => outgoing.no == no,
                Chosen::Root(root) => outgoing.is_offering() && outgoing.about.root == root,
            };
            if this && !matches!(outgoing.state, State::Ended(_)) {
                outgoing.end(Trouble::Unreadable, out);
            }
        }
    }

    /// Is it here, for this one?
    pub(super) fn can_serve(&self, root: FileRoot, peer: PeerId) -> bool {
        let offered = |it: &Outgoing| it.is_offering() && it.about.root == root && it.is_for(peer);
        let fetched = |it: &super::incoming::Incoming| {
            it.about.root == root && it.state == super::incoming::State::Done
        };
        self.outgoing.iter().any(offered) || self.incoming.iter().any(fetched)
    }

    pub(super) fn on_ask(
        &mut self,
        now: Millis,
        id: LaneId,
        slot: u32,
        span: Span,
        out: &mut Vec<Output>,
    ) {
        let Some(peer) = self.lanes.get(&id).map(|it| it.peer) else {
            return;
        };
        let root = self.served.get(&(peer, slot)).copied();
        let size = root.and_then(|root| self.size_of(root));
        let end = size.map(|size| match span.what {
            What::Content => size,
            What::Hashes => HASH * u64::from(pieces::count(size)),
        });
        let fits = end.is_some_and(|end| span.len > 0 && span.end() <= end);
        match (self.lanes.get_mut(&id), root) {
            (Some(lane), Some(root)) if fits && !lane.mine && lane.serving.len() < ASKED_MOST => {
                lane.serving.push_back((root, slot, span));
                self.serve(id, out);
            }
            // It was withdrawn a moment ago, or never there.
            _ => self.close_lane(now, id, true, out),
        }
    }

    fn size_of(&self, root: FileRoot) -> Option<u64> {
        let mine = self
            .outgoing
            .iter()
            .filter(|it| it.is_offering())
            .map(|it| &it.about);
        let mut all = mine.chain(self.incoming.iter().map(|it| &it.about));
        all.find(|it| it.root == root).map(|it| it.size)
    }

    /// As much of what was asked for as may be on its way out.
    pub(super) fn serve(&mut self, id: LaneId, out: &mut Vec<Output>) {
        while let Some(lane) = self.lanes.get_mut(&id)
            && lane.leaving < AHEAD
            && let Some((root, slot, span)) = lane.serving.pop_front()
        {
            lane.leaving += u64::from(span.len);
            let (peer, message) = (lane.peer, lane.message);
            if self.can_serve(root, peer) {
                let stretch = Stretch {
                    root,
                    slot,
                    span,
                    message,
                };
                out.push(Output::Serve(id, stretch));
            }
        }
    }

    /// Somebody fetches, and says how far they are.
    pub(super) fn on_progress(&mut self, now: Millis, peer: PeerId, root: FileRoot, have: u64) {
        let offered =
            |it: &&mut Outgoing| it.is_offering() && it.about.root == root && it.is_for(peer);
        if let Some(outgoing) = self.outgoing.iter_mut().find(offered) {
            let size = outgoing.about.size;
            outgoing.set_fate(
                peer,
                if have >= size {
                    Fate::Done
                } else {
                    Fate::Fetching(have)
                },
            );
            let arrived = outgoing.arrived();
            outgoing.speed.on_progress(now, arrived);
        }
    }
}

impl Outgoing {
    pub(super) fn end(&mut self, why: Trouble, out: &mut Vec<Output>) {
        if self.is_offering() {
            let root = self.about.root;
            for receiver in self.takers().filter(|it| it.fate != Fate::Done) {
                out.push(Output::Tell(receiver.peer, FileMsg::Withdraw { root }));
            }
            out.push(Output::Forget(Chosen::Root(root)));
        } else {
            out.push(Output::Forget(Chosen::Number(self.no)));
        }
        self.state = State::Ended(why);
    }
}
