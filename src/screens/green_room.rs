//! Before a call: see yourself, hear that you are heard, say your name, see who is there.

use crate::{
    parts::{
        brand::Brand,
        device_picker::DevicePicker,
        mirror::{MicrophoneTrouble, Mirror},
        notice::Hint,
        page,
    },
    session::{Call, DeviceKind, Phase},
    words::words,
};
use leptos::{ev, prelude::*};

#[component]
pub fn GreenRoom(
    call: Call,
    /// Set when the person wants in; the room joins when it can.
    wanted: RwSignal<bool>,
) -> impl IntoView {
    let words = &words().green_room;
    page::use_title(move || words.title.to_string());
    let join = move |event: ev::SubmitEvent| {
        event.prevent_default();
        wanted.set(true);
    };
    let opening = move || wanted.get() && call.phase.get() == Phase::Opening;
    let present = move || {
        call.present
            .with(|names| (!names.is_empty()).then(|| (words.present)(names)))
    };
    view! {
        <div class="page">
            <header class="top"><Brand /></header>
            <main class="green-room">
                <Mirror local=call.local />
                <form class="green-room-side" on:submit=join>
                    <h1 class="panel-title">{words.title}</h1>
                    <p class="soft" role="status">{present}</p>
                    <NameField name=call.my_name />
                    <MicrophoneTrouble local=call.local />
                    {move || call.guessable.get().then(|| view! { <Hint text=words.guessable /> })}
                    <button type="submit" class="button" data-kind="primary" aria-busy=move || opening().to_string()>
                        {words.join}
                    </button>
                    {move || opening().then(|| view! { <p class="soft" role="status">{words.opening}</p> })}
                </form>
                <fieldset class="devices">
                    <legend class="unseen">{words.devices}</legend>
                    <DevicePicker local=call.local kind=DeviceKind::Camera />
                    <DevicePicker local=call.local kind=DeviceKind::Microphone />
                    <DevicePicker local=call.local kind=DeviceKind::Speaker />
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
                on:input:target=move |event| name.set(event.target().value())
            />
        </label>
    }
}
