//! The page on this device: kept for when there is no network, installable, and told of when the host
//! has a later one.

use super::rest;
use crate::browser::{
    Listener, clock, page,
    service_worker::{self, ServiceWorker},
};
use leptos::prelude::*;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen_futures::spawn_local;

/// Whoever comes back to the page hears of a later one, but hosts are not asked all the time.
const LOOK_AGAIN_MS: u64 = 10 * 60 * 1_000;

/// What lives as long as the page.
struct Kept {
    _worker: Rc<ServiceWorker>,
    _visible: Option<Listener>,
}

/// Everything that can wait until nobody is joining a call. The answer becomes true when the host has a
/// later page.
pub fn keep_page() -> Signal<bool> {
    let newer = RwSignal::new(false);
    let held = StoredValue::new_local(None::<Kept>);
    spawn_local(async move {
        rest::fetch_in_time().await;
        page::link("manifest", "manifest.webmanifest");
        page::link("apple-touch-icon", "icon-180.png");
        let found = move || {
            spawn_local(async move {
                if !service_worker::is_newest().await {
                    newer.try_set(true);
                }
            });
        };
        // Without one the page works, only not without a network.
        if let Ok(worker) = ServiceWorker::register(found).await {
            held.try_set_value(Some(Kept::new(worker)));
        }
    });
    newer.into()
}

impl Kept {
    fn new(worker: ServiceWorker) -> Kept {
        let worker = Rc::new(worker);
        let (looked, looking) = (Cell::new(clock::now()), worker.clone());
        let visible = page::on_visible(move |visible| {
            if visible && clock::now().since(looked.get()) > LOOK_AGAIN_MS {
                looked.set(clock::now());
                looking.look();
            }
        });
        Kept {
            _worker: worker,
            _visible: visible,
        }
    }
}
