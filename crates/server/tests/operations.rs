//! What whoever runs the server sees of it, numbers and lines, and that nobody who uses it is in there.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

mod common;
#[path = "common/process.rs"]
mod process;
#[path = "turn/client.rs"]
mod turn;

use common::*;
use duologue_core::{
    ids::RoomId,
    wire::{
        ClientMsg, ServerMsg, close, encode,
        names::{Ask, LetterKey, Say},
    },
};
use process::Process;
use std::{collections::BTreeSet, net::SocketAddr, time::Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

/// The two have an address that nobody else has here.
const FROM: &str = "127.0.0.77:0";
const SECRET_ROOM: RoomId = RoomId(*b"in the back room");
const NAMES: [&str; 2] = ["Zacharias", "Philippa"];
const CARD: &str = "a-sealed-card-of-somebody";
const BODY: &str = "a-sealed-body-for-somebody";
const LETTER: &str = "a-sealed-letter-for-somebody";

async fn from_there(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(FROM.parse().unwrap()).unwrap();
    socket.connect(address).await.unwrap()
}

async fn open<Said: duologue_core::json::Json>(address: SocketAddr, path: &str) -> Client<Said> {
    let stream = from_there(address).await;
    let origin = format!("http://{address}");
    Client::open_over(stream, address, path, Some(&origin))
        .await
        .unwrap()
}

/// Two people meet in a room and by name, and strangers try their luck. What must not be found anywhere
/// afterwards.
async fn an_evening(address: SocketAddr) -> Vec<String> {
    let mut secrets: Vec<String> = NAMES.iter().map(ToString::to_string).collect();
    secrets.extend([CARD, BODY, LETTER].map(String::from));
    let leave = encode(&ClientMsg::Leave { room: SECRET_ROOM });
    let room = leave.rsplit('"').find(|it| it.len() > 10).unwrap();
    secrets.push(room.to_owned());

    let mut here: Vec<(Client, _)> = Vec::new();
    for n in [1, 2] {
        let mut client: Client = open(address, "ws").await;
        client
            .say(&ClientMsg::Hello {
                version: 1,
                token: token(n),
            })
            .await;
        let ServerMsg::Welcome { you, .. } = client.hear().await else {
            panic!("not welcomed")
        };
        client
            .say(&ClientMsg::Join {
                room: SECRET_ROOM,
                card: sealed(CARD),
            })
            .await;
        client.hear().await;
        here.push((client, you));
    }
    let to = here[0].1;
    for _ in 0..3 {
        here[1]
            .0
            .say(&ClientMsg::Send {
                room: SECRET_ROOM,
                to,
                body: sealed(BODY),
            })
            .await;
    }
    let mut relayed = 0;
    while relayed < 3 {
        relayed += u8::from(matches!(here[0].0.hear().await, ServerMsg::Relayed { .. }));
    }
    secrets.extend(
        here.iter()
            .map(|(_, id)| {
                encode(&ClientMsg::Send {
                    room: SECRET_ROOM,
                    to: *id,
                    body: sealed("x"),
                })
            })
            .map(|text| {
                let (_, rest) = text.split_once("\"to\":\"").unwrap();
                rest.split('"').next().unwrap().to_owned()
            }),
    );

    let mut tabs = Vec::new();
    for (n, name) in NAMES.iter().enumerate() {
        let mut tab: Client<Say> = open(address, "names").await;
        let n = n as u8;
        tab.say(&Ask::SignIn {
            version: 1,
            name: name.to_string(),
            token: token(n),
            key: LetterKey([n; 32]),
        })
        .await;
        assert!(matches!(tab.hear().await, Say::SignedIn { .. }));
        tabs.push(tab);
    }
    let to = NAMES[0].into();
    let letter = sealed(LETTER);
    tabs[1].say(&Ask::Tell { to, letter }).await;
    while !matches!(tabs[0].hear().await, Say::Told { .. }) {}

    // Somebody who is refused: the name is taken, the text is rubbish, the frame too big, the page foreign.
    let mut other: Client<Say> = open(address, "names").await;
    let (name, key) = (NAMES[0].into(), LetterKey([9; 32]));
    other
        .say(&Ask::SignIn {
            version: 1,
            name,
            token: token(9),
            key,
        })
        .await;
    assert!(matches!(other.hear().await, Say::Denied { .. }));
    let mut other: Client = open(address, "ws").await;
    other.send(Message::text(format!("{room} {BODY}"))).await;
    other.hear().await;
    other.send(Message::text("x".repeat(65_537))).await;
    assert_eq!(other.closed().await, close::TOO_BIG);
    for _ in 0..300 {
        let stream = from_there(address).await;
        let origin = Some("https://evil.example");
        assert!(
            Client::<ServerMsg>::open_over(stream, address, "ws", origin)
                .await
                .is_err()
        );
    }
    http(address, &format!("GET /{room}?name={}", NAMES[0]), &[]).await;
    secrets
}

async fn numbers(address: SocketAddr) -> String {
    let reply = http(address, "GET /metrics", &[]).await;
    assert_eq!(reply.status, 200);
    let kind = reply.header("content-type").unwrap();
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    String::from_utf8(reply.body).unwrap()
}

fn assert_none_of(secrets: &[String], text: &str) {
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn the_numbers_tell_what_happened_and_not_to_whom() {
    let process = Process::start(&[]);
    let mut secrets = an_evening(process.address).await;
    secrets.push("127.0.0.77".into());
    // A socket that was closed is counted so a moment later.
    let gone = async {
        while !numbers(process.address)
            .await
            .contains("duologue_connections{socket=\"names\"} 0")
        {}
    };
    timeout(PATIENCE, gone).await.unwrap();
    let text = numbers(process.address).await;
    for line in [
        "duologue_connections_total{socket=\"rooms\"} 3",
        "duologue_connections_total{socket=\"names\"} 3",
        "duologue_rooms 0",
        "duologue_names 2",
        "duologue_relayed_messages_total{socket=\"rooms\"} 3",
        "duologue_relayed_messages_total{socket=\"names\"} 1",
        "duologue_drops_total{what=\"message\",reason=\"taken\"} 1",
        "duologue_drops_total{what=\"message\",reason=\"bad_message\"} 1",
        "duologue_drops_total{what=\"connection\",reason=\"too_big\"} 1",
        "duologue_drops_total{what=\"handshake\",reason=\"origin\"} 300",
        "duologue_tls_handshakes_total 0",
        "duologue_tls_handshake_failures_total 0",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} in {text}");
    }
    assert_none_of(&secrets, &text);
    assert!(!text.contains("duologue_relay_seconds_count 0"), "{text}");
    are_as_prometheus_wants_them(&text);
}

/// Each line is a comment on, or a number of, what was announced before it; each once.
fn are_as_prometheus_wants_them(text: &str) {
    let mut announced = "";
    let (mut kinds, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            announced = rest.split(' ').next().unwrap();
            assert!(kinds.insert(announced), "{announced} twice");
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with(announced), "{line} under {announced}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
            assert!(seen.insert(name), "{name} twice");
        }
    }
    for must in [
        "duologue_build_info",
        "duologue_relay_seconds",
        "process_start_time_seconds",
        "process_resident_memory_bytes",
    ] {
        assert!(kinds.contains(must), "{must}");
    }
    let count = |of: &str| {
        let line = text.lines().find_map(|it| it.strip_prefix(of)).unwrap();
        line.trim().parse::<u64>().unwrap()
    };
    let all = count("duologue_relay_seconds_count");
    assert_eq!(all, count("duologue_relay_seconds_bucket{le=\"+Inf\"}"));
}

