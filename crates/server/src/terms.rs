//! The terms on which this server serves: everything about it that may change while it runs. Whoever comes
//! meets the terms of that moment; nobody who is here is sent away for new ones.

use crate::{
    Limits,
    doors::{Doors, Place, Rules, Shut},
    log,
    meter::Meter,
    network::Network,
    origin::Origins,
    passes::Passes,
    proxies::{self, Proxies},
    relays::{Relays, Ticket},
};
use axum::http::{HeaderMap, header};
use duologue_core::{hub::Source, pace::Rate, wire::close};
use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::SystemTime,
};

/// What pages call the protocol when they open a socket. They can say nothing else in that moment, so a
/// pass is a second protocol that begins like this.
pub(crate) const PROTOCOL: &str = "duologue";
const PASS: &str = "pass.";

#[derive(Clone, Debug)]
pub struct Terms {
    pub origins: Origins,
    pub limits: Limits,
    pub relays: Relays,
    /// How long somebody's name rings before nobody answers.
    pub ring_seconds: u16,
    pub entry: Entry,
}

/// Who may come in, and how many.
#[derive(Clone, Debug)]
pub struct Entry {
    /// TCP connections, whatever they are for.
    pub connections: Rules,
    /// WebSockets.
    pub sockets: Rules,
    /// Names for relays that visitors of one address get, each with a share of its own.
    pub tickets: Rate,
    /// Tries of a password from one address. Of a site of IPv6 and of everybody there may be some more.
    pub tries: Rate,
    pub proxies: Proxies,
    /// Everybody may without.
    pub passes: Option<Passes>,
}

impl Default for Entry {
    fn default() -> Self {
        Entry {
            connections: Rules {
                total: 25_000,
                each: 1_000,
                pace: Rate {
                    burst: 600,
                    a_minute: 1_200,
                },
            },
            sockets: Rules {
                // The machines have a number of their own, and say so in words.
                total: usize::MAX,
                each: 400,
                pace: Rate {
                    burst: 300,
                    a_minute: 240,
                },
            },
            tickets: Rate {
                burst: 60,
                a_minute: 30,
            },
            tries: Rate {
                burst: 10,
                a_minute: 6,
            },
            proxies: Proxies::default(),
            passes: None,
        }
    }
}

/// The terms of now, and who is here by them.
pub(crate) struct Standing {
    terms: RwLock<Arc<Terms>>,
    connections: Arc<Doors>,
    sockets: Arc<Doors>,
    /// By one address, by one site of IPv6, by everybody.
    tries: [Arc<Doors>; 3],
    tickets: Arc<Doors>,
    /// The host has been told that a proxy is not believed.
    is_told: AtomicBool,
    /// Makes numbers of networks that mean nothing to anybody.
    blind: RandomState,
}

/// Somebody at the other end of a TCP connection, who has a place as long as any part of it lives.
#[derive(Clone)]
pub(crate) struct Guest {
    address: IpAddr,
    meter: Meter,
    _place: Arc<Place>,
}

impl Guest {
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// Of what is read from them.
    pub(crate) fn meter(&self) -> Meter {
        self.meter.clone()
    }
}

/// Who has come in, with a place.
pub(crate) struct Visit {
    pub(crate) source: Option<Source>,
    pub(crate) meter: Meter,
    _place: Place,
}

/// What comes of a password.
pub(crate) enum Answer {
    Pass(String),
    Wrong,
    TooFast,
}

impl Standing {
    pub(crate) fn new(terms: Terms) -> Self {
        Standing {
            connections: Doors::new(terms.entry.connections),
            sockets: Doors::new(terms.entry.sockets),
            tries: tries(&terms.entry).map(Doors::new),
            tickets: Doors::new(tickets(&terms.entry)),
            is_told: AtomicBool::new(false),
            blind: RandomState::new(),
            terms: RwLock::new(Arc::new(terms)),
        }
    }

