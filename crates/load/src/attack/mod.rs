//! People who mean harm, by what they do. They come from addresses that nobody honest has, most of them
//! from a handful, and note what the server answers. None of them ever gives up.

mod floods;
mod frames;
mod lies;
mod slow;

use crate::client::{self, Socket};
use anyhow::Result;
use futures_util::{StreamExt, future::join_all};
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::timeout};
use tokio_tungstenite::tungstenite::Message;

/// Theirs: 127.0.0.2 and so on.
const ADDRESSES: u32 = 8;
/// Different answers that are told apart.
const KINDS: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    HalfOpen,
    Dripping,
    NeverReading,
    Pinging,
    Announced,
    Streamed,
    Connecting,
    Joining,
    Bursting,
    Rubbish,
    Forging,
    Stealing,
    Foreign,
}

impl Attack {
    pub const ALL: [Attack; 13] = [
        Attack::HalfOpen,
        Attack::Dripping,
        Attack::NeverReading,
        Attack::Pinging,
        Attack::Announced,
        Attack::Streamed,
        Attack::Connecting,
        Attack::Joining,
        Attack::Bursting,
        Attack::Rubbish,
        Attack::Forging,
        Attack::Stealing,
        Attack::Foreign,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Attack::HalfOpen => "half-open handshakes",
            Attack::Dripping => "one byte a second",
            Attack::NeverReading => "never reading",
            Attack::Pinging => "pings, never reading",
            Attack::Announced => "1 GiB frames announced",
            Attack::Streamed => "1 GiB in fragments",
            Attack::Connecting => "joins by new sockets",
            Attack::Joining => "100,000 joins a second",
            Attack::Bursting => "20,000 messages at once",
            Attack::Rubbish => "rubbish",
            Attack::Forging => "forged senders",
            Attack::Stealing => "others' ids",
            Attack::Foreign => "foreign origins",
        }
    }

    /// Until the target is left alone.
    pub async fn run(self, target: &Target) {
        let attack = async {
            match self {
                Attack::HalfOpen => target.swarm(500, slow::half_open).await,
                Attack::Dripping => target.swarm(500, slow::drip).await,
                Attack::NeverReading => target.swarm(20, slow::never_read).await,
                Attack::Pinging => target.swarm(50, floods::ping).await,
                Attack::Announced => target.swarm(50, frames::announce).await,
                Attack::Streamed => target.swarm(50, frames::stream).await,
                Attack::Connecting => target.swarm(64, floods::connect).await,
                Attack::Joining => target.swarm(100, floods::join).await,
                Attack::Bursting => target.swarm(8, floods::burst).await,
                Attack::Rubbish => target.swarm(100, frames::rubbish).await,
                Attack::Forging => target.swarm(20, lies::forge).await,
                Attack::Stealing => target.swarm(20, lies::steal).await,
                Attack::Foreign => target.swarm(64, lies::foreign).await,
            }
        };
        tokio::select! {
            () = attack => {}
            () = target.left_alone() => {}
        }
    }
}

/// The server, and what has come of attacking it.
#[derive(Clone)]
pub struct Target {
    pub at: SocketAddr,
    noted: Arc<Mutex<BTreeMap<String, u64>>>,
    stop: watch::Sender<bool>,
}

impl Target {
    pub fn new(at: SocketAddr) -> Self {
        Target {
            at,
            noted: Arc::default(),
            stop: watch::Sender::new(false),
        }
    }

    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    async fn left_alone(&self) {
        self.stop.subscribe().wait_for(|it| *it).await.ok();
    }

    pub fn note(&self, what: impl Into<String>) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let what = what.into();
        if noted.len() < KINDS || noted.contains_key(&what) {
            *noted.entry(what).or_default() += 1;
        }
    }

    /// The most frequent first.
    pub fn answers(&self) -> String {
        let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = noted.iter().collect();
        all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let all = all.iter().map(|(what, count)| format!("{what} ×{count}"));
        all.collect::<Vec<_>>().join(", ")
    }

    /// So many at once, each over and over.
    async fn swarm(&self, count: u32, one: impl AsyncFn(&Target, u32) -> Result<()>) {
        let one = &one;
        let each = (0..count).map(async |n| {
            loop {
                if let Err(error) = one(self, n).await {
                    self.note(short(&error));
                }
                // Whoever is refused at once leaves the others a chance to try.
                tokio::task::yield_now().await;
            }
        });
        join_all(each).await;
    }

    async fn open(&self, n: u32) -> Result<Socket> {
        client::open(address(n), self.at, "/ws").await
    }
}

fn address(n: u32) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 0, 2 + (n % ADDRESSES) as u8)
}

/// Nothing of it that differs from one time to the next.
fn short(error: &anyhow::Error) -> String {
    let text = error.root_cause().to_string();
    text.chars().take(40).collect()
}

/// How the server ends it, within some time.
async fn ending(socket: &mut Socket, patience: Duration) -> String {
    let end = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(Some(frame)))) => return u16::from(frame.code).to_string(),
                Some(Ok(_)) => {}
                Some(Err(_)) => return "cut off".to_owned(),
                None => return "closed".to_owned(),
            }
        }
    };
    let ended = timeout(patience, end).await;
    ended.unwrap_or_else(|_| "left open".to_owned())
}
