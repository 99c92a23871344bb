//! The server's rooms, told as stories; what holds for every story is in hub_always.rs.

use duologue_core::{
    hub::{ClientKey, Effect, Hub, Limits},
    ids::{PeerId, PeerToken, RoomId},
    time::Millis,
    wire::{ClientMsg, Member, Refusal, Sealed, ServerMsg, close, encode},
};

const ROOM: RoomId = RoomId([1; 16]);
const OTHER_ROOM: RoomId = RoomId([2; 16]);
const NOW: Millis = Millis(0);

fn token(n: u64) -> PeerToken {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&n.to_le_bytes());
    PeerToken(bytes)
}

fn id(n: u64) -> PeerId {
    token(n).id()
}

fn sealed(text: &str) -> Sealed {
    Sealed(text.into())
}

fn say(hub: &mut Hub, n: u64, message: &ClientMsg) -> Vec<Effect> {
    hub.text(NOW, ClientKey(n), &encode(message))
}

fn to(n: u64, message: ServerMsg) -> Effect {
    Effect::Send(ClientKey(n), message)
}

fn refused(n: u64, code: Refusal, room: Option<RoomId>) -> Vec<Effect> {
    vec![to(n, ServerMsg::Refused { code, room })]
}

fn join(room: RoomId) -> ClientMsg {
    ClientMsg::Join {
        room,
        card: sealed("card"),
    }
}

fn send(room: RoomId, to: u64) -> ClientMsg {
    ClientMsg::Send {
        room,
        to: id(to),
        body: sealed("body"),
    }
}

/// Clients 1 to `n` have said hello.
fn hub_with(n: u64) -> Hub {
    let mut hub = Hub::new(Limits::default());
    for n in 1..=n {
        assert_eq!(hub.connect(ClientKey(n)), []);
        let welcome = ServerMsg::Welcome {
            version: 1,
            you: id(n),
        };
        assert_eq!(
            say(
                &mut hub,
                n,
                &ClientMsg::Hello {
                    version: 1,
                    token: token(n)
                }
            ),
            [to(n, welcome)]
        );
    }
    hub
}

#[test]
fn two_who_join_learn_of_each_other_and_can_write() {
    let mut hub = hub_with(2);
    assert_eq!(
        say(&mut hub, 1, &join(ROOM)),
        [to(
            1,
            ServerMsg::Room {
                room: ROOM,
                joined: true,
                peers: vec![]
            }
        )]
    );
    let there = vec![Member {
        peer: id(1),
        card: sealed("card"),
    }];
    assert_eq!(
        say(&mut hub, 2, &join(ROOM)),
        [
            to(
                2,
                ServerMsg::Room {
                    room: ROOM,
                    joined: true,
                    peers: there
                }
            ),
            to(
                1,
                ServerMsg::Entered {
                    room: ROOM,
                    peer: id(2),
                    card: sealed("card")
                }
            ),
        ]
    );
    assert_eq!(
        say(&mut hub, 2, &send(ROOM, 1)),
        [to(
            1,
            ServerMsg::Relayed {
                room: ROOM,
                from: id(2),
                body: sealed("body")
            }
        )]
    );
    assert_eq!(
        say(&mut hub, 2, &ClientMsg::Leave { room: ROOM }),
        [to(
            1,
            ServerMsg::Left {
                room: ROOM,
                peer: id(2)
            }
        )]
    );
    assert_eq!(
        say(&mut hub, 2, &send(ROOM, 1)),
        refused(2, Refusal::NotInRoom, Some(ROOM))
    );
    assert_eq!(
        say(&mut hub, 1, &send(ROOM, 2)),
        refused(1, Refusal::NoSuchPeer, Some(ROOM))
    );
}

#[test]
fn one_who_looks_sees_people_come_and_go_and_is_not_seen() {
    let mut hub = hub_with(3);
    say(&mut hub, 1, &join(ROOM));
    let there = vec![Member {
        peer: id(1),
        card: sealed("card"),
    }];
    assert_eq!(
        say(&mut hub, 3, &ClientMsg::Look { room: ROOM }),
        [to(
            3,
            ServerMsg::Room {
                room: ROOM,
                joined: false,
                peers: there
            }
        )]
    );
    let joined = say(&mut hub, 2, &join(ROOM));
    assert!(joined.contains(&to(
        3,
        ServerMsg::Entered {
            room: ROOM,
            peer: id(2),
            card: sealed("card")
        }
    )));
    assert_eq!(
        say(&mut hub, 1, &send(ROOM, 3)),
        refused(1, Refusal::NoSuchPeer, Some(ROOM))
    );
    assert_eq!(
        say(&mut hub, 3, &send(ROOM, 1)),
        refused(3, Refusal::NotInRoom, Some(ROOM))
    );
    let left = hub.disconnect(ClientKey(2));
    assert!(left.contains(&to(
        3,
        ServerMsg::Left {
            room: ROOM,
            peer: id(2)
        }
    )));
    assert_eq!(hub.disconnect(ClientKey(3)), []);
}

