//! The person's own camera and microphone: opened, switched, and put down with their owner. A device
//! that arrives after its asker changed their mind is put down at once.
//!
//! `slot` holds one device, `opening` asks the browser for it, `plugs` carries out what core's rules
//! say when devices come and go, `settings` what the person set about sound and picture, `sound_test`
//! lets them hear the speaker.

mod opening;
mod plugs;
mod settings;
mod slot;
mod sound_test;

use super::view::{Device, DeviceKind, DeviceNews, DeviceState, Offer, SoundTest, Trouble};
use crate::browser::{
    clock,
    listener::Listener,
    media::{Stream, Track},
    sound::Sound,
    storage,
};
use duologue_core::{capture::Capture, devices::Shelf, muted::Muted, wire::Media};
use leptos::prelude::*;
use slot::Slot;
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

/// One's own devices. `Copy`: a bundle of signals and a handle.
#[derive(Clone, Copy)]
pub struct Local {
    pub camera: RwSignal<DeviceState>,
    pub microphone: RwSignal<DeviceState>,
    /// One's own picture.
    pub preview: RwSignal<Option<Stream>, LocalStorage>,
    /// Whether that is shown as in a mirror: not what a camera sees that looks away from the person.
    pub mirrored: RwSignal<bool>,
    /// Whether there is a camera on the other side of the phone.
    pub can_flip: RwSignal<bool>,
    /// Loudness of one's own microphone, 0 to 1.
    pub level: RwSignal<f32>,
    pub devices: RwSignal<Vec<Device>>,
    pub chosen_camera: RwSignal<String>,
    pub chosen_microphone: RwSignal<String>,
    pub chosen_speaker: RwSignal<String>,
    pub capture: RwSignal<Capture>,
    /// What has just become of a device.
    pub news: RwSignal<Option<DeviceNews>>,
    /// A device that came.
    pub offer: RwSignal<Option<Offer>>,
    /// The system or the browser lets nothing through from it.
    pub microphone_withheld: RwSignal<bool>,
    pub camera_withheld: RwSignal<bool>,
    /// The person speaks, and the microphone is off.
    pub speaks_muted: RwSignal<bool>,
    pub sound_test: RwSignal<SoundTest>,
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

struct Inner {
    microphone: Slot,
    camera: Slot,
    shelves: [RefCell<Shelf>; 3],
    muted: RefCell<Muted>,
    sound: RefCell<Option<Sound>>,
    on_change: RefCell<Option<Box<dyn Fn()>>>,
    device_change: RefCell<Option<Listener>>,
    /// Which question for a list of devices is the newest.
    listing: Cell<u32>,
    closed: Cell<bool>,
}

const KINDS: [DeviceKind; 3] = [
    DeviceKind::Microphone,
    DeviceKind::Camera,
    DeviceKind::Speaker,
];

impl Local {
    pub(super) fn new() -> Self {
        let shelf = |kind| {
            let kept = storage::local_get(key(kind)).unwrap_or_default();
            RefCell::new(Shelf::new(kind, &kept))
        };
        let inner = Rc::new(Inner {
            microphone: Slot::default(),
            camera: Slot::default(),
            shelves: KINDS.map(shelf),
            muted: RefCell::default(),
            sound: RefCell::default(),
            on_change: RefCell::default(),
            device_change: RefCell::default(),
            listing: Cell::default(),
            closed: Cell::default(),
        });
        let [microphone, camera] = [(); 2].map(|()| RwSignal::new(DeviceState::Off));
        let [chosen_microphone, chosen_camera, chosen_speaker] =
            KINDS.map(|_| RwSignal::new(String::new()));
        let [can_flip, microphone_withheld, camera_withheld, speaks_muted] =
            [(); 4].map(|()| RwSignal::new(false));
        Local {
            camera,
            microphone,
            preview: RwSignal::new_local(None),
            mirrored: RwSignal::new(true),
            can_flip,
            level: RwSignal::new(0.0),
            devices: RwSignal::new(Vec::new()),
            chosen_camera,
            chosen_microphone,
            chosen_speaker,
            capture: RwSignal::new(settings::remembered()),
            news: RwSignal::new(None),
            offer: RwSignal::new(None),
            microphone_withheld,
            camera_withheld,
            speaks_muted,
            sound_test: RwSignal::new(SoundTest::Idle),
            inner: StoredValue::new_local(inner),
        }
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
        let slot = &inner.microphone;
        if slot.is_held() {
            slot.turn(on);
            self.listen(&inner);
            self.microphone.set(if on {
                DeviceState::On
            } else {
                DeviceState::Off
            });
            self.changed();
        } else if on {
            self.open(DeviceKind::Microphone);
        } else {
            self.put_down(DeviceKind::Microphone);
        }
    }

    /// Another device of the same kind; remembered, and taken at once if the kind is in use.
    pub fn choose(self, device: &Device) {
        let Some(inner) = self.inner() else { return };
        inner.shelf(device.kind).borrow_mut().choose(device);
        self.remember(&inner, device.kind);
        self.news.set(None);
        let offered = |offer: &Offer| offer.devices.iter().any(|it| it.kind == device.kind);
        if self
            .offer
            .with_untracked(|it| it.as_ref().is_some_and(offered))
        {
            self.offer.set(None);
        }
        self.show_chosen(&inner, device.kind);
        if let Some(slot) = inner.slot(device.kind)
            && (slot.is_held() || slot.is_on())
        {
            self.open_again(device.kind);
        }
    }

