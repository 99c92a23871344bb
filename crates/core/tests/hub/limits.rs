//! What is refused, what ends a connection, and what is freed.

use super::*;

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

/// Clients of one source, who have said hello.
fn hub_with_source(limits: Limits, clients: std::ops::RangeInclusive<u64>) -> Hub {
    let mut hub = Hub::new(limits);
    for n in clients {
        hub.connect_from(ClientKey(n), Some(Source(7)));
        let (version, token) = (1, token(n));
        say(&mut hub, n, &ClientMsg::Hello { version, token });
    }
    hub
}

fn room(n: u32) -> RoomId {
    let mut bytes = [9; 16];
    bytes[..4].copy_from_slice(&n.to_le_bytes());
    RoomId(bytes)
}

/// Whether the client came in.
fn enters(hub: &mut Hub, now: Millis, n: u64, room: RoomId) -> Result<(), Refusal> {
    let answer = hub.text(now, ClientKey(n), &encode(&ClientMsg::Look { room }));
    match answer.first() {
        Some(Effect::Send(_, ServerMsg::Room { .. })) => Ok(()),
        Some(Effect::Send(_, ServerMsg::Refused { code, .. })) => Err(*code),
        other => panic!("{other:?}"),
    }
}

fn leave(hub: &mut Hub, now: Millis, n: u64, room: RoomId) {
    hub.text(now, ClientKey(n), &encode(&ClientMsg::Leave { room }));
}

#[test]
fn ten_thousand_guesses_of_one_client_are_a_few() {
    let mut hub = hub_with(1);
    let mut tried = 0;
    for n in 0..10_000 {
        // Slower than its messages may come: what holds it is what it asks for.
        let now = Millis(25 * u64::from(n));
        match enters(&mut hub, now, 1, room(n)) {
            Ok(()) => {
                tried += 1;
                leave(&mut hub, now, 1, room(n));
            }
            Err(code) => assert_eq!(code, Refusal::TooFast),
        }
    }
    // 250 seconds.
    assert!((100..=150).contains(&tried), "{tried}");
}

#[test]
fn ten_thousand_guesses_of_one_address_are_a_few_however_often_it_comes_anew() {
    let mut hub = Hub::new(Limits::default());
    let mut tried = 0;
    for n in 0..10_000 {
        let key = u64::from(n);
        hub.connect_from(ClientKey(key), Some(Source(7)));
        let (version, token) = (1, token(key));
        say(&mut hub, key, &ClientMsg::Hello { version, token });
        let now = Millis(10 * key);
        tried += u32::from(enters(&mut hub, now, key, room(n)).is_ok());
        hub.disconnect(ClientKey(key));
    }
    // The burst, and two a second for a hundred seconds.
    assert!((450..=550).contains(&tried), "{tried}");
}

#[test]
fn a_room_that_one_has_already_costs_nothing() {
    let mut hub = hub_with(1);
    for _ in 0..100 {
        assert_eq!(enters(&mut hub, NOW, 1, ROOM), Ok(()));
    }
}

#[test]
fn clients_of_one_source_share_their_rooms_and_give_them_back() {
    let limits = Limits {
        rooms_per_source: 5,
        ..Limits::default()
    };
    let mut hub = hub_with_source(limits, 1..=3);
    for n in 0..3 {
        assert_eq!(enters(&mut hub, NOW, 1, room(n)), Ok(()));
    }
    assert_eq!(enters(&mut hub, NOW, 2, room(3)), Ok(()));
    assert_eq!(enters(&mut hub, NOW, 2, room(4)), Ok(()));
    let full = Err(Refusal::TooManyRooms);
    assert_eq!(enters(&mut hub, NOW, 3, room(0)), full);
    leave(&mut hub, NOW, 2, room(4));
    assert_eq!(enters(&mut hub, NOW, 3, room(0)), Ok(()));
    assert_eq!(enters(&mut hub, NOW, 3, room(1)), full);
    hub.disconnect(ClientKey(1));
    assert_eq!(enters(&mut hub, NOW, 3, room(1)), Ok(()));
}

#[test]
fn the_server_has_so_many_rooms_and_those_that_are_there_stay_open() {
    let mut hub = hub_with(2);
    hub.allow(Limits {
        rooms: 1,
        ..Limits::default()
    });
    assert_eq!(enters(&mut hub, NOW, 1, ROOM), Ok(()));
    let full = Err(Refusal::ServerFull);
    assert_eq!(enters(&mut hub, NOW, 2, OTHER_ROOM), full);
    assert_eq!(enters(&mut hub, NOW, 2, ROOM), Ok(()));
}

#[test]
fn a_hundred_thousand_rooms_and_sources_leave_nothing_behind() {
    let mut hub = Hub::new(Limits::default());
    for n in 0..100_000 {
        let key = u64::from(n);
        hub.connect_from(ClientKey(key), Some(Source(key)));
        let (version, token) = (1, token(key));
        say(&mut hub, key, &ClientMsg::Hello { version, token });
        assert_eq!(enters(&mut hub, Millis(key), key, room(n)), Ok(()));
        hub.disconnect(ClientKey(key));
    }
    assert_eq!((hub.counts().clients, hub.counts().rooms), (0, 0));
    // What they did in the last half minute is remembered, and then forgotten.
    assert!(hub.counts().sources < 60_000);
    hub.connect(ClientKey(200_000));
    hub.text(Millis(200_000), ClientKey(200_000), "");
    assert_eq!(hub.counts().sources, 0);
}
