//! One's own picture before a call, with the controls on its lower edge as they will be in it, and in
//! the picture's place, where there is none, the reason and its remedy.

use crate::{
    parts::{
        flip::FlipButton,
        lean::{flag, part},
        level_meter::LevelMeter,
        notice::Alert,
        picture::Picture,
        toggle::DeviceToggles,
    },
    session::{DeviceKind, DeviceState, Local},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn Mirror(local: Local) -> impl IntoView {
    view! {
        <div
            class="mirror"
            data-camera=flag(move || local.camera.get() == DeviceState::On)
            data-mirrored=flag(move || local.mirrored.get())
        >
            <Picture stream=local.preview />
            <div class="mirror-note">{part(move || in_place_of_picture(local))}</div>
            <div class="mirror-controls">
                <LevelMeter level=local.level />
                <DeviceToggles local=local />
                <FlipButton local=local />
            </div>
        </div>
    }
    .into_any()
}

fn in_place_of_picture(local: Local) -> Option<AnyView> {
    let words = words();
    let text = match local.camera.get() {
        DeviceState::On => return None,
        DeviceState::Starting => words.green_room.camera_starting,
        DeviceState::Off => words.green_room.camera_off,
        DeviceState::Trouble(trouble) => {
            let advice = words.devices.trouble(DeviceKind::Camera, trouble);
            return Some(
                view! { <Alert advice=advice act=move |_| local.set_camera(true) /> }.into_any(),
            );
        }
    };
    Some(view! { <p>{text}</p> }.into_any())
}

/// What keeps the microphone from working.
#[component]
pub fn MicrophoneTrouble(local: Local) -> impl IntoView {
    part(move || match local.microphone.get() {
        DeviceState::Trouble(trouble) => {
            let advice = words().devices.trouble(DeviceKind::Microphone, trouble);
            let again = move |_| local.set_microphone(true);
            Some(view! { <Alert advice=advice act=again /> }.into_any())
        }
        _ => None,
    })
}
