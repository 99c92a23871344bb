//! Many clients in pairs, all of them in and listening. Who owns a crowd may let any of them speak.

use crate::{
    client::{self, Socket},
    dialect::Dialect,
    heard::{Heard, payload},
};
use anyhow::{Context, Result};
use futures_util::{
    SinkExt, StreamExt, TryStreamExt,
    stream::{self, SplitSink, SplitStream},
};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

/// Joining at once.
const AT_ONCE: usize = 64;

#[must_use]
pub struct Crowd {
    voices: Vec<Voice>,
    heard: Arc<Mutex<Heard>>,
    /// How long it took until all were in.
    pub took: Duration,
    /// They read what they are told, and answer pings.
    _ears: JoinSet<()>,
}

struct Voice {
    socket: SplitSink<Socket, Message>,
    before: String,
    after: String,
    said: u64,
}

impl Crowd {
    /// Client n goes to the server `n % at.len()`; clients are numbered from `first`, which is even.
    pub async fn join(
        dialect: Dialect,
        at: &[SocketAddr],
        first: u32,
        count: u32,
    ) -> Result<Crowd> {
        let begun = Instant::now();
        let join = |n: u32| client::join(dialect, at[n as usize % at.len()], n);
        let joined: Vec<_> = stream::iter((first..first + count).map(join))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let took = begun.elapsed();
        let heard = Arc::new(Mutex::new(Heard::new(joined.len())?));
        let (sockets, names): (Vec<_>, Vec<_>) = joined.into_iter().unzip();
        let mut voices = Vec::new();
        let mut ears = JoinSet::new();
        for (at, socket) in sockets.into_iter().enumerate() {
            let (socket, ear) = socket.split();
            ears.spawn(listen(ear, at, heard.clone()));
            let partner = names.get(at ^ 1).context("an odd one")?;
            let (before, after) = dialect.envelope(first + at as u32, partner);
            voices.push(Voice {
                socket,
                before,
                after,
                said: 0,
            });
        }
        Ok(Crowd {
            voices,
            heard,
            took,
            _ears: ears,
        })
    }

    pub fn len(&self) -> usize {
        self.voices.len()
    }

    pub fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One message from one client to its partner.
    pub async fn speak(&mut self, who: usize, due: u64) -> Result<()> {
        let voice = self.voices.get_mut(who).context("nobody")?;
        let Voice { before, after, .. } = voice;
        let text = [before.as_str(), &payload(due, voice.said), after].concat();
        voice.said += 1;
        Ok(voice.socket.send(Message::text(text)).await?)
    }
}

async fn listen(mut ear: SplitStream<Socket>, by: usize, heard: Arc<Mutex<Heard>>) {
    let note = |change: &dyn Fn(&mut Heard)| {
        change(&mut heard.lock().unwrap_or_else(PoisonError::into_inner));
    };
    while let Some(Ok(message)) = ear.next().await {
        if let Message::Text(text) = message {
            note(&|heard| heard.text(by, &text));
        }
    }
    note(&|heard| heard.closed += 1);
}
