//! Asking the browser for devices, and what becomes of the answer.

use super::{BACK, DeviceKind, DeviceState, FRONT, Inner, Local, Trouble};
use crate::{
    browser::{
        devices::{self, Which},
        error::BrowserError,
        media::Track,
    },
    session::{rest, view::DeviceNews},
};
use duologue_core::{capture::Capture, devices::Missed, wire::Media};
use leptos::prelude::*;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

impl Local {
    /// Asks for what is wanted, both in one question where both are; what is refused shows in the
    /// signals.
    pub fn start(self, want: Media) {
        if !devices::supported() {
            spawn_local(self.tell_insecure());
            return;
        }
        self.watch_devices();
        let kinds = [DeviceKind::Microphone, DeviceKind::Camera];
        if !(want.microphone && want.camera) {
            if want.microphone {
                self.open(DeviceKind::Microphone);
            }
            if want.camera {
                self.open(DeviceKind::Camera);
            }
            return;
        }
        if let Some(inner) = self.inner() {
            inner.microphone.turn(true);
            inner.camera.turn(true);
        }
        let tickets = kinds.map(|kind| self.ask(kind));
        let [microphone, camera] = kinds.map(|kind| self.which(kind));
        let Some(weak) = self.weak() else { return };
        spawn_local(async move {
            let capture = self.capture.get_untracked();
            let microphone = (&microphone, capture.sound());
            let both = devices::open_both(microphone, (&camera, capture.sight())).await;
            if weak.upgrade().is_none() {
                return;
            }
            match both {
                Ok((audio, video)) => {
                    self.take(DeviceKind::Microphone, tickets[0], Ok(audio));
                    self.take(DeviceKind::Camera, tickets[1], Ok(video));
                    self.list_devices();
                }
                // One of them is in the way of the other: each by itself.
                Err(_) => {
                    rest::fetch().await;
                    kinds.map(|kind| self.open(kind)).into_iter().collect()
                }
            }
        });
    }

    async fn tell_insecure(self) {
        rest::fetch().await;
        for state in [self.microphone, self.camera] {
            state.try_set(DeviceState::Trouble(Trouble::Insecure));
        }
    }

    /// The chosen device of this kind, switched on.
    pub(super) fn open(self, kind: DeviceKind) {
        let inner = self.inner();
        if let Some(slot) = inner.as_ref().and_then(|inner| inner.slot(kind)) {
            slot.turn(true);
        }
        self.open_again(kind);
    }

    /// The same, on or off as it was: nobody is unmuted by choosing another microphone.
    pub(super) fn open_again(self, kind: DeviceKind) {
        let which = self.which(kind);
        self.open_this(kind, which);
    }

    /// The camera on the other side of the phone.
    pub fn flip(self) {
        let back = !self.mirrored.get_untracked();
        self.open_this(
            DeviceKind::Camera,
            Which::Facing(if back { FRONT } else { BACK }),
        );
    }

    fn open_this(self, kind: DeviceKind, which: Which) {
        let ticket = self.ask(kind);
        let Some(weak) = self.weak() else { return };
        spawn_local(async move {
            let capture = self.capture.get_untracked();
            let mut opened = open(kind, &which, &capture).await;
            if opened.is_err() {
                // What tells of trouble is there. Nobody's typing is held up by fetching it.
                rest::fetch().await;
            }
            if let Some(inner) = weak.upgrade() {
                opened = again(&inner, kind, &which, &capture, opened).await;
            }
            if weak.upgrade().is_some() {
                self.take(kind, ticket, opened);
                self.list_devices();
            }
        });
    }

    fn ask(self, kind: DeviceKind) -> u32 {
        let Some(inner) = self.inner() else { return 0 };
        let Some(slot) = inner.slot(kind) else {
            return 0;
        };
        // While another one is held, that one goes on until the new one is there.
        if !slot.is_held() && slot.is_on() {
            self.state(kind).set(DeviceState::Starting);
        }
        slot.missed.set(false);
        slot.ask()
    }

