//! The binary as its host sees it: what it prints, and how it ends.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

mod common;

use common::*;
use duologue_core::wire::close;
use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Ends with the test, whatever becomes of it.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn start(arguments: &[&str]) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duologue"));
    let command = command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Process(command.spawn().unwrap())
}

#[tokio::test]
async fn it_prints_where_it_listens_and_nothing_else_and_ends_on_sigterm() {
    let mut process = start(&["--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"]);
    let mut out = BufReader::new(process.0.stdout.take().unwrap());
    let mut addresses = Vec::new();
    for _ in 0..2 {
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line
            .trim_end()
            .strip_prefix("duologue: listening on http://")
            .unwrap();
        addresses.push(address.parse::<SocketAddr>().unwrap());
    }
    assert_ne!(addresses[0].port(), 0);
    assert_ne!(addresses[0], addresses[1]);

    // Both lead to the same rooms.
    let (mut ana, _) = Client::welcomed(addresses[0], 1).await;
    let (mut ben, ben_id) = Client::welcomed(addresses[1], 2).await;
    ana.say(&join(ROOM)).await;
    ana.hear().await;
    ben.say(&join(ROOM)).await;
    assert!(
        matches!(ana.hear().await, duologue_core::wire::ServerMsg::Entered { peer, .. } if peer == ben_id)
    );

    let asked = Instant::now();
    let id = process.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(ana.closed().await, close::GOING_AWAY);
    let status = tokio::task::spawn_blocking(move || {
        let status = process.0.wait().unwrap();
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        process
            .0
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut rest)
            .unwrap();
        (status, rest)
    });
    let (status, rest) = status.await.unwrap();
    assert!(status.success());
    assert!(asked.elapsed() < Duration::from_secs(5));
    assert_eq!(rest, "");
}

#[tokio::test]
async fn an_address_in_use_is_said_in_one_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut process = start(&["--listen", &address]);
    assert!(!process.0.wait().unwrap().success());
    let mut said = String::new();
    process
        .0
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!(
        said,
        format!("duologue: {address} is in use already; choose another with --listen\n")
    );
}
