//! A stream in a `<video>`, and which loudspeaker it comes out of.

use super::{BrowserError, Listener, media::Stream, sys::Player};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlVideoElement};

/// Shows `stream`, or nothing. `NotAllowed` when the browser wants a person's gesture before it plays
/// sound: then `play` once there is one.
pub fn show(
    video: &HtmlVideoElement,
    stream: Option<&Stream>,
) -> impl Future<Output = Result<(), BrowserError>> + use<> {
    // Setting the same stream again would interrupt it.
    if video.src_object().as_ref() != stream.map(Stream::raw) {
        video.set_src_object(stream.map(Stream::raw));
    }
    // As an attribute: iPhones would play it full screen.
    let _ = video.set_attribute("playsinline", "");
    let playing = stream.map(|_| play(video));
    async move {
        match playing {
            Some(playing) => playing.await,
            None => Ok(()),
        }
    }
}

pub fn play(video: &HtmlVideoElement) -> impl Future<Output = Result<(), BrowserError>> + use<> {
    let playing = video.play().map(JsFuture::from);
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
pub fn on_first_frame(video: &HtmlVideoElement, on: impl Fn() + 'static) -> Listener {
    Listener::new(video, "loadeddata", move |_: Event| on())
}

/// Sound through this device; an empty id is the system's choice. `Missing` where a browser cannot.
pub fn set_speaker(
    video: &HtmlVideoElement,
    device: &str,
) -> impl Future<Output = Result<(), BrowserError>> + use<> {
    let set = video
        .unchecked_ref::<Player>()
        .set_sink_id(device)
        .map(JsFuture::from);
    async move {
        set.map_err(|_| BrowserError::Missing)?.await?;
        Ok(())
    }
}
