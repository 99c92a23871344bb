//! What the machine hears, what it wants done, and the words for both.

use super::frame::Span;
use crate::{
    ids::{FileRoot, PeerId},
    wire::{About, Candidate, FileMsg},
};
use alloc::{string::String, vec::Vec};

/// A file that is sent or fetched, as the page and the other side's requests name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TransferId(pub u32);

/// A connection for bytes, named here and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LaneId(pub u32);

#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Their control channel is open.
    Here(PeerId, String),
    Away(PeerId),
    Heard(PeerId, FileMsg),
    /// A person chose a file, for everyone or for one. Its root is not known yet; the storage reads it
    /// under the number `no`.
    Chosen {
        no: u32,
        about: About,
        to: Option<PeerId>,
    },
    Accept(TransferId),
    Cancel(TransferId),
    /// It is over and need not be shown any more.
    PutAway(TransferId),
    Storage(Storage),
    Lane(LaneId, LaneEvent),
    Wake,
}

/// What the storage says.
#[derive(Clone, Debug, PartialEq)]
pub enum Storage {
    /// So many bytes of a chosen file have been read.
    Reading { no: u32, done: u64 },
    /// It has been read whole; this is its name from now on.
    Read { no: u32, root: FileRoot },
    /// The chosen file cannot be read, or not any more.
    Unreadable(Chosen),
    /// What was left unfinished here, in this room.
    Unfinished(Vec<Kept>),
    /// The answer to `Look`.
    Looked(FileRoot, Found),
    /// The answer to `Claim`: a byte a piece, 1 where it is here, and whether the hashes are.
    Claimed {
        root: FileRoot,
        pieces: Vec<u8>,
        hashes: bool,
    },
    /// Bytes of a `Keep` have been dealt with.
    Wrote { lane: LaneId, len: u32 },
    /// A piece has come whole; is it what the hashes say?
    Piece {
        root: FileRoot,
        index: u32,
        good: bool,
    },
    /// The list of hashes has come whole; does it belong to the root?
    Hashes { root: FileRoot, good: bool },
    /// All of it is on the disk.
    Finished(FileRoot),
    /// It cannot be kept.
    Failed(FileRoot, Trouble),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    Number(u32),
    Root(FileRoot),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub about: About,
    /// Who offered it.
    pub from: PeerId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Nothing,
    /// It was accepted before, and not finished.
    Part,
    Whole,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LaneEvent {
    /// What became the local description.
    Described(String),
    Candidate(Candidate),
    /// The largest message that the other side takes, where it says so.
    Open(Option<u32>),
    Closed,
    /// The first bytes of a message of `len`, as many as a frame's head may have.
    Message {
        head: Vec<u8>,
        len: usize,
    },
    /// So many bytes of what was served have left the page.
    Sent(u32),
}

/// Bytes that somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub root: FileRoot,
    /// What its receiver calls the file.
    pub slot: u32,
    pub span: Span,
    /// The largest message on that lane.
    pub message: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    Tell(PeerId, FileMsg),
    /// Open a connection with one channel for bytes: with an offer of our own, or answering this one.
    OpenLane(LaneId, Option<String>),
    AnswerLane(LaneId, String),
    AddCandidate(LaneId, Candidate),
    CloseLane(LaneId),
    /// A message without data.
    Frame(LaneId, Vec<u8>),
    /// Read this and send it over the lane.
    Serve(LaneId, Stretch),
    /// The bytes of the message that has just come belong there.
    Keep {
        lane: LaneId,
        root: FileRoot,
        span: Span,
    },
    /// Is there anything of this file?
    Look(FileRoot),
    /// It is wanted: make room for it, or open what is there of it.
    Claim(About, PeerId),
    /// All pieces are here.
    Finish(FileRoot),
    /// Nobody wants it any more.
    Remove(FileRoot),
    /// The chosen file of this number need not be read any more.
    Forget(Chosen),
    /// What `transfers` shows is different now.
    Changed,
}

/// Why a file did not come, or did not go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// By oneself.
    Cancelled,
    /// By the other side: not wanted, not any more.
    Refused,
    /// By its sender.
    Withdrawn,
    /// A name that no honest page sends.
    BadName,
    /// Larger than anything that can be kept.
    TooLarge,
    /// So many offers that nobody could look at them.
    TooMany,
    /// What came is not what was offered, again and again.
    Altered,
    /// Whoever has it does not send it, however often they are asked.
    Silent,
    /// Bytes came that nobody had asked for.
    Unasked,
    /// The disk, or what the browser gives of it, is full.
    NoRoom,
    /// Another tab is fetching the same file.
    Busy,
    /// The browser could not write or read what it keeps.
    Storage,
    /// The chosen file has changed, or is gone.
    Unreadable,
}
