//! How many there are, from where, and how fast new ones come: TCP connections and sockets are each counted
//! by doors of their own, tries of a password by three. Pure accounting behind one lock; must never know what
//! somebody came for, and forgets an address that has gone when nothing is left to hold against it.

use crate::network::Network;
use duologue_core::{
    pace::{Bucket, Pace, Rate, forgivable},
    time::Millis,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// How often those are looked for of whom nothing need be remembered.
const TIDY: u64 = 30_000;
/// Networks without anybody here that are remembered for their haste, of more than that the hastiest: 4 MiB
/// at the most.
const REMEMBERED: usize = 20_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// In all.
    pub total: usize,
    /// From one network.
    pub each: usize,
    /// New ones from one network.
    pub pace: Rate,
}

/// Why somebody does not come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shut {
    /// To everybody.
    Full,
    /// To this network, which has all that it may have.
    TooMany,
    /// To this network, for a moment.
    TooFast,
}

#[derive(Debug, Default)]
struct Seen {
    here: usize,
    bucket: Bucket,
}

#[derive(Debug)]
struct Book {
    rules: Rules,
    here: usize,
    seen: HashMap<Network, Seen>,
    tidied: Millis,
}

impl Book {
    fn enter(&mut self, now: Millis, from: Option<Network>) -> Result<(), Shut> {
        self.tidy(now);
        if self.here >= self.rules.total {
            return Err(Shut::Full);
        }
        if let Some(from) = from {
            let seen = self.seen.entry(from).or_default();
            if seen.here >= self.rules.each {
                return Err(Shut::TooMany);
            }
            if seen.bucket.take(now, self.rules.pace) != Pace::Fine {
                return Err(Shut::TooFast);
            }
            seen.here += 1;
        }
        self.here += 1;
        Ok(())
    }

    fn leave(&mut self, now: Millis, from: Option<Network>) {
        self.here = self.here.saturating_sub(1);
        let Some(from) = from else { return };
        if let Some(seen) = self.seen.get_mut(&from) {
            seen.here = seen.here.saturating_sub(1);
            if seen.here == 0 && seen.bucket.is_full(now, self.rules.pace) {
                self.seen.remove(&from);
            }
        }
    }

    fn tidy(&mut self, now: Millis) {
        let are_many = self.seen.len() > self.here + 2 * REMEMBERED;
        if now.since(self.tidied) < TIDY && !are_many {
            return;
        }
        self.tidied = now;
        let pace = self.rules.pace;
        let mut debts = Vec::new();
        self.seen.retain(|_, it| {
            let debt = it.bucket.debt(now, pace);
            if it.here == 0 && debt > 0 {
                debts.push(debt);
            }
            it.here > 0 || debt > 0
        });
        if debts.len() > REMEMBERED {
            let forgiven = forgivable(debts, REMEMBERED);
            (self.seen).retain(|_, it| it.here > 0 || it.bucket.debt(now, pace) > forgiven);
        }
        // What a crowd took is given back when it has gone.
        if self.seen.capacity() > 4 * self.seen.len() {
            self.seen.shrink_to_fit();
        }
    }
}

#[derive(Debug)]
pub(crate) struct Doors {
    started: Instant,
    book: Mutex<Book>,
}

impl Doors {
    pub(crate) fn new(rules: Rules) -> Arc<Self> {
        let book = Book {
            rules,
            here: 0,
            seen: HashMap::new(),
            tidied: Millis(0),
        };
        Arc::new(Doors {
            started: Instant::now(),
            book: Mutex::new(book),
        })
    }

    /// A place, or why there is none. Nowhere in particular is limited by the total alone.
    pub(crate) fn enter(self: &Arc<Self>, from: Option<Network>) -> Result<Place, Shut> {
        self.book().enter(self.now(), from)?;
        Ok(Place {
            doors: Arc::clone(self),
            from,
        })
    }

    /// Other rules, from now on; nobody is sent away for them.
    pub(crate) fn allow(&self, rules: Rules) {
        self.book().rules = rules;
    }

