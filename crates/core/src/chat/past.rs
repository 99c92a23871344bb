//! What was said before somebody came: asked of those who are there, one at a time for everything and
//! each for their own, told by them, and believed as far as it goes.

use super::{
    Chat, Outcome, Says,
    neighbour::{Asked, Neighbour},
};
use crate::{
    chat::{
        Audience, Source, clean,
        log::{Entry, Key},
    },
    ids::PeerId,
    time::Millis,
    wire::{Line, Past, PeerMsg, clean_name},
};
use alloc::{string::ToString, vec::Vec};

/// Messages that are told to somebody who asks, and their bytes.
const TOLD: usize = 200;
const TOLD_BYTES: usize = 128 * 1024;
/// Bytes of text in one `past`: with names and numbers less than RFC 8831's 16 KiB, but for a single
/// message that is longer.
const PART: usize = 8 * 1024;
/// How far ahead of everything known an author may put a message.
const AHEAD: u32 = 1_000;
/// The same for a newcomer, who does not know yet how far the others are.
const FAR_AHEAD: u32 = 100_000;

impl Chat {
    pub(super) fn on_past(
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
    pub(super) fn believable(&self, turn: u32) -> u32 {
        let ahead = if self.whole { AHEAD } else { FAR_AHEAD };
        turn.min(self.log.turn.saturating_add(ahead))
    }

    /// To somebody who came later: the newest of what everyone may know.
    pub(super) fn tell_past(&self, to: PeerId, all: bool, says: &mut Says) {
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

    pub(super) fn ask(&mut self, now: Millis, id: PeerId, says: &mut Says) {
        if let Some(neighbour) = self.neighbours.get_mut(&id)
            && neighbour.asked != Asked::Nothing
            && !neighbour.is_hopeless()
        {
            neighbour.patience = TOLD;
            neighbour.wait_from(now);
            let all = neighbour.asked == Asked::All;
            says.push((id, PeerMsg::Recall { all }));
        }
    }

    /// One person at a time is asked for everything, until somebody knows: whoever has just been asked.
    pub(super) fn ask_somebody(
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
