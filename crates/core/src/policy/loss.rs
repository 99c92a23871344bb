//! What a path that loses packets is given: less, at once; more again, step by step. Browsers do the
//! same for a picture, but later, and they let sound go down with it.

use crate::time::Millis;

/// Shares of what was sent. Speech mends a few per cent by itself.
const MUCH: f32 = 0.08;
const LITTLE: f32 = 0.02;
/// What one report says may be chance.
const REPORTS: u32 = 2;
const CLEAN_FOR: u64 = 5_000;
const LEAST: u32 = 80_000;
/// Nobody needs a limit that high.
const ENOUGH: u32 = 3_000_000;

#[derive(Clone, Debug, Default)]
pub struct Loss {
    bits: Option<u32>,
    bad: u32,
    clean_since: Option<Millis>,
}

impl Loss {
    /// At most so many bits a second.
    pub fn bits(&self) -> Option<u32> {
        self.bits
    }

    /// What a report says: the lost share of what was sent, at so many bits a second. True when the
    /// limit is another one now.
    pub fn hear(&mut self, now: Millis, lost: f32, sent: u32) -> bool {
        let before = self.bits;
        self.bad = if lost > MUCH { self.bad + 1 } else { 0 };
        if self.bad >= REPORTS {
            let now_sent = self.bits.map_or(sent, |bits| bits.min(sent.max(LEAST)));
            self.bits = Some((now_sent / 10 * 6).clamp(LEAST, ENOUGH - 1));
            self.bad = 0;
            self.clean_since = None;
        }
        if lost > LITTLE {
            self.clean_since = None;
        } else if now.since(*self.clean_since.get_or_insert(now)) >= CLEAN_FOR {
            self.clean_since = Some(now);
            let more = self.bits.map(|bits| bits / 10 * 13);
            self.bits = more.filter(|bits| *bits < ENOUGH);
        }
        self.bits != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_bad_report_is_chance_and_two_are_not() {
        let mut loss = Loss::default();
        assert!(!loss.hear(Millis(0), 0.3, 1_000_000));
        assert!(!loss.hear(Millis(1_000), 0.0, 1_000_000));
        assert!(!loss.hear(Millis(2_000), 0.3, 1_000_000));
        assert!(loss.hear(Millis(3_000), 0.3, 1_000_000));
        assert_eq!(loss.bits(), Some(600_000));
    }

    #[test]
    fn a_clean_path_gets_everything_back_in_time() {
        let mut loss = Loss::default();
        let mut at = 0;
        for _ in 0..20 {
            at += 1_000;
            loss.hear(Millis(at), 0.5, 1_000_000);
        }
        assert_eq!(loss.bits(), Some(LEAST));
        let mut before = LEAST;
        while let Some(bits) = loss.bits() {
            assert!(bits >= before && at < 200_000, "{bits} at {at}");
            before = bits;
            at += 1_000;
            loss.hear(Millis(at), 0.0, 100_000);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_reported_sound_always_has_room(
            reports in proptest::collection::vec((0.0f32..=1.0, 0u32..10_000_000), 0..100),
        ) {
            let mut loss = Loss::default();
            for (at, (lost, sent)) in (0u64..).zip(reports) {
                loss.hear(Millis(at * 700), lost, sent);
                prop_assert!(loss.bits().is_none_or(|bits| (LEAST..ENOUGH).contains(&bits)));
            }
        }
    }
}
