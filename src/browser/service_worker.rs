//! The service worker that keeps the page for when there is no network, and word of a later version.

use super::{BrowserError, Listener, file, page};
use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, ServiceWorkerRegistration};

/// Registered once, the worker stays; the guard is for its news.
#[must_use = "dropping it ends the news"]
pub struct ServiceWorker {
    registration: ServiceWorkerRegistration,
    _found: Listener,
}

impl ServiceWorker {
    /// `on_found`: the host has another worker, so perhaps another page.
    pub async fn register(on_found: impl Fn() + 'static) -> Result<ServiceWorker, BrowserError> {
        let navigator = page::secure_navigator().ok_or(BrowserError::Missing)?;
        // Private windows of some browsers have none.
        if !Reflect::has(&navigator, &"serviceWorker".into())? {
            return Err(BrowserError::Missing);
        }
        let registered = JsFuture::from(navigator.service_worker().register("sw.js")).await?;
        let registration: ServiceWorkerRegistration = registered.unchecked_into();
        let found = Listener::new(&registration, "updatefound", move |_: Event| on_found());
        Ok(ServiceWorker {
            registration,
            _found: found,
        })
    }

    /// Asks the host for another worker; `on_found` hears of it.
    pub fn look(&self) {
        let _ = self.registration.update();
    }
}

/// Does the host still serve the page that this is? Told by the script that it names. A host that does
/// not answer has no other.
pub async fn is_newest() -> bool {
    let names_other = async {
        let script = page::own_script()?;
        let text = file::text("./").await?;
        Some(text.contains("duologue-web") && !text.contains(&script))
    };
    names_other.await != Some(true)
}
