//! The rest of the page's own code, which `cargo xtask dist` puts in a file of its own: everything
//! that no first call runs. Nothing has to wait for it, what is wanted before it is there fetches it
//! by itself; but that holds up the page, and a server that has gone cannot be asked.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Comes back when it is there, or could not be had. At once where the page is in one piece (`trunk
/// serve`).
pub async fn fetch() {
    let fetch = Reflect::get(&js_sys::global(), &"fetchRest".into());
    let coming = fetch
        .ok()
        .and_then(|it| it.dyn_into::<Function>().ok())
        .and_then(|fetch| fetch.call0(&JsValue::NULL).ok())
        .and_then(|it| it.dyn_into::<Promise>().ok());
    if let Some(coming) = coming {
        let _ = JsFuture::from(coming).await;
    }
}
