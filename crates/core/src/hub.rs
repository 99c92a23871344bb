//! The server's rooms as a machine: texts of clients in, texts for clients out, time passed in. The
//! server gives it sockets, the simulation gives it pipes. It stamps who sent what, keeps rooms apart
//! and never looks into a sealed body. It must never know a socket, an address or a name.

pub(crate) mod abroad;
mod admit;
mod limits;
mod room;

pub use crate::shares::Source;
pub use limits::Limits;
pub(crate) use limits::{MAX_BODY, MAX_CARD, is_sealed};

use crate::{
    ids::{PeerId, PeerToken, RoomId},
    pace::{Bucket, MESSAGES, Pace},
    shares::Shares,
    time::Millis,
    wire::{self, ClientMsg, Refusal, Sealed, ServerMsg, close},
};
use abroad::{Abroad, Letter};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use room::{Place, Room, Seat};

/// So many messages in a row that mean nothing, and the client is no client of ours.
const BAD_IN_A_ROW: u8 = 8;

/// One connection, named by the shell and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientKey(pub u64);

/// What the shell has to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect<Message = ServerMsg> {
    Send(ClientKey, Message),
    /// Close with this code. The machine has forgotten the client already.
    Close(ClientKey, u16),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub clients: usize,
    pub rooms: usize,
    /// Those that are remembered.
    pub sources: usize,
}

/// `connect` → unwelcomed → (`hello`) → welcomed, then in and out of rooms until `disconnect` or `Close`.
#[derive(Debug)]
struct Client {
    /// `None` until `hello`.
    peer: Option<PeerId>,
    /// Rooms it is in or looks at; which of the two, the room knows.
    rooms: BTreeSet<RoomId>,
    /// What it shares limits with, if anything.
    source: Option<Source>,
    bucket: Bucket,
    joins: Bucket,
    bad_in_a_row: u8,
}

#[derive(Debug, Default)]
pub struct Hub {
    limits: Limits,
    clients: BTreeMap<ClientKey, Client>,
    /// The one connection of each welcomed peer.
    peers: BTreeMap<PeerId, ClientKey>,
    rooms: BTreeMap<RoomId, Room>,
    shares: Shares,
    /// What the other nodes of a cluster have to know. `None`: there are none.
    abroad: Option<Abroad>,
}

/// A message that cannot be served, and the room it was about.
struct No(Refusal, Option<RoomId>);

impl Hub {
    pub fn new(limits: Limits) -> Self {
        Hub {
            limits,
            ..Hub::default()
        }
    }

    /// Other limits, from now on; nobody is sent away for them.
    pub fn allow(&mut self, limits: Limits) {
        self.limits = limits;
    }

    pub fn counts(&self) -> Counts {
        Counts {
            clients: self.clients.len(),
            rooms: self.rooms.len(),
            sources: self.shares.len(),
        }
    }

    /// Who this connection is, once it has said `hello`.
    pub fn peer(&self, key: ClientKey) -> Option<PeerId> {
        self.clients.get(&key)?.peer
    }

    /// Whether it is in a room, or looks at one.
    pub fn has_place(&self, key: ClientKey) -> bool {
        (self.clients.get(&key)).is_some_and(|client| !client.rooms.is_empty())
    }

    /// One that shares its limits with nobody.
    pub fn connect(&mut self, key: ClientKey) -> Vec<Effect> {
        self.connect_from(key, None)
    }

    pub fn connect_from(&mut self, key: ClientKey, source: Option<Source>) -> Vec<Effect> {
        if self.clients.len() >= self.limits.clients {
            let message = ServerMsg::Refused {
                code: Refusal::ServerFull,
                room: None,
            };
            return [
                Effect::Send(key, message),
                Effect::Close(key, close::SERVER_FULL),
            ]
            .into();
        }
        let client = Client {
            peer: None,
            rooms: BTreeSet::new(),
            source,
            bucket: Bucket::default(),
            joins: Bucket::default(),
            bad_in_a_row: 0,
        };
        self.clients.insert(key, client);
        self.shares.come(source);
        Vec::new()
    }

