//! What the server does not put up with: too big, too fast, too slow, too silent.

#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

mod common;

use common::*;
use duologue_core::wire::{
    ClientMsg, Refusal, ServerMsg, close,
    names::{Ask, Say},
};
use duologue_server::{Config, Limits, Timing, origin::Origins};
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream,
    tungstenite::{Message, protocol::frame::coding::CloseCode},
};

#[tokio::test]
async fn the_largest_frame_passes_and_one_byte_more_closes_with_1009() {
    let (_running, address) = serve(config()).await;
    let (mut client, _) = Client::welcomed(address, 1).await;
    client.send(Message::text("x".repeat(65_536))).await;
    assert_eq!(
        client.hear().await,
        ServerMsg::Refused {
            code: Refusal::BadMessage,
            room: None
        }
    );
    client.send(Message::text("x".repeat(65_537))).await;
    assert_eq!(client.closed().await, 1009);
}

#[tokio::test]
async fn binary_frames_are_not_part_of_the_protocol() {
    let (_running, address) = serve(config()).await;
    let (mut client, _) = Client::welcomed(address, 1).await;
    client.send(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(client.closed().await, u16::from(CloseCode::Unsupported));
}

#[tokio::test]
async fn one_client_too_many_is_told_so() {
    let limits = Limits {
        clients: 1,
        ..Limits::default()
    };
    let (_running, address) = serve(Config { limits, ..config() }).await;
    let (_first, _) = Client::welcomed(address, 1).await;
    let mut second = Client::open(address).await;
    assert_eq!(
        second.hear().await,
        ServerMsg::Refused {
            code: Refusal::ServerFull,
            room: None
        }
    );
    assert_eq!(second.closed().await, close::SERVER_FULL);
}

#[tokio::test]
async fn who_sends_twenty_thousand_messages_at_once_is_cut_off_and_others_are_not() {
    let (_running, address) = serve(config()).await;
    let (mut good, _) = Client::welcomed(address, 1).await;
    let (flood, _) = Client::welcomed(address, 2).await;
    let (mut sink, mut stream) = flood.0.split();
    let sending = tokio::spawn(async move {
        // Ends early, when the server has had enough.
        for _ in 0..20_000 {
            if sink
                .send(Message::text(r#"{"type":"ping"}"#))
                .await
                .is_err()
            {
                return;
            }
        }
    });
    let code = timeout(PATIENCE, async {
        loop {
            match stream.next().await {
                Some(Ok(Message::Close(Some(frame)))) => return u16::from(frame.code),
                Some(Ok(_)) => {}
                end => panic!("no close code: {end:?}"),
            }
        }
    });
    assert_eq!(code.await.unwrap(), close::TOO_FAST);
    drop(stream);
    timeout(PATIENCE, sending).await.unwrap().unwrap();
    good.say(&ClientMsg::Ping).await;
    assert_eq!(good.hear().await, ServerMsg::Pong);
}

#[tokio::test]
async fn who_does_not_read_is_let_go_and_leaves_the_room() {
    let send = Duration::from_millis(200);
    let timing = Timing {
        send,
        ..Timing::default()
    };
    let (_running, address) = serve(Config { timing, ..config() }).await;
    let (mut deaf, deaf_id) = Client::welcomed(address, 1).await;
    deaf.say(&join(ROOM)).await;
    deaf.hear().await;
    // 180 messages within each one's burst fill the queue and what the two kernels hold between them.
    let mut writers = Vec::new();
    for n in 2..=6 {
        let (mut writer, _) = Client::welcomed(address, n).await;
        writer.say(&join(ROOM)).await;
        writers.push(writer);
    }
    let body = sealed(&"A".repeat(48 * 1024));
    'all: for _ in 0..180 {
        for writer in &mut writers {
            writer
                .say(&ClientMsg::Send {
                    room: ROOM,
                    to: deaf_id,
                    body: body.clone(),
                })
                .await;
        }
        let left = |message| {
            message
                == ServerMsg::Left {
                    room: ROOM,
                    peer: deaf_id,
                }
        };
        // Whatever has arrived by now; the loop ends when the deaf one is told to have left.
        while let Ok(message) = timeout(Duration::from_millis(1), writers[0].hear()).await {
            if left(message) {
                break 'all;
            }
        }
    }
    writers[0].say(&ClientMsg::Look { room: ROOM }).await;
    loop {
        if let ServerMsg::Room { peers, .. } = writers[0].hear().await {
            assert!(
                peers.iter().all(|member| member.peer != deaf_id),
                "still there"
            );
            break;
        }
    }
}

/// Bytes as they are.
async fn write(client: &mut Client, bytes: &[u8]) {
    let MaybeTlsStream::Plain(stream) = client.0.get_mut() else {
        unreachable!()
    };
    stream.write_all(bytes).await.unwrap();
}

fn patient(place: Duration) -> Config {
    let timing = Timing {
        place,
        ..Timing::default()
    };
    Config { timing, ..config() }
}

#[tokio::test]
async fn a_socket_is_for_a_room_and_who_is_in_none_is_closed() {
    let place = Duration::from_secs(1);
    let (_running, address) = serve(patient(place)).await;
    let (mut ana, _) = Client::welcomed(address, 1).await;
    ana.say(&join(ROOM)).await;
    ana.hear().await;
    let (mut looker, _) = Client::welcomed(address, 2).await;
    looker.say(&ClientMsg::Look { room: ROOM }).await;
    looker.hear().await;
    let mut silent = Client::open(address).await;
    let (mut placeless, _) = Client::welcomed(address, 3).await;
    let policy = u16::from(CloseCode::Policy);
    assert_eq!(silent.closed().await, policy);
    assert_eq!(placeless.closed().await, policy);
    for client in [&mut ana, &mut looker] {
        client.say(&ClientMsg::Ping).await;
        assert_eq!(client.hear().await, ServerMsg::Pong);
    }
    // Nor is anybody kept who was in one once.
    ana.say(&ClientMsg::Leave { room: ROOM }).await;
    assert_eq!(ana.closed().await, policy);
}

#[tokio::test]
async fn a_socket_for_names_is_for_who_is_signed_in() {
    let (_running, address) = serve(patient(Duration::from_secs(1))).await;
    let origin = format!("http://{address}");
    let mut tab = Client::<Say>::open_at(address, "names", Some(&origin))
        .await
        .unwrap();
    tab.say(&Ask::Ping).await;
    assert_eq!(tab.hear().await, Say::Pong);
    assert_eq!(tab.closed().await, u16::from(CloseCode::Policy));
}

#[tokio::test]
async fn pings_and_pongs_have_a_pace_and_a_few_are_answered() {
    let (_running, address) = serve(config()).await;
    let (mut calm, _) = Client::welcomed(address, 1).await;
    calm.say(&join(ROOM)).await;
    for n in 0..15 {
        calm.send(Message::Ping(vec![n].into())).await;
        while !matches!(calm.0.next().await, Some(Ok(Message::Pong(said))) if said[..] == [n]) {}
    }
    for (n, message) in [
        (2, Message::Ping(vec![1; 125].into())),
        (3, Message::Pong(vec![1; 125].into())),
    ] {
        let (mut flood, _) = Client::welcomed(address, n).await;
        flood.say(&join(ROOM)).await;
        for _ in 0..500 {
            // The server may have had enough already.
            flood.0.feed(message.clone()).await.ok();
        }
        flood.0.flush().await.ok();
        assert_eq!(flood.closed().await, close::TOO_FAST);
    }
    calm.say(&ClientMsg::Ping).await;
    while calm.hear().await != ServerMsg::Pong {}
}

#[tokio::test]
async fn whoever_only_pings_and_answers_nothing_is_gone() {
    let ping = Duration::from_millis(100);
    let timing = Timing {
        ping,
        ..Timing::default()
    };
    let (_running, address) = serve(Config { timing, ..config() }).await;
    let (mut client, _) = Client::welcomed(address, 1).await;
    client.say(&join(ROOM)).await;
    client.hear().await;
    // The first part of a text that has no end, and from then on pings, and pongs that nobody asked for.
    write(&mut client, &frame(0x01, b"{")).await;
    let MaybeTlsStream::Plain(stream) = client.0.get_mut() else {
        unreachable!()
    };
    let both = [frame(0x89, b"x"), frame(0x8a, b"x")].concat();
    let mut heard = [0; 1024];
    for _ in 0..12 {
        let is_gone = stream.write_all(&both).await.is_err()
            || matches!(
                timeout(ping, stream.read(&mut heard)).await,
                Ok(Ok(0) | Err(_))
            );
        if is_gone {
            return;
        }
        sleep(ping).await;
    }
    panic!("still there after {:?}", ping * 12);
}

#[tokio::test]
async fn who_answers_no_ping_is_gone_and_who_does_stays() {
    let ping = Duration::from_millis(100);
    let (_running, address) = serve(Config {
        timing: Timing {
            ping,
            ..Timing::default()
        },
        ..config()
    })
    .await;
    let (mut ana, _) = Client::welcomed(address, 1).await;
    ana.say(&join(ROOM)).await;
    ana.hear().await;
    // Ben's client is never polled again, so it answers nothing; Ana's is, while it waits.
    let (mut ben, ben_id) = Client::welcomed(address, 2).await;
    ben.say(&join(ROOM)).await;
    assert!(matches!(ana.hear().await, ServerMsg::Entered { .. }));
    assert_eq!(
        ana.hear().await,
        ServerMsg::Left {
            room: ROOM,
            peer: ben_id
        }
    );
}

#[tokio::test]
async fn a_message_that_has_begun_has_to_end_and_one_in_parts_is_heard() {
    let timing = Timing {
        place: Duration::from_secs(1),
        ping: Duration::from_millis(300),
        ..Timing::default()
    };
    let (_running, address) = serve(Config { timing, ..config() }).await;
    let mut clients = Vec::new();
    for n in 1..=2 {
        let (mut client, _) = Client::welcomed(address, n).await;
        client.say(&ClientMsg::Look { room: ROOM }).await;
        client.hear().await;
        clients.push(client);
    }
    let [half, whole] = &mut clients[..] else {
        unreachable!()
    };
    // Both answer every ping meanwhile, as the library does for them.
    for client in [&mut *half, &mut *whole] {
        write(client, &frame(0x01, br#"{"type""#)).await;
        write(client, &frame(0x00, br#":"ping""#)).await;
    }
    timeout(Duration::from_millis(400), whole.0.next())
        .await
        .ok();
    write(whole, &frame(0x80, b"}")).await;
    assert_eq!(whole.hear().await, ServerMsg::Pong);
    let ended = async { while let Some(Ok(_)) = half.0.next().await {} };
    let stays = async { while let Some(Ok(_)) = whole.0.next().await {} };
    tokio::select! {
        ended = timeout(PATIENCE, ended) => ended.unwrap(),
        () = stays => panic!("ended, and had said it all"),
    }
}

#[tokio::test]
async fn half_sent_requests_are_closed_while_others_are_served() {
    let header = Duration::from_millis(300);
    let (_running, address) = serve(Config {
        timing: Timing {
            header,
            ..Timing::default()
        },
        ..config()
    })
    .await;
    let mut slow = Vec::new();
    for n in 0..50 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // Some say nothing at all.
        if n % 2 == 0 {
            stream
                .write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx-slow")
                .await
                .unwrap();
        }
        slow.push(stream);
    }
    Client::welcomed(address, 1).await;
    for stream in &mut slow {
        let mut rest = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut rest))
            .await
            .unwrap()
            .ok();
    }
}

#[tokio::test]
async fn a_request_of_more_than_sixteen_kibibytes_is_not_waited_for() {
    let header = PATIENCE * 6;
    let (_running, address) = serve(Config {
        timing: Timing {
            header,
            ..Timing::default()
        },
        ..config()
    })
    .await;
    // As much as a page, its proxy and a handful of cookies ever say.
    let long = format!("x-long: {}", "x".repeat(12 * 1024));
    assert_eq!(http(address, "GET /healthz", &[&long]).await.status, 200);
    let mut stream = TcpStream::connect(address).await.unwrap();
    let endless = format!(
        "GET / HTTP/1.1\r\nhost: a\r\nx-long: {}",
        "x".repeat(20 * 1024)
    );
    stream.write_all(endless.as_bytes()).await.unwrap();
    // It may be told why; or the end comes first, for not all of it was read.
    let mut answer = Vec::new();
    let end = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    if end.unwrap().is_ok() {
        assert!(answer.starts_with(b"HTTP/1.1 431"), "{answer:?}");
    }
}

/// Asks for something on a connection that it keeps, until there is an end of it.
async fn asks_until_closed(stream: &mut TcpStream, again: bool) {
    let request = b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut some = [0; 4096];
    let all = async {
        while let Ok(1..) = stream.read(&mut some).await {
            if again && stream.write_all(request).await.is_err() {
                return;
            }
        }
    };
    timeout(PATIENCE, all).await.unwrap();
}

#[tokio::test]
async fn a_connection_that_asks_for_nothing_more_is_closed() {
    let header = Duration::from_millis(200);
    let (_running, address) = serve(Config {
        timing: Timing {
            header,
            ..Timing::default()
        },
        ..config()
    })
    .await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    asks_until_closed(&mut stream, false).await;
}

#[tokio::test]
async fn no_connection_asks_for_ever_and_sockets_stay() {
    let life = Duration::from_millis(200);
    let (_running, address) = serve(Config {
        timing: Timing {
            life,
            ..Timing::default()
        },
        ..config()
    })
    .await;
    let (mut ana, _) = Client::welcomed(address, 1).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    asks_until_closed(&mut stream, true).await;
    ana.say(&ClientMsg::Ping).await;
    assert_eq!(ana.hear().await, ServerMsg::Pong);
}

#[tokio::test]
async fn sockets_of_strangers_pages_are_refused_whatever_they_call_themselves() {
    let origins = Origins::allow(["https://calls.example".to_string()]);
    let (_running, address) = serve(Config {
        origins,
        ..config()
    })
    .await;
    for (origin, may) in [
        (Some("https://calls.example".to_string()), true),
        (Some(format!("http://{address}")), true),
        (Some("https://evil.example".to_string()), false),
        (Some("null".to_string()), false),
        (None, false),
        (
            Some("https://calls.example.evil.example".to_string()),
            false,
        ),
        (Some("https://evilcalls.example".to_string()), false),
        (Some("https://sub.calls.example".to_string()), false),
        (Some("http://calls.example".to_string()), false),
    ] {
        for path in ["ws", "names"] {
            let opened = Client::<ServerMsg>::open_at(address, path, origin.as_deref()).await;
            assert_eq!(opened.is_ok(), may, "{origin:?} at /{path}");
        }
    }
}
