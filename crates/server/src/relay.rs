//! A machine of `duologue-core` with real connections on it: who is connected, and the queue of texts
//! that waits for each. One lock, held for as long as a message takes and never across an await.

use crate::{
    metrics::{self, Counted, Sort, Stamp},
    queue::{self, Queue, Waiting},
};
use axum::extract::ws::Utf8Bytes;
use duologue_core::{
    directory::Directory,
    hub::{ClientKey, Effect, Hub, Source},
    json::Json,
    time::Millis,
    wire::{self, ServerMsg, names::Say},
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::time::{MissedTickBehavior, interval};

/// How precisely a machine is woken.
const TICK: Duration = Duration::from_millis(50);

/// A machine of the core that serves clients.
pub(crate) trait Machine: Send + 'static {
    type Message: Json + PartialEq + Send;
    /// Messages that wait for one client; whoever lets more pile up does not read, and is let go instead
    /// of buffered for.
    const QUEUE: usize;
    /// Where its numbers are.
    const COUNTED: &'static Counted;
    /// Bytes of them: a few large ones are enough, or so many clients who do not read are a memory full.
    const BYTES: usize;

    fn connect(&mut self, key: ClientKey, source: Option<Source>) -> Vec<Effect<Self::Message>>;
    fn disconnect(&mut self, now: Millis, key: ClientKey) -> Vec<Effect<Self::Message>>;
    fn text(&mut self, now: Millis, key: ClientKey, text: &str) -> Vec<Effect<Self::Message>>;
    /// Whether the client is what it came for: in a room or looking at one, or signed in.
    fn has_place(&self, key: ClientKey) -> bool;
    /// Rooms, or names, that there are.
    fn holds(&self) -> usize;
    fn sort(message: &Self::Message) -> Sort;

    /// Something that it does by itself, when its time has come.
    fn wake(&mut self, _now: Millis) -> Vec<Effect<Self::Message>> {
        Vec::new()
    }
}

impl Machine for Hub {
    type Message = ServerMsg;
    /// A room of eight makes bursts of a few dozen.
    const QUEUE: usize = 64;
    const COUNTED: &'static Counted = &metrics::ROOMS;
    /// Seven offers with all that belongs to them come to some 150 KiB.
    const BYTES: usize = 256 * 1024;

    fn connect(&mut self, key: ClientKey, source: Option<Source>) -> Vec<Effect> {
        Hub::connect_from(self, key, source)
    }

    fn disconnect(&mut self, _now: Millis, key: ClientKey) -> Vec<Effect> {
        Hub::disconnect(self, key)
    }

    fn text(&mut self, now: Millis, key: ClientKey, text: &str) -> Vec<Effect> {
        Hub::text(self, now, key, text)
    }

    fn has_place(&self, key: ClientKey) -> bool {
        Hub::has_place(self, key)
    }

    fn holds(&self) -> usize {
        self.counts().rooms
    }

    fn sort(message: &ServerMsg) -> Sort {
        match message {
            ServerMsg::Relayed { .. } => Sort::Relayed,
            ServerMsg::Refused { code, .. } => Sort::Refusal(code.word()),
            _ => Sort::Own,
        }
    }
}

impl Machine for Directory {
    type Message = Arc<Say>;
    /// A list of ten thousand comes in four hundred parts.
    const QUEUE: usize = 512;
    const COUNTED: &'static Counted = &metrics::NAMES;
    /// The same list waits for all who come at once, and is kept once.
    const BYTES: usize = 8 * 1024 * 1024;

    fn connect(&mut self, key: ClientKey, source: Option<Source>) -> Vec<Effect<Arc<Say>>> {
        Directory::connect_from(self, key, source)
    }

    fn disconnect(&mut self, now: Millis, key: ClientKey) -> Vec<Effect<Arc<Say>>> {
        Directory::disconnect(self, now, key)
    }

    fn text(&mut self, now: Millis, key: ClientKey, text: &str) -> Vec<Effect<Arc<Say>>> {
        Directory::text(self, now, key, text)
    }

    fn has_place(&self, key: ClientKey) -> bool {
        self.is_signed_in(key)
    }

    fn holds(&self) -> usize {
        self.names()
    }

    fn sort(message: &Arc<Say>) -> Sort {
        match &**message {
            Say::Told { .. } => Sort::Relayed,
            Say::Denied { code, .. } => Sort::Refusal(code.word()),
            _ => Sort::Own,
        }
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
    queues: HashMap<ClientKey, Queue>,
    next_key: u64,
    /// When the text was read that is being dealt with.
    read: Option<Stamp>,
}

impl<M: Machine> Relay<M> {
    pub(crate) fn new(machine: M) -> Self {
        let inner = Inner {
            machine,
            queues: HashMap::new(),
            next_key: 0,
            read: None,
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

    pub(crate) fn connect(&self, source: Option<Source>) -> (ClientKey, Waiting) {
        let (queue, waiting) = queue::new(M::QUEUE, M::BYTES);
        let mut inner = self.lock();
        let key = ClientKey(inner.next_key);
        inner.next_key += 1;
        inner.queues.insert(key, queue);
        let effects = inner.machine.connect(key, source);
        inner.perform(self.now(), effects);
        (key, waiting)
    }

    pub(crate) fn text(&self, key: ClientKey, text: &str) {
        M::COUNTED.received();
        let (now, read) = (self.now(), Stamp::now());
        let mut inner = self.lock();
        inner.read = Some(read);
        let effects = inner.machine.text(now, key, text);
        inner.perform(now, effects);
    }

    /// Another rule for the machine, that moves nobody.
    pub(crate) fn change(&self, change: impl FnOnce(&mut M)) {
        change(&mut self.lock().machine);
    }

    /// Something for the machine that no client said.
    pub(crate) fn tell(&self, what: impl FnOnce(&mut M, Millis) -> Vec<Effect<M::Message>>) {
        let now = self.now();
        let mut inner = self.lock();
        let effects = what(&mut inner.machine, now);
        inner.perform(now, effects);
    }

    pub(crate) fn has_place(&self, key: ClientKey) -> bool {
        self.lock().machine.has_place(key)
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
        let read = self.read.take().unwrap_or_else(Stamp::now);
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
                    M::COUNTED.said(M::sort(&message), text.len());
                    written = Some((message, text.clone()));
                    let full = |queue: &Queue| !queue.push(text, read);
                    if self.queues.get(&key).is_some_and(full) {
                        self.queues.remove(&key);
                        effects.extend(self.machine.disconnect(now, key));
                    }
                }
                Effect::Close(key, code) => {
                    if let Some(queue) = self.queues.remove(&key) {
                        // Full: then the queue's end says the same a little less precisely.
                        queue.close(code);
                    }
                }
            }
        }
        M::COUNTED.hold(self.machine.holds());
    }
}
