//! Talk in writing. Every message goes from its author to each person over their own channel, is
//! acknowledged, and is said again until it is; whoever comes later asks those who are there. What is
//! private goes to one person and is told to nobody else. The call owns this, says whose channel is
//! open, and carries what is to be said.

mod log;
mod pace;
mod text;

pub use log::{Audience, Entry, Fate, Key, MAX_LINES, Source};
pub use text::{MAX_TEXT, Piece, Unfit, clean, pieces};

use crate::{
    ids::{Epoch, PeerId},
    table::Table,
    time::Millis,
    wire::{Line, Past, PeerMsg, Said, clean_name},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use log::Log;
use pace::Pace;

/// A channel loses nothing while it lives, so this is for those that died without saying so.
const AGAIN: u64 = 4_000;
const AGAIN_MOST: u64 = 30_000;
/// After so many times in vain the next try waits for the next channel.
const TRIES: u8 = 8;
/// Messages said again at once, fewer than a receiver takes at once.
const BATCH: usize = 40;
/// Messages that are told to somebody who asks, and their bytes.
const TOLD: usize = 200;
const TOLD_BYTES: usize = 128 * 1024;
/// Bytes of text in one `past`: with names and numbers less than RFC 8831's 16 KiB, but for a single
/// message that is longer.
const PART: usize = 8 * 1024;
/// So long somebody is a newcomer, who does not conclude from silence that nothing was said.
const NEW: u64 = 20_000;
/// How far ahead of everything known an author may put a message.
const AHEAD: u32 = 1_000;
/// The same for a newcomer, who does not know yet how far the others are.
const FAR_AHEAD: u32 = 100_000;

/// What a message led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Fine,
    /// Too many, too fast: not taken.
    Hurried,
    /// Not asked for, or not theirs to say.
    Misplaced,
    /// No text that is fit to be shown.
    Garbled,
}

/// To be said over somebody's channel.
pub type Says = Vec<(PeerId, PeerMsg)>;

/// Somebody whose channel is open, or was.
#[derive(Debug)]
struct Neighbour {
    epoch: Epoch,
    open: bool,
    pace: Pace,
    asks: Pace,
    asked: Asked,
    /// Asked for everything, they have told what they know, or never answered.
    told: bool,
    /// Messages that they may still tell us in answer to one question.
    patience: usize,
    due: Option<Millis>,
    wait: u64,
    tries: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Nothing,
    /// What they said themselves.
    Theirs,
    /// What everybody said.
    All,
}

#[derive(Debug)]
pub struct Chat {
    me: PeerId,
    epoch: Epoch,
    log: Log,
    no: u32,
    /// What was said before we came has been told by somebody who knows.
    whole: bool,
    /// When the first channel opened.
    first: Option<Millis>,
    /// Who was asked for it has gone: somebody else is to be asked, at once.
    orphaned: bool,
    neighbours: Table<PeerId, Neighbour>,
}

impl Chat {
    pub fn new(me: PeerId, epoch: Epoch) -> Self {
        Chat {
            me,
            epoch,
            log: Log::default(),
            no: 0,
            whole: false,
            first: None,
            orphaned: false,
            neighbours: Table::default(),
        }
    }

    /// In reading order.
    pub fn entries(&self) -> &[Entry] {
        self.log.entries()
    }

    /// Another one whenever `entries` are others.
    pub fn revision(&self) -> u32 {
        self.log.revision
    }

    pub fn next_wake(&self) -> Option<Millis> {
        if self.orphaned {
            return Some(Millis(0));
        }
        let open = self.neighbours.values().filter(|it| it.open);
        open.filter_map(|it| it.due).min()
    }

