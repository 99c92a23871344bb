//! The relay inside, over real sockets: who may borrow, who is reached and who never is, how much anybody
//! may have, and that nothing is left behind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a broken expectation is how a test fails"
)]

mod client;
#[path = "../common/mod.rs"]
mod common;

use client::{Client, Packet, Wire, relayed, udp};
use common::{PATIENCE, config, http};
use duologue_server::{
    Config, Running, start,
    tls::{self, Tls},
    turn::{IfBusy, Inside, Peers, Quotas, Reach, Whom},
};
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
use std::{
    fs,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use stun_types::message::{Message, MessageWriteVec};
use stun_types::prelude::MessageWrite;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::{sleep, timeout},
};
use tokio_rustls::TlsConnector;
use turn_types::{
    attribute::{EvenPort, RequestedTransport},
    message::ALLOCATE,
};

/// What stands for this machine outside.
const OUTSIDE: [&str; 2] = ["198.98.1.5", "2a01:db9:7::5"];

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn at(text: &str) -> SocketAddr {
    SocketAddr::new(ip(text), 9)
}

/// An address of this machine that others reach: tests take it for a neighbour's.
fn neighbour() -> IpAddr {
    let local = tls::addresses();
    let found = local
        .into_iter()
        .find(|it| it.is_ipv4() && !it.is_loopback());
    found.expect("this machine is on no network: the relay has nobody to reach")
}

fn inside(reach: Reach, quotas: Quotas) -> Inside {
    let outside = OUTSIDE.map(ip);
    let own = outside.iter().copied().map(Into::into).collect();
    Inside {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        if_busy: IfBusy::Fail,
        addresses: outside.into(),
        whom: Whom::These(Ok(Peers::new(reach, vec![neighbour().into()], own))),
        ports: duologue_server::turn::PORTS,
        quotas,
    }
}

/// A name and a password, as pages get them.
async fn ticket(server: SocketAddr) -> (String, String) {
    let config = http(server, "GET /config.json", &["sec-fetch-site: same-origin"]).await;
    let config: serde_json::Value = serde_json::from_slice(&config.body).unwrap();
    let servers = config["ice_servers"].as_array().unwrap();
    let turn = servers.iter().find(|it| !it["username"].is_null()).unwrap();
    let text = |field: &str| turn[field].as_str().unwrap().to_owned();
    (text("username"), text("credential"))
}

struct Host {
    running: Running,
    page: SocketAddr,
    relay: SocketAddr,
}

impl Host {
    async fn start(inside: Inside) -> Host {
        Host::start_by(inside, None).await
    }

    async fn start_by(inside: Inside, tls: Option<Tls>) -> Host {
        // The page by http beside it: what is told is the same.
        let running = start(Config {
            inside: Some(inside),
            tls,
            ..config()
        })
        .await
        .unwrap();
        let relay = running.relay().unwrap().at()[0];
        Host {
            page: running.addresses()[0],
            running,
            relay,
        }
    }

    async fn usual() -> Host {
        Host::start(inside(Reach::Everywhere, Quotas::default())).await
    }

    async fn with(quotas: Quotas) -> Host {
        Host::start(inside(Reach::Everywhere, quotas)).await
    }

    async fn client(&self) -> Client {
        Client::new(Wire::udp(self.relay).await, ticket(self.page).await)
    }

    fn lent(&self) -> usize {
        self.running.relay().unwrap().lent()
    }

    fn streams(&self) -> usize {
        self.running.relay().unwrap().streams()
    }
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, wait)
        .await
        .unwrap_or_else(|_| panic!("not in time: {what}"));
}

