//! A steady beat for whoever draws: timers of a worker keep their pace in a tab that nobody sees, where
//! the page's own come once a second.

use wasm_bindgen::{JsCast, closure::Closure};

#[must_use = "dropping it stops it"]
pub struct Beat {
    timer: i32,
    _closure: Closure<dyn Fn()>,
}

impl Beat {
    pub fn start(hertz: u32, on: impl Fn() + 'static) -> Beat {
        let closure = Closure::<dyn Fn()>::new(on);
        let every = (1_000 / hertz.max(1)) as i32;
        let timer = super::scope().set_interval_with_callback_and_timeout_and_arguments_0(
            closure.as_ref().unchecked_ref(),
            every,
        );
        Beat {
            // Throws for what is no function.
            timer: timer.unwrap_or_default(),
            _closure: closure,
        }
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        super::scope().clear_interval_with_handle(self.timer);
    }
}
