//! Negotiation over one connection: one browser operation in flight, every queue bounded, and no two
//! offers that cross. The impolite side offers when it has to; the polite side asks for its turn first, and
//! the other one holds its own offers back until it has had it. Knows its connection and nothing of rooms;
//! what it wants said or done comes out as `Step`s.
//!
//! ```text
//!            needed, in turn        answer
//!   Stable ─────────▶ HaveLocalOffer ─────▶ Stable
//!     │  offer                │ offer, polite (implicit rollback)
//!     └──────▶ (remote offer applied, answer made) ─────▶ Stable
//! ```
//!
//! Browsers do not come well out of a rollback: Chromium 148 stops sending what it sent. It is left for what
//! cannot be ruled out, a turn that was believed lost and came late.

use crate::{
    ids::{ConnId, OpId},
    io::{Op, OpError, OpValue, Sdp, SdpKind},
    table::Table,
    wire::{Candidate, Description, Kind, PeerMsg, TrickledCandidate},
};
use alloc::vec::Vec;

/// Descriptions waiting for their turn. Two are normal (an answer and the next offer).
const INBOX: usize = 4;
/// Candidates kept, each way. A laptop with several networks gathers about a dozen.
const CANDIDATES: usize = 64;
/// Refused offers whose candidates may still come.
const REFUSED: usize = 8;

