//! The host has a later page than this one. Not said during a call: style keeps it out of sight there.

use crate::{
    parts::{
        button::Button,
        lean::{part, press},
        page,
    },
    words::{Step, words},
};
use leptos::prelude::*;

#[component]
pub fn UpdateNotice(newer: Signal<bool>) -> impl IntoView {
    let notice = || {
        let words = &words().common;
        view! {
            <aside class="update notice" role="status">
                <p>{words.newer}</p>
                <Button text=words.step(Step::Reload) press=press(page::reload) />
            </aside>
        }
        .into_any()
    };
    part(move || newer.get().then(notice))
}
