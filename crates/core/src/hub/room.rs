//! One room: who is in it with which card, and who looks at it from outside. Owned by the hub.

use super::{ClientKey, Effect};
use crate::{
    ids::{NodeId, PeerId},
    wire::{Member, Sealed, ServerMsg},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

/// Where a member is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seat {
    Here(ClientKey),
    /// At another node of the cluster.
    Elsewhere(NodeId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) seat: Seat,
    pub(super) card: Sealed,
}

impl Place {
    pub(super) fn here(key: ClientKey, card: Sealed) -> Self {
        let seat = Seat::Here(key);
        Place { seat, card }
    }

    pub(super) fn key(&self) -> Option<ClientKey> {
        match self.seat {
            Seat::Here(key) => Some(key),
            Seat::Elsewhere(_) => None,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) members: BTreeMap<PeerId, Place>,
    pub(super) lookers: BTreeSet<ClientKey>,
}

impl Room {
    /// Nobody here is in it or looks at it: what goes on elsewhere is nothing to us.
    pub(super) fn is_empty(&self) -> bool {
        self.lookers.is_empty() && self.members.values().all(|it| it.key().is_none())
    }

    /// Whether that peer is in it by this very connection.
    pub(super) fn sits(&self, peer: PeerId, key: ClientKey) -> bool {
        let place = self.members.get(&peer);
        place.is_some_and(|it| it.seat == Seat::Here(key))
    }

    /// The members other than `me`, with their cards.
    pub(super) fn others(&self, me: PeerId) -> Vec<Member> {
        let others = self.members.iter().filter(|(peer, _)| **peer != me);
        others
            .map(|(peer, place)| Member {
                peer: *peer,
                card: place.card.clone(),
            })
            .collect()
    }

    /// Tells everyone who is in the room or looks at it, except `except`.
    pub(super) fn tell(&self, except: ClientKey, message: &ServerMsg, effects: &mut Vec<Effect>) {
        for key in self.keys().filter(|key| *key != except) {
            effects.push(Effect::Send(key, message.clone()));
        }
    }

    /// All who are connected here, in it or looking at it.
    pub(super) fn keys(&self) -> impl Iterator<Item = ClientKey> {
        let members = self.members.values().filter_map(Place::key);
        members.chain(self.lookers.iter().copied())
    }
}
