//! Who is speaking, by the energy of what arrives from each. Levels and time in, a speaker out; the
//! call's picture follows it. A cough does not switch, silence keeps the last one, and of two who talk
//! over each other the one who began stays until the other is clearly louder for a while.

use crate::{table::Table, time::Millis};

/// Mean power (full scale is 1) below which it is breath, keyboards and fans.
const FLOOR: f64 = 0.000_2;
/// This long in the lead makes a speaker. Statistics come twice a second, so a cough of a third of a
/// second can look like a whole one.
const HOLD: u64 = 1_200;
/// How much more power a newcomer needs than a speaker who goes on: twice is 3 dB.
const MARGIN: f64 = 2.0;
/// A figure older than this says nothing about now.
const STALE: u64 = 2_000;
/// A tab in the background is asked seldom; what lies between two looks counts for no more than this.
const LONGEST_STEP: u64 = 600;

#[derive(Clone, Copy, Debug)]
struct Heard {
    at: Millis,
    energy: f64,
    power: f64,
    /// Milliseconds in the lead, less those out of it.
    led: u64,
}

#[derive(Debug)]
pub struct Speaker<K> {
    heard: Table<K, Heard>,
    speaker: Option<K>,
    decided: Option<Millis>,
}

impl<K: Copy + Ord> Speaker<K> {
    pub fn new() -> Self {
        Speaker {
            heard: Table::default(),
            speaker: None,
            decided: None,
        }
    }

    /// The energy of all sound that has come from `who` so far: it grows by loudness times time.
    /// One that shrinks is a fresh connection's.
    pub fn hear(&mut self, now: Millis, who: K, energy: f64) {
        let energy = if energy.is_finite() { energy } else { 0.0 };
        let first = Heard {
            at: now,
            energy,
            power: 0.0,
            led: 0,
        };
        let heard = self.heard.or_insert_with(who, || first);
        let passed = now.since(heard.at) as f64 / 1_000.0;
        if passed > 0.0 {
            heard.power = ((energy - heard.energy) / passed).max(0.0);
            heard.at = now;
        }
        heard.energy = energy;
    }

    /// Only these are here still.
    pub fn retain(&mut self, is_here: impl Fn(&K) -> bool) {
        self.heard.retain(|who, _| is_here(who));
        self.speaker = self.speaker.filter(is_here);
    }

    /// Who has the floor now. To be asked about as often as there are new levels.
    pub fn decide(&mut self, now: Millis) -> Option<K> {
        let step = self.decided.map_or(0, |at| now.since(at));
        let step = step.min(LONGEST_STEP);
        self.decided = Some(now);
        let loudest = self.loudest(now);
        // Between words nobody is loudest: a talker loses less by that than by another who talks.
        let fall = if loudest.is_some() { step } else { step / 2 };
        for who in self.heard.keys().collect::<alloc::vec::Vec<_>>() {
            if let Some(heard) = self.heard.get_mut(&who) {
                heard.led = if loudest == Some(who) {
                    (heard.led + step).min(HOLD)
                } else {
                    heard.led.saturating_sub(fall)
                };
            }
        }
        let leads = |who: &K| self.heard.get(who).is_some_and(|heard| heard.led >= HOLD);
        if let Some(who) = loudest.filter(leads) {
            self.speaker = Some(who);
        }
        self.speaker
    }

    fn loudest(&self, now: Millis) -> Option<K> {
        let weight = |who: K, heard: &Heard| {
            if now.since(heard.at) > STALE || heard.power < FLOOR {
                0.0
            } else if self.speaker == Some(who) {
                heard.power * MARGIN
            } else {
                heard.power
            }
        };
        let mut loudest = (0.0, None);
        for (who, heard) in self.heard.iter() {
            let weight = weight(*who, heard);
            if weight > loudest.0 {
                loudest = (weight, Some(*who));
            }
        }
        loudest.1
    }
}

