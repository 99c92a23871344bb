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
