//! Rooms that stretch over several servers, as a machine: what clients say here, what other nodes say
//! and time go in; what is told to clients and to nodes comes out. Round the `Hub`, which stays the one
//! place where a room's rules are. It must never know NATS, a secret or a socket.
//!
//! How it works, in a few lines:
//!
//! - Nodes speak over a bus that has one address for everyone and one for each room; a node follows the rooms
//!   that somebody connected to it is in or looks at. What one node says at one address arrives in
//!   order, or not at all.
//! - **State, not events.** Whenever something about a room changes here, the node says all of its part of
//!   it: who sits here, with which card, since when (`Part`). A part has a number that only rises, so doubled
//!   and late ones are known; one that got lost is made good by the next, and each is said again within
//!   `REPEAT` beats. A part that nobody repeats is forgotten.
//! - Whoever begins to follow a room says its part and asks the others for theirs, once at once and once a
//!   beat later, when the bus has surely noticed. What is not said again within `ANSWER` of that is over: who has
//!   left a room does not answer.
//! - Every node says each second that it lives (`Beat`). One that was silent for `SILENCE` is gone, and those
//!   who sat there have left. One that is heard of for the first time is told everything, and asked.
//! - A node that lost the bus, or a part of what it said, raises its `floor`: the others forget what it said under
//!   lower numbers, and it says everything again, and asks in the same way.
//! - **Who is right.** Stamps come from one time of all nodes (`clock`). Of one peer at two nodes the later
//!   one counts, the older connection is closed as replaced. Of too many in a room those stay who came first.
//!   Everybody who has heard the same decides the same, and only about their own clients.
//! - A letter to somebody elsewhere goes to the room's address after the part that names its writer, so it is
//!   never heard before it. It is handed on at most once.
//! - Without the bus people are served as by a single server.

mod clock;
pub mod message;
pub mod names;
mod parts;
mod place;

use crate::{
    hub::{ClientKey, Counts, Effect, Hub, Limits, MAX_BODY, Source, abroad::Letter, is_sealed},
    ids::{NodeId, RoomId},
    time::Millis,
};
use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    vec::Vec,
};
use clock::Clock;
use message::{NodeMsg, Said};
use place::Place;

const BEAT: u64 = 1_000;
/// Three beats may be late; whoever sat at a node that died is seen to leave within five seconds.
const SILENCE: u64 = 3_500;
/// Nobody who is there takes this long to answer.
const ANSWER: u64 = 2_500;
/// A message of so long ago was kept by somebody on the way, or its sender has not heard of our time.
const STALE: u64 = 10_000;
/// Rooms that are told at one wake, so that a thousand do not hold up those who speak.
const AT_ONCE: usize = 200;

/// What the shell has to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    Client(Effect),
    /// Say it to all nodes.
    All(NodeMsg),
    /// Say it to those who follow that room.
    Room(RoomId, NodeMsg),
    /// Listen at that room's address; harmless if it is done already.
    Follow(RoomId),
    Unfollow(RoomId),
}

/// What became of the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bus {
    /// It is there (again), and nothing is followed yet.
    Up,
    Down,
    /// Something that was said, or heard, got lost.
    Leaky,
}

/// Messages of nodes that were worth nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// With something out of range.
    pub senseless: u64,
    /// Too old, or from no time at all.
    pub stale: u64,
    /// Letters of or to somebody who is not (any more) where they say.
    pub strays: u64,
}

#[derive(Debug)]
pub struct Cluster {
    me: NodeId,
    hub: Hub,
    /// The most people in one room that were ever allowed: nobody is put out because it is fewer now.
    room: usize,
    clock: Clock,
    bus: Bus,
    places: BTreeMap<RoomId, Place>,
    nodes: BTreeMap<NodeId, Node>,
    /// The last number that was given to a part.
    no: u64,
    floor: u64,
    /// Rooms whose part is to be said again and asked for.
    due: BTreeSet<RoomId>,
    /// The same, one beat later.
    next: BTreeSet<RoomId>,
    /// Rooms of which we may have missed something.
    missed: BTreeSet<RoomId>,
    /// When others were asked of those.
    asked: VecDeque<(Millis, RoomId)>,
    /// Up to where things were said again, room by room.
    repeated: Option<RoomId>,
    beat: Millis,
    dropped: Dropped,
}

#[derive(Debug)]
struct Node {
    heard: Millis,
    floor: u64,
}

type Outputs = Vec<Output>;

impl Cluster {
    /// `me` must never have been anybody's before, `wall` is the time of day in milliseconds.
    pub fn new(limits: Limits, me: NodeId, now: Millis, wall: u64) -> Self {
        Cluster {
            me,
            room: limits.room,
            hub: Hub::in_a_cluster(limits),
            clock: Clock::new(now, wall),
            bus: Bus::Down,
            places: BTreeMap::new(),
            nodes: BTreeMap::new(),
            no: 0,
            floor: 1,
            due: BTreeSet::new(),
            next: BTreeSet::new(),
            missed: BTreeSet::new(),
            asked: VecDeque::new(),
            repeated: None,
            beat: now,
            dropped: Dropped::default(),
        }
    }

    pub fn counts(&self) -> Counts {
        self.hub.counts()
    }