    /// Writes to everyone of `others`, or to the one of them in `only`. Text that is not fit is not
    /// sent; the page has asked `clean` before.
    pub fn say(
        &mut self,
        now: Millis,
        name: &str,
        (text, at): (&str, u64),
        others: &[PeerId],
        only: Option<(PeerId, String)>,
        says: &mut Says,
    ) {
        let Ok(text) = clean(text) else { return };
        self.no += 1;
        let copies = match &only {
            Some((id, _)) => [(*id, Fate::OnItsWay)].into(),
            None => others.iter().map(|id| (*id, Fate::OnItsWay)).collect(),
        };
        let key = Key {
            author: self.me,
            epoch: self.epoch,
            no: self.no,
        };
        self.log.insert(Entry {
            key,
            serial: 0,
            turn: self.log.turn.saturating_add(1),
            at,
            name: name.to_string(),
            text,
            audience: only.map_or(Audience::Everyone, |(id, name)| Audience::Only(id, name)),
            source: Source::Own(copies),
        });
        let Some(entry) = self.log.entries().iter().find(|it| it.key == key) else {
            return;
        };
        let said = said(entry);
        for id in on_their_way(entry).collect::<Vec<_>>() {
            if let Some(neighbour) = self.neighbours.get_mut(&id).filter(|it| it.open) {
                says.push((id, PeerMsg::Say(said.clone())));
                neighbour.due = neighbour.due.or(Some(now.after(neighbour.wait)));
            }
        }
    }

    /// Their channel is open, for the first time or again: what has not arrived is said, and what was
    /// missed is asked for.
    pub fn on_open(&mut self, now: Millis, id: PeerId, epoch: Epoch, says: &mut Says) {
        let fresh = || Neighbour {
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
        };
        let neighbour = self.neighbours.or_insert_with(id, fresh);
        if neighbour.epoch != epoch {
            *neighbour = fresh();
        }
        neighbour.open = true;
        (neighbour.tries, neighbour.wait) = (0, AGAIN);
        neighbour.asked = Asked::Theirs;
        // Of those who were here before us all have opened theirs by now: what they told is all that
        // can be known, and whoever comes now is newer than we are.
        let first = *self.first.get_or_insert(now);
        self.whole |= first.after(NEW) <= now && self.neighbours.values().any(|it| it.told);
        self.speak_again(now, id, says);
        if self.ask_somebody(now, None, says) != Some(id) {
            self.ask(now, id, says);
        }
    }

    pub fn on_closed(&mut self, id: PeerId) {
        if let Some(neighbour) = self.neighbours.get_mut(&id) {
            neighbour.open = false;
            self.orphaned |= neighbour.asked == Asked::All;
            neighbour.asked = Asked::Nothing;
        }
    }

    /// They are not in the call any more.
    pub fn on_gone(&mut self, id: PeerId) {
        self.on_closed(id);
        self.neighbours.remove(&id);
        self.settle(id, |_| true, Fate::Lost);
    }

    pub fn on_wake(&mut self, now: Millis, says: &mut Says) {
        if core::mem::take(&mut self.orphaned) {
            self.ask_somebody(now, None, says);
        }
        let due = |it: &Neighbour| it.open && it.due.is_some_and(|at| at <= now);
        let due = self.neighbours.iter().filter(|(_, it)| due(it));
        for id in due.map(|(id, _)| *id).collect::<Vec<_>>() {
            let mut asked = None;
            if let Some(neighbour) = self.neighbours.get_mut(&id) {
                neighbour.tries += 1;
                neighbour.wait = (neighbour.wait * 2).min(AGAIN_MOST);
                // Whoever does not answer is not waited for if somebody else could.
                if neighbour.asked == Asked::All {
                    neighbour.asked = Asked::Theirs;
                    neighbour.told = neighbour.tries >= TRIES;
                    asked = self.ask_somebody(now, Some(id), says);
                    if asked.is_none() {
                        asked = self.ask_somebody(now, None, says);
                    }
                }
            }
            self.speak_again(now, id, says);
            if asked != Some(id) {
                self.ask(now, id, says);
            }
        }
    }

    pub fn on_message(
        &mut self,
        now: Millis,
        from: PeerId,
        name: &str,
        message: PeerMsg,
        says: &mut Says,
    ) -> Outcome {
        let Some(neighbour) = self.neighbours.get_mut(&from) else {
            return Outcome::Misplaced;
        };
        match message {
            PeerMsg::Say(said) if neighbour.pace.allows(now) => {
                self.on_said(from, name, said, says)
            }
            PeerMsg::Got { no } => {
                (neighbour.tries, neighbour.wait) = (0, AGAIN);
                self.settle(from, |key| key.no == no, Fate::Arrived);
                self.rest(from);
                Outcome::Fine
            }
            PeerMsg::Recall { all } if neighbour.asks.allows(now) => {
                self.tell_past(from, all, says);
                Outcome::Fine
            }
            PeerMsg::Past(past) => self.on_past(now, from, name, past, says),
            PeerMsg::Say(_) | PeerMsg::Recall { .. } => Outcome::Hurried,
            _ => Outcome::Misplaced,
        }
    }