/// Two who know nothing but the relay, each by one of these ways.
async fn talk(mut ana: Client, mut ben: Client) {
    let (anas, bens) = (ana.allocate().await.unwrap(), ben.allocate().await.unwrap());
    assert_eq!([anas.ip(), bens.ip()], [ip(OUTSIDE[0]); 2]);
    ana.send(bens, b"too early").await;
    ana.permit(&[bens]).await.unwrap();
    ana.send(bens, b"not yet").await;
    ana.who_am_i().await;
    ben.permit(&[anas]).await.unwrap();
    ana.send(bens, b"hello").await;
    assert_eq!(
        ben.next_packet().await,
        Packet::Indication(anas, b"hello".to_vec())
    );
    ben.bind(0x4000, anas).await.unwrap();
    ana.send(bens, b"again").await;
    assert_eq!(
        ben.next_packet().await,
        Packet::Channel(0x4000, b"again".to_vec())
    );
    ana.bind(0x4fff, bens).await.unwrap();
    // A call's packets, and one that is no multiple of four.
    for length in [0, 1, 3, 1_200, 1_463] {
        let data = vec![7; length];
        ben.send_by(0x4000, &data).await;
        assert_eq!(ana.next_packet().await, Packet::Channel(0x4fff, data));
    }
}

#[tokio::test]
async fn two_who_have_only_the_relay_talk_by_udp_and_by_tcp() {
    let host = Host::usual().await;
    talk(host.client().await, host.client().await).await;
    let ticket = ticket(host.page).await;
    let tcp = async || Client::new(Wire::tcp(host.relay).await, ticket.clone());
    talk(tcp().await, tcp().await).await;
    talk(tcp().await, host.client().await).await;
    // Those by TCP are gone with their connections.
    until("three by UDP", || host.lent() == 3).await;
}

#[tokio::test]
async fn by_tls_too_with_the_servers_own_certificate() {
    let folder = TempDir::new().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("certificate"), folder.path().join("key"));
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    fs::write(&certificate, made.cert.pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let trust = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let open = async |relay: SocketAddr, protocols: &[&str]| {
        let mut trust = trust.clone();
        trust.alpn_protocols = protocols.iter().map(|it| it.as_bytes().to_vec()).collect();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TcpStream::connect(relay).await.unwrap();
        TlsConnector::from(Arc::new(trust))
            .connect(name, stream)
            .await
    };

    let brought = Some(Tls::Files { certificate, key });
    let host = Host::start_by(inside(Reach::Everywhere, Quotas::default()), brought).await;
    let stream = open(host.page, &["http/1.1"]).await.unwrap();
    let page = ["sec-fetch-site: same-origin"];
    let reply = common::http_over(stream, host.page, "GET /config.json", &page).await;
    let said: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    let turn = &said["ice_servers"][1];
    let ticket = ["username", "credential"].map(|it| turn[it].as_str().unwrap().to_owned());
    let [name, password] = ticket;
    let mut clients = Vec::new();
    for protocols in [&[][..], &["stun.turn"]] {
        let stream = open(host.relay, protocols).await.unwrap();
        let wire = Wire::Stream(Box::new(stream));
        clients.push(Client::new(wire, (name.clone(), password.clone())));
    }
    let (ben, ana) = (clients.pop().unwrap(), clients.pop().unwrap());
    talk(ana, ben).await;
    // Pages of the web say other things in the same breath.
    assert!(open(host.relay, &["h2", "http/1.1"]).await.is_err());
}

#[tokio::test]
async fn a_neighbour_who_has_no_relay_is_reached_and_answers() {
    let host = Host::usual().await;
    let mut ana = host.client().await;
    let relayed = ana.allocate().await.unwrap();
    let ben = UdpSocket::bind((neighbour(), 0)).await.unwrap();
    let ben_at = ben.local_addr().unwrap();
    ana.permit(&[ben_at]).await.unwrap();
    ana.send(ben_at, b"hello").await;
    let mut bytes = [0; 64];
    let (length, from) = timeout(PATIENCE, ben.recv_from(&mut bytes))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (&bytes[..length], from.port()),
        (&b"hello"[..], relayed.port())
    );
    ben.send_to(b"hello yourself", from).await.unwrap();
    let expected = Packet::Indication(ben_at, b"hello yourself".to_vec());
    assert_eq!(ana.next_packet().await, expected);
}

