//! What a node says and hears of rooms, and who is in them after that. A part of `Cluster`, which says
//! when.

use super::{
    ANSWER, BEAT, Bus, Cluster, Node, Output, Outputs,
    message::{Said, Seated},
    place::Place,
};
use crate::{
    hub::{
        MAX_CARD,
        abroad::{Delivery, Letter},
        is_sealed,
    },
    ids::{NodeId, RoomId},
    time::Millis,
};
use alloc::vec::Vec;

/// Beats over which everything is said again once.
const REPEAT: u64 = 20;
/// A part that was not said again for this long has lost its end.
const FORGET: u64 = 3 * REPEAT * BEAT;
/// Nodes that are known at once. More than anybody has; whoever makes them up fills no memory.
const NODES: usize = 256;

impl Cluster {
    /// Some of the rooms, so that all have had their turn after so many beats; and what others did not
    /// repeat is over.
    pub(super) fn repeat(&mut self, now: Millis, out: &mut Outputs) {
        let share = self.places.len().div_ceil(REPEAT as usize);
        let after = |from: Option<RoomId>| {
            use core::ops::Bound::{Excluded, Unbounded};
            (from.map_or(Unbounded, Excluded), Unbounded)
        };
        let rooms = self.places.range(after(self.repeated));
        let rooms: Vec<RoomId> = rooms.map(|(room, _)| *room).take(share).collect();
        // The last turn may be a short one; then it begins again.
        self.repeated = (rooms.len() == share)
            .then(|| rooms.last().copied())
            .flatten();
        let since = Millis(now.0.saturating_sub(FORGET));
        for room in rooms {
            self.say_part(now, room, false, out);
            let place = self.places.get_mut(&room);
            if place.is_some_and(|it| it.forget_silent(since)) {
                self.settle(now, room, out);
            }
        }
    }

    /// Whoever had something to say of a room would have said it by now.
    pub(super) fn forget_unanswered(&mut self, now: Millis, out: &mut Outputs) {
        while let Some((at, room)) = self.asked.front().copied()
            && at.after(ANSWER) <= now
        {
            self.asked.pop_front();
            let place = self.places.get_mut(&room);
            if place.is_some_and(|it| it.forget_silent(at)) {
                self.settle(now, room, out);
            }
        }
    }

    pub(super) fn on_beat(&mut self, now: Millis, node: NodeId, floor: u64, out: &mut Outputs) {
        self.meet(now, node);
        let Some(known) = self.nodes.get_mut(&node).filter(|it| it.floor < floor) else {
            return;
        };
        known.floor = floor;
        self.forget(now, node, floor, out);
    }

    /// A sign of life. Of a node that we have not heard of before we may have missed everything.
    pub(super) fn meet(&mut self, now: Millis, node: NodeId) {
        if let Some(known) = self.nodes.get_mut(&node) {
            known.heard = now;
        } else if self.nodes.len() >= NODES {
            self.dropped.senseless += 1;
        } else {
            let (heard, floor) = (now, 0);
            self.nodes.insert(node, Node { heard, floor });
            if self.bus != Bus::Down {
                self.due.extend(self.places.keys());
            }
        }
    }

    pub(super) fn lose(&mut self, now: Millis, node: NodeId, out: &mut Outputs) {
        if self.nodes.remove(&node).is_some() {
            self.forget(now, node, u64::MAX, out);
        }
    }

    fn forget(&mut self, now: Millis, node: NodeId, below: u64, out: &mut Outputs) {
        let places = self.places.iter_mut();
        let changed = places.filter_map(|(room, it)| it.forget(node, below).then_some(*room));
        for room in changed.collect::<Vec<_>>() {
            self.settle(now, room, out);
        }
    }

    pub(super) fn on_part(
        &mut self,
        now: Millis,
        node: NodeId,
        (room, no, ask): (RoomId, u64, bool),
        members: Vec<Seated>,
        out: &mut Outputs,
    ) {
        let fits = |it: &Seated| is_sealed(&it.card, MAX_CARD);
        if members.len() > self.room || !members.iter().all(fits) {
            self.dropped.senseless += 1;
            return;
        }
        self.meet(now, node);
        let floor = self.nodes.get(&node).map_or(u64::MAX, |it| it.floor);
        let Some(place) = self.places.get_mut(&room) else {
            out.push(Output::Unfollow(room));
            return;
        };
        let is_news = no >= floor && place.hear(now, node, no, members);
        if ask {
            self.say_part(now, room, false, out);
        }
        if is_news {
            self.settle(now, room, out);
        }
    }

    pub(super) fn on_letter(&mut self, node: NodeId, letter: Letter, out: &mut Outputs) {
        match self.hub.deliver(node, letter) {
            Delivery::Done(effect) => out.push(Output::Client(effect)),
            // Everyone who follows the room hears it.
            Delivery::NotHere => {}
            Delivery::Stray => self.dropped.strays += 1,
        }
    }

    fn settle(&mut self, now: Millis, room: RoomId, out: &mut Outputs) {
        self.settle_one(now, room, out);
        self.settle_touched(now, out);
    }

    /// Ends, because each turn after the first takes somebody out of a room.
    pub(super) fn settle_touched(&mut self, now: Millis, out: &mut Outputs) {
        while let Some(room) = self.hub.take_touched() {
            self.settle_one(now, room, out);
        }
    }

    /// Says what changed here, and decides anew who is in the room.
    fn settle_one(&mut self, now: Millis, room: RoomId, out: &mut Outputs) {
        let Some(here) = self.hub.here(room) else {
            if self.places.remove(&room).is_some() {
                self.say_part(now, room, false, out);
                out.push(Output::Unfollow(room));
            }
            return;
        };
        let is_fresh = !self.places.contains_key(&room);
        let place = self.places.entry(room).or_default();
        let clock = &mut self.clock;
        let is_news = place.set_here(here, || clock.stamp(now));
        let verdict = place.verdict(self.me, self.room);
        if is_fresh && self.bus != Bus::Down {
            out.push(Output::Follow(room));
            self.next.insert(room);
            self.missed.insert(room);
        }
        if is_fresh || is_news {
            self.say_part(now, room, is_fresh, out);
        }
        let mut effects = Vec::new();
        for peer in verdict.replaced {
            effects.extend(self.hub.replace(peer));
        }
        for peer in verdict.beyond {
            effects.extend(self.hub.evict(room, peer));
        }
        effects.extend(self.hub.set_elsewhere(room, verdict.elsewhere));
        out.extend(effects.into_iter().map(Output::Client));
    }

    /// All of our part of a room; nobody, where we have left it.
    pub(super) fn say_part(&mut self, now: Millis, room: RoomId, ask: bool, out: &mut Outputs) {
        if self.bus == Bus::Down {
            return;
        }
        self.no += 1;
        let members = self.places.get(&room).map_or_else(Vec::new, Place::members);
        let no = self.no;
        let said = Said::Part {
            room,
            no,
            members,
            ask,
        };
        self.say(now, Some(room), said, out);
    }
}
