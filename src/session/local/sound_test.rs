//! A sound through the chosen speaker, so that a person knows before a call that they will hear it.

use super::Local;
use crate::{
    browser::sound::Sound,
    session::{chime, view::SoundTest},
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

impl Local {
    pub fn test_sound(self) {
        let Some(inner) = self.inner() else { return };
        let ended = move || {
            self.sound_test.try_set(SoundTest::Idle);
        };
        let Ok(sound) = Sound::new(&chime::wave(), ended) else {
            self.sound_test.set(SoundTest::Failed);
            return;
        };
        self.sound_test.set(SoundTest::Playing);
        let playing = sound.play(&self.chosen_speaker.get_untracked());
        // One that still sounds ends here.
        *inner.sound.borrow_mut() = Some(sound);
        spawn_local(async move {
            if playing.await.is_err() {
                self.sound_test.try_set(SoundTest::Failed);
            }
        });
    }
}
