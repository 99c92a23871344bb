//! What is not there yet, said honestly, with what to do instead.

use crate::{parts::message::Message, route::Route, session::Call, words::words};
use leptos::prelude::*;

#[component]
pub fn Upcoming(text: &'static str) -> impl IntoView {
    let words = words();
    view! {
        <Message title=words.upcoming.title text=text>
            <StartCall />
            <a class="button" href=Route::Home.fragment()>{words.common.back_home}</a>
        </Message>
    }
}

/// A fresh room, and into its green room.
#[component]
pub fn StartCall() -> impl IntoView {
    let start = |_| crate::parts::page::go(&Route::Room(Call::new_room()));
    view! {
        <button type="button" class="button" data-kind="primary" on:click=start>
            {words().home.start}
        </button>
    }
}
