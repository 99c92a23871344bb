//! Rings that come to me, in one tab of mine.

use super::{
    AGAIN, ANSWER, End, LONGER, Letter, MOST_RINGS, Output, QUIET, Ring, Settled, room_of,
};
use crate::{ids::RingId, seal::RoomSecret, time::Millis, wire::names::LetterKey};
use alloc::{string::String, vec::Vec};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// The caller has still to confirm that they ring.
    Knocked,
    Shown,
    /// The caller has still to say who got it.
    Accepted,
}

#[derive(Clone, Debug)]
pub struct Incoming {
    pub ring: RingId,
    pub name: String,
    pub(super) life: Life,
    pub(super) tab: RingId,
    key: LetterKey,
    room: RoomSecret,
    pub(super) again: Millis,
    until: Millis,
    /// When it is answered with "busy", in a call.
    quiet_until: Option<Millis>,
}

impl Incoming {
    pub(super) fn is_shown(&self) -> bool {
        self.life == Life::Shown
    }

    pub(super) fn show(&mut self, now: Millis, quiet: bool) {
        if self.life == Life::Knocked {
            self.life = Life::Shown;
            self.hush(now, quiet);
        }
    }

    pub(super) fn hush(&mut self, now: Millis, quiet: bool) {
        self.quiet_until = quiet.then(|| now.after(QUIET));
    }

    pub(super) fn next_wake(&self) -> Millis {
        let until = self.until.min(self.quiet_until.unwrap_or(self.until));
        match self.life {
            Life::Knocked | Life::Accepted => self.again.min(until),
            Life::Shown => until,
        }
    }

    /// Nothing is said of what nobody saw.
    pub(super) fn over(&self, end: End) -> Option<Output> {
        (self.life != Life::Knocked).then(|| Output::Over {
            ring: self.ring,
            name: self.name.clone(),
            mine: false,
            end,
        })
    }

    pub(super) fn enter(&self) -> Output {
        Output::Enter {
            ring: self.ring,
            name: self.name.clone(),
            room: self.room.clone(),
            mine: false,
        }
    }

    fn by(&self) -> (String, LetterKey) {
        (self.name.clone(), self.key)
    }
}

impl Ring {
    pub(super) fn on_ring(
        &mut self,
        now: Millis,
        by: (String, LetterKey),
        ring: RingId,
        room: &str,
        out: &mut Vec<Output>,
    ) {
        match self.settled(ring) {
            Some(Settled::Said(letter)) => return self.write(&by, &letter, out),
            Some(Settled::Taken(_) | Settled::Nothing) => return,
            None => {}
        }
        if let Some(it) = self.incoming.iter_mut().find(|it| it.ring == ring) {
            it.again = now;
            return;
        }
        let Some(room) = room_of(room) else { return };
        if self.incoming.len() >= MOST_RINGS {
            return self.write(&by, &Letter::Busy { ring }, out);
        }
        let own = self.outgoing.as_ref();
        let own = own.filter(|it| it.name() == Some(&by.0)).map(|it| it.ring);
        let life = match own {
            // Both ring at once: the smaller one is the call, and both sides know which that is.
            Some(own) if own < ring => return,
            Some(_) => Life::Accepted,
            None => Life::Knocked,
        };
        let (name, key) = by;
        self.incoming.push(Incoming {
            ring,
            name,
            life,
            tab: self.letters.fresh_id(),
            key,
            room,
            again: now,
            until: now.after(self.config.patience + LONGER),
            quiet_until: None,
        });
    }

    pub(super) fn accept(&mut self, now: Millis, ring: RingId, out: &mut Vec<Output>) {
        let Some(it) = self.incoming.iter_mut().find(|it| it.ring == ring) else {
            return;
        };
        it.life = Life::Accepted;
        it.again = now;
        it.until = now.after(ANSWER);
        it.quiet_until = None;
        let name = it.name.clone();
        if self
            .outgoing
            .as_ref()
            .is_some_and(|own| own.name() != Some(&name))
        {
            self.cancel(super::Why::Cancelled, End::Cancelled, out);
        }
    }

    pub(super) fn turn_down(
        &mut self,
        ring: RingId,
        letter: Letter,
        end: End,
        out: &mut Vec<Output>,
    ) {
        let Some(at) = self.incoming.iter().position(|it| it.ring == ring) else {
            return;
        };
        let it = self.incoming.remove(at);
        self.settle(ring, Settled::Said(letter.clone()));
        self.write(&it.by(), &letter, out);
        out.extend(it.over(end));
    }

    /// Its time has come: to say something again, or to end.
    pub(super) fn incoming_again(&mut self, now: Millis, ring: RingId, out: &mut Vec<Output>) {
        let Some(it) = self.incoming.iter_mut().find(|it| it.ring == ring) else {
            return;
        };
        if it.until <= now {
            let it = self.take_incoming(ring, "");
            self.settle(ring, Settled::Nothing);
            out.extend(it.and_then(|it| {
                it.over(match it.life {
                    Life::Accepted => End::Gone,
                    Life::Knocked | Life::Shown => End::NoAnswer,
                })
            }));
            out.push(Output::Changed);
        } else if it.quiet_until.is_some_and(|until| until <= now) {
            self.turn_down(ring, Letter::Busy { ring }, End::Busy, out);
            out.push(Output::Changed);
        } else {
            it.again = now.after(AGAIN);
            let (by, tab) = (it.by(), it.tab);
            let letter = match it.life {
                Life::Knocked => Letter::Alert { ring, tab },
                Life::Accepted => Letter::Accept { ring, tab },
                Life::Shown => return,
            };
            self.write(&by, &letter, out);
        }
    }

    pub(super) fn incoming_of(&mut self, ring: RingId, by: &str) -> Option<&mut Incoming> {
        let mut rings = self.incoming.iter_mut();
        rings.find(|it| it.ring == ring && it.name == by)
    }

    /// By nobody: whoever's it is.
    pub(super) fn take_incoming(&mut self, ring: RingId, by: &str) -> Option<Incoming> {
        let ours = |it: &Incoming| it.ring == ring && (by.is_empty() || it.name == by);
        let at = self.incoming.iter().position(ours)?;
        Some(self.incoming.remove(at))
    }
}
