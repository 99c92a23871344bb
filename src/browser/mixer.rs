//! Several sounds as one track, which come and go while it runs, on the page's one `AudioContext`.

use super::{
    BrowserError, level,
    media::{MediaKind, Stream},
};
use wasm_bindgen::JsCast;
use web_sys::{MediaStreamAudioDestinationNode, MediaStreamAudioSourceNode, MediaStreamTrack};

#[must_use = "dropping it ends its track"]
pub struct Mixer {
    out: MediaStreamAudioDestinationNode,
}

impl Mixer {
    /// Silent until something is added, and while the context sleeps (`level::is_awake`).
    pub fn new() -> Result<Mixer, BrowserError> {
        let out = MediaStreamAudioDestinationNode::new(&level::context()?)?;
        Ok(Mixer { out })
    }

    /// `None` for a stream without sound.
    pub fn add(&self, stream: &Stream) -> Option<Source> {
        let track = stream.first(MediaKind::Audio)?;
        // Of this track alone: a node of a stream takes the first track by name, whichever that is.
        let alone = Stream::of(&[]);
        alone.add(&track);
        let node = level::context()
            .ok()?
            .create_media_stream_source(alone.raw())
            .ok()?;
        node.connect_with_audio_node(&self.out).ok()?;
        let id = track.id();
        Some(Source { node, id })
    }

    pub(super) fn track(&self) -> Option<MediaStreamTrack> {
        self.out.stream().get_audio_tracks().get(0).dyn_into().ok()
    }
}

impl Drop for Mixer {
    fn drop(&mut self) {
        if let Some(track) = self.track() {
            track.stop();
        }
    }
}

/// A sound in the mix.
#[must_use = "dropping it takes it out of the mix"]
pub struct Source {
    node: MediaStreamAudioSourceNode,
    id: String,
}

impl Source {
    /// Whether it is what this stream sounds like still.
    pub fn is_of(&self, stream: &Stream) -> bool {
        let now = stream.first(MediaKind::Audio);
        now.is_some_and(|track| track.id() == self.id)
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        // Throws only when there is nothing to disconnect.
        let _ = self.node.disconnect();
    }
}
