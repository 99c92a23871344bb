//! The hub of `duologue-core` with real connections on it: who is connected, and the queue of texts that
//! waits for each. One lock, held for as long as a message takes and never across an await.

use axum::extract::ws::Utf8Bytes;
use duologue_core::{
    hub::{ClientKey, Effect, Hub, Limits},
    time::Millis,
    wire::{self, ServerMsg},
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};
use tokio::sync::mpsc;

/// Messages that wait for one client. A room of eight makes bursts of a few dozen; whoever lets more
/// pile up does not read, and is let go instead of buffered for.
pub(crate) const QUEUE: usize = 64;

/// What a client's socket has to do next. A queue that ends without a `Close` was too full.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Text(Utf8Bytes),
    Close(u16),
}

pub(crate) struct Relay {
    started: Instant,
    inner: Mutex<Inner>,
}

struct Inner {
    hub: Hub,
    queues: HashMap<ClientKey, mpsc::Sender<Outgoing>>,
    next_key: u64,
}

impl Relay {
    pub(crate) fn new(limits: Limits) -> Self {
        let inner = Inner {
            hub: Hub::new(limits),
            queues: HashMap::new(),
            next_key: 0,
        };
        Relay {
            started: Instant::now(),
            inner: Mutex::new(inner),
        }
    }

    pub(crate) fn connect(&self) -> (ClientKey, mpsc::Receiver<Outgoing>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let mut inner = self.lock();
        let key = ClientKey(inner.next_key);
        inner.next_key += 1;
        inner.queues.insert(key, sender);
        let effects = inner.hub.connect(key);
        inner.perform(effects);
        (key, receiver)
    }

    pub(crate) fn text(&self, key: ClientKey, text: &str) {
        let now = Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX));
        let mut inner = self.lock();
        let effects = inner.hub.text(now, key, text);
        inner.perform(effects);
    }

    pub(crate) fn is_welcome(&self, key: ClientKey) -> bool {
        self.lock().hub.peer(key).is_some()
    }

    pub(crate) fn disconnect(&self, key: ClientKey) {
        let mut inner = self.lock();
        inner.queues.remove(&key);
        let effects = inner.hub.disconnect(key);
        inner.perform(effects);
    }

    /// The hub never panics half-way by design; should it, rooms that may lack a member serve people
    /// better than a server that serves nobody.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn perform(&mut self, effects: Vec<Effect>) {
        let mut effects = VecDeque::from(effects);
        // A message for a whole room comes once for each in it, one after another: written once.
        let mut written: Option<(ServerMsg, Utf8Bytes)> = None;
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Send(key, message) => {
                    let text = match &written {
                        Some((last, text)) if *last == message => text.clone(),
                        _ => Utf8Bytes::from(wire::encode(&message)),
                    };
                    written = Some((message, text.clone()));
                    let full =
                        |queue: &mpsc::Sender<_>| queue.try_send(Outgoing::Text(text)).is_err();
                    if self.queues.get(&key).is_some_and(full) {
                        self.queues.remove(&key);
                        effects.extend(self.hub.disconnect(key));
                    }
                }
                Effect::Close(key, code) => {
                    if let Some(queue) = self.queues.remove(&key) {
                        // Full: then the queue's end says the same a little less precisely.
                        queue.try_send(Outgoing::Close(code)).ok();
                    }
                }
            }
        }
    }
}