#[test]
fn a_repeated_join_changes_the_card_and_nothing_else() {
    let mut hub = hub_with(2);
    say(&mut hub, 1, &join(ROOM));
    say(&mut hub, 2, &join(ROOM));
    let again = say(
        &mut hub,
        2,
        &ClientMsg::Join {
            room: ROOM,
            card: sealed("new"),
        },
    );
    assert!(again.contains(&to(
        1,
        ServerMsg::Entered {
            room: ROOM,
            peer: id(2),
            card: sealed("new")
        }
    )));
    let there = vec![Member {
        peer: id(2),
        card: sealed("new"),
    }];
    assert_eq!(
        say(&mut hub, 1, &ClientMsg::Look { room: ROOM }),
        [to(
            1,
            ServerMsg::Room {
                room: ROOM,
                joined: true,
                peers: there
            }
        )]
    );
}

#[test]
fn the_ninth_person_is_refused_and_one_who_rejoins_is_not_the_ninth() {
    let mut hub = hub_with(9);
    for n in 1..=8 {
        say(&mut hub, n, &join(ROOM));
    }
    assert_eq!(
        say(&mut hub, 9, &join(ROOM)),
        refused(9, Refusal::RoomFull, Some(ROOM))
    );
    assert!(
        say(&mut hub, 8, &join(ROOM))
            .iter()
            .all(|effect| !matches!(effect, Effect::Send(_, ServerMsg::Refused { .. })))
    );
    hub.disconnect(ClientKey(1));
    assert!(matches!(
        say(&mut hub, 9, &join(ROOM))[0],
        Effect::Send(ClientKey(9), ServerMsg::Room { joined: true, .. })
    ));
}

#[test]
fn the_same_token_again_replaces_the_older_connection_and_joins_anew() {
    let mut hub = hub_with(2);
    say(&mut hub, 1, &join(ROOM));
    say(&mut hub, 2, &join(ROOM));
    hub.connect(ClientKey(3));
    let hello = ClientMsg::Hello {
        version: 1,
        token: token(2),
    };
    assert_eq!(
        say(&mut hub, 3, &hello),
        [
            Effect::Close(ClientKey(2), close::REPLACED),
            to(
                1,
                ServerMsg::Left {
                    room: ROOM,
                    peer: id(2)
                }
            ),
            to(
                3,
                ServerMsg::Welcome {
                    version: 1,
                    you: id(2)
                }
            ),
        ]
    );
    assert!(say(&mut hub, 3, &join(ROOM)).contains(&to(
        1,
        ServerMsg::Entered {
            room: ROOM,
            peer: id(2),
            card: sealed("card")
        }
    )));
    // What still comes from the older one, its end included, means nothing any more.
    assert_eq!(say(&mut hub, 2, &send(ROOM, 1)), []);
    assert_eq!(hub.disconnect(ClientKey(2)), []);
    assert_eq!(say(&mut hub, 1, &send(ROOM, 2)).len(), 1);
    assert_eq!(hub.peer(ClientKey(3)), Some(id(2)));
}

#[test]
fn someone_in_another_room_looks_like_nobody() {
    let mut hub = hub_with(2);
    say(&mut hub, 1, &join(ROOM));
    say(&mut hub, 2, &join(OTHER_ROOM));
    assert_eq!(
        say(&mut hub, 1, &send(ROOM, 2)),
        say(&mut hub, 1, &send(ROOM, 99))
    );
    assert_eq!(
        say(&mut hub, 1, &send(OTHER_ROOM, 2)),
        refused(1, Refusal::NotInRoom, Some(OTHER_ROOM))
    );
    assert_eq!(
        say(&mut hub, 1, &send(ROOM, 1)),
        refused(1, Refusal::NoSuchPeer, Some(ROOM)),
        "oneself"
    );
}

#[test]
fn a_from_that_a_client_writes_is_not_read() {
    let mut hub = hub_with(3);
    for n in 1..=3 {
        say(&mut hub, n, &join(ROOM));
    }
    let forged = format!(
        r#"{{"type":"send","room":"{}","to":"{}","from":"{}","peer":"{2}","body":"body"}}"#,
        ROOM.text(),
        id(1).text(),
        id(3).text()
    );
    assert_eq!(
        hub.text(NOW, ClientKey(2), &forged),
        [to(
            1,
            ServerMsg::Relayed {
                room: ROOM,
                from: id(2),
                body: sealed("body")
            }
        )]
    );
}

#[test]
fn nothing_is_served_before_hello() {
    let mut hub = Hub::new(Limits::default());
    hub.connect(ClientKey(1));
    for message in [
        join(ROOM),
        ClientMsg::Look { room: ROOM },
        send(ROOM, 2),
        ClientMsg::Ping,
    ] {
        assert_eq!(
            say(&mut hub, 1, &message),
            refused(1, Refusal::NotWelcomed, None)
        );
    }
    assert_eq!(hub.counts().rooms, 0);
}

