//! A text file beside this page.

use super::page;
use std::future::Future;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// Asked for at once; `None` when it is not there.
pub fn text(address: &str) -> impl Future<Output = Option<String>> + use<> {
    let asked = page::window().map(|it| it.fetch_with_str(address));
    async move {
        let response: Response = JsFuture::from(asked?).await.ok()?.unchecked_into();
        if !response.ok() {
            return None;
        }
        let text = JsFuture::from(response.text().ok()?).await.ok()?;
        text.as_string()
    }
}
