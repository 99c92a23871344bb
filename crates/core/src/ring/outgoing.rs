//! The ring that I make. There is one at most.

use super::{AGAIN, End, Letter, Output, Ring, Settled, Why, incoming::Life, to_name};
use crate::{
    ids::RingId,
    seal::RoomSecret,
    time::Millis,
    wire::names::{Ask, LetterKey},
};
use alloc::{string::String, vec::Vec};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The directory is asked for the key.
    Finding,
    /// It was told to ring.
    Ringing,
    /// It rings over there.
    Alerting,
}

#[derive(Clone, Debug)]
pub struct Outgoing {
    pub ring: RingId,
    pub stage: Stage,
    /// The name as it was typed.
    pub(super) asked: String,
    /// As the directory has it, and the key that goes with it.
    to: Option<(String, LetterKey)>,
    room: RoomSecret,
    pub(super) again: Millis,
    pub(super) until: Millis,
}

impl Outgoing {
    /// Whom it is for, as well as that is known.
    pub fn shown(&self) -> &str {
        self.name().unwrap_or(&self.asked)
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.to.as_ref().map(|(name, _)| name.as_str())
    }

    pub(super) fn next_wake(&self) -> Millis {
        self.again.min(self.until)
    }

    pub(super) fn over(&self, end: End) -> Output {
        Output::Over {
            ring: self.ring,
            name: self.shown().into(),
            mine: true,
            end,
        }
    }

    pub(super) fn enter(&self) -> Output {
        Output::Enter {
            ring: self.ring,
            name: self.shown().into(),
            room: self.room.clone(),
            mine: true,
        }
    }
}

impl Ring {
    pub(super) fn call(
        &mut self,
        now: Millis,
        name: String,
        room: RoomSecret,
        out: &mut Vec<Output>,
    ) {
        if self.outgoing.is_some() {
            return;
        }
        let asked = to_name(&name);
        // They ring me already: then this is a yes.
        if let Some(theirs) = self.incoming.iter().find(|it| it.name == asked) {
            let ring = theirs.ring;
            self.accept(now, ring, out);
            return;
        }
        self.outgoing = Some(Outgoing {
            ring: self.letters.fresh_id(),
            stage: Stage::Finding,
            asked,
            to: None,
            room,
            again: now,
            until: now.after(self.config.patience),
        });
    }

    pub(super) fn found(
        &mut self,
        now: Millis,
        name: String,
        key: LetterKey,
        out: &mut Vec<Output>,
    ) {
        let Some(outgoing) = &mut self.outgoing else {
            return;
        };
        if outgoing.stage == Stage::Finding {
            // Their ring came while the directory was being asked: then mine has not begun.
            if let Some(theirs) = self.incoming.iter().find(|it| it.name == name) {
                let ring = theirs.ring;
                self.outgoing = None;
                self.accept(now, ring, out);
                return;
            }
            outgoing.stage = Stage::Ringing;
            outgoing.to = Some((name, key));
            outgoing.again = now.after(AGAIN);
            self.ring_again(out);
        }
    }

    /// Asks once more for what has not been answered.
    pub(super) fn ring_again(&mut self, out: &mut Vec<Output>) {
        let Some(outgoing) = &self.outgoing else {
            return;
        };
        match (&outgoing.to, outgoing.stage) {
            (None, _) => {
                let name = outgoing.asked.clone();
                self.ask(&Ask::Find { name }, out);
            }
            (Some(to), Stage::Finding | Stage::Ringing) => {
                let letter = Letter::Ring {
                    ring: outgoing.ring,
                    room: outgoing.room.address(),
                };
                let to = to.clone();
                self.write(&to, &letter, out);
            }
            (Some(_), Stage::Alerting) => {}
        }
    }

    /// Ends my own ring, and says so on this side.
    pub(super) fn cancel(&mut self, why: Why, end: End, out: &mut Vec<Output>) {
        if let Some(outgoing) = self.drop_outgoing(why, out) {
            out.push(outgoing.over(end));
        }
    }

    /// Ends my own ring over there.
    pub(super) fn drop_outgoing(&mut self, why: Why, out: &mut Vec<Output>) -> Option<Outgoing> {
        let outgoing = self.outgoing.take()?;
        let ring = outgoing.ring;
        let letter = Letter::Cancel { ring, why };
        self.settle(ring, Settled::Said(letter.clone()));
        if let Some(to) = &outgoing.to {
            self.write(to, &letter, out);
        }
        Some(outgoing)
    }

    pub(super) fn outgoing_of(&mut self, ring: RingId, by: &str) -> Option<&mut Outgoing> {
        let ours = |it: &&mut Outgoing| it.ring == ring && it.name() == Some(by);
        self.outgoing.as_mut().filter(ours)
    }

    /// They will not. Other tabs of theirs stop ringing.
    pub(super) fn refused(
        &mut self,
        by: &(String, LetterKey),
        ring: RingId,
        end: End,
        out: &mut Vec<Output>,
    ) -> Option<()> {
        self.outgoing_of(ring, &by.0)?;
        // Both rang, and mine was the one to give way: it has been given up over there, no more.
        let theirs = |life: &Life| *life == Life::Accepted;
        if self
            .incoming
            .iter()
            .any(|it| it.name == by.0 && theirs(&it.life))
        {
            return None;
        }
        self.cancel(Why::Answered, end, out);
        Some(())
    }
}
