//! What the server can be told, on the command line, in the environment or in a file. Its help is
//! documentation.

mod entry;

pub(crate) use entry::{EntryArgs, LimitArgs, Missing};

use clap::{Parser, Subcommand, ValueEnum};
use duologue_server::{
    DirectoryKind, origin,
    relays::{self, Turn},
    tls::Tls,
};
use std::{env, net::SocketAddr, path::PathBuf, str::FromStr};

/// Duologue: the page, and the signalling that introduces people to each other.
///
/// Calls themselves go from browser to browser. This server sees a hash of each room, sealed messages,
/// when people connect, and the names of those who sign in under one: no media, no chat. It keeps everything in memory and writes no log.
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

Addresses: / the page, /ws and /names signalling, /config.json what the page asks, /healthz 200 when ready.
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
    /// the same network; CERT,KEY are PEM files of yours, read again when they change.
    #[arg(
        long,
        value_name = "self-signed|CERT,KEY",
        help_heading = "Where it is",
        env = "DUOLOGUE_TLS"
    )]
    pub tls: Option<Secure>,

    /// Where it keeps what it makes: certificates for `--tls self-signed`, the key that signs invitations.
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
    /// gets a password of their own, good for twelve hours.
    #[arg(
        long,
        value_name = "URL",
        help_heading = "What it offers",
        env = "DUOLOGUE_TURN",
        hide_env_values = true,
        value_delimiter = ','
    )]
    pub turn: Vec<Turn>,

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

/// What `--tls` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Secure {
    SelfSigned,
    Files(PathBuf, PathBuf),
}

impl FromStr for Secure {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.split_once(',')) {
            ("self-signed", _) => Ok(Secure::SelfSigned),
            (_, Some((certificate, key))) if !certificate.is_empty() && !key.is_empty() => {
                Ok(Secure::Files(certificate.into(), key.into()))
            }
            _ => Err("say self-signed, or the files of a certificate and its key with a comma between them".into()),
        }
    }
}

impl Secure {
    pub fn with(self, state: Option<PathBuf>) -> Result<Tls, String> {
        match self {
            Secure::Files(certificate, key) => Ok(Tls::Files { certificate, key }),
            Secure::SelfSigned => {
                let state = state.or_else(usual_state);
                let state = state.ok_or(
                    "there is no home to keep a certificate in; name a folder with --state",
                )?;
                Ok(Tls::SelfSigned { state })
            }
        }
    }
}

/// Where systemd, or the desktop, wants it.
pub(crate) fn usual_state() -> Option<PathBuf> {
    let folder = |name| {
        env::var_os(name)
            .filter(|it| !it.is_empty())
            .map(PathBuf::from)
    };
    folder("STATE_DIRECTORY")
        .or_else(|| Some(folder("XDG_STATE_HOME")?.join("duologue")))
        .or_else(|| Some(folder("HOME")?.join(".local/state/duologue")))
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
    fn https_is_of_ones_own_making_or_of_two_files() {
        let tls = |text| Args::parse_from(["duologue", "--tls", text]).tls;
        assert_eq!(tls("self-signed"), Some(Secure::SelfSigned));
        assert_eq!(
            tls("a.pem,b.pem"),
            Some(Secure::Files("a.pem".into(), "b.pem".into()))
        );
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
            ["--directory", "hidden"],
            ["--ring-seconds", "0"],
            ["--tls", "yes"],
            ["--stun", "turn.example.org"],
            ["--turn", "turn:turn.example.org"],
            ["--tls", "certificate.pem,"],
        ] {
            assert!(
                Args::try_parse_from(["duologue", wrong[0], wrong[1]]).is_err(),
                "{wrong:?}"
            );
        }
    }
}
