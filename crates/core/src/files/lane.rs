//! One connection for bytes. Whoever wants to fetch opens it and asks; the other end answers in the
//! order in which it was asked.

use super::{
    frame::{self, Frame, Span},
    incoming::Job,
};
use crate::{
    ids::{FileRoot, PeerId},
    time::Millis,
    wire::Candidate,
};
use alloc::{collections::VecDeque, vec::Vec};

/// One that has not opened by then will not.
const OPENING: u64 = 15_000;
/// Asked, and nothing comes: it carries no more.
const SILENCE: u64 = 10_000;
/// With nothing to do it is closed after this.
const IDLE: u64 = 10_000;
/// Asked for and not yet written. At 20 ms there and back one connection carries a tenth of it.
const WINDOW: u64 = 2 * 1024 * 1024;
/// Asked for in one message: large enough for few messages, small enough to share.
const STRETCH: u32 = 256 * 1024;
/// Two words there and back: the first also waits for whatever the opening had to do.
const PINGS: u32 = 2;

#[derive(Debug)]
struct Ask {
    slot: u32,
    job: Job,
    span: Span,
}

#[derive(Debug)]
pub struct Lane {
    pub peer: PeerId,
    /// By its opener's counting.
    pub no: u32,
    pub mine: bool,
    pub open: bool,
    /// The largest message to send over it.
    pub message: u32,
    /// Candidates that came before the description they belong to was sent.
    pub early: Option<Vec<Candidate>>,
    since: Millis,
    /// When it last did something.
    heard: Millis,
    pings: u32,
    pinged: Millis,
    pub rtt: Option<u64>,
    asks: VecDeque<Ask>,
    /// What of the job that was taken last has not been asked for.
    rest: Option<Ask>,
    /// Asked for, and not come.
    coming: u64,
    /// Come, and not written.
    unwritten: u64,
    pub serving: VecDeque<(FileRoot, u32, Span)>,
    pub leaving: u64,
}

/// What a data message is.
pub enum Came {
    Due { slot: u32 },
    Unasked,
}

impl Lane {
    pub fn new(now: Millis, peer: PeerId, no: u32, mine: bool) -> Self {
        Lane {
            peer,
            no,
            mine,
            open: false,
            message: frame::message_size(None),
            early: Some(Vec::new()),
            since: now,
            heard: now,
            pings: 0,
            pinged: now,
            rtt: None,
            asks: VecDeque::new(),
            rest: None,
            coming: 0,
            unwritten: 0,
            serving: VecDeque::new(),
            leaving: 0,
        }
    }

    pub fn next_wake(&self) -> Option<Millis> {
        match (self.open, self.mine) {
            (false, _) => Some(self.since.after(OPENING)),
            (true, true) if self.is_busy() => Some(self.heard.after(SILENCE)),
            (true, true) => Some(self.heard.after(IDLE)),
            // Its opener closes it.
            (true, false) => None,
        }
    }

    /// Has it come to nothing, or nothing to do?
    pub fn is_due(&self, now: Millis) -> bool {
        self.next_wake().is_some_and(|at| at <= now)
    }

    pub fn is_busy(&self) -> bool {
        !self.asks.is_empty() || self.rest.is_some() || self.unwritten > 0 || !self.is_measured()
    }

    fn is_measured(&self) -> bool {
        self.pings > PINGS
    }

    pub fn on_open(&mut self, now: Millis, takes: Option<u32>) -> Option<Frame> {
        self.open = true;
        self.message = frame::message_size(takes);
        self.heard = now;
        self.mine.then(|| self.ping(now))
    }

    fn ping(&mut self, now: Millis) -> Frame {
        self.pings += 1;
        self.pinged = now;
        Frame::Ping(self.pings)
    }

    pub fn on_pong(&mut self, now: Millis, no: u32) -> Option<Frame> {
        if no != self.pings || self.is_measured() {
            return None;
        }
        self.heard = now;
        let took = now.since(self.pinged);
        self.rtt = Some(self.rtt.map_or(took, |it| it.min(took)));
        if self.pings < PINGS {
            return Some(self.ping(now));
        }
        self.pings += 1;
        None
    }

    /// May it be given another job?
    pub fn wants_job(&self) -> bool {
        self.open && self.mine && self.is_measured() && self.rest.is_none() && self.has_room()
    }

    fn has_room(&self) -> bool {
        self.coming + self.unwritten < WINDOW
    }

    pub fn give(&mut self, now: Millis, slot: u32, job: Job, span: Span) {
        if !self.is_busy() {
            self.heard = now;
        }
        self.rest = Some(Ask { slot, job, span });
    }

    /// The next stretch to ask for.
    pub fn ask(&mut self) -> Option<Frame> {
        if !self.has_room() {
            return None;
        }
        let rest = self.rest.as_mut()?;
        let (slot, job) = (rest.slot, rest.job);
        let span = Span {
            len: rest.span.len.min(STRETCH),
            ..rest.span
        };
        rest.span.from += u64::from(span.len);
        rest.span.len -= span.len;
        if rest.span.len == 0 {
            self.rest = None;
        }
        self.coming += u64::from(span.len);
        self.asks.push_back(Ask { slot, job, span });
        Some(Frame::Ask { slot, span })
    }

    pub fn on_data(&mut self, now: Millis, slot: u32, span: Span) -> Came {
        let Some(ask) = self.asks.front_mut() else {
            return Came::Unasked;
        };
        let due = ask.slot == slot && ask.span.what == span.what && ask.span.from == span.from;
        if !due || span.len > ask.span.len {
            return Came::Unasked;
        }
        ask.span.from += u64::from(span.len);
        ask.span.len -= span.len;
        if ask.span.len == 0 {
            self.asks.pop_front();
        }
        self.heard = now;
        self.coming -= u64::from(span.len);
        self.unwritten += u64::from(span.len);
        Came::Due { slot }
    }

    pub fn on_written(&mut self, now: Millis, len: u32) {
        self.heard = now;
        self.unwritten = self.unwritten.saturating_sub(len.into());
    }

    /// Jobs that will not be finished over this lane.
    pub fn unfinished(&self) -> impl Iterator<Item = (u32, Job)> {
        let asks = self.asks.iter().chain(&self.rest);
        asks.map(|ask| (ask.slot, ask.job))
    }
}
