//! How fast somebody may go: a token bucket that fills with time. The server's machines have one for what
//! each client says; the hub and the server's door have some for what one address does.

use crate::time::Millis;
use alloc::vec::Vec;

/// So much at once, and so much in each minute after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub burst: u32,
    pub a_minute: u32,
}

/// Of messages. Eight people joined at the same time send a few hundred candidates in a burst.
pub(crate) const MESSAGES: Rate = Rate {
    burst: 200,
    a_minute: 50 * 60,
};
/// Refusals, without a pause between, after which it is a flood.
const PATIENCE: u8 = 50;
/// The bucket counts in such parts, so that a millisecond fills it by a whole number.
const ONE: u64 = 60_000;

/// What to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    Fine,
    /// Drop it and say so.
    TooFast,
    /// Told often enough.
    Flood,
}

/// Full at first. The rate is said each time: whoever runs a server may change it meanwhile.
#[derive(Clone, Debug, Default)]
pub struct Bucket {
    missing: u64,
    filled: Millis,
    refusals: u8,
}

impl Bucket {
    pub fn take(&mut self, now: Millis, rate: Rate) -> Pace {
        let (burst, a_minute) = (rate.burst.into(), rate.a_minute.into());
        if self.spend(now, 1, burst, a_minute) {
            // Not at the first message that fits: one who never pauses would be forgiven for ever.
            if self.missing <= burst * ONE / 2 {
                self.refusals = 0;
            }
            return Pace::Fine;
        }
        self.refusals = self.refusals.saturating_add(1);
        if self.refusals > PATIENCE {
            Pace::Flood
        } else {
            Pace::TooFast
        }
    }

    /// So much at a time, out of a bucket that holds `burst`: for bytes, which come in numbers that no
    /// `Rate` has room for. Whether it was there; if not, nothing is taken.
    pub fn spend(&mut self, now: Millis, much: u64, burst: u64, a_minute: u64) -> bool {
        self.fill(now, a_minute);
        let spent = self.missing.saturating_add(much.saturating_mul(ONE));
        let has = spent <= burst.saturating_mul(ONE);
        if has {
            self.missing = spent;
        }
        has
    }

    /// Nothing is left of what was done: whoever has such a bucket may as well have a new one.
    pub fn is_full(&mut self, now: Millis, rate: Rate) -> bool {
        self.debt(now, rate) == 0
    }

    pub fn is_full_by(&mut self, now: Millis, a_minute: u64) -> bool {
        self.fill(now, a_minute);
        self.missing == 0
    }

    /// What is left of what was done: the more, the longer it has to be remembered.
    pub fn debt(&mut self, now: Millis, rate: Rate) -> u64 {
        self.fill(now, rate.a_minute.into());
        self.missing
    }

    fn fill(&mut self, now: Millis, a_minute: u64) {
        let gained = (now.since(self.filled)).saturating_mul(a_minute);
        self.missing = self.missing.saturating_sub(gained);
        self.filled = self.filled.max(now);
    }
}

