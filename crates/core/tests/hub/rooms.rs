//! Who meets whom, who hears of it, and who is taken for whom.

use super::*;

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
