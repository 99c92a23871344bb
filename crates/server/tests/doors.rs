//! Who is let in: limits of an address and who has which, behind a proxy too; and hosts that are for those
//! with a pass. Addresses other than this machine's own are what a trusted proxy says.

#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

mod common;

use common::*;
use duologue_core::{
    ids::RoomId,
    wire::{ClientMsg, Refusal, ServerMsg, close, names::Say},
};
use duologue_server::{
    Config, Entry, Limits, Rate,
    doors::Rules,
    origin::Origins,
    passes::{Key, Passes},
    proxies::{Proxies, Written},
};
use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::atomic::{AtomicU8, Ordering},
    time::{Duration, SystemTime},
};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_tungstenite::tungstenite::Error;

const HOUR: Duration = Duration::from_secs(3_600);
const PASSWORD: &str = "open sesame";

/// This machine is a proxy.
fn proxied(entry: Entry) -> Config {
    let here = vec!["127.0.0.1".parse().unwrap()];
    let proxies = Proxies::trust(here, Written::XForwardedFor);
    let entry = Entry { proxies, ..entry };
    Config { entry, ..config() }
}

fn each(each: usize) -> Entry {
    let usual = Entry::default();
    let sockets = Rules {
        each,
        ..usual.sockets
    };
    Entry { sockets, ..usual }
}

async fn open(address: SocketAddr, headers: &[(&str, &str)]) -> Client {
    Client::open_with(address, "ws", headers).await.unwrap()
}

/// Whether somebody who comes from there is let in; kept open.
async fn comes(address: SocketAddr, from: &str) -> Result<Client, u16> {
    let mut client = open(address, &[("x-forwarded-for", from)]).await;
    client.say(&hello()).await;
    client.heard_or_closed().await?;
    Ok(client)
}

/// Of somebody who was not here before: who comes again takes the place that they had.
fn hello() -> ClientMsg {
    static NEXT: AtomicU8 = AtomicU8::new(100);
    ClientMsg::Hello {
        version: 1,
        token: token(NEXT.fetch_add(1, Ordering::Relaxed)),
    }
}

#[tokio::test]
async fn one_address_has_so_many_sockets_and_is_told_so() {
    let (_running, address) = serve(proxied(each(2))).await;
    let first = comes(address, "192.0.2.1").await.unwrap();
    let _second = comes(address, "192.0.2.1").await.unwrap();
    let third = comes(address, "192.0.2.1").await;
    assert_eq!(third.err(), Some(close::TOO_MANY));
    let _other = comes(address, "192.0.2.2").await.unwrap();
    // A place that was given back is somebody's again.
    drop(first);
    let again = async || comes(address, "192.0.2.1").await.ok();
    until_some(again).await;
}

#[tokio::test]
async fn an_ipv6_network_is_one_address_and_ipv4_in_ipv6_is_ipv4() {
    let (_running, address) = serve(proxied(each(1))).await;
    for (one, same, other) in [
        ("2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1"),
        ("192.0.2.1", "::ffff:192.0.2.1", "::ffff:192.0.2.2"),
    ] {
        let _first = comes(address, one).await.unwrap();
        assert_eq!(comes(address, same).await.err(), Some(close::TOO_MANY));
        assert!(comes(address, other).await.is_ok());
    }
}

#[tokio::test]
async fn a_forged_header_does_not_reset_the_limit() {
    // Behind a proxy: it adds the true one at the end.
    let (_running, address) = serve(proxied(each(1))).await;
    let _first = comes(address, "192.0.2.1").await.unwrap();
    for forged in ["198.51.100.7", "127.0.0.1", "rubbish", "10.0.0.1, ::1"] {
        let said = format!("{forged}, 192.0.2.1");
        assert_eq!(comes(address, &said).await.err(), Some(close::TOO_MANY));
    }
}

/// Through a proxy that passes connections on unread.
async fn announced(address: SocketAddr, first: &str) -> Result<Result<Client, u16>, Error> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(first.as_bytes()).await?;
    let mut client = Client::open_on(stream, address).await?;
    client.say(&hello()).await;
    Ok(client.heard_or_closed().await.map(|_| client))
}

#[tokio::test]
async fn the_proxy_protocol_says_who_it_is_and_whoever_says_nothing_is_not_served() {
    let here = vec!["127.0.0.1".parse().unwrap()];
    let proxies = Proxies::trust(here, Written::First);
    let entry = Entry { proxies, ..each(1) };
    let (_running, address) = serve(Config { entry, ..config() }).await;
    let from = |it: &str| format!("PROXY TCP4 {it} 127.0.0.1 4660 443\r\n");
    let first = announced(address, &from("192.0.2.1")).await.unwrap();
    assert!(first.is_ok());
    let second = announced(address, &from("192.0.2.1")).await.unwrap();
    assert_eq!(second.err(), Some(close::TOO_MANY));
    let other = announced(address, &from("192.0.2.2")).await.unwrap();
    assert!(other.is_ok());
    assert!(announced(address, "").await.is_err());
}