    /// What was offered, all of it: a headset is a microphone and a speaker.
    pub fn take_offer(self) {
        if let Some(offer) = self.offer.get_untracked() {
            self.offer.set(None);
            for device in &offer.devices {
                self.choose(device);
            }
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
            inner.microphone.with_track(|microphone| {
                inner.camera.with_track(|camera| act(microphone, camera));
            });
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
            inner.sound.take();
        }
        self.put_down_all();
    }

    /// Camera and microphone go dark and may be opened again.
    pub(super) fn put_down_all(self) {
        self.put_down(DeviceKind::Microphone);
        self.put_down(DeviceKind::Camera);
    }

    pub(super) fn measure(self) {
        let Some(inner) = self.inner() else { return };
        let level = inner.microphone.level();
        let on = self.microphone.get_untracked() == DeviceState::On;
        let muted = inner.microphone.is_held() && !on;
        let speaks = inner.muted.borrow_mut().hear(clock::now(), muted, level);
        if self.speaks_muted.get_untracked() != speaks {
            self.speaks_muted.set(speaks);
        }
        let level = if on { level } else { 0.0 };
        if (self.level.get_untracked() - level).abs() > 0.01 {
            self.level.set(level);
        }
    }

    /// The hint that one speaks while muted has been read.
    pub fn stay_muted(self) {
        if let Some(inner) = self.inner() {
            inner.muted.borrow_mut().dismiss();
            self.speaks_muted.set(false);
        }
    }

    fn put_down(self, kind: DeviceKind) {
        let Some(inner) = self.inner() else { return };
        inner.shelf(kind).borrow_mut().put_down();
        if let Some(slot) = inner.slot(kind) {
            slot.turn(false);
            slot.put_down();
        }
        let state = self.state(kind);
        if state.get_untracked() != DeviceState::Off {
            state.set(DeviceState::Off);
        }
        self.track_changed(kind);
    }

    /// Another track of this kind, or none.
    fn track_changed(self, kind: DeviceKind) {
        let Some(inner) = self.inner() else { return };
        if kind == DeviceKind::Camera {
            let shown = |track: Option<&Track>| track.map(|track| Stream::of(&[track]));
            let facing = inner.camera.with_track(|it| it.map(Track::facing));
            let facing = facing.unwrap_or_default();
            self.mirrored.set(facing != BACK);
            self.preview.set(inner.camera.with_track(shown));
            self.show_flip(&facing);
        } else {
            self.listen(&inner);
        }
        self.show_withheld(kind);
        self.changed();
    }

    /// With the ear that the microphone needs now.
    fn listen(self, inner: &Inner) {
        let hint = self.capture.with_untracked(|it| it.muted_hint);
        inner.microphone.listen(hint);
    }

    fn changed(self) {
        if let Some(inner) = self.inner()
            && let Some(act) = &*inner.on_change.borrow()
        {
            act();
        }
    }

    fn show_withheld(self, kind: DeviceKind) {
        let Some(inner) = self.inner() else { return };
        let signal = match kind {
            DeviceKind::Camera => self.camera_withheld,
            DeviceKind::Microphone => self.microphone_withheld,
            DeviceKind::Speaker => return,
        };
        let withheld = inner
            .slot(kind)
            .is_some_and(|slot| slot.with_track(|it| it.is_some_and(Track::is_withheld)));
        if signal.get_untracked() != withheld {
            signal.set(withheld);
        }
    }

    fn state(self, kind: DeviceKind) -> RwSignal<DeviceState> {
        if kind == DeviceKind::Camera {
            self.camera
        } else {
            self.microphone
        }
    }

    fn chosen(self, kind: DeviceKind) -> RwSignal<String> {
        match kind {
            DeviceKind::Camera => self.chosen_camera,
            DeviceKind::Microphone => self.chosen_microphone,
            DeviceKind::Speaker => self.chosen_speaker,
        }
    }

    fn remember(self, inner: &Inner, kind: DeviceKind) {
        storage::local_set(key(kind), &inner.shelf(kind).borrow().remembered());
    }

    fn inner(self) -> Option<Rc<Inner>> {
        self.inner.try_get_value()
    }

    fn weak(self) -> Option<Weak<Inner>> {
        self.inner().map(|inner| Rc::downgrade(&inner))
    }
}

/// A phone's camera that looks at what the person sees, and the one that looks at the person.
const BACK: &str = "environment";
const FRONT: &str = "user";

impl Inner {
    fn slot(&self, kind: DeviceKind) -> Option<&Slot> {
        match kind {
            DeviceKind::Camera => Some(&self.camera),
            DeviceKind::Microphone => Some(&self.microphone),
            DeviceKind::Speaker => None,
        }
    }

    fn shelf(&self, kind: DeviceKind) -> &RefCell<Shelf> {
        match kind {
            DeviceKind::Microphone => &self.shelves[0],
            DeviceKind::Camera => &self.shelves[1],
            DeviceKind::Speaker => &self.shelves[2],
        }
    }
}

fn key(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Camera => "duologue.camera",
        DeviceKind::Microphone => "duologue.microphone",
        DeviceKind::Speaker => "duologue.speaker",
    }
}
