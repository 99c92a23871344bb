//! Before a call: see yourself, hear that you are heard, say your name, see who is there.

use crate::{
    parts::{
        brand::Brand,
        device_notices::DeviceNotices,
        device_picker::DevicePicker,
        device_settings::TestSound,
        lean::{flag, input, part, submit, text},
        mirror::{MicrophoneTrouble, Mirror},
        notice::Hint,
        page,
        privacy::HideAddress,
    },
    session::{Call, DeviceKind, Phase, rest_is_there_after},
    words::words,
};
use leptos::prelude::*;

/// Devices are open and the picture is there by then.
const SETTLED_MS: u64 = 3_000;

#[component]
pub fn GreenRoom(
    call: Call,
    /// Set when the person wants in; the room joins when it can.
    wanted: RwSignal<bool>,
) -> impl IntoView {
    let words = &words().green_room;
    page::use_title(move || words.title.to_string());
    let join = submit(move || wanted.set(true));
    let opening = move || wanted.get() && call.phase.get() == Phase::Opening;
    let present = text(move || {
        call.present.with(|names| match names.is_empty() {
            _ if opening() => words.opening.to_owned(),
            true => String::new(),
            false => words.present(names),
        })
    });
    let settled = rest_is_there_after(SETTLED_MS);
    view! {
        <div class="page">
            <header class="top"><Brand /></header>
            <main class="green-room">
                <Mirror local=call.local />
                <form class="green-room-side" on:submit=join>
                    <h1 class="panel-title">{words.title}</h1>
                    <NameField name=call.my_name />
                    {part(move || call.guessable.get().then(|| view! { <Hint text=words.guessable /> }.into_any()))}
                    <button type="submit" class="button" data-kind="primary" aria-busy=flag(opening)>
                        {words.join}
                    </button>
                    // Below the button, which is not to move away from under a finger.
                    <p class="soft" role="status">{present}</p>
                    <MicrophoneTrouble local=call.local />
                    <DeviceNotices local=call.local />
                </form>
                <fieldset class="devices">
                    <legend class="unseen">{words.devices}</legend>
                    <DevicePicker local=call.local kind=DeviceKind::Camera />
                    <DevicePicker local=call.local kind=DeviceKind::Microphone />
                    <DevicePicker local=call.local kind=DeviceKind::Speaker />
                    <TestSound local=call.local />
                    {part(move || settled.get().then(|| view! { <HideAddress /> }.into_any()))}
                </fieldset>
            </main>
        </div>
    }
    .into_any()
}

/// What the others will call you.
#[component]
pub fn NameField(name: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="field">
            <span class="field-label">{words().green_room.your_name}</span>
            <input
                type="text"
                autocomplete="nickname"
                maxlength="64"
                prop:value=name
                on:input=input(move |typed| name.set(typed))
            />
        </label>
    }
}
