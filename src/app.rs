//! The page: one screen at a time, by the address.

use crate::{
    parts::{lean::part, page, ringing::Rings, update::UpdateNotice},
    route::Route,
    screens::{
        check::CheckScreen, direct::DirectCall, home::Home, not_found::NotFound, people::People,
        recordings::Recordings, room::Room, upcoming::Upcoming,
    },
    session::{keep_page, names::names_are_wanted, pass, rest_is_there},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn App() -> impl IntoView {
    let newer = keep_page();
    let named = names_are_wanted();
    let route = page::use_route();
    // Each screen is a scope of its own: going elsewhere ends a call and puts the devices down.
    let screen = part(move || {
        Some(match route.get() {
            Route::Home => view! { <Home /> }.into_any(),
            Route::Room(room) => view! { <Room room=room /> }.into_any(),
            other => {
                let there = rest_is_there();
                let screen = move || elsewhere(other.clone());
                part(move || there.get().then(&screen)).into_any()
            }
        })
    });
    view! {
        {screen}
        {part(move || named.get().then(rings))}
        <UpdateNotice newer=newer />
    }
    .into_any()
}

#[inline(never)]
fn rings() -> AnyView {
    view! { <Rings /> }.into_any()
}

/// Where no first call comes by, so that the first load does without it.
#[inline(never)]
fn elsewhere(route: Route) -> AnyView {
    let words = &words().upcoming;
    let upcoming = |text| view! { <Upcoming text=text /> }.into_any();
    match route {
        Route::Direct(token) => view! { <DirectCall token=token /> }.into_any(),
        Route::People => view! { <People /> }.into_any(),
        Route::Live(_) => upcoming(words.live),
        Route::Check => view! { <CheckScreen /> }.into_any(),
        Route::Recordings => view! { <Recordings /> }.into_any(),
        Route::Invite(text) => {
            pass::take_invite(&text);
            page::reload();
            ().into_any()
        }
        Route::Home | Route::Room(_) | Route::NotFound => view! { <NotFound /> }.into_any(),
    }
}
