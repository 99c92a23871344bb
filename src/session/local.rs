//! The person's own camera and microphone: opened, switched, and put down with their owner. A device
//! that arrives after its asker changed their mind is put down at once.

use super::view::{Device, DeviceKind, DeviceState, Trouble};
use crate::browser::{
    error::BrowserError,
    level::Meter,
    listener::Listener,
    media::{self, Stream, Track},
    storage,
};
use duologue_core::wire::Media;
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};
use wasm_bindgen_futures::spawn_local;

/// One's own devices. `Copy`: a bundle of signals and a handle.
#[derive(Clone, Copy)]
pub struct Local {
    pub camera: RwSignal<DeviceState>,
    pub microphone: RwSignal<DeviceState>,
    /// One's own picture.
    pub preview: RwSignal<Option<Stream>, LocalStorage>,
    /// Loudness of one's own microphone, 0 to 1.
    pub level: RwSignal<f32>,
    pub devices: RwSignal<Vec<Device>>,
    pub chosen_camera: RwSignal<String>,
    pub chosen_microphone: RwSignal<String>,
    pub chosen_speaker: RwSignal<String>,
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    microphone: Slot,
    camera: Slot,
    meter: RefCell<Option<Meter>>,
    on_change: RefCell<Option<Box<dyn Fn()>>>,
    device_change: RefCell<Option<Listener>>,
    closed: Cell<bool>,
}

/// One device: what is held, and which request for it is the newest.
#[derive(Default)]
struct Slot {
    track: RefCell<Option<Track>>,
    ended: RefCell<Option<Listener>>,
    request: Cell<u32>,
}

impl Local {
    pub(super) fn new() -> Self {
        let chosen = |kind| RwSignal::new(storage::local_get(key(kind)).unwrap_or_default());
        Local {
            camera: RwSignal::new(DeviceState::Off),
            microphone: RwSignal::new(DeviceState::Off),
            preview: RwSignal::new_local(None),
            level: RwSignal::new(0.0),
            devices: RwSignal::new(Vec::new()),
            chosen_camera: chosen(DeviceKind::Camera),
            chosen_microphone: chosen(DeviceKind::Microphone),
            chosen_speaker: chosen(DeviceKind::Speaker),
            inner: StoredValue::new_local(Rc::default()),
        }
    }

    /// Asks for what is wanted, both in one question where both are; what is refused shows in the
    /// signals.
    pub fn start(self, want: Media) {
        if !media::supported() {
            self.microphone.set(DeviceState::Trouble(Trouble::Insecure));
            self.camera.set(DeviceState::Trouble(Trouble::Insecure));
            return;
        }
        self.watch_devices();
        if !(want.microphone && want.camera) {
            if want.microphone {
                self.open(DeviceKind::Microphone);
            }
            if want.camera {
                self.open(DeviceKind::Camera);
            }
            return;
        }
        let tickets = [DeviceKind::Microphone, DeviceKind::Camera].map(|kind| self.ask(kind));
        let (microphone, camera) = (
            self.chosen(DeviceKind::Microphone),
            self.chosen(DeviceKind::Camera),
        );
        let Some(weak) = self.weak() else { return };
        spawn_local(async move {
            let both = media::open_both(some(&microphone), some(&camera)).await;
            if weak.upgrade().is_none() {
                return;
            }
            match both {
                Ok((audio, video)) => {
                    self.take(DeviceKind::Microphone, tickets[0], Ok(audio));
                    self.take(DeviceKind::Camera, tickets[1], Ok(video));
                }
                // One of them is in the way of the other: each by itself.
                Err(_) => {
                    self.open(DeviceKind::Microphone);
                    self.open(DeviceKind::Camera);
                }
            }
            self.list_devices();
        });
    }

    pub fn set_camera(self, on: bool) {
        if on {
            self.open(DeviceKind::Camera);
        } else {
            // The light goes off: a camera that is not sent is not held.
            self.put_down(DeviceKind::Camera);
        }
    }

    pub fn set_microphone(self, on: bool) {
        let Some(inner) = self.inner() else { return };
        let held = inner
            .microphone
            .track
            .borrow()
            .as_ref()
            .map(|track| track.set_enabled(on))
            .is_some();
        match (held, on) {
            (true, _) => {
                self.microphone.set(if on {
                    DeviceState::On
                } else {
                    DeviceState::Off
                });
                self.changed();
            }
            (false, true) => self.open(DeviceKind::Microphone),
            (false, false) => self.put_down(DeviceKind::Microphone),
        }
    }

    /// Another device of the same kind; remembered, and taken at once if the kind is in use.
    pub fn choose(self, device: &Device) {
        storage::local_set(key(device.kind), &device.id);
        let (chosen, in_use) = match device.kind {
            DeviceKind::Camera => (self.chosen_camera, self.camera),
            DeviceKind::Microphone => (self.chosen_microphone, self.microphone),
            DeviceKind::Speaker => {
                self.chosen_speaker.set(device.id.clone());
                return;
            }
        };
        chosen.set(device.id.clone());
        if !matches!(in_use.get_untracked(), DeviceState::Off) {
            self.open(device.kind);
        }
    }

    /// What is sent right now.
    pub fn media(self) -> Media {
        Media {
            microphone: self.microphone.get_untracked() == DeviceState::On,
            camera: self.camera.get_untracked() == DeviceState::On,
        }
    }

    pub(super) fn with_tracks(self, act: impl FnOnce(Option<&Track>, Option<&Track>)) {
        if let Some(inner) = self.inner() {
            act(
                inner.microphone.track.borrow().as_ref(),
                inner.camera.track.borrow().as_ref(),
            );
        }
    }

