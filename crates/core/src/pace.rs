//! How fast one client may speak: a token bucket that fills with time. The server's machines have one for each client.

use crate::time::Millis;

/// Messages at once. Eight people joined at the same time send a few hundred candidates in a burst.
const BURST: u64 = 200;
const PER_SECOND: u64 = 50;
/// Refusals, without a pause between, after which it is a flood.
const PATIENCE: u8 = 50;
/// The bucket counts thousandths of a message, so that a millisecond fills it by a whole number.
const ONE: u64 = 1_000;

/// What to do with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    Fine,
    /// Drop it and say so.
    TooFast,
    /// Told often enough.
    Flood,
}

#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    level: u64,
    filled: Millis,
    refusals: u8,
}

impl Default for Bucket {
    fn default() -> Self {
        Bucket {
            level: BURST * ONE,
            filled: Millis(0),
            refusals: 0,
        }
    }
}

impl Bucket {
    pub(crate) fn take(&mut self, now: Millis) -> Pace {
        let gained = now
            .since(self.filled)
            .saturating_mul(PER_SECOND * ONE / 1_000);
        self.level = self.level.saturating_add(gained).min(BURST * ONE);
        self.filled = self.filled.max(now);
        if self.level >= ONE {
            self.level -= ONE;
            // Not at the first message that fits: one who never pauses would be forgiven for ever.
            if self.level >= BURST * ONE / 2 {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_fifty_a_second() {
        let mut bucket = Bucket::default();
        for _ in 0..BURST {
            assert_eq!(bucket.take(Millis(5)), Pace::Fine);
        }
        assert_eq!(bucket.take(Millis(5)), Pace::TooFast);
        for second in 1..10 {
            let now = Millis(5 + second * 1_000);
            assert!((0..PER_SECOND).all(|_| bucket.take(now) == Pace::Fine));
            assert_eq!(bucket.take(now), Pace::TooFast);
        }
    }

    #[test]
    fn who_never_pauses_is_a_flood_and_who_does_is_forgiven() {
        let mut bucket = Bucket::default();
        let mut now = Millis(0);
        let paces: Vec<Pace> = (0..1_000).map(|_| bucket.take(now)).collect();
        assert_eq!(paces.last(), Some(&Pace::Flood));

        let mut bucket = Bucket::default();
        for _ in 0..20 {
            assert!((0..BURST + 40).all(|_| bucket.take(now) != Pace::Flood));
            now = now.after(10_000);
        }
    }

    #[test]
    fn a_clock_that_steps_back_gives_nothing() {
        let mut bucket = Bucket::default();
        assert!((0..BURST).all(|_| bucket.take(Millis(9_000)) == Pace::Fine));
        assert_eq!(bucket.take(Millis(1)), Pace::TooFast);
        assert_eq!(bucket.take(Millis(9_000)), Pace::TooFast);
    }
}
