//! A QR code instead of pasting: seen by the camera, or found in a picture.

use crate::{
    parts::{
        icon::{CLOSE, Icon, PICTURE, SCAN, changing},
        lean::{part, press, word},
        notice::Alert,
        picture::Picture,
    },
    session::{
        DeviceState, Local,
        scan::{self, ScanTrouble},
    },
    words::words,
};
use leptos::{html, prelude::*};
use std::time::Duration;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

/// Three looks a second find a code as soon as it is held still, and leave the page responsive.
const LOOK_EVERY: Duration = Duration::from_millis(330);

#[component]
pub fn Scanner(local: Local, found: Callback<String>) -> impl IntoView {
    let words = words();
    let scanning = RwSignal::new(false);
    let trouble = RwSignal::new(None::<ScanTrouble>);
    let read = move |file: File| {
        trouble.set(None);
        spawn_local(async move {
            match scan::picture(file).await {
                Ok(text) => drop(found.try_run(text)),
                Err(why) => drop(trouble.try_set(Some(why))),
            }
        });
    };
    let seen = Callback::new(move |text| {
        scanning.set(false);
        found.run(text);
    });
    let label = move || {
        if scanning.get() {
            words.direct.stop_scan
        } else {
            words.direct.scan
        }
    };
    view! {
        <div class="actions">
            <button
                type="button"
                class="button"
                on:click=press(move || scanning.update(|on| *on = !*on))
            >
                {changing(move || if scanning.get() { CLOSE } else { SCAN })}
                {word(label)}
            </button>
            <label class="button file-button">
                <Icon glyph=PICTURE />
                <span>{words.direct.picture}</span>
                <input
                    type="file"
                    accept="image/*"
                    on:change:target=move |event| {
                        let input = event.target();
                        if let Some(file) = input.files().and_then(|files| files.get(0)) {
                            read(file);
                        }
                        // The same picture may be chosen again.
                        input.set_value("");
                    }
                />
            </label>
        </div>
        {part(move || scanning.get().then(|| view! { <Finder local=local seen=seen /> }.into_any()))}
        {part(move || {
            let advice = words.direct.scan_trouble(trouble.get()?);
            Some(view! { <Alert advice=advice act=|_| () /> }.into_any())
        })}
    }
    .into_any()
}

/// What the camera sees, looked at again and again.
#[component]
fn Finder(local: Local, seen: Callback<String>) -> impl IntoView {
    let node = NodeRef::<html::Video>::new();
    if local.camera.get_untracked() != DeviceState::On {
        local.set_camera(true);
    }
    let looking = StoredValue::new(false);
    let look = move || {
        let Some(video) = node.get_untracked().filter(|_| !looking.get_value()) else {
            return;
        };
        looking.set_value(true);
        spawn_local(async move {
            let text = scan::video(&video).await;
            looking.try_set_value(false);
            // Gone meanwhile: nobody is waiting for it any more.
            if let Some(text) = text.filter(|_| !looking.is_disposed()) {
                seen.run(text);
            }
        });
    };
    if let Ok(timer) = set_interval_with_handle(look, LOOK_EVERY) {
        on_cleanup(move || timer.clear());
    }
    view! {
        <div class="finder">
            <Picture stream=local.preview node=node />
            <p role="status">{words().direct.scanning}</p>
        </div>
    }
    .into_any()
}
