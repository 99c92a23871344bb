//! A sentence that something asks for: an alert when a person must act, a status when it just passes.

use crate::{
    parts::{
        button::Button,
        icon::{Icon, WARNING},
        lean::press,
    },
    words::{Advice, Step, words},
};
use leptos::prelude::*;

/// What went wrong, with its remedy as a button.
#[component]
pub fn Alert(advice: Advice, #[prop(into)] act: Callback<Step>) -> impl IntoView {
    let button = advice.step.map(|step| {
        view! { <Button text=words().common.step(step) press=press(move || act.run(step)) /> }
    });
    view! {
        <div class="notice" data-tone="warn" role="alert">
            <Icon glyph=WARNING />
            <p>{advice.text}</p>
            {button}
        </div>
    }
    .into_any()
}

/// Something to know before going on; nothing is wrong.
#[component]
pub fn Hint(text: &'static str) -> impl IntoView {
    view! {
        <div class="notice" data-tone="hint">
            <p>{text}</p>
        </div>
    }
}