/// A name and a password for the relay, as pages get them.
async fn ticket(server: SocketAddr) -> (String, String) {
    let reply = http(server, "GET /config.json", &["sec-fetch-site: same-origin"]).await;
    let said: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    let text = |field: &str| said["ice_servers"][1][field].as_str().unwrap().to_owned();
    (text("username"), text("credential"))
}

#[tokio::test]
async fn the_numbers_tell_what_the_relay_did_and_did_not() {
    let mut process = Process::start(&[
        "--relay=private",
        "--relay-listen=127.0.0.1:0",
        "--relay-loans=3,3,1",
    ]);
    let line = process.line();
    let relay = line.strip_prefix("duologue: relaying on ").unwrap();
    let relay: SocketAddr = relay.split(' ').next().unwrap().parse().unwrap();
    let one = ticket(process.address).await;
    let mut ana = turn::Client::new(turn::Wire::tcp(relay).await, one.clone());
    let mut greedy = turn::Client::new(turn::Wire::udp(relay).await, one);
    let other = ticket(process.address).await;
    let mut ben = turn::Client::new(turn::Wire::udp(relay).await, other);
    let (anas, bens) = (ana.allocate().await.unwrap(), ben.allocate().await.unwrap());
    assert_eq!(greedy.allocate().await, Err(486));
    ana.permit(&[bens]).await.unwrap();
    ben.permit(&[anas]).await.unwrap();
    assert_eq!(
        ana.permit(&["127.0.0.1:9".parse().unwrap()]).await,
        Err(403)
    );
    for _ in 0..3 {
        ana.send(bens, &[7; 100]).await;
        ben.next_packet().await;
    }
    let are = async |lines: &[&str]| {
        let text = numbers(process.address).await;
        for line in lines {
            assert!(text.lines().any(|it| it == *line), "{line} in {text}");
        }
        assert!(!text.contains(&anas.to_string()), "{text}");
        are_as_prometheus_wants_them(&text);
    };
    are(&[
        "duologue_turn_lent 2",
        "duologue_turn_lent_total 2",
        "duologue_turn_connections 1",
        "duologue_turn_bytes_total{way=\"to_peer\"} 300",
        "duologue_turn_bytes_total{way=\"to_client\"} 300",
        "duologue_drops_total{what=\"relay\",reason=\"quota\"} 1",
        "duologue_drops_total{what=\"relay\",reason=\"forbidden\"} 1",
    ])
    .await;
    ben.refresh(0).await.unwrap();
    are(&["duologue_turn_lent 1", "duologue_turn_lent_total 2"]).await;
}

