//! The server as a library, so that tests start it in their own process: `start` binds and serves,
//! `Running` says where and stops it. The binary only adds arguments and signals.
//!
//! | module    | owns |
//! |-----------|------|
//! | `assets`  | the bundle: content types, caching, precompressed siblings |
//! | `cluster` | this server as one of several that share their rooms |
//! | `cross`   | what browsers are told for pages of other origins |
//! | `doors`   | how many there are, from where, and how fast new ones come |
//! | `headers` | what every answer carries: the content policy and its like |
//! | `listen`  | sockets that accept, header timeout, stopping |
//! | `log`     | what is told to whoever runs this |
//! | `meter`   | whether a client has begun a message that it does not end |
//! | `metrics` | what is counted, and who may read it |
//! | `names`   | which names look alike |
//! | `network` | which addresses are one somebody's |
//! | `origin`  | which pages may open `/ws` |
//! | `passes`  | who may use a host that is not for everybody |
//! | `proxies` | who it is that comes through a proxy |
//! | `proxy_protocol` | what a proxy says before anything else |
//! | `queue`   | what waits for one client |
//! | `relay`   | the machines of `duologue-core` with real connections on them |
//! | `relays`  | STUN and TURN servers that the page is told of, and passwords for them |
//! | `router`  | which address leads where |
//! | `secret`  | files for nobody's eyes but ours |
//! | `socket`  | one WebSocket: deadlines, pings, close codes |
//! | `terms`   | everything that may change while the server runs |
//! | `tls`     | certificates: of files or of this host's own making; the handshake |
//! | `turn`    | STUN and TURN inside |

pub mod assets;
pub mod cluster;
mod cross;
pub mod doors;
mod headers;
mod listen;
pub mod log;
mod meter;
mod metrics;
mod names;
mod network;
pub mod origin;
pub mod passes;
pub mod proxies;
mod proxy_protocol;
mod queue;
mod relay;
pub mod relays;
mod router;
pub mod secret;
mod socket;
mod terms;
pub mod tls;
pub mod turn;

pub use duologue_core::{hub::Limits, pace::Rate};
pub use listen::{Running, StartError, start};
pub(crate) use log::say;
pub use router::AUTHORITY;
pub use terms::{Entry, Terms};

use assets::Assets;
use origin::Origins;
use relays::Relays;
use std::{net::SocketAddr, time::Duration};
use tls::Tls;
use turn::Inside;

pub struct Config {
    pub listen: Vec<SocketAddr>,
    /// Plain http without; then somebody else has to speak https before this, or nobody but this machine
    /// is given a camera.
    pub tls: Option<Tls>,
    pub assets: Assets,
    pub origins: Origins,
    pub limits: Limits,
    pub relays: Relays,
    /// A relay of this server's own.
    pub inside: Option<Inside>,
    pub directory: DirectoryKind,
    /// How long somebody's name rings before nobody answers.
    pub ring_seconds: u16,
    pub entry: Entry,
    pub metrics: Metrics,
    /// Others that this server shares its rooms with.
    pub cluster: Option<cluster::Settings>,
    pub timing: Timing,
}

impl Config {
    /// Those parts of it that may change later.
    pub fn terms(&self) -> Terms {
        Terms {
            origins: self.origins.clone(),
            limits: self.limits.clone(),
            relays: self.relays.clone(),
            ring_seconds: self.ring_seconds,
            entry: self.entry.clone(),
        }
    }
}

/// Who may read `/metrics`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metrics {
    Off,
    /// Programs on this machine, at the page's own address.
    #[default]
    Near,
    /// Whoever reaches this address, which serves nothing else.
    At(SocketAddr),
}

/// Whether people can call each other by name here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DirectoryKind {
    Off,
    /// Only whoever knows a name can call it.
    Unlisted,
    /// Whoever is signed in sees who else is.
    #[default]
    Listed,
}

/// How long the server waits for what. Tests shorten it; few others should need to.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// From the first byte (or the last answer) to the end of a request's header.
    pub header: Duration,
    /// For a connection that is no socket: after it no more is asked for on it, and after it again it ends,
    /// whatever is still under way. Nothing of the page takes minutes.
    pub life: Duration,
    /// Without a request, on a connection for many of them.
    pub idle: Duration,
    /// From the open socket to a room, or a name; for whoever has none any more; and for half a message to
    /// become a whole one.
    pub place: Duration,
    /// Between two pings. Two without any sign of life, and the socket is closed: within 15 seconds.
    pub ping: Duration,
    /// For one message to leave this machine.
    pub send: Duration,
    /// For everybody to be told that the server goes.
    pub drain: Duration,
    /// Between two looks at whether the certificate is still the right one.
    pub certificate: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Timing {
            header: Duration::from_secs(5),
            life: Duration::from_secs(300),
            idle: Duration::from_secs(60),
            place: Duration::from_secs(10),
            ping: Duration::from_millis(4_500),
            send: Duration::from_secs(5),
            drain: Duration::from_secs(4),
            certificate: Duration::from_secs(30),
        }
    }
}
