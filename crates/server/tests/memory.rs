//! What attacks leave behind in the memory of the real process: nothing. Linux: read from /proc.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

mod common;

use common::*;
use duologue_core::{
    ids::RoomId,
    wire::{ClientMsg, ServerMsg, close, encode},
};
use futures_util::{SinkExt, StreamExt};
use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::{
    io::AsyncWriteExt,
    task::JoinSet,
    time::{interval, timeout},
};
use tokio_tungstenite::{MaybeTlsStream, tungstenite::Message};

/// Ends with the test, whatever becomes of it.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Process {
    fn start(arguments: &[&str]) -> (Process, SocketAddr) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duologue"));
        let command = command
            .env_clear()
            // One arena of memory: how many there are is chance otherwise, and so is what each keeps.
            .env("MALLOC_ARENA_MAX", "1")
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped());
        let mut process = Process(command.spawn().unwrap());
        let mut line = String::new();
        let mut out = BufReader::new(process.0.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let (_, address) = line.trim_end().split_once("http://").unwrap();
        (process, address.parse().unwrap())
    }

    /// In KiB.
    fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let number = line.unwrap().split_whitespace().nth(1).unwrap();
        number.parse().unwrap()
    }
}

async fn send_too_much(address: SocketAddr) {
    let mut client = Client::open(address).await;
    // The server stops reading in the middle of it: what cannot be sent then is as it should be.
    let frame = Message::text("x".repeat(65_537));
    client.0.send(frame).await.ok();
    assert_eq!(client.closed().await, close::TOO_BIG);
}

#[tokio::test]
async fn a_thousand_frames_that_are_too_big_leave_less_than_a_mebibyte() {
    let (process, address) = Process::start(&[]);
    // What is left behind grows each time; what an allocator takes for itself does not.
    let mut seen = Vec::new();
    for tries in [100, 1_000, 1_000, 1_000] {
        for _ in 0..tries {
            send_too_much(address).await;
        }
        seen.push(process.resident());
        if let [.., before, after] = seen[..]
            && after < before + 1_024
        {
            return;
        }
    }
    panic!("it grew each time, in KiB: {seen:?}");
}

/// Pings for ever, and reads nothing of what answers them. Until the server has had enough.
async fn ping_unread(address: SocketAddr, n: u8) {
    let (mut client, _) = Client::welcomed(address, n).await;
    client.say(&join(ROOM)).await;
    let MaybeTlsStream::Plain(stream) = client.0.get_mut() else {
        unreachable!()
    };
    let pings = frame(0x89, &[b'x'; 125]).repeat(500);
    let all = async { while stream.write_all(&pings).await.is_ok() {} };
    timeout(PATIENCE, all).await.unwrap();
}

#[tokio::test]
async fn pings_whose_answers_nobody_reads_fill_no_memory() {
    let (process, address) = Process::start(&[]);
    let before = process.resident();
    let mut floods: JoinSet<()> = (0..8).map(|n| ping_unread(address, n)).collect();
    let mut most = 0;
    let mut looks = interval(Duration::from_millis(50));
    loop {
        tokio::select! {
            ended = floods.join_next() => match ended {
                Some(ended) => ended.unwrap(),
                None => break,
            },
            _ = looks.tick() => most = process.resident().max(most),
        }
    }
    assert!(
        most < before + 4_096,
        "{before} KiB before, {most} at the most"
    );
}

/// Ninety rooms, one after another, within what one tab may say at once.
async fn wander(address: SocketAddr, n: u8, round: u8) {
    let (mut client, _) = Client::welcomed(address, n).await;
    for room in 0..90 {
        let mut bytes = [round; 16];
        (bytes[0], bytes[1]) = (n, room);
        let room = RoomId(bytes);
        for message in [ClientMsg::Look { room }, ClientMsg::Leave { room }] {
            client
                .0
                .feed(Message::text(encode(&message)))
                .await
                .unwrap();
        }
        client.0.flush().await.unwrap();
        assert!(matches!(client.hear().await, ServerMsg::Room { .. }));
    }
    client.0.close(None).await.unwrap();
    while client.0.next().await.is_some() {}
}

#[tokio::test]
async fn rooms_that_were_opened_and_left_leave_no_memory() {
    let (process, address) = Process::start(&["--join-pace", "1000,1000"]);
    let all = async |round: u8| {
        let everybody: JoinSet<()> = (0..50).map(|n| wander(address, n, round)).collect();
        everybody.join_all().await;
    };
    all(0).await;
    let before = process.resident();
    // A hundred thousand.
    for round in 1..24 {
        all(round).await;
    }
    let after = process.resident();
    assert!(
        after < before * 11 / 10,
        "{before} KiB before, {after} after"
    );
}