/// Through a proxy that says whose connection it is.
async fn announced(to: &Process, line: &str) -> TcpStream {
    let mut stream = TcpStream::connect(to.address).await.unwrap();
    // It may be closed before that.
    stream.write_all(line.as_bytes()).await.ok();
    stream
}

async fn closed(mut stream: TcpStream) {
    let mut rest = Vec::new();
    let end = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    assert!(end.is_ok() && rest.is_empty());
}

async fn is_counted(by: &Process, reason: &str) {
    let line = format!("duologue_drops_total{{what=\"handshake\",reason=\"{reason}\"}}");
    until_some(async || {
        let mut stream = announced(by, "PROXY UNKNOWN\r\n").await;
        let request = format!("GET /metrics HTTP/1.0\r\nhost: {}\r\n\r\n", by.address);
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await.ok()?;
        text.contains(&line).then_some(())
    })
    .await;
}

#[tokio::test]
async fn connections_that_are_not_answered_are_counted_by_what_was_too_much() {
    let behind = ["--trusted-proxy=127.0.0.1", "--proxy-header=proxy-protocol"];
    let start = |limit: &str| Process::start(&[&behind[..], &[limit]].concat());
    let from = |n: u8| format!("PROXY TCP4 192.0.2.{n} 127.0.0.1 4660 80\r\n");

    let process = start("--connections-per-address=1");
    closed(announced(&process, "GET / HTTP/1.1\r\n").await).await;
    is_counted(&process, "no_proxy_line").await;
    let _first = announced(&process, &from(1)).await;
    closed(announced(&process, &from(1)).await).await;
    is_counted(&process, "address_full").await;

    let process = start("--connection-pace=1,1");
    let _first = announced(&process, &from(1)).await;
    closed(announced(&process, &from(1)).await).await;
    is_counted(&process, "too_fast").await;

    let process = start("--max-connections=1");
    let first = announced(&process, &from(1)).await;
    closed(announced(&process, &from(2)).await).await;
    drop(first);
    is_counted(&process, "server_full").await;
}

#[tokio::test]
async fn the_numbers_are_not_for_the_open_internet() {
    let process = Process::start(&[]);
    for header in [
        "x-forwarded-for: 192.0.2.1",
        "forwarded: for=192.0.2.1",
        "via: 1.1 proxy",
    ] {
        let reply = http(process.address, "GET /metrics", &[header]).await;
        assert_eq!(reply.status, 404, "{header}");
    }
    let stream = TcpStream::connect(process.address).await.unwrap();
    let elsewhere: SocketAddr = "192.0.2.7:80".parse().unwrap();
    let reply = http_over(stream, elsewhere, "GET /metrics", &[]).await;
    assert_eq!(
        reply.status, 404,
        "asked for by a name that is not this machine's"
    );
    for none in ["off", "127.0.0.1:0"] {
        let process = Process::start(&["--metrics", none]);
        assert_eq!(http(process.address, "GET /metrics", &[]).await.status, 404);
    }
}