#[tokio::test]
async fn a_packet_of_somebody_who_was_not_let_in_is_not_passed_on() {
    let host = Host::usual().await;
    let mut ana = host.client().await;
    let relayed = ana.allocate().await.unwrap();
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let door = SocketAddr::new(ip("127.0.0.1"), relayed.port());
    stranger.send_to(b"let me in", door).await.unwrap();
    let ben = UdpSocket::bind((neighbour(), 0)).await.unwrap();
    ana.permit(&[ben.local_addr().unwrap()]).await.unwrap();
    stranger.send_to(b"and now", door).await.unwrap();
    ben.send_to(b"hello", (neighbour(), relayed.port()))
        .await
        .unwrap();
    let expected = Packet::Indication(ben.local_addr().unwrap(), b"hello".to_vec());
    assert_eq!(ana.next_packet().await, expected);
}

const REFUSED: [&str; 37] = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "169.254.1.1",
    "192.0.0.192",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "240.0.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "::1",
    "::",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:198.98.1.5",
    "::127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001::1",
    "100::1",
];

#[tokio::test]
async fn nobody_in_the_hosts_own_network_is_reached() {
    let host = Host::start(inside(Reach::Internet, Quotas::default())).await;
    let (mut v4, mut v6) = (host.client().await, host.client().await);
    v4.allocate().await.unwrap();
    assert!(v6.allocate_ipv6().await.unwrap().is_ipv6());
    let own = neighbour().to_string();
    for peer in REFUSED.iter().copied().chain([own.as_str()]) {
        let client = match ip(peer) {
            IpAddr::V4(_) => &mut v4,
            IpAddr::V6(_) => &mut v6,
        };
        assert_eq!(
            client.permit(&[at(peer)]).await,
            Err(403),
            "permission for {peer}"
        );
        assert_eq!(
            client.bind(0x4000, at(peer)).await,
            Err(403),
            "channel to {peer}"
        );
    }
    // One among good ones spoils them.
    let good = at("1.1.1.1");
    assert_eq!(v4.permit(&[good, at("127.0.0.1")]).await, Err(403));
    v4.permit(&[good]).await.unwrap();
    assert_eq!(v4.permit(&[at("2606:4700::1")]).await, Err(443));
    assert_eq!(v6.permit(&[good]).await, Err(443));
    v6.bind(0x4000, at("2606:4700::1")).await.unwrap();
}

#[tokio::test]
async fn a_relay_that_cannot_tell_whom_to_keep_out_of_does_not_start() {
    let blind = Inside {
        whom: Whom::These(Err(std::io::ErrorKind::PermissionDenied)),
        ..inside(Reach::Internet, Quotas::default())
    };
    let said = start(Config {
        inside: Some(blind),
        ..config()
    });
    let said = said.await.err().unwrap().to_string();
    assert!(said.starts_with("cannot see which networks"), "{said}");
    assert!(said.contains("--relay off"), "{said}");
}

#[tokio::test]
async fn what_is_sent_to_this_machine_itself_never_arrives() {
    let machine = neighbour();
    let addresses = vec![machine];
    let peers = Peers::of_this_machine(Reach::Everywhere, &addresses).unwrap();
    let host = Host::start(Inside {
        addresses,
        whom: Whom::These(Ok(peers)),
        ..inside(Reach::Everywhere, Quotas::default())
    })
    .await;
    let mut ana = host.client().await;
    assert_eq!(ana.allocate().await.unwrap().ip(), machine);
    for own in ["127.0.0.1".parse().unwrap(), machine] {
        let service = UdpSocket::bind((own, 0)).await.unwrap();
        let place = service.local_addr().unwrap();
        // Where addresses are lent, a permission is for those who borrow them, and only for them.
        let permitted = ana.permit(&[place]).await;
        assert_eq!(permitted, if own == machine { Ok(()) } else { Err(403) });
        assert_eq!(ana.bind(0x4000, place).await, Err(403));
        ana.send(place, b"open sesame").await;
        ana.send_by(0x4000, b"open sesame").await;
        ana.who_am_i().await;
        let other = UdpSocket::bind((own, 0)).await.unwrap();
        other.send_to(b"the first thing", place).await.unwrap();
        let mut bytes = [0; 64];
        let (length, _) = timeout(PATIENCE, service.recv_from(&mut bytes))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(&bytes[..length], b"the first thing");
    }
}

