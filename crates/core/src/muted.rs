//! Speaking while muted: noticed by the loudness of one's own microphone, told for a while, and then
//! not again for a time, since whoever was told and stayed muted meant it.

use crate::time::Millis;

/// Loudness from 0 to 1 in equal steps of decibels (`0` is −60 dB): a voice at arm's length is well
/// above it, keys and a fan are below.
const VOICE: f32 = 0.45;
/// A voice has to be there for so much of the last `SPAN`, so that a cough or a door is not enough.
const SPOKEN: u64 = 500;
const SPAN: u64 = 1_500;
/// The hint goes when nothing has been said for this long …
const SILENCE: u64 = 3_000;
/// … and stays away for this long.
const REST: u64 = 30_000;
/// Between two looks at the loudness more is not counted: a sleeping tab has heard nothing.
const LONGEST_LOOK: u64 = 200;

#[derive(Clone, Debug, Default)]
pub struct Muted {
    last: Millis,
    /// Grows while a voice is there, and shrinks while there is none.
    spoken: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Listening,
    /// A voice was heard last then.
    Telling(Millis),
    /// Until then.
    Resting(Millis),
}

impl Muted {
    /// Whether to say so, now that the microphone is this loud.
    pub fn hear(&mut self, now: Millis, muted: bool, level: f32) -> bool {
        let passed = now.since(self.last).min(LONGEST_LOOK);
        self.last = now;
        if !muted {
            self.state = State::Listening;
            self.spoken = 0;
            return false;
        }
        let voice = level >= VOICE;
        self.spoken = if voice {
            (self.spoken + passed).min(SPOKEN)
        } else {
            // At this pace half a second of voice counts for the span.
            self.spoken
                .saturating_sub(passed * SPOKEN / (SPAN - SPOKEN))
        };
        self.state = match self.state {
            State::Listening if voice && self.spoken >= SPOKEN => State::Telling(now),
            State::Telling(_) if voice => State::Telling(now),
            State::Telling(heard) if now.since(heard) >= SILENCE => State::Resting(now.after(REST)),
            State::Resting(until) if now >= until => State::Listening,
            state => state,
        };
        matches!(self.state, State::Telling(_))
    }

    /// The person has read it.
    pub fn dismiss(&mut self) {
        if let State::Telling(heard) = self.state {
            self.state = State::Resting(heard.after(REST));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten looks a second, from `from` for `long`; whether the last one told.
    fn hear(muted: &mut Muted, from: u64, long: u64, level: impl Fn(u64) -> f32) -> bool {
        let mut told = false;
        for now in (from..from + long).step_by(100) {
            told = muted.hear(Millis(now), true, level(now));
        }
        told
    }

    #[test]
    fn speech_is_told_and_the_telling_ends_with_it() {
        let mut muted = Muted::default();
        assert!(hear(&mut muted, 1_000, 1_000, |_| 0.6));
        assert!(hear(&mut muted, 2_000, 2_000, |_| 0.0));
        assert!(!hear(&mut muted, 4_000, 2_000, |_| 0.0));
        assert!(!hear(&mut muted, 6_000, 10_000, |_| 0.6), "told again");
        assert!(hear(&mut muted, 40_000, 2_000, |_| 0.6));
    }

    #[test]
    fn syllables_with_gaps_are_speech_and_single_knocks_are_not() {
        let syllables = |now: u64| if now % 400 < 200 { 0.6 } else { 0.1 };
        assert!(hear(&mut Muted::default(), 1_000, 4_000, syllables));
        let knocks = |now: u64| if now % 1_000 < 200 { 0.9 } else { 0.1 };
        assert!(!hear(&mut Muted::default(), 1_000, 20_000, knocks));
        assert!(!hear(&mut Muted::default(), 1_000, 20_000, |_| 0.4));
    }

    #[test]
    fn turning_the_microphone_on_ends_it_at_once_and_forgets() {
        let mut muted = Muted::default();
        assert!(hear(&mut muted, 1_000, 1_000, |_| 0.6));
        assert!(!muted.hear(Millis(2_000), false, 0.6));
        assert!(!muted.hear(Millis(2_100), true, 0.6));
        assert!(hear(&mut muted, 2_200, 1_000, |_| 0.6));
    }

    #[test]
    fn what_was_read_stays_away() {
        let mut muted = Muted::default();
        assert!(hear(&mut muted, 1_000, 1_000, |_| 0.6));
        muted.dismiss();
        assert!(!hear(&mut muted, 2_000, 10_000, |_| 0.6));
    }

    #[test]
    fn a_tab_that_slept_has_heard_nothing() {
        let mut muted = Muted::default();
        assert!(!muted.hear(Millis(1_000), true, 0.6));
        assert!(!muted.hear(Millis(60_000), true, 0.6));
    }
}