    pub(crate) fn terms(&self) -> Arc<Terms> {
        let terms = self.terms.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&terms)
    }

    pub(crate) fn change(&self, terms: Terms) {
        self.connections.allow(terms.entry.connections);
        self.sockets.allow(terms.entry.sockets);
        for (doors, rules) in self.tries.iter().zip(tries(&terms.entry)) {
            doors.allow(rules);
        }
        self.tickets.allow(tickets(&terms.entry));
        *self.terms.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(terms);
    }

    /// A TCP connection has come. Those of our own proxies are many people's.
    pub(crate) fn meet(&self, address: IpAddr) -> Result<Guest, Shut> {
        let is_many = self.terms().entry.proxies.is_trusted(address);
        self.admit(address, network(address).filter(|_| !is_many))
    }

    /// Whether a proxy of ours says first who this is.
    pub(crate) fn is_announced(&self, guest: &Guest) -> bool {
        self.terms().entry.proxies.announces(guest.address)
    }

    /// It has said so: the place is theirs from now on.
    pub(crate) fn announce(&self, address: IpAddr) -> Result<Guest, Shut> {
        self.admit(address, network(address))
    }

    fn admit(&self, address: IpAddr, from: Option<Network>) -> Result<Guest, Shut> {
        let place = self.connections.enter(from)?;
        Ok(Guest {
            address,
            meter: Meter::default(),
            _place: Arc::new(place),
        })
    }

    /// Somebody opens a socket: a place, or the code to close it with.
    pub(crate) fn enter(&self, guest: &Guest, headers: &HeaderMap) -> Result<Visit, u16> {
        let terms = self.terms();
        let from = self.source(&terms, guest, headers);
        let place = self.sockets.enter(from).map_err(|shut| match shut {
            Shut::Full => close::SERVER_FULL,
            Shut::TooMany => close::TOO_MANY,
            Shut::TooFast => close::TOO_FAST,
        })?;
        if let Some(passes) = &terms.entry.passes {
            let pass = protocols(headers).find_map(|it| it.strip_prefix(PASS));
            let pass = pass.ok_or(close::PASS_WANTED)?;
            if !passes.accept(SystemTime::now(), pass) {
                return Err(close::PASS_REFUSED);
            }
        }
        Ok(Visit {
            source: from.map(|it| Source(self.blind.hash_one(it))),
            meter: guest.meter(),
            _place: place,
        })
    }

    /// Somebody says the password. Tries are counted for those on this machine too: behind a proxy that is
    /// not ours by name, they are everybody.
    pub(crate) fn try_password(&self, guest: &Guest, headers: &HeaderMap, word: &str) -> Answer {
        let terms = self.terms();
        self.look_for_proxy(&terms, guest, headers);
        let visitor = terms.entry.proxies.visitor(guest.address, headers);
        // The narrowest first: what it refuses costs the others nothing.
        for (doors, network) in self.tries.iter().zip(Network::around(visitor)) {
            if doors.enter(network).is_err() {
                return Answer::TooFast;
            }
        }
        let passes = terms.entry.passes.as_ref();
        match passes.and_then(|it| it.give(SystemTime::now(), word)) {
            Some(pass) => Answer::Pass(pass),
            None => Answer::Wrong,
        }
    }

    /// For somebody who may use relays: a name of their own, unless many such names were given to where they
    /// come from.
    pub(crate) fn ticket(&self, guest: &Guest, headers: &HeaderMap) -> Ticket {
        let from = self.source(&self.terms(), guest, headers);
        match (self.tickets.enter(from), from) {
            (Err(_), Some(network)) => Ticket::Shared(network),
            _ => Ticket::Own,
        }
    }

    /// Whom somebody shares limits with. A proxy of ours that speaks for itself is everybody, and so is this
    /// machine: who is on it can do worse, and a proxy on it that is not ours by name serves many.
    fn source(&self, terms: &Terms, guest: &Guest, headers: &HeaderMap) -> Option<Network> {
        self.look_for_proxy(terms, guest, headers);
        let proxies = &terms.entry.proxies;
        let visitor = proxies.visitor(guest.address, headers);
        let is_itself = visitor == guest.address.to_canonical() || proxies.is_trusted(visitor);
        match is_itself {
            true => network(visitor),
            // Whoever a proxy of ours names is one of its visitors, wherever that is.
            false => Some(Network::of(visitor)),
        }
    }

    /// Somebody on this machine speaks for others and is not believed: if that is the host's own proxy, nobody
    /// has the limits of an address. Said once.
    fn look_for_proxy(&self, terms: &Terms, guest: &Guest, headers: &HeaderMap) {
        let address = guest.address.to_canonical();
        if address.is_loopback()
            && !terms.entry.proxies.is_trusted(address)
            && proxies::is_forwarded(headers)
            && !self.is_told.swap(true, Relaxed)
        {
            log::say(&format!(
                "a proxy on this machine says whom it serves and is not believed, so limits of an address \
                 hold for nobody behind it; if it is yours, start with --trusted-proxy {address}"
            ));
        }
    }
}

/// Tries of a password: from one address, from one site (/48) of IPv6, from everywhere. A person mistypes;
/// eighty thousand words a day, by however many, find no password that is one. Who has a pass needs none.
fn tries(entry: &Entry) -> [Rules; 3] {
    [(1, 1), (4, 2), (20, 10)].map(|(at_once, later)| {
        let Rate { burst, a_minute } = entry.tries;
        only_fast(Rate {
            burst: burst.saturating_mul(at_once),
            a_minute: a_minute.saturating_mul(later),
        })
    })
}

fn tickets(entry: &Entry) -> Rules {
    only_fast(entry.tickets)
}

/// For what takes no time: only how fast it comes counts.
fn only_fast(pace: Rate) -> Rules {
    let (total, each) = (usize::MAX, usize::MAX);
    Rules { total, each, pace }
}

impl Terms {
    /// Whether who asks for something by plain HTTP may use this server at all.
    pub(crate) fn has_pass(&self, headers: &HeaderMap) -> bool {
        let Some(passes) = &self.entry.passes else {
            return true;
        };
        let said = headers.get(header::AUTHORIZATION);
        let said = said.and_then(|it| it.to_str().ok());
        let pass = said.and_then(|it| it.strip_prefix("Bearer "));
        pass.is_some_and(|pass| passes.accept(SystemTime::now(), pass))
    }
}

/// This machine itself is limited by the totals alone.
fn network(address: IpAddr) -> Option<Network> {
    let is_local = address.to_canonical().is_loopback();
    (!is_local).then(|| Network::of(address))
}

fn protocols(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let lines = lines.filter_map(|it| it.to_str().ok());
    lines.flat_map(|it| it.split(',')).map(str::trim)
}
