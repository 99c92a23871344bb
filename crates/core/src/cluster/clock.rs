//! One time for all nodes, good enough to say which of two things came later. Every message carries
//! its sender's, and whoever hears of a later time than its own goes on from there: so no node lags behind
//! another by more than a message takes, whatever the clocks of the machines say.

use crate::time::Millis;

/// Further ahead than this is no time: a node that says so would take all others along for ever.
const END_OF_TIME: u64 = 1 << 52;

#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// What has to be added to the shell's clock.
    ahead: u64,
    last: u64,
}

impl Clock {
    /// `wall` is any guess; the machine's own clock is a good one.
    pub(super) fn new(now: Millis, wall: u64) -> Self {
        Clock {
            ahead: wall.min(END_OF_TIME).saturating_sub(now.0),
            last: 0,
        }
    }

    pub(super) fn read(&self, now: Millis) -> u64 {
        now.0.saturating_add(self.ahead).max(self.last)
    }

    /// Later than every stamp before it.
    pub(super) fn stamp(&mut self, now: Millis) -> u64 {
        self.last = self.read(now).saturating_add(1);
        self.last
    }

    /// False for what is no time.
    pub(super) fn hear(&mut self, now: Millis, at: u64) -> bool {
        if at > END_OF_TIME {
            return false;
        }
        self.ahead = self.ahead.max(at.saturating_sub(now.0));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_hears_of_a_later_time_goes_on_from_there() {
        let mut slow = Clock::new(Millis(5), 1_000);
        let mut fast = Clock::new(Millis(9_000), 3_600_000);
        let said = fast.stamp(Millis(9_010));
        assert!(slow.read(Millis(6)) < said);
        assert!(slow.hear(Millis(6), said));
        assert!(slow.stamp(Millis(6)) > said);
        assert_eq!(slow.read(Millis(1_006)), said + 1_000);
    }

    #[test]
    fn stamps_rise_within_a_millisecond_and_over_a_step_back() {
        let mut clock = Clock::new(Millis(0), 0);
        let stamps = [7, 7, 3, 8].map(|now| clock.stamp(Millis(now)));
        assert!(stamps.is_sorted_by(|a, b| a < b), "{stamps:?}");
    }

    #[test]
    fn the_end_of_time_is_not_believed() {
        let mut clock = Clock::new(Millis(0), u64::MAX);
        assert!(!clock.hear(Millis(1), u64::MAX));
        assert!(clock.stamp(Millis(2)) < END_OF_TIME + 10);
    }
}
