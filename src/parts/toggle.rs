//! A round button, and the pair that turns one's own devices on and off, the same before and in a call.

use crate::{
    parts::icon::{CAMERA, CAMERA_OFF, Glyph, Icon, MICROPHONE, MICROPHONE_OFF},
    session::{DeviceState, Local},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn RoundButton(
    label: &'static str,
    glyph: Glyph,
    #[prop(default = "plain")] kind: &'static str,
    #[prop(into)] press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="round"
            data-kind=kind
            aria-label=label
            title=label
            on:click=move |_| press.run(())
        >
            <Icon glyph=glyph />
        </button>
    }
    .into_any()
}

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
    let press = move |_| {
        let wanted = matches!(
            state.get_untracked(),
            DeviceState::On | DeviceState::Starting
        );
        turn.run(!wanted);
    };
    view! {
        <button
            type="button"
            class="round"
            aria-label=label
            title=label
            aria-pressed=move || on().to_string()
            data-trouble=move || matches!(state.get(), DeviceState::Trouble(_)).to_string()
            data-busy=move || (state.get() == DeviceState::Starting).to_string()
            on:click=press
        >
            <Icon glyph=Signal::derive(move || if on() { glyphs.0 } else { glyphs.1 }) />
        </button>
    }
    .into_any()
}
