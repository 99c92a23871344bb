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
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
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
    /// Bytes of them: a few large ones are enough, or so many clients who do not read are a memory full.
    const BYTES: usize;

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
    /// Seven offers with all that belongs to them come to some 150 KiB.
    const BYTES: usize = 256 * 1024;

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
    /// The same list waits for all who come at once, and is kept once.
    const BYTES: usize = 8 * 1024 * 1024;

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
    queues: HashMap<ClientKey, Queue>,
    next_key: u64,
}

struct Queue {
    sender: mpsc::Sender<Outgoing>,
    bytes: Arc<AtomicUsize>,
}

impl Queue {
    /// Whether there was room.
    fn push(&self, text: Arc<Utf8Bytes>, most: usize) -> bool {
        let bytes = text.len();
        // One at a time: whoever pushes holds the relay's lock.
        if self.bytes.load(Ordering::Relaxed) + bytes > most {
            return false;
        }
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.sender.try_send(Outgoing::Text(text)).is_ok()
    }
}

/// The other end of a client's queue.
pub(crate) struct Waiting {
    receiver: mpsc::Receiver<Outgoing>,
    bytes: Arc<AtomicUsize>,
}

impl Waiting {
    pub(crate) fn len(&self) -> usize {
        self.receiver.len()
    }

    /// Nothing is lost if this is given up while it waits.
    pub(crate) async fn recv(&mut self) -> Option<Outgoing> {
        let next = self.receiver.recv().await;
        if let Some(Outgoing::Text(text)) = &next {
            self.bytes.fetch_sub(text.len(), Ordering::Relaxed);
        }
        next
    }
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

    pub(crate) fn connect(&self) -> (ClientKey, Waiting) {
        let (sender, receiver) = mpsc::channel(M::QUEUE);
        let bytes = Arc::new(AtomicUsize::new(0));
        let queue = Queue {
            sender,
            bytes: bytes.clone(),
        };
        let mut inner = self.lock();
        let key = ClientKey(inner.next_key);
        inner.next_key += 1;
        inner.queues.insert(key, queue);
        let effects = inner.machine.connect(key);
        inner.perform(self.now(), effects);
        (key, Waiting { receiver, bytes })
    }

    pub(crate) fn text(&self, key: ClientKey, text: &str) {
        let now = self.now();
        let mut inner = self.lock();
        let effects = inner.machine.text(now, key, text);
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
                    let full = |queue: &Queue| !queue.push(text, M::BYTES);
                    if self.queues.get(&key).is_some_and(full) {
                        self.queues.remove(&key);
                        effects.extend(self.machine.disconnect(now, key));
                    }
                }
                Effect::Close(key, code) => {
                    if let Some(queue) = self.queues.remove(&key) {
                        // Full: then the queue's end says the same a little less precisely.
                        queue.sender.try_send(Outgoing::Close(code)).ok();
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use duologue_core::{
        hub::Limits,
        ids::{PeerToken, RoomId},
        wire::{ClientMsg, Sealed, encode},
    };

    const ROOM: RoomId = RoomId([7; 16]);

    fn enter(relay: &Relay<Hub>, token: PeerToken) -> (ClientKey, Waiting) {
        let (key, waiting) = relay.connect();
        let card = Sealed("AAAA".into());
        relay.text(key, &encode(&ClientMsg::Hello { version: 1, token }));
        relay.text(key, &encode(&ClientMsg::Join { room: ROOM, card }));
        (key, waiting)
    }

    #[tokio::test]
    async fn few_large_messages_fill_a_queue_as_many_small_ones_do() {
        for (size, fit) in [(48 * 1024, 5), (100, 61)] {
            let relay = Relay::new(Hub::new(Limits::default()));
            let (_, mut deaf) = enter(&relay, PeerToken([1; 16]));
            let (talker, _hears) = enter(&relay, PeerToken([2; 16]));
            let send = encode(&ClientMsg::Send {
                room: ROOM,
                to: PeerToken([1; 16]).id(),
                body: Sealed("A".repeat(size)),
            });
            for _ in 0..100 {
                relay.text(talker, &send);
            }
            let mut waited = 0;
            while deaf.recv().await.is_some() {
                waited += 1;
            }
            // What greets it comes first: welcome, the room, and who entered.
            assert_eq!(waited, 3 + fit, "of {size} bytes each");
        }
    }

    #[tokio::test]
    async fn who_reads_has_room_again() {
        let relay = Relay::new(Hub::new(Limits::default()));
        let (_, mut reader) = enter(&relay, PeerToken([1; 16]));
        let (talker, _hears) = enter(&relay, PeerToken([2; 16]));
        let send = encode(&ClientMsg::Send {
            room: ROOM,
            to: PeerToken([1; 16]).id(),
            body: Sealed("A".repeat(48 * 1024)),
        });
        for _ in 0..3 {
            reader.recv().await.unwrap();
        }
        for _ in 0..50 {
            relay.text(talker, &send);
            assert!(matches!(reader.recv().await, Some(Outgoing::Text(_))));
        }
    }
}
