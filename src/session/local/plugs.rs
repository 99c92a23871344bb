//! Devices that come and go: the browser's lists go into core's rules, and what those say is done and
//! told.

use super::{DeviceKind, DeviceState, Inner, KINDS, Local, Trouble};
use crate::{
    browser::devices,
    session::view::{Device, DeviceNews, Offer},
};
use duologue_core::devices::Change;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

impl Local {
    pub(super) fn watch_devices(self) {
        let Some(weak) = self.weak() else { return };
        let listener = devices::on_change(move || {
            if weak.upgrade().is_some() {
                self.list_devices();
            }
        });
        if let Some(inner) = self.inner() {
            *inner.device_change.borrow_mut() = listener;
        }
    }

    pub(super) fn list_devices(self) {
        let Some(inner) = self.inner() else { return };
        let question = inner.listing.get().wrapping_add(1);
        inner.listing.set(question);
        let Some(weak) = self.weak() else { return };
        spawn_local(async move {
            let listed = devices::enumerate().await;
            if let (Ok(listed), Some(inner)) = (listed, weak.upgrade())
                && inner.listing.get() == question
            {
                self.on_list(&inner, listed);
            }
        });
    }

    fn on_list(self, inner: &Inner, listed: Vec<Device>) {
        let mut came = Vec::new();
        for kind in KINDS {
            let of_kind = listed.iter().filter(|it| it.kind == kind).cloned();
            let changes = inner.shelf(kind).borrow_mut().listed(of_kind.collect());
            for change in changes {
                match change {
                    Change::Gone { name, next } => self.on_gone(inner, kind, name, next),
                    Change::Moved { .. } => self.on_moved(inner, kind),
                    // Nobody is using such a thing: the choice waits for when they do.
                    Change::Came { .. } if !self.is_in_use(inner, kind) => {}
                    Change::Came { device, back } => came.push((device, back)),
                }
            }
            self.show_chosen(inner, kind);
            self.settle(inner, kind);
        }
        let gone = |offer: &Offer| offer.devices.iter().any(|it| !listed.contains(it));
        if self
            .offer
            .with_untracked(|it| it.as_ref().is_some_and(gone))
        {
            self.offer.set(None);
        }
        if let Some(offer) = offer(came) {
            self.offer.set(Some(offer));
        }
        if self.devices.with_untracked(|old| *old != listed) {
            self.devices.set(listed);
        }
        let facing = inner.camera.with_track(|it| it.map(|it| it.facing()));
        self.show_flip(&facing.unwrap_or_default());
    }

    fn on_gone(self, inner: &Inner, kind: DeviceKind, name: String, next: Option<Device>) {
        if let Some(slot) = inner.slot(kind) {
            slot.let_go();
            match (&next, slot.is_on()) {
                (Some(_), true) => self.open_again(kind),
                (None, true) => self.state(kind).set(DeviceState::Trouble(Trouble::Lost)),
                // Opened when it is turned on, and not before.
                (_, false) => {}
            }
            self.track_changed(kind);
            if next.is_none() {
                return;
            }
        }
        let now = inner.used_name(kind);
        self.news.set(Some(DeviceNews::Gone { kind, name, now }));
    }

    /// What is held is the device that used to be the system's choice.
    fn on_moved(self, inner: &Inner, kind: DeviceKind) {
        // Sound follows the system's choice by itself.
        let Some(slot) = inner.slot(kind) else { return };
        if slot.is_held() || slot.is_on() {
            self.open_again(kind);
            let now = inner.used_name(kind);
            self.news.set(Some(DeviceNews::Moved { now }));
        }
    }

    fn is_in_use(self, inner: &Inner, kind: DeviceKind) -> bool {
        inner
            .slot(kind)
            .is_none_or(|slot| slot.is_held() || slot.is_on())
    }

    /// In the pickers.
    pub(super) fn show_chosen(self, inner: &Inner, kind: DeviceKind) {
        let shelf = inner.shelf(kind).borrow();
        let used = shelf.used().map(|it| it.id.clone());
        let chosen = match kind {
            DeviceKind::Speaker => used,
            _ => used.or_else(|| shelf.wanted()),
        };
        drop(shelf);
        let (signal, chosen) = (self.chosen(kind), chosen.unwrap_or_default());
        if signal.with_untracked(|old| *old != chosen) {
            signal.set(chosen);
        }
    }

    pub(super) fn show_flip(self, facing: &str) {
        let cameras = self.devices.with_untracked(|all| {
            let cameras = all.iter().filter(|it| it.kind == DeviceKind::Camera);
            cameras.count()
        });
        self.can_flip.set(!facing.is_empty() && cameras > 1);
    }
}

impl Inner {
    pub(super) fn used_name(&self, kind: DeviceKind) -> String {
        let shelf = self.shelf(kind).borrow();
        shelf.used().map(|it| shelf.name(it)).unwrap_or_default()
    }
}

/// What came at once in one case (a headset's microphone and its speaker) is one offer.
fn offer(came: Vec<(Device, bool)>) -> Option<Offer> {
    let (first, back) = came.first()?.clone();
    let belongs =
        |it: &Device| (!it.group.is_empty() && it.group == first.group) || it.label == first.label;
    let devices = came.into_iter().map(|it| it.0).filter(belongs).collect();
    Some(Offer {
        name: first.label.clone(),
        back,
        devices,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headset_is_one_offer_and_what_comes_with_it_by_chance_is_none() {
        let device = |kind, label: &str, group: &str| Device {
            kind,
            id: label.to_string(),
            label: label.to_string(),
            group: group.to_string(),
        };
        let microphone = device(DeviceKind::Microphone, "Headset", "1");
        let camera = device(DeviceKind::Camera, "Webcam", "2");
        let speaker = device(DeviceKind::Speaker, "Headset Sound", "1");
        let came = [&microphone, &camera, &speaker].map(|it| (it.clone(), true));
        let offer = offer(came.to_vec()).unwrap();
        assert_eq!(offer.name, "Headset");
        assert!(offer.back);
        assert_eq!(offer.devices, [microphone, speaker]);
    }
}
