//! One file that is offered, and how far each receiver is.

use super::{Trouble, speed::Speed, vocabulary::TransferId};
use crate::{ids::PeerId, wire::About};
use alloc::{string::String, vec::Vec};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is being read for its root; so many bytes are.
    Preparing(u64),
    Offering,
    Ended(Trouble),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Offered,
    Fetching(u64),
    Done,
    Refused,
}

#[derive(Debug)]
pub struct Receiver {
    pub peer: PeerId,
    pub name: String,
    pub here: bool,
    pub fate: Fate,
}

#[derive(Debug)]
pub struct Outgoing {
    pub id: TransferId,
    /// What the storage calls it until its root is known.
    pub no: u32,
    pub about: About,
    /// For nobody but this one.
    pub only: Option<PeerId>,
    pub state: State,
    pub receivers: Vec<Receiver>,
    pub speed: Speed,
}

impl Outgoing {
    pub fn is_offering(&self) -> bool {
        self.state == State::Offering
    }

    pub fn is_for(&self, peer: PeerId) -> bool {
        self.only.is_none_or(|it| it == peer)
    }

    /// The one of that id, made first if they are new.
    pub fn receiver(&mut self, peer: PeerId, name: &str) -> &mut Receiver {
        let at = self.receivers.iter().position(|it| it.peer == peer);
        let at = at.unwrap_or_else(|| {
            self.receivers.push(Receiver {
                peer,
                name: name.into(),
                here: true,
                fate: Fate::Offered,
            });
            self.receivers.len() - 1
        });
        &mut self.receivers[at]
    }

    pub fn set_fate(&mut self, peer: PeerId, fate: Fate) {
        if let Some(it) = self.receivers.iter_mut().find(|it| it.peer == peer) {
            it.fate = fate;
        }
    }

    /// Those who refused it may have changed their minds.
    pub fn ask_again(&mut self) {
        for it in self
            .receivers
            .iter_mut()
            .filter(|it| it.fate == Fate::Refused)
        {
            it.fate = Fate::Offered;
        }
    }

    /// Bytes that have arrived, over all who take it.
    pub fn arrived(&self) -> u64 {
        let have = |it: &Receiver| match it.fate {
            Fate::Fetching(have) => have,
            Fate::Done => self.about.size,
            Fate::Offered | Fate::Refused => 0,
        };
        self.receivers.iter().map(have).sum()
    }

    /// Those who take it, or may still.
    pub fn takers(&self) -> impl Iterator<Item = &Receiver> {
        self.receivers.iter().filter(|it| it.fate != Fate::Refused)
    }
}
