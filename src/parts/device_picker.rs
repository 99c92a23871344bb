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
        if let Some(device) = devices.iter().find(|device| device.id == id) {
            local.choose(device);
        }
    };
    view! {
        <label class="field">
            <span class="field-label">{words().devices.name(kind)}</span>
            <select
                prop:disabled=move || devices().len() < 2
                on:change=input(choose)
            >
                {part(move || Some(options(kind, &devices(), &chosen.get())))}
            </select>
        </label>
    }
    .into_any()
}

fn options(kind: DeviceKind, devices: &[Device], chosen: &str) -> AnyView {
    if devices.is_empty() {
        let speaker = kind == DeviceKind::Speaker;
        let text = if speaker {
            words().devices.system_default
        } else {
            words().devices.none
        };
        return view! { <option value="">{text}</option> }.into_any();
    }
    let option = |(place, device): (usize, &Device)| {
        let label = match device.label.as_str() {
            "" => (words().devices.numbered)(kind, place + 1),
            label => label.to_string(),
        };
        view! { <option value=device.id.clone() prop:selected=device.id == chosen>{label}</option> }
    };
    devices
        .iter()
        .enumerate()
        .map(option)
        .collect_view()
        .into_any()
}
