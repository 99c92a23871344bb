//! Keeps the screen on, as long as its guard lives. Browsers let go of it whenever nobody sees the
//! page; it is taken again when they do.

use super::{Listener, page, sys::Waker};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[must_use = "dropping it lets the screen go dark"]
pub struct WakeLock {
    held: Rc<Held>,
    _visible: Option<Listener>,
}

#[derive(Default)]
struct Held {
    lock: RefCell<Option<super::sys::Sentinel>>,
    dropped: Cell<bool>,
}

impl WakeLock {
    /// Where a browser has none, or refuses (a low battery), nothing happens.
    pub fn hold() -> WakeLock {
        let held = Rc::new(Held::default());
        ask(&held);
        let again = held.clone();
        let visible = page::on_visible(move |visible| {
            if visible {
                ask(&again);
            }
        });
        WakeLock {
            held,
            _visible: visible,
        }
    }
}

impl Drop for WakeLock {
    fn drop(&mut self) {
        self.held.dropped.set(true);
        if let Some(lock) = self.held.lock.take() {
            lock.release();
        }
    }
}

fn ask(held: &Rc<Held>) {
    let Some(navigator) = page::secure_navigator() else {
        return;
    };
    let Some(asked) = navigator
        .unchecked_ref::<Waker>()
        .wake_lock()
        .and_then(|it| it.request("screen").ok())
    else {
        return;
    };
    let held = held.clone();
    spawn_local(async move {
        let Ok(lock) = JsFuture::from(asked).await else {
            return;
        };
        let lock: super::sys::Sentinel = lock.unchecked_into();
        if held.dropped.get() {
            lock.release();
        } else if let Some(before) = held.lock.replace(Some(lock)) {
            before.release();
        }
    });
}
