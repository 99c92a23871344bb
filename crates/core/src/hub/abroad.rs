//! What a cluster asks of the rooms, and what they have for it. Owned by the hub, used by `cluster`
//! alone; a hub without other nodes keeps nothing of all this. What another node said of a room is
//! settled there: the hub is told who sits elsewhere, and tells those who are here.

use super::{ClientKey, Effect, Hub, Limits, No, Place, Seat};
use crate::{
    ids::{NodeId, PeerId, RoomId},
    wire::{Refusal, Sealed, ServerMsg, close},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

/// Collected while a client is served, and taken at once after.
#[derive(Debug, Default)]
pub(super) struct Abroad {
    /// Rooms about which something may have changed here.
    touched: BTreeSet<RoomId>,
    /// For members who are elsewhere.
    pub(super) letters: Vec<Letter>,
}

/// Something that one member of a room sends another who is elsewhere.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) room: RoomId,
    pub(crate) from: PeerId,
    pub(crate) to: PeerId,
    pub(crate) body: Sealed,
}

/// What becomes of a letter from elsewhere.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Done(Effect),
    /// For somebody at another node, or for somebody who has left.
    NotHere,
    /// From nobody who is in the room at the node that says so.
    Stray,
}

/// No connection: everybody in the room is told.
const NOBODY: ClientKey = ClientKey(u64::MAX);

impl Hub {
    pub(crate) fn in_a_cluster(limits: Limits) -> Self {
        Hub {
            limits,
            abroad: Some(Abroad::default()),
            ..Hub::default()
        }
    }

    pub(super) fn touch(&mut self, room: RoomId) {
        if let Some(abroad) = &mut self.abroad {
            abroad.touched.insert(room);
        }
    }

    pub(crate) fn take_touched(&mut self) -> Option<RoomId> {
        self.abroad.as_mut()?.touched.pop_first()
    }

    pub(crate) fn take_letters(&mut self) -> Vec<Letter> {
        let abroad = self.abroad.as_mut();
        abroad.map_or_else(Vec::new, |it| core::mem::take(&mut it.letters))
    }

    /// The members who are connected here. `None` where nobody is, nor looks.
    pub(crate) fn here(&self, room: RoomId) -> Option<BTreeMap<PeerId, Sealed>> {
        let members = &self.rooms.get(&room)?.members;
        let here = members.iter().filter(|(_, place)| place.key().is_some());
        Some(here.map(|(peer, it)| (*peer, it.card.clone())).collect())
    }

    /// Who of a room is elsewhere from now on: all of them, and nobody who is here. Those who are here
    /// are told of the difference.
    pub(crate) fn set_elsewhere(
        &mut self,
        room: RoomId,
        elsewhere: BTreeMap<PeerId, (NodeId, Sealed)>,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(place) = self.rooms.get_mut(&room) else {
            return effects;
        };
        let away = (place.members.iter()).filter(|(_, it)| it.key().is_none());
        let gone: Vec<PeerId> = away
            .map(|(peer, _)| *peer)
            .filter(|peer| !elsewhere.contains_key(peer))
            .collect();
        // Somebody may look here who is in it elsewhere, and is told nothing of that.
        let me = |peer: &PeerId| self.peers.get(peer).copied().unwrap_or(NOBODY);
        for peer in gone {
            place.members.remove(&peer);
            place.tell(me(&peer), &ServerMsg::Left { room, peer }, &mut effects);
        }
        for (peer, (node, card)) in elsewhere {
            let seat = Seat::Elsewhere(node);
            let known = place.members.get(&peer);
            if known.is_some_and(|it| it.key().is_some()) {
                continue;
            }
            let is_news = known.is_none_or(|it| it.card != card);
            let entry = Place {
                seat,
                card: card.clone(),
            };
            place.members.insert(peer, entry);
            if is_news {
                let entered = ServerMsg::Entered { room, peer, card };
                place.tell(me(&peer), &entered, &mut effects);
            }
        }
        effects
    }

    /// From somebody who is in that room at that node, to somebody who may be in it here.
    pub(crate) fn deliver(&mut self, node: NodeId, letter: Letter) -> Delivery {
        let Letter {
            room,
            from,
            to,
            body,
        } = letter;
        let Some(place) = self.rooms.get(&room) else {
            return Delivery::NotHere;
        };
        let seat = |peer| place.members.get(&peer).map(|it| it.seat);
        match (seat(to), seat(from)) {
            (Some(Seat::Here(key)), Some(Seat::Elsewhere(at))) if at == node => {
                let relayed = ServerMsg::Relayed { room, from, body };
                Delivery::Done(Effect::Send(key, relayed))
            }
            (Some(Seat::Here(_)), _) => Delivery::Stray,
            _ => Delivery::NotHere,
        }
    }

    /// The same peer has connected to another node since.
    pub(crate) fn replace(&mut self, peer: PeerId) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(key) = self.peers.get(&peer).copied() {
            self.close(key, close::REPLACED, &mut effects);
        }
        effects
    }

    /// One too many, in a room that two nodes filled at the same moment.
    pub(crate) fn evict(&mut self, room: RoomId, peer: PeerId) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(key) = self.peers.get(&peer).copied() else {
            return effects;
        };
        if let Some(client) = self.clients.get_mut(&key)
            && client.rooms.remove(&room)
        {
            self.shares.left(client.source, 1);
        }
        self.refuse(key, No(Refusal::RoomFull, Some(room)), &mut effects);
        self.depart(key, peer, room, &mut effects);
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hub::Source,
        ids::PeerToken,
        time::Millis,
        wire::{ClientMsg, encode},
    };

    #[test]
    fn a_room_that_somebody_was_put_out_of_counts_no_more_for_their_address() {
        let limits = Limits {
            rooms_per_source: 1,
            ..Limits::default()
        };
        let mut hub = Hub::in_a_cluster(limits);
        let (key, token) = (ClientKey(1), PeerToken([1; 16]));
        hub.connect_from(key, Some(Source(7)));
        let says = |hub: &mut Hub, message| hub.text(Millis(0), key, &encode(&message));
        says(&mut hub, ClientMsg::Hello { version: 1, token });
        for n in 1..10 {
            let (room, card) = (RoomId([n; 16]), Sealed("card".into()));
            let answer = says(&mut hub, ClientMsg::Join { room, card });
            let is_in = |it: &Effect| matches!(it, Effect::Send(_, ServerMsg::Room { .. }));
            assert!(answer.iter().any(is_in), "{n}: {answer:?}");
            hub.evict(room, token.id());
        }
    }
}
