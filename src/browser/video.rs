//! A stream in a `<video>` or an `<audio>`, which loudspeaker it comes out of, and how large it is
//! looked at.

use super::{BrowserError, Listener, media::Stream, page, pip, sys::Player};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlMediaElement};

/// Shows `stream`, or nothing. `NotAllowed` when the browser wants a person's gesture before it plays
/// sound: then `play` once there is one.
pub fn show(
    element: &HtmlMediaElement,
    stream: Option<&Stream>,
) -> impl Future<Output = Result<(), BrowserError>> + use<> {
    // Setting the same stream again would interrupt it.
    if element.src_object().as_ref() != stream.map(Stream::raw) {
        element.set_src_object(stream.map(Stream::raw));
    }
    // As an attribute: iPhones would play it full screen.
    let _ = element.set_attribute("playsinline", "");
    let playing = stream.map(|_| play(element));
    async move {
        match playing {
            Some(playing) => playing.await,
            None => Ok(()),
        }
    }
}

pub fn play(element: &HtmlMediaElement) -> impl Future<Output = Result<(), BrowserError>> + use<> {
    let playing = element.play().map(JsFuture::from);
    async move {
        match playing {
            Ok(playing) => match playing.await.map_err(BrowserError::from) {
                // Another stream was set, or the element went, before this one began.
                Ok(_) | Err(BrowserError::Abort) => Ok(()),
                Err(error) => Err(error),
            },
            Err(error) => Err(error.into()),
        }
    }
}

/// Called each time the element has a first frame to show (after each new stream).
pub fn on_first_frame(element: &HtmlMediaElement, on: impl Fn() + 'static) -> Listener {
    Listener::new(element, "loadeddata", move |_: Event| on())
}

/// Sound through this device; an empty id is the system's choice. `Missing` where a browser cannot.
pub fn set_speaker(
    element: &HtmlMediaElement,
    device: &str,
) -> impl Future<Output = Result<(), BrowserError>> + use<> {
    let set = element
        .unchecked_ref::<Player>()
        .set_sink_id(device)
        .map(JsFuture::from);
    async move {
        set.map_err(|_| BrowserError::Missing)?.await?;
        Ok(())
    }
}

/// The elements that show one and the same picture.
#[derive(Clone, Default)]
pub struct Viewers(Rc<RefCell<Vec<HtmlMediaElement>>>, Rc<Cell<(f64, f64)>>);

impl Viewers {
    pub fn add(&self, element: &HtmlMediaElement) {
        self.remove(element);
        self.0.borrow_mut().push(element.clone());
    }

    pub fn remove(&self, element: &HtmlMediaElement) {
        self.0.borrow_mut().retain(|it| it != element);
    }

    /// Whatever is seen on the screen, this is looked at too; of no size: no more.
    pub fn keep(&self, box_: (f64, f64)) {
        self.1.set(box_);
    }

    /// The largest box among those that can be seen, in pixels of the screen; of no size where none
    /// can. `None` while there are none.
    pub fn largest(&self) -> Option<(f64, f64)> {
        let scale = page::window().map_or(1.0, |it| it.device_pixel_ratio());
        let elements = self.0.borrow();
        let kept = self.1.get();
        if elements.is_empty() && kept == (0.0, 0.0) {
            return None;
        }
        let sizes = elements.iter().filter(|it| is_in_sight(it)).map(|it| {
            let side = |side: i32| f64::from(side) * scale;
            (side(it.client_width()), side(it.client_height()))
        });
        Some(sizes.fold(kept, |a, b| if a.0 * a.1 < b.0 * b.1 { b } else { a }))
    }
}

/// Its window may be another one than the page's.
fn is_in_sight(element: &HtmlMediaElement) -> bool {
    let shown = |it: web_sys::Document| !it.hidden();
    element.owner_document().is_some_and(shown) || pip::is_floating(element)
}
