//! One's own screen in the page: what the browser captured, for as long as the core says so. Looked at
//! by whoever shows it, carried by every connection.

use super::driver::Driver;
pub use crate::browser::screen::Detail;
use crate::browser::{
    error::BrowserError,
    listener::Listener,
    media::Stream,
    screen::{self, Capture},
};
use duologue_core::{
    call::ShareState,
    ids::OpId,
    io::{Input, Intent, OpError, OpValue},
};
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;

/// `Copy`: a bundle of signals and a handle.
#[derive(Clone, Copy)]
pub struct Share {
    pub state: RwSignal<ShareState>,
    pub picture: RwSignal<Option<Stream>, LocalStorage>,
    pub detail: RwSignal<Detail>,
    /// What is shown goes without sound, and the person has not been told before.
    pub silent: RwSignal<bool>,
    held: StoredValue<Rc<Held>, LocalStorage>,
}

#[derive(Default)]
struct Held {
    /// The first is the one that is shown; what a passed wish brings is let go at once.
    captures: RefCell<Vec<(OpId, Capture, Listener)>>,
    told: Cell<bool>,
}

impl Share {
    pub(super) fn new() -> Self {
        Share {
            state: RwSignal::new(ShareState::Off(None)),
            picture: RwSignal::new_local(None),
            detail: RwSignal::new(Detail::default()),
            silent: RwSignal::new(false),
            held: StoredValue::new_local(Rc::default()),
        }
    }

    /// Whether this browser has anything to share.
    pub fn is_possible(self) -> bool {
        screen::supported()
    }

    /// In the handling of the person's press, or no browser asks them.
    pub(super) fn capture(self, driver: &Driver, op: OpId) {
        let asked = screen::capture(self.detail.get_untracked());
        let send = driver.sender();
        let this = driver.this.clone();
        spawn_local(async move {
            let result = asked.await;
            if this.upgrade().is_none() {
                return;
            }
            let result = result
                .map(|capture| self.hold(op, capture, send.clone()))
                .map_err(|error| op_error(&error));
            send(Input::Done(op, result));
        });
    }

    fn hold(self, op: OpId, capture: Capture, send: impl Fn(Input) + 'static) -> OpValue {
        let sound = capture.sound.is_some();
        capture.prefer(self.detail.get_untracked());
        let ended = capture.on_ended(move || send(Input::User(Intent::StopScreen)));
        if let Some(held) = self.held.try_get_value() {
            held.captures.borrow_mut().push((op, capture, ended));
        }
        OpValue::Captured { sound }
    }

    pub(super) fn release(self, op: OpId) {
        if let Some(held) = self.held.try_get_value() {
            held.captures.borrow_mut().retain(|(of, ..)| *of != op);
        }
    }

    pub(super) fn put_down(self) {
        if let Some(held) = self.held.try_get_value() {
            // Out of the list first: what ends may call back.
            let captures = held.captures.take();
            drop(captures);
        }
    }

    pub(super) fn with_capture(self, act: impl FnOnce(&Capture, Detail)) {
        if let Some(held) = self.held.try_get_value()
            && let Some((_, capture, _)) = held.captures.borrow().first()
        {
            act(capture, self.detail.get_untracked());
        }
    }

    /// The browser has ended what is shown.
    pub(super) fn has_ended(self) -> bool {
        let mut ended = false;
        self.with_capture(|capture, _| ended = !capture.video.is_live());
        ended
    }

    /// As the core has it now.
    pub(super) fn show(self, state: ShareState) {
        if self.state.get_untracked() == state {
            return;
        }
        let mut picture = None;
        let mut silent = false;
        if let ShareState::On { sound } = state
            && let Some(held) = self.held.try_get_value()
        {
            self.with_capture(|capture, _| picture = Some(capture.picture()));
            silent = !sound && !held.told.replace(true);
        }
        self.picture.set(picture);
        self.silent.set(silent);
        self.state.set(state);
    }
}

fn op_error(error: &BrowserError) -> OpError {
    match error {
        BrowserError::Abort => OpError::Cancelled,
        BrowserError::NotAllowed => OpError::Blocked,
        _ => OpError::Refused,
    }
}
