//! A small window that stays above others: one video, or a whole document of our own.

use super::{BrowserError, Listener, object};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, HtmlVideoElement, Window};

const DOCUMENT: &str = "documentPictureInPicture";

/// Can a document of our own float?
pub fn has_document() -> bool {
    super::page::window().is_some_and(|it| object::flag(&it, DOCUMENT))
}

/// Can a video?
pub fn has_video() -> bool {
    let document = super::page::window().and_then(|it| it.document());
    document.is_some_and(|it| object::flag(&it, "pictureInPictureEnabled"))
}

/// Asks for a window of this size; hears when it is closed, by whomever. Call it in the handling of a
/// person's gesture.
pub fn open_document(
    (width, height): (u32, u32),
    on_close: impl Fn() + 'static,
) -> impl Future<Output = Result<Floating, BrowserError>> {
    let size = object::new(&[("width", width.into()), ("height", height.into())]);
    let asked = ask(DOCUMENT, "requestWindow", &size);
    async move {
        let window: Window = asked?.await?.unchecked_into();
        dress(&window)?;
        let closed = Listener::new(&window, "pagehide", move |_: Event| on_close());
        Ok(Floating {
            window,
            _closed: closed,
        })
    }
}

/// The window that floats. Dropping it closes it.
#[must_use = "dropping it closes the window"]
pub struct Floating {
    window: Window,
    _closed: Listener,
}

impl Floating {
    /// Moves an element of the page over there.
    pub fn take(&self, element: &Element) {
        if let Some(body) = self.window.document().and_then(|it| it.body()) {
            // Fails for nothing that is an element.
            let _ = body.append_child(element);
        }
    }
}

impl Drop for Floating {
    fn drop(&mut self) {
        let _ = self.window.close();
    }
}

/// The same style sheets and the same direction as the page's.
fn dress(window: &Window) -> Result<(), BrowserError> {
    let page = super::page::window().and_then(|it| it.document());
    let (Some(page), Some(there)) = (page, window.document()) else {
        return Err(BrowserError::Missing);
    };
    let head = there.query_selector("head")?;
    let sheets = page.query_selector_all("link[rel=stylesheet], style")?;
    for at in 0..sheets.length() {
        if let (Some(head), Some(sheet)) = (&head, sheets.get(at)) {
            head.append_child(&sheet.clone_node_with_deep(true)?)?;
        }
    }
    if let (Some(from), Some(to)) = (page.document_element(), there.document_element()) {
        for name in ["lang", "dir"] {
            if let Some(value) = from.get_attribute(name) {
                to.set_attribute(name, &value)?;
            }
        }
    }
    Ok(())
}

/// A video by itself. Call it in the handling of a person's gesture.
pub fn float_video(
    video: &HtmlVideoElement,
) -> impl Future<Output = Result<(), BrowserError>> + use<> {
    let asked = call(video, "requestPictureInPicture", &JsValue::UNDEFINED);
    async move { asked?.await.map(drop).map_err(BrowserError::from) }
}

pub fn is_video_floating() -> bool {
    let document = super::page::window().and_then(|it| it.document());
    document.is_some_and(|it| object::flag(&it, "pictureInPictureElement"))
}

/// Is it this one?
pub fn is_floating(video: &Element) -> bool {
    let document = video.owner_document();
    let floats = document.map(|it| object::get(&it, "pictureInPictureElement"));
    floats.is_some_and(|it| it == JsValue::from(video))
}

pub fn sink_video() {
    if let Some(document) = super::page::window().and_then(|it| it.document()) {
        drop(call(&document, "exitPictureInPicture", &JsValue::UNDEFINED));
    }
}

fn ask(object: &str, method: &str, with: &JsValue) -> Result<JsFuture, BrowserError> {
    let window = super::page::window().ok_or(BrowserError::Missing)?;
    call(&object::get(&window, object), method, with)
}

/// web-sys has none of these.
fn call(object: &JsValue, method: &str, with: &JsValue) -> Result<JsFuture, BrowserError> {
    let function: Function = Reflect::get(object, &method.into())?
        .dyn_into()
        .map_err(|_| BrowserError::Missing)?;
    Ok(JsFuture::from(
        function.call1(object, with)?.unchecked_into::<Promise>(),
    ))
}
