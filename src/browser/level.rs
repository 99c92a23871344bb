//! How loud a stream is, by the page's one `AudioContext`. It sleeps until a person's gesture
//! (`wake`), and until then every level reads 0.

use super::{BrowserError, media::Stream};
use std::cell::OnceCell;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AnalyserNode, AudioContext, AudioContextState, MediaStreamAudioSourceNode};

/// 1024 samples are 21 ms at 48 kHz: shorter than a syllable, longer than a period of a deep voice.
const WINDOW: usize = 1024;
/// What is quieter than this reads as 0; room noise is about there.
const FLOOR_DB: f32 = -60.0;

thread_local! {
    /// Browsers allow a handful of them, and one is enough for any number of meters.
    static CONTEXT: OnceCell<AudioContext> = const { OnceCell::new() };
}

pub(super) fn context() -> Result<AudioContext, BrowserError> {
    CONTEXT.with(|cell| match cell.get() {
        Some(context) => Ok(context.clone()),
        None => {
            let context = AudioContext::new()?;
            Ok(cell.get_or_init(|| context).clone())
        }
    })
}

/// Call it in the handling of a person's gesture; browsers start no audio without.
pub fn wake() {
    let Ok(context) = context() else { return };
    if context.state() != AudioContextState::Suspended {
        return;
    }
    if let Ok(promise) = context.resume() {
        spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}

/// Whether levels can be other than 0: after a gesture, on a computer with a sound output (Firefox
/// never wakes it without one).
pub fn is_awake() -> bool {
    context().is_ok_and(|it| it.state() == AudioContextState::Running)
}

/// The same, and whether it worked within a moment. Asked at once, for it is a gesture that counts.
pub fn awake() -> impl Future<Output = bool> + use<> {
    /// As long as a person may wait for what they pressed.
    const PATIENCE_MS: u64 = 1_000;
    let asked = context().ok().and_then(|it| it.resume().ok());
    async move {
        if let Some(asked) = asked
            && !is_awake()
        {
            let _ = super::clock::within(PATIENCE_MS, JsFuture::from(asked)).await;
        }
        is_awake()
    }
}

#[must_use = "dropping a meter takes it off its stream"]
pub struct Meter {
    source: MediaStreamAudioSourceNode,
    analyser: AnalyserNode,
}

impl Meter {
    /// Of the audio that the stream has now. `InvalidState` when it has none.
    pub fn new(stream: &Stream) -> Result<Meter, BrowserError> {
        if !stream.has(super::media::MediaKind::Audio) {
            return Err(BrowserError::InvalidState);
        }
        let context = context()?;
        let source = context.create_media_stream_source(stream.raw())?;
        let analyser = context.create_analyser()?;
        analyser.set_fft_size(WINDOW as u32);
        source.connect_with_audio_node(&analyser)?;
        Ok(Meter { source, analyser })
    }

    /// Just now, 0 to 1, in equal steps of decibels as ears hear them.
    pub fn level(&self) -> f32 {
        let mut samples = [0.0; WINDOW];
        self.analyser.get_float_time_domain_data(&mut samples);
        loudness(&samples)
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        // Throw only when there is nothing to disconnect.
        let _ = self.source.disconnect();
        let _ = self.analyser.disconnect();
    }
}

fn loudness(samples: &[f32]) -> f32 {
    let power = samples.iter().map(|it| it * it).sum::<f32>() / samples.len().max(1) as f32;
    let decibels = 10.0 * power.max(f32::MIN_POSITIVE).log10();
    (1.0 - decibels / FLOOR_DB).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_nothing_and_full_scale_is_everything() {
        assert_eq!(loudness(&[0.0; 64]), 0.0);
        assert_eq!(loudness(&[]), 0.0);
        assert!((loudness(&[1.0; 64]) - 1.0).abs() < 1e-6);
        assert!((loudness(&[0.0316; 64]) - 0.5).abs() < 0.01);
    }
}
