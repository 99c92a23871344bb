//! What a person set about their sound, their picture and how much of it is sent: choices as they are
//! remembered, and what they come to in the terms that browsers understand.

use crate::{json, record, words};
use alloc::string::String;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    pub echo_cancellation: bool,
    pub noise_suppression: bool,
    pub automatic_gain: bool,
    /// Stereo, untouched, and more bits: for music. Overrules the three above.
    pub hi_fi: bool,
    /// Listen on while muted, to say so to somebody who speaks.
    pub muted_hint: bool,
    pub resolution: Resolution,
    pub frame_rate: FrameRate,
    pub limit: Limit,
}

record!(Capture {
    echo_cancellation,
    noise_suppression,
    automatic_gain,
    hi_fi,
    muted_hint,
    resolution,
    frame_rate,
    limit
});

impl Default for Capture {
    fn default() -> Self {
        Capture {
            echo_cancellation: true,
            noise_suppression: true,
            automatic_gain: true,
            hi_fi: false,
            muted_hint: true,
            resolution: Resolution::High,
            frame_rate: FrameRate::Usual,
            limit: Limit::None,
        }
    }
}

/// More than `High` is more than a tile shows and more than most uplinks carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    Low,
    High,
    Highest,
}

words!(Resolution {
    Low = "low",
    High = "high",
    Highest = "highest",
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameRate {
    Low,
    Usual,
    High,
}

words!(FrameRate {
    Low = "low",
    Usual = "usual",
    High = "high",
});

/// Of everything that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    None,
    HalfMegabit,
    OneMegabit,
    TwoMegabits,
    FourMegabits,
}

words!(Limit {
    None = "none",
    HalfMegabit = "500k",
    OneMegabit = "1m",
    TwoMegabits = "2m",
    FourMegabits = "4m",
});

/// How a microphone is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sound {
    pub echo_cancellation: bool,
    pub noise_suppression: bool,
    pub automatic_gain: bool,
    pub channels: u32,
}

/// How a camera is opened; it gives what comes nearest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    pub width: u32,
    pub height: u32,
    pub frames_per_second: u32,
}

impl Capture {
    /// As it was kept; the usual where that is nothing or damaged.
    pub fn remembered(kept: &str) -> Capture {
        json::parse(kept)
            .and_then(json::Json::read)
            .unwrap_or_default()
    }

    pub fn keep(&self) -> String {
        json::write(self)
    }

    pub fn sound(&self) -> Sound {
        let processed = |wanted: bool| wanted && !self.hi_fi;
        Sound {
            echo_cancellation: processed(self.echo_cancellation),
            noise_suppression: processed(self.noise_suppression),
            automatic_gain: processed(self.automatic_gain),
            channels: if self.hi_fi { 2 } else { 1 },
        }
    }

    pub fn sight(&self) -> Sight {
        let (width, height) = match self.resolution {
            Resolution::Low => (640, 360),
            Resolution::High => (1280, 720),
            Resolution::Highest => (1920, 1080),
        };
        let frames_per_second = match self.frame_rate {
            FrameRate::Low => 15,
            FrameRate::Usual => 30,
            FrameRate::High => 60,
        };
        Sight {
            width,
            height,
            frames_per_second,
        }
    }
}

impl Limit {
    /// Bits a second; `None` for as much as the network carries.
    pub const fn bits(self) -> Option<u32> {
        match self {
            Limit::None => None,
            Limit::HalfMegabit => Some(500_000),
            Limit::OneMegabit => Some(1_000_000),
            Limit::TwoMegabits => Some(2_000_000),
            Limit::FourMegabits => Some(4_000_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_kept_and_damage_leads_to_the_usual() {
        let mine = Capture {
            noise_suppression: false,
            resolution: Resolution::Highest,
            frame_rate: FrameRate::Low,
            limit: Limit::TwoMegabits,
            ..Capture::default()
        };
        assert_eq!(Capture::remembered(&mine.keep()), mine);
        for kept in ["", "{", "{\"hi_fi\":true}", "[]"] {
            assert_eq!(Capture::remembered(kept), Capture::default(), "{kept:?}");
        }
    }

    #[test]
    fn music_is_left_as_it_is_and_speech_comes_back_as_it_was_set() {
        let mut capture = Capture {
            automatic_gain: false,
            hi_fi: true,
            ..Capture::default()
        };
        let music = capture.sound();
        assert!(!music.echo_cancellation && !music.noise_suppression && !music.automatic_gain);
        assert_eq!(music.channels, 2);
        capture.hi_fi = false;
        let speech = capture.sound();
        assert!(speech.echo_cancellation && speech.noise_suppression && !speech.automatic_gain);
        assert_eq!(speech.channels, 1);
    }
}
