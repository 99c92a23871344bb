//! How loud the own microphone is: proof, before a call, that it works.

use crate::parts::lean::text;
use crate::words::words;
use leptos::prelude::*;

#[component]
pub fn LevelMeter(level: RwSignal<f32>) -> impl IntoView {
    view! {
        <div
            class="level-meter"
            role="meter"
            aria-label=words().devices.level
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=text(move || percent(level.get()))
            style=("--level", text(move || percent(level.get())))
        ></div>
    }
}

/// Loudness as whole per cent. The square root, since ears hear ratios and speech is mostly quiet.
pub fn percent(level: f32) -> String {
    let level = (level.clamp(0.0, 1.0).sqrt() * 100.0).round();
    (level as u8).to_string()
}
