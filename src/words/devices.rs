//! What is said of devices: their names, how they are set up, and that they come and go.

use super::{
    Text,
    table::{DevicesWords, SetupWords},
};
use crate::session::{DeviceKind, DeviceNews, FrameRate, Limit, Resolution};

impl DevicesWords {
    pub fn name(&self, kind: DeviceKind) -> Text {
        match kind {
            DeviceKind::Camera => self.camera,
            DeviceKind::Microphone => self.microphone,
            DeviceKind::Speaker => self.speaker,
        }
    }
}

impl SetupWords {
    pub fn resolution_of(&self, resolution: Resolution) -> Text {
        match resolution {
            Resolution::Low => self.resolution_low,
            Resolution::High => self.resolution_high,
            Resolution::Highest => self.resolution_highest,
        }
    }

    pub fn frame_rate_of(&self, rate: FrameRate) -> Text {
        match rate {
            FrameRate::Low => "15",
            FrameRate::Usual => "30",
            FrameRate::High => "60",
        }
    }

    pub fn limit_of(&self, limit: Limit) -> Text {
        match limit {
            Limit::None => self.limit_none,
            Limit::HalfMegabit => self.limit_half_megabit,
            Limit::OneMegabit => self.limit_one_megabit,
            Limit::TwoMegabits => self.limit_two_megabits,
            Limit::FourMegabits => self.limit_four_megabits,
        }
    }

    pub fn news(&self, news: &DeviceNews) -> String {
        match news {
            DeviceNews::Gone { kind, name, now } => match (now.as_str(), kind) {
                ("", DeviceKind::Speaker) => self.gone_system_speaker(name),
                ("", _) => self.gone_another(name),
                (now, _) => self.gone(name, now),
            },
            DeviceNews::Moved { now } => self.moved(now),
            DeviceNews::Missing { name, now } => self.missing(name, now),
            DeviceNews::Refused { name, now } => self.refused(name, now),
        }
    }

    /// A device came; it had been used before, or not.
    pub fn offer(&self, name: &str, back: bool) -> String {
        if back {
            self.back(name)
        } else {
            self.connected(name)
        }
    }

    /// The system or the browser lets nothing through.
    pub fn withheld(&self, kind: DeviceKind) -> Text {
        match kind {
            DeviceKind::Camera => self.camera_withheld,
            DeviceKind::Microphone | DeviceKind::Speaker => self.microphone_withheld,
        }
    }
}
