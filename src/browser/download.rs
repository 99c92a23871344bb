//! Something that the page holds, saved as a file.

use super::BrowserError;
use js_sys::Array;
use wasm_bindgen::JsCast;
use web_sys::{Blob, HtmlElement, Url};

/// An address for something that the page holds. The browser keeps it for as long as this lives.
#[must_use = "dropping it takes the address back"]
pub struct ObjectUrl(String);

impl ObjectUrl {
    pub fn of(blob: &Blob) -> Result<Self, BrowserError> {
        Ok(ObjectUrl(Url::create_object_url_with_blob(blob)?))
    }
}

impl ObjectUrl {
    /// For a player's `src`.
    pub fn address(&self) -> &str {
        &self.0
    }
}

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        // Fails for no address of ours.
        let _ = Url::revoke_object_url(&self.0);
    }
}

/// Offers the text for saving under this name. What it returns is to be kept until the browser has
/// read it, which nobody is told of: for a while.
pub fn save_text(name: &str, text: &str) -> Result<ObjectUrl, BrowserError> {
    let blob = Blob::new_with_str_sequence(&Array::of1(&text.into()))?;
    // A type without UTF-8 in it would leave the reading to guesswork.
    let kind = "text/plain;charset=utf-8";
    save_blob(
        name,
        &blob.slice_with_f64_and_f64_and_content_type(0.0, blob.size(), kind)?,
    )
}

/// The same of anything.
pub fn save_blob(name: &str, blob: &Blob) -> Result<ObjectUrl, BrowserError> {
    let url = ObjectUrl::of(blob)?;
    let document = super::page::window().and_then(|it| it.document());
    let document = document.ok_or(BrowserError::Missing)?;
    let link = document.create_element("a")?;
    link.set_attribute("href", &url.0)?;
    link.set_attribute("download", name)?;
    link.unchecked_into::<HtmlElement>().click();
    Ok(url)
}
