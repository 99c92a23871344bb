//! How a person likes the page: kept on this device, and only there.

use crate::browser::storage;

pub fn kept(what: &str) -> Option<String> {
    storage::local_get(what)
}

pub fn keep(what: &str, liked: &str) {
    storage::local_set(what, liked);
}