    pub fn dropped(&self) -> Dropped {
        self.dropped
    }

    /// Nodes that are heard of, besides this one.
    pub fn others(&self) -> usize {
        self.nodes.len()
    }

    pub fn has_place(&self, key: ClientKey) -> bool {
        self.hub.has_place(key)
    }

    /// Of interest to nobody elsewhere.
    pub fn connect(&mut self, key: ClientKey, source: Option<Source>) -> Vec<Effect> {
        self.hub.connect_from(key, source)
    }

    /// Other limits, from now on; nobody is sent away for them.
    pub fn allow(&mut self, limits: Limits) {
        self.room = self.room.max(limits.room);
        self.hub.allow(limits);
    }

    pub fn disconnect(&mut self, now: Millis, key: ClientKey) -> Outputs {
        let effects = self.hub.disconnect(key);
        self.after(now, effects)
    }

    pub fn text(&mut self, now: Millis, key: ClientKey, text: &str) -> Outputs {
        let effects = self.hub.text(now, key, text);
        self.after(now, effects)
    }

    pub fn bus(&mut self, now: Millis, bus: Bus) -> Outputs {
        let mut out = Vec::new();
        match bus {
            Bus::Down => {
                self.bus = Bus::Down;
                self.due.clear();
                self.next.clear();
                self.missed.clear();
                self.asked.clear();
            }
            Bus::Leaky if self.bus == Bus::Down => {}
            Bus::Up | Bus::Leaky => {
                self.bus = Bus::Up;
                self.no += 1;
                self.floor = self.no;
                self.say_beat(now, &mut out);
                self.due = self.places.keys().copied().collect();
                self.missed.clone_from(&self.due);
            }
        }
        out
    }

    /// It stops for good. Nothing is said after this.
    pub fn go(&mut self, now: Millis) -> Outputs {
        let mut out = Vec::new();
        self.say(now, None, Said::Going, &mut out);
        self.bus = Bus::Down;
        out
    }

    /// Of another node, by its word.
    pub fn heard(&mut self, now: Millis, message: NodeMsg) -> Outputs {
        let NodeMsg { node, at, said } = message;
        let mut out = Vec::new();
        if node == self.me {
            return out;
        }
        let is_stale = at.saturating_add(STALE) < self.clock.read(now);
        if is_stale || !self.clock.hear(now, at) {
            self.dropped.stale += 1;
            return out;
        }
        match said {
            Said::Going => {
                self.lose(now, node, &mut out);
                return out;
            }
            Said::Beat { floor } => self.on_beat(now, node, floor, &mut out),
            Said::Part {
                room,
                no,
                members,
                ask,
            } => self.on_part(now, node, (room, no, ask), members, &mut out),
            Said::Letter {
                room,
                from,
                to,
                body,
            } => {
                if !is_sealed(&body, MAX_BODY) {
                    self.dropped.senseless += 1;
                    return out;
                }
                let letter = Letter {
                    room,
                    from,
                    to,
                    body,
                };
                self.on_letter(node, letter, &mut out);
            }
            // To names, not to rooms.
            Said::Tell { .. } => {}
        }
        out
    }

    /// Whatever is due by now.
    pub fn wake(&mut self, now: Millis) -> Outputs {
        let mut out = Vec::new();
        let silent = |node: &Node| now.since(node.heard) > SILENCE;
        let silent = self.nodes.iter().filter(|(_, it)| silent(it));
        let silent: Vec<NodeId> = silent.map(|(id, _)| *id).collect();
        for node in silent {
            self.lose(now, node, &mut out);
        }
        if self.bus == Bus::Down {
            return out;
        }
        if now >= self.beat {
            self.say_beat(now, &mut out);
            self.repeat(now, &mut out);
            self.due.append(&mut self.next);
        }
        for _ in 0..AT_ONCE {
            let Some(room) = self.due.pop_first() else {
                break;
            };
            if self.places.contains_key(&room) {
                out.push(Output::Follow(room));
                self.say_part(now, room, true, &mut out);
            }
            if self.missed.remove(&room) {
                self.asked.push_back((now, room));
            }
        }
        self.forget_unanswered(now, &mut out);
        out
    }

    fn say_beat(&mut self, now: Millis, out: &mut Outputs) {
        self.beat = now.after(BEAT);
        let floor = self.floor;
        self.say(now, None, Said::Beat { floor }, out);
    }

    /// What a client did may be of interest elsewhere.
    fn after(&mut self, now: Millis, effects: Vec<Effect>) -> Outputs {
        let mut out: Outputs = effects.into_iter().map(Output::Client).collect();
        for letter in self.hub.take_letters() {
            let Letter {
                room,
                from,
                to,
                body,
            } = letter;
            let said = Said::Letter {
                room,
                from,
                to,
                body,
            };
            self.say(now, Some(room), said, &mut out);
        }
        self.settle_touched(now, &mut out);
        out
    }

    fn say(&mut self, now: Millis, room: Option<RoomId>, said: Said, out: &mut Outputs) {
        if self.bus == Bus::Down {
            return;
        }
        let (node, at) = (self.me, self.clock.read(now));
        let message = NodeMsg { node, at, said };
        out.push(match room {
            None => Output::All(message),
            Some(room) => Output::Room(room, message),
        });
    }
}