/// What the negotiation wants.
#[derive(Debug, PartialEq)]
pub enum Step {
    Send(PeerMsg),
    Start(OpId, Op),
    /// A remote offer has been applied: local tracks go into its slots before the answer is made.
    Adopt,
    /// The browser would not take a description: this connection is beyond mending.
    Broken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signaling {
    Stable,
    HaveLocalOffer { no: u32 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flight {
    LocalOffer,
    LocalAnswer { to: u32 },
    RemoteOffer { no: u32 },
    RemoteAnswer { no: u32 },
    Candidate,
}

#[derive(Debug)]
pub struct Negotiation {
    conn: ConnId,
    /// 0 until the first offer tells a polite side which session this is.
    session: u32,
    polite: bool,
    /// A polite side waits for the first offer: the impolite one makes the slots.
    started: bool,
    /// The microphone's and the camera's slots are there; what comes after them may be added.
    slotted: bool,
    signaling: Signaling,
    flight: Option<(OpId, Flight)>,
    needed: bool,
    /// A polite side that wants its turn, with its newest description then. An answer or offer made since
    /// makes it void.
    asked: Option<u32>,
    /// The turn of that polite side, which ends with its next description.
    turn: Option<u32>,
    inbox: Vec<Description>,
    held: Vec<TrickledCandidate>,
    /// My newest description's number.
    no: u32,
    /// The newest description of theirs that was looked at, and that was applied.
    seen: u32,
    heard: u32,
    refused: Vec<u32>,
    last_offer: Option<Description>,
    last_answer: Option<Description>,
    /// Candidates of my newest description, for when it has to be said again.
    gathered: Vec<TrickledCandidate>,
}

impl Negotiation {
    pub fn new(conn: ConnId, session: u32, polite: bool) -> Self {
        Negotiation {
            conn,
            session,
            polite,
            started: !polite,
            slotted: !polite,
            signaling: Signaling::Stable,
            flight: None,
            needed: false,
            asked: None,
            turn: None,
            inbox: Vec::new(),
            held: Vec::new(),
            no: 0,
            seen: 0,
            heard: 0,
            refused: Vec::new(),
            last_offer: None,
            last_answer: None,
            gathered: Vec::new(),
        }
    }

    /// For a connection that was paired by tokens: both sides are stable with nothing in flight.
    pub fn paired(conn: ConnId, polite: bool) -> Self {
        Negotiation {
            started: true,
            ..Negotiation::new(conn, 1, polite)
        }
    }

    pub fn conn(&self) -> ConnId {
        self.conn
    }

    pub fn session(&self) -> u32 {
        self.session
    }

    pub fn has_slots(&self) -> bool {
        self.slotted
    }

    pub fn is_settled(&self) -> bool {
        self.signaling == Signaling::Stable && self.flight.is_none() && !self.needed
    }

    /// An offer of mine waits for its answer, or I for my turn.
    pub fn is_unanswered(&self) -> bool {
        matches!(self.signaling, Signaling::HaveLocalOffer { .. }) || self.awaits_turn()
    }

    fn awaits_turn(&self) -> bool {
        self.polite && self.needed && self.asked == Some(self.no) && self.turn != self.asked
    }

    /// Has an offer ever been made or taken?
    pub fn has_begun(&self) -> bool {
        self.no > 0 || self.heard > 0 || self.flight.is_some()
    }

    /// The browser would have it negotiated. While a description is being made or taken it need not be
    /// told: for what is not in it browsers ask again as soon as both sides are agreed.
    pub fn on_needed(&mut self, ids: &mut OpIds, steps: &mut Vec<Step>) {
        if (self.flight).is_some_and(|(_, flight)| flight != Flight::Candidate) {
            return;
        }
        self.needed = true;
        self.advance(ids, steps);
    }

    /// A description of this session (or the first one that a polite side hears).
    pub fn on_describe(
        &mut self,
        ids: &mut OpIds,
        description: Description,
        steps: &mut Vec<Step>,
    ) {
        if self.session == 0 {
            self.session = description.session;
        }
        if description.session != self.session {
            return;
        }
        match description.kind {
            Kind::Offer if description.no <= self.seen => {
                // Said again because our answer was lost, or simply doubled.
                if self
                    .last_answer
                    .as_ref()
                    .is_some_and(|a| a.kind == (Kind::Answer { to: description.no }))
                {
                    self.say_again(self.last_answer.clone(), steps);
                }
                return;
            }
            Kind::Offer => self.seen = description.no,
            // An answer counts by what it answers, even when a newer offer overtook it.
            Kind::Answer { to } if self.outstanding() == Some(to) => {
                self.seen = self.seen.max(description.no);
            }
            Kind::Answer { .. } => return,
        }
        if self.inbox.iter().all(|d| d.no != description.no) {
            if self.inbox.len() == INBOX {
                self.inbox.remove(0);
            }
            self.inbox.push(description);
        }
        self.advance(ids, steps);
    }

    pub fn on_candidate(
        &mut self,
        ids: &mut OpIds,
        candidate: TrickledCandidate,
        steps: &mut Vec<Step>,
    ) {
        let other_session = self.session != 0 && candidate.session != self.session;
        if other_session || self.refused.contains(&candidate.no) {
            return;
        }
        if self.held.len() == CANDIDATES {
            self.held.remove(0);
        }
        self.held.push(candidate);
        self.advance(ids, steps);
    }

    pub fn on_local_candidate(&mut self, candidate: Candidate, steps: &mut Vec<Step>) {
        // Before the first description is known there is nothing that it could belong to; browsers
        // gather only after one was set, but its completion may be reported later than the candidate.
        let no = match self.flight {
            Some((_, Flight::LocalOffer | Flight::LocalAnswer { .. })) => self.no + 1,
            _ => self.no,
        };
        let trickled = TrickledCandidate {
            session: self.session,
            no,
            candidate,
        };
        if self.gathered.len() < CANDIDATES {
            self.gathered.push(trickled.clone());
        }
        if no == self.no {
            steps.push(Step::Send(PeerMsg::Candidate(trickled)));
        }
    }

    /// Does this operation belong here? Then take its result.
    pub fn on_done(
        &mut self,
        ids: &mut OpIds,
        op: OpId,
        result: Result<OpValue, OpError>,
        steps: &mut Vec<Step>,
    ) -> bool {
        let Some((_, flight)) = self.flight.take_if(|(id, _)| *id == op) else {
            return false;
        };
        match (flight, result) {
            (Flight::LocalOffer, Ok(OpValue::Described(sdp))) if sdp.kind == SdpKind::Offer => {
                let offer = self.describe(Kind::Offer, sdp);
                self.signaling = Signaling::HaveLocalOffer { no: offer.no };
                self.last_offer = Some(offer.clone());
                self.say(offer, steps);
            }
            (Flight::LocalAnswer { to }, Ok(OpValue::Described(sdp)))
                if sdp.kind == SdpKind::Answer =>
            {
                let answer = self.describe(Kind::Answer { to }, sdp);
                self.signaling = Signaling::Stable;
                self.last_answer = Some(answer.clone());
                self.say(answer, steps);
            }
            (Flight::RemoteOffer { no }, Ok(_)) => {
                self.heard = self.heard.max(no);
                self.started = true;
                self.slotted = true;
                // What was needed is in the answer; if not, the browser asks again once it is stable.
                self.needed = false;
                steps.push(Step::Adopt);
                self.fly(
                    ids,
                    Flight::LocalAnswer { to: no },
                    Op::SetLocal(self.conn),
                    steps,
                );
            }
            (Flight::RemoteAnswer { no }, Ok(_)) => {
                self.heard = self.heard.max(no);
                self.signaling = Signaling::Stable;
            }
            // A candidate that does not fit is the normal case after a restart; others will do.
            (Flight::Candidate, _) => {}
            // The offer was not due any more, or an answer came to a state that has moved on.
            (Flight::LocalOffer, Err(OpError::WrongState)) => {}
            _ => steps.push(Step::Broken),
        }
        self.advance(ids, steps);
        true
    }

    /// Says what the other side has not answered once more.
    pub fn resend(&mut self, steps: &mut Vec<Step>) {
        if self.awaits_turn() {
            self.say_turn(self.no, steps);
        } else if self.is_unanswered() {
            self.say_again(self.last_offer.clone(), steps);
        }
    }

    /// A polite side wants its turn, or may take it.
    #[inline(never)]
    pub fn on_turn(&mut self, ids: &mut OpIds, session: u32, no: u32, steps: &mut Vec<Step>) {
        if session != self.session {
            return;
        }
        if !self.polite {
            if self.turn == Some(no) {
                // It was not heard.
                self.say_turn(no, steps);
                return;
            }
            // One that comes late is not to stand in for a later one.
            self.asked = self.asked.max(Some(no));
        } else if self.asked == Some(no) {
            self.turn = Some(no);
        }
        self.advance(ids, steps);
    }

    /// The other side has not taken its turn in time.
    pub fn end_turn(&mut self) {
        if !self.polite {
            self.turn = None;
        }
    }

    /// Whether an offer may be made now. A polite side asks.
    fn is_my_turn(&mut self, steps: &mut Vec<Step>) -> bool {
        if self.polite {
            self.has_turn(steps)
        } else {
            self.turn.is_none_or(|no| no < self.seen)
        }
    }

    #[inline(never)]
    fn has_turn(&mut self, steps: &mut Vec<Step>) -> bool {
        let mine = Some(self.no);
        if self.asked != mine {
            self.asked = mine;
            self.say_turn(self.no, steps);
        }
        self.turn == mine
    }

    /// Nothing of mine is due: a polite side that has asked may offer, unless it has said more since.
    #[inline(never)]
    fn give_turn(&mut self, no: u32, steps: &mut Vec<Step>) {
        if self.signaling == Signaling::Stable {
            self.asked = None;
            if no >= self.seen {
                self.turn = Some(no);
                self.say_turn(no, steps);
            }
        }
    }

    fn say_turn(&self, no: u32, steps: &mut Vec<Step>) {
        let session = self.session;
        steps.push(Step::Send(PeerMsg::Turn { session, no }));
    }

    /// Both descriptions stand, yet nothing connects: candidates may have been lost on the way.
    pub fn resend_candidates(&mut self, steps: &mut Vec<Step>) {
        let mine = self.gathered.iter().filter(|c| c.no <= self.no).cloned();
        steps.extend(mine.map(|c| Step::Send(PeerMsg::Candidate(c))));
    }

    /// Everything that can be done now.
    fn advance(&mut self, ids: &mut OpIds, steps: &mut Vec<Step>) {
        while self.flight.is_none() {
            if let Some(description) = self.next_description() {
                let no = description.no;
                let (flight, kind) = match description.kind {
                    Kind::Offer => (Flight::RemoteOffer { no }, SdpKind::Offer),
                    Kind::Answer { .. } => (Flight::RemoteAnswer { no }, SdpKind::Answer),
                };
                let sdp = Sdp {
                    kind,
                    text: description.sdp,
                };
                self.fly(ids, flight, Op::SetRemote(self.conn, sdp), steps);
            } else if let Some(at) = self.held.iter().position(|c| c.no <= self.heard) {
                let op = Op::AddCandidate(self.conn, self.held.remove(at).candidate);
                self.fly(ids, Flight::Candidate, op, steps);
            } else if self.needed
                && self.started
                && self.signaling == Signaling::Stable
                && self.is_my_turn(steps)
            {
                self.needed = false;
                self.fly(ids, Flight::LocalOffer, Op::SetLocal(self.conn), steps);
            } else {
                if let Some(no) = self.asked.filter(|_| !self.polite) {
                    self.give_turn(no, steps);
                }
                return;
            }
        }
    }

    /// The next description that can be applied now; collided offers of an impolite side go here.
    fn next_description(&mut self) -> Option<Description> {
        if let Some(mine) = self.outstanding() {
            if let Some(at) = self
                .inbox
                .iter()
                .position(|d| d.kind == (Kind::Answer { to: mine }))
            {
                return Some(self.inbox.remove(at));
            }
            let polite = self.polite;
            if !polite {
                // Its author had not seen our offer: a collision, and ours stands.
                let collided: Vec<u32> = self
                    .inbox
                    .iter()
                    .filter(|d| d.heard < mine)
                    .map(|d| d.no)
                    .collect();
                for no in collided {
                    self.refuse(no);
                }
            }
            // An offer made after ours was answered waits for that answer.
            let at = self
                .inbox
                .iter()
                .position(|d| d.kind == Kind::Offer && d.heard < mine)?;
            return Some(self.inbox.remove(at));
        }
        // Everything before the next offer that counts is of no use any more.
        let seen = self.seen;
        let next = |d: &Description| d.kind == Kind::Offer && d.no >= seen;
        let at = self.inbox.iter().position(next);
        self.inbox.drain(..at.unwrap_or(self.inbox.len()));
        at.map(|_| self.inbox.remove(0))
    }

    fn refuse(&mut self, no: u32) {
        self.inbox.retain(|d| d.no != no);
        self.held.retain(|c| c.no != no);
        if self.refused.len() == REFUSED {
            self.refused.remove(0);
        }
        self.refused.push(no);
    }

    fn outstanding(&self) -> Option<u32> {
        match self.signaling {
            Signaling::HaveLocalOffer { no } => Some(no),
            Signaling::Stable => None,
        }
    }

    fn fly(&mut self, ids: &mut OpIds, flight: Flight, op: Op, steps: &mut Vec<Step>) {
        let id = ids.issue(self.conn);
        self.flight = Some((id, flight));
        steps.push(Step::Start(id, op));
    }

    fn describe(&mut self, kind: Kind, sdp: Sdp) -> Description {
        self.no += 1;
        let no = self.no;
        self.gathered.retain(|c| c.no == no);
        Description {
            session: self.session,
            no,
            heard: self.heard,
            kind,
            sdp: sdp.text,
        }
    }

    fn say(&self, description: Description, steps: &mut Vec<Step>) {
        self.say_again(Some(description), steps);
    }

    fn say_again(&self, description: Option<Description>, steps: &mut Vec<Step>) {
        let Some(description) = description else {
            return;
        };
        let no = description.no;
        steps.push(Step::Send(PeerMsg::Describe(description)));
        let its_own = self.gathered.iter().filter(|c| c.no == no).cloned();
        steps.extend(its_own.map(|c| Step::Send(PeerMsg::Candidate(c))));
    }
}

/// Issues operation ids and remembers whose they are, so that a late result of a closed connection is
/// known to be nobody's.
#[derive(Debug, Default)]
pub struct OpIds {
    last: u64,
    live: Table<OpId, ConnId>,
}

impl OpIds {
    /// For work that belongs to no connection; whoever asked for it remembers the id.
    pub fn issue_alone(&mut self) -> OpId {
        self.last += 1;
        OpId(self.last)
    }

    pub fn issue(&mut self, conn: ConnId) -> OpId {
        let id = self.issue_alone();
        self.live.insert(id, conn);
        id
    }

    /// Whose it was; `None` when forgotten.
    pub fn take(&mut self, id: OpId) -> Option<ConnId> {
        self.live.remove(&id)
    }

    pub fn forget(&mut self, conn: ConnId) {
        self.live.retain(|_, of| *of != conn);
    }

    pub fn in_flight(&self, conn: ConnId) -> usize {
        self.live.values().filter(|of| **of == conn).count()
    }
}
