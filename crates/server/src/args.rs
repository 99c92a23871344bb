//! What the server can be told, on the command line, in the environment or in a file. Its help is
//! documentation.

mod acme;
mod cluster;
mod entry;
mod quotas;
mod secure;
mod waiting;

pub(crate) use entry::{EntryArgs, LimitArgs, Missing};
pub(crate) use quotas::QuotaArgs;
pub(crate) use secure::{Secure, usual_state};
pub(crate) use waiting::WaitingArgs;

use crate::inside::InsideArgs;
use acme::AcmeArgs;
use clap::{Parser, Subcommand, ValueEnum};
use cluster::ClusterArgs;
use duologue_server::{
    DirectoryKind, Metrics,
    log::Log,
    origin,
    relays::{self, Turn},
};
use std::{net::SocketAddr, path::PathBuf};

/// Duologue: the page, and the signalling that introduces people to each other.
///
/// Calls themselves go from browser to browser. This server sees a hash of each room, sealed messages,
/// when people connect, and the names of those who sign in under one: no media, no chat. It keeps everything in memory and writes no log unless asked to.
///
/// Browsers give camera and microphone only to pages from https:// or from this very machine: to serve
/// other people, say --tls, or put a reverse proxy with TLS before it (docs/hosting.md shows how).
#[derive(Debug, Parser)]
#[command(
    name = "duologue",
    version,
    after_help = "\
Each option can be set in the environment instead, --max-clients as DUOLOGUE_MAX_CLIENTS, with commas where it
may be repeated; and in the file of --config, as max-clients = 10000. The command line comes first, then the
environment, then the file. SIGHUP reads the file again; whoever is connected stays.

Addresses: / the page, /ws and /names signalling, /config.json what the page asks, /healthz 200 when
ready, /metrics numbers for Prometheus.
SIGTERM and Ctrl-C tell everyone to come back later and end the server within 5 seconds."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Settings in TOML, a key for each option here.
    #[arg(long, value_name = "FILE", env = "DUOLOGUE_CONFIG", global = true)]
    pub config: Option<PathBuf>,

    /// Where to listen; may be repeated. Port 0 takes a free one. Use 0.0.0.0:8080 or [::]:8080 to be
    /// reached from other machines.
    #[arg(
        long,
        help_heading = "Where it is",
        value_name = "ADDR",
        env = "DUOLOGUE_LISTEN",
        value_delimiter = ',',
        default_value = "127.0.0.1:8080"
    )]
    pub listen: Vec<SocketAddr>,

    /// Speak https. `self-signed` makes and keeps a certificate for every local address, for telephones on
    /// the same network; `acme:calls.example.org` gets one from Let's Encrypt, to whose terms you agree by
    /// it, and renews it (this server has to be what answers at port 443 there; more domains after commas);
    /// CERT,KEY are PEM files of yours, read again when they change.
    #[arg(
        long,
        value_name = "self-signed|acme:DOMAIN|CERT,KEY",
        help_heading = "Where it is",
        env = "DUOLOGUE_TLS"
    )]
    pub tls: Option<Secure>,

    #[command(flatten, next_help_heading = "Where it is")]
    pub acme: AcmeArgs,

    /// Where it keeps what it makes: certificates for `--tls self-signed` and `--tls acme:`, the key that signs
    /// invitations.
    #[arg(
        long,
        value_name = "DIR",
        help_heading = "Where it is",
        env = "DUOLOGUE_STATE"
    )]
    pub state: Option<PathBuf>,

    /// Serve the page from this directory, read once at the start, instead of the one built in.
    #[arg(
        long = "static",
        value_name = "DIR",
        help_heading = "Where it is",
        env = "DUOLOGUE_STATIC"
    )]
    pub static_dir: Option<PathBuf>,

    /// A page elsewhere that may use the signalling here, like https://calls.example.org; may be
    /// repeated. The page of this server always may.
    #[arg(long, value_name = "ORIGIN", help_heading = "What it offers", env = "DUOLOGUE_ORIGIN", value_delimiter = ',', value_parser = origin::parse)]
    pub origin: Vec<String>,

    /// A STUN server for the page, which tells browsers their address from outside, like
    /// stun:turn.example.org:3478; may be repeated.
    #[arg(long, value_name = "URL", help_heading = "What it offers", env = "DUOLOGUE_STUN", value_delimiter = ',', value_parser = relays::stun)]
    pub stun: Vec<String>,

    /// A TURN server for the page, which relays where nothing else gets through, like
    /// 'turn:turn.example.org?secret=SECRET', or '…?secret-file=FILE' so that nobody reads it off the list of
    /// processes; may be repeated. The secret is the one that coturn calls static-auth-secret: each visitor
    /// gets a password of their own, good for --ticket-hours.
    #[arg(
        long,
        value_name = "URL",
        help_heading = "What it offers",
        env = "DUOLOGUE_TURN",
        hide_env_values = true,
        value_delimiter = ','
    )]
    pub turn: Vec<Turn>,

    /// How long a visitor's name and password for a relay are good. Who has borrowed an address by then keeps
    /// it.
    #[arg(
        long,
        value_name = "N",
        help_heading = "What it offers",
        env = "DUOLOGUE_TICKET_HOURS",
        default_value_t = 12,
        value_parser = clap::value_parser!(u16).range(1..=720)
    )]
    pub ticket_hours: u16,

    #[command(flatten)]
    pub inside: InsideArgs,

    /// Call by name: `listed` shows people who else is signed in, `unlisted` lets them call only those
    /// whose name they know, `off` has no names at all.
    #[arg(
        long,
        value_name = "KIND",
        help_heading = "What it offers",
        env = "DUOLOGUE_DIRECTORY",
        value_enum,
        default_value = "listed"
    )]
    pub directory: Directory,

    /// How long it rings before nobody answers.
    #[arg(
        long,
        value_name = "SECONDS",
        help_heading = "What it offers",
        env = "DUOLOGUE_RING_SECONDS",
        default_value_t = 45,
        value_parser = clap::value_parser!(u16).range(1..=300)
    )]
    pub ring_seconds: u16,

    #[command(flatten)]
    pub entry: EntryArgs,

    #[command(flatten)]
    pub limits: LimitArgs,

    #[command(flatten)]
    pub quotas: QuotaArgs,

    #[command(flatten)]
    pub waiting: WaitingArgs,

    /// Numbers for Prometheus: `near` tells them at /metrics to programs on this machine, an ADDRESS tells
    /// them there, to whoever reaches it, and `off` to nobody.
    #[arg(
        long,
        value_name = "near|off|ADDR",
        env = "DUOLOGUE_METRICS",
        default_value = "near",
        value_parser = metrics,
        help_heading = "Operations"
    )]
    pub metrics: Metrics,

    /// What is written to standard error: `off` sentences about trouble alone, `text` a line for each event,
    /// `json` the same for programs. Neither names rooms, people or their addresses.
    #[arg(
        long,
        value_name = "KIND",
        env = "DUOLOGUE_LOG",
        value_enum,
        default_value = "off",
        help_heading = "Operations"
    )]
    pub log: LogKind,

    /// Write network addresses too: of who connects, and who is refused.
    #[arg(
        long,
        value_name = "true|false",
        env = "DUOLOGUE_LOG_DETAILS",
        default_value = "false",
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true,
        help_heading = "Operations"
    )]
    pub log_details: bool,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// What else it can do than serve.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Says whether the settings are right, and what they come to.
    CheckConfig,
    /// Makes an invitation to a server that is --invite-only or has a password. It is for one person or for
    /// many, until it ends.
    Invite {
        /// How long it is good.
        #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=3650))]
        days: u16,
        /// Where the page is, like https://calls.example.org: then a whole link is printed.
        #[arg(long, value_name = "URL")]
        page: Option<String>,
    },
}

