//! What the server counts, for `/metrics`: numbers of the whole process. A label is a word of the protocol
//! or of this folder, never a room, a name or an address: nothing here is given one.
//!
//! Plain atomics: what is counted is known beforehand, and a relayed message costs five additions and no
//! lock, which no registry of labels offers.

mod histogram;
mod lending;
mod process;
mod serve;
mod text;

pub(crate) use lending::LENDING;
pub(crate) use serve::{answer, router};

use axum::extract::ws::close_code;
use duologue_core::wire::close;
use histogram::Histogram;
use std::{
    collections::BTreeMap,
    sync::{
        LazyLock, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

static START: LazyLock<Instant> = LazyLock::new(Instant::now);
static WAITED: Histogram = Histogram::new();
static DROPS: Mutex<Drops> = Mutex::new(BTreeMap::new());
static SECURED: Count = Count::new();
static INSECURE: Count = Count::new();

pub(crate) static ROOMS: Counted = Counted::new();
pub(crate) static NAMES: Counted = Counted::new();

/// Notes when it all began.
pub(crate) fn begin() {
    LazyLock::force(&START);
    process::started();
}

/// Something that only grows.
#[derive(Debug)]
pub(crate) struct Count(AtomicU64);

impl Count {
    const fn new() -> Self {
        Count(AtomicU64::new(0))
    }

    fn add(&self, more: u64) {
        self.0.fetch_add(more, Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// What is counted of each of the two sockets.
#[derive(Debug)]
pub(crate) struct Counted {
    /// Open now.
    open: AtomicU64,
    opened: Count,
    received: Count,
    relayed: Count,
    relayed_bytes: Count,
    /// Rooms, or names.
    held: AtomicU64,
}

/// What a message to a client is.
pub(crate) enum Sort {
    /// One client's to another.
    Relayed,
    /// What the server has to say itself.
    Own,
    /// That something is not done, and the word for why.
    Refusal(&'static str),
}

impl Counted {
    const fn new() -> Self {
        Counted {
            open: AtomicU64::new(0),
            opened: Count::new(),
            received: Count::new(),
            relayed: Count::new(),
            relayed_bytes: Count::new(),
            held: AtomicU64::new(0),
        }
    }

    /// A connection, for as long as the guard lives.
    pub(crate) fn open(&'static self) -> Open {
        self.opened.add(1);
        self.open.fetch_add(1, Relaxed);
        Open(self)
    }

    pub(crate) fn received(&self) {
        self.received.add(1);
    }

    pub(crate) fn said(&self, sort: Sort, bytes: usize) {
        match sort {
            Sort::Relayed => {
                self.relayed.add(1);
                self.relayed_bytes.add(bytes as u64);
            }
            Sort::Own => {}
            Sort::Refusal(reason) => dropped(Lost::Message, reason),
        }
    }

    pub(crate) fn hold(&self, now: usize) {
        self.held.store(now as u64, Relaxed);
    }
}

#[derive(Debug)]
#[must_use]
pub(crate) struct Open(&'static Counted);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}

/// What came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lost {
    Message,
    /// A socket that was open.
    Connection,
    /// One that did not become open.
    Handshake,
    /// A request to the relay inside, or a packet by it.
    Relay,
}

impl Lost {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Lost::Message => "message",
            Lost::Connection => "connection",
            Lost::Handshake => "handshake",
            Lost::Relay => "relay",
        }
    }
}

/// As many lines as there are words for it in the source: only this one has a lock, and nothing honest
/// comes by it often.
pub(crate) type Drops = BTreeMap<(Lost, &'static str), u64>;

pub(crate) fn dropped(what: Lost, reason: &'static str) {
    let mut drops = DROPS.lock().unwrap_or_else(PoisonError::into_inner);
    *drops.entry((what, reason)).or_default() += 1;
}

/// All so far.
pub(crate) fn drops() -> Drops {
    DROPS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Connections at this moment.
pub(crate) fn connections() -> u64 {
    [&ROOMS, &NAMES]
        .map(|it| it.open.load(Relaxed))
        .iter()
        .sum()
}

pub(crate) fn tls(succeeded: bool) {
    match succeeded {
        true => SECURED.add(1),
        false => INSECURE.add(1),
    }
}

/// Why the server closed a socket, by the code that it closed it with (docs/protocol.md).
pub(crate) fn closed(code: u16) {
    let reason = match code {
        // It stops: nobody's fault.
        close::GOING_AWAY => return,
        close::TOO_BIG => "too_big",
        close::REPLACED => "replaced",
        close::BAD_MESSAGE => "bad_message",
        close::TOO_FAST => "too_fast",
        close::UNSUPPORTED_VERSION => "unsupported_version",
        close::SERVER_FULL => "server_full",
        close::TOO_MANY => "address_full",
        close::PASS_WANTED => "pass_wanted",
        close::PASS_REFUSED => "pass_refused",
        close_code::PROTOCOL => "protocol",
        close_code::UNSUPPORTED => "binary",
        close_code::INVALID => "not_utf8",
        close_code::POLICY => "nowhere",
        close_code::AGAIN => "slow_reader",
        _ => "other",
    };
    dropped(Lost::Connection, reason);
}

/// How an HTTP connection ended, if that was for want of a request.
pub(crate) fn served(end: &Result<(), hyper::Error>) {
    if end.as_ref().is_err_and(hyper::Error::is_timeout) {
        dropped(Lost::Handshake, "slow_header");
    }
}

/// When a text was read, in microseconds of a clock that begins anew after an hour: a queue keeps room for
/// dozens of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp(u32);

impl Stamp {
    pub(crate) fn now() -> Self {
        // The lower half is what is meant.
        Stamp(START.elapsed().as_micros() as u32)
    }

    /// What followed from that text goes to a socket now.
    pub(crate) fn handed(self) {
        let micros = Stamp::now().0.wrapping_sub(self.0);
        WAITED.note(u64::from(micros));
    }
}
