//! A short sound made of samples, played through a chosen loudspeaker.

use super::{BrowserError, Listener, page, video};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::{Blob, Event, HtmlMediaElement, Url};

#[must_use = "dropping a sound stops it"]
pub struct Sound {
    element: HtmlMediaElement,
    address: String,
    ended: Option<Listener>,
}

impl Sound {
    /// `wave` is a whole WAV file. Silent until it is played.
    pub fn new(wave: &[u8], on_end: impl Fn() + 'static) -> Result<Sound, BrowserError> {
        let document = page::window()
            .and_then(|it| it.document())
            .ok_or(BrowserError::Missing)?;
        let parts = Array::of1(&Uint8Array::from(wave));
        let blob = Blob::new_with_u8_array_sequence(&parts)?;
        let address = Url::create_object_url_with_blob(&blob)?;
        let element: HtmlMediaElement = document.create_element("audio")?.unchecked_into();
        element.set_src(&address);
        let ended = Listener::new(&element, "ended", move |_: Event| on_end());
        Ok(Sound {
            element,
            address,
            ended: Some(ended),
        })
    }

    /// Over and over, until it is dropped.
    pub fn repeats(self) -> Self {
        self.element.set_loop(true);
        self
    }

    /// Through this loudspeaker; where that cannot be chosen, through the system's.
    pub fn play(&self, speaker: &str) -> impl Future<Output = Result<(), BrowserError>> + use<> {
        let chosen = video::set_speaker(&self.element, speaker);
        let element = self.element.clone();
        async move {
            let _ = chosen.await;
            video::play(&element).await
        }
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.ended.take();
        // Throws for an element that has left its document alone.
        let _ = self.element.pause();
        let _ = Url::revoke_object_url(&self.address);
    }
}
