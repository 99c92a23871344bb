//! What can be shown of files, as plain values.

use super::{
    Files, TransferId, Trouble,
    incoming::{self, Incoming, Source},
    outgoing::{self, Fate, Outgoing},
};
use crate::wire::About;
use alloc::{string::String, vec::Vec};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    pub id: TransferId,
    pub about: About,
    /// One's own.
    pub mine: bool,
    /// For one person alone.
    pub alone: bool,
    /// Who offers it, or for whom it is; empty where nobody in particular.
    pub who: String,
    pub stage: Stage,
    /// Bytes that are there, of `whole`.
    pub here: u64,
    pub whole: u64,
    /// Bytes a second.
    pub speed: Option<u64>,
    /// Seconds.
    pub left: Option<u64>,
    /// Of how many others, how many have it.
    pub have: usize,
    pub takers: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is being read, to be known by its content.
    Preparing,
    /// Offered: the receiver has to say.
    Offered,
    Moving,
    /// Nobody is there who has it, or nobody who fetches it.
    Waiting,
    Done,
    /// Somebody would go on fetching it, if it were chosen again.
    Wanted,
    Ended(Trouble),
}

impl Files {
    /// In the order in which they came up.
    pub fn transfers(&self) -> Vec<Transfer> {
        let shown =
            |it: &&Incoming| it.state != incoming::State::Looking && !it.from_name.is_empty();
        let incoming = self.incoming.iter().filter(shown).map(Incoming::show);
        let wanted = self.wanted.iter().map(|it| Transfer {
            who: self.name_of(it.by),
            ..transfer(it.id, &it.about, Stage::Wanted)
        });
        let all = incoming
            .chain(self.outgoing.iter().map(Outgoing::show))
            .chain(wanted);
        let mut all: Vec<Transfer> = all.collect();
        all.sort_by_key(|it| it.id);
        all
    }
}

impl Incoming {
    fn show(&self) -> Transfer {
        use incoming::State;
        let served = self.sources.values().any(|it| *it == Source::Has);
        let stage = match self.state {
            State::Looking | State::Offered => Stage::Offered,
            State::Fetching if !served => Stage::Waiting,
            State::Claiming | State::Fetching | State::Finishing => Stage::Moving,
            State::Done => Stage::Done,
            State::Ended(why) => Stage::Ended(why),
        };
        Transfer {
            alone: self.alone,
            who: self.from_name.clone(),
            here: self.here(),
            speed: self.speed.rate(),
            left: self.speed.time_for(self.left()),
            ..transfer(self.id, &self.about, stage)
        }
    }
}

impl Outgoing {
    fn show(&self) -> Transfer {
        use outgoing::State;
        let takers = self.takers().count();
        let have = self.takers().filter(|it| it.fate == Fate::Done).count();
        let moving = self
            .takers()
            .any(|it| it.here && matches!(it.fate, Fate::Fetching(_)));
        let begun = self.takers().any(|it| matches!(it.fate, Fate::Fetching(_)));
        let stage = match self.state {
            State::Preparing(_) => Stage::Preparing,
            State::Ended(why) => Stage::Ended(why),
            State::Offering if moving => Stage::Moving,
            State::Offering if begun => Stage::Waiting,
            State::Offering if have > 0 && have == takers => Stage::Done,
            State::Offering if takers == 0 && !self.receivers.is_empty() => {
                Stage::Ended(Trouble::Refused)
            }
            State::Offering => Stage::Offered,
        };
        let whole = self.about.size * takers.max(1) as u64;
        let here = match self.state {
            State::Preparing(done) => done,
            _ => self.arrived(),
        };
        let only = self.only.and_then(|_| self.receivers.first());
        Transfer {
            mine: true,
            alone: self.only.is_some(),
            who: only.map_or_else(String::new, |it| it.name.clone()),
            here,
            whole,
            speed: self.speed.rate(),
            left: self.speed.time_for(whole.saturating_sub(here)),
            have,
            takers,
            ..transfer(self.id, &self.about, stage)
        }
    }
}

fn transfer(id: TransferId, about: &About, stage: Stage) -> Transfer {
    Transfer {
        id,
        about: about.clone(),
        mine: false,
        alone: false,
        who: String::new(),
        stage,
        here: 0,
        whole: about.size,
        speed: None,
        left: None,
        have: 0,
        takers: 0,
    }
}
