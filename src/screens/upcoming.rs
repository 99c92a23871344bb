//! What is not there yet, said honestly, with what to do instead.

use crate::{
    parts::{
        button::{Button, HomeLink},
        lean::press,
        message::Message,
        page,
    },
    route::Route,
    session::Call,
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn Upcoming(text: &'static str) -> impl IntoView {
    let words = words();
    view! {
        <Message title=words.upcoming.title text=text>
            <StartCall />
            <HomeLink />
        </Message>
    }
}

/// A fresh room, and into its green room.
#[component]
pub fn StartCall() -> impl IntoView {
    let start = press(|| page::go(&Route::Room(Call::new_room())));
    view! { <Button text=words().home.start press=start kind="primary" /> }
}
