//! Thousands who are signed in under a name and do nothing else, each by a socket of their own.

use crate::{
    person::Person,
    server::Server,
    socket::{Socket, open},
    within,
};
use anyhow::{Context, Result, bail};
use duologue_core::{
    ids::PeerToken,
    wire::{
        self,
        names::{Ask, LetterKey, Say},
    },
};
use futures_util::{SinkExt, StreamExt, stream::SplitSink};
use serde::Deserialize;
use tokio::{task::JoinSet, time::timeout};
use tokio_tungstenite::tungstenite::Message;

/// Scrolls through the list of who is here, as fast as somebody in a hurry, for three seconds.
const SCROLL: &str = "const list = document.querySelector('.people-list');
    const took = [], box = list.getBoundingClientRect();
    const middle = [box.x + box.width / 3, box.y + box.height / 2];
    let rows = 0, gaps = 0, begun, last;
    return new Promise((done) => requestAnimationFrame(function next(now) {
        begun ??= now;
        if (last) took.push(now - last);
        last = now;
        rows = Math.max(rows, list.querySelectorAll('.person-row').length);
        gaps += !document.elementFromPoint(...middle)?.closest('.person-row');
        list.scrollTop += 200;
        if (now - begun < 3000) return requestAnimationFrame(next);
        done({ took_ms: took, rows, gaps, top: list.scrollTop });
    }))";

/// What somebody saw who scrolled through the list.
#[derive(Debug, Deserialize)]
pub struct Scrolled {
    /// From one frame to the next.
    pub took_ms: Vec<f64>,
    /// Most that there were at once.
    pub rows: usize,
    /// Frames in which there was none in the middle.
    pub gaps: usize,
    pub top: f64,
}

impl Scrolled {
    pub async fn by(person: &Person) -> Result<Scrolled> {
        person.script(SCROLL, vec![]).await
    }
}

/// Files that a browser and its driver need besides the sockets.
const FILES_BESIDE: u64 = 1024;

#[must_use]
pub struct Crowd {
    first: SplitSink<Socket, Message>,
    /// They read what they are told: whoever does not is let go.
    _readers: JoinSet<()>,
}

impl Crowd {
    /// All of them signed in once this returns.
    pub async fn sign_in(server: &Server, count: u32) -> Result<Crowd> {
        rlimit::increase_nofile_limit(u64::from(count) + FILES_BESIDE)
            .context("as many files open")?;
        let mut readers = JoinSet::new();
        let mut first = None;
        for number in 0..count {
            let (says, mut hears) = sign_in(server, number).await?.split();
            readers.spawn(async move { while let Some(Ok(_)) = hears.next().await {} });
            if number == 0 {
                first = Some(says);
            }
        }
        Ok(Crowd {
            first: first.context("a crowd of nobody")?,
            _readers: readers,
        })
    }

    /// The first of them, by name, is in a call from now on, or no more.
    pub async fn first_is_busy(&mut self, busy: bool) -> Result<()> {
        let ask = wire::encode(&Ask::Busy { busy });
        Ok(self.first.send(Message::text(ask)).await?)
    }

    /// In the order of the list. No two of the letters look alike.
    pub fn name(number: u32) -> String {
        let letter = |at: u32| char::from(b"abcdefghkp"[(number / 10_u32.pow(at)) as usize % 10]);
        format!("Person {}", (0..4).rev().map(letter).collect::<String>())
    }
}

async fn sign_in(server: &Server, number: u32) -> Result<Socket> {
    let mut socket = open(&server.names(), &server.origin()).await?;
    let mut token = [0; 16];
    token[..4].copy_from_slice(&number.to_le_bytes());
    let ask = Ask::SignIn {
        version: wire::VERSION,
        name: Crowd::name(number),
        token: PeerToken(token),
        key: LetterKey([7; 32]),
    };
    socket.send(Message::text(wire::encode(&ask))).await?;
    timeout(within(20), is_in(&mut socket)).await??;
    Ok(socket)
}

async fn is_in(socket: &mut Socket) -> Result<()> {
    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message? {
            return match wire::decode(&text, wire::MAX_FRAME) {
                Ok(Say::SignedIn { .. }) => Ok(()),
                other => bail!("not signed in: {other:?}"),
            };
        }
    }
    bail!("the server closed the socket")
}
