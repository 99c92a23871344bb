//! One file that comes: how far it is, who has it, and who was asked for which piece.

use super::{
    Trouble,
    frame::{Span, What},
    pieces::{self, Pieces},
    speed::Speed,
    vocabulary::TransferId,
};
use crate::{ids::PeerId, table::Table, wire::About};
use alloc::string::String;

/// Bytes of one piece's hash.
const HASH: u64 = 32;
/// A wrong piece may be a broken memory; the third is a broken promise.
const WRONG_MOST: u32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Looking,
    Offered,
    Claiming,
    Fetching,
    Finishing,
    Done,
    Ended(Trouble),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Asked,
    Has,
    Lacks,
    /// Sent what is not the file.
    Barred,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hashes {
    Missing,
    Taken,
    Here,
}

/// What a lane fetches as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    Hashes,
    Piece(u32),
}

#[derive(Debug)]
pub struct Incoming {
    pub id: TransferId,
    pub about: About,
    pub from: PeerId,
    pub from_name: String,
    pub alone: bool,
    pub state: State,
    pub speed: Speed,
    pub sources: Table<PeerId, Source>,
    pieces: Pieces,
    hashes: Hashes,
    wrong: Table<PeerId, u32>,
    /// Whom each piece under way was asked of.
    askers: Table<u32, PeerId>,
    hashes_of: Option<PeerId>,
}

impl Incoming {
    pub fn new(id: TransferId, about: About, from: PeerId, name: String, alone: bool) -> Self {
        Incoming {
            id,
            pieces: Pieces::new(about.size),
            about,
            from,
            from_name: name,
            alone,
            state: State::Looking,
            speed: Speed::default(),
            sources: Table::default(),
            hashes: Hashes::Missing,
            wrong: Table::default(),
            askers: Table::default(),
            hashes_of: None,
        }
    }

    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Ended(_))
    }

    pub fn is_fetching(&self) -> bool {
        self.state == State::Fetching
    }

    pub fn has(&self, peer: PeerId) -> bool {
        self.sources.get(&peer) == Some(&Source::Has)
    }

    pub fn here(&self) -> u64 {
        match self.state {
            State::Done => self.about.size,
            _ => self.pieces.here(),
        }
    }

    pub fn left(&self) -> u64 {
        self.about.size - self.here()
    }

    pub fn are_pieces_whole(&self) -> bool {
        self.pieces.are_whole()
    }

    /// What was kept of it before.
    pub fn begin(&mut self, kept: &[u8], hashes: bool) {
        self.pieces = Pieces::with(self.about.size, kept);
        // The only piece of a small file is the file: its root is all there is to check.
        let needed = pieces::count(self.about.size) > 1;
        self.hashes = match hashes || !needed {
            true => Hashes::Here,
            false => Hashes::Missing,
        };
        self.state = State::Fetching;
    }

    /// What to ask `peer` for next, as a stretch.
    pub fn take(&mut self, peer: PeerId) -> Option<(Job, Span)> {
        if !self.is_fetching() || !self.has(peer) {
            return None;
        }
        if self.hashes == Hashes::Missing {
            self.hashes = Hashes::Taken;
            self.hashes_of = Some(peer);
            let len = HASH * u64::from(pieces::count(self.about.size));
            return Some((Job::Hashes, span(What::Hashes, 0, len)));
        }
        if self.hashes == Hashes::Taken {
            return None;
        }
        let index = self.pieces.take()?;
        self.askers.insert(index, peer);
        let (from, to) = self.pieces.range(index);
        Some((Job::Piece(index), span(What::Content, from, to - from)))
    }

    /// It will not come whole from whom it was asked of.
    pub fn put_back(&mut self, job: Job) {
        match job {
            Job::Hashes if self.hashes == Hashes::Taken => self.hashes = Hashes::Missing,
            Job::Hashes => {}
            Job::Piece(index) => {
                self.pieces.put_back(index);
                self.askers.remove(&index);
            }
        }
    }

    pub fn on_hashes(&mut self, good: bool) {
        if self.hashes != Hashes::Taken {
            return;
        }
        self.hashes = if good { Hashes::Here } else { Hashes::Missing };
        if let (false, Some(peer)) = (good, self.hashes_of) {
            self.blame(peer);
        }
    }

    pub fn on_piece(&mut self, index: u32, good: bool) {
        let asked = self.askers.remove(&index);
        if good {
            self.pieces.set_here(index);
        } else {
            self.pieces.put_back(index);
            if let Some(peer) = asked {
                self.blame(peer);
            }
        }
    }

    /// Wrong bytes came from them.
    fn blame(&mut self, peer: PeerId) {
        let wrong = self.wrong.or_insert_with(peer, || 0);
        *wrong += 1;
        if *wrong >= WRONG_MOST {
            self.bar(peer, Trouble::Altered);
        }
    }

    /// Nothing more is taken from them; without them there may be nobody left to wait for.
    pub fn bar(&mut self, peer: PeerId, why: Trouble) {
        self.sources.insert(peer, Source::Barred);
        let hopeless = self.from == peer && !self.sources.values().any(|it| *it == Source::Has);
        if hopeless && !matches!(self.state, State::Done | State::Finishing) {
            self.state = State::Ended(why);
        }
    }

    /// Somebody has gone, and what they said of what they have with them.
    pub fn on_away(&mut self, peer: PeerId) {
        if self
            .sources
            .get(&peer)
            .is_some_and(|it| *it != Source::Barred)
        {
            self.sources.remove(&peer);
        }
    }
}

fn span(what: What, from: u64, len: u64) -> Span {
    Span {
        what,
        from,
        // A piece of the largest file is 256 MiB.
        len: u32::try_from(len).unwrap_or(u32::MAX),
    }
}
