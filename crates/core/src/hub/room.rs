//! One room: who is in it with which card, and who looks at it from outside. Owned by the hub.

use super::{ClientKey, Effect};
use crate::{
    ids::PeerId,
    wire::{Member, Sealed, ServerMsg},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) members: BTreeMap<PeerId, (ClientKey, Sealed)>,
    pub(super) lookers: BTreeSet<ClientKey>,
}

impl Room {
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.lookers.is_empty()
    }

    /// The members other than `me`, with their cards.
    pub(super) fn others(&self, me: PeerId) -> Vec<Member> {
        let others = self.members.iter().filter(|(peer, _)| **peer != me);
        others
            .map(|(peer, (_, card))| Member {
                peer: *peer,
                card: card.clone(),
            })
            .collect()
    }

    /// Tells everyone who is in the room or looks at it, except `except`.
    pub(super) fn tell(&self, except: ClientKey, message: &ServerMsg, effects: &mut Vec<Effect>) {
        let members = self.members.values().map(|(key, _)| key);
        for key in members.chain(&self.lookers).filter(|key| **key != except) {
            effects.push(Effect::Send(*key, message.clone()));
        }
    }
}
