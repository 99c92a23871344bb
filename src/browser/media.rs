//! Cameras, microphones and what comes out of them. A `Track` is the device switched on: dropping it
//! turns the light off. A `Stream` is a bundle to show or to hear, and owns nothing.

use super::{BrowserError, Listener};
use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    ConstrainDomStringParameters, ConstrainDoubleRange, ConstrainLongRange, Event, MediaDeviceInfo,
    MediaDeviceKind, MediaDevices, MediaStream, MediaStreamConstraints, MediaStreamTrack,
    MediaStreamTrackState, MediaTrackConstraints,
};

/// The picture that a camera is asked for; it gives what it can. More would be more than a tile shows
/// and more than most uplinks carry.
const WIDTH: i32 = 1280;
const HEIGHT: i32 = 720;
const FRAMES_PER_SECOND: f64 = 30.0;

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

/// Of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Camera,
    Microphone,
    Speaker,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    /// Empty until the person has allowed such a device once.
    pub label: String,
    pub kind: Kind,
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

    /// A disabled track sends silence or black; its device stays on.
    pub fn set_enabled(&self, enabled: bool) {
        self.inner.set_enabled(enabled);
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
        let tracks = match kind {
            MediaKind::Audio => self.0.get_audio_tracks(),
            MediaKind::Video => self.0.get_video_tracks(),
        };
        tracks.length() > 0
    }
}

/// Whether this page may ask for devices at all; an insecure one may not.
pub fn supported() -> bool {
    devices().is_ok()
}

pub fn open_microphone(
    device: Option<&str>,
) -> impl Future<Output = Result<Track, BrowserError>> + use<> {
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio_media_track_constraints(&sound(device));
    let opened = user_media(&constraints);
    async move { first(&opened?.stream().await?, MediaKind::Audio) }
}

pub fn open_camera(
    device: Option<&str>,
) -> impl Future<Output = Result<Track, BrowserError>> + use<> {
    let constraints = MediaStreamConstraints::new();
    constraints.set_video_media_track_constraints(&sight(device));
    let opened = user_media(&constraints);
    async move { first(&opened?.stream().await?, MediaKind::Video) }
}

/// Both with one question to the person: microphone, camera. It is both or an error.
pub fn open_both(
    microphone: Option<&str>,
    camera: Option<&str>,
) -> impl Future<Output = Result<(Track, Track), BrowserError>> + use<> {
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio_media_track_constraints(&sound(microphone));
    constraints.set_video_media_track_constraints(&sight(camera));
    let opened = user_media(&constraints);
    async move {
        let stream = opened?.stream().await?;
        Ok((
            first(&stream, MediaKind::Audio)?,
            first(&stream, MediaKind::Video)?,
        ))
    }
}

pub async fn enumerate() -> Result<Vec<Device>, BrowserError> {
    let found = JsFuture::from(devices()?.enumerate_devices()?).await?;
    let found: Array = found.unchecked_into();
    Ok(found
        .iter()
        .filter_map(|it| device(it.unchecked_ref()))
        .collect())
}

/// Called when a device has been plugged in or out. `None` where there are no devices to watch.
pub fn on_device_change(on: impl Fn() + 'static) -> Option<Listener> {
    Some(Listener::new(
        &*devices().ok()?,
        "devicechange",
        move |_: Event| on(),
    ))
}

pub(super) fn devices() -> Result<MediaDevices, BrowserError> {
    let navigator = super::page::secure_navigator().ok_or(BrowserError::Security)?;
    Ok(navigator.media_devices()?)
}

fn device(info: &MediaDeviceInfo) -> Option<Device> {
    let kind = match info.kind() {
        MediaDeviceKind::Audioinput => Kind::Microphone,
        MediaDeviceKind::Audiooutput => Kind::Speaker,
        MediaDeviceKind::Videoinput => Kind::Camera,
        _ => return None,
    };
    Some(Device {
        id: info.device_id(),
        label: info.label(),
        kind,
    })
}

fn sound(device: Option<&str>) -> MediaTrackConstraints {
    let constraints = MediaTrackConstraints::new();
    exactly(&constraints, device);
    constraints
}

fn sight(device: Option<&str>) -> MediaTrackConstraints {
    let constraints = MediaTrackConstraints::new();
    exactly(&constraints, device);
    let ideal = |value: i32| {
        let range = ConstrainLongRange::new();
        range.set_ideal(value);
        range
    };
    constraints.set_width_constrain_long_range(&ideal(WIDTH));
    constraints.set_height_constrain_long_range(&ideal(HEIGHT));
    let rate = ConstrainDoubleRange::new();
    rate.set_ideal(FRAMES_PER_SECOND);
    constraints.set_frame_rate_constrain_double_range(&rate);
    constraints
}

/// This device or none, so that a person never speaks into another than the one they chose.
fn exactly(constraints: &MediaTrackConstraints, device: Option<&str>) {
    if let Some(id) = device {
        let exact = ConstrainDomStringParameters::new();
        exact.set_exact_str(id);
        constraints.set_device_id_constrain_dom_string_parameters(&exact);
    }
}

fn user_media(constraints: &MediaStreamConstraints) -> Result<Opening, BrowserError> {
    let promise = devices()?.get_user_media_with_constraints(constraints)?;
    Ok(Opening::of(promise))
}

/// A question to the person that is still open. When nobody waits for the answer any more, the
/// devices it brings are switched off as soon as they come.
pub(super) struct Opening {
    promise: Option<Promise>,
}

impl Opening {
    pub(super) fn of(promise: Promise) -> Opening {
        Opening {
            promise: Some(promise),
        }
    }

    async fn stream(self) -> Result<MediaStream, BrowserError> {
        Ok(self.answer().await?)
    }

    pub(super) async fn answer(mut self) -> Result<MediaStream, JsValue> {
        let Some(promise) = self.promise.clone() else {
            return Err(JsValue::UNDEFINED);
        };
        let answer = JsFuture::from(promise).await;
        self.promise = None;
        Ok(answer?.unchecked_into())
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        let Some(promise) = self.promise.take() else {
            return;
        };
        spawn_local(async move {
            if let Ok(stream) = JsFuture::from(promise).await {
                for track in stream.unchecked_into::<MediaStream>().get_tracks().iter() {
                    track.unchecked_into::<MediaStreamTrack>().stop();
                }
            }
        });
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
