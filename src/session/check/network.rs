//! The way out: what addresses this device has, whether the host's server answers, what each of the
//! STUN and TURN servers gives, and whether the relay carries.

use super::{
    Addresses, Check, Probe, Relay, Role, Server, Signalling, Step, pair, since, together,
};
use crate::{
    browser::{
        BrowserError, clock,
        host::{self, HostConfig},
        ice_trouble, page,
        peer_connection::{IceConfig, IceServer, PeerConnection, PeerEvent},
        random,
        wait::Flag,
        websocket::{Socket, SocketEvent},
    },
    session::pass,
};
use duologue_core::{
    diagnose::{Candidate, Heard, Kind, server::role},
    ids::PeerToken,
    io::ConnEvent,
    wire::{self, ClientMsg, ServerMsg},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// Longer than three lost packets in a row, shorter than people wait.
const SERVER_MS: u64 = 8_000;
const OWN_MS: u64 = 3_000;
const SIGNALLING_MS: u64 = 8_000;

pub async fn explore(check: Check) {
    check.found(|it| {
        it.signalling = Step::Running;
        it.servers = Step::Running;
        it.addresses = Step::Running;
    });
    let own = async {
        let heard = gather(&IceConfig::default(), OWN_MS, |_| false).await;
        let candidates = heard.map(|it| it.found).unwrap_or_default();
        check.found(|it| it.addresses = Step::Done(Addresses { candidates }));
    };
    let host = async {
        let config = host::ask(pass::shown().as_deref()).await;
        let servers = servers_of(config.as_ref().ok().and_then(Option::as_ref));
        let listed = servers.iter().map(|(server, _)| server.clone()).collect();
        check.found(|it| it.servers = Step::Done(listed));
        let signalling = async {
            let signalling = signal(&config).await;
            check.found(|it| it.signalling = Step::Done(signalling));
        };
        let mut parts: Vec<together::Part<'_>> = vec![Box::pin(signalling)];
        for (place, (server, ice)) in servers.iter().enumerate() {
            parts.push(Box::pin(probe_one(check, place, server, ice)));
        }
        together::all(parts).await;
        relay(check, &servers).await;
    };
    together::all(vec![Box::pin(own), Box::pin(host)]).await;
}

/// One for each address: a server that has several may be reached by one and not by another.
fn servers_of(config: Option<&HostConfig>) -> Vec<(Server, IceServer)> {
    let all = config.map(|it| it.ice().ice_servers).unwrap_or_default();
    let mut servers = Vec::new();
    for ice in all {
        for url in &ice.urls {
            // What is none is shown with what a browser makes of it.
            let (role, way) = role(url).unwrap_or((Role::Stun, super::Way::Udp));
            let server = Server {
                url: url.clone(),
                role,
                way,
                probe: Step::Running,
            };
            let mut alone = ice.clone();
            alone.urls = vec![url.clone()];
            servers.push((server, alone));
        }
    }
    servers
}

async fn probe_one(check: Check, place: usize, server: &Server, ice: &IceServer) {
    let role = server.role;
    let config = IceConfig {
        ice_servers: vec![ice.clone()],
        relayed_only: role == Role::Turn,
    };
    let probe = match gather(&config, SERVER_MS, move |it| role.gives(it)).await {
        Ok(heard) => role.judge(heard),
        Err(_) => Probe::invalid(),
    };
    check.found(|it| {
        if let Step::Done(servers) = &mut it.servers
            && let Some(server) = servers.get_mut(place)
        {
            server.probe = Step::Done(probe);
        }
    });
}

/// What a connection that is offered to nobody finds out, until that is `enough` or all there is.
async fn gather(
    config: &IceConfig,
    limit_ms: u64,
    enough: impl Fn(&Candidate) -> bool + 'static,
) -> Result<Heard, BrowserError> {
    let start = clock::now();
    let heard = Rc::new(RefCell::new(Heard::default()));
    let over = Flag::default();
    let (noted, found) = (heard.clone(), over.clone());
    let connection = PeerConnection::open(config, move |event| {
        let PeerEvent::Conn(ConnEvent::Candidate(line)) = event else {
            return;
        };
        let mut heard = noted.borrow_mut();
        if line.candidate.is_empty() {
            heard.complete = true;
            found.raise();
        }
        if let Some(candidate) = Candidate::parse(&line.candidate) {
            if enough(&candidate) {
                found.raise();
            }
            heard.found.push(candidate);
        }
    })?;
    heard.borrow_mut().reports = ice_trouble::is_reported(&connection);
    let noted = heard.clone();
    let _trouble = ice_trouble::on_report(&connection, move |code| {
        noted.borrow_mut().codes.push(code);
    });
    connection.set_local().await?;
    clock::within(limit_ms, over.wait()).await;
    drop(connection);
    let mut heard = heard.take();
    heard.ms = since(start);
    Ok(heard)
}

async fn signal(config: &Result<Option<HostConfig>, BrowserError>) -> Signalling {
    match config {
        Err(_) => Signalling::Offline,
        Ok(Some(config)) if config.signal.is_some() => {
            let answer = clock::within(SIGNALLING_MS, converse(&page::socket_url("ws"))).await;
            answer.unwrap_or(Signalling::Silent)
        }
        Ok(_) => Signalling::NoServer,
    }
}

/// As a stranger who says hello, asks one thing and goes: no room is looked at.
async fn converse(url: &str) -> Signalling {
    let over = Flag::default();
    let outcome: Rc<RefCell<Option<Signalling>>> = Rc::default();
    let (welcomed, opened) = (Rc::new(Cell::new(clock::now())), Flag::default());
    let greeted = Flag::default();
    let on = {
        let (over, outcome, welcomed) = (over.clone(), outcome.clone(), welcomed.clone());
        let (opened, greeted) = (opened.clone(), greeted.clone());
        move |event| {
            let end = match event {
                SocketEvent::Open => {
                    opened.raise();
                    None
                }
                SocketEvent::Closed(code) => Some(Signalling::Closed { code: code.into() }),
                SocketEvent::Text(text) => match wire::decode(&text, wire::MAX_FRAME) {
                    Ok(ServerMsg::Welcome { .. }) => {
                        greeted.raise();
                        None
                    }
                    Ok(ServerMsg::Pong) => Some(Signalling::Online {
                        ms: since(welcomed.get()),
                    }),
                    Ok(ServerMsg::Refused { code: why, .. }) => Some(Signalling::Refused { why }),
                    _ => None,
                },
            };
            if let Some(end) = end {
                // A refusal is followed by a close, which says less.
                outcome.borrow_mut().get_or_insert(end);
                over.raise();
            }
        }
    };
    let Ok(socket) = Socket::open(url, pass::shown(), on) else {
        return Signalling::Offline;
    };
    let talk = async {
        opened.wait().await;
        let token = PeerToken(random::bytes());
        let version = wire::VERSION;
        socket.send(&wire::encode(&ClientMsg::Hello { version, token }));
        greeted.wait().await;
        welcomed.set(clock::now());
        socket.send(&wire::encode(&ClientMsg::Ping));
        over.wait().await;
    };
    over.unless(talk).await;
    outcome.take().unwrap_or(Signalling::Silent)
}

async fn relay(check: Check, servers: &[(Server, IceServer)]) {
    if servers.iter().all(|(server, _)| server.role != Role::Turn) {
        return check.found(|it| it.relay = Step::Done(Relay::NotOffered));
    }
    let mut gave = Vec::new();
    check.found(|it| {
        let probes = it.servers.done().map(Vec::as_slice).unwrap_or_default();
        for (server, (_, ice)) in probes.iter().zip(servers) {
            let relays = |probe: &Probe| probe.candidates.iter().any(|it| it.kind == Kind::Relay);
            if server.probe.done().is_some_and(relays) {
                gave.push(ice.clone());
            }
        }
        it.relay = Step::Running;
    });
    let relay = if gave.is_empty() {
        Relay::NotReached
    } else {
        let config = IceConfig {
            ice_servers: gave,
            relayed_only: true,
        };
        pair::through_relay(&config).await
    };
    check.found(|it| it.relay = Step::Done(relay));
}