    fn on_said(&mut self, from: PeerId, name: &str, said: Said, says: &mut Says) -> Outcome {
        let Some(neighbour) = self.neighbours.get(&from) else {
            return Outcome::Misplaced;
        };
        let Ok(text) = clean(&said.text) else {
            return Outcome::Garbled;
        };
        let audience = if said.private {
            Audience::Only(self.me, String::new())
        } else {
            Audience::Everyone
        };
        self.log.insert(Entry {
            key: Key {
                author: from,
                epoch: neighbour.epoch,
                no: said.no,
            },
            serial: 0,
            turn: self.believable(said.turn),
            at: said.at,
            name: name.to_string(),
            text,
            audience,
            source: Source::Author,
        });
        says.push((from, PeerMsg::Got { no: said.no }));
        Outcome::Fine
    }

    fn on_past(
        &mut self,
        now: Millis,
        from: PeerId,
        name: &str,
        past: Past,
        says: &mut Says,
    ) -> Outcome {
        let Some(neighbour) = self.neighbours.get_mut(&from) else {
            return Outcome::Misplaced;
        };
        let (asked, theirs) = (neighbour.asked, neighbour.epoch);
        if asked == Asked::Nothing || past.lines.len() > neighbour.patience {
            neighbour.asked = Asked::Nothing;
            return Outcome::Misplaced;
        }
        neighbour.patience -= past.lines.len();
        // Another part is on its way: no need to ask again meanwhile.
        neighbour.due = neighbour.due.map(|_| now.after(neighbour.wait));
        if !past.more {
            neighbour.asked = Asked::Nothing;
        }
        let mut outcome = Outcome::Fine;
        for line in past.lines {
            let by_author = line.author == from && line.epoch == theirs;
            if !by_author && asked != Asked::All {
                outcome = Outcome::Misplaced;
                continue;
            }
            // Nobody has to tell us what we said ourselves just now.
            if line.author == self.me && line.epoch == self.epoch {
                continue;
            }
            if by_author {
                says.push((from, PeerMsg::Got { no: line.no }));
            }
            outcome = match self.take(line, by_author, name) {
                true => outcome,
                false => Outcome::Garbled,
            };
        }
        if asked == Asked::All && !past.more {
            if let Some(neighbour) = self.neighbours.get_mut(&from) {
                neighbour.told = true;
            }
            self.whole |= past.whole;
            self.ask_somebody(now, None, says);
        }
        self.rest(from);
        outcome
    }

    fn take(&mut self, line: Line, by_author: bool, teller: &str) -> bool {
        let Ok(text) = clean(&line.text) else {
            return false;
        };
        self.log.insert(Entry {
            key: Key {
                author: line.author,
                epoch: line.epoch,
                no: line.no,
            },
            serial: 0,
            turn: self.believable(line.turn),
            at: line.at,
            name: clean_name(&line.name),
            text,
            audience: Audience::Everyone,
            source: if by_author {
                Source::Again
            } else {
                Source::Hearsay(teller.to_string())
            },
        });
        true
    }

    /// A number out of all proportion would put its message at the end for ever.
    fn believable(&self, turn: u32) -> u32 {
        let ahead = if self.whole { AHEAD } else { FAR_AHEAD };
        turn.min(self.log.turn.saturating_add(ahead))
    }

    /// To somebody who came later: the newest of what everyone may know.
    fn tell_past(&self, to: PeerId, all: bool, says: &mut Says) {
        let mut bytes = 0;
        let public = |it: &&Entry| {
            let mine = it.key.author == self.me && it.key.epoch == self.epoch;
            it.audience == Audience::Everyone && (all || mine)
        };
        let mut told: Vec<&Entry> = (self.log.entries().iter().rev().filter(public).take(TOLD))
            .take_while(|it| {
                bytes += it.text.len();
                bytes <= TOLD_BYTES
            })
            .collect();
        told.reverse();
        let mut lines = Vec::new();
        let mut size = 0;
        for entry in told {
            if size > 0 && size + entry.text.len() > PART || lines.len() >= 32 {
                let lines = core::mem::take(&mut lines);
                says.push((to, past(lines, true, false)));
                size = 0;
            }
            size += entry.text.len();
            lines.push(line(entry));
        }
        says.push((to, past(lines, false, self.whole)));
    }