    fn now(&self) -> Millis {
        Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// Counting does not panic half-way.
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody's, for as long as it is kept.
#[must_use = "dropping a place gives it back"]
#[derive(Debug)]
pub(crate) struct Place {
    doors: Arc<Doors>,
    from: Option<Network>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let now = self.doors.now();
        self.doors.book().leave(now, self.from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const RULES: Rules = Rules {
        total: 10,
        each: 3,
        pace: Rate {
            burst: 5,
            a_minute: 60,
        },
    };
    const NOW: Millis = Millis(0);

    fn book(rules: Rules) -> Book {
        Book {
            rules,
            here: 0,
            seen: HashMap::new(),
            tidied: NOW,
        }
    }

    fn network(text: &str) -> Option<Network> {
        Some(Network::of(text.parse().unwrap()))
    }

    #[test]
    fn one_network_has_so_many_and_another_is_not_kept_out_for_it() {
        let mut book = book(RULES);
        let (one, other) = (network("192.0.2.1"), network("192.0.2.2"));
        for _ in 0..3 {
            assert_eq!(book.enter(NOW, one), Ok(()));
        }
        assert_eq!(book.enter(NOW, one), Err(Shut::TooMany));
        assert_eq!(book.enter(NOW, other), Ok(()));
        book.leave(NOW, one);
        assert_eq!(book.enter(NOW, one), Ok(()));
    }

    #[test]
    fn whoever_comes_and_goes_too_fast_waits_a_moment() {
        let mut book = book(RULES);
        let from = network("192.0.2.1");
        for _ in 0..5 {
            assert_eq!(book.enter(NOW, from), Ok(()));
            book.leave(NOW, from);
        }
        assert_eq!(book.enter(NOW, from), Err(Shut::TooFast));
        assert_eq!(book.enter(Millis(999), from), Err(Shut::TooFast));
        assert_eq!(book.enter(Millis(1_000), from), Ok(()));
    }

    #[test]
    fn in_all_there_are_so_many_wherever_they_come_from() {
        let mut book = book(RULES);
        for n in 0..10 {
            let from = (n % 2 == 0).then(|| Network::V4(Ipv4Addr::from_bits(n)));
            assert_eq!(book.enter(NOW, from), Ok(()));
        }
        assert_eq!(book.enter(NOW, None), Err(Shut::Full));
        assert_eq!(book.enter(NOW, network("192.0.2.1")), Err(Shut::Full));
        book.leave(NOW, None);
        assert_eq!(book.enter(NOW, network("192.0.2.1")), Ok(()));
    }

    #[test]
    fn addresses_that_have_gone_leave_no_memory() {
        let mut book = book(RULES);
        for n in 0..100_000 {
            let from = Some(Network::V6(u64::to_be_bytes(n)));
            // One a millisecond; each is to be remembered for a second.
            assert_eq!(book.enter(Millis(n), from), Ok(()));
            book.leave(Millis(n), from);
            assert!(book.seen.len() < 32_000);
        }
        let from = network("192.0.2.1");
        assert_eq!(book.enter(Millis(200_000), from), Ok(()));
        assert_eq!((book.seen.len(), book.here), (1, 1));
        assert!(book.seen.capacity() < 100);
        book.leave(Millis(300_000), from);
        assert_eq!((book.seen.len(), book.here), (0, 0));
    }

    #[test]
    fn whoever_is_too_fast_is_not_forgiven_because_many_others_come() {
        let mut book = book(RULES);
        let from = network("192.0.2.1");
        for _ in 0..5 {
            assert_eq!(book.enter(NOW, from), Ok(()));
            book.leave(NOW, from);
        }
        for n in 0..100_000 {
            let other = Some(Network::V6(u64::to_be_bytes(n)));
            assert_eq!(book.enter(NOW, other), Ok(()));
            book.leave(NOW, other);
            assert!(book.seen.len() <= 2 * REMEMBERED + 1);
        }
        assert_eq!(book.enter(NOW, from), Err(Shut::TooFast));
    }

    #[test]
    fn networks_of_one_site_have_something_in_common_and_all_have_everywhere() {
        let site = |text: &str| Network::around(text.parse().unwrap())[1];
        assert!(site("2001:db8:0:1::1").is_some());
        assert_eq!(site("2001:db8:0:1::1"), site("2001:db8:0:2::1"));
        assert_ne!(site("2001:db8:0:1::1"), site("2001:db8:1:1::1"));
        assert_eq!(site("192.0.2.1"), None);
        for address in ["192.0.2.1", "2001:db8::1"] {
            let around = Network::around(address.parse().unwrap());
            assert_eq!(around[2], Some(Network::Everywhere));
        }
    }

    #[test]
    fn a_place_is_given_back_when_it_is_dropped_and_other_rules_hold_at_once() {
        let doors = Doors::new(Rules { total: 1, ..RULES });
        let from = network("192.0.2.1");
        let place = doors.enter(from);
        assert_eq!(doors.enter(from).err(), Some(Shut::Full));
        drop(place);
        let place = doors.enter(from);
        assert!(place.is_ok());
        doors.allow(RULES);
        assert!(doors.enter(from).is_ok());
    }
}
