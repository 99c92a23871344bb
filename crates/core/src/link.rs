//! The signalling link: dialled, kept alive, dialled again with jittered backoff. It says when to dial
//! and when to hang up; what is said over it is the call's business.

use crate::{
    entropy::Entropy,
    time::{Backoff, Millis},
};

/// An open link that says nothing for this long is asked for a sign of life; one that was asked is dead
/// after as long again, whatever the browser believes.
const SILENCE: u64 = 15_000;
/// A page that is woken this late was asleep itself, or busy: an answer may be there and not yet read.
const ASLEEP: u64 = 1_000;
/// It asks once more then, but not for ever.
const PINGS: u32 = 3;
/// A dial that neither opens nor fails is given up after this.
const DIAL: u64 = 10_000;
/// So often again and again while a server may just be starting anew: it is met within two seconds.
const HASTE: Backoff = Backoff::new(400, 1_600);
const HASTY: u32 = 60;
const BACKOFF: Backoff = Backoff::new(1_600, 10_000);
/// One that is doubted has this long to answer.
const DOUBT: u64 = 700;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Down,
    Dialling {
        until: Millis,
    },
    /// If nothing is heard until `due`, something has to be done; `pings` have not been answered.
    Open {
        heard: Millis,
        due: Millis,
        pings: u32,
    },
    Waiting {
        until: Millis,
    },
}

#[derive(Debug)]
pub struct Link {
    state: State,
    haste: Backoff,
    backoff: Backoff,
    /// Whether the link answers was asked because nobody else does.
    doubted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkAct {
    Dial,
    HangUpAndWait,
    /// The one that is there is dead; another may come about at once.
    Redial,
    Ping,
}

impl Link {
    pub fn new() -> Self {
        Link {
            state: State::Down,
            haste: HASTE,
            backoff: BACKOFF,
            doubted: false,
        }
    }

    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    pub fn is_down(&self) -> bool {
        self.state == State::Down
    }

    /// It was open, or was tried, and is not there.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting { .. }) || self.haste.tries() > 0 && !self.is_open()
    }

    pub fn dial(&mut self, now: Millis) {
        self.state = State::Dialling {
            until: now.after(DIAL),
        };
    }

    pub fn on_open(&mut self, now: Millis) {
        self.doubted = false;
        self.state = State::Open {
            heard: now,
            due: now.after(SILENCE),
            pings: 0,
        };
    }

    /// Only a link over which something was said counts as mended.
    pub fn on_heard(&mut self, now: Millis) {
        if self.is_open() {
            self.on_open(now);
            self.haste.reset();
            self.backoff.reset();
        }
    }

    pub fn on_closed(&mut self, now: Millis, entropy: &mut Entropy) {
        if self.state != State::Down {
            self.state = State::Waiting {
                until: now.after(self.next_delay(entropy)),
            };
        }
    }

    fn next_delay(&mut self, entropy: &mut Entropy) -> u64 {
        if self.haste.tries() < HASTY {
            self.haste.next_delay(entropy)
        } else {
            self.backoff.next_delay(entropy)
        }
    }

    /// Somebody does not answer, or the network is another one: is it this way too?
    pub fn doubt(&mut self, now: Millis) -> Option<LinkAct> {
        match &mut self.state {
            State::Open { heard, due, pings } if heard.after(DOUBT) <= now && !self.doubted => {
                *due = now.after(DOUBT);
                *pings += 1;
                self.doubted = true;
                Some(LinkAct::Ping)
            }
            _ => None,
        }
    }

    /// There may be a network again: a wait is over.
    pub fn hasten(&mut self, now: Millis) -> Option<LinkAct> {
        if let State::Waiting { .. } = self.state {
            self.dial(now);
            return Some(LinkAct::Dial);
        }
        self.doubt(now)
    }

    pub fn close(&mut self) {
        self.state = State::Down;
    }

    pub fn next_wake(&self) -> Option<Millis> {
        match self.state {
            State::Down => None,
            State::Dialling { until } | State::Waiting { until } => Some(until),
            State::Open { due, .. } => Some(due),
        }
    }

    pub fn on_wake(&mut self, now: Millis, entropy: &mut Entropy) -> Option<LinkAct> {
        match &mut self.state {
            State::Waiting { until } if *until <= now => {
                self.dial(now);
                Some(LinkAct::Dial)
            }
            State::Dialling { until } if *until <= now => {
                self.on_closed(now, entropy);
                Some(LinkAct::HangUpAndWait)
            }
            State::Open { due, pings, .. } if *due <= now => {
                let slept = due.after(ASLEEP) <= now;
                if *pings == 0 || slept && *pings < PINGS {
                    *due = now.after(SILENCE);
                    *pings += 1;
                    return Some(LinkAct::Ping);
                }
                if self.doubted {
                    self.dial(now);
                    return Some(LinkAct::Redial);
                }
                self.on_closed(now, entropy);
                Some(LinkAct::HangUpAndWait)
            }
            _ => None,
        }
    }
}

impl Default for Link {
    fn default() -> Self {
        Link::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_open_link_is_pinged_then_given_up_and_dialled_again() {
        let mut entropy = Entropy::new(1);
        let mut link = Link::new();
        link.dial(Millis(0));
        link.on_open(Millis(10));
        let mut acts = alloc::vec::Vec::new();
        while let Some(at) = link.next_wake() {
            acts.extend(link.on_wake(at, &mut entropy));
            if acts.last() == Some(&LinkAct::Dial) {
                break;
            }
        }
        use LinkAct::*;
        assert_eq!(acts, [Ping, HangUpAndWait, Dial]);
    }

    #[test]
    fn a_page_that_slept_asks_again_before_it_gives_a_link_up_but_not_for_ever() {
        let mut entropy = Entropy::new(1);
        let mut link = Link::new();
        link.dial(Millis(0));
        link.on_open(Millis(0));
        let mut wake =
            |link: &mut Link, minute: u64| link.on_wake(Millis(minute * 60_000), &mut entropy);
        assert_eq!(wake(&mut link, 1), Some(LinkAct::Ping));
        assert_eq!(wake(&mut link, 2), Some(LinkAct::Ping));
        link.on_heard(Millis(120_010));
        assert_eq!(link.next_wake(), Some(Millis(120_010 + SILENCE)));
        let acts = [3, 4, 5, 6].map(|minute| wake(&mut link, minute));
        use LinkAct::*;
        assert_eq!(acts, [Ping, Ping, Ping, HangUpAndWait].map(Some));
    }

    #[test]
    fn a_dial_that_never_answers_is_given_up() {
        let mut entropy = Entropy::new(1);
        let mut link = Link::new();
        link.dial(Millis(0));
        assert_eq!(link.next_wake(), Some(Millis(DIAL)));
        assert_eq!(
            link.on_wake(Millis(DIAL), &mut entropy),
            Some(LinkAct::HangUpAndWait)
        );
        assert!(link.is_waiting());
    }
}
