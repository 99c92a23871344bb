//! Words for setting up devices: what the options say, and what is told when devices come and go.

use super::Text;
use crate::session::{DeviceKind, DeviceNews, FrameRate, Limit, Resolution};

pub struct Setup {
    pub picture: Text,
    pub sound: Text,
    pub limits: Text,
    pub resolution: Text,
    pub resolutions: fn(Resolution) -> Text,
    pub frame_rate: Text,
    pub frame_rates: fn(FrameRate) -> Text,
    pub echo_cancellation: Text,
    pub noise_suppression: Text,
    pub automatic_gain: Text,
    pub hi_fi: Text,
    pub hi_fi_hint: Text,
    pub muted_hint: Text,
    pub muted_hint_text: Text,
    pub limit: Text,
    pub limit_hint: Text,
    pub limit_of: fn(Limit) -> Text,
    pub test_sound: Text,
    pub playing: Text,
    pub not_played: Text,
    pub flip: Text,
    pub news: fn(&DeviceNews) -> String,
    /// A device came; it had been used before, or not.
    pub offer: fn(&str, bool) -> String,
    pub use_it: fn(&str) -> String,
    pub dismiss: Text,
    /// The system or the browser lets nothing through.
    pub withheld: fn(DeviceKind) -> Text,
    pub speaks_muted: Text,
    pub unmute: Text,
}
