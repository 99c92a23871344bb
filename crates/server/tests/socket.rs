//! Signalling over real sockets: what clients say to each other through a server on a free port.

#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

mod common;

use common::*;
use duologue_core::{
    ids::RoomId,
    wire::{ClientMsg, Refusal, ServerMsg, close, encode},
};
use duologue_server::{Config, origin::Origins};
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::tungstenite::{Error, Message};

#[tokio::test]
async fn two_clients_meet_and_relay_and_one_goes() {
    let (_running, address) = serve(config()).await;
    let (mut ana, ana_id) = Client::welcomed(address, 1).await;
    let (mut ben, ben_id) = Client::welcomed(address, 2).await;
    assert_eq!((ana_id, ben_id), (token(1).id(), token(2).id()));

    ana.say(&join(ROOM)).await;
    assert_eq!(
        ana.hear().await,
        ServerMsg::Room {
            room: ROOM,
            joined: true,
            peers: vec![]
        }
    );
    ben.say(&join(ROOM)).await;
    assert!(matches!(ben.hear().await, ServerMsg::Room { peers, .. } if peers[0].peer == ana_id));
    assert_eq!(
        ana.hear().await,
        ServerMsg::Entered {
            room: ROOM,
            peer: ben_id,
            card: sealed("card")
        }
    );

    ben.say(&ClientMsg::Send {
        room: ROOM,
        to: ana_id,
        body: sealed("body"),
    })
    .await;
    assert_eq!(
        ana.hear().await,
        ServerMsg::Relayed {
            room: ROOM,
            from: ben_id,
            body: sealed("body")
        }
    );
    drop(ben);
    assert_eq!(
        ana.hear().await,
        ServerMsg::Left {
            room: ROOM,
            peer: ben_id
        }
    );
    ana.say(&ClientMsg::Ping).await;
    assert_eq!(ana.hear().await, ServerMsg::Pong);
}

#[tokio::test]
async fn a_forged_from_is_overwritten() {
    let (_running, address) = serve(config()).await;
    let (mut ana, ana_id) = Client::welcomed(address, 1).await;
    let (mut eve, eve_id) = Client::welcomed(address, 2).await;
    for client in [&mut ana, &mut eve] {
        client.say(&join(ROOM)).await;
        client.hear().await;
    }
    ana.hear().await;
    let (room, to, ben) = (ROOM.text(), ana_id.text(), token(3).id().text());
    let forged = format!(
        r#"{{"type":"send","room":"{room}","to":"{to}","body":"body","from":"{ben}","peer":"{ben}"}}"#
    );
    eve.send(Message::text(forged)).await;
    assert_eq!(
        ana.hear().await,
        ServerMsg::Relayed {
            room: ROOM,
            from: eve_id,
            body: sealed("body")
        }
    );
}

#[tokio::test]
async fn only_pages_of_this_host_and_allowed_ones_may_connect() {
    let origins = Origins::allow(["https://calls.example".to_string()]);
    let (_running, address) = serve(Config {
        origins,
        ..config()
    })
    .await;
    let own = format!("http://{address}");
    for fine in [own.as_str(), "https://calls.example"] {
        assert!(
            Client::open_from(address, Some(fine)).await.is_ok(),
            "{fine}"
        );
    }
    let longer = format!("{own}.evil.example");
    let evil = [
        "https://evil.example",
        "null",
        "https://calls.example.evil",
        &longer,
    ];
    for wrong in evil.into_iter().map(Some).chain([None]) {
        match Client::open_from(address, wrong).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{wrong:?}"),
            other => panic!("{wrong:?}: {:?}", other.map(|_| "accepted")),
        }
    }
}

#[tokio::test]
async fn the_same_token_replaces_the_older_connection() {
    let (_running, address) = serve(config()).await;
    let (mut older, id) = Client::welcomed(address, 1).await;
    let (mut newer, same) = Client::welcomed(address, 1).await;
    assert_eq!(id, same);
    assert_eq!(older.closed().await, close::REPLACED);
    newer.say(&join(ROOM)).await;
    assert_eq!(
        newer.hear().await,
        ServerMsg::Room {
            room: ROOM,
            joined: true,
            peers: vec![]
        }
    );
}

#[tokio::test]
async fn the_ninth_person_finds_the_room_full() {
    let (_running, address) = serve(config()).await;
    let mut inside = Vec::new();
    for n in 1..=8 {
        let (mut client, _) = Client::welcomed(address, n).await;
        client.say(&join(ROOM)).await;
        assert!(matches!(
            client.hear().await,
            ServerMsg::Room { joined: true, .. }
        ));
        inside.push(client);
    }
    let (mut ninth, _) = Client::welcomed(address, 9).await;
    ninth.say(&join(ROOM)).await;
    assert_eq!(
        ninth.hear().await,
        ServerMsg::Refused {
            code: Refusal::RoomFull,
            room: Some(ROOM)
        }
    );
    ninth.say(&join(RoomId([2; 16]))).await;
    assert!(matches!(
        ninth.hear().await,
        ServerMsg::Room { joined: true, .. }
    ));
}

#[tokio::test]
async fn seven_who_all_write_to_one_at_once_lose_nothing() {
    let (_running, address) = serve(config()).await;
    let (mut newcomer, newcomer_id) = Client::welcomed(address, 1).await;
    newcomer.say(&join(ROOM)).await;
    let body = sealed(&"A".repeat(500));
    let mut others = Vec::new();
    for n in 2..=8 {
        let (mut other, _) = Client::welcomed(address, n).await;
        other.say(&join(ROOM)).await;
        others.push(other);
    }
    for other in &mut others {
        for _ in 0..50 {
            let message = ClientMsg::Send {
                room: ROOM,
                to: newcomer_id,
                body: body.clone(),
            };
            other.0.feed(Message::text(encode(&message))).await.unwrap();
        }
    }
    for other in &mut others {
        other.0.flush().await.unwrap();
    }
    let mut heard = 0;
    while heard < 7 * 50 {
        heard += usize::from(matches!(newcomer.hear().await, ServerMsg::Relayed { .. }));
    }
}

#[tokio::test]
async fn stopping_sends_everybody_away_at_once() {
    let (running, address) = serve(config()).await;
    let (mut client, _) = Client::welcomed(address, 1).await;
    let idle = TcpStream::connect(address).await.unwrap();
    let stopped = tokio::spawn(running.stop());
    assert_eq!(client.closed().await, close::GOING_AWAY);
    // Answer the close, as browsers do.
    while let Some(Ok(_)) = client.0.next().await {}
    timeout(Duration::from_secs(5), stopped)
        .await
        .unwrap()
        .unwrap();
    drop(idle);
    assert!(
        TcpStream::connect(address).await.is_err(),
        "still listening"
    );
}
