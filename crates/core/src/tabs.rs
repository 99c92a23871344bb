//! A signaller without a server: the tabs of one browser tell each other over one broadcast channel
//! what a server would tell them. Speaks the server's protocol to its own call, so that the call
//! cannot tell the difference.
//!
//! Everyone on the channel is of the same origin, so nobody is kept from lying here; envelopes are
//! sealed all the same.

use crate::{
    ids::{PeerId, RoomId},
    table::Table,
    tagged,
    wire::{self, ClientMsg, MAX_ROOM, Member, Refusal, Sealed, ServerMsg, VERSION, close},
};
use alloc::{string::String, vec::Vec};

/// Tabs that are remembered in a room; what comes beyond is not shown.
const OTHERS: usize = 32;

/// Tab → all tabs.
#[derive(Clone, Debug, PartialEq, Eq)]
enum TabMsg {
    /// Who is here? Answered by `here`.
    Who {
        room: RoomId,
        from: PeerId,
    },
    /// `to`: only for that tab (an answer); absent: for all (an arrival).
    Here {
        room: RoomId,
        from: PeerId,
        card: Sealed,
        to: Option<PeerId>,
    },
    Send {
        room: RoomId,
        from: PeerId,
        to: PeerId,
        body: Sealed,
    },
    Gone {
        room: RoomId,
        from: PeerId,
    },
}

tagged!(TabMsg by "type" {
    Who { room, from } = "who",
    Here { room, from, card, to } = "here",
    Send { room, from, to, body } = "send",
    Gone { room, from } = "gone",
});

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TabsOut {
    /// To the other tabs.
    Post(String),
    /// To this tab's call, as if from a server.
    Deliver(String),
    /// The link ends for this tab, with a close code.
    Close(u16),
}

#[derive(Debug, Default)]
pub struct Tabs {
    me: Option<PeerId>,
    rooms: Table<RoomId, Room>,
}

#[derive(Debug, Default)]
struct Room {
    /// Present once this tab has joined.
    card: Option<Sealed>,
    others: Table<PeerId, Sealed>,
}

impl Tabs {
    pub fn new() -> Self {
        Tabs::default()
    }

    /// What this tab's call says to its signaller.
    pub fn on_client(&mut self, text: &str) -> Vec<TabsOut> {
        let Ok(message) = wire::decode::<ClientMsg>(text, wire::MAX_FRAME) else {
            return [deliver(&ServerMsg::Refused {
                code: Refusal::BadMessage,
                room: None,
            })]
            .into();
        };
        if let ClientMsg::Hello { token, .. } = message {
            let you = token.id();
            self.me = Some(you);
            return [deliver(&ServerMsg::Welcome {
                version: VERSION,
                you,
            })]
            .into();
        }
        let Some(from) = self.me else {
            return [deliver(&ServerMsg::Refused {
                code: Refusal::NotWelcomed,
                room: None,
            })]
            .into();
        };
        match message {
            ClientMsg::Hello { .. } => Vec::new(),
            ClientMsg::Ping => [deliver(&ServerMsg::Pong)].into(),
            ClientMsg::Look { room } => {
                let peers = self.rooms.or_insert_with(room, Room::default).members();
                [
                    deliver(&ServerMsg::Room {
                        room,
                        joined: false,
                        peers,
                    }),
                    post(&TabMsg::Who { room, from }),
                ]
                .into()
            }
            ClientMsg::Join { room, card } => {
                let here = self.rooms.or_insert_with(room, Room::default);
                if here.card.is_none() && here.others.len() >= MAX_ROOM {
                    return [deliver(&ServerMsg::Refused {
                        code: Refusal::RoomFull,
                        room: Some(room),
                    })]
                    .into();
                }
                here.card = Some(card.clone());
                let peers = here.members();
                [
                    deliver(&ServerMsg::Room {
                        room,
                        joined: true,
                        peers,
                    }),
                    post(&TabMsg::Here {
                        room,
                        from,
                        card,
                        to: None,
                    }),
                    post(&TabMsg::Who { room, from }),
                ]
                .into()
            }
            ClientMsg::Leave { room } => match self.rooms.remove(&room) {
                Some(Room { card: Some(_), .. }) => [post(&TabMsg::Gone { room, from })].into(),
                _ => Vec::new(),
            },
            ClientMsg::Send { room, to, body } => [post(&TabMsg::Send {
                room,
                from,
                to,
                body,
            })]
            .into(),
        }
    }

    /// What another tab posted.
    pub fn on_post(&mut self, text: &str) -> Vec<TabsOut> {
        let Some(me) = self.me else { return Vec::new() };
        let Ok(message) = wire::decode::<TabMsg>(text, wire::MAX_FRAME) else {
            return Vec::new();
        };
        match message {
            TabMsg::Who { room, from } if from != me => {
                match self.rooms.get(&room).and_then(|r| r.card.clone()) {
                    Some(card) => [post(&TabMsg::Here {
                        room,
                        from: me,
                        card,
                        to: Some(from),
                    })]
                    .into(),
                    None => Vec::new(),
                }
            }
            TabMsg::Here { room, from, .. } if from == me => {
                // Another tab goes by our name: a duplicate, and the newer one counts.
                let joined = self.rooms.get(&room).is_some_and(|r| r.card.is_some());
                if joined {
                    [TabsOut::Close(close::REPLACED)].into()
                } else {
                    Vec::new()
                }
            }
            TabMsg::Here {
                room,
                from,
                card,
                to,
            } if to.is_none_or(|to| to == me) => {
                let Some(here) = self.rooms.get_mut(&room) else {
                    return Vec::new();
                };
                if here.others.len() >= OTHERS && !here.others.contains_key(&from) {
                    return Vec::new();
                }
                let known = here.others.insert(from, card.clone());
                if known.as_ref() == Some(&card) {
                    return Vec::new();
                }
                [deliver(&ServerMsg::Entered {
                    room,
                    peer: from,
                    card,
                })]
                .into()
            }
            TabMsg::Send {
                room,
                from,
                to,
                body,
            } if to == me && self.rooms.contains_key(&room) => {
                [deliver(&ServerMsg::Relayed { room, from, body })].into()
            }
            TabMsg::Gone { room, from } => {
                let known = self
                    .rooms
                    .get_mut(&room)
                    .and_then(|r| r.others.remove(&from));
                match known {
                    Some(_) => [deliver(&ServerMsg::Left { room, peer: from })].into(),
                    None => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }
}

impl Room {
    fn members(&self) -> Vec<Member> {
        self.others
            .iter()
            .map(|(peer, card)| Member {
                peer: *peer,
                card: card.clone(),
            })
            .collect()
    }
}

fn deliver(message: &ServerMsg) -> TabsOut {
    TabsOut::Deliver(wire::encode(message))
}

fn post(message: &TabMsg) -> TabsOut {
    TabsOut::Post(wire::encode(message))
}
