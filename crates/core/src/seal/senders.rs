//! What has been seen from whom: the newest life of each sender, and which of its letters have been
//! opened. Only what has been verified may be told here; memory is bounded.

use crate::ids::{Epoch, PeerId};
use alloc::vec::Vec;

/// How far a letter may be overtaken by later ones of the same sender before it counts as replayed.
const WINDOW: u64 = 128;
/// Senders kept in mind. At the cap the one not heard for longest goes, those that have shown only
/// a card first: cards are public to the signaller, which could show 256 old ones to have a window
/// forgotten and its letters replayed. Letters addressed to this very life it cannot collect, but
/// from 256 people who really wrote to it.
pub const MAX_SENDERS: usize = 256;

#[derive(Debug, Default)]
pub struct Senders {
    known: Vec<Sender>,
    clock: u64,
}

#[derive(Debug)]
struct Sender {
    peer: PeerId,
    /// The newest life seen.
    epoch: Epoch,
    letters: Option<Window>,
    /// By `Senders::clock`, for dropping the one not heard for longest.
    heard: u64,
}

/// The highest counter opened, and bit `n` for counter `highest - n`.
#[derive(Clone, Copy, Debug)]
struct Window {
    highest: u64,
    opened: u128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Fresh,
    Replayed,
    Stale,
}

impl Senders {
    /// A card may be shown any number of times, but not one of an earlier life.
    pub fn saw_card(&mut self, peer: PeerId, epoch: Epoch) -> Verdict {
        match self.sender(peer, epoch, false) {
            Some(sender) if epoch < sender.epoch => Verdict::Stale,
            _ => Verdict::Fresh,
        }
    }

    pub fn saw_letter(&mut self, peer: PeerId, epoch: Epoch, counter: u64) -> Verdict {
        let Some(sender) = self.sender(peer, epoch, true) else {
            return Verdict::Stale;
        };
        if epoch < sender.epoch {
            return Verdict::Stale;
        }
        let window = sender.letters.get_or_insert(Window {
            highest: counter,
            opened: 0,
        });
        if window.open(counter) {
            Verdict::Fresh
        } else {
            Verdict::Replayed
        }
    }

    /// The entry of this sender, at its newest life, made if there is room for it.
    fn sender(&mut self, peer: PeerId, epoch: Epoch, letter: bool) -> Option<&mut Sender> {
        self.clock += 1;
        let at = match self.known.iter().position(|s| s.peer == peer) {
            Some(at) => at,
            None => {
                if self.known.len() >= MAX_SENDERS {
                    let oldest = (self.known.iter().enumerate())
                        .filter(|(_, s)| letter || s.letters.is_none())
                        .min_by_key(|(_, s)| (s.letters.is_some(), s.heard))?;
                    self.known.swap_remove(oldest.0);
                }
                self.known.push(Sender {
                    peer,
                    epoch,
                    letters: None,
                    heard: self.clock,
                });
                self.known.len() - 1
            }
        };
        let sender = self.known.get_mut(at)?;
        if epoch > sender.epoch {
            (sender.epoch, sender.letters) = (epoch, None);
        }
        sender.heard = self.clock;
        Some(sender)
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.known.len()
    }
}

impl Window {
    /// Marks a counter as opened; false if it was, or lies too far back to know.
    fn open(&mut self, counter: u64) -> bool {
        if counter > self.highest {
            let ahead = counter - self.highest;
            self.opened = if ahead < WINDOW {
                self.opened << ahead
            } else {
                0
            };
            self.highest = counter;
        }
        let back = self.highest - counter;
        if back >= WINDOW || self.opened & (1 << back) != 0 {
            return false;
        }
        self.opened |= 1 << back;
        true
    }
}
