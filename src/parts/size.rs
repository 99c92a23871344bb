//! How large an element is, for as long as the calling scope lives.

use crate::parts::lean::watch;
use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::ResizeObserver;

struct Watcher {
    observer: ResizeObserver,
    /// What the browser calls; goes after the observer is told to stop.
    _tell: Closure<dyn Fn()>,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Width and height inside its border, in pixels of the style sheet; nothing until it is on the page.
pub fn use_size(node: NodeRef<html::Div>) -> RwSignal<(f64, f64)> {
    let size = RwSignal::new((0.0, 0.0));
    let measure = move || {
        if let Some(Some(element)) = node.try_get_untracked() {
            let (width, height) = (element.client_width(), element.client_height());
            size.try_set((f64::from(width), f64::from(height)));
        }
    };
    let watcher = StoredValue::new_local(None::<Watcher>);
    watch(move || {
        let Some(element) = node.get() else { return };
        measure();
        let tell = Closure::<dyn Fn()>::new(measure);
        // Refused only for what is no function.
        if let Ok(observer) = ResizeObserver::new(tell.as_ref().unchecked_ref()) {
            observer.observe(&element);
            watcher.set_value(Some(Watcher {
                observer,
                _tell: tell,
            }));
        }
    });
    size
}
