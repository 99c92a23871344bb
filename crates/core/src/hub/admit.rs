//! Who may enter, or look into, one more room: what a client has, what those of its source have together,
//! and what the server has. Called by the hub before it looks whether the room has a place.

use super::{ClientKey, Hub, No};
use crate::{ids::RoomId, shares::Paces, time::Millis, wire::Refusal};

impl Hub {
    /// May this client have one more room? One that it has already costs nothing. Whoever asks for one
    /// that is full has asked: who looks for rooms learns of that as slowly as of any.
    pub(super) fn admit(&mut self, now: Millis, key: ClientKey, room: RoomId) -> Result<(), No> {
        let limits = &self.limits;
        let Some(client) = self.clients.get_mut(&key) else {
            return Ok(());
        };
        if client.rooms.contains(&room) {
            return Ok(());
        }
        let source = client.source;
        if client.rooms.len() >= limits.rooms_per_client
            || self.shares.is_full(source, limits.rooms_per_source)
        {
            return Err(No(Refusal::TooManyRooms, Some(room)));
        }
        let paces = Paces {
            each: limits.joins,
            source: limits.joins_per_source,
        };
        if !(self.shares).is_paced(now, &mut client.joins, source, paces) {
            return Err(No(Refusal::TooFast, Some(room)));
        }
        if self.rooms.len() >= limits.rooms && !self.rooms.contains_key(&room) {
            return Err(No(Refusal::ServerFull, Some(room)));
        }
        Ok(())
    }

    pub(super) fn note(&mut self, key: ClientKey, room: RoomId) {
        if let Some(client) = self.clients.get_mut(&key)
            && client.rooms.insert(room)
        {
            self.shares.entered(client.source);
        }
        self.touch(room);
    }
}
