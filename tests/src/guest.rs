//! Somebody in a room who is only a socket, and remembers what the server told: who is there, and what
//! they wrote. Their cards and letters are sealed for nobody; the server does not look into them.

use crate::{
    server::Server,
    socket::{Socket, open},
    until, within,
};
use anyhow::{Context, Result, ensure};
use duologue_core::{
    ids::{PeerId, PeerToken, RoomId},
    wire::{self, ClientMsg, Sealed, ServerMsg},
};
use futures_util::{SinkExt, StreamExt, stream::SplitSink};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

#[must_use]
pub struct Guest {
    pub id: PeerId,
    room: RoomId,
    says: SplitSink<Socket, Message>,
    seen: Arc<Mutex<Seen>>,
    reader: JoinHandle<()>,
}

/// What a guest was told.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub others: BTreeSet<PeerId>,
    /// From whom, what, and when it came.
    pub letters: Vec<(PeerId, String, Instant)>,
    /// The socket has ended; with which code, if one was given.
    pub closed: Option<Option<u16>>,
}

impl Guest {
    /// In the room once this returns. `number` tells one from another; the same one is the same person.
    pub async fn join(server: &Server, room: RoomId, number: u8) -> Result<Guest> {
        let token = PeerToken([number; 16]);
        let socket = open(&server.socket(), &server.origin()).await?;
        let (says, mut hears) = socket.split();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (joined, is_joined) = tokio::sync::oneshot::channel();
        let remembers = seen.clone();
        let reader = tokio::spawn(async move {
            let mut joined = Some(joined);
            while let Some(Ok(message)) = hears.next().await {
                match message {
                    Message::Text(text) => {
                        if let Ok(ServerMsg::Room { joined: true, .. }) = told(&remembers, &text) {
                            joined.take().map(|it| it.send(()));
                        }
                    }
                    Message::Close(frame) => {
                        lock(&remembers).closed = Some(frame.map(|it| it.code.into()));
                    }
                    _ => {}
                }
            }
            lock(&remembers).closed.get_or_insert(None);
        });
        let mut guest = Guest {
            id: token.id(),
            room,
            says,
            seen,
            reader,
        };
        let version = wire::VERSION;
        guest.say(&ClientMsg::Hello { version, token }).await?;
        let card = Sealed("A".repeat(120));
        guest.say(&ClientMsg::Join { room, card }).await?;
        tokio::time::timeout(within(10), is_joined)
            .await
            .context("no answer to join")??;
        Ok(guest)
    }

    /// `body` is of letters, digits, `-` and `_` alone.
    pub async fn write(&mut self, to: PeerId, body: &str) -> Result<()> {
        let (room, body) = (self.room, Sealed(body.into()));
        self.say(&ClientMsg::Send { room, to, body }).await
    }

    async fn say(&mut self, message: &ClientMsg) -> Result<()> {
        let text = Message::text(wire::encode(message));
        Ok(self.says.send(text).await?)
    }

    pub fn seen(&self) -> Seen {
        lock(&self.seen).clone()
    }

    /// Until exactly these others are in the room.
    pub async fn sees(&self, others: &[PeerId], deadline: Duration) -> Result<()> {
        let others: BTreeSet<PeerId> = others.iter().copied().collect();
        until("a guest to see the others", deadline, async || {
            let seen = self.seen().others;
            ensure!(seen == others, "sees {seen:?}, not {others:?}");
            Ok(())
        })
        .await
    }

    /// Until so many letters of somebody are there; what they say.
    pub async fn reads(&self, from: PeerId, count: usize) -> Result<Vec<String>> {
        until("letters", within(10), async || {
            let seen = self.seen();
            let closed = seen.closed;
            let letters = seen.letters.into_iter();
            let theirs = letters.filter(|(who, ..)| *who == from);
            let texts: Vec<String> = theirs.map(|(_, text, _)| text).collect();
            let so_far = texts.len();
            ensure!(so_far >= count, "{so_far} of {count}, closed: {closed:?}");
            Ok(texts)
        })
        .await
    }
}

fn told(seen: &Mutex<Seen>, text: &str) -> Result<ServerMsg, wire::DecodeError> {
    let message = wire::decode(text, wire::MAX_FRAME)?;
    let mut seen = lock(seen);
    match &message {
        ServerMsg::Room { peers, .. } => {
            seen.others = peers.iter().map(|it| it.peer).collect();
        }
        ServerMsg::Entered { peer, .. } => drop(seen.others.insert(*peer)),
        ServerMsg::Left { peer, .. } => drop(seen.others.remove(peer)),
        ServerMsg::Relayed { from, body, .. } => {
            seen.letters.push((*from, body.0.clone(), Instant::now()));
        }
        ServerMsg::Welcome { .. } | ServerMsg::Refused { .. } | ServerMsg::Pong => {}
    }
    Ok(message)
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Guest {
    /// Its half of the socket, and with the other one the whole.
    fn drop(&mut self) {
        self.reader.abort();
    }
}
