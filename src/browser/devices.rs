//! Asking for cameras and microphones, and listing what there is. What is asked for is a device and
//! how it should work; the browser gives what comes nearest, but never another device than the named
//! one, so that nobody speaks into another than the one they chose.

use super::{
    BrowserError, Listener,
    media::{MediaKind, Track, first},
    object::{self, text},
};
use duologue_core::{
    capture::{Sight, Sound},
    devices::{Device, Kind},
};
use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Event, MediaDevices, MediaStream, MediaStreamTrack};

/// Which one of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    Any,
    Id(String),
    /// A phone's camera that looks this way: `user` or `environment`.
    Facing(&'static str),
}

/// Whether this page may ask for devices at all; an insecure one may not.
pub fn supported() -> bool {
    devices().is_ok()
}

pub fn open_microphone(
    which: &Which,
    sound: Sound,
) -> impl Future<Output = Result<Track, BrowserError>> + use<> {
    let opened = ask(&[("audio", hearing(which, sound))]);
    async move { first(&opened?.stream().await?, MediaKind::Audio) }
}

pub fn open_camera(
    which: &Which,
    sight: Sight,
) -> impl Future<Output = Result<Track, BrowserError>> + use<> {
    let opened = ask(&[("video", seeing(which, sight))]);
    async move { first(&opened?.stream().await?, MediaKind::Video) }
}

/// Both with one question to the person: microphone, camera. It is both or an error.
pub fn open_both(
    microphone: (&Which, Sound),
    camera: (&Which, Sight),
) -> impl Future<Output = Result<(Track, Track), BrowserError>> + use<> {
    let opened = ask(&[
        ("audio", hearing(microphone.0, microphone.1)),
        ("video", seeing(camera.0, camera.1)),
    ]);
    async move {
        let stream = opened?.stream().await?;
        Ok((
            first(&stream, MediaKind::Audio)?,
            first(&stream, MediaKind::Video)?,
        ))
    }
}

/// What `Track::apply` takes for another size or frame rate of the same camera.
pub fn picture(sight: Sight) -> JsValue {
    seeing(&Which::Any, sight)
}

pub async fn enumerate() -> Result<Vec<Device>, BrowserError> {
    let found = JsFuture::from(devices()?.enumerate_devices()?).await?;
    let found: Array = found.unchecked_into();
    Ok(found.iter().filter_map(|it| device(&it)).collect())
}

/// Called when a device has been plugged in or out. `None` where there are no devices to watch.
pub fn on_change(on: impl Fn() + 'static) -> Option<Listener> {
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

fn device(info: &JsValue) -> Option<Device> {
    let kind = match text(info, "kind").as_str() {
        "audioinput" => Kind::Microphone,
        "audiooutput" => Kind::Speaker,
        "videoinput" => Kind::Camera,
        _ => return None,
    };
    Some(Device {
        kind,
        id: text(info, "deviceId"),
        label: text(info, "label"),
        group: text(info, "groupId"),
    })
}

fn hearing(which: &Which, sound: Sound) -> JsValue {
    let mut fields = vec![
        ("echoCancellation", sound.echo_cancellation.into()),
        ("noiseSuppression", sound.noise_suppression.into()),
        ("autoGainControl", sound.automatic_gain.into()),
        ("channelCount", sound.channels.into()),
    ];
    fields.extend(exactly(which));
    object::new(&fields)
}

fn seeing(which: &Which, sight: Sight) -> JsValue {
    let rate = JsValue::from(sight.frames_per_second);
    // More frames than that are not wanted, fewer are taken.
    let rate = object::new(&[("ideal", rate.clone()), ("max", rate)]);
    let mut fields = vec![
        ("width", object::new(&[("ideal", sight.width.into())])),
        ("height", object::new(&[("ideal", sight.height.into())])),
        ("frameRate", rate),
    ];
    fields.extend(exactly(which));
    object::new(&fields)
}

fn exactly(which: &Which) -> Option<(&'static str, JsValue)> {
    let (name, value) = match which {
        Which::Any => return None,
        Which::Id(id) => ("deviceId", id.as_str()),
        Which::Facing(way) => ("facingMode", *way),
    };
    Some((name, object::new(&[("exact", value.into())])))
}

fn ask(what: &[(&str, JsValue)]) -> Result<Opening, BrowserError> {
    let constraints = object::new(what);
    let promise = devices()?.get_user_media_with_constraints(constraints.unchecked_ref())?;
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
