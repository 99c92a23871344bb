//! Whom we measure: our server, and others that do the same for their clients. How each is started.

use crate::{
    dialect::Dialect,
    process::{Process, free_port},
};
use anyhow::{Context, Result, ensure};
use std::{
    env,
    path::{Path, PathBuf},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contestant {
    Duologue,
    /// `bin/bare.rs`.
    Bare,
    Ws,
    SocketIo,
    Peer,
    Matchbox,
}

impl Contestant {
    pub const ALL: [Contestant; 6] = [
        Contestant::Duologue,
        Contestant::Bare,
        Contestant::Ws,
        Contestant::SocketIo,
        Contestant::Peer,
        Contestant::Matchbox,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Contestant::Duologue => "duologue",
            Contestant::Bare => "axum relay, 4 KiB",
            Contestant::Ws => "ws 8.23 relay",
            Contestant::SocketIo => "socket.io 4.8.4",
            Contestant::Peer => "PeerJS server 1.0.2",
            Contestant::Matchbox => "matchbox_server 0.15",
        }
    }

    pub fn dialect(self) -> Dialect {
        match self {
            Contestant::Duologue => Dialect::Duologue,
            Contestant::Bare | Contestant::Ws => Dialect::Plain,
            Contestant::SocketIo => Dialect::SocketIo,
            Contestant::Peer => Dialect::PeerJs,
            Contestant::Matchbox => Dialect::Matchbox,
        }
    }

    pub async fn start(self) -> Result<Process> {
        let port = free_port()?;
        let tools = tools();
        let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let script = |name: &str| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("servers")
                .join(name);
            (
                PathBuf::from("node"),
                vec![path.display().to_string(), port.to_string()],
            )
        };
        let (program, args) = match self {
            Contestant::Duologue => (ours(), our_args(port, &[])),
            Contestant::Bare => {
                let here = env::current_exe()?;
                let folder = here.parent().context("a program in no folder")?;
                (folder.join("bare"), words(&[&port.to_string()]))
            }
            Contestant::Ws => script("ws.mjs"),
            Contestant::SocketIo => script("socket-io.mjs"),
            Contestant::Peer => script("peer.mjs"),
            Contestant::Matchbox => (
                tools.join("bin/matchbox_server"),
                words(&[&format!("127.0.0.1:{port}")]),
            ),
        };
        // The packages are found from there.
        ensure!(tools.is_dir(), "no folder {}", tools.display());
        Process::start(&program, &args, port, &tools).await
    }
}

/// Our server with more arguments.
pub async fn start_ours(more: &[&str]) -> Result<Process> {
    let port = free_port()?;
    Process::start(&ours(), &our_args(port, more), port, Path::new("/")).await
}

fn our_args(port: u16, more: &[&str]) -> Vec<String> {
    let listen = format!("127.0.0.1:{port}");
    // Twice the default: ten thousand who are idle and those who talk besides.
    let own = ["--listen", &listen, "--max-clients", "20000"];
    own.iter().chain(more).map(|it| (*it).to_owned()).collect()
}

fn ours() -> PathBuf {
    env::var_os("DUOLOGUE_BIN")
        .map_or_else(|| PathBuf::from("target/release/duologue"), PathBuf::from)
}

/// Where the others are installed.
fn tools() -> PathBuf {
    env::var_os("DUOLOGUE_BENCH_TOOLS")
        .map_or_else(|| PathBuf::from("target/tools/bench"), PathBuf::from)
}
