//! A stream in a `<video>` or an `<audio>`, and which loudspeaker it comes out of.

use super::{BrowserError, Listener, media::Stream, sys::Player};
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
