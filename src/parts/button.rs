//! Buttons: one with words, one round with an icon; and the way home.

use crate::{
    parts::{
        icon::{Glyph, Icon},
        lean::Press,
    },
    route::Route,
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn Button(
    text: &'static str,
    press: Press,
    /// `primary` for the one thing to do on a screen.
    #[prop(default = "plain")]
    kind: &'static str,
) -> impl IntoView {
    view! {
        <button type="button" class="button" data-kind=kind on:click=press>
            {text}
        </button>
    }
    .into_any()
}

/// Named by `label`, since it shows no words.
#[component]
pub fn RoundButton(
    label: &'static str,
    glyph: Glyph,
    press: Press,
    #[prop(default = "plain")] kind: &'static str,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="round"
            data-kind=kind
            aria-label=label
            title=label
            on:click=press
        >
            <Icon glyph=glyph />
        </button>
    }
    .into_any()
}

#[component]
pub fn HomeLink(#[prop(default = "plain")] kind: &'static str) -> impl IntoView {
    view! {
        <a class="button" data-kind=kind href=Route::Home.fragment()>
            {words().common.back_home}
        </a>
    }
    .into_any()
}
