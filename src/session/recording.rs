//! Recording a call, as the screens see it: one file of everything and, as a choice, one for each
//! person. Nothing is recorded before everybody has been told, and nobody who has not been.
//!
//! | module   | owns |
//! |----------|------|
//! | `studio` | a recording that is on: its files, its clock; `guests` who is in it, `events` what it hears |
//! | `take`   | one of its files: drawn, mixed and handed to the worker |
//! | `scene`  | where everybody is in the picture |
//! | `watch`  | how long it is |
//! | `desk`   | the way to the storage worker |
//! | `shelf`  | what has been recorded |

mod desk;
mod events;
mod guests;
mod scene;
mod shelf;
mod studio;
mod take;
mod watch;

use super::{call::Call, chime};
use crate::browser::{clock, files, level, recorder, sound::Sound};
use desk::Desk;
pub use duologue_core::wire::Recording as Recorded;
pub use duologue_storage::recordings::{About, Shown, Trouble as KeepTrouble};
use leptos::prelude::*;
pub use shelf::{Playing, Shelf};
use std::rc::Rc;
use studio::Studio;
use wasm_bindgen_futures::spawn_local;

/// The sound that says that somebody records is over by then.
const CHIME_MS: u64 = 2_000;

/// ```text
///   Off ──begin──▶ Starting ──told──▶ On ◀──▶ Paused
///    ▲── kept ── Ending ◀── end, trouble ┴──────┘
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordState {
    Off,
    /// A place is made for it.
    Starting,
    On,
    Paused,
    /// Being made whole.
    Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordTrouble {
    /// The room on the disk has run out; what there was of it is kept.
    NoRoom,
    /// The browser could not keep it.
    Broken,
}

/// `Copy`: a bundle of signals and a handle.
#[derive(Clone, Copy)]
pub struct Recording {
    pub state: RwSignal<RecordState>,
    pub seconds: RwSignal<u32>,
    pub bytes: RwSignal<u64>,
    /// One file for each person too.
    pub each: RwSignal<bool>,
    pub trouble: RwSignal<Option<RecordTrouble>>,
    /// Seconds that there is room for, when there are few.
    pub low: RwSignal<Option<u64>>,
    /// What is recorded goes with the tab: a private window.
    pub fleeting: RwSignal<bool>,
    /// This browser mixes no sounds: one alone is in the file of everything.
    pub unmixed: RwSignal<bool>,
    /// The last one has been kept.
    pub kept: RwSignal<bool>,
    studio: StoredValue<Option<Rc<Studio>>, LocalStorage>,
}

impl Recording {
    pub(super) fn new() -> Recording {
        let [each, fleeting, unmixed, kept] = [(); 4].map(|()| RwSignal::new(false));
        Recording {
            state: RwSignal::new(RecordState::Off),
            seconds: RwSignal::new(0),
            bytes: RwSignal::new(0),
            each,
            trouble: RwSignal::new(None),
            low: RwSignal::new(None),
            fleeting,
            unmixed,
            kept,
            studio: StoredValue::new_local(None),
        }
    }

    /// Whether this browser can.
    pub fn is_possible(self) -> bool {
        recorder::kind().is_some()
    }

    /// In the handling of a press: sound wants one.
    pub fn begin(self, call: Call) {
        if self.state.get_untracked() != RecordState::Off {
            return;
        }
        self.state.set(RecordState::Starting);
        self.trouble.set(None);
        self.kept.set(false);
        self.low.set(None);
        self.seconds.set(0);
        self.bytes.set(0);
        files::keep_what_is_here();
        let awake = level::awake();
        spawn_local(async move {
            let mixes = awake.await;
            self.unmixed.try_set(!mixes);
            let studio = Desk::shared()
                .ok()
                .and_then(|desk| Studio::open(self, call, desk, mixes));
            match studio {
                Some(studio) => drop(self.studio.try_set_value(Some(studio))),
                None => self.fail(RecordTrouble::Broken),
            }
        });
    }

    pub fn hold(self) {
        let still = self.state.get_untracked() == RecordState::On;
        self.with(|studio| studio.hold(still));
    }

    pub fn end(self) {
        self.with(Studio::end);
    }

    /// The call is over; the studio keeps itself until its files are whole.
    pub(super) fn close(self) {
        self.end();
        self.studio.try_set_value(None);
    }

    fn with(self, act: impl FnOnce(&Studio)) {
        if let Some(Some(studio)) = self.studio.try_get_value() {
            act(&studio);
        }
    }

    fn fail(self, trouble: RecordTrouble) {
        self.trouble.try_set(Some(trouble));
        self.state.try_set(RecordState::Off);
    }
}

/// A moment since 1970, as the person writes dates.
pub fn when(ms: u64) -> String {
    clock::moment(ms)
}

/// For whoever does not look: two notes, as somebody else begins to record.
pub fn chime(speaker: &str) {
    let Ok(sound) = Sound::new(&chime::wave(), || {}) else {
        return;
    };
    let playing = sound.play(speaker);
    spawn_local(async move {
        // Held back by a browser that wants a gesture first: the words are there all the same.
        let _ = playing.await;
        clock::pause(CHIME_MS).await;
        drop(sound);
    });
}
