//! What is written in a call, as the screens see it: the core's log as lines, and how many of them
//! nobody has looked at yet.

use super::view::PeerKey;
use crate::browser::{
    clipboard, clock,
    download::{self, ObjectUrl},
};
pub use duologue_core::chat::{MAX_TEXT, Piece, Unfit};
use duologue_core::{
    chat::{Audience, Chat as Machine, Entry, Fate, Source, pieces},
    ids::PeerId,
};
use leptos::prelude::*;
use std::sync::Arc;

/// A clock that is further off than this from ours is not believed.
const CLOCK: u64 = 10 * 60_000;
/// Lines of one person that follow within this stand together under one name.
const TOGETHER: u64 = 5 * 60_000;

#[derive(Clone, Copy)]
pub struct Chat {
    /// In reading order.
    pub lines: RwSignal<Vec<Line>>,
    /// How many came that nobody has looked at.
    pub unread: RwSignal<usize>,
    /// The newest that came from somebody else just now.
    pub latest: RwSignal<Option<Line>>,
    shown: StoredValue<Shown>,
    saved: StoredValue<Option<ObjectUrl>, LocalStorage>,
}

/// How far the core's log has been shown.
#[derive(Clone, Copy, Default)]
struct Shown {
    revision: u32,
    serial: u32,
}

#[derive(Clone)]
pub struct Line {
    /// Of this line as it stands, its place under a name included.
    pub id: (u32, bool),
    pub written: Arc<Written>,
    /// Of one's own lines.
    pub delivery: RwSignal<Delivery>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    author: PeerId,
    /// As they were called then; may be empty.
    pub name: String,
    pub mine: bool,
    /// When, in milliseconds since 1970, as far as it can be believed.
    pub at: u64,
    pub pieces: Vec<Piece>,
    pub privacy: Privacy,
    /// Who says that it was said, if not its author.
    pub told_by: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Privacy {
    Everyone,
    /// For nobody but this person here.
    Me,
    /// For the one of that name alone.
    Only(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Nobody was there; who comes will read it.
    Kept,
    OnItsWay,
    Arrived,
    /// So many of so many have it; the others left.
    Partly(usize, usize),
}

impl Line {
    /// Under the name of the line before.
    pub fn follows(&self) -> bool {
        self.id.1
    }
}

impl Written {
    pub fn time(&self) -> String {
        clock::time_of_day(self.at)
    }

    pub fn iso(&self) -> String {
        clock::iso(self.at)
    }

    pub fn text(&self) -> String {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) | Piece::Link(text) => text.as_str(),
        });
        pieces.collect()
    }

    #[cfg(test)]
    pub fn example(
        name: &str,
        mine: bool,
        privacy: Privacy,
        told_by: Option<String>,
        pieces: Vec<Piece>,
    ) -> Self {
        Written {
            author: PeerId([1; 16]),
            name: name.to_string(),
            mine,
            at: 0,
            pieces,
            privacy,
            told_by,
        }
    }

    fn of(entry: &Entry, me: PeerId, now: u64) -> Self {
        let mine = entry.key.author == me;
        Written {
            author: entry.key.author,
            name: entry.name.clone(),
            mine,
            at: believable(entry, now),
            pieces: pieces(&entry.text),
            privacy: match &entry.audience {
                Audience::Everyone => Privacy::Everyone,
                Audience::Only(_, name) if mine => Privacy::Only(name.clone()),
                Audience::Only(..) => Privacy::Me,
            },
            told_by: match &entry.source {
                Source::Hearsay(teller) => Some(teller.clone()),
                _ => None,
            },
        }
    }

    /// Does it go under the same name as what was written `before` it?
    fn follows(&self, before: &Written) -> bool {
        let same = self.author == before.author && self.name == before.name;
        same && self.privacy == before.privacy
            && self.told_by == before.told_by
            && self.at.abs_diff(before.at) < TOGETHER
    }
}

