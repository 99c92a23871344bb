//! A machine of `duologue-core` with real connections on it: who is connected, and the queue of texts
//! that waits for each. One lock, held for as long as a message takes and never across an await.

use axum::extract::ws::Utf8Bytes;
use duologue_core::{
    directory::Directory,
    hub::{ClientKey, Effect, Hub},
    json::Json,
    time::Millis,
    wire::{self, ServerMsg, names::Say},
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};

/// How precisely a machine is woken.
const TICK: Duration = Duration::from_millis(50);

/// What a client's socket has to do next. A queue that ends without a `Close` was too full. Small: a queue
/// keeps room for dozens of them.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Text(Arc<Utf8Bytes>),
    Close(u16),
}

/// A machine of the core that serves clients.
pub(crate) trait Machine: Send + 'static {
    type Message: Json + PartialEq + Send;
    /// Messages that wait for one client; whoever lets more pile up does not read, and is let go instead
    /// of buffered for.
    const QUEUE: usize;

    fn connect(&mut self, key: ClientKey) -> Vec<Effect<Self::Message>>;
    fn disconnect(&mut self, now: Millis, key: ClientKey) -> Vec<Effect<Self::Message>>;
    fn text(&mut self, now: Millis, key: ClientKey, text: &str) -> Vec<Effect<Self::Message>>;
    /// Whether the client has said who it is.
    fn is_welcome(&self, key: ClientKey) -> bool;

    /// Something that it does by itself, when its time has come.
    fn wake(&mut self, _now: Millis) -> Vec<Effect<Self::Message>> {
        Vec::new()
    }
}

impl Machine for Hub {
    type Message = ServerMsg;
    /// A room of eight makes bursts of a few dozen.
    const QUEUE: usize = 64;

    fn connect(&mut self, key: ClientKey) -> Vec<Effect> {
        Hub::connect(self, key)
    }

    fn disconnect(&mut self, _now: Millis, key: ClientKey) -> Vec<Effect> {
        Hub::disconnect(self, key)
    }

    fn text(&mut self, now: Millis, key: ClientKey, text: &str) -> Vec<Effect> {
        Hub::text(self, now, key, text)
    }

    fn is_welcome(&self, key: ClientKey) -> bool {
        self.peer(key).is_some()
    }
}

impl Machine for Directory {
    type Message = Arc<Say>;
    /// A list of ten thousand comes in four hundred parts.
    const QUEUE: usize = 512;

    fn connect(&mut self, key: ClientKey) -> Vec<Effect<Arc<Say>>> {
        Directory::connect(self, key)
    }

    fn disconnect(&mut self, now: Millis, key: ClientKey) -> Vec<Effect<Arc<Say>>> {
        Directory::disconnect(self, now, key)
    }

    fn text(&mut self, now: Millis, key: ClientKey, text: &str) -> Vec<Effect<Arc<Say>>> {
        Directory::text(self, now, key, text)
    }

    fn is_welcome(&self, key: ClientKey) -> bool {
        self.is_signed_in(key)
    }

    fn wake(&mut self, now: Millis) -> Vec<Effect<Arc<Say>>> {
        Directory::wake(self, now)
    }
}

pub(crate) struct Relay<M: Machine> {
    started: Instant,
    inner: Mutex<Inner<M>>,
}

struct Inner<M> {
    machine: M,
    queues: HashMap<ClientKey, mpsc::Sender<Outgoing>>,
    next_key: u64,
}

impl<M: Machine> Relay<M> {
    pub(crate) fn new(machine: M) -> Self {
        let inner = Inner {
            machine,
            queues: HashMap::new(),
            next_key: 0,
        };
        Relay {
            started: Instant::now(),
            inner: Mutex::new(inner),
        }
    }

    /// Wakes the machine for as long as anybody has the relay.
    pub(crate) async fn tick(relay: std::sync::Weak<Self>) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let Some(relay) = relay.upgrade() else { return };
            let now = relay.now();
            let mut inner = relay.lock();
            let effects = inner.machine.wake(now);
            inner.perform(now, effects);
        }
    }

    pub(crate) fn connect(&self) -> (ClientKey, mpsc::Receiver<Outgoing>) {
        let (sender, receiver) = mpsc::channel(M::QUEUE);
        let mut inner = self.lock();
        let key = ClientKey(inner.next_key);
        inner.next_key += 1;
        inner.queues.insert(key, sender);
        let effects = inner.machine.connect(key);
        inner.perform(self.now(), effects);
        (key, receiver)
    }

    pub(crate) fn text(&self, key: ClientKey, text: &str) {
        let now = self.now();
        let mut inner = self.lock();
        let effects = inner.machine.text(now, key, text);
        inner.perform(now, effects);
    }

    /// Something for the machine that no client said.
    pub(crate) fn tell(&self, what: impl FnOnce(&mut M, Millis) -> Vec<Effect<M::Message>>) {
        let now = self.now();
        let mut inner = self.lock();
        let effects = what(&mut inner.machine, now);
        inner.perform(now, effects);
    }

    pub(crate) fn is_welcome(&self, key: ClientKey) -> bool {
        self.lock().machine.is_welcome(key)
    }

    pub(crate) fn disconnect(&self, key: ClientKey) {
        let now = self.now();
        let mut inner = self.lock();
        inner.queues.remove(&key);
        let effects = inner.machine.disconnect(now, key);
        inner.perform(now, effects);
    }

    fn now(&self) -> Millis {
        Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// The machine never panics half-way by design; should it, rooms that may lack a member serve
    /// people better than a server that serves nobody.
    fn lock(&self) -> MutexGuard<'_, Inner<M>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Machine> Inner<M> {
    fn perform(&mut self, now: Millis, effects: Vec<Effect<M::Message>>) {
        let mut effects = VecDeque::from(effects);
        // A message for a whole room comes once for each in it, one after another: written once.
        let mut written: Option<(M::Message, Arc<Utf8Bytes>)> = None;
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Send(key, message) => {
                    let text = match &written {
                        Some((last, text)) if *last == message => text.clone(),
                        _ => Arc::new(Utf8Bytes::from(wire::encode(&message))),
                    };
                    written = Some((message, text.clone()));
                    let full =
                        |queue: &mpsc::Sender<_>| queue.try_send(Outgoing::Text(text)).is_err();
                    if self.queues.get(&key).is_some_and(full) {
                        self.queues.remove(&key);
                        effects.extend(self.machine.disconnect(now, key));
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
