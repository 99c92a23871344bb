//! The system's own "share with …", where there is one (telephones, mostly).

use super::{BrowserError, object, sys::Sharer};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Whether `share` has anything behind it.
pub fn can_share() -> bool {
    super::page::secure_navigator().is_some_and(|navigator| {
        let data = data("", "https://example.org/");
        navigator
            .unchecked_ref::<Sharer>()
            .can_share(&data)
            .unwrap_or(false)
    })
}

/// Needs a person's gesture. `Abort` when they change their mind.
pub fn share(title: &str, url: &str) -> impl Future<Output = Result<(), BrowserError>> + use<> {
    let shared = super::page::secure_navigator()
        .ok_or(BrowserError::Missing)
        .and_then(|it| {
            let promise = it.unchecked_ref::<Sharer>().share(&data(title, url))?;
            Ok(JsFuture::from(promise))
        });
    async move {
        shared?.await?;
        Ok(())
    }
}

fn data(title: &str, url: &str) -> JsValue {
    object::new(&[("title", title.into()), ("url", url.into())])
}
