//! A call for somebody in particular, by name: it is over when they have left, or never came.

use super::{Call, Ended, Phase};
use crate::{io::Output, time::Millis};
use alloc::vec::Vec;

/// How long somebody who has accepted a call is waited for.
const AWAITED: u64 = 60_000;

/// `Awaited ──somebody is here, or the time is over──▶ Met`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Company {
    /// Anybody may come, at any time.
    Unasked,
    /// Nobody has been here yet. They may have a browser's question before them; not for ever, though.
    Awaited(Option<Millis>),
    /// Whoever is left alone from now on hangs up.
    Met,
}

impl Company {
    pub fn begins(&mut self, now: Millis) {
        if let Company::Awaited(until) = self {
            *until = Some(now.after(AWAITED));
        }
    }

    pub fn next_wake(self) -> Option<Millis> {
        match self {
            Company::Awaited(until) => until,
            Company::Unasked | Company::Met => None,
        }
    }

    /// Nobody came: from now on as if they had, and left.
    pub fn is_missed(&mut self) {
        *self = Company::Met;
    }
}

impl Call {
    /// A call by name: it is over when the others have left.
    pub fn for_company(mut self) -> Self {
        self.company = Company::Awaited(None);
        self
    }

    /// Ends a call with somebody who has left, be it before they were spoken to.
    pub(super) fn miss_company(&mut self, out: &mut Vec<Output>) {
        let is_alone = self.peers.is_empty() && self.present.is_empty();
        match self.company {
            Company::Awaited(_) if !is_alone => self.company = Company::Met,
            Company::Met if is_alone && !matches!(self.phase, Phase::Ended(_)) => {
                self.end(Ended::OtherLeft, out);
            }
            _ => {}
        }
    }
}