    fn take(self, kind: DeviceKind, ticket: u32, result: Result<Track, BrowserError>) {
        let Some(inner) = self.inner() else { return };
        let Some(slot) = inner.slot(kind) else { return };
        if !slot.is_newest(ticket) || inner.closed.get() {
            // Asked for by a wish that has passed; dropping the track stops it.
            return;
        }
        match result {
            Ok(track) => {
                let id = track.device_id().unwrap_or_default();
                inner.shelf(kind).borrow_mut().opened(&id);
                let withheld = track.on_withheld(move || self.show_withheld(kind));
                let mut listeners = Vec::from(withheld);
                listeners.push(track.on_ended(move || self.lose(kind)));
                slot.hold(track, listeners);
                self.state(kind).set(if slot.is_on() {
                    DeviceState::On
                } else {
                    DeviceState::Off
                });
            }
            // What was there before is there still.
            Err(_) if slot.is_held() => {
                let id = slot.with_track(|it| it.and_then(Track::device_id));
                let mut shelf = inner.shelf(kind).borrow_mut();
                let name = shelf.used().map(|it| shelf.name(it));
                shelf.opened(&id.unwrap_or_default());
                let now = shelf.used().map(|it| shelf.name(it));
                if let Some((name, now)) = name.zip(now).filter(|(name, now)| name != now) {
                    self.news.set(Some(DeviceNews::Refused { name, now }));
                }
            }
            Err(error) => {
                if error == BrowserError::NotFound {
                    inner.shelf(kind).borrow_mut().none_found();
                }
                self.state(kind).set(DeviceState::Trouble(trouble(&error)));
            }
        }
        self.show_chosen(&inner, kind);
        self.track_changed(kind);
    }

    /// The device has gone by itself. Why, the next list of devices shows.
    fn lose(self, kind: DeviceKind) {
        let Some(inner) = self.inner() else { return };
        let Some(slot) = inner.slot(kind) else { return };
        slot.let_go();
        if slot.is_on() {
            self.state(kind).set(DeviceState::Trouble(Trouble::Lost));
        }
        self.track_changed(kind);
        self.list_devices();
    }

    /// After a list has come: the remembered device was not opened, so where is it?
    pub(super) fn settle(self, inner: &Inner, kind: DeviceKind) {
        let Some(slot) = inner.slot(kind) else { return };
        if !slot.is_held() || !slot.missed.replace(false) {
            return;
        }
        let missed = inner.shelf(kind).borrow().missed();
        match missed {
            Some(Missed::Here(device)) => self.open_this(kind, Which::Id(device.id)),
            Some(Missed::Away { name }) => {
                let now = inner.used_name(kind);
                self.news.set(Some(DeviceNews::Missing { name, now }));
            }
            None => {}
        }
    }

    fn which(self, kind: DeviceKind) -> Which {
        let wanted = self
            .inner()
            .and_then(|inner| inner.shelf(kind).borrow().wanted());
        wanted
            .filter(|id| !id.is_empty())
            .map_or(Which::Any, Which::Id)
    }
}

/// Another try, where something can be done about the failure.
async fn again(
    inner: &Rc<Inner>,
    kind: DeviceKind,
    which: &Which,
    capture: &Capture,
    opened: Result<Track, BrowserError>,
) -> Result<Track, BrowserError> {
    let Some((error, slot)) = opened.as_ref().err().zip(inner.slot(kind)) else {
        return opened;
    };
    match error {
        // The remembered one is not connected: any other rather than none.
        BrowserError::NotFound | BrowserError::Overconstrained
            if matches!(which, Which::Id(_)) && !slot.is_held() =>
        {
            slot.missed.set(true);
            open(kind, &Which::Any, capture).await
        }
        // Phones run one camera at a time.
        BrowserError::NotReadable | BrowserError::Abort if slot.is_held() => {
            slot.let_go();
            open(kind, which, capture).await
        }
        _ => opened,
    }
}

async fn open(kind: DeviceKind, which: &Which, capture: &Capture) -> Result<Track, BrowserError> {
    match kind {
        DeviceKind::Camera => devices::open_camera(which, capture.sight()).await,
        _ => devices::open_microphone(which, capture.sound()).await,
    }
}

fn trouble(error: &BrowserError) -> Trouble {
    match error {
        BrowserError::NotAllowed => Trouble::Denied,
        BrowserError::NotFound | BrowserError::Overconstrained => Trouble::NotFound,
        BrowserError::NotReadable | BrowserError::Abort => Trouble::InUse,
        BrowserError::Security | BrowserError::Missing => Trouble::Insecure,
        _ => Trouble::Other,
    }
}
