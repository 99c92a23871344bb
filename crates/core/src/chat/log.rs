//! What was said, in the order that everybody sees: by turn, then by author. Bounded; the oldest goes
//! first.

use crate::ids::{Epoch, PeerId};
use alloc::{string::String, vec::Vec};

/// Messages that are kept.
pub const MAX_LINES: usize = 500;
/// Their texts, in bytes.
const MAX_BYTES: usize = 512 * 1024;

/// A message's name, the same for everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub author: PeerId,
    pub epoch: Epoch,
    pub no: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub key: Key,
    /// Differs for every entry that ever was in this log, a corrected one included.
    pub serial: u32,
    pub turn: u32,
    /// By the author's own clock.
    pub at: u64,
    pub name: String,
    pub text: String,
    pub audience: Audience,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    Everyone,
    Only(PeerId, String),
}

/// From whom we have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Written here, for these people.
    Own(Vec<(PeerId, Fate)>),
    /// Its author said it to us.
    Author,
    /// Its author told it again, for those who came later.
    Again,
    /// Somebody else says that its author said it.
    Hearsay(String),
}

/// What became of one person's copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    OnItsWay,
    Arrived,
    /// They left before it arrived.
    Lost,
}

#[derive(Debug, Default)]
pub struct Log {
    entries: Vec<Entry>,
    bytes: usize,
    serial: u32,
    /// The largest turn so far.
    pub turn: u32,
    /// Grows with every change.
    pub revision: u32,
}

impl Log {
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.entries.iter_mut()
    }

    /// False for what is there already. An author's own word takes the place of hearsay.
    pub fn insert(&mut self, mut entry: Entry) -> bool {
        if let Some(at) = self.entries.iter().position(|it| it.key == entry.key) {
            let hearsay = |source: &Source| matches!(source, Source::Hearsay(_));
            if !hearsay(&self.entries[at].source) || hearsay(&entry.source) {
                return false;
            }
            self.take(at);
        }
        self.serial += 1;
        entry.serial = self.serial;
        self.turn = self.turn.max(entry.turn);
        self.bytes += entry.text.len();
        let place = |it: &Entry| (it.turn, it.key);
        let before = |it: &Entry| place(it) < place(&entry);
        let at = self.entries.iter().rposition(before).map_or(0, |at| at + 1);
        self.entries.insert(at, entry);
        while self.entries.len() > MAX_LINES || self.bytes > MAX_BYTES {
            self.take(0);
        }
        self.revision += 1;
        true
    }

    fn take(&mut self, at: usize) {
        self.bytes -= self.entries.remove(at).text.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};

    fn entry(author: u8, no: u32, turn: u32, source: Source) -> Entry {
        Entry {
            key: Key {
                author: PeerId([author; 16]),
                epoch: Epoch(1),
                no,
            },
            serial: 0,
            turn,
            at: 0,
            name: "Ana".to_string(),
            text: alloc::format!("{author}/{no}"),
            audience: Audience::Everyone,
            source,
        }
    }

    fn texts(log: &Log) -> Vec<&str> {
        log.entries().iter().map(|it| it.text.as_str()).collect()
    }

    #[test]
    fn whatever_the_order_of_arrival_the_order_of_reading_is_one() {
        let said = [(1, 1, 1), (2, 1, 2), (1, 2, 2), (3, 1, 3), (1, 3, 4)];
        let mut orders = Vec::new();
        for turn in 0..said.len() {
            let mut log = Log::default();
            for step in 0..said.len() {
                let (author, no, turn) = said[(step * 3 + turn) % said.len()];
                assert!(log.insert(entry(author, no, turn, Source::Author)));
                assert!(!log.insert(entry(author, no, turn, Source::Author)));
            }
            orders.push(texts(&log).join(" "));
        }
        assert_eq!(orders, vec!["1/1 1/2 2/1 3/1 1/3"; said.len()]);
    }

    #[test]
    fn an_authors_own_word_takes_the_place_of_hearsay_and_never_the_other_way() {
        let mut log = Log::default();
        let hearsay = Source::Hearsay("Ben".to_string());
        log.insert(Entry {
            text: "forged".to_string(),
            ..entry(1, 1, 9, hearsay.clone())
        });
        let first = log.entries()[0].serial;
        assert!(log.insert(entry(1, 1, 1, Source::Again)));
        assert!(!log.insert(entry(1, 1, 1, hearsay)));
        assert_eq!(texts(&log), ["1/1"]);
        assert_ne!(log.entries()[0].serial, first);
    }

    #[test]
    fn a_full_log_lets_the_oldest_go_and_does_not_take_it_back() {
        let mut log = Log::default();
        let most = MAX_LINES as u32;
        for no in 1..=most + 2 {
            log.insert(entry(1, no, no, Source::Author));
        }
        log.insert(entry(1, 1, 1, Source::Author));
        assert_eq!(log.entries().len(), MAX_LINES);
        assert_eq!(log.entries()[0].text, "1/3");
        let mut log = Log::default();
        for no in 0..40 {
            log.insert(Entry {
                text: "x".repeat(16_000),
                ..entry(1, no, no, Source::Author)
            });
        }
        assert!(log.entries().len() * 16_000 <= MAX_BYTES);
    }
}
