//! A screen, a window or a tab that the person chose to show, and the transceivers that send it.

use super::{
    BrowserError, Listener,
    devices::{self, Opening},
    encoder::tune,
    media::{self, MediaKind, Stream, Track},
    object,
    swaps::Swaps,
    sys::{Connection, Displays, Hinted},
    wait::unheard,
};
use duologue_core::policy::{Codec, Picture, WHOLE};
use js_sys::Array;
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    RtcPeerConnection, RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcRtpTransceiverInit,
};

/// What counts about the picture, when not everything fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Every line as it is, a few times a second.
    #[default]
    Sharp,
    /// Films and games.
    Smooth,
}

impl Detail {
    const fn hint(self) -> &'static str {
        match self {
            Detail::Sharp => "text",
            Detail::Smooth => "motion",
        }
    }

    /// Scrolling text reads well at 15; films come at 24 to 30.
    const fn frames_per_second(self) -> u32 {
        match self {
            Detail::Sharp => 15,
            Detail::Smooth => 30,
        }
    }

    const fn bits_per_second(self) -> u32 {
        match self {
            Detail::Sharp => 2_500_000,
            Detail::Smooth => 4_000_000,
        }
    }

    /// What to keep when the path or the processor is too slow for both.
    const fn keeps(self) -> &'static str {
        match self {
            Detail::Sharp => "maintain-resolution",
            Detail::Smooth => "maintain-framerate",
        }
    }
}

/// What is captured. Dropping it ends the capture.
pub struct Capture {
    pub video: Track,
    /// Where the browser gave it and the person ticked it.
    pub sound: Option<Track>,
}

/// No telephone lets a page see its screen.
pub fn supported() -> bool {
    devices::devices().is_ok_and(|it| object::get(&it, "getDisplayMedia").is_function())
}

/// Asks the person; needs a gesture of theirs. `Abort` when they would rather not, `NotAllowed` when
/// it is the system that does not let the browser.
pub fn capture(detail: Detail) -> impl Future<Output = Result<Capture, BrowserError>> + use<> {
    let off = JsValue::FALSE;
    let options = object::new(&[
        ("video", frame_rate(detail)),
        // Music and films, not a voice in a room: nothing may be taken out of it.
        (
            "audio",
            object::new(&[
                ("echoCancellation", off.clone()),
                ("noiseSuppression", off.clone()),
                ("autoGainControl", off),
            ]),
        ),
        ("systemAudio", "include".into()),
        ("surfaceSwitching", "include".into()),
        // This page within this page within …
        ("selfBrowserSurface", "exclude".into()),
    ]);
    let asked = devices::devices().and_then(|it| {
        let promise = it.unchecked_ref::<Displays>().display_media(&options);
        Ok(Opening::of(promise.map_err(refusal)?))
    });
    async move {
        let stream = asked?.answer().await.map_err(refusal)?;
        Ok(Capture {
            video: media::first(&stream, MediaKind::Video)?,
            sound: media::first(&stream, MediaKind::Audio).ok(),
        })
    }
}

/// Browsers call both by the same name. Only the system's refusal says whose it is, in Chromium; in
/// others it is `NotFound` or `NotReadable`.
fn refusal(error: JsValue) -> BrowserError {
    let by_system = object::text(&error, "message").contains("by system");
    match BrowserError::from(error) {
        BrowserError::NotAllowed if !by_system => BrowserError::Abort,
        BrowserError::NotFound | BrowserError::NotReadable => BrowserError::NotAllowed,
        other => other,
    }
}

fn frame_rate(detail: Detail) -> JsValue {
    let most = object::new(&[("max", detail.frames_per_second().into())]);
    object::new(&[("frameRate", most)])
}

impl Capture {
    /// The picture alone, to be looked at by whoever shows it.
    pub fn picture(&self) -> Stream {
        Stream::of(&[&self.video])
    }

    /// Called when the browser's own bar ends it, or what was shown is closed.
    pub fn on_ended(&self, on: impl Fn() + 'static) -> Listener {
        self.video.on_ended(on)
    }

    pub fn prefer(&self, detail: Detail) {
        let track = self.video.raw();
        track
            .unchecked_ref::<Hinted>()
            .set_content_hint(detail.hint());
        let constraints = frame_rate(detail);
        // A capture that cannot keep to it is slowed down by its senders.
        if let Ok(applied) = track.apply_constraints_with_constraints(constraints.unchecked_ref()) {
            unheard(applied);
        }
    }
}

/// The pair of transceivers that sends a screen over one connection.
pub(super) struct ScreenSlots {
    video: RtcRtpTransceiver,
    sound: RtcRtpTransceiver,
    detail: Cell<Detail>,
    wish: Cell<(Picture, Option<Codec>)>,
}

impl ScreenSlots {
    /// `None` on a closed connection alone.
    pub fn add(connection: &RtcPeerConnection, capture: &Capture) -> Option<ScreenSlots> {
        // Of one stream, so that the other side keeps lips in step.
        let stream = capture.picture();
        let add = |kind: MediaKind, track: Option<&Track>| {
            let init = RtcRtpTransceiverInit::new();
            init.set_direction(RtcRtpTransceiverDirection::Sendonly);
            init.set_streams(&Array::of1(stream.raw()));
            let what = track.map_or_else(|| kind.name().into(), |it| it.raw().clone().into());
            let connection = connection.unchecked_ref::<Connection>();
            connection.add_transceiver(&what, &init).ok()
        };
        let video = add(MediaKind::Video, Some(&capture.video))?;
        let sound = add(MediaKind::Audio, capture.sound.as_ref())?;
        Some(ScreenSlots {
            video,
            sound,
            detail: Cell::default(),
            wish: Cell::new((WHOLE, None)),
        })
    }

    pub fn send(&self, capture: Option<&Capture>, swaps: &Swaps) {
        let (video, sound) = (
            capture.map(|it| it.video.raw()),
            capture.and_then(|it| it.sound.as_ref()).map(Track::raw),
        );
        swaps.swap(self.video.sender(), video);
        swaps.swap(self.sound.sender(), sound);
    }

    pub fn prefer(&self, detail: Detail) {
        self.detail.set(detail);
        let (wish, codec) = self.wish.get();
        self.tune(wish, codec);
    }

    /// As the policy wants it, and never more than what counts about it is worth.
    pub fn tune(&self, wish: Picture, codec: Option<Codec>) {
        self.wish.set((wish, codec));
        let detail = self.detail.get();
        let least = |wish: Option<u32>, worth: u32| Some(wish.map_or(worth, |it| it.min(worth)));
        let picture = Picture {
            bits: least(wish.bits, detail.bits_per_second()),
            frames: least(wish.frames, detail.frames_per_second()),
            ..wish
        };
        tune(&self.video.sender(), picture, codec, Some(detail.keeps()));
    }
}
