//! One other person, as far as writing goes: is their channel open, what are they asked, when to speak
//! up again.

use super::pace::Pace;
use crate::{ids::Epoch, time::Millis};

/// Somebody whose channel is open, or was.
#[derive(Debug)]
pub(super) struct Neighbour {
    pub epoch: Epoch,
    pub open: bool,
    /// Of writing, and of asking.
    pub pace: Pace,
    pub asks: Pace,
    pub asked: Asked,
    /// Asked for everything, they have told what they know, or never answered.
    pub told: bool,
    /// Messages that they may still tell us in answer to one question.
    pub patience: usize,
    /// When to say again what was not answered.
    pub due: Option<Millis>,
    pub wait: u64,
    pub tries: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    /// What they said themselves.
    Theirs,
    /// What everybody said.
    All,
}

/// A channel loses nothing while it lives, so this is for those that died without saying so.
const AGAIN: u64 = 4_000;
const AGAIN_MOST: u64 = 30_000;
/// After so many times in vain the next try waits for the next channel.
const TRIES: u8 = 8;

impl Neighbour {
    pub fn new(epoch: Epoch) -> Self {
        Neighbour {
            epoch,
            open: true,
            pace: Pace::new(60, 10),
            asks: Pace::new(6, 1),
            asked: Asked::Nothing,
            told: false,
            patience: 0,
            due: None,
            wait: AGAIN,
            tries: 0,
        }
    }

    /// They are there: patience begins anew.
    pub fn on_sign_of_life(&mut self) {
        (self.tries, self.wait) = (0, AGAIN);
    }

    /// Nothing came in time.
    pub fn on_silence(&mut self) {
        self.tries = self.tries.saturating_add(1);
        self.wait = (self.wait * 2).min(AGAIN_MOST);
    }

    pub fn is_hopeless(&self) -> bool {
        self.tries >= TRIES
    }

    /// A timer, if none runs.
    pub fn wait_from(&mut self, now: Millis) {
        self.due = self.due.or(Some(now.after(self.wait)));
    }
}
