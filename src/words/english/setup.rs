//! English for setting up devices.

use crate::{
    session::{DeviceKind, DeviceNews, FrameRate, Limit, Resolution},
    words::Setup,
};

pub const SETUP: Setup = Setup {
    picture: "Picture",
    sound: "Sound",
    limits: "Limits",
    resolution: "Resolution",
    resolutions: |resolution| match resolution {
        Resolution::Low => "360p",
        Resolution::High => "720p",
        Resolution::Highest => "1080p",
    },
    frame_rate: "Frames a second",
    frame_rates: |rate| match rate {
        FrameRate::Low => "15",
        FrameRate::Usual => "30",
        FrameRate::High => "60",
    },
    echo_cancellation: "Echo cancellation",
    noise_suppression: "Noise suppression",
    automatic_gain: "Automatic volume",
    hi_fi: "Hi-fi sound",
    hi_fi_hint: "For music: nothing is filtered, so wear headphones.",
    muted_hint: "Tell me when I speak while muted",
    muted_hint_text: "The microphone stays open for it; nothing is sent.",
    limit: "Send at most",
    limit_hint: "To everybody together, sound first.",
    limit_of: |limit| match limit {
        Limit::None => "No limit",
        Limit::HalfMegabit => "500 kb/s",
        Limit::OneMegabit => "1 Mb/s",
        Limit::TwoMegabits => "2 Mb/s",
        Limit::FourMegabits => "4 Mb/s",
    },
    test_sound: "Test sound",
    playing: "Playing…",
    not_played: "The sound could not be played. Choose another speaker.",
    flip: "Flip camera",
    news,
    offer: |name, back| {
        let what = if back { " is back." } else { " is connected." };
        [name, what].concat()
    },
    use_it: |name| ["Use ", name].concat(),
    dismiss: "Dismiss",
    withheld: |kind| match kind {
        DeviceKind::Camera => {
            "Your system or browser holds the camera's picture back. Allow it there."
        }
        DeviceKind::Microphone | DeviceKind::Speaker => {
            "Your system or browser holds the microphone's sound back. Allow it there."
        }
    },
    speaks_muted: "You are speaking, and your microphone is off.",
    unmute: "Turn microphone on",
};

fn news(news: &DeviceNews) -> String {
    match news {
        DeviceNews::Gone { kind, name, now } => {
            let now = match (now.as_str(), kind) {
                ("", DeviceKind::Speaker) => "the system's speaker",
                ("", _) => "another one",
                (now, _) => now,
            };
            [name, " has gone. Now using ", now, "."].concat()
        }
        DeviceNews::Moved { now } => ["Now using ", now, "."].concat(),
        DeviceNews::Missing { name, now } => [name, " is not connected. Using ", now, "."].concat(),
        DeviceNews::Refused { name, now } => {
            [name, " did not start. Still using ", now, "."].concat()
        }
    }
}