/// Where there are too many to be remembered: the debt up to which they are forgotten, so that no more than
/// `keep` stay. Those who did most stay: nobody is forgiven because many others did a little.
pub fn forgivable(mut debts: Vec<u64>, keep: usize) -> u64 {
    match debts.len().checked_sub(keep + 1) {
        Some(last) => *debts.select_nth_unstable(last).1,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BURST: u32 = MESSAGES.burst;
    const PER_SECOND: u32 = MESSAGES.a_minute / 60;

    fn take(bucket: &mut Bucket, now: Millis) -> Pace {
        bucket.take(now, MESSAGES)
    }

    #[test]
    fn a_burst_passes_and_then_fifty_a_second() {
        let mut bucket = Bucket::default();
        for _ in 0..BURST {
            assert_eq!(take(&mut bucket, Millis(5)), Pace::Fine);
        }
        assert_eq!(take(&mut bucket, Millis(5)), Pace::TooFast);
        for second in 1..10 {
            let now = Millis(5 + second * 1_000);
            assert!((0..PER_SECOND).all(|_| take(&mut bucket, now) == Pace::Fine));
            assert_eq!(take(&mut bucket, now), Pace::TooFast);
        }
    }

    #[test]
    fn who_never_pauses_is_a_flood_and_who_does_is_forgiven() {
        let mut bucket = Bucket::default();
        let mut now = Millis(0);
        let paces: Vec<Pace> = (0..1_000).map(|_| take(&mut bucket, now)).collect();
        assert_eq!(paces.last(), Some(&Pace::Flood));

        let mut bucket = Bucket::default();
        for _ in 0..20 {
            assert!((0..BURST + 40).all(|_| take(&mut bucket, now) != Pace::Flood));
            now = now.after(10_000);
        }
    }

    #[test]
    fn a_clock_that_steps_back_gives_nothing() {
        let mut bucket = Bucket::default();
        assert!((0..BURST).all(|_| take(&mut bucket, Millis(9_000)) == Pace::Fine));
        assert_eq!(take(&mut bucket, Millis(1)), Pace::TooFast);
        assert_eq!(take(&mut bucket, Millis(9_000)), Pace::TooFast);
    }

    #[test]
    fn bytes_are_taken_as_many_as_come_and_all_of_them_or_none() {
        const A_SECOND: u64 = 250_000_000;
        let mut bucket = Bucket::default();
        let mut spend = |now, much| bucket.spend(Millis(now), much, A_SECOND, 60 * A_SECOND);
        assert!(spend(0, A_SECOND - 1_000) && spend(0, 1_000));
        assert!(!spend(0, 1) && !spend(1, A_SECOND / 1_000 + 1));
        assert!(spend(1, A_SECOND / 1_000) && !spend(1, 1));
        assert!(
            !spend(60_000, A_SECOND + 1),
            "no more than a second's worth"
        );
        assert!(spend(60_000, A_SECOND));
        assert!(!spend(70_000, u64::MAX));
    }

    #[test]
    fn a_slow_rate_fills_by_minutes_and_a_full_bucket_is_known_for_one() {
        let rate = Rate {
            burst: 3,
            a_minute: 1,
        };
        let mut bucket = Bucket::default();
        assert!(bucket.is_full(Millis(0), rate));
        assert!((0..3).all(|_| bucket.take(Millis(0), rate) == Pace::Fine));
        assert_eq!(bucket.take(Millis(59_999), rate), Pace::TooFast);
        assert_eq!(bucket.take(Millis(60_000), rate), Pace::Fine);
        assert!(!bucket.is_full(Millis(239_999), rate));
        assert!(bucket.is_full(Millis(240_000), rate));
    }

    #[test]
    fn where_there_are_too_many_those_who_did_most_are_remembered() {
        for (debts, keep, forgiven) in [
            (vec![], 2, 0),
            (vec![5, 9], 2, 0),
            (vec![9, 1, 5], 2, 1),
            (vec![1, 9, 1, 5, 1], 2, 1),
            // More of the same than are kept: none of them is worth more than another.
            (vec![7; 10], 2, 7),
            (vec![3, 4], 0, 4),
        ] {
            assert_eq!(forgivable(debts.clone(), keep), forgiven, "{debts:?}");
        }
    }

    #[test]
    fn a_rate_that_becomes_smaller_holds_at_once() {
        let mut bucket = Bucket::default();
        assert!((0..10).all(|_| take(&mut bucket, Millis(0)) == Pace::Fine));
        let smaller = Rate {
            burst: 10,
            a_minute: 60,
        };
        assert_eq!(bucket.take(Millis(0), smaller), Pace::TooFast);
        assert_eq!(bucket.take(Millis(1_000), smaller), Pace::Fine);
    }
}
