//! The page: one screen at a time, by the address.

use crate::{
    parts::page,
    route::Route,
    screens::{
        direct::DirectCall, home::Home, not_found::NotFound, room::Room, upcoming::Upcoming,
    },
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn App() -> impl IntoView {
    let route = page::use_route();
    // Each screen is a scope of its own: going elsewhere ends a call and puts the devices down.
    move || {
        let words = &words().upcoming;
        match route.get() {
            Route::Home => view! { <Home /> }.into_any(),
            Route::Room(room) => view! { <Room room=room /> }.into_any(),
            Route::Direct(token) => view! { <DirectCall token=token /> }.into_any(),
            Route::People => view! { <Upcoming text=words.people /> }.into_any(),
            Route::Live(_) => view! { <Upcoming text=words.live /> }.into_any(),
            Route::Check => view! { <Upcoming text=words.check /> }.into_any(),
            Route::Recordings => view! { <Upcoming text=words.recordings /> }.into_any(),
            Route::NotFound => view! { <NotFound /> }.into_any(),
        }
    }
}
