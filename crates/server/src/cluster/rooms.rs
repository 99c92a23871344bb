//! The rooms of this server: its own alone, or parts of rooms that it shares with others. What is to be said
//! to others waits here in a queue for `bus`; one that is full loses what comes, and says so later.

use crate::{
    metrics::{Counted, Sort},
    relay::Machine,
};
use duologue_core::{
    cluster::{Bus, Cluster, Output, message::NodeMsg},
    hub::{ClientKey, Effect, Hub, Limits, Source},
    ids::{NodeId, RoomId},
    time::Millis,
    wire::ServerMsg,
};
use tokio::sync::mpsc;

/// Messages that wait for the bus. It takes a hundred thousand a second: more than a burst waits only if
/// it is stuck.
pub(super) const WAITING: usize = 4_096;

/// For `bus` to do, in this order.
#[derive(Debug)]
pub(super) enum Say {
    All(NodeMsg),
    Room(RoomId, NodeMsg),
    Follow(RoomId),
    Unfollow(RoomId),
}

pub(crate) enum Rooms {
    Alone(Box<Hub>),
    Together(Box<Together>),
}

pub(crate) struct Together {
    cluster: Cluster,
    says: mpsc::Sender<Say>,
    /// Something did not fit into the queue.
    is_leaky: bool,
}

impl Rooms {
    pub(super) fn together(
        limits: Limits,
        (me, wall): (NodeId, u64),
        says: mpsc::Sender<Say>,
    ) -> Rooms {
        Rooms::Together(Box::new(Together {
            cluster: Cluster::new(limits, me, Millis(0), wall),
            says,
            is_leaky: false,
        }))
    }

    pub(super) fn heard(&mut self, now: Millis, message: NodeMsg) -> Vec<Effect> {
        self.with(|it| it.heard(now, message))
    }

    pub(super) fn bus(&mut self, now: Millis, bus: Bus) -> Vec<Effect> {
        self.with(|it| it.bus(now, bus))
    }

    pub(super) fn go(&mut self, now: Millis) -> Vec<Effect> {
        self.with(|it| it.go(now))
    }

    /// Other limits, from now on.
    pub(crate) fn allow(&mut self, limits: Limits) {
        match self {
            Rooms::Alone(hub) => hub.allow(limits),
            Rooms::Together(it) => it.cluster.allow(limits),
        }
    }

    fn with(&mut self, act: impl FnOnce(&mut Cluster) -> Vec<Output>) -> Vec<Effect> {
        match self {
            Rooms::Alone(_) => Vec::new(),
            Rooms::Together(it) => {
                let outputs = act(&mut it.cluster);
                it.perform(outputs)
            }
        }
    }
}

impl Together {
    fn perform(&mut self, outputs: Vec<Output>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for output in outputs {
            let say = match output {
                Output::Client(effect) => {
                    effects.push(effect);
                    continue;
                }
                Output::All(message) => Say::All(message),
                Output::Room(room, message) => Say::Room(room, message),
                Output::Follow(room) => Say::Follow(room),
                Output::Unfollow(room) => Say::Unfollow(room),
            };
            self.is_leaky |= self.says.try_send(say).is_err();
        }
        effects
    }
}

impl Machine for Rooms {
    type Message = ServerMsg;
    const QUEUE: usize = <Hub as Machine>::QUEUE;
    const BYTES: usize = <Hub as Machine>::BYTES;
    const COUNTED: &'static Counted = <Hub as Machine>::COUNTED;

    fn connect(&mut self, key: ClientKey, source: Option<Source>) -> Vec<Effect> {
        match self {
            Rooms::Alone(hub) => hub.connect_from(key, source),
            Rooms::Together(it) => it.cluster.connect(key, source),
        }
    }

    fn holds(&self) -> usize {
        let counts = match self {
            Rooms::Alone(hub) => hub.counts(),
            Rooms::Together(it) => it.cluster.counts(),
        };
        counts.rooms
    }

    fn sort(message: &ServerMsg) -> Sort {
        <Hub as Machine>::sort(message)
    }

    fn disconnect(&mut self, now: Millis, key: ClientKey) -> Vec<Effect> {
        match self {
            Rooms::Alone(hub) => hub.disconnect(key),
            Rooms::Together(it) => {
                let outputs = it.cluster.disconnect(now, key);
                it.perform(outputs)
            }
        }
    }

    fn text(&mut self, now: Millis, key: ClientKey, text: &str) -> Vec<Effect> {
        match self {
            Rooms::Alone(hub) => hub.text(now, key, text),
            Rooms::Together(it) => {
                let outputs = it.cluster.text(now, key, text);
                it.perform(outputs)
            }
        }
    }

    fn has_place(&self, key: ClientKey) -> bool {
        match self {
            Rooms::Alone(hub) => hub.has_place(key),
            Rooms::Together(it) => it.cluster.has_place(key),
        }
    }

    fn wake(&mut self, now: Millis) -> Vec<Effect> {
        let Rooms::Together(it) = self else {
            return Vec::new();
        };
        let mut outputs = it.cluster.wake(now);
        if it.is_leaky && it.says.capacity() > WAITING / 2 {
            it.is_leaky = false;
            outputs.extend(it.cluster.bus(now, Bus::Leaky));
        }
        it.perform(outputs)
    }
}
