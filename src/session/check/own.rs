//! The person's own devices, opened as a call opens them: does the camera give a picture, is anything
//! heard, can a sound be played?

use super::{Camera, Check, Microphone, Speaker, Step, together};
use crate::{
    browser::{clock, devices, level, sound::Sound, unseen::Unseen, wait::Flag},
    session::{
        chime,
        local::Local,
        view::{DeviceState, Trouble},
    },
};
use duologue_core::wire::Media;
use leptos::prelude::*;
use std::{cell::RefCell, rc::Rc};

/// A camera takes a second or two to light up.
const PICTURE_MS: u64 = 6_000;
/// Of white's 255. A covered lens gives noise of two or three.
const DARK: u64 = 8;
/// Most cameras begin black and open up.
const BRIGHTENING_MS: u64 = 2_000;
/// Time to read the row and say a word.
const LISTENING_MS: u64 = 6_000;
/// Speech is louder than this, a quiet room is not: 45 dB below the loudest there is.
const LOUD: f32 = 0.25;
const LOOK_MS: u64 = 100;
/// The sound takes 1.3 s.
const SOUND_MS: u64 = 4_000;

/// Told when a device has come or failed.
#[derive(Clone, Default)]
struct Changes(Rc<RefCell<Flag>>);

impl Changes {
    fn tell(&self) {
        self.0.take().raise();
    }

    async fn next(&self) {
        let flag = self.0.borrow().clone();
        flag.wait().await;
    }
}

pub async fn cameras_and_microphones(check: Check) {
    let local = check.local;
    if !devices::supported() {
        let why = Trouble::Insecure;
        check.found(|it| {
            it.camera = Step::Done(Camera::Trouble { why });
            it.microphone = Step::Done(Microphone::Trouble { why });
        });
        return;
    }
    check.found(|it| {
        it.camera = Step::Running;
        it.microphone = Step::Running;
    });
    let changes = Changes::default();
    let changed = changes.clone();
    local.on_change(move || changed.tell());
    local.start(Media {
        microphone: true,
        camera: true,
    });
    let camera = async {
        let camera = match settled(local.camera, &changes).await {
            Some(why) => Camera::Trouble { why },
            None => look(local).await,
        };
        check.found(|it| it.camera = Step::Done(camera));
    };
    let microphone = async {
        let microphone = match settled(local.microphone, &changes).await {
            Some(why) => Microphone::Trouble { why },
            None => listen(local).await,
        };
        check.found(|it| it.microphone = Step::Done(microphone));
    };
    together::all(vec![Box::pin(camera), Box::pin(microphone)]).await;
}

/// When it is known what becomes of it, and what kept it away, if something did. A person may take
/// their time to answer the browser's question.
async fn settled(state: RwSignal<DeviceState>, changes: &Changes) -> Option<Trouble> {
    loop {
        match state.get_untracked() {
            DeviceState::On => return None,
            DeviceState::Trouble(why) => return Some(why),
            // Put down under our hands.
            DeviceState::Off => return Some(Trouble::Lost),
            DeviceState::Starting => changes.next().await,
        }
    }
}

async fn look(local: Local) -> Camera {
    let stream = local.preview.get_untracked();
    let Some(unseen) = stream.and_then(|it| Unseen::look(&it).ok()) else {
        return Camera::NoPicture;
    };
    if clock::within(PICTURE_MS, unseen.first_frame())
        .await
        .is_none()
    {
        return Camera::NoPicture;
    }
    let bright = async {
        while is_dark(&unseen) {
            clock::pause(LOOK_MS).await;
        }
    };
    if clock::within(BRIGHTENING_MS, bright).await.is_none() {
        return Camera::Dark;
    }
    let (width, height) = unseen.size();
    Camera::Picture { width, height }
}

fn is_dark(unseen: &Unseen) -> bool {
    let Some(pixels) = unseen.pixels() else {
        return true;
    };
    let sum: u64 = pixels.grey.iter().map(|it| u64::from(*it)).sum();
    sum < DARK * pixels.grey.len() as u64
}

async fn listen(local: Local) -> Microphone {
    let loud = async {
        loop {
            local.measure();
            if local.level.get_untracked() >= LOUD {
                return;
            }
            clock::pause(LOOK_MS).await;
        }
    };
    match clock::within(LISTENING_MS, loud).await {
        Some(()) => Microphone::Heard,
        None if level::is_awake() => Microphone::Quiet,
        None => Microphone::Unmeasured,
    }
}

pub async fn play(local: Local) -> Speaker {
    let over = Flag::default();
    let ended = over.clone();
    let Ok(sound) = Sound::new(&chime::wave(), move || ended.raise()) else {
        return Speaker::Refused;
    };
    let playing = sound.play(&local.chosen_speaker.get_untracked());
    let to_its_end = async {
        playing.await.map_err(|_| Speaker::Refused)?;
        over.wait().await;
        Ok(Speaker::Played)
    };
    match clock::within(SOUND_MS, to_its_end).await {
        Some(Ok(speaker) | Err(speaker)) => speaker,
        None => Speaker::Stuck,
    }
}
