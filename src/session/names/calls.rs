//! Recent calls by name, kept with the browser: the latest first, each once, whatever number of tabs
//! heard of it.

use crate::browser::{clock, storage};
use duologue_core::{
    ids::RingId,
    json::{self, Json},
    record, words,
};

const KEY: &str = "duologue.calls";
const MOST: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    pub ring: RingId,
    pub name: String,
    /// Milliseconds since 1970.
    pub at: u64,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// I called, and they answered.
    Outgoing,
    /// I called in vain.
    Unanswered,
    Incoming,
    Declined,
    Missed,
}

record!(Past {
    ring,
    name,
    at,
    kind
});

words!(Kind {
    Outgoing = "outgoing",
    Unanswered = "unanswered",
    Incoming = "incoming",
    Declined = "declined",
    Missed = "missed",
});

impl Past {
    pub fn missed(&self) -> bool {
        self.kind == Kind::Missed
    }

    /// When it was, as this browser's user writes it.
    pub fn when(&self) -> String {
        clock::moment(self.at)
    }

    pub fn iso(&self) -> String {
        clock::iso(self.at)
    }
}

pub(super) fn read() -> Vec<Past> {
    let kept = storage::local_get(KEY).unwrap_or_default();
    let kept = json::parse(&kept).and_then(Vec::<Past>::read);
    kept.unwrap_or_default()
}

/// Adds one to what all tabs know, and returns that.
pub(super) fn add(ring: RingId, name: &str, kind: Kind) -> Vec<Past> {
    let (name, at) = (name.to_owned(), clock::wall_ms());
    let past = with(
        read(),
        Past {
            ring,
            name,
            at,
            kind,
        },
    );
    storage::local_set(KEY, &json::write(&past));
    past
}

pub(super) fn forget() {
    storage::local_remove(KEY);
}

/// What another tab answered was not missed here.
fn with(mut past: Vec<Past>, new: Past) -> Vec<Past> {
    match past.iter_mut().find(|it| it.ring == new.ring) {
        Some(known) if known.kind == Kind::Missed => *known = new,
        Some(_) => {}
        None => past.insert(0, new),
    }
    past.truncate(MOST);
    past
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(ring: u8, kind: Kind) -> Past {
        let (ring, name, at) = (RingId([ring; 16]), "Ana".to_string(), 1);
        Past {
            ring,
            name,
            at,
            kind,
        }
    }

    #[test]
    fn each_call_is_there_once_and_the_latest_first() {
        let mut all = Vec::new();
        for (ring, kind) in [
            (1, Kind::Missed),
            (2, Kind::Outgoing),
            (1, Kind::Incoming),
            (2, Kind::Missed),
        ] {
            all = with(all, past(ring, kind));
        }
        assert_eq!(all, [past(2, Kind::Outgoing), past(1, Kind::Incoming)]);
        for ring in 0..100 {
            all = with(all, past(ring, Kind::Missed));
        }
        assert_eq!(all.len(), MOST);
        let text = json::write(&all);
        assert_eq!(json::parse(&text).and_then(Vec::<Past>::read), Some(all));
    }
}
