//! A picture and a sound written to a file by the browser, handed over in pieces as they come.

use super::{
    BrowserError, Listener,
    drawing::Drawing,
    media::{MediaKind, Stream},
    mixer::Mixer,
    object,
};
use web_sys::{Blob, BlobEvent, Event, MediaRecorder, MediaRecorderOptions, RecordingState};

/// WebM wherever it can be had, in what every browser plays; MP4 where there is nothing else.
const KINDS: [&str; 4] = [
    "video/webm;codecs=vp8,opus",
    "video/webm;codecs=vp9,opus",
    "video/webm",
    "video/mp4",
];
/// Pieces come so often: what a crash may cost.
const PIECE_MS: i32 = 250;
/// Players can jump to each of them.
const KEY_FRAME_MS: u32 = 1_000;
const SOUND_BITS: u32 = 96_000;

pub enum Piece {
    Bytes(Blob),
    /// The last piece has come.
    Ended,
}

/// What to hear in a file.
pub enum Sound<'a> {
    Mixed(&'a Mixer),
    /// One track as it is, for a browser that mixes nothing: one without a sound output.
    Alone(&'a Stream),
    None,
}

#[must_use = "dropping it stops it; what it had not handed over is lost"]
pub struct Recorder {
    inner: MediaRecorder,
    _listeners: [Listener; 3],
}

/// What it can write, the best first; nothing where a browser records nothing.
pub fn kind() -> Option<&'static str> {
    let known = object::get(&js_sys::global(), "MediaRecorder");
    if !known.is_function() {
        return None;
    }
    let mut kinds = KINDS.into_iter();
    kinds.find(|kind| MediaRecorder::is_type_supported(kind))
}

impl Recorder {
    pub fn start(
        picture: &Drawing,
        sound: Sound,
        kind: &str,
        bits: u32,
        on: impl Fn(Piece) + Clone + 'static,
    ) -> Result<Recorder, BrowserError> {
        let sound = match sound {
            Sound::Mixed(mixer) => mixer.track(),
            Sound::Alone(stream) => stream.first(MediaKind::Audio),
            Sound::None => None,
        };
        let stream = Stream::joined(picture.stream(), sound.as_ref());
        let options = MediaRecorderOptions::new();
        options.set_mime_type(kind);
        options.set_video_bits_per_second(bits);
        options.set_audio_bits_per_second(SOUND_BITS);
        object::set(
            &options,
            &[("videoKeyFrameIntervalDuration", KEY_FRAME_MS.into())],
        );
        let inner = MediaRecorder::new_with_media_stream_and_media_recorder_options(
            stream.raw(),
            &options,
        )?;
        let (piece, ended) = (on.clone(), on);
        let failing = inner.clone();
        let listeners = [
            Listener::new(&inner, "dataavailable", move |event: BlobEvent| {
                if let Some(bytes) = event.data().filter(|it| it.size() > 0.0) {
                    piece(Piece::Bytes(bytes));
                }
            }),
            Listener::new(&inner, "stop", move |_: Event| ended(Piece::Ended)),
            // What has come until then is good; some browsers stop by themselves, some do not.
            Listener::new(&inner, "error", move |_: Event| stop(&failing)),
        ];
        inner.start_with_time_slice(PIECE_MS)?;
        Ok(Recorder {
            inner,
            _listeners: listeners,
        })
    }

    pub fn hold(&self, still: bool) {
        // Throws for one that has ended, of which there is news on its way.
        let _ = match still {
            true => self.inner.pause(),
            false => self.inner.resume(),
        };
    }

    /// The last piece comes, then `Ended`.
    pub fn end(&self) {
        stop(&self.inner);
    }
}

fn stop(recorder: &MediaRecorder) {
    if recorder.state() != RecordingState::Inactive {
        // Throws for an inactive one alone.
        let _ = recorder.stop();
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        stop(&self.inner);
    }
}

/// Without its codecs: as a file's type is written.
pub fn plain(kind: &str) -> &str {
    kind.split(';').next().unwrap_or(kind)
}
