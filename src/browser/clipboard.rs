//! Text to the clipboard.

use super::BrowserError;
use wasm_bindgen_futures::JsFuture;

/// Needs a person's gesture; the call is made at once, not at the first poll.
pub fn write_text(text: &str) -> impl Future<Output = Result<(), BrowserError>> + use<> {
    let written = super::page::secure_navigator()
        .map(|navigator| JsFuture::from(navigator.clipboard().write_text(text)));
    async move {
        written.ok_or(BrowserError::Missing)?.await?;
        Ok(())
    }
}
