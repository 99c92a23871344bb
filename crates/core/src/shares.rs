//! What clients of one source have together: how many rooms they are in, and how fast they do what others
//! feel. Owned by the hub and by the directory, one each. What a source is, an address or a part of a
//! network, the shell knows alone.

use crate::{
    pace::{Bucket, Pace, Rate, forgivable},
    time::Millis,
};
use alloc::{collections::BTreeMap, vec::Vec};

/// How often those are looked for of whom nothing need be remembered.
const TIDY: u64 = 30_000;
/// Sources without any client that are remembered for their haste; of more than that, the hastiest.
const REMEMBERED: usize = 20_000;

/// Where a client comes from, as a number that means nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source(pub u64);

/// How fast one client may go, and all of its source together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paces {
    pub(crate) each: Rate,
    pub(crate) source: Rate,
}

#[derive(Debug, Default)]
struct Share {
    clients: usize,
    rooms: usize,
    bucket: Bucket,
}

#[derive(Debug, Default)]
pub(crate) struct Shares {
    all: BTreeMap<Source, Share>,
    /// Clients that have a source.
    clients: usize,
    tidied: Millis,
}

impl Shares {
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn come(&mut self, source: Option<Source>) {
        if let Some(source) = source {
            self.all.entry(source).or_default().clients += 1;
            self.clients += 1;
        }
    }

    /// Remembered until its bucket is full again: coming back is no way to begin anew.
    pub(crate) fn go(&mut self, source: Option<Source>) {
        if let Some(share) = self.get(source) {
            share.clients = share.clients.saturating_sub(1);
            self.clients = self.clients.saturating_sub(1);
        }
    }

    pub(crate) fn is_full(&self, source: Option<Source>, rooms: usize) -> bool {
        let share = source.and_then(|source| self.all.get(&source));
        share.is_some_and(|share| share.rooms >= rooms)
    }

    /// One more of what is paced, by a client of that source which has this bucket of its own.
    pub(crate) fn is_paced(
        &mut self,
        now: Millis,
        own: &mut Bucket,
        source: Option<Source>,
        paces: Paces,
    ) -> bool {
        own.take(now, paces.each) == Pace::Fine
            && self
                .get(source)
                .is_none_or(|it| it.bucket.take(now, paces.source) == Pace::Fine)
    }

    pub(crate) fn entered(&mut self, source: Option<Source>) {
        if let Some(share) = self.get(source) {
            share.rooms += 1;
        }
    }

    pub(crate) fn left(&mut self, source: Option<Source>, rooms: usize) {
        if let Some(share) = self.get(source) {
            share.rooms = share.rooms.saturating_sub(rooms);
        }
    }

    /// Forgets those without clients and without haste; now and then, or when there are many of them.
    pub(crate) fn tidy(&mut self, now: Millis, rate: Rate) {
        let are_many = self.all.len() > self.clients + 2 * REMEMBERED;
        if now.since(self.tidied) < TIDY && !are_many {
            return;
        }
        self.tidied = now;
        let mut debts = Vec::new();
        self.all.retain(|_, share| {
            let debt = share.bucket.debt(now, rate);
            if share.clients == 0 && debt > 0 {
                debts.push(debt);
            }
            share.clients > 0 || debt > 0
        });
        if debts.len() > REMEMBERED {
            let forgiven = forgivable(debts, REMEMBERED);
            let keep = |it: &mut Share| it.clients > 0 || it.bucket.debt(now, rate) > forgiven;
            self.all.retain(|_, share| keep(share));
        }
    }

    fn get(&mut self, source: Option<Source>) -> Option<&mut Share> {
        self.all.get_mut(&source?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACES: Paces = Paces {
        each: Rate {
            burst: 100,
            a_minute: 1,
        },
        source: Rate {
            burst: 3,
            a_minute: 1,
        },
    };

    #[test]
    fn whoever_did_most_is_not_forgiven_because_many_others_come() {
        let mut shares = Shares::default();
        let comes = |shares: &mut Shares, n, often| {
            let source = Some(Source(n));
            shares.come(source);
            let is_paced = (0..often)
                .all(|_| shares.is_paced(Millis(0), &mut Bucket::default(), source, PACES));
            shares.go(source);
            is_paced
        };
        assert!(comes(&mut shares, 0, 3));
        for n in 1..100_000 {
            assert!(comes(&mut shares, n, 1));
            shares.tidy(Millis(0), PACES.source);
            assert!(shares.len() <= 2 * REMEMBERED + 1);
        }
        assert!(!comes(&mut shares, 0, 1));
    }
}
