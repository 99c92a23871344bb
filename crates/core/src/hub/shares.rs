//! What clients of one source have together: how many rooms they are in, and how fast they go through
//! them. Owned by the hub. What a source is, an address or a part of a network, the shell knows alone.

use super::Limits;
use crate::{
    pace::{Bucket, Pace},
    time::Millis,
};
use alloc::collections::BTreeMap;

/// How often those are looked for of whom nothing need be remembered.
const TIDY: u64 = 30_000;
/// Sources without any client that are remembered for their haste. Whoever has more addresses than that is
/// not held by what one address may do.
const REMEMBERED: usize = 20_000;

/// Where a client comes from, as a number that means nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source(pub u64);

#[derive(Debug, Default)]
struct Share {
    clients: usize,
    rooms: usize,
    joins: Bucket,
}

#[derive(Debug, Default)]
pub(super) struct Shares {
    all: BTreeMap<Source, Share>,
    tidied: Millis,
}

impl Shares {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn come(&mut self, source: Option<Source>) {
        if let Some(source) = source {
            self.all.entry(source).or_default().clients += 1;
        }
    }

    /// Remembered until its bucket is full again: coming back is no way to begin anew.
    pub(super) fn go(&mut self, source: Option<Source>) {
        if let Some(share) = self.get(source) {
            share.clients = share.clients.saturating_sub(1);
        }
    }

    pub(super) fn is_full(&self, source: Option<Source>, limits: &Limits) -> bool {
        let share = source.and_then(|source| self.all.get(&source));
        share.is_some_and(|share| share.rooms >= limits.rooms_per_source)
    }

    pub(super) fn join(&mut self, now: Millis, source: Option<Source>, limits: &Limits) -> Pace {
        match self.get(source) {
            Some(share) => share.joins.take(now, limits.joins_per_source),
            None => Pace::Fine,
        }
    }

    pub(super) fn entered(&mut self, source: Option<Source>) {
        if let Some(share) = self.get(source) {
            share.rooms += 1;
        }
    }

    pub(super) fn left(&mut self, source: Option<Source>, rooms: usize) {
        if let Some(share) = self.get(source) {
            share.rooms = share.rooms.saturating_sub(rooms);
        }
    }

    /// Forgets those without clients and without haste.
    pub(super) fn tidy(&mut self, now: Millis, limits: &Limits) {
        if now.since(self.tidied) < TIDY {
            return;
        }
        self.tidied = now;
        let keep = |share: &mut Share| {
            share.clients > 0 || !share.joins.is_full(now, limits.joins_per_source)
        };
        self.all.retain(|_, share| keep(share));
        if self.all.len() > REMEMBERED {
            self.all.retain(|_, share| share.clients > 0);
        }
    }

    fn get(&mut self, source: Option<Source>) -> Option<&mut Share> {
        self.all.get_mut(&source?)
    }
}