#[tokio::test]
async fn the_numbers_can_have_an_address_of_their_own() {
    let mut process = Process::start(&["--metrics", "127.0.0.1:0"]);
    let line = process.line();
    let address = line.strip_prefix("duologue: metrics at http://").unwrap();
    let address: SocketAddr = address
        .trim_end()
        .strip_suffix("/metrics")
        .unwrap()
        .parse()
        .unwrap();
    are_there(&numbers(address).await);
    assert_eq!(http(address, "GET /", &[]).await.status, 404);
    assert_eq!(http(address, "GET /healthz", &[]).await.status, 404);
}

fn are_there(text: &str) {
    assert!(text.contains("\nduologue_rooms 0\n"), "{text}");
}

#[tokio::test]
async fn without_being_asked_it_says_nothing() {
    let process = Process::start(&[]);
    an_evening(process.address).await;
    assert_eq!(process.stop().await, "");
}

#[tokio::test]
async fn a_proxy_that_is_not_believed_is_told_of_once_and_one_that_is_is_not() {
    for (named, header, told) in [
        (&[][..], "x-forwarded-for: 192.0.2.1", 1),
        (&[], "forwarded: for=192.0.2.1", 1),
        (
            &["--trusted-proxy", "127.0.0.1"],
            "x-forwarded-for: 192.0.2.1",
            0,
        ),
        (&[], "accept: text/html", 0),
    ] {
        let relay = ["--turn", "turn:turn.example.org?secret=north"];
        let process = Process::start(&[&relay[..], named].concat());
        for _ in 0..3 {
            let headers = ["sec-fetch-site: same-origin", header];
            http(process.address, "GET /config.json", &headers).await;
            let (name, value) = header.split_once(": ").unwrap();
            let headers = [(name, value)];
            let socket = Client::<ServerMsg>::open_with(process.address, "ws", &headers).await;
            drop(socket.unwrap());
        }
        let said = process.stop().await;
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), told, "{named:?} {header}: {said}");
        let names_the_way_out = |it: &&str| it.ends_with("--trusted-proxy 127.0.0.1");
        assert!(lines.iter().all(names_the_way_out), "{said}");
        assert!(!said.contains("192.0.2.1"), "{said}");
    }
}

#[tokio::test]
async fn events_are_lines_of_json_with_nobody_in_them() {
    let process = Process::start(&["--log", "json"]);
    let mut secrets = an_evening(process.address).await;
    secrets.push("127.0.0.77".into());
    let said = process.stop().await;
    assert_none_of(&secrets, &said);
    let events: Vec<serde_json::Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told = |message: &str| events.iter().filter(|it| it["message"] == message).count();
    assert_eq!(
        (told("started"), told("stopping"), told("stopped")),
        (1, 1, 1)
    );
    let refused = |what: &str, reason: &str| {
        let same = |it: &&serde_json::Value| it["what"] == what && it["reason"] == reason;
        events.iter().find(same).unwrap()["count"].as_u64()
    };
    assert_eq!(refused("handshake", "origin"), Some(300));
    assert_eq!(refused("message", "taken"), Some(1));
    assert_eq!(refused("connection", "too_big"), Some(1));
    // Three hundred who are refused make one line.
    assert!(events.len() < 12, "{said}");
    assert!(
        events
            .iter()
            .all(|it| it["timestamp"].is_string() && it["level"].is_string())
    );
}

#[tokio::test]
async fn addresses_are_written_when_asked_for_and_names_and_rooms_never() {
    let process = Process::start(&["--log", "text", "--log-details"]);
    let secrets = an_evening(process.address).await;
    let said = process.stop().await;
    assert_none_of(&secrets, &said);
    assert!(said.contains("connected peer=127.0.0.77"), "{said}");
    assert!(said.contains("a page of another origin was refused peer=127.0.0.77"));
    assert!(!said.contains("\u{1b}"), "colours are for terminals");
}

#[tokio::test]
async fn hundreds_are_told_in_time_that_it_goes() {
    let process = Process::start(&[]);
    let mut clients = Vec::new();
    for n in 0..400u16 {
        let mut client = Client::open(process.address).await;
        if n % 2 == 0 {
            let token = token(n as u8);
            client.say(&ClientMsg::Hello { version: 1, token }).await;
        }
        clients.push(client);
    }
    let asked = Instant::now();
    process.ask_to_stop();
    let (status, said) = process.end().await;
    let took = asked.elapsed();
    assert!(status.success() && said.is_empty(), "{said}");
    assert!(took.as_secs() < 5, "{took:?}");
    // Nobody here reads before the end: it does not wait for those who do not answer.
    for client in &mut clients {
        assert!([close::GOING_AWAY, close::REPLACED].contains(&client.closed().await));
    }
}
