//! What comes out of cameras and microphones. A `Track` is the device switched on: dropping it turns
//! the light off. A `Stream` is a bundle to show or to hear, and owns nothing.

use super::{BrowserError, Listener, object};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, MediaStream, MediaStreamTrack, MediaStreamTrackState};

/// Of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaKind {
    Audio,
    Video,
}

impl MediaKind {
    pub const fn name(self) -> &'static str {
        match self {
            MediaKind::Audio => "audio",
            MediaKind::Video => "video",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<MediaKind> {
        [MediaKind::Audio, MediaKind::Video]
            .into_iter()
            .find(|it| it.name() == name)
    }
}

/// A local device at work.
#[must_use = "dropping a track switches its device off"]
pub struct Track {
    inner: MediaStreamTrack,
    kind: MediaKind,
}

impl Track {
    fn new(inner: MediaStreamTrack, kind: MediaKind) -> Track {
        Track { inner, kind }
    }

    pub(super) fn raw(&self) -> &MediaStreamTrack {
        &self.inner
    }

    pub fn kind(&self) -> MediaKind {
        self.kind
    }

    pub fn label(&self) -> String {
        self.inner.label()
    }

    /// Which device this is, as `enumerate` names it.
    pub fn device_id(&self) -> Option<String> {
        self.inner.get_settings().get_device_id()
    }

    /// Which way a phone's camera looks: `user`, `environment`; empty where a camera does not say.
    pub fn facing(&self) -> String {
        object::text(&self.inner.get_settings(), "facingMode")
    }

    /// The same device once more, switched on and off by itself. The device stays on until all of
    /// them are dropped.
    pub fn twin(&self) -> Track {
        Track::new(self.inner.clone(), self.kind)
    }

    /// Whether the system or the browser withholds what the device gives.
    pub fn is_withheld(&self) -> bool {
        self.inner.muted()
    }

    /// Called when that begins and when it ends.
    pub fn on_withheld(&self, on: impl Fn() + Clone + 'static) -> [Listener; 2] {
        ["mute", "unmute"].map(|name| {
            let on = on.clone();
            Listener::new(&self.inner, name, move |_: Event| on())
        })
    }

    /// Asks the device for another picture while it runs. An error leaves it as it was.
    pub fn apply(
        &self,
        constraints: &JsValue,
    ) -> impl Future<Output = Result<(), BrowserError>> + use<> {
        let applied = self
            .inner
            .apply_constraints_with_constraints(constraints.unchecked_ref());
        async move {
            JsFuture::from(applied?).await?;
            Ok(())
        }
    }

    /// A disabled track sends silence or black; its device stays on.
    pub fn set_enabled(&self, enabled: bool) {
        self.inner.set_enabled(enabled);
    }

    pub fn is_enabled(&self) -> bool {
        self.inner.enabled()
    }

    /// The picture's width and height, as the device gives it.
    pub fn size(&self) -> (u32, u32) {
        let settings = self.inner.get_settings();
        let side = |name| object::number(&settings, name) as u32;
        (side("width"), side("height"))
    }

    pub fn is_live(&self) -> bool {
        self.inner.ready_state() == MediaStreamTrackState::Live
    }

    /// Called when the device goes away by itself: unplugged, or taken back by the person or system.
    pub fn on_ended(&self, on: impl Fn() + 'static) -> Listener {
        Listener::new(&self.inner, "ended", move |_: Event| on())
    }
}

impl Drop for Track {
    fn drop(&mut self) {
        // No `ended` event comes from this.
        self.inner.stop();
    }
}

/// Tracks to be shown or heard together. A clone is the same stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream(MediaStream);

impl Stream {
    #[allow(
        clippy::expect_used,
        reason = "without arguments the constructor throws nowhere"
    )]
    pub fn of(tracks: &[&Track]) -> Stream {
        let stream = Stream(MediaStream::new().expect("an empty stream"));
        for track in tracks {
            stream.add(&track.inner);
        }
        stream
    }

    pub(super) fn add(&self, track: &MediaStreamTrack) {
        self.0.add_track(track);
    }

    pub(super) fn raw(&self) -> &MediaStream {
        &self.0
    }

    pub fn has(&self, kind: MediaKind) -> bool {
        self.first(kind).is_some()
    }

    /// Tracks of two streams as one.
    pub(super) fn joined(picture: &MediaStream, sound: Option<&MediaStreamTrack>) -> Stream {
        let stream = Stream::of(&[]);
        for track in picture.get_video_tracks().iter() {
            stream.add(track.unchecked_ref());
        }
        if let Some(sound) = sound {
            stream.add(sound);
        }
        stream
    }

    pub(super) fn first(&self, kind: MediaKind) -> Option<MediaStreamTrack> {
        let tracks = match kind {
            MediaKind::Audio => self.0.get_audio_tracks(),
            MediaKind::Video => self.0.get_video_tracks(),
        };
        tracks.get(0).dyn_into().ok()
    }
}

pub(super) fn first(stream: &MediaStream, kind: MediaKind) -> Result<Track, BrowserError> {
    let tracks = match kind {
        MediaKind::Audio => stream.get_audio_tracks(),
        MediaKind::Video => stream.get_video_tracks(),
    };
    let track = tracks
        .get(0)
        .dyn_into::<MediaStreamTrack>()
        .map_err(|_| BrowserError::NotFound)?;
    Ok(Track::new(track, kind))
}