#[tokio::test]
async fn without_a_trusted_proxy_the_header_is_nothing_and_this_machine_has_no_limit_of_an_address()
{
    let (_running, address) = serve(Config {
        entry: each(1),
        ..config()
    })
    .await;
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(comes(address, "192.0.2.1").await.unwrap());
    }
}

#[tokio::test]
async fn whoever_opens_sockets_too_fast_is_told_so_and_others_are_not_kept_out() {
    let usual = Entry::default();
    let pace = Rate {
        burst: 3,
        a_minute: 1,
    };
    let sockets = Rules {
        pace,
        ..usual.sockets
    };
    let (_running, address) = serve(proxied(Entry { sockets, ..usual })).await;
    for _ in 0..3 {
        drop(comes(address, "192.0.2.1").await.unwrap());
    }
    let fourth = comes(address, "192.0.2.1").await;
    assert_eq!(fourth.err(), Some(close::TOO_FAST));
    assert!(comes(address, "192.0.2.2").await.is_ok());
}

#[tokio::test]
async fn rooms_that_one_address_may_guess_are_few_however_often_it_comes_anew() {
    let limits = Limits {
        joins_per_source: Rate {
            burst: 10,
            a_minute: 1,
        },
        ..Limits::default()
    };
    let usual = proxied(Entry::default());
    let (_running, address) = serve(Config { limits, ..usual }).await;
    let mut seen = 0;
    for n in 0..30 {
        let mut client = comes(address, "192.0.2.1").await.unwrap();
        let room = RoomId([n; 16]);
        client.say(&ClientMsg::Look { room }).await;
        match client.hear().await {
            ServerMsg::Room { .. } => seen += 1,
            ServerMsg::Refused { code, .. } => assert_eq!(code, Refusal::TooFast),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(seen, 10);
    let mut other = comes(address, "192.0.2.2").await.unwrap();
    other.say(&ClientMsg::Look { room: ROOM }).await;
    assert!(matches!(other.hear().await, ServerMsg::Room { .. }));
}

#[tokio::test]
async fn one_connection_too_many_is_not_answered() {
    let usual = Entry::default();
    let connections = Rules {
        total: 1,
        ..usual.connections
    };
    let (_running, address) = serve(Config {
        entry: Entry {
            connections,
            ..usual
        },
        ..config()
    })
    .await;
    let (first, _) = Client::welcomed(address, 1).await;
    let origin = format!("http://{address}");
    let refused = Client::open_from(address, Some(&origin)).await;
    assert!(matches!(refused, Err(Error::Io(_) | Error::Protocol(_))));
    drop(first);
    until_some(async || Client::open_from(address, Some(&origin)).await.ok()).await;
}

fn passes() -> Passes {
    Passes::new(Key::of("the key of this host").unwrap(), Some(PASSWORD))
}

fn closed_host() -> Config {
    let entry = Entry {
        passes: Some(passes()),
        ..Entry::default()
    };
    Config {
        entry,
        relays: relays(),
        ..config()
    }
}

fn relays() -> duologue_server::relays::Relays {
    let turn = "turn:turn.example.org?secret=north".parse().unwrap();
    duologue_server::relays::Relays::of(Vec::new(), vec![turn])
}

/// As the page shows a pass.
async fn shows(address: SocketAddr, path: &str, pass: &str) -> Result<(), u16> {
    let protocols = format!("duologue, pass.{pass}");
    let headers = [("sec-websocket-protocol", protocols.as_str())];
    if path == "names" {
        let mut tab = Client::<Say>::open_with(address, path, &headers)
            .await
            .unwrap();
        tab.say(&duologue_core::wire::names::Ask::Ping).await;
        return tab.heard_or_closed().await.map(drop);
    }
    let mut client = open(address, &headers).await;
    client.say(&hello()).await;
    client.heard_or_closed().await.map(drop)
}

#[tokio::test]
async fn a_host_with_a_password_is_for_those_with_a_pass_in_calls_and_names() {
    let (_running, address) = serve(closed_host()).await;
    let mut without = Client::open(address).await;
    assert_eq!(without.closed().await, close::PASS_WANTED);
    let now = SystemTime::now();
    let pass = passes().invite(now, HOUR).unwrap();
    let ended = passes().invite(now - 2 * HOUR, HOUR).unwrap();
    let foreign = Passes::new(Key::of("the key of another").unwrap(), None);
    let foreign = foreign.invite(now, HOUR).unwrap();
    for path in ["ws", "names"] {
        assert_eq!(shows(address, path, &pass).await, Ok(()), "{path}");
        for bad in [&ended, &foreign, "rubbish", &pass[1..]] {
            let answer = shows(address, path, bad).await;
            assert_eq!(answer, Err(close::PASS_REFUSED), "{path}");
        }
    }
    // The page itself is everybody's.
    assert_eq!(http(address, "GET /", &[]).await.status, 200);
}

#[tokio::test]
async fn the_password_is_good_for_a_pass_and_another_word_for_nothing() {
    let (_running, address) = serve(closed_host()).await;
    let page = format!("origin: http://{address}");
    let say = async |word: &str, origin: &str| {
        let length = format!("content-length: {}", word.len());
        http_with_body(address, "POST /pass", &[origin, &length], word).await
    };
    let good = say(PASSWORD, &page).await;
    assert_eq!(good.status, 200);
    assert_eq!(good.header("cache-control"), Some("no-store"));
    let pass = String::from_utf8(good.body).unwrap();
    assert_eq!(shows(address, "ws", &pass).await, Ok(()));
    assert_eq!(say("open", &page).await.status, 403);
    // Not for a stranger's page.
    let stranger = "origin: https://evil.example";
    assert_eq!(say(PASSWORD, stranger).await.status, 403);
    assert_eq!(say(&"x".repeat(2_000), &page).await.status, 400);
    // And not as often as one likes.
    let mut last = 0;
    for _ in 0..10 {
        last = say("guess", &page).await.status;
    }
    assert_eq!(last, 429);
}

/// As a browser has it that a page of that origin may do so, or may not.
async fn may(address: SocketAddr, origin: &str) -> Option<[String; 2]> {
    let origin = format!("origin: {origin}");
    let asked = ["access-control-request-headers: authorization", &origin];
    let mut allowed = Vec::new();
    for path in ["/config.json", "/pass"] {
        let reply = http(address, &format!("OPTIONS {path}"), &asked).await;
        assert!(reply.status < 300, "{path} {}", reply.status);
        assert!(reply.header("vary").unwrap().contains("origin"));
        let headers = reply.header("access-control-allow-headers")?.to_owned();
        allowed.push([
            headers,
            reply.header("access-control-allow-origin")?.to_owned(),
        ]);
    }
    assert_eq!(allowed[0], allowed[1]);
    allowed.pop()
}

#[tokio::test]
async fn a_page_elsewhere_that_may_use_the_host_can_show_a_pass_and_say_the_password() {
    const PAGE: &str = "https://page.example.org";
    let origins = Origins::allow([PAGE.to_owned()]);
    let (_running, address) = serve(Config {
        origins,
        ..closed_host()
    })
    .await;
    let allowed = ["authorization", PAGE].map(str::to_owned);
    assert_eq!(may(address, PAGE).await, Some(allowed));
    assert_eq!(may(address, "https://evil.example").await, None);

    let page = format!("origin: {PAGE}");
    let say = async |word: &str| {
        let length = format!("content-length: {}", word.len());
        http_with_body(address, "POST /pass", &[&page, &length], word).await
    };
    for word in [PASSWORD, "open", &"x".repeat(2_000)] {
        let reply = say(word).await;
        assert_eq!(reply.header("access-control-allow-origin"), Some(PAGE));
    }
    let pass = String::from_utf8(say(PASSWORD).await.body).unwrap();
    let bearer = format!("authorization: Bearer {pass}");
    let reply = http(address, "GET /config.json", &[&page, &bearer]).await;
    assert_eq!(reply.header("access-control-allow-origin"), Some(PAGE));
    let text = String::from_utf8(reply.body).unwrap();
    assert!(text.contains("credential"), "{text}");
    // A stranger's page reads nothing of it.
    let stranger = ["origin: https://evil.example", bearer.as_str()];
    let reply = http(address, "GET /config.json", &stranger).await;
    assert_eq!(reply.header("access-control-allow-origin"), None);
}

/// How many of these may try a password, each once.
async fn tries(address: SocketAddr, visitors: impl Iterator<Item = String>) -> usize {
    let page = format!("origin: http://{address}");
    let mut tried = 0;
    for visitor in visitors {
        let from = format!("x-forwarded-for: {visitor}");
        let headers = [page.as_str(), &from, "content-length: 5"];
        let reply = http_with_body(address, "POST /pass", &headers, "guess").await;
        assert!([403, 429].contains(&reply.status));
        tried += usize::from(reply.status == 403);
    }
    tried
}

#[tokio::test]
async fn a_password_is_not_found_by_trying_from_many_networks() {
    let host = closed_host();
    let (_running, address) = serve(Config {
        entry: proxied(host.entry.clone()).entry,
        ..host
    })
    .await;
    // Each of them might by itself: all have a /64 of their own, and share a /48.
    let one_site = (0..100).map(|n| format!("2001:db8:0:{n:x}::1"));
    let tried = tries(address, one_site).await;
    assert!((40..50).contains(&tried), "{tried}");
    // And what can be had anywhere is not without end.
    let everywhere = (0..300).map(|n| format!("198.51.{}.{}", n / 200, n % 200));
    let tried = tries(address, everywhere).await;
    assert!((160..200).contains(&tried), "{tried}");
}

#[tokio::test]
async fn relays_are_told_to_those_with_a_pass_and_the_page_learns_what_to_ask_for() {
    let (_running, address) = serve(closed_host()).await;
    let own = "sec-fetch-site: same-origin";
    let pass = passes().invite(SystemTime::now(), HOUR).unwrap();
    let bearer = format!("authorization: Bearer {pass}");
    for (headers, told) in [
        (vec![own], false),
        (vec![own, "authorization: Bearer rubbish"], false),
        (vec![own, &bearer], true),
        // Not without being a page of ours.
        (vec![bearer.as_str()], false),
    ] {
        let reply = http(address, "GET /config.json", &headers).await;
        let text = String::from_utf8(reply.body).unwrap();
        assert_eq!(text.contains("credential"), told, "{headers:?}");
        assert!(text.contains(r#"["names","passes","password"]"#), "{text}");
    }
}

#[tokio::test]
async fn whoever_asks_for_ever_new_names_for_relays_gets_no_more_shares_of_them() {
    let usual = Entry::default();
    let tickets = Rate {
        burst: 3,
        a_minute: 1,
    };
    let config = Config {
        relays: relays(),
        ..proxied(Entry { tickets, ..usual })
    };
    let (_running, address) = serve(config).await;
    let name = async |from: &str| {
        let from = format!("x-forwarded-for: {from}");
        let headers = ["sec-fetch-site: same-origin", from.as_str()];
        let reply = http(address, "GET /config.json", &headers).await;
        let said: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        said["ice_servers"][0]["username"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let mut names = BTreeSet::new();
    for n in 0..30 {
        // All of them one network.
        names.insert(name(&format!("2001:db8::{n:x}")).await);
    }
    // An hour may end meanwhile, and another shared name begin.
    assert!((4..=5).contains(&names.len()), "{names:?}");
    assert!(!names.contains(&name("2001:db8:0:1::1").await));
    // This machine itself is nobody in particular.
    for _ in 0..10 {
        assert!(names.insert(name("127.0.0.1").await));
    }
}

#[tokio::test]
async fn whom_a_proxy_serves_on_this_machine_has_the_limits_of_an_address_too() {
    let (_running, address) = serve(proxied(each(1))).await;
    let _first = comes(address, "127.0.0.2").await.unwrap();
    assert_eq!(
        comes(address, "127.0.0.2").await.err(),
        Some(close::TOO_MANY)
    );
    let _other = comes(address, "127.0.0.3").await.unwrap();
    // The proxy itself, to see whether the server is well.
    let _one = comes(address, "127.0.0.1").await.unwrap();
    let _more = comes(address, "127.0.0.1").await.unwrap();
}

#[tokio::test]
async fn tries_of_a_password_are_as_many_as_the_host_says() {
    let closed = closed_host();
    let tries = Rate {
        burst: 2,
        a_minute: 1,
    };
    let entry = Entry {
        tries,
        ..closed.entry.clone()
    };
    let (running, address) = serve(closed).await;
    running.change(Config { entry, ..config() }.terms());
    let page = format!("origin: http://{address}");
    let mut said = Vec::new();
    for _ in 0..3 {
        let headers = [page.as_str(), "content-length: 5"];
        let reply = http_with_body(address, "POST /pass", &headers, "guess").await;
        said.push(reply.status);
    }
    assert_eq!(said, [403, 403, 429]);
}

#[tokio::test]
async fn other_terms_hold_for_whoever_comes_and_nobody_is_sent_away() {
    let (running, address) = serve(config()).await;
    let (mut ana, _) = Client::welcomed(address, 1).await;
    running.change(closed_host().terms());
    let mut ben = Client::open(address).await;
    assert_eq!(ben.closed().await, close::PASS_WANTED);
    ana.say(&join(ROOM)).await;
    assert!(matches!(ana.hear().await, ServerMsg::Room { .. }));
    let limits = Limits {
        clients: 1,
        ..Limits::default()
    };
    running.change(Config { limits, ..config() }.terms());
    let mut cem = Client::open(address).await;
    assert_eq!(cem.closed().await, close::SERVER_FULL);
    ana.say(&ClientMsg::Ping).await;
    assert_eq!(ana.hear().await, ServerMsg::Pong);
}
