//! Time: the monotonic clock, the wall clock, timers, and marks for those who measure.

use super::wait::Flag;
use duologue_core::time::Millis;
use gloo_timers::callback::Timeout;
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::PerformanceEntry;

/// Milliseconds since the page was opened; never goes back.
pub fn now() -> Millis {
    Millis(super::page::performance().map_or(0.0, |it| it.now()) as u64)
}

/// Milliseconds since 1970, as far as this computer knows.
pub fn wall_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// Hours and minutes of a moment since 1970, as this browser's user writes them.
pub fn time_of_day(ms: u64) -> String {
    let two = super::object::new(&[
        ("hour", "2-digit".into()),
        ("minute", "2-digit".into()),
        ("numberingSystem", "latn".into()),
    ]);
    js_sys::Date::new(&(ms as f64).into())
        .to_locale_time_string_with_options(&super::page::locale(), &two)
        .into()
}

/// Day and time of a moment since 1970, as this browser's user writes them.
pub fn moment(ms: u64) -> String {
    let short = super::object::new(&[
        ("dateStyle", "medium".into()),
        ("timeStyle", "short".into()),
        ("numberingSystem", "latn".into()),
    ]);
    js_sys::Date::new(&(ms as f64).into())
        .to_locale_string(&super::page::locale(), &short)
        .into()
}

/// A moment since 1970 as ISO 8601 has it; empty for none.
pub fn iso(ms: u64) -> String {
    // Throws for moments that lie outside of what a date can say.
    let date = js_sys::Date::new(&(ms.min(8_640_000_000_000_000) as f64).into());
    date.to_iso_string().into()
}

/// A mark in the browser's own timeline (`performance.mark`).
pub fn mark(name: &str) {
    if let Some(performance) = super::page::performance() {
        // Throws only for the names of the navigation timings, which are none of ours.
        let _ = performance.mark(name);
    }
}

/// A mark that is only wanted the first time.
pub fn mark_once(name: &str) {
    if marked(name).is_none() {
        mark(name);
    }
}

/// When a mark was made, the newest of that name, in milliseconds since the page was opened.
pub fn marked(name: &str) -> Option<f64> {
    let made = super::page::performance()?.get_entries_by_name_with_entry_type(name, "mark");
    let newest: PerformanceEntry = made.iter().last()?.unchecked_into();
    Some(newest.start_time())
}

/// All marks: name → milliseconds since the page was opened, the newest of each name.
pub fn marks() -> JsValue {
    let marks = Object::new();
    if let Some(performance) = super::page::performance() {
        for entry in performance.get_entries_by_type("mark").iter() {
            let entry: PerformanceEntry = entry.unchecked_into();
            let _ = Reflect::set(&marks, &entry.name().into(), &entry.start_time().into());
        }
    }
    marks.into()
}

/// When the browser has painted what it was told so far; before something that blocks the page. In a
/// tab that nobody sees nothing is painted, so it does not wait long.
pub async fn next_frame() {
    const HIDDEN_MS: u64 = 100;
    if let Some(window) = super::page::window() {
        let painting = Flag::default();
        let (shown, late) = (painting.clone(), painting.clone());
        let frame = Closure::<dyn Fn()>::new(move || shown.raise());
        let asked = window.request_animation_frame(frame.as_ref().unchecked_ref());
        let _timer = Timer::after(HIDDEN_MS, move || late.raise());
        painting.wait().await;
        // A call that is still to come would find its closure gone.
        let _ = asked.map(|id| window.cancel_animation_frame(id));
    }
    // The painting itself comes after the callbacks of its frame: one turn more.
    pause(0).await;
}

/// Comes back after a while.
pub async fn pause(ms: u64) {
    let over = Flag::default();
    let passed = over.clone();
    let _timer = Timer::after(ms, move || passed.raise());
    over.wait().await;
}

/// What `future` answers, if it does so in time.
pub async fn within<T>(ms: u64, future: impl Future<Output = T>) -> Option<T> {
    let over = Flag::default();
    let passed = over.clone();
    let _timer = Timer::after(ms, move || passed.raise());
    over.unless(future).await
}

/// Calls once after a while, unless dropped before.
#[must_use = "dropping a timer cancels it"]
pub struct Timer {
    _timeout: Timeout,
}

impl Timer {
    pub fn after(ms: u64, then: impl FnOnce() + 'static) -> Timer {
        // Beyond this the browser's own counter overflows and fires at once.
        const LONGEST: u32 = i32::MAX as u32;
        let ms = u32::try_from(ms).map_or(LONGEST, |it| it.min(LONGEST));
        Timer {
            _timeout: Timeout::new(ms, then),
        }
    }
}