    pub(super) fn on_change(self, act: impl Fn() + 'static) {
        if let Some(inner) = self.inner() {
            *inner.on_change.borrow_mut() = Some(Box::new(act));
        }
    }

    /// Everything is put down, for good.
    pub(super) fn close(self) {
        if let Some(inner) = self.inner() {
            inner.closed.set(true);
            inner.on_change.take();
            inner.device_change.take();
        }
        self.put_down(DeviceKind::Microphone);
        self.put_down(DeviceKind::Camera);
    }

    pub(super) fn measure(self) {
        if let Some(inner) = self.inner() {
            let level = inner.meter.borrow().as_ref().map_or(0.0, Meter::level);
            let level = if self.microphone.get_untracked() == DeviceState::On {
                level
            } else {
                0.0
            };
            if (self.level.get_untracked() - level).abs() > 0.01 {
                self.level.set(level);
            }
        }
    }

    fn open(self, kind: DeviceKind) {
        let ticket = self.ask(kind);
        let chosen = self.chosen(kind);
        let Some(weak) = self.weak() else { return };
        spawn_local(async move {
            let result = match kind {
                DeviceKind::Camera => media::open_camera(some(&chosen)).await,
                _ => media::open_microphone(some(&chosen)).await,
            };
            if weak.upgrade().is_some() {
                self.take(kind, ticket, result);
                self.list_devices();
            }
        });
    }

    fn ask(self, kind: DeviceKind) -> u32 {
        self.state(kind).set(DeviceState::Starting);
        self.inner().map_or(0, |inner| {
            let request = &inner.slot(kind).request;
            request.set(request.get() + 1);
            request.get()
        })
    }

    fn take(self, kind: DeviceKind, ticket: u32, result: Result<Track, BrowserError>) {
        let Some(inner) = self.inner() else { return };
        let slot = inner.slot(kind);
        if slot.request.get() != ticket || inner.closed.get() {
            // Asked for by a wish that has passed; dropping the track stops it.
            return;
        }
        match result {
            Ok(track) => {
                let lost = move || {
                    self.put_down(kind);
                    self.state(kind).set(DeviceState::Trouble(Trouble::Lost));
                };
                *slot.ended.borrow_mut() = Some(track.on_ended(lost));
                *slot.track.borrow_mut() = Some(track);
                self.state(kind).set(DeviceState::On);
            }
            Err(error) => {
                slot.ended.take();
                slot.track.take();
                self.state(kind).set(DeviceState::Trouble(trouble(&error)));
            }
        }
        self.changed();
    }

    fn put_down(self, kind: DeviceKind) {
        let Some(inner) = self.inner() else { return };
        let slot = inner.slot(kind);
        slot.request.set(slot.request.get() + 1);
        slot.ended.take();
        slot.track.take();
        if self.state(kind).get_untracked() != DeviceState::Off {
            self.state(kind).set(DeviceState::Off);
        }
        self.changed();
    }

    fn changed(self) {
        let Some(inner) = self.inner() else { return };
        let video = inner
            .camera
            .track
            .borrow()
            .as_ref()
            .map(|track| Stream::of(&[track]));
        self.preview.set(video);
        let audio = inner
            .microphone
            .track
            .borrow()
            .as_ref()
            .map(|track| Stream::of(&[track]));
        *inner.meter.borrow_mut() = audio.and_then(|stream| Meter::new(&stream).ok());
        if let Some(act) = &*inner.on_change.borrow() {
            act();
        }
    }

    fn watch_devices(self) {
        let Some(weak) = self.weak() else { return };
        let listener = media::on_device_change(move || {
            if weak.upgrade().is_some() {
                self.list_devices();
            }
        });
        if let Some(inner) = self.inner() {
            *inner.device_change.borrow_mut() = listener;
        }
    }

    fn list_devices(self) {
        let Some(weak) = self.weak() else { return };
        spawn_local(async move {
            let listed = media::enumerate().await.unwrap_or_default();
            if weak.upgrade().is_some() {
                let devices = listed.into_iter().map(|d| Device {
                    id: d.id,
                    label: d.label,
                    kind: d.kind.into(),
                });
                self.devices.set(devices.collect());
            }
        });
    }

    fn state(self, kind: DeviceKind) -> RwSignal<DeviceState> {
        if kind == DeviceKind::Camera {
            self.camera
        } else {
            self.microphone
        }
    }

    fn chosen(self, kind: DeviceKind) -> String {
        let signal = if kind == DeviceKind::Camera {
            self.chosen_camera
        } else {
            self.chosen_microphone
        };
        signal.get_untracked()
    }

    fn inner(self) -> Option<Rc<Inner>> {
        self.inner.try_get_value()
    }

    fn weak(self) -> Option<Weak<Inner>> {
        self.inner().map(|inner| Rc::downgrade(&inner))
    }
}

impl Inner {
    fn slot(&self, kind: DeviceKind) -> &Slot {
        if kind == DeviceKind::Camera {
            &self.camera
        } else {
            &self.microphone
        }
    }
}

impl From<media::Kind> for DeviceKind {
    fn from(kind: media::Kind) -> Self {
        match kind {
            media::Kind::Camera => DeviceKind::Camera,
            media::Kind::Microphone => DeviceKind::Microphone,
            media::Kind::Speaker => DeviceKind::Speaker,
        }
    }
}

fn some(id: &str) -> Option<&str> {
    (!id.is_empty()).then_some(id)
}

fn key(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Camera => "duologue.camera",
        DeviceKind::Microphone => "duologue.microphone",
        DeviceKind::Speaker => "duologue.speaker",
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
