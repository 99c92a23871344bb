//! How fast something goes, evenly enough to be read.

use crate::time::Millis;

/// A new value counts a quarter a second.
const EVERY: u64 = 1_000;

#[derive(Clone, Copy, Debug, Default)]
pub struct Speed {
    since: Option<(Millis, u64)>,
    /// Bytes a second.
    rate: Option<u64>,
}

impl Speed {
    pub fn on_progress(&mut self, now: Millis, done: u64) {
        let Some((since, before)) = self.since else {
            self.since = Some((now, done));
            return;
        };
        let passed = now.since(since);
        if passed < EVERY {
            return;
        }
        let fresh = done.saturating_sub(before).saturating_mul(1_000) / passed;
        self.rate = Some(self.rate.map_or(fresh, |it| (3 * it + fresh) / 4));
        self.since = Some((now, done));
    }

    /// It has been interrupted.
    pub fn stop(&mut self) {
        *self = Speed::default();
    }

    pub fn rate(&self) -> Option<u64> {
        self.rate
    }

    /// Seconds until `left` bytes have gone.
    pub fn time_for(&self, left: u64) -> Option<u64> {
        self.rate.filter(|it| *it > 0).map(|it| left.div_ceil(it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_pace_is_told_and_a_jolt_is_smoothed() {
        let mut speed = Speed::default();
        speed.on_progress(Millis(0), 500);
        assert_eq!((speed.rate(), speed.time_for(1)), (None, None));
        speed.on_progress(Millis(1_000), 1_500);
        speed.on_progress(Millis(1_100), 9_000);
        assert_eq!(
            (speed.rate(), speed.time_for(2_500)),
            (Some(1_000), Some(3))
        );
        speed.on_progress(Millis(2_000), 6_500);
        assert_eq!(speed.rate(), Some(2_000));
        speed.stop();
        assert_eq!(speed.rate(), None);
    }
}
