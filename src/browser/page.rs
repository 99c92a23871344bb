//! The page itself: its title, its address, its coming and going.

pub use super::global::Global;

use super::{Listener, object};
use js_sys::JsString;
use wasm_bindgen::JsCast;
use web_sys::{Event, EventTarget, Navigator, Performance, Url, Window};

/// `None` outside a page (a worker, a native test).
pub fn window() -> Option<Window> {
    web_sys::window()
}

pub(super) fn performance() -> Option<Performance> {
    window()?.performance()
}

/// The navigator, where the parts of it are there that browsers keep from insecure pages.
pub(super) fn secure_navigator() -> Option<Navigator> {
    let window = window()?;
    window.is_secure_context().then(|| window.navigator())
}

/// Which browser this says it is.
pub fn user_agent() -> String {
    let said = window().and_then(|window| window.navigator().user_agent().ok());
    said.unwrap_or_default()
}

/// https or localhost: cameras, microphones and the clipboard are there.
pub fn is_secure_context() -> bool {
    window().is_some_and(|it| it.is_secure_context())
}

pub fn set_title(title: &str) {
    if let Some(document) = window().and_then(|it| it.document()) {
        document.set_title(title);
    }
}

/// The person's languages, the best first.
pub fn languages() -> Vec<String> {
    let Some(window) = window() else {
        return Vec::new();
    };
    window
        .navigator()
        .languages()
        .iter()
        .filter_map(|it| it.as_string())
        .collect()
}

/// The page's language as its person's country has it, where the browser says so.
pub fn locale() -> String {
    let languages = languages();
    let page = window().and_then(|it| it.document()?.document_element());
    let spoken = page.and_then(|it| it.get_attribute("lang"));
    let spoken = spoken.filter(|it| !it.is_empty());
    let spoken = spoken.unwrap_or_else(|| "en".to_owned());
    let own = languages.iter().find(|it| it.starts_with(&spoken)).cloned();
    // English is also for those whose language the page has not learnt.
    let own = own.or_else(|| languages.into_iter().next().filter(|_| spoken == "en"));
    own.unwrap_or(spoken)
}

/// What the page is written in, for screen readers, fonts and the order of everything on it.
pub fn set_language(tag: &str, rtl: bool) {
    let page = window().and_then(|it| it.document()?.document_element());
    if let Some(page) = page {
        // Refused for names that are none.
        let _ = page.set_attribute("lang", tag);
        let _ = page.set_attribute("dir", if rtl { "rtl" } else { "ltr" });
    }
}

/// The file name of the script that began this page, by which it differs from other versions.
pub fn own_script() -> Option<String> {
    let link = window()?
        .document()?
        .query_selector("link[rel=modulepreload]");
    let address = link.ok()??.get_attribute("href")?;
    Some(address.rsplit('/').next()?.to_owned())
}

/// A `<link>` in the page's head, unless there is one of that kind.
pub fn link(rel: &str, href: &str) {
    let Some(document) = window().and_then(|it| it.document()) else {
        return;
    };
    let known = document.query_selector(&format!("link[rel={rel}]"));
    let (Ok(None), Ok(link)) = (known, document.create_element("link")) else {
        return;
    };
    // Refused for names that are none.
    let _ = link.set_attribute("rel", rel);
    let _ = link.set_attribute("href", href);
    if let Some(head) = document.query_selector("head").ok().flatten() {
        let _ = head.append_child(&link);
    }
}

/// What follows the `#`, without it.
pub fn fragment() -> String {
    let hash = window()
        .and_then(|it| it.location().hash().ok())
        .unwrap_or_default();
    hash.strip_prefix('#').unwrap_or(&hash).to_owned()
}

/// Goes there: a new entry in the history, and `on_fragment` hears of it.
pub fn set_fragment(fragment: &str) {
    if let Some(window) = window() {
        let _ = window.location().set_hash(fragment);
    }
}

/// Shows another fragment without a history entry and without a `hashchange`.
pub fn replace_fragment(fragment: &str) {
    if let Some(history) = window().and_then(|it| it.history().ok()) {
        let url = format!("#{fragment}");
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&url));
    }
}

pub fn on_fragment(on: impl Fn(String) + 'static) -> Listener {
    Listener::new(&global(), "hashchange", move |_: Event| on(fragment()))
}

/// The parameters from before the `#`, with their `?`.
pub fn query() -> String {
    window()
        .and_then(|it| it.location().search().ok())
        .unwrap_or_default()
}

/// This page's address with another fragment, for links to hand out; without its parameters, which
/// preset this person's page and nobody else's.
pub fn address_with_fragment(fragment: &str) -> String {
    let Some(url) = address() else {
        return String::new();
    };
    url.set_search("");
    url.set_hash(fragment);
    url.href()
}

/// Where a socket of the host's is: beside this page, so that any sub-path works. Empty outside a page.
pub fn socket_url(name: &str) -> String {
    let Some(url) = base().and_then(|base| Url::new_with_base(name, &base).ok()) else {
        return String::new();
    };
    url.set_protocol(if url.protocol() == "https:" {
        "wss:"
    } else {
        "ws:"
    });
    url.href()
}

/// The page may not come back from this (a reload, a closed tab, a tab put to sleep).
pub fn on_hide(on: impl Fn() + 'static) -> Listener {
    Listener::new(&global(), "pagehide", move |_: Event| on())
}

/// While `busy` answers true, the browser asks before it closes the page.
pub fn on_before_unload(busy: impl Fn() -> bool + 'static) -> Listener {
    Listener::new(&global(), "beforeunload", move |event: Event| {
        if busy() {
            event.prevent_default();
        }
    })
}

/// Somewhere behind another tab or window.
pub fn is_hidden() -> bool {
    let document = window().and_then(|it| it.document());
    document.is_some_and(|it| it.hidden())
}

/// Called with `true` when the page comes into view and with `false` when it goes.
pub fn on_visible(on: impl Fn(bool) + 'static) -> Option<Listener> {
    let document = window()?.document()?;
    let shown = document.clone();
    Some(Listener::new(
        &document,
        "visibilitychange",
        move |_: Event| on(!shown.hidden()),
    ))
}

/// Called when the browser believes to be on the network again.
pub fn on_online(on: impl Fn() + 'static) -> Listener {
    Listener::new(&global(), "online", move |_: Event| on())
}

/// Called when this device changes from one network to another, where browsers tell of it.
pub fn on_other_network(on: impl Fn() + 'static) -> Option<Listener> {
    let navigator = window()?.navigator();
    let connection = object::get(&navigator, "connection");
    let connection: EventTarget = connection.dyn_into().ok()?;
    Some(Listener::new(&connection, "change", move |_: Event| on()))
}

/// Unicode's NFKC: what looks alike, typed on two keyboards, is the same text.
pub fn normalise(text: &str) -> String {
    JsString::from(text).normalize("NFKC").into()
}

/// The window, as far as listening goes.
fn global() -> EventTarget {
    js_sys::global().unchecked_into()
}

fn base() -> Option<String> {
    let document = window()?.document()?;
    document.unchecked_ref::<web_sys::Node>().base_uri().ok()?
}

fn address() -> Option<Url> {
    Url::new(&window()?.location().href().ok()?).ok()
}
