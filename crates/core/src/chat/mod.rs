//! Talk in writing. Every message goes from its author to each person over their own channel, is
//! acknowledged, and is said again until it is; whoever comes later asks those who are there. What is
//! private goes to one person and is told to nobody else. The call owns this, says whose channel is
//! open, and carries what is to be said.

mod log;
mod neighbour;
mod pace;
mod past;
mod text;

pub use log::{Audience, Entry, Fate, Key, MAX_LINES, Source};
pub use text::{MAX_TEXT, Piece, Unfit, clean, pieces};

use crate::{
    ids::{Epoch, PeerId},
    table::Table,
    time::Millis,
    wire::{PeerMsg, Said},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use log::Log;
use neighbour::{Asked, Neighbour};

/// Messages said again at once, fewer than a receiver takes at once.
const BATCH: usize = 40;
/// So long somebody is a newcomer, who does not conclude from silence that nothing was said.
const NEW: u64 = 20_000;

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
                neighbour.wait_from(now);
            }
        }
    }

    /// Their channel is open, for the first time or again: what has not arrived is said, and what was
    /// missed is asked for.
    pub fn on_open(&mut self, now: Millis, id: PeerId, epoch: Epoch, says: &mut Says) {
        let neighbour = (self.neighbours).or_insert_with(id, || Neighbour::new(epoch));
        if neighbour.epoch != epoch {
            *neighbour = Neighbour::new(epoch);
        }
        neighbour.open = true;
        neighbour.on_sign_of_life();
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
                neighbour.on_silence();
                // Whoever does not answer is not waited for if somebody else could.
                if neighbour.asked == Asked::All {
                    neighbour.asked = Asked::Theirs;
                    neighbour.told = neighbour.is_hopeless();
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
                neighbour.on_sign_of_life();
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

    /// What has not arrived, to one person, a batch of it.
    fn speak_again(&mut self, now: Millis, id: PeerId, says: &mut Says) {
        let waiting = |it: &&Entry| on_their_way(it).any(|it| it == id);
        let before = says.len();
        for entry in self.log.entries().iter().filter(waiting).take(BATCH) {
            says.push((id, PeerMsg::Say(said(entry))));
        }
        let waits = says.len() > before;
        if let Some(neighbour) = self.neighbours.get_mut(&id) {
            let again = (waits || neighbour.asked != Asked::Nothing) && !neighbour.is_hopeless();
            neighbour.due = again.then(|| now.after(neighbour.wait));
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
