//! One camera or microphone: what is held of it, whether the person wants it on, and an ear on it.

use crate::browser::{
    level::Meter,
    listener::Listener,
    media::{Stream, Track},
};
use std::cell::{Cell, RefCell};

#[derive(Default)]
pub struct Slot {
    track: RefCell<Option<Track>>,
    listeners: RefCell<Vec<Listener>>,
    /// A twin of the microphone's track, kept only for its loudness. A disabled track gives silence,
    /// so that somebody who speaks while muted could not be told; the twin is never sent anywhere.
    /// The browser's light stays on for it, which is honest: the page does hear. Who does not want
    /// that turns the hint off, and the twin goes whenever they mute.
    ear: RefCell<Option<(Track, Meter)>>,
    on: Cell<bool>,
    request: Cell<u32>,
    /// The remembered device could not be opened, and another one was.
    pub missed: Cell<bool>,
}

impl Slot {
    pub fn is_held(&self) -> bool {
        self.track.borrow().is_some()
    }

    /// Whether the person wants it on, whatever became of it.
    pub fn is_on(&self) -> bool {
        self.on.get()
    }

    pub fn turn(&self, on: bool) {
        self.on.set(on);
        if let Some(track) = &*self.track.borrow() {
            track.set_enabled(on);
        }
    }

    /// A new request; whatever was asked for before is not wanted any more.
    pub fn ask(&self) -> u32 {
        self.request.set(self.request.get().wrapping_add(1));
        self.request.get()
    }

    pub fn is_newest(&self, request: u32) -> bool {
        self.request.get() == request
    }

    pub fn hold(&self, track: Track, listeners: Vec<Listener>) {
        track.set_enabled(self.on.get());
        *self.listeners.borrow_mut() = listeners;
        self.ear.take();
        *self.track.borrow_mut() = Some(track);
    }

    pub fn put_down(&self) {
        self.ask();
        self.let_go();
    }

    /// The device alone: a request for the next one goes on.
    pub fn let_go(&self) {
        self.listeners.take();
        self.ear.take();
        self.track.take();
    }

    pub fn with_track<T>(&self, act: impl FnOnce(Option<&Track>) -> T) -> T {
        act(self.track.borrow().as_ref())
    }

    /// Opens the ear, or shuts it while muted, unless that is to be told.
    pub fn listen(&self, while_muted: bool) {
        let track = self.track.borrow();
        let wanted = self.on.get() || while_muted;
        let Some(track) = track.as_ref().filter(|_| wanted) else {
            self.ear.take();
            return;
        };
        if self.ear.borrow().is_none() {
            let twin = track.twin();
            twin.set_enabled(true);
            let meter = Meter::new(&Stream::of(&[&twin])).ok();
            *self.ear.borrow_mut() = meter.map(|meter| (twin, meter));
        }
    }

    /// 0 to 1, just now.
    pub fn level(&self) -> f32 {
        self.ear
            .borrow()
            .as_ref()
            .map_or(0.0, |(_, meter)| meter.level())
    }
}
