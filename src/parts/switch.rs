//! A setting that is on or off, and one of a few values.

use crate::parts::lean::{Press, Word, input, part};
use leptos::prelude::*;

#[component]
pub fn Switch(
    text: &'static str,
    #[prop(default = "")] hint: &'static str,
    /// `true` or `false`.
    checked: Word,
    #[prop(optional, into)] disabled: Signal<bool>,
    press: Press,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="switch"
            role="switch"
            aria-label=text
            aria-description=hint
            aria-checked=checked
            prop:disabled=disabled
            on:click=press
        >
            {text}
        </button>
        {(!hint.is_empty()).then(|| view! { <p class="soft switch-hint">{hint}</p> })}
    }
    .into_any()
}

/// One of `texts`, by its place among them.
#[component]
pub fn Choice(
    label: &'static str,
    texts: Vec<&'static str>,
    #[prop(into)] chosen: Signal<usize>,
    choose: Callback<usize>,
) -> impl IntoView {
    let options = part(move || {
        let option = |(place, text): (usize, &&'static str)| {
            view! { <option value=place prop:selected=place == chosen.get()>{*text}</option> }
        };
        Some(
            texts
                .iter()
                .enumerate()
                .map(option)
                .collect_view()
                .into_any(),
        )
    });
    view! {
        <label class="field">
            <span class="field-label">{label}</span>
            <select on:change=input(move |place| place.parse().map_or((), |place| choose.run(place)))>
                {options}
            </select>
        </label>
    }
    .into_any()
}
