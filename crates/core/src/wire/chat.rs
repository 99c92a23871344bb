//! What is said in writing, as it travels.

use crate::{
    ids::{Epoch, PeerId},
    record,
};
use alloc::{string::String, vec::Vec};

/// A message by whoever sends it. `no` counts the messages of one life of a tab; the two together
/// are a message's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub no: u32,
    /// One more than the largest that its author had seen, which puts an answer after its question on
    /// every screen, whatever the clocks say.
    pub turn: u32,
    /// The author's wall clock, in milliseconds; for showing only.
    pub at: u64,
    /// For the receiver alone.
    pub private: bool,
    pub text: String,
}

/// A message for everyone, told by somebody who has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub author: PeerId,
    pub epoch: Epoch,
    pub no: u32,
    pub turn: u32,
    pub at: u64,
    /// The author's name at that time.
    pub name: String,
    pub text: String,
}

/// A part of what was said. `more`: another part follows. `whole`: the teller has heard everything
/// that was said before they came, so nobody else has to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    pub lines: Vec<Line>,
    pub more: bool,
    pub whole: bool,
}

record!(Said {
    no,
    turn,
    at,
    private,
    text
});
record!(Line {
    author,
    epoch,
    no,
    turn,
    at,
    name,
    text
});
record!(Past { lines, more, whole });