#[test]
fn another_version_is_refused_and_closed() {
    let mut hub = Hub::new(Limits::default());
    hub.connect(ClientKey(1));
    let mut expected = refused(1, Refusal::UnsupportedVersion, None);
    expected.push(Effect::Close(ClientKey(1), close::UNSUPPORTED_VERSION));
    assert_eq!(
        say(
            &mut hub,
            1,
            &ClientMsg::Hello {
                version: 2,
                token: token(1)
            }
        ),
        expected
    );
    assert_eq!(hub.counts().clients, 0);
}

#[test]
fn nobody_becomes_someone_else_on_the_same_connection() {
    let mut hub = hub_with(1);
    assert_eq!(
        say(
            &mut hub,
            1,
            &ClientMsg::Hello {
                version: 1,
                token: token(7)
            }
        ),
        refused(1, Refusal::BadMessage, None)
    );
    assert_eq!(hub.peer(ClientKey(1)), Some(id(1)));
}

#[test]
fn eight_meaningless_messages_in_a_row_end_it_and_a_good_one_between_forgives() {
    let mut hub = hub_with(1);
    for _ in 0..7 {
        assert_eq!(
            hub.text(NOW, ClientKey(1), "{"),
            refused(1, Refusal::BadMessage, None)
        );
    }
    assert_eq!(say(&mut hub, 1, &ClientMsg::Ping), [to(1, ServerMsg::Pong)]);
    for _ in 0..7 {
        assert_eq!(
            hub.text(NOW, ClientKey(1), r#"{"type":"dance"}"#),
            refused(1, Refusal::BadMessage, None)
        );
    }
    let last = hub.text(NOW, ClientKey(1), "[]");
    assert_eq!(
        last.last(),
        Some(&Effect::Close(ClientKey(1), close::BAD_MESSAGE))
    );
}

#[test]
fn cards_and_bodies_are_short_base64url_or_bad() {
    let mut hub = hub_with(2);
    say(&mut hub, 2, &join(ROOM));
    for (card, fine) in [
        ("A".repeat(2048), true),
        ("A".repeat(2049), false),
        (String::new(), false),
        ("a+b/".into(), false),
    ] {
        let answer = say(
            &mut hub,
            1,
            &ClientMsg::Join {
                room: ROOM,
                card: Sealed(card),
            },
        );
        assert_eq!(answer == refused(1, Refusal::BadMessage, Some(ROOM)), !fine);
    }
    for (body, fine) in [
        ("-_9".repeat(16_384), true),
        ("A".repeat(49_153), false),
        (String::new(), false),
        ("ä".into(), false),
    ] {
        let answer = say(
            &mut hub,
            1,
            &ClientMsg::Send {
                room: ROOM,
                to: id(2),
                body: Sealed(body),
            },
        );
        assert_eq!(answer == refused(1, Refusal::BadMessage, Some(ROOM)), !fine);
    }
}

#[test]
fn a_client_has_four_rooms_and_the_server_so_many_clients() {
    let mut hub = hub_with(1);
    let rooms: Vec<RoomId> = (10..15).map(|n| RoomId([n; 16])).collect();
    say(&mut hub, 1, &ClientMsg::Look { room: rooms[0] });
    rooms[..4]
        .iter()
        .for_each(|room| drop(say(&mut hub, 1, &join(*room))));
    assert_eq!(hub.counts().rooms, 4);
    assert_eq!(
        say(&mut hub, 1, &join(rooms[4])),
        refused(1, Refusal::TooManyRooms, Some(rooms[4]))
    );
    say(&mut hub, 1, &ClientMsg::Leave { room: rooms[0] });
    assert!(matches!(
        say(&mut hub, 1, &join(rooms[4]))[0],
        Effect::Send(_, ServerMsg::Room { .. })
    ));

    let mut hub = Hub::new(Limits {
        clients: 1,
        ..Limits::default()
    });
    assert_eq!(hub.connect(ClientKey(1)), []);
    assert_eq!(
        hub.connect(ClientKey(2)).last(),
        Some(&Effect::Close(ClientKey(2), close::SERVER_FULL))
    );
    hub.disconnect(ClientKey(1));
    assert_eq!(hub.connect(ClientKey(3)), []);
}

#[test]
fn a_flood_is_told_then_cut_and_its_rooms_are_freed() {
    let mut hub = hub_with(1);
    say(&mut hub, 1, &join(ROOM));
    let told: Vec<Effect> = (0..20_000)
        .flat_map(|_| say(&mut hub, 1, &ClientMsg::Ping))
        .collect();
    assert!(told.contains(&refused(1, Refusal::TooFast, None)[0]));
    assert_eq!(
        told.last(),
        Some(&Effect::Close(ClientKey(1), close::TOO_FAST))
    );
    assert!(told.len() < 300, "{} answers", told.len());
    assert_eq!((hub.counts().clients, hub.counts().rooms), (0, 0));
}

#[test]
fn rooms_without_anybody_are_freed() {
    let mut hub = hub_with(2);
    say(&mut hub, 1, &ClientMsg::Look { room: ROOM });
    say(&mut hub, 2, &join(ROOM));
    say(&mut hub, 2, &ClientMsg::Leave { room: ROOM });
    assert_eq!(hub.counts().rooms, 1);
    hub.disconnect(ClientKey(1));
    assert_eq!(hub.counts().rooms, 0);
}
