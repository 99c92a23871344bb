//! Somebody signed in under a name who is only a socket, and remembers what the directory told.

use crate::{
    server::Server,
    socket::{Socket, open},
    until, within,
};
use anyhow::{Result, ensure};
use duologue_core::{
    ids::PeerToken,
    wire::{
        self, Sealed,
        names::{Ask, Denial, LetterKey, Say},
    },
};
use futures_util::{SinkExt, StreamExt, stream::SplitSink};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

#[must_use]
pub struct Caller {
    says: SplitSink<Socket, Message>,
    known: Arc<Mutex<Known>>,
    reader: JoinHandle<()>,
}

/// What a caller was told.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub name: Option<String>,
    pub people: BTreeSet<String>,
    /// From whom letters came, and what they say.
    pub told: Vec<(String, String)>,
    pub denied: Option<Denial>,
}

impl Caller {
    /// Wants that name. `number` tells one from another; the same one is the same person.
    pub async fn asks(server: &Server, name: &str, number: u8) -> Result<Caller> {
        let socket = open(&server.names(), &server.origin()).await?;
        let (says, mut hears) = socket.split();
        let known = Arc::new(Mutex::new(Known::default()));
        let remembers = known.clone();
        let reader = tokio::spawn(async move {
            while let Some(Ok(message)) = hears.next().await {
                if let Message::Text(text) = message
                    && let Ok(say) = wire::decode(&text, wire::MAX_FRAME)
                {
                    remember(&mut lock(&remembers), say);
                }
            }
        });
        let mut caller = Caller {
            says,
            known,
            reader,
        };
        let ask = Ask::SignIn {
            version: wire::VERSION,
            name: name.into(),
            token: PeerToken([number; 16]),
            key: LetterKey([number; 32]),
        };
        caller.say(&ask).await?;
        Ok(caller)
    }

    /// Signed in once this returns.
    pub async fn signs_in(server: &Server, name: &str, number: u8) -> Result<Caller> {
        let caller = Caller::asks(server, name, number).await?;
        until("a caller to be signed in", within(10), async || {
            let known = caller.known();
            ensure!(known.name.as_deref() == Some(name), "{known:?}");
            Ok(())
        })
        .await?;
        Ok(caller)
    }

    pub async fn say(&mut self, ask: &Ask) -> Result<()> {
        let text = Message::text(wire::encode(ask));
        Ok(self.says.send(text).await?)
    }

    pub async fn tell(&mut self, to: &str, letter: &str) -> Result<()> {
        let (to, letter) = (to.into(), Sealed(letter.into()));
        self.say(&Ask::Tell { to, letter }).await
    }

    pub fn known(&self) -> Known {
        lock(&self.known).clone()
    }

    pub async fn is_denied(&self) -> Result<()> {
        until("a name to be denied", within(10), async || {
            let known = self.known();
            ensure!(known.denied == Some(Denial::Taken), "{known:?}");
            Ok(())
        })
        .await
    }

    /// Until exactly these are on the list.
    pub async fn sees(&self, people: &[&str]) -> Result<()> {
        until("a list of people", within(10), async || {
            let known = self.known().people;
            ensure!(known.iter().eq(people), "{known:?}, not {people:?}");
            Ok(())
        })
        .await
    }
}

fn remember(known: &mut Known, say: Say) {
    match say {
        Say::SignedIn { name, .. } => known.name = Some(name),
        Say::People { first, people } => {
            if first {
                known.people.clear();
            }
            known.people.extend(people.into_iter().map(|it| it.name));
        }
        Say::Changed { here, gone } => {
            known.people.extend(here.into_iter().map(|it| it.name));
            known.people.retain(|name| !gone.contains(name));
        }
        Say::Told { from, letter, .. } => known.told.push((from, letter.0)),
        Say::Denied { code, .. } => {
            known.denied = Some(code);
            known.name = None;
        }
        Say::Found { .. } | Say::Gone { .. } | Say::Pong => {}
    }
}

fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Caller {
    /// Its half of the socket, and with the other one the whole.
    fn drop(&mut self) {
        self.reader.abort();
    }
}
