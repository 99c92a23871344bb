//! A server of a cluster whose NATS is not there: it serves its people, and says so. What several
//! servers do together is tested beside a real NATS, end to end.

#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

mod common;

use common::*;
use duologue_core::wire::{
    ClientMsg, ServerMsg,
    names::{Ask, LetterKey, Say},
};
use duologue_server::{Config, DirectoryKind, cluster};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    time::timeout,
};

/// Nothing listens there.
fn alone() -> Config {
    let cluster = cluster::Settings {
        servers: vec![cluster::server("nats://127.0.0.1:1").unwrap()],
        credentials: None,
        name: "main".into(),
        secret: None,
    };
    Config {
        cluster: Some(cluster),
        ..config()
    }
}

#[tokio::test]
async fn without_nats_two_meet_and_the_host_can_see_it() {
    let (_running, address) = serve(alone()).await;
    let health = http(address, "GET /healthz", &[]).await;
    assert_eq!((health.status, health.body), (200, b"ok, alone".to_vec()));
    let (mut ana, ana_id) = Client::welcomed(address, 1).await;
    let (mut ben, ben_id) = Client::welcomed(address, 2).await;
    ana.say(&join(ROOM)).await;
    assert!(matches!(ana.hear().await, ServerMsg::Room { .. }));
    ben.say(&join(ROOM)).await;
    assert!(matches!(ben.hear().await, ServerMsg::Room { .. }));
    assert!(matches!(ana.hear().await, ServerMsg::Entered { peer, .. } if peer == ben_id));
    let (room, to, body) = (ROOM, ana_id, sealed("hello"));
    ben.say(&ClientMsg::Send { room, to, body }).await;
    assert!(matches!(ana.hear().await, ServerMsg::Relayed { from, .. } if from == ben_id));
}

/// A NATS that takes everything and answers nothing but pings: it has no JetStream.
async fn nats_without_a_store() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let port = at.port();
                let info = format!(
                    "INFO {{\"server_id\":\"a\",\"server_name\":\"a\",\"version\":\"2.10.0\",\
                     \"go\":\"\",\"host\":\"127.0.0.1\",\"port\":{port},\"headers\":true,\
                     \"max_payload\":1048576,\"proto\":1,\"client_id\":1,\"client_ip\":\"\"}}\r\n"
                );
                stream.write_all(info.as_bytes()).await?;
                let mut line = String::new();
                while stream.read_line(&mut line).await? > 0 {
                    if line.starts_with("PING") {
                        stream.write_all(b"PONG\r\n").await?;
                    }
                    line.clear();
                }
                std::io::Result::Ok(())
            });
        }
    });
    at
}

#[tokio::test]
async fn where_nats_keeps_no_names_the_host_can_see_that_too() {
    let nats = nats_without_a_store().await;
    let health = async |directory| {
        let mut config = alone();
        let cluster = config.cluster.as_mut().unwrap();
        cluster.servers = vec![cluster::server(&format!("nats://{nats}")).unwrap()];
        let (running, address) = serve(Config {
            directory,
            ..config
        })
        .await;
        let said = until_some(async || {
            let health = http(address, "GET /healthz", &[]).await;
            assert_eq!(health.status, 200);
            let said = String::from_utf8(health.body).unwrap();
            (said != "ok, alone").then_some(said)
        });
        let said = said.await;
        drop(running);
        said
    };
    assert_eq!(health(DirectoryKind::Listed).await, "ok, names alone");
    assert_eq!(health(DirectoryKind::Off).await, "ok");
}

#[tokio::test]
async fn without_nats_people_sign_in() {
    let (_running, address) = serve(alone()).await;
    let origin = format!("http://{address}");
    let mut ana = Client::<Say>::open_at(address, "names", Some(&origin))
        .await
        .unwrap();
    let ask = Ask::SignIn {
        version: 1,
        name: "Ana".into(),
        token: token(1),
        key: LetterKey([1; 32]),
    };
    ana.say(&ask).await;
    let (name, listed) = ("Ana".to_string(), true);
    assert_eq!(ana.hear().await, Say::SignedIn { name, listed });
}

#[tokio::test]
async fn a_server_that_looks_for_nats_stops_at_once() {
    let (running, _) = serve(alone()).await;
    // Long before whatever is still open would be given up.
    let stopped = timeout(Duration::from_secs(2), running.stop()).await;
    assert!(stopped.is_ok());
}