    /// The connection is gone. Harmless for one that the hub has closed itself.
    pub fn disconnect(&mut self, key: ClientKey) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.forget(key, &mut effects);
        effects
    }

    /// One message of a client, as it came. Any text is fine; a text of an unknown client says nothing.
    pub fn text(&mut self, now: Millis, key: ClientKey, text: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(client) = self.clients.get_mut(&key) else {
            return effects;
        };
        self.shares.tidy(now, self.limits.joins_per_source);
        match client.bucket.take(now, MESSAGES) {
            Pace::Fine => {}
            Pace::TooFast => {
                self.refuse(key, No(Refusal::TooFast, None), &mut effects);
                return effects;
            }
            Pace::Flood => {
                self.close(key, close::TOO_FAST, &mut effects);
                return effects;
            }
        }
        let done = match wire::decode(text, wire::MAX_FRAME) {
            Ok(message) => self.message(now, key, message, &mut effects),
            Err(_) => Err(No(Refusal::BadMessage, None)),
        };
        match done {
            Ok(()) => {
                if let Some(client) = self.clients.get_mut(&key) {
                    client.bad_in_a_row = 0;
                }
            }
            Err(no) => self.refuse(key, no, &mut effects),
        }
        effects
    }

    fn message(
        &mut self,
        now: Millis,
        key: ClientKey,
        message: ClientMsg,
        effects: &mut Vec<Effect>,
    ) -> Result<(), No> {
        let peer = self.peer(key);
        match (message, peer) {
            (ClientMsg::Hello { version, token }, None) => self.hello(key, version, token, effects),
            (_, None) => Err(No(Refusal::NotWelcomed, None)),
            // One connection is one person for all its life.
            (ClientMsg::Hello { .. }, Some(_)) => Err(No(Refusal::BadMessage, None)),
            (ClientMsg::Look { room }, Some(me)) => {
                self.admit(now, key, room)?;
                self.look(key, me, room, effects)
            }
            (ClientMsg::Join { room, card }, Some(me)) => {
                if !is_sealed(&card, MAX_CARD) {
                    return Err(No(Refusal::BadMessage, Some(room)));
                }
                self.admit(now, key, room)?;
                self.join(key, me, room, card, effects)
            }
            (ClientMsg::Leave { room }, Some(me)) => {
                // Leaving where one is not is done already: no answer, as for any other `leave`.
                if let Some(client) = self.clients.get_mut(&key)
                    && client.rooms.remove(&room)
                {
                    self.shares.left(client.source, 1);
                    self.depart(key, me, room, effects);
                }
                Ok(())
            }
            (ClientMsg::Send { room, to, body }, Some(me)) => {
                self.relay(me, room, to, body, effects)
            }
            (ClientMsg::Ping, Some(_)) => {
                effects.push(Effect::Send(key, ServerMsg::Pong));
                Ok(())
            }
        }
    }

    fn hello(
        &mut self,
        key: ClientKey,
        version: u16,
        token: PeerToken,
        effects: &mut Vec<Effect>,
    ) -> Result<(), No> {
        if version != wire::VERSION {
            return Err(No(Refusal::UnsupportedVersion, None));
        }
        let me = token.id();
        // The newest connection wins: the older one is a tab that was reloaded or a path that died.
        if let Some(older) = self.peers.get(&me).copied() {
            self.close(older, close::REPLACED, effects);
        }
        self.peers.insert(me, key);
        if let Some(client) = self.clients.get_mut(&key) {
            client.peer = Some(me);
        }
        effects.push(Effect::Send(
            key,
            ServerMsg::Welcome {
                version: wire::VERSION,
                you: me,
            },
        ));
        Ok(())
    }

    fn look(
        &mut self,
        key: ClientKey,
        me: PeerId,
        room: RoomId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), No> {
        let place = self.rooms.get(&room);
        let joined = place.is_some_and(|place| place.sits(me, key));
        let looks = place.is_some_and(|place| place.lookers.contains(&key));
        if !joined && !looks && place.map_or(0, |place| place.lookers.len()) >= self.limits.lookers
        {
            return Err(No(Refusal::RoomFull, Some(room)));
        }
        let place = self.rooms.entry(room).or_default();
        if !joined {
            place.lookers.insert(key);
        }
        effects.push(Effect::Send(
            key,
            ServerMsg::Room {
                room,
                joined,
                peers: place.others(me),
            },
        ));
        self.note(key, room);
        Ok(())
    }

    fn join(
        &mut self,
        key: ClientKey,
        me: PeerId,
        room: RoomId,
        card: Sealed,
        effects: &mut Vec<Effect>,
    ) -> Result<(), No> {
        if self.rooms.get(&room).is_some_and(|place| {
            !place.members.contains_key(&me) && place.members.len() >= self.limits.room
        }) {
            return Err(No(Refusal::RoomFull, Some(room)));
        }
        let place = self.rooms.entry(room).or_default();
        place.lookers.remove(&key);
        place.members.insert(me, Place::here(key, card.clone()));
        effects.push(Effect::Send(
            key,
            ServerMsg::Room {
                room,
                joined: true,
                peers: place.others(me),
            },
        ));
        place.tell(
            key,
            &ServerMsg::Entered {
                room,
                peer: me,
                card,
            },
            effects,
        );
        self.note(key, room);
        Ok(())
    }

    /// Only between two who are both in `room`. Someone in another room and nobody at all look alike.
    fn relay(
        &mut self,
        me: PeerId,
        room: RoomId,
        to: PeerId,
        body: Sealed,
        effects: &mut Vec<Effect>,
    ) -> Result<(), No> {
        if !is_sealed(&body, MAX_BODY) {
            return Err(No(Refusal::BadMessage, Some(room)));
        }
        let place = (self.rooms.get(&room)).filter(|place| place.members.contains_key(&me));
        let members = &place.ok_or(No(Refusal::NotInRoom, Some(room)))?.members;
        let addressee = members
            .get(&to)
            .filter(|_| to != me)
            .ok_or(No(Refusal::NoSuchPeer, Some(room)))?;
        let from = me;
        match (addressee.seat, &mut self.abroad) {
            (Seat::Here(key), _) => {
                effects.push(Effect::Send(key, ServerMsg::Relayed { room, from, body }));
            }
            (Seat::Elsewhere(_), Some(abroad)) => abroad.letters.push(Letter {
                room,
                from,
                to,
                body,
            }),
            (Seat::Elsewhere(_), None) => {}
        }
        Ok(())
    }

    /// Takes a client out of one room, tells the rest and frees the room when it was the last.
    fn depart(&mut self, key: ClientKey, me: PeerId, room: RoomId, effects: &mut Vec<Effect>) {
        let Some(place) = self.rooms.get_mut(&room) else {
            return;
        };
        place.lookers.remove(&key);
        // Not whoever came back under the same id elsewhere.
        if place.sits(me, key) {
            place.members.remove(&me);
            place.tell(key, &ServerMsg::Left { room, peer: me }, effects);
        }
        if place.is_empty() {
            self.rooms.remove(&room);
        }
        self.touch(room);
    }

    fn refuse(&mut self, key: ClientKey, No(code, room): No, effects: &mut Vec<Effect>) {
        effects.push(Effect::Send(key, ServerMsg::Refused { code, room }));
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        match code {
            Refusal::UnsupportedVersion => self.close(key, close::UNSUPPORTED_VERSION, effects),
            Refusal::BadMessage | Refusal::NotWelcomed => {
                client.bad_in_a_row += 1;
                if client.bad_in_a_row >= BAD_IN_A_ROW {
                    self.close(key, close::BAD_MESSAGE, effects);
                }
            }
            _ => {}
        }
    }

    /// The close comes first: what its going away tells others is no news to the client itself.
    fn close(&mut self, key: ClientKey, code: u16, effects: &mut Vec<Effect>) {
        effects.push(Effect::Close(key, code));
        self.forget(key, effects);
    }

    fn forget(&mut self, key: ClientKey, effects: &mut Vec<Effect>) {
        let Some(client) = self.clients.remove(&key) else {
            return;
        };
        let Client { source, rooms, .. } = client;
        self.shares.left(source, rooms.len());
        self.shares.go(source);
        let Some(me) = client.peer else {
            return;
        };
        self.peers.remove(&me);
        for room in rooms {
            self.depart(key, me, room, effects);
        }
    }
}
