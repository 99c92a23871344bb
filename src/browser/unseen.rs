//! A stream that is looked at by the page alone, in a `<video>` that is nowhere on it.

use super::{
    BrowserError, Listener,
    image::{self, Pixels},
    media::Stream,
    page, video,
    wait::{Flag, unheard},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlVideoElement;

#[must_use = "dropping it gives the stream back"]
pub struct Unseen {
    element: HtmlVideoElement,
    first: Flag,
    _listener: Listener,
}

impl Unseen {
    pub fn look(stream: &Stream) -> Result<Unseen, BrowserError> {
        let document = page::window().and_then(|it| it.document());
        let document = document.ok_or(BrowserError::Missing)?;
        let element: HtmlVideoElement = document.create_element("video")?.unchecked_into();
        // Or no browser would play it without being asked.
        element.set_muted(true);
        let first = Flag::default();
        let there = first.clone();
        let listener = video::on_first_frame(&element, move || there.raise());
        element.set_src_object(Some(stream.raw()));
        if let Ok(playing) = element.play() {
            unheard(playing);
        }
        Ok(Unseen {
            element,
            first,
            _listener: listener,
        })
    }

    pub async fn first_frame(&self) {
        self.first.wait().await;
    }

    pub fn size(&self) -> (u32, u32) {
        (self.element.video_width(), self.element.video_height())
    }

    /// What it shows now; `None` for nothing yet.
    pub fn pixels(&self) -> Option<Pixels> {
        image::of_video(&self.element)
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        // Left to the garbage collector it would hold frames that others are waiting for.
        self.element.set_src_object(None);
    }
}
