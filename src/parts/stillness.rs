//! When controls may step back: nobody has moved the pointer for a while, or a finger sent them away.

use crate::parts::page;
use leptos::{ev, prelude::*};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::Element;

const STILL_AFTER: Duration = Duration::from_secs(4);

#[derive(Clone, Copy)]
pub struct Stillness {
    still: RwSignal<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Stillness {
    /// Begins to wait. Where fingers point, controls stay until a tap sends them away.
    pub fn begin() -> Self {
        let stillness = Stillness {
            still: RwSignal::new(false),
            timer: StoredValue::new(None),
        };
        if !page::is_touch_first() {
            stillness.wait();
        }
        on_cleanup(move || stillness.stop());
        stillness
    }

    pub fn get(self) -> bool {
        self.still.get()
    }

    pub fn on_pointer_move(self, event: &ev::PointerEvent) {
        if event.pointer_type() != "touch" {
            self.show();
            self.wait();
        }
    }

    /// A tap on the pictures, not on a button among them, sends the controls away and calls them back.
    pub fn on_tap(self, event: &ev::MouseEvent) {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let meant = target
            .and_then(|it| it.closest("button, input").ok().flatten())
            .is_none();
        if meant && page::is_touch_first() {
            self.still.update(|still| *still = !*still);
        }
    }

    pub fn show(self) {
        if self.still.get_untracked() {
            self.still.set(false);
        }
    }

    fn wait(self) {
        self.stop();
        let timer = set_timeout_with_handle(move || self.still.set(true), STILL_AFTER);
        self.timer.set_value(timer.ok());
    }

    fn stop(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}
