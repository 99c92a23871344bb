//! Time: the monotonic clock, the wall clock, timers, and marks for those who measure.

use duologue_core::time::Millis;
use gloo_timers::callback::Timeout;

/// Milliseconds since the page was opened; never goes back.
pub fn now() -> Millis {
    Millis(super::page::performance().map_or(0.0, |it| it.now()) as u64)
}

/// Milliseconds since 1970, as far as this computer knows.
pub fn wall_clock_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// A mark in the browser's own timeline (`performance.mark`).
pub fn mark(name: &str) {
    if let Some(performance) = super::page::performance() {
        // Throws only for the names of the navigation timings, which are none of ours.
        let _ = performance.mark(name);
    }
}

/// Calls once after a while, unless dropped before.
#[must_use = "dropping a timer cancels it"]
pub struct Timer {
    _timeout: Timeout,
}

impl Timer {
    pub fn after(ms: u32, then: impl FnOnce() + 'static) -> Timer {
        // Beyond this the browser's own counter overflows and fires at once.
        const LONGEST: u32 = i32::MAX as u32;
        Timer {
            _timeout: Timeout::new(ms.min(LONGEST), then),
        }
    }
}
