//! What waits for one client: limited in messages and in bytes, and never in time. Whoever does not read is
//! let go instead of buffered for.

use crate::metrics::Stamp;
use axum::extract::ws::Utf8Bytes;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::mpsc;

/// What a client's socket has to do next. A queue that ends without a `Close` was too full. Small: a queue
/// keeps room for dozens of them.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// With the time at which the text was read that it follows from.
    Text(Arc<Utf8Bytes>, Stamp),
    Close(u16),
}

/// Room for so many messages, and so many bytes of them.
pub(crate) fn new(messages: usize, most: usize) -> (Queue, Waiting) {
    let (sender, receiver) = mpsc::channel(messages);
    let bytes = Arc::new(AtomicUsize::new(0));
    let queue = Queue {
        sender,
        bytes: Arc::clone(&bytes),
        most,
    };
    (queue, Waiting { receiver, bytes })
}

pub(crate) struct Queue {
    sender: mpsc::Sender<Outgoing>,
    bytes: Arc<AtomicUsize>,
    most: usize,
}

impl Queue {
    /// Whether there was room.
    pub(crate) fn push(&self, text: Arc<Utf8Bytes>, read: Stamp) -> bool {
        let bytes = text.len();
        // One at a time: whoever pushes holds the relay's lock.
        if self.bytes.load(Ordering::Relaxed) + bytes > self.most {
            return false;
        }
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.sender.try_send(Outgoing::Text(text, read)).is_ok()
    }

    /// The last thing in it. Where there is no room, the queue's end says the same a little less precisely.
    pub(crate) fn close(self, code: u16) {
        self.sender.try_send(Outgoing::Close(code)).ok();
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
        if let Some(Outgoing::Text(text, _)) = &next {
            self.bytes.fetch_sub(text.len(), Ordering::Relaxed);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::Relay;
    use duologue_core::{
        hub::{ClientKey, Hub, Limits},
        ids::{PeerToken, RoomId},
        wire::{ClientMsg, Sealed, encode},
    };

    const ROOM: RoomId = RoomId([7; 16]);

    fn enter(relay: &Relay<Hub>, token: PeerToken) -> (ClientKey, Waiting) {
        let (key, waiting) = relay.connect(None);
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
            assert!(matches!(reader.recv().await, Some(Outgoing::Text(..))));
        }
    }
}