/// The author's clock, unless it is plainly wrong.
fn believable(entry: &Entry, now: u64) -> u64 {
    match entry.source {
        Source::Author if entry.at.abs_diff(now) > CLOCK => now,
        _ => entry.at.min(now),
    }
}

fn delivery(source: &Source) -> Delivery {
    let Source::Own(copies) = source else {
        return Delivery::Arrived;
    };
    let count = |fate| copies.iter().filter(|(_, it)| *it == fate).count();
    match (count(Fate::OnItsWay), count(Fate::Arrived)) {
        _ if copies.is_empty() => Delivery::Kept,
        (0, arrived) if arrived == copies.len() => Delivery::Arrived,
        (0, arrived) => Delivery::Partly(arrived, copies.len()),
        _ => Delivery::OnItsWay,
    }
}

impl Chat {
    pub(super) fn new() -> Self {
        Chat {
            lines: RwSignal::new(Vec::new()),
            unread: RwSignal::new(0),
            latest: RwSignal::new(None),
            shown: StoredValue::new(Shown::default()),
            saved: StoredValue::new_local(None),
        }
    }

    pub(super) fn show(self, chat: &Machine, me: PeerId, owner: &Owner) {
        let shown = self.shown.get_value();
        if shown.revision == chat.revision() {
            return;
        }
        let before = self.lines.get_untracked();
        let now = clock::wall_ms();
        let mut lines: Vec<Line> = Vec::with_capacity(chat.entries().len());
        let (mut serial, mut unread) = (shown.serial, 0);
        for entry in chat.entries() {
            let known = before.iter().find(|line| line.id.0 == entry.serial);
            let (written, fate) = match known {
                Some(line) => (line.written.clone(), line.delivery),
                None => {
                    let fate = owner.with(|| RwSignal::new(delivery(&entry.source)));
                    (Arc::new(Written::of(entry, me, now)), fate)
                }
            };
            super::show::set(fate, delivery(&entry.source));
            let follows = lines.last().is_some_and(|it| written.follows(&it.written));
            let line = Line {
                id: (entry.serial, follows),
                written,
                delivery: fate,
            };
            if entry.serial > shown.serial {
                serial = serial.max(entry.serial);
                if entry.source == Source::Author {
                    unread += 1;
                    self.latest.set(Some(line.clone()));
                }
            }
            lines.push(line);
        }
        let revision = chat.revision();
        self.shown.set_value(Shown { revision, serial });
        if lines
            .iter()
            .map(|it| it.id)
            .ne(before.iter().map(|it| it.id))
        {
            self.lines.set(lines);
        }
        if unread > 0 {
            self.unread.update(|it| *it += unread);
        }
    }

    /// Somebody looks at the lines.
    pub fn on_read(self) {
        if self.unread.get_untracked() > 0 {
            self.unread.set(0);
        }
    }

    /// Needs a person's gesture. False where the browser does not allow it.
    pub fn copy(self, text: &str) -> impl Future<Output = bool> + use<> {
        let written = clipboard::write_text(text);
        async move { written.await.is_ok() }
    }

    /// Offers all of it as a file, named after the day.
    pub fn save(self, text: &str) {
        let day = clock::iso(clock::wall_ms());
        let day = day.split('T').next().unwrap_or_default();
        let url = download::save_text(&["chat-", day, ".txt"].concat(), text);
        // The one before has long been read.
        self.saved.set_value(url.ok());
    }
}

/// Why a text is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SayTrouble {
    /// It shows nothing.
    Empty,
    /// So many characters.
    TooLong(usize),
    /// The one whom it was for.
    Gone,
}

impl From<Unfit> for SayTrouble {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Empty => SayTrouble::Empty,
            Unfit::TooLong(length) => SayTrouble::TooLong(length),
        }
    }
}

/// To whom: the key of their tile, and their name then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressee {
    pub id: String,
    pub name: String,
}

impl Addressee {
    pub fn of(id: PeerKey, name: RwSignal<String>) -> Self {
        let (id, name) = (id.get_value(), name.get());
        Addressee { id, name }
    }
}
