//! What the person set about sound, picture and limits: kept, and carried out at once without
//! negotiation.

use super::{DeviceKind, Local};
use crate::browser::{devices, storage};
use duologue_core::capture::Capture;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

const KEY: &str = "duologue.capture";

pub(super) fn remembered() -> Capture {
    Capture::remembered(&storage::local_get(KEY).unwrap_or_default())
}

impl Local {
    pub fn set_capture(self, change: impl FnOnce(&mut Capture)) {
        let old = self.capture.get_untracked();
        let mut new = old.clone();
        change(&mut new);
        if new == old {
            return;
        }
        storage::local_set(KEY, &new.keep());
        let (sound, sight) = (new.sound() != old.sound(), new.sight() != old.sight());
        self.capture.set(new);
        let Some(inner) = self.inner() else { return };
        // As long as it runs, Chromium keeps a microphone's processing for whoever asks for it again.
        if sound && inner.microphone.is_held() {
            inner.microphone.let_go();
            self.open_again(DeviceKind::Microphone);
        }
        if sight {
            self.apply_sight();
        }
        self.listen(&inner);
        self.changed();
    }

    /// How many bits a second may be sent in all, and whether sound is to be music.
    pub(in crate::session) fn sending(self) -> (Option<u32>, bool) {
        self.capture
            .try_with_untracked(|it| (it.limit.bits(), it.hi_fi))
            .unwrap_or_default()
    }

    /// On the running camera; one that cannot is opened anew.
    fn apply_sight(self) {
        let Some(inner) = self.inner() else { return };
        let constraints = devices::picture(self.capture.with_untracked(Capture::sight));
        let Some(applied) = inner
            .camera
            .with_track(|it| it.map(|it| it.apply(&constraints)))
        else {
            return;
        };
        let Some(weak) = self.weak() else { return };
        spawn_local(async move {
            if applied.await.is_err() && weak.upgrade().is_some_and(|inner| inner.camera.is_held())
            {
                self.open(DeviceKind::Camera);
            }
        });
    }
}
