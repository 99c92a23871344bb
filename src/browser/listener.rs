//! An event listener that is there exactly as long as its guard.

use wasm_bindgen::{JsCast, closure::Closure, convert::FromWasmAbi};
use web_sys::{Event, EventTarget};

#[must_use = "dropping a listener removes it"]
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    /// `Fn`, not `FnMut`: an event may well be fired from within the handling of another.
    closure: Closure<dyn Fn(Event)>,
}

impl Listener {
    /// `E` has to be the type of event that `name` brings; it is not checked.
    pub fn new<E>(target: &EventTarget, name: &'static str, on: impl Fn(E) + 'static) -> Listener
    where
        E: JsCast + FromWasmAbi + 'static,
    {
        let closure = Closure::<dyn Fn(Event)>::new(move |event: Event| on(event.unchecked_into()));
        // Fails for no target and no name that is a string.
        let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        Listener {
            target: target.clone(),
            name,
            closure,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self
            .target
            .remove_event_listener_with_callback(self.name, self.closure.as_ref().unchecked_ref());
    }
}
