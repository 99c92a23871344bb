//! What the walk learns of each track: how long it is and where one can go to in it.

use crate::cues::{Cues, Point};
use crate::layout::{Facts, TrackKind};

/// Nanoseconds between two points of the index, at least: of a picture, and of sound alone. ffmpeg, and
/// Chromium with it, take no index of a single point, so even a short recording should have two.
const VIDEO_APART: u64 = 500_000_000;
const AUDIO_APART: u64 = 1_000_000_000;

/// The longest time, in nanoseconds, that a last block is thought to last.
const MAX_LAST: u64 = 100_000_000;

pub struct Tracks {
    scale: u64,
    list: Vec<Track>,
}

struct Track {
    number: u64,
    kind: TrackKind,
    last: Option<u64>,
    /// From the block before the last to the last, or what the last says it lasts.
    lasts: u64,
    cues: Cues,
}

/// One block, its times in timestamps.
pub struct Block {
    pub track: u64,
    pub time: u64,
    pub lasts: Option<u64>,
    pub is_key: bool,
    /// Its Cluster's position in the Segment.
    pub cluster: u64,
}

impl Tracks {
    pub fn new(facts: &Facts) -> Self {
        let track = |&(number, kind): &(u64, TrackKind)| Track {
            number,
            kind,
            last: None,
            lasts: 0,
            cues: Cues::apart(match kind {
                TrackKind::Video => VIDEO_APART / facts.scale,
                TrackKind::Audio => AUDIO_APART / facts.scale,
            }),
        };
        Tracks {
            scale: facts.scale,
            list: facts.tracks.iter().map(track).collect(),
        }
    }

    pub fn note(&mut self, block: &Block) {
        let Some(track) = self
            .list
            .iter_mut()
            .find(|track| track.number == block.track)
        else {
            return;
        };
        // Any block of sound will do, and Firefox marks none. The first will have to do.
        if block.is_key || track.kind == TrackKind::Audio || track.last.is_none() {
            track.cues.add(Point {
                time: block.time,
                cluster: block.cluster,
            });
        }
        match (block.lasts, track.last) {
            (Some(lasts), _) => track.lasts = lasts,
            (None, Some(last)) if block.time > last => track.lasts = block.time - last,
            (None, _) => {}
        }
        track.last = track.last.max(Some(block.time));
    }

    pub fn is_empty(&self) -> bool {
        self.list.iter().all(|track| track.last.is_none())
    }

    /// In timestamps: until the last block of the longest track has been played.
    pub fn duration(&self) -> u64 {
        let most = (MAX_LAST / self.scale).max(1);
        let ends = self
            .list
            .iter()
            .filter_map(|track| Some(track.last?.saturating_add(track.lasts.clamp(1, most))));
        ends.max().unwrap_or(0)
    }

    /// The index: the picture's, or the sound's where there is no picture. Nothing only if there is
    /// no block.
    pub fn cues(&self) -> Vec<u8> {
        let mut used = self.list.iter().filter(|track| track.last.is_some());
        let best = used.clone().find(|track| track.kind == TrackKind::Video);
        let best = best.or_else(|| used.next());
        best.map(|track| track.cues.element(track.number))
            .unwrap_or_default()
    }
}
