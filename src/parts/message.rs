//! A whole page that says one thing and offers the next step: ended, damaged, not there, not yet.

use crate::parts::{brand::Brand, page};
use leptos::prelude::*;

#[component]
pub fn Message(
    title: &'static str,
    #[prop(default = "")] text: &'static str,
    /// Is this an error that a person must act on?
    #[prop(optional)]
    alert: bool,
    /// The buttons.
    children: Children,
) -> impl IntoView {
    page::use_title(move || title.to_string());
    view! {
        <div class="page">
            <header class="top"><Brand /></header>
            <main class="message">
                <div role=if alert { "alert" } else { "status" }>
                    <h1 class="line">{title}</h1>
                    <p class="soft">{text}</p>
                </div>
                <div class="actions">{children()}</div>
            </main>
        </div>
    }
    .into_any()
}
