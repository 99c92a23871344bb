//! What the relay inside is counted by. Nobody who borrows is in there, and no peer of theirs.

use super::{Count, text};
use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

pub(crate) static LENDING: Lending = Lending::new();

pub(crate) struct Lending {
    /// Addresses, now.
    lent: AtomicU64,
    ever_lent: Count,
    /// Connections by TCP and TLS, now.
    connections: AtomicU64,
    sent: Count,
    received: Count,
}

impl Lending {
    const fn new() -> Self {
        Lending {
            lent: AtomicU64::new(0),
            ever_lent: Count::new(),
            connections: AtomicU64::new(0),
            sent: Count::new(),
            received: Count::new(),
        }
    }

    /// So many are lent now.
    pub(crate) fn lend(&self, now: usize) {
        self.lent.store(now as u64, Relaxed);
    }

    pub(crate) fn lend_another(&self, now: usize) {
        self.ever_lent.add(1);
        self.lend(now);
    }

    /// So many are connected now.
    pub(crate) fn connect(&self, now: usize) {
        self.connections.store(now as u64, Relaxed);
    }

    /// From a client to a peer.
    pub(crate) fn sent(&self, bytes: usize) {
        self.sent.add(bytes as u64);
    }

    /// From a peer to a client.
    pub(crate) fn received(&self, bytes: usize) {
        self.received.add(bytes as u64);
    }

    pub(super) fn write(&self, to: &mut String) -> fmt::Result {
        text::one(
            to,
            "duologue_turn_lent",
            "gauge",
            "Addresses that the relay inside lends.",
            self.lent.load(Relaxed),
        )?;
        text::one(
            to,
            "duologue_turn_lent_total",
            "counter",
            "Addresses that it lent.",
            self.ever_lent.get(),
        )?;
        text::one(
            to,
            "duologue_turn_connections",
            "gauge",
            "Connections to it by TCP and TLS.",
            self.connections.load(Relaxed),
        )?;
        let name = "duologue_turn_bytes_total";
        text::head(
            to,
            name,
            "counter",
            "Bytes that it carried, without headers.",
        )?;
        for (way, count) in [("to_peer", &self.sent), ("to_client", &self.received)] {
            text::line(to, name, ("way", way), count.get())?;
        }
        Ok(())
    }
}
