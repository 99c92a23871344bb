//! Whether anybody is still there, known sooner than a browser says it. Whoever hears nothing for half a
//! second asks for a sign of life. Half a second after that, if neither an answer nor a byte of sound or
//! picture has come, the way is dead.
//!
//! ```text
//!   Listening ──silence──▶ Asked ──still silence──▶ Weighing ──no more bytes──▶ silent
//!       ▲                    │ heard                    │ more bytes              │
//!       └────────────────────┴──────────────────────────┴─────────────────────────┘
//! ```
//!
//! A way that is bad, yet alive, answers late again and again: each false alarm doubles the patience with
//! it, and a quiet minute halves it.

use crate::{ids::OpId, time::Millis};

const SILENCE: u64 = 500;
const PATIENCE: u64 = 500;
const PATIENCE_MOST: u64 = 4_000;
const QUIET: u64 = 60_000;
/// Counting bytes takes a browser a few milliseconds, and one that is busy with many pictures far longer: that
/// is no reason to give it restarts to do as well.
const COUNTING: u64 = 1_000;
/// A page that is woken this late was asleep itself, or busy: an answer may be there and not yet read.
const ASLEEP: u64 = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Off,
    Listening {
        since: Millis,
    },
    /// `counted`: what comes from now on is held against what had come half the patience ago.
    Asked {
        at: Millis,
        counted: bool,
    },
    Weighing {
        until: Millis,
    },
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    Ask,
    /// How many bytes have come, all in all?
    Count,
    Silent,
}

#[derive(Debug)]
pub struct Heartbeat {
    step: Step,
    patience: u64,
    /// Since when the patience is what it is.
    quiet: Millis,
    counting: Option<OpId>,
    received: Option<u64>,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Heartbeat {
            step: Step::Off,
            patience: PATIENCE,
            quiet: Millis(0),
            counting: None,
            received: None,
        }
    }
}

impl Heartbeat {
    pub fn stop(&mut self) {
        *self = Heartbeat::default();
    }

    pub fn on_heard(&mut self, now: Millis) {
        self.step = Step::Listening { since: now };
        self.received = None;
        self.counting = None;
    }

    /// It was said to be silent, and was not.
    pub fn on_false_alarm(&mut self, now: Millis) {
        self.patience = (self.patience * 2).min(PATIENCE_MOST);
        self.quiet = now;
    }

    /// Something happened to the network: whoever is there says so now.
    pub fn hasten(&mut self, now: Millis) {
        if let Step::Listening { since } = &mut self.step {
            *since = Millis(now.0.saturating_sub(SILENCE));
        }
    }

    /// The browser has been asked to count.
    pub fn counts(&mut self, op: OpId) {
        self.counting = Some(op);
    }

    pub fn awaits(&self, op: OpId) -> bool {
        self.counting == Some(op)
    }

    pub fn is_weighing(&self) -> bool {
        matches!(self.step, Step::Weighing { .. })
    }

    pub fn next_wake(&self) -> Option<Millis> {
        match self.step {
            Step::Off => None,
            Step::Listening { since } => Some(since.after(SILENCE)),
            Step::Asked { at, counted: false } => Some(at.after(self.patience / 2)),
            Step::Asked { at, counted: true } => Some(at.after(self.patience)),
            Step::Weighing { until } => Some(until),
        }
    }

    pub fn on_wake(&mut self, now: Millis) -> Option<Beat> {
        let due = self.next_wake().filter(|at| *at <= now)?;
        match &mut self.step {
            Step::Off => None,
            Step::Listening { .. } => {
                if self.quiet.after(QUIET) <= now && self.patience > PATIENCE {
                    self.patience /= 2;
                    self.quiet = now;
                }
                Some(self.ask(now))
            }
            Step::Asked { .. } | Step::Weighing { .. } if due.after(ASLEEP) <= now => {
                Some(self.ask(now))
            }
            Step::Asked { counted, .. } if !*counted => {
                *counted = true;
                Some(Beat::Count)
            }
            Step::Asked { .. } => {
                let until = now.after(COUNTING);
                self.step = Step::Weighing { until };
                Some(Beat::Count)
            }
            Step::Weighing { .. } => Some(self.fall_silent(now)),
        }
    }

