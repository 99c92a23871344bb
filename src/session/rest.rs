//! When the rest of the page's code is fetched: soon, but never while somebody joins a call.

use crate::browser::{clock, rest};
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen_futures::spawn_local;

/// What is on the screen is complete by then.
const SETTLED_MS: u64 = 3_000;
/// A call that has not come about by then is in trouble, and trouble needs the rest.
const PATIENCE_MS: f64 = 60_000.0;

/// Whoever is connected and shows no picture by then has none.
const PICTURE_MS: f64 = 3_000.0;

thread_local! {
    static THERE: Cell<bool> = const { Cell::new(false) };
}

/// What does without it until then need not fetch it in the middle of a call's coming about.
pub fn is_there() -> bool {
    THERE.get()
}

pub(super) async fn fetch() {
    rest::fetch().await;
    THERE.set(true);
}

/// Comes back when it is there.
pub async fn fetch_in_time() {
    fetch_after(SETTLED_MS).await;
}

async fn fetch_after(ms: u64) {
    clock::pause(ms).await;
    // Something else may have needed it meanwhile.
    while is_joining() && !is_there() {
        clock::pause(ms).await;
    }
    fetch().await;
}

/// For what belongs to a call and is not wanted at once.
pub fn rest_is_there_after(ms: u64) -> Signal<bool> {
    let there = RwSignal::new(false);
    spawn_local(async move {
        fetch_after(ms).await;
        there.try_set(true);
    });
    there.into()
}

/// The call stands, and nothing of it can be held up any more.
pub fn fetch_now() {
    spawn_local(fetch());
}

/// Fetches it, and says when it is there: for what comes after the call stands or is asked for.
pub fn rest_is_there() -> Signal<bool> {
    let there = RwSignal::new(false);
    spawn_local(async move {
        fetch().await;
        there.try_set(true);
    });
    there.into()
}

fn is_joining() -> bool {
    let less_ago = |at: f64, ms: f64| clock::now().0 as f64 - at < ms;
    clock::marked("join-click").is_some_and(|at| {
        clock::marked("first-frame").is_none()
            && clock::marked("channel-open").is_none_or(|at| less_ago(at, PICTURE_MS))
            && less_ago(at, PATIENCE_MS)
    })
}
