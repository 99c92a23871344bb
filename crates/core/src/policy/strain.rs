//! How hard this device works at encoding, as a level with hysteresis: up soon, down late, and later
//! each time it turned out to have been too early.

use crate::time::Millis;

/// Hard work that lasts this long is no peak.
const HARD_FOR: u64 = 3_000;
/// Easy work for this long may be a little harder again.
const EASY_FOR: u64 = 20_000;
const EASY_AT_MOST: u64 = 160_000;
/// Shares of one processor core.
const HARD: f32 = 0.75;
const EASY: f32 = 0.35;

/// What encoding cost lately.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Effort {
    /// Seconds of encoding in a second, over all pictures.
    pub share: f32,
    /// The browser itself makes less of a picture because it cannot keep up.
    pub limited: bool,
}

#[derive(Clone, Debug)]
pub struct Strain {
    level: usize,
    hard_since: Option<Millis>,
    easy_since: Option<Millis>,
    eased: Option<Millis>,
    patience: u64,
}

impl Default for Strain {
    fn default() -> Self {
        Strain {
            level: 0,
            hard_since: None,
            easy_since: None,
            eased: None,
            patience: EASY_FOR,
        }
    }
}

impl Strain {
    pub const LEVELS: usize = 4;

    pub fn level(&self) -> usize {
        self.level
    }

    /// True when the level is another one now.
    pub fn feel(&mut self, now: Millis, effort: Effort) -> bool {
        let hard = effort.limited || effort.share > HARD;
        let easy = !effort.limited && effort.share < EASY;
        let lasts = |since: &mut Option<Millis>, is: bool, long: u64| {
            *since = is.then(|| since.unwrap_or(now));
            let lasts = since.is_some_and(|since| now.since(since) >= long);
            if lasts {
                *since = None;
            }
            lasts
        };
        let up = lasts(&mut self.hard_since, hard, HARD_FOR);
        let down = lasts(&mut self.easy_since, easy, self.patience);
        if up && self.level + 1 < Self::LEVELS {
            let too_early = |eased: Millis| now.since(eased) < self.patience;
            if self.eased.is_some_and(too_early) {
                self.patience = (self.patience * 2).min(EASY_AT_MOST);
            }
            self.level += 1;
            return true;
        }
        if down && self.level > 0 {
            self.level -= 1;
            self.eased = Some(now);
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: u64 = 500;

    /// For so long; how often the level changed.
    fn feel(strain: &mut Strain, now: &mut u64, ms: u64, share: f32) -> usize {
        let effort = Effort {
            share,
            limited: false,
        };
        let ticks = 0..ms / TICK;
        ticks
            .filter(|_| {
                *now += TICK;
                strain.feel(Millis(*now), effort)
            })
            .count()
    }

    #[test]
    fn a_peak_is_no_strain_and_lasting_work_is() {
        let (mut strain, mut now) = (Strain::default(), 0);
        for _ in 0..10 {
            feel(&mut strain, &mut now, 2_500, 0.9);
            feel(&mut strain, &mut now, 500, 0.5);
        }
        assert_eq!(strain.level(), 0);
        feel(&mut strain, &mut now, 4_000, 0.9);
        assert_eq!(strain.level(), 1);
        feel(&mut strain, &mut now, 60_000, 0.9);
        assert_eq!(strain.level(), Strain::LEVELS - 1);
    }

    #[test]
    fn what_the_browser_says_counts_as_hard() {
        let mut strain = Strain::default();
        let effort = Effort {
            share: 0.0,
            limited: true,
        };
        let changed = (0..8).filter(|at| strain.feel(Millis(at * TICK), effort));
        assert_eq!(changed.count(), 1);
    }

    #[test]
    fn it_is_left_late_and_between_the_two_nothing_changes() {
        let (mut strain, mut now) = (Strain::default(), 0);
        feel(&mut strain, &mut now, 4_000, 0.9);
        assert_eq!(feel(&mut strain, &mut now, 100_000, 0.5), 0);
        assert_eq!(feel(&mut strain, &mut now, EASY_FOR, 0.1), 0);
        assert_eq!(feel(&mut strain, &mut now, 1_000, 0.1), 1);
        assert_eq!(strain.level(), 0);
    }

    #[test]
    fn a_device_at_its_edge_swings_ever_more_rarely() {
        let (mut strain, mut now) = (Strain::default(), 0);
        let mut changes = 0;
        while now < 3_600_000 {
            // Everything is too much for it, and anything less is easy.
            let share = if strain.level() == 0 { 0.9 } else { 0.1 };
            changes += feel(&mut strain, &mut now, TICK, share);
        }
        assert!(changes < 60, "{changes} times in an hour");
    }
}