fn metrics(text: &str) -> Result<Metrics, String> {
    match text {
        "near" => Ok(Metrics::Near),
        "off" => Ok(Metrics::Off),
        address => address
            .parse()
            .map(Metrics::At)
            .map_err(|_| "say near, off, or an address with a port, like 10.0.0.5:9100".to_owned()),
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogKind {
    Off,
    Text,
    Json,
}

impl From<LogKind> for Log {
    fn from(kind: LogKind) -> Self {
        match kind {
            LogKind::Off => Log::Off,
            LogKind::Text => Log::Text,
            LogKind::Json => Log::Json,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Directory {
    Listed,
    Unlisted,
    Off,
}

impl From<Directory> for DirectoryKind {
    fn from(directory: Directory) -> Self {
        match directory {
            Directory::Listed => DirectoryKind::Listed,
            Directory::Unlisted => DirectoryKind::Unlisted,
            Directory::Off => DirectoryKind::Off,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn without_arguments_only_this_machine_is_served() {
        Args::command().debug_assert();
        let args = Args::parse_from(["duologue"]);
        assert!(args.listen.iter().all(|address| address.ip().is_loopback()));
    }

    #[test]
    fn options_repeat_and_wrong_ones_are_refused() {
        let args = Args::parse_from([
            "duologue",
            "--listen",
            "0.0.0.0:1",
            "--listen",
            "[::]:2",
            "--origin",
            "https://a.example/",
        ]);
        assert_eq!(args.listen.len(), 2);
        assert_eq!(args.origin, ["https://a.example"]);
        for wrong in [
            ["--listen", "8080"],
            ["--origin", "a.example"],
            ["--max-clients", "many"],
            ["--room-size", "9"],
            ["--trusted-proxy", "localhost"],
            ["--client-pace", "300"],
            ["--client-pace", "0,1"],
            ["--relay-loans", "2000,400"],
            ["--relay-megabits", "0,1,1"],
            ["--place-seconds", "0"],
            ["--ticket-hours", "0"],
            ["--directory", "hidden"],
            ["--ring-seconds", "0"],
            ["--tls", "yes"],
            ["--tls", "acme:"],
            ["--tls", "acme:localhost"],
            ["--acme-contact", "ana"],
            ["--acme-directory", "http://ca.example.org"],
            ["--metrics", "9100"],
            ["--log", "loud"],
            ["--stun", "turn.example.org"],
            ["--turn", "turn:turn.example.org"],
            ["--relay", "yes"],
            ["--relay-address", "turn.example.org"],
            ["--relay-listen", "3478"],
            ["--relay-ports", "2-1"],
            ["--tls", "certificate.pem,"],
            ["--cluster", "http://nats.example.org"],
            ["--cluster-name", "a.b"],
        ] {
            assert!(
                Args::try_parse_from(["duologue", wrong[0], wrong[1]]).is_err(),
                "{wrong:?}"
            );
        }
    }
}
