//! Which camera, microphone or speaker: a plain select, as long as there is a choice.

use crate::{
    parts::lean::{input, part},
    session::{Device, DeviceKind, Local},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn DevicePicker(local: Local, kind: DeviceKind) -> impl IntoView {
    let chosen = match kind {
        DeviceKind::Camera => local.chosen_camera,
        DeviceKind::Microphone => local.chosen_microphone,
        DeviceKind::Speaker => local.chosen_speaker,
    };
    let devices = move || {
        local.devices.with(|all| {
            all.iter()
                .filter(|d| d.kind == kind)
                .cloned()
                .collect::<Vec<_>>()
        })
    };
    let choose = move |id: String| {
        let devices = untrack(devices);
        let device = devices.into_iter().find(|device| device.id == id);
        local.choose(&device.unwrap_or(Device {
            kind,
            id: String::new(),
            label: String::new(),
            group: String::new(),
        }));
    };
    // Where the system's speaker is not in the list it is one more to choose.
    let least = if kind == DeviceKind::Speaker { 1 } else { 2 };
    view! {
        <label class="field">
            <span class="field-label">{words().devices.name(kind)}</span>
            <select
                prop:disabled=move || devices().len() < least
                on:change=input(choose)
            >
                {part(move || Some(options(kind, &devices(), &chosen.get())))}
            </select>
        </label>
    }
    .into_any()
}

fn options(kind: DeviceKind, devices: &[Device], chosen: &str) -> AnyView {
    let words = &words().devices;
    let nameless = match kind {
        DeviceKind::Speaker if devices.iter().any(|it| it.id == "default") => None,
        DeviceKind::Speaker => Some(words.system_default),
        _ if devices.is_empty() => Some(words.none),
        _ => None,
    };
    let option = |(place, device): (usize, &Device)| {
        let label = match device.label.as_str() {
            "" => words.numbered(words.name(kind), place + 1),
            label => label.to_string(),
        };
        view! { <option value=device.id.clone() prop:selected=device.id == chosen>{label}</option> }
    };
    view! {
        {nameless.map(|text| view! { <option value="">{text}</option> })}
        {devices.iter().enumerate().map(option).collect_view()}
    }
    .into_any()
}