    /// As many bytes have come. A count that fails is none.
    pub fn on_counted(&mut self, now: Millis, bytes: Option<u64>) -> Option<Beat> {
        self.counting = None;
        let before = self.received;
        self.received = bytes.or(before);
        match self.step {
            Step::Weighing { .. } if bytes > before && before.is_some() => {
                self.on_heard(now);
                None
            }
            Step::Weighing { .. } => Some(self.fall_silent(now)),
            _ => None,
        }
    }

    fn ask(&mut self, now: Millis) -> Beat {
        self.received = None;
        self.step = Step::Asked {
            at: now,
            counted: false,
        };
        Beat::Ask
    }

    /// It goes on listening: the way may come back by itself.
    fn fall_silent(&mut self, now: Millis) -> Beat {
        self.on_heard(now);
        Beat::Silent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// What is done until the first silence, the counts being what `bytes` says.
    fn beats(
        heart: &mut Heartbeat,
        mut bytes: impl FnMut() -> Option<u64>,
        ms: u64,
    ) -> Vec<(u64, Beat)> {
        let mut all = Vec::new();
        while let Some(at) = heart.next_wake().filter(|at| at.0 <= ms) {
            let Some(beat) = heart.on_wake(at) else { break };
            all.push((at.0, beat));
            if beat == Beat::Count
                && let Some(beat) = heart.on_counted(at.after(3), bytes())
            {
                all.push((at.0 + 3, beat));
            }
            if matches!(all.last(), Some((_, Beat::Silent))) {
                break;
            }
        }
        all
    }

    fn begun() -> Heartbeat {
        let mut heart = Heartbeat::default();
        heart.on_heard(Millis(0));
        heart
    }

    #[test]
    fn a_dead_way_is_known_after_a_second() {
        let all = beats(&mut begun(), || Some(7), 9_999);
        use Beat::*;
        assert_eq!(
            all,
            [(500, Ask), (750, Count), (1_000, Count), (1_003, Silent)]
        );
    }

    #[test]
    fn sound_and_picture_that_come_are_signs_of_life() {
        let mut bytes = 0;
        let growing = || {
            bytes += 1;
            Some(bytes)
        };
        let all = beats(&mut begun(), growing, 60_000);
        assert!(all.len() > 100 && all.iter().all(|(_, beat)| *beat != Beat::Silent));
    }

    #[test]
    fn a_browser_that_cannot_count_is_no_sign_of_life() {
        let all = beats(&mut begun(), || None, 9_999);
        assert_eq!(all.last(), Some(&(1_003, Beat::Silent)));
        let mut heart = begun();
        for at in [500, 750, 1_000] {
            heart.on_wake(Millis(at));
        }
        assert_eq!(heart.on_wake(Millis(1_999)), None);
        assert_eq!(heart.on_wake(Millis(2_000)), Some(Beat::Silent));
    }

    #[test]
    fn who_slept_asks_again_before_it_blames_the_way() {
        let mut heart = begun();
        heart.on_wake(Millis(500));
        assert_eq!(heart.on_wake(Millis(9_000)), Some(Beat::Ask));
    }

    #[test]
    fn false_alarms_make_patient_and_quiet_minutes_less_so() {
        let mut heart = begun();
        for _ in 0..9 {
            heart.on_false_alarm(Millis(0));
        }
        assert_eq!(heart.patience, PATIENCE_MOST);
        for minute in 1..9 {
            heart.on_heard(Millis(minute * QUIET));
            heart.on_wake(Millis(minute * QUIET + SILENCE));
        }
        assert_eq!(heart.patience, PATIENCE);
    }
}
