//! A link, handed to the system's own way of sending it on, where there is one.

use crate::browser::share;
use wasm_bindgen_futures::spawn_local;

pub fn can_pass_on() -> bool {
    share::can_share()
}

/// In the handling of a press. Whoever changes their mind, or has nobody to send it to, still has the
/// link to copy.
pub fn pass_on(title: &str, link: &str) {
    let shared = share::share(title, link);
    spawn_local(async move { drop(shared.await) });
}
