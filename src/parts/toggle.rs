//! The pair that turns one's own devices on and off, the same before and in a call.

use crate::{
    parts::{
        icon::{CAMERA, CAMERA_OFF, Glyph, MICROPHONE, MICROPHONE_OFF, changing},
        lean::{flag, press},
    },
    session::{DeviceState, Local},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn DeviceToggles(local: Local) -> impl IntoView {
    let devices = &words().devices;
    let microphone = Callback::new(move |on| local.set_microphone(on));
    let camera = Callback::new(move |on| local.set_camera(on));
    view! {
        <DeviceToggle
            label=devices.microphone
            state=local.microphone
            glyphs=(MICROPHONE, MICROPHONE_OFF)
            turn=microphone
        />
        <DeviceToggle label=devices.camera state=local.camera glyphs=(CAMERA, CAMERA_OFF) turn=camera />
    }
}

/// Pressed means: it is being sent.
#[component]
fn DeviceToggle(
    label: &'static str,
    state: RwSignal<DeviceState>,
    /// On, off.
    glyphs: (Glyph, Glyph),
    turn: Callback<bool>,
) -> impl IntoView {
    let on = move || state.get() == DeviceState::On;
    let press = press(move || {
        let wanted = matches!(
            state.get_untracked(),
            DeviceState::On | DeviceState::Starting
        );
        turn.run(!wanted);
    });
    view! {
        <button
            type="button"
            class="round"
            aria-label=label
            title=label
            aria-pressed=flag(on)
            data-trouble=flag(move || matches!(state.get(), DeviceState::Trouble(_)))
            data-busy=flag(move || state.get() == DeviceState::Starting)
            on:click=press
        >
            {changing(move || if on() { glyphs.0 } else { glyphs.1 })}
        </button>
    }
    .into_any()
}
