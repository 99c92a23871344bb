//! What belongs to the page as a whole: its address, title, favicon, and whether it fills the screen.

use crate::{
    parts::lean::{memo, watch},
    route::{Presets, Route, without_lang},
    words::words,
};
use leptos::{ev, prelude::*};

/// The route that the address names, for as long as the calling scope lives.
pub fn use_route() -> ReadSignal<Route> {
    let read = || Route::parse(&location().hash().unwrap_or_default());
    let route = RwSignal::new(read());
    let listener = window_event_listener(ev::hashchange, move |_| {
        let read = read();
        // Other fragments may name the same screen, which then stays as it is.
        if route.with_untracked(|route| *route != read) {
            route.set(read);
        }
    });
    on_cleanup(move || listener.remove());
    route.read_only()
}

pub fn go(route: &Route) {
    // Fails only for texts that are no fragment, which `fragment` never makes.
    let _ = location().set_hash(&route.fragment());
}

pub fn reload() {
    let _ = location().reload();
}

/// Again, in the language that was chosen and not in one that the address names.
pub fn reload_to_speak() {
    let location = location();
    let query = location.search().unwrap_or_default();
    let rest = without_lang(&query);
    let _ = if query.trim_start_matches('?') == rest {
        location.reload()
    } else {
        location.set_search(&rest)
    };
}

pub fn presets() -> Presets {
    Presets::parse(&location().search().unwrap_or_default())
}

/// Keeps `document.title` on what is going on; nothing for the bare name of the product.
pub fn use_title(text: impl Fn() -> String + 'static) {
    watch(move || {
        let text = text();
        let product = words().product.title;
        let title = if text.is_empty() {
            product.to_string()
        } else {
            [&text, " · ", product].concat()
        };
        document().set_title(&title);
    });
}

/// The favicon carries a dot from here to the end of the calling scope, struck through while one's
/// microphone is off.
pub fn use_call_favicon(muted: impl Fn() -> bool + Send + Sync + 'static) {
    let muted = memo(muted);
    watch(move || {
        set_favicon(if muted.get() {
            "favicon-muted.svg"
        } else {
            "favicon-call.svg"
        });
    });
    on_cleanup(|| set_favicon("favicon.svg"));
}

fn set_favicon(file: &str) {
    if let Ok(Some(link)) = document().query_selector("link[rel=icon]") {
        let _ = link.set_attribute("href", file);
    }
}

/// Does the page fill the screen now?
pub fn use_full_screen() -> ReadSignal<bool> {
    let read = || document().fullscreen_element().is_some();
    let full = RwSignal::new(read());
    let listener = window_event_listener_untyped("fullscreenchange", move |_| full.set(read()));
    on_cleanup(move || listener.remove());
    full.read_only()
}

pub fn can_fill_screen() -> bool {
    document().fullscreen_enabled()
}

pub fn toggle_full_screen() {
    if let Some(page) = document().document_element() {
        toggle_full_screen_of(&page);
    }
}

/// This part of the page alone.
pub fn toggle_full_screen_of(part: &web_sys::Element) {
    match document().fullscreen_element() {
        Some(_) => document().exit_fullscreen(),
        // Refused without a click; nothing is lost then.
        None => drop(part.request_fullscreen()),
    }
}

/// Are fingers the way to point here? Then nothing may hide by itself: no pointer would bring it back.
pub fn is_touch_first() -> bool {
    window()
        .match_media("(hover: none) and (pointer: coarse)")
        .ok()
        .flatten()
        .is_some_and(|media| media.matches())
}