impl<K: Copy + Ord> Default for Speaker<K> {
    fn default() -> Self {
        Speaker::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: u8 = 1;
    const BEN: u8 = 2;
    const LOUD: f64 = 0.02;
    const SOFT: f64 = 0.004;
    const FAN: f64 = 0.000_05;

    /// A conversation under a virtual clock, looked at twice a second as the page does.
    struct Talk {
        now: Millis,
        rules: Speaker<u8>,
        energy: [f64; 3],
    }

    impl Talk {
        fn new() -> Self {
            let mut talk = Talk {
                now: Millis(5_000),
                rules: Speaker::new(),
                energy: [0.0; 3],
            };
            talk.go(500, 0.0, 0.0);
            talk
        }

        /// Ana and Ben sound like this for so long; who has the floor then?
        fn go(&mut self, ms: u64, ana: f64, ben: f64) -> Option<u8> {
            let end = self.now.after(ms);
            let mut speaker = self.rules.speaker;
            while self.now < end {
                let step = end.since(self.now).min(500);
                self.now = self.now.after(step);
                for (who, power) in [(ANA, ana), (BEN, ben)] {
                    let energy = &mut self.energy[usize::from(who)];
                    *energy += power * step as f64 / 1_000.0;
                    self.rules.hear(self.now, who, *energy);
                }
                speaker = self.rules.decide(self.now);
            }
            speaker
        }
    }

    #[test]
    fn whoever_talks_for_a_while_gets_the_floor_and_silence_keeps_it() {
        let mut talk = Talk::new();
        assert_eq!(talk.go(500, LOUD, 0.0), None, "not at the first sound");
        assert_eq!(talk.go(1_500, LOUD, 0.0), Some(ANA));
        assert_eq!(talk.go(60_000, FAN, FAN), Some(ANA), "nobody talks");
        assert_eq!(talk.go(2_000, 0.0, SOFT), Some(BEN));
    }

    #[test]
    fn a_cough_does_not_switch() {
        let mut talk = Talk::new();
        talk.go(3_000, SOFT, 0.0);
        for _ in 0..10 {
            // Two looks see it, the worst case of a third of a second.
            assert_eq!(talk.go(1_000, SOFT, 0.5), Some(ANA));
            assert_eq!(talk.go(1_500, SOFT, 0.0), Some(ANA));
        }
        // In silence neither.
        talk.go(3_000, 0.0, 0.0);
        assert_eq!(talk.go(1_000, 0.0, 0.5), Some(ANA));
    }

    #[test]
    fn words_with_pauses_between_are_talking_too() {
        let mut talk = Talk::new();
        talk.go(3_000, LOUD, 0.0);
        let mut speaker = Some(ANA);
        for _ in 0..8 {
            talk.go(500, 0.0, LOUD);
            speaker = talk.go(500, 0.0, 0.0);
        }
        assert_eq!(speaker, Some(BEN));
    }

    #[test]
    fn of_two_at_once_the_first_stays_until_the_other_is_clearly_louder() {
        let mut talk = Talk::new();
        talk.go(3_000, SOFT, 0.0);
        assert_eq!(talk.go(10_000, SOFT, SOFT * 1.5), Some(ANA));
        assert_eq!(talk.go(3_000, SOFT, SOFT * 3.0), Some(BEN));
        assert_eq!(talk.go(10_000, SOFT, SOFT), Some(BEN), "and not back again");
    }

    #[test]
    fn who_leaves_has_the_floor_no_more() {
        let mut talk = Talk::new();
        talk.go(3_000, LOUD, 0.0);
        talk.rules.retain(|who| *who != ANA);
        assert_eq!(talk.rules.decide(talk.now), None);
        assert_eq!(talk.go(3_000, 0.0, LOUD), Some(BEN));
    }

    #[test]
    fn a_fresh_connection_begins_at_nothing_and_nonsense_is_silence() {
        let mut talk = Talk::new();
        talk.go(3_000, LOUD, 0.0);
        talk.energy[usize::from(ANA)] = 0.0;
        assert_eq!(talk.go(500, 0.0, 0.0), Some(ANA));
        for energy in [f64::NAN, f64::INFINITY, -1.0] {
            talk.rules.hear(talk.now.after(1), BEN, energy);
            assert_eq!(talk.rules.decide(talk.now.after(1)), Some(ANA));
        }
    }
}
