//! What the others may learn of where one is.

use crate::{
    parts::{
        lean::{flag, press},
        switch::Switch,
    },
    session::hiding,
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn HideAddress() -> impl IntoView {
    let words = &words().privacy;
    let hidden = RwSignal::new(hiding::is_hidden());
    let turn = press(move || {
        hidden.update(|it| *it = !*it);
        hiding::hide(hidden.get_untracked());
    });
    view! {
        <div class="switches privacy">
            <Switch
                text=words.hide_address
                hint=words.hide_address_hint
                checked=flag(move || hidden.get())
                press=turn
            />
        </div>
    }
    .into_any()
}
