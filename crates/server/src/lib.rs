//! The server as a library, so that tests start it in their own process: `start` binds and serves,
//! `Running` says where and stops it. The binary only adds arguments and signals.
//!
//! | module    | owns |
//! |-----------|------|
//! | `assets`  | the bundle: content types, caching, precompressed siblings |
//! | `cluster` | this server as one of several that share their rooms |
//! | `headers` | what every answer carries: the content policy and its like |
//! | `listen`  | sockets that accept, header timeout, stopping |
//! | `names`   | which names look alike |
//! | `origin`  | which pages may open `/ws` |
//! | `relay`   | the machines of `duologue-core` and everyone's outgoing queue |
//! | `relays`  | STUN and TURN servers that the page is told of, and passwords for them |
//! | `router`  | which address leads where |
//! | `socket`  | one WebSocket: deadlines, pings, close codes |
//! | `tls`     | certificates: of files or of this host's own making; the handshake |

pub mod assets;
pub mod cluster;
mod headers;
mod listen;
mod names;
pub mod origin;
mod relay;
pub mod relays;
mod router;
mod socket;
pub mod tls;

pub use duologue_core::hub::Limits;
pub use listen::{Running, StartError, start};
pub use router::AUTHORITY;

use assets::Assets;
use origin::Origins;
use relays::Relays;
use std::{
    io::{self, Write},
    net::SocketAddr,
    time::Duration,
};
use tls::Tls;

pub struct Config {
    pub listen: Vec<SocketAddr>,
    /// Plain http without; then somebody else has to speak https before this, or nobody but this machine
    /// is given a camera.
    pub tls: Option<Tls>,
    pub assets: Assets,
    pub origins: Origins,
    pub limits: Limits,
    pub relays: Relays,
    pub directory: DirectoryKind,
    /// How long somebody's name rings before nobody answers.
    pub ring_seconds: u16,
    /// Others that this server shares its rooms with.
    pub cluster: Option<cluster::Settings>,
    pub timing: Timing,
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

/// How long the server waits for what. Tests shorten it; nobody else should need to.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// From the first byte (or the last answer) to the end of a request's header.
    pub header: Duration,
    /// From the open socket to `hello`.
    pub hello: Duration,
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
            hello: Duration::from_secs(10),
            ping: Duration::from_millis(4_500),
            send: Duration::from_secs(5),
            drain: Duration::from_secs(4),
            certificate: Duration::from_secs(30),
        }
    }
}

/// To whoever runs this.
pub(crate) fn say(sentence: &str) {
    writeln!(io::stderr(), "duologue: {sentence}").ok();
}
