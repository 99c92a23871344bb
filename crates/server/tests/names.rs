//! The directory over real sockets: names, letters, and what others are told in which time.

#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

mod common;

use common::*;
use duologue_core::wire::{
    close,
    names::{Ask, Denial, LetterKey, Listed, Say},
};
use duologue_server::{Config, DirectoryKind, Timing};
use std::{net::SocketAddr, time::Duration};
use tokio::{io::AsyncWriteExt, time::Instant};
use tokio_tungstenite::tungstenite::{Error, Message};

fn sign_in(name: &str, n: u8) -> Ask {
    Ask::SignIn {
        version: 1,
        name: name.into(),
        token: token(n),
        key: LetterKey([n; 32]),
    }
}

async fn open(address: SocketAddr) -> Client<Say> {
    let origin = format!("http://{address}");
    Client::<Say>::open_at(address, "names", Some(&origin))
        .await
        .unwrap()
}

/// Signed in, and the list read.
async fn comes(address: SocketAddr, name: &str, n: u8) -> Client<Say> {
    let mut client = open(address).await;
    client.say(&sign_in(name, n)).await;
    assert!(matches!(client.hear().await, Say::SignedIn { .. }));
    assert!(matches!(
        client.hear().await,
        Say::People { first: true, .. }
    ));
    client
}

fn denied(code: Denial, name: &str) -> Say {
    let name = name.into();
    Say::Denied { code, name }
}

/// Until somebody is told that `name` has gone; how long that took.
async fn hears_of_going(client: &mut Client<Say>, name: &str) -> Duration {
    let begun = Instant::now();
    loop {
        if let Say::Changed { gone, .. } = client.hear().await
            && gone.iter().any(|it| it == name)
        {
            return begun.elapsed();
        }
    }
}

#[tokio::test]
async fn people_sign_in_find_and_write_to_each_other() {
    let (_running, address) = serve(config()).await;
    let mut ana = comes(address, "Ana", 1).await;
    let mut ben = comes(address, "Ben", 2).await;
    let here = loop {
        if let Say::Changed { here, .. } = ana.hear().await
            && here.iter().any(|it| it.name == "Ben")
        {
            break here;
        }
    };
    let (name, busy) = ("Ben".to_string(), false);
    assert!(here.contains(&Listed { name, busy }));
    ben.say(&Ask::Find { name: "ANA".into() }).await;
    let found = loop {
        match ben.hear().await {
            Say::Changed { .. } => {}
            other => break other,
        }
    };
    let (name, key) = ("Ana".to_string(), LetterKey([1; 32]));
    assert_eq!(found, Say::Found { name, key });
    let to = "Ana".into();
    let letter = sealed("letter");
    ben.say(&Ask::Tell { to, letter }).await;
    let told = Say::Told {
        from: "Ben".into(),
        key: LetterKey([2; 32]),
        letter: sealed("letter"),
    };
    loop {
        match ana.hear().await {
            Say::Changed { .. } => {}
            other => break assert_eq!(other, told),
        }
    }
}

#[tokio::test]
async fn a_name_that_looks_like_another_is_taken() {
    let (_running, address) = serve(config()).await;
    let _ana = comes(address, "ana", 1).await;
    let mut other = open(address).await;
    // Cyrillic.
    other.say(&sign_in("аnа", 2)).await;
    assert_eq!(other.hear().await, denied(Denial::Taken, "аnа"));
    other.say(&sign_in("", 2)).await;
    assert_eq!(other.hear().await, denied(Denial::BadName, ""));
}

#[tokio::test]
async fn signing_out_and_closing_are_told_within_a_second() {
    let (_running, address) = serve(config()).await;
    let mut ana = comes(address, "Ana", 1).await;
    let mut ben = comes(address, "Ben", 2).await;
    ben.say(&Ask::SignOut).await;
    assert!(hears_of_going(&mut ana, "Ben").await < Duration::from_secs(1));
    let ben = comes(address, "Ben", 2).await;
    drop(ben);
    assert!(hears_of_going(&mut ana, "Ben").await < Duration::from_secs(1));
}

#[tokio::test]
async fn a_lost_network_is_told_after_two_pings_without_an_answer() {
    let ping = Duration::from_millis(200);
    let timing = Timing {
        ping,
        ..Timing::default()
    };
    let (_running, address) = serve(Config { timing, ..config() }).await;
    let mut ana = comes(address, "Ana", 1).await;
    // Never read from again, so no ping of the server is answered.
    let silent = comes(address, "Ben", 2).await;
    let took = hears_of_going(&mut ana, "Ben").await;
    assert!(took < ping * 3 + Duration::from_secs(1), "{took:?}");
    drop(silent);
    // With the time that is meant, that is within the promised 15 seconds.
    assert!(Timing::default().ping * 3 + Duration::from_secs(1) < Duration::from_secs(15));
}

#[tokio::test]
async fn a_host_may_hide_the_list_or_do_without_names() {
    let directory = DirectoryKind::Unlisted;
    let (_running, address) = serve(Config {
        directory,
        ..config()
    })
    .await;
    let mut ana = open(address).await;
    ana.say(&sign_in("Ana", 1)).await;
    let (name, listed) = ("Ana".to_string(), false);
    assert_eq!(ana.hear().await, Say::SignedIn { name, listed });
    ana.say(&Ask::Ping).await;
    assert_eq!(ana.hear().await, Say::Pong, "and no list");
    assert!(features(address).await.contains(r#""features":["names"]"#));

    let directory = DirectoryKind::Off;
    let (_running, address) = serve(Config {
        directory,
        ..config()
    })
    .await;
    let origin = format!("http://{address}");
    let refused = Client::<Say>::open_at(address, "names", Some(&origin)).await;
    assert!(matches!(refused, Err(Error::Http(it)) if it.status() == 404));
    assert!(features(address).await.contains(r#""features":[]"#));
}

async fn features(address: SocketAddr) -> String {
    String::from_utf8(http(address, "GET /config.json", &[]).await.body).unwrap()
}

#[tokio::test]
async fn pages_of_others_get_no_directory() {
    let (_running, address) = serve(config()).await;
    for origin in [None, Some("https://evil.example")] {
        let refused = Client::<Say>::open_at(address, "names", origin).await;
        assert!(matches!(refused, Err(Error::Http(it)) if it.status() == 403));
    }
}

#[tokio::test]
async fn rubbish_gets_a_typed_error_and_then_a_close() {
    let (_running, address) = serve(config()).await;
    let mut client = open(address).await;
    client.say(&Ask::Busy { busy: true }).await;
    assert_eq!(client.hear().await, denied(Denial::NotSignedIn, ""));
    for text in ["{", "[]", r#"{"type":"fly"}"#, "x", "1", "\"\"", "{}"] {
        client.send(Message::text(text)).await;
        assert_eq!(client.hear().await, denied(Denial::BadMessage, ""));
    }
    assert_eq!(client.closed().await, close::BAD_MESSAGE);
}

#[tokio::test]
async fn a_tab_that_vanishes_without_a_word_is_noticed_by_its_connection() {
    let (_running, address) = serve(config()).await;
    let mut ana = comes(address, "Ana", 1).await;
    let mut ben = comes(address, "Ben", 2).await;
    let tokio_tungstenite::MaybeTlsStream::Plain(stream) = ben.0.get_mut() else {
        unreachable!()
    };
    stream.shutdown().await.unwrap();
    assert!(hears_of_going(&mut ana, "Ben").await < Duration::from_secs(1));
}
