//! An address that means nothing here.

use crate::{parts::message::Message, route::Route, words::words};
use leptos::prelude::*;

#[component]
pub fn NotFound() -> impl IntoView {
    let words = &words().common;
    view! {
        <Message title=words.not_found text=words.not_found_text alert=true>
            <a class="button" data-kind="primary" href=Route::Home.fragment()>{words.back_home}</a>
        </Message>
    }
}