#[tokio::test]
async fn who_has_no_good_ticket_gets_nothing() {
    let host = Host::usual().await;
    let (name, password) = ticket(host.page).await;
    let wire = async || Wire::udp(host.relay).await;
    let (until, rest) = name.split_once(':').unwrap();
    let later = format!("{}:{rest}", until.parse::<u64>().unwrap() + 1);
    for (name, password) in [
        (&*name, "open sesame"),
        (&*name, ""),
        (&*later, &*password),
        (&*format!("{name}0"), &*password),
        ("1000:ana", &*password),
        ("ana", &*password),
        ("", &*password),
    ] {
        let mut thief = Client::new(wire().await, (name.to_owned(), password.to_owned()));
        assert_eq!(thief.allocate().await, Err(401), "{name}");
        assert_eq!(thief.permit(&[at("1.1.1.1")]).await, Err(401), "{name}");
    }
    let mut ana = Client::new(wire().await, (name.clone(), password.clone()));
    ana.allocate().await.unwrap();
    // A nonce is for one address, and for a while.
    let mut ben = Client::new(wire().await, (name.clone(), password.clone()));
    ben.nonce = ana.nonce.clone();
    assert_eq!(ben.allocate().await, Err(438));
    ben.nonce = "AAAAAAAAAAAAAAAAAA==".to_owned();
    assert_eq!(ben.allocate().await, Err(438));
    // What one name has borrowed is not for another, however good.
    (ana.name, ana.password) = ticket(host.page).await;
    assert_eq!(ana.refresh(0).await, Err(441));
    (ana.name, ana.password) = (name, "open sesame".to_owned());
    assert_eq!(ana.refresh(0).await, Err(401));
    ana.password = password;
    // Without an address, there is nothing to permit.
    let mut none = host.client().await;
    assert_eq!(none.permit(&[at("1.1.1.1")]).await, Err(437));
    assert_eq!(none.bind(0x4000, at("1.1.1.1")).await, Err(437));
    assert_eq!(none.refresh(600).await, Err(437));
    assert_eq!(host.lent(), 1);
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_a_number_that_says_why() {
    let host = Host::usual().await;
    let mut ana = host.client().await;
    let even = ana
        .allocate_with(|| vec![udp(), Box::new(EvenPort::new(true))])
        .await;
    assert_eq!(even, Err(420));
    let tcp = ana
        .allocate_with(|| vec![Box::new(RequestedTransport::new(RequestedTransport::TCP))])
        .await;
    assert_eq!(tcp, Err(442));
    assert_eq!(ana.allocate_with(Vec::new).await, Err(400));
    let first = ana.allocate().await.unwrap();
    assert_eq!(ana.allocate().await, Err(437));
    assert_eq!(ana.permit(&[]).await, Err(400));
    let (one, other) = (at("1.1.1.1"), at("1.0.0.1"));
    for number in [0x3fff, 0x5000, 0x7fff, 0xffff] {
        assert_eq!(ana.bind(number, one).await, Err(400), "{number:x}");
    }
    ana.bind(0x4000, one).await.unwrap();
    ana.bind(0x4000, one).await.unwrap();
    assert_eq!(ana.bind(0x4000, other).await, Err(400));
    assert_eq!(ana.bind(0x4001, one).await, Err(400));
    assert_eq!(ana.refresh(1).await, Ok(600));
    assert_eq!(ana.refresh(100_000).await, Ok(3_600));
    assert_eq!(ana.who_am_i().await.ip(), ip("127.0.0.1"));

    // By UDP an answer may be lost: the same question has the same answer.
    ana.refresh(0).await.unwrap();
    let request = ana.request(ALLOCATE, None, |_| vec![udp()]);
    ana.wire.send(&request).await;
    let again = relayed(&ana.answer().await);
    ana.wire.send(&request).await;
    assert_eq!(relayed(&ana.answer().await), again);
    assert!(again != first && host.lent() == 1);
}

#[tokio::test]
async fn nobody_has_more_than_a_share() {
    let host = Host::with(Quotas {
        lent: 4,
        lent_to_name: 2,
        lent_to_address: 3,
        peers: 2,
        ..Quotas::default()
    })
    .await;
    let ticket = ticket(host.page).await;
    let client = async || Client::new(Wire::udp(host.relay).await, ticket.clone());
    let (mut one, mut two, mut three) = (client().await, client().await, client().await);
    one.allocate().await.unwrap();
    two.allocate().await.unwrap();
    assert_eq!(three.allocate().await, Err(486), "two to a name");
    let (mut other, mut last) = (host.client().await, host.client().await);
    other.allocate().await.unwrap();
    assert_eq!(last.allocate().await, Err(486), "three to an address");
    one.refresh(0).await.unwrap();
    three.allocate().await.unwrap();

    three.permit(&[at("1.1.1.1"), at("1.1.1.2")]).await.unwrap();
    assert_eq!(three.permit(&[at("1.1.1.3")]).await, Err(508), "two peers");
    assert_eq!(three.bind(0x4000, at("1.1.1.3")).await, Err(508));
    three.permit(&[at("1.1.1.1")]).await.unwrap();
}

#[tokio::test]
async fn the_relay_lends_so_many_addresses_and_ports_and_no_more() {
    let few = Quotas {
        lent: 1,
        ..Quotas::default()
    };
    let host = Host::with(few).await;
    let (mut ana, mut ben) = (host.client().await, host.client().await);
    ana.allocate().await.unwrap();
    assert_eq!(ben.allocate().await, Err(508));

    let free = UdpSocket::bind("0.0.0.0:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let host = Host::start(Inside {
        ports: port..=port,
        addresses: vec![ip(OUTSIDE[0])],
        ..inside(Reach::Everywhere, Quotas::default())
    })
    .await;
    let (mut ana, mut ben) = (host.client().await, host.client().await);
    assert_eq!(ana.allocate().await.unwrap().port(), port);
    assert_eq!(ben.allocate().await, Err(508));
    assert_eq!(ben.allocate_ipv6().await, Err(440));
}

