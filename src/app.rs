//! The page: one screen at a time, by the address.

use crate::{
    parts::{lean::part, page},
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
    part(move || {
        let words = &words().upcoming;
        let upcoming = |text| view! { <Upcoming text=text /> }.into_any();
        Some(match route.get() {
            Route::Home => view! { <Home /> }.into_any(),
            Route::Room(room) => view! { <Room room=room /> }.into_any(),
            Route::Direct(token) => view! { <DirectCall token=token /> }.into_any(),
            Route::People => upcoming(words.people),
            Route::Live(_) => upcoming(words.live),
            Route::Check => upcoming(words.check),
            Route::Recordings => upcoming(words.recordings),
            Route::NotFound => view! { <NotFound /> }.into_any(),
        })
    })
}