    /// What has not arrived, to one person, a batch of it.
    fn speak_again(&mut self, now: Millis, id: PeerId, says: &mut Says) {
        let waiting = |it: &&Entry| on_their_way(it).any(|it| it == id);
        let before = says.len();
        for entry in self.log.entries().iter().filter(waiting).take(BATCH) {
            says.push((id, PeerMsg::Say(said(entry))));
        }
        let waits = says.len() > before;
        if let Some(neighbour) = self.neighbours.get_mut(&id) {
            let again = (waits || neighbour.asked != Asked::Nothing) && neighbour.tries < TRIES;
            neighbour.due = again.then(|| now.after(neighbour.wait));
        }
    }

    fn ask(&mut self, now: Millis, id: PeerId, says: &mut Says) {
        if let Some(neighbour) = self.neighbours.get_mut(&id)
            && neighbour.asked != Asked::Nothing
            && neighbour.tries < TRIES
        {
            neighbour.patience = TOLD;
            neighbour.due = neighbour.due.or(Some(now.after(neighbour.wait)));
            let all = neighbour.asked == Asked::All;
            says.push((id, PeerMsg::Recall { all }));
        }
    }

    /// No timer where nothing is waited for.
    fn rest(&mut self, id: PeerId) {
        let mut entries = self.log.entries().iter();
        let waits = entries.any(|it| on_their_way(it).any(|it| it == id));
        if let Some(neighbour) = self.neighbours.get_mut(&id)
            && neighbour.asked == Asked::Nothing
            && !waits
        {
            neighbour.due = None;
        }
    }

    /// One person at a time is asked for everything, until somebody knows: whoever has just been asked.
    fn ask_somebody(
        &mut self,
        now: Millis,
        not: Option<PeerId>,
        says: &mut Says,
    ) -> Option<PeerId> {
        if self.whole || self.neighbours.values().any(|it| it.asked == Asked::All) {
            return None;
        }
        let able = |(id, it): &(&PeerId, &Neighbour)| it.open && !it.told && Some(**id) != not;
        let id = self.neighbours.iter().find(able).map(|(id, _)| *id)?;
        self.neighbours.get_mut(&id)?.asked = Asked::All;
        self.ask(now, id, says);
        Some(id)
    }

    /// One person's copies of what was written here.
    fn settle(&mut self, id: PeerId, which: impl Fn(Key) -> bool, becomes: Fate) {
        let mut changed = false;
        for entry in self.log.iter_mut().filter(|it| which(it.key)) {
            let Source::Own(copies) = &mut entry.source else {
                continue;
            };
            for (_, fate) in copies
                .iter_mut()
                .filter(|(it, fate)| *it == id && *fate != Fate::Arrived)
            {
                *fate = becomes;
                changed = true;
            }
        }
        self.log.revision += u32::from(changed);
    }
}

/// Who has not got it yet.
fn on_their_way(entry: &Entry) -> impl Iterator<Item = PeerId> {
    let copies = match &entry.source {
        Source::Own(copies) => copies.as_slice(),
        _ => &[],
    };
    let waiting = copies.iter().filter(|(_, fate)| *fate == Fate::OnItsWay);
    waiting.map(|(id, _)| *id)
}

fn said(entry: &Entry) -> Said {
    Said {
        no: entry.key.no,
        turn: entry.turn,
        at: entry.at,
        private: entry.audience != Audience::Everyone,
        text: entry.text.clone(),
    }
}

fn line(entry: &Entry) -> Line {
    Line {
        author: entry.key.author,
        epoch: entry.key.epoch,
        no: entry.key.no,
        turn: entry.turn,
        at: entry.at,
        name: entry.name.clone(),
        text: entry.text.clone(),
    }
}

fn past(lines: Vec<Line>, more: bool, whole: bool) -> PeerMsg {
    PeerMsg::Past(Past { lines, more, whole })
}
