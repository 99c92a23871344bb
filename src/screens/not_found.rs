//! An address that means nothing here.

use crate::{
    parts::{button::HomeLink, message::Message},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn NotFound() -> impl IntoView {
    let words = &words().common;
    view! {
        <Message title=words.not_found text=words.not_found_text alert=true>
            <HomeLink kind="primary" />
        </Message>
    }
}
