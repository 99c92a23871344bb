//! Small texts that stay: with the browser (`local_…`) or with this tab across reloads
//! (`session_…`). Where a browser stores nothing, reading answers `None` and writing does nothing.

use web_sys::Storage;

pub fn local_get(key: &str) -> Option<String> {
    local()?.get_item(key).ok()?
}

pub fn local_set(key: &str, value: &str) {
    // Throws when the quota is used up: a preference lost, nothing more.
    let _ = local().map(|it| it.set_item(key, value));
}

pub fn local_remove(key: &str) {
    let _ = local().map(|it| it.remove_item(key));
}

pub fn session_get(key: &str) -> Option<String> {
    session()?.get_item(key).ok()?
}

pub fn session_set(key: &str, value: &str) {
    let _ = session().map(|it| it.set_item(key, value));
}

pub fn session_remove(key: &str) {
    let _ = session().map(|it| it.remove_item(key));
}

fn local() -> Option<Storage> {
    super::page::window()?.local_storage().ok()?
}

fn session() -> Option<Storage> {
    super::page::window()?.session_storage().ok()?
}
