//! What the host of this page offers: asked once, and a host that answers nothing is a plain file
//! server, where the tabs of a browser can still find each other.

use super::{driver::Means, pass};
use crate::{
    browser::{clock, host, page},
    route::{Presets, Signal},
};
use duologue_core::time::Millis;
use std::cell::RefCell;

/// Passwords for relays end after some hours, and tabs stay open for days.
const FRESH_MS: u64 = 3_600_000;

thread_local! {
    static MEANS: RefCell<Option<(Millis, Means)>> = const { RefCell::new(None) };
}

pub fn presets() -> Presets {
    Presets::parse(&page::query())
}

pub async fn find(presets: &Presets) -> Means {
    let kept = MEANS.with_borrow(Clone::clone);
    if let Some((asked, means)) = &kept
        && clock::now().since(*asked) < FRESH_MS
    {
        return means.clone();
    }
    let config = host::config(pass::shown().as_deref()).await;
    if config.is_none()
        && let Some((_, means)) = kept
    {
        return means;
    }
    let offered = config
        .as_ref()
        .is_some_and(|config| config.signal.is_some());
    let socket = match presets.signal {
        Some(Signal::Socket) => Some(page::socket_url("ws")),
        Some(Signal::Tabs) => None,
        None => offered.then(|| page::socket_url("ws")),
    };
    let means = Means {
        ice: config
            .as_ref()
            .map(|config| config.ice())
            .unwrap_or_default(),
        socket,
        names: config.as_ref().and_then(|config| config.names()),
    };
    // A host that could not be reached is asked again next time.
    if config.is_some() {
        MEANS.set(Some((clock::now(), means.clone())));
    }
    means
}
