//! Finishing a file: the walk, then the cut, the index, the duration, the table of contents and, last
//! of all, the Segment's size, by which a finished file is known. A crash before that leaves a file
//! that is finished again from the start.

use crate::cues::seek_head;
use crate::ebml;
use crate::layout::{Facts, What};
use crate::walk::Walk;
use crate::{Error, Store};

/// How often one step may ask the store: at 64 KiB a time it has then read 2 MiB.
const ASKS: u32 = 32;

/// How many elements one step may pass, should they be tiny.
const ELEMENTS: u32 = 50_000;

/// How far finishing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many bytes looked at, of so many.
    Working {
        done: u64,
        of: u64,
    },
    Done(What),
}

/// Walking ──last block──▶ written ──▶ done.
pub struct Finisher {
    facts: Facts,
    file: u64,
    /// None: the file was finished already.
    walk: Option<Walk>,
}

/// All steps at once.
pub fn finish<S: Store>(store: &mut S) -> Result<What, Error<S::Error>> {
    let mut finisher = Finisher::new(store)?;
    loop {
        if let Step::Done(what) = finisher.step(store)? {
            return Ok(what);
        }
    }
}

impl Finisher {
    /// Reads the head; refuses what cannot be finished.
    pub fn new<S: Store>(store: &mut S) -> Result<Self, Error<S::Error>> {
        let facts = Facts::read(store)?;
        let file = store.size()?;
        if facts.what(file).finished {
            return Ok(Finisher {
                facts,
                file,
                walk: None,
            });
        }
        let has_room =
            facts.has_room && facts.duration_at.is_some() && facts.layout.size_len == ebml::WIDE;
        if !has_room {
            return Err(Error::NoRoom);
        }
        let walk = Some(Walk::new(&facts, file));
        Ok(Finisher { facts, file, walk })
    }

    /// A bounded piece of work. Once it says `Done` it says so for ever. After an error of the
    /// store it may be called again.
    pub fn step<S: Store>(&mut self, store: &mut S) -> Result<Step, Error<S::Error>> {
        let Some(walk) = &mut self.walk else {
            return Ok(Step::Done(self.facts.what(self.file)));
        };
        let asked = walk.asks();
        for _ in 0..ELEMENTS {
            if walk.has_ended() || walk.asks().wrapping_sub(asked) >= ASKS {
                break;
            }
            walk.step(store)?;
        }
        if !walk.has_ended() {
            return Ok(Step::Working {
                done: walk.at(),
                of: self.file,
            });
        }
        if walk.tracks.is_empty() {
            return Err(Error::Empty);
        }
        self.file = write(store, &self.facts, walk)?;
        self.facts = Facts::read(store)?;
        self.walk = None;
        Ok(Step::Done(self.facts.what(self.file)))
    }
}

/// The file's new size.
fn write<S: Store>(store: &mut S, facts: &Facts, walk: &Walk) -> Result<u64, Error<S::Error>> {
    let data_at = facts.layout.data_at;
    let size_at = facts.layout.size_at as u64;
    let position = |at: usize| (at - data_at) as u64;

    let segment_size = |size| ebml::size_in(size, ebml::WIDE).unwrap_or_default();

    // A size left by an earlier finishing must not by chance become true before all is written.
    if facts.layout.size.is_some() {
        store.write_at(size_at, &segment_size(None))?;
        store.flush()?;
    }
    let cues = walk.tracks.cues();
    let size = walk.at() + cues.len() as u64;
    store.truncate(walk.at())?;
    store.write_at(walk.at(), &cues)?;
    if let Some((from, to)) = facts.duration_at {
        let duration = walk.tracks.duration() as f64;
        match to - from {
            4 => store.write_at(from as u64, &(duration as f32).to_be_bytes())?,
            _ => store.write_at(from as u64, &duration.to_be_bytes())?,
        }
    }
    let cues_at = walk.at() - data_at as u64;
    let (info_at, tracks_at) = (position(facts.info_at), position(facts.tracks_at));
    let head = seek_head(info_at, tracks_at, Some(cues_at));
    store.write_at(data_at as u64, &head)?;
    store.flush()?;
    store.write_at(size_at, &segment_size(Some(size - data_at as u64)))?;
    store.flush()?;
    Ok(size)
}