#[tokio::test]
async fn one_who_sends_too_much_is_slowed_down_and_others_are_not() {
    let host = Host::with(Quotas {
        bytes_of_lent: 10_000,
        ..Quotas::default()
    })
    .await;
    let (mut ana, mut ben) = (host.client().await, host.client().await);
    let (anas, bens) = (ana.allocate().await.unwrap(), ben.allocate().await.unwrap());
    ana.permit(&[bens]).await.unwrap();
    ben.permit(&[anas]).await.unwrap();
    for _ in 0..100 {
        ana.send(bens, &[7; 1_000]).await;
    }
    ana.who_am_i().await;
    ben.send(anas, b"and I?").await;
    let heard = ana.next_packet().await;
    assert_eq!(heard, Packet::Indication(bens, b"and I?".to_vec()));
    ben.who_am_i().await;
    let arrived = ben.packets.len();
    assert!(
        (10..50).contains(&arrived),
        "{arrived} of 100, where ten fit"
    );
}

#[tokio::test]
async fn those_of_one_address_together_carry_so_much_however_many_addresses_they_borrow() {
    let quotas = Quotas {
        bytes_of_address: 20_000,
        ..Quotas::default()
    };
    let host = Host::with(quotas).await;
    let ben = UdpSocket::bind((neighbour(), 0)).await.unwrap();
    let peer = ben.local_addr().unwrap();
    for _ in 0..10 {
        let mut ana = host.client().await;
        ana.allocate().await.unwrap();
        ana.permit(&[peer]).await.unwrap();
        for _ in 0..10 {
            ana.send(peer, &[7; 1_000]).await;
        }
        ana.who_am_i().await;
    }
    let mut arrived = 0;
    let mut bytes = [0; 2_000];
    while let Ok(Ok(_)) = timeout(Duration::from_millis(200), ben.recv_from(&mut bytes)).await {
        arrived += 1;
    }
    assert!(
        (20..60).contains(&arrived),
        "{arrived} of 100, where twenty fit and some more a second later"
    );
}

