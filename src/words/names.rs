//! What is said about calls by name.

use super::{Text, table::NamesWords, words};
use crate::session::names::{Calling, CallingState, Denial, End, PastKind, Stage};

impl NamesWords {
    /// Why one is not signed in.
    pub fn denied(&self, code: Denial, name: &str) -> String {
        match code {
            Denial::Taken => self.taken(name),
            Denial::Full => self.full.to_owned(),
            Denial::TooFast => words().door.too_fast.to_owned(),
            Denial::TooMany => words().door.too_many.to_owned(),
            Denial::Uninvited => words().door.wanted.to_owned(),
            Denial::UnsupportedVersion => self.outdated.to_owned(),
            _ => self.bad_name.to_owned(),
        }
    }

    /// How it stands with a ring of mine.
    pub fn state(&self, calling: &Calling) -> String {
        let name = calling.name.as_str();
        match &calling.state {
            CallingState::Going(Stage::Alerting) => self.ringing.to_owned(),
            CallingState::Going(Stage::Finding | Stage::Ringing) => self.looking.to_owned(),
            CallingState::Over(end) => match end {
                End::Declined(None) => self.over_declined(name),
                End::Declined(Some(text)) => self.over_saying(name, text),
                End::Busy => self.over_busy(name),
                End::NoAnswer => self.over_no_answer(name),
                End::Nobody => self.over_nobody(name),
                End::Yourself => self.over_yourself.to_owned(),
                End::Gone | End::Cancelled | End::Elsewhere => self.over_gone(name),
            },
        }
    }

    pub fn past(&self, kind: PastKind) -> Text {
        match kind {
            PastKind::Outgoing => self.outgoing,
            PastKind::Unanswered => self.unanswered,
            PastKind::Incoming => self.incoming,
            PastKind::Declined => self.declined,
            PastKind::Missed => self.missed,
        }
    }
}
