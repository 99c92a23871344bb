//! Small texts that stay: with the browser (`Keep::Browser`) or with this tab across reloads
//! (`Keep::Tab`). Where a browser stores nothing, reading answers `None` and writing does nothing.

use web_sys::Storage;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    Browser,
    Tab,
}

pub fn get(keep: Keep, key: &str) -> Option<String> {
    storage(keep)?.get_item(key).ok()?
}

pub fn set(keep: Keep, key: &str, value: &str) {
    if let Some(storage) = storage(keep) {
        // Throws when the quota is used up: a preference lost, nothing more.
        let _ = storage.set_item(key, value);
    }
}

pub fn remove(keep: Keep, key: &str) {
    if let Some(storage) = storage(keep) {
        let _ = storage.remove_item(key);
    }
}

fn storage(keep: Keep) -> Option<Storage> {
    let window = super::page::window()?;
    match keep {
        Keep::Browser => window.local_storage().ok()?,
        Keep::Tab => window.session_storage().ok()?,
    }
}