#[tokio::test]
async fn all_together_carry_so_much() {
    let quotas = Quotas {
        bytes: 20_000,
        ..Quotas::default()
    };
    let host = Host::with(quotas).await;
    let (mut ana, mut ben) = (host.client().await, host.client().await);
    let (anas, bens) = (ana.allocate().await.unwrap(), ben.allocate().await.unwrap());
    ana.permit(&[bens]).await.unwrap();
    ben.permit(&[anas]).await.unwrap();
    for _ in 0..100 {
        ana.send(bens, &[7; 1_000]).await;
    }
    ana.who_am_i().await;
    ben.who_am_i().await;
    // Carried from the one, and carried to the other.
    let arrived = ben.packets.len();
    assert!(
        (5..40).contains(&arrived),
        "{arrived} of 100, where ten fit"
    );
}

#[tokio::test]
async fn strangers_are_answered_in_few_words_and_not_without_end() {
    let host = Host::with(Quotas {
        answers_to_address: 5,
        ..Quotas::default()
    })
    .await;
    let mut ana = host.client().await;
    let request = Message::builder_request(ALLOCATE, MessageWriteVec::new()).finish();
    ana.wire.send(&request).await;
    let answer = ana.answer().await;
    // With the headers of IP and UDP: below twice what was asked.
    assert!(
        answer.len() + 28 < 2 * (request.len() + 28),
        "{}",
        answer.len()
    );
    ana.allocate().await.unwrap();
    let bind =
        Message::builder_request(stun_types::message::BINDING, MessageWriteVec::new()).finish();
    for _ in 0..100 {
        ana.wire.send(&bind).await;
    }
    // Who has shown a password is answered all the same.
    let mut answered = 0;
    let refresh = ana.request(turn_types::message::REFRESH, None, |_| vec![]);
    let asked = Message::from_bytes(&refresh).unwrap().transaction_id();
    ana.wire.send(&refresh).await;
    while Message::from_bytes(&ana.answer().await)
        .unwrap()
        .transaction_id()
        != asked
    {
        answered += 1;
    }
    assert!(answered < 10, "{answered} of 100");
}

