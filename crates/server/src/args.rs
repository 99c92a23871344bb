//! What the server can be told, on the command line or in the environment. Its help is documentation.

use async_nats::ServerAddr;
use clap::{Parser, ValueEnum};
use duologue_server::{
    DirectoryKind, cluster, origin,
    relays::{self, Turn},
    tls::Tls,
};
use std::{env, fs, net::SocketAddr, path::PathBuf, str::FromStr};

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
Each option can be set in the environment instead: DUOLOGUE_LISTEN, DUOLOGUE_TLS, DUOLOGUE_STATE,
DUOLOGUE_STATIC, DUOLOGUE_ORIGIN, DUOLOGUE_STUN, DUOLOGUE_TURN, DUOLOGUE_MAX_CLIENTS, DUOLOGUE_DIRECTORY, DUOLOGUE_RING_SECONDS,
DUOLOGUE_CLUSTER, DUOLOGUE_CLUSTER_NAME, DUOLOGUE_CLUSTER_CREDENTIALS and DUOLOGUE_CLUSTER_SECRET_FILE, with commas where an option may be repeated.

Addresses: / the page, /ws and /names signalling, /config.json what the page asks, /healthz 200 when ready.
SIGTERM and Ctrl-C tell everyone to come back later and end the server within 5 seconds."
)]
pub(crate) struct Args {
    /// Where to listen; may be repeated. Port 0 takes a free one. Use 0.0.0.0:8080 or [::]:8080 to be
    /// reached from other machines.
    #[arg(
        long,
        value_name = "ADDR",
        env = "DUOLOGUE_LISTEN",
        value_delimiter = ',',
        default_value = "127.0.0.1:8080"
    )]
    pub listen: Vec<SocketAddr>,

    /// Speak https. `self-signed` makes and keeps a certificate for every local address, for telephones on
    /// the same network; CERT,KEY are PEM files of yours, read again when they change.
    #[arg(long, value_name = "self-signed|CERT,KEY", env = "DUOLOGUE_TLS")]
    pub tls: Option<Secure>,

    /// Where `--tls self-signed` keeps what it has made.
    #[arg(long, value_name = "DIR", env = "DUOLOGUE_STATE")]
    pub state: Option<PathBuf>,

    /// Serve the page from this directory, read once at the start, instead of the one built in.
    #[arg(long = "static", value_name = "DIR", env = "DUOLOGUE_STATIC")]
    pub static_dir: Option<PathBuf>,

    /// A page elsewhere that may use the signalling here, like https://calls.example.org; may be
    /// repeated. The page of this server always may.
    #[arg(long, value_name = "ORIGIN", env = "DUOLOGUE_ORIGIN", value_delimiter = ',', value_parser = origin::parse)]
    pub origin: Vec<String>,

    /// A STUN server for the page, which tells browsers their address from outside, like
    /// stun:turn.example.org:3478; may be repeated.
    #[arg(long, value_name = "URL", env = "DUOLOGUE_STUN", value_delimiter = ',', value_parser = relays::stun)]
    pub stun: Vec<String>,

    /// A TURN server for the page, which relays where nothing else gets through, like
    /// 'turn:turn.example.org?secret=SECRET', or '…?secret-file=FILE' so that nobody reads it off the list of
    /// processes; may be repeated. The secret is the one that coturn calls static-auth-secret: each visitor
    /// gets a password of their own, good for twelve hours.
    #[arg(long, value_name = "URL", env = "DUOLOGUE_TURN", value_delimiter = ',')]
    pub turn: Vec<Turn>,

    /// People connected at once; one more is told that the server is full.
    #[arg(
        long,
        value_name = "N",
        env = "DUOLOGUE_MAX_CLIENTS",
        default_value_t = 10_000
    )]
    pub max_clients: usize,

    /// Call by name: `listed` shows people who else is signed in, `unlisted` lets them call only those
    /// whose name they know, `off` has no names at all.
    #[arg(
        long,
        value_name = "KIND",
        env = "DUOLOGUE_DIRECTORY",
        value_enum,
        default_value = "listed"
    )]
    pub directory: Directory,

    /// How long it rings before nobody answers.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "DUOLOGUE_RING_SECONDS",
        default_value_t = 45,
        value_parser = clap::value_parser!(u16).range(1..=300)
    )]
    pub ring_seconds: u16,

    #[command(flatten)]
    pub cluster: Cluster,
}

/// Several servers that serve people together.
#[derive(Debug, clap::Args)]
pub(crate) struct Cluster {
    /// Share rooms with other servers through this NATS, like nats://10.0.0.5:4222 or
    /// tls://user:password@nats.example.org; may be repeated for the servers of one NATS cluster
    /// (docs/cluster.md).
    #[arg(long, value_name = "URL", env = "DUOLOGUE_CLUSTER", value_delimiter = ',', value_parser = cluster::server)]
    cluster: Vec<ServerAddr>,

    /// Which servers belong together, where several clusters use one NATS.
    #[arg(long, value_name = "NAME", env = "DUOLOGUE_CLUSTER_NAME", default_value = "main", value_parser = cluster::name)]
    cluster_name: String,

    /// A credentials file of NATS, if it asks for one.
    #[arg(
        long,
        value_name = "FILE",
        env = "DUOLOGUE_CLUSTER_CREDENTIALS",
        requires = "cluster"
    )]
    cluster_credentials: Option<PathBuf>,

    /// A file with a secret that all servers of the cluster have: then whoever else can write to NATS
    /// is not believed.
    #[arg(
        long,
        value_name = "FILE",
        env = "DUOLOGUE_CLUSTER_SECRET_FILE",
        requires = "cluster"
    )]
    cluster_secret_file: Option<PathBuf>,
}

impl Cluster {
    pub fn settings(self) -> Result<Option<cluster::Settings>, String> {
        if self.cluster.is_empty() {
            return Ok(None);
        }
        let read = |file: PathBuf| {
            let secret = fs::read_to_string(&file)
                .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
            match secret.trim() {
                "" => Err(format!("{} is empty", file.display())),
                secret => Ok(secret.as_bytes().to_vec()),
            }
        };
        Ok(Some(cluster::Settings {
            servers: self.cluster,
            credentials: self.cluster_credentials,
            name: self.cluster_name,
            secret: self.cluster_secret_file.map(read).transpose()?,
        }))
    }
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
fn usual_state() -> Option<PathBuf> {
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
            ["--directory", "hidden"],
            ["--ring-seconds", "0"],
            ["--tls", "yes"],
            ["--stun", "turn.example.org"],
            ["--turn", "turn:turn.example.org"],
            ["--tls", "certificate.pem,"],
            ["--cluster", "http://nats.example.org"],
            ["--cluster-name", "a.b"],
            ["--cluster-secret-file", "secret"],
        ] {
            assert!(
                Args::try_parse_from(["duologue", wrong[0], wrong[1]]).is_err(),
                "{wrong:?}"
            );
        }
    }
}
