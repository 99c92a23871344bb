//! What holds for every sequence of messages of several clients: checked against a model that is told
//! only what the clients were told.

#![allow(
    clippy::expect_used,
    reason = "a broken expectation is how a test fails"
)]

use duologue_core::{
    hub::{ClientKey, Effect, Hub, Limits},
    ids::{PeerId, PeerToken, RoomId},
    time::Millis,
    wire::{ClientMsg, Sealed, ServerMsg, encode},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
enum Step {
    Connect,
    Hello(usize, u8),
    Look(usize, u8),
    Join(usize, u8),
    Leave(usize, u8),
    Send(usize, u8, u8),
    Disconnect(usize),
    Noise(usize, String),
}

fn step() -> impl Strategy<Value = Step> {
    let (client, room, person) = (0..6usize, 0..3u8, 0..4u8);
    prop_oneof![
        2 => Just(Step::Connect),
        4 => (client.clone(), person.clone()).prop_map(|(c, p)| Step::Hello(c, p)),
        2 => (client.clone(), room.clone()).prop_map(|(c, r)| Step::Look(c, r)),
        5 => (client.clone(), room.clone()).prop_map(|(c, r)| Step::Join(c, r)),
        2 => (client.clone(), room.clone()).prop_map(|(c, r)| Step::Leave(c, r)),
        5 => (client.clone(), room, person).prop_map(|(c, r, p)| Step::Send(c, r, p)),
        1 => client.clone().prop_map(Step::Disconnect),
        1 => (client, "(\\PC*|\\{\"type\":\"[a-z]{1,6}\".*)").prop_map(|(c, text)| Step::Noise(c, text)),
    ]
}

fn room(n: u8) -> RoomId {
    RoomId([n; 16])
}

fn token(n: u8) -> PeerToken {
    PeerToken([n; 16])
}

/// What one client knows: who it is, and who is in each room that it is in or looks at.
#[derive(Debug, Default)]
struct Told {
    me: Option<PeerId>,
    rooms: BTreeMap<RoomId, BTreeSet<PeerId>>,
    joined: BTreeSet<RoomId>,
}

#[derive(Default)]
struct World {
    hub: Hub,
    next: u64,
    now: Millis,
    alive: BTreeMap<ClientKey, Told>,
}

impl World {
    fn key(&self, n: usize) -> Option<ClientKey> {
        self.alive.keys().nth(n).copied()
    }

    fn text(&mut self, n: usize, text: &str, sends: bool) {
        let Some(key) = self.key(n) else { return };
        // Time passes, so that the rate limit (tested elsewhere) stays out of this.
        self.now = self.now.after(1_000);
        let effects = self.hub.text(self.now, key, text);
        self.hear(effects, sends.then_some(key));
    }

    /// Every client believes what it is told; nobody may be told what is none of its business.
    fn hear(&mut self, effects: Vec<Effect>, sender: Option<ClientKey>) {
        for effect in effects {
            match effect {
                Effect::Close(key, _) => {
                    drop(self.alive.remove(&key).expect("only the living are closed"))
                }
                Effect::Send(key, message) => {
                    let from = sender.and_then(|sender| self.alive[&sender].me);
                    let told = self.alive.get_mut(&key).expect("only the living are told");
                    match message {
                        ServerMsg::Welcome { you, .. } => told.me = Some(you),
                        ServerMsg::Room {
                            room,
                            joined,
                            peers,
                        } => {
                            told.rooms
                                .insert(room, peers.iter().map(|member| member.peer).collect());
                            if joined {
                                told.joined.insert(room);
                            }
                        }
                        ServerMsg::Entered { room, peer, .. } => {
                            assert_ne!(told.me, Some(peer), "told of oneself");
                            told.rooms
                                .get_mut(&room)
                                .expect("a room of its own")
                                .insert(peer);
                        }
                        ServerMsg::Left { room, peer } => {
                            assert!(
                                told.rooms
                                    .get_mut(&room)
                                    .expect("a room of its own")
                                    .remove(&peer),
                                "left, never entered"
                            );
                        }
                        ServerMsg::Relayed {
                            room,
                            from: stamped,
                            ..
                        } => {
                            assert_eq!(Some(stamped), from, "from is the sender");
                            assert!(
                                told.joined.contains(&room),
                                "relayed out of a room of others"
                            );
                            assert!(
                                told.rooms[&room].contains(&stamped),
                                "relayed from somebody unknown"
                            );
                        }
                        ServerMsg::Refused { .. } | ServerMsg::Pong => {}
                    }
                }
            }
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Connect => {
                let key = ClientKey(self.next);
                self.next += 1;
                assert_eq!(self.hub.connect(key), []);
                self.alive.insert(key, Told::default());
            }
            Step::Hello(n, person) => self.text(
                n,
                &encode(&ClientMsg::Hello {
                    version: 1,
                    token: token(person),
                }),
                false,
            ),
            Step::Look(n, r) => self.text(n, &encode(&ClientMsg::Look { room: room(r) }), false),
            Step::Join(n, r) => self.text(
                n,
                &encode(&ClientMsg::Join {
                    room: room(r),
                    card: Sealed("c".into()),
                }),
                false,
            ),
            Step::Leave(n, r) => {
                // Nothing answers a `leave`: from here on the client expects nothing of that room.
                if let Some(told) = self.key(n).and_then(|key| self.alive.get_mut(&key)) {
                    told.rooms.remove(&room(r));
                    told.joined.remove(&room(r));
                }
                self.text(n, &encode(&ClientMsg::Leave { room: room(r) }), false);
            }
            Step::Send(n, r, person) => {
                let message = ClientMsg::Send {
                    room: room(r),
                    to: token(person).id(),
                    body: Sealed("b".into()),
                };
                self.text(n, &encode(&message), true);
            }
            Step::Disconnect(n) => {
                if let Some(key) = self.key(n) {
                    self.alive.remove(&key);
                    let effects = self.hub.disconnect(key);
                    self.hear(effects, None);
                }
            }
            Step::Noise(n, text) => self.text(n, &text, false),
        }
    }

    /// What everyone believes, put together, is one consistent world.
    fn check(&self) {
        let mut inside: BTreeMap<RoomId, BTreeSet<PeerId>> = BTreeMap::new();
        for told in self.alive.values() {
            for room in &told.joined {
                assert!(
                    inside
                        .entry(*room)
                        .or_default()
                        .insert(told.me.expect("welcomed")),
                    "one peer twice in a room"
                );
            }
        }
        let mut open = BTreeSet::new();
        for told in self.alive.values() {
            for (room, believed) in &told.rooms {
                let mut actual = inside.get(room).cloned().unwrap_or_default();
                actual.retain(|peer| Some(*peer) != told.me);
                assert_eq!(believed, &actual, "told membership is actual membership");
                open.insert(room);
            }
        }
        assert_eq!(self.hub.counts().rooms, open.len(), "empty rooms are freed");
        assert_eq!(self.hub.counts().clients, self.alive.len());
    }
}

proptest! {
    #[test]
    fn everyone_is_told_the_truth_and_nobody_is_told_of_others(steps in prop::collection::vec(step(), 1..80)) {
        let mut world = World { hub: Hub::new(Limits::default()), ..World::default() };
        for step in steps {
            world.step(step);
            world.check();
        }
    }

    #[test]
    fn no_text_makes_it_panic(texts in prop::collection::vec("\\PC{0,300}", 1..20), hello in any::<bool>()) {
        let mut hub = Hub::new(Limits::default());
        hub.connect(ClientKey(1));
        if hello {
            hub.text(Millis(0), ClientKey(1), &encode(&ClientMsg::Hello { version: 1, token: token(1) }));
        }
        for text in texts {
            hub.text(Millis(0), ClientKey(1), &text);
        }
    }
}