#[tokio::test]
async fn nothing_is_left_of_those_who_go() {
    let host = Host::usual().await;
    let ticket = ticket(host.page).await;
    for _ in 0..3 {
        let mut by_udp = Client::new(Wire::udp(host.relay).await, ticket.clone());
        let mut by_tcp = Client::new(Wire::tcp(host.relay).await, ticket.clone());
        let lent = by_udp.allocate().await.unwrap();
        by_tcp.allocate().await.unwrap();
        assert_eq!((host.lent(), host.streams()), (2, 1));
        by_udp.refresh(0).await.unwrap();
        assert_eq!(by_udp.refresh(0).await, Err(437));
        drop(by_tcp);
        until("all given back", || (host.lent(), host.streams()) == (0, 0)).await;
        // The socket is closed, too: its port can be had.
        let free = async {
            while UdpSocket::bind(("0.0.0.0", lent.port())).await.is_err() {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, free).await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_borrows_nothing_is_let_go() {
    let host = Host::with(Quotas {
        patience: Duration::from_millis(200),
        streams_of_address: 5,
        ..Quotas::default()
    })
    .await;
    let mut all = Vec::new();
    for said in [
        &b""[..],
        &[0],
        &[0, 1, 0, 0],
        &[0, 1, 0],
        &[0x40, 0, 0, 200],
    ] {
        let mut stream = TcpStream::connect(host.relay).await.unwrap();
        stream.write_all(said).await.unwrap();
        all.push(stream);
    }
    until("five connections", || host.streams() == 5).await;
    let mut sixth = TcpStream::connect(host.relay).await.unwrap();
    let closed = timeout(PATIENCE, sixth.read(&mut [0; 64])).await.unwrap();
    assert!(matches!(closed, Ok(0) | Err(_)), "one too many");
    for mut stream in all {
        let closed = timeout(PATIENCE, stream.read(&mut [0; 64])).await.unwrap();
        assert!(matches!(closed, Ok(0) | Err(_)));
    }
    until("no connection", || host.streams() == 0).await;
    // Whoever has borrowed stays.
    let ticket = ticket(host.page).await;
    let mut ana = Client::new(Wire::tcp(host.relay).await, ticket);
    ana.allocate().await.unwrap();
    sleep(Duration::from_millis(500)).await;
    assert_eq!(ana.refresh(600).await, Ok(600));
}

#[tokio::test]
async fn rubbish_does_no_harm() {
    let host = Host::usual().await;
    let mut ana = host.client().await;
    ana.allocate().await.unwrap();
    let good = ana.request(ALLOCATE, None, |_| vec![udp()]);
    let mut seed = 7_u32;
    let mut random = move || {
        // Numerical Recipes' generator: any will do.
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize
    };
    let mut rubbish = Vec::new();
    for _ in 0..1_000 {
        let mut bytes = good.clone();
        for _ in 0..1 + random() % 4 {
            let at = random() % bytes.len();
            bytes[at] = random() as u8;
        }
        bytes.truncate(random() % (bytes.len() + 1));
        rubbish.push(bytes);
        let noise = (0..random() % 100).map(|_| random() as u8);
        rubbish.push(noise.collect());
    }
    rubbish.push(vec![0x40; 60_000]);
    let noisy = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for bytes in &rubbish {
        noisy.send_to(bytes, host.relay).await.unwrap();
        ana.wire.send(bytes).await;
    }
    for bytes in rubbish.chunks(200) {
        let mut stream = TcpStream::connect(host.relay).await.unwrap();
        // The relay may have hung up by then.
        stream.write_all(&bytes.concat()).await.ok();
    }
    let mut ben = host.client().await;
    ben.allocate().await.unwrap();
    until("connections of rubbish to end", || host.streams() == 0).await;
    assert_eq!(host.lent(), 2);
}

#[tokio::test]
async fn pages_that_may_use_the_server_are_told_where_the_relay_is_and_strangers_are_not() {
    let near = Inside {
        listen: vec!["0.0.0.0:0".parse().unwrap()],
        addresses: Vec::new(),
        ..inside(Reach::Near, Quotas::default())
    };
    let host = Host::start(near).await;
    let said = async |headers: &[&str]| {
        let reply = http(host.page, "GET /config.json", headers).await;
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let said: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        said["ice_servers"].clone()
    };
    // The page came by the loopback address, which is no use for a call: the first of the others it is.
    let place = format!("{}:{}", tls::addresses()[0], host.relay.port());
    let stun = serde_json::json!([{ "urls": [format!("stun:{place}")] }]);
    assert_eq!(said(&["origin: https://stranger.example"]).await, stun);
    let own = said(&["sec-fetch-site: same-origin"]).await;
    assert_eq!(own[0], stun[0]);
    let urls = ["udp", "tcp"].map(|it| format!("turn:{place}?transport={it}"));
    assert_eq!(own[1]["urls"], serde_json::json!(urls));
    let mut ana = Client::new(
        Wire::udp(place.parse().unwrap()).await,
        ticket(host.page).await,
    );
    assert_eq!(ana.allocate().await.unwrap().ip(), neighbour());
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_or_another_is_taken() {
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let at = |if_busy| Inside {
        listen: vec![address],
        if_busy,
        ..inside(Reach::Near, Quotas::default())
    };
    let said = start(Config {
        inside: Some(at(IfBusy::Fail)),
        ..config()
    });
    let said = said.await.err().unwrap().to_string();
    assert_eq!(
        said,
        format!("{address} is in use already; choose another with --relay-listen")
    );
    let host = Host::start(at(IfBusy::TakeAnother)).await;
    assert_ne!(host.relay, address);
    host.client().await.allocate().await.unwrap();
}
