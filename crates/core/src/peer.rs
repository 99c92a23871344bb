//! One remote person: which life of theirs this is, how the connection to them fares, and when to try
//! what next. Timers live in `Stage`; what has to happen comes out as `Due`.
//!
//! ```text
//!   Connecting ──▶ Connected ◀──▶ Reconnecting ──▶ Failed
//!        └────────────────▶ Failed ──(try again)──▶ Connecting
//! ```

use crate::{
    entropy::Entropy,
    gesture::Gestures,
    heartbeat::Heartbeat,
    ids::{Epoch, PeerId},
    negotiate::Negotiation,
    pace::Bucket,
    time::Millis,
    wire::{Codecs, Media, Need, Recording, Screen},
};
use alloc::string::String;

/// An unanswered offer, or a silence where an offer is due, is spoken into again after this.
const AGAIN: u64 = 1_500;
const AGAIN_MOST: u64 = 8_000;
/// A connection that has not come about after this long is said not to.
const GIVE_UP: u64 = 30_000;
/// A connection that the browser calls `disconnected` often mends itself within a second.
const PATIENCE: u64 = 1_000;
/// ICE restarts before the whole connection is made anew.
const RESTARTS: u32 = 2;
const RESTART: u64 = 1_500;
/// Someone who vanished may be reloading: their place is kept this long.
const GRACE: u64 = 6_000;
/// The same where the signaller still believes in them. Between tabs nobody may have told it: Firefox
/// delivers nothing that a closing tab posts.
const LONG_GRACE: u64 = 15_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// `again`: when to speak up once more; `wait`: how long after that. `back`: they were connected
    /// before, so people see them *re*connecting.
    Connecting {
        since: Millis,
        again: Millis,
        wait: u64,
        back: bool,
    },
    Connected,
    /// `next`: when to try the next thing; `tries`: how many were tried.
    Reconnecting {
        since: Millis,
        next: Millis,
        tries: u32,
    },
    Failed,
}

#[derive(Debug)]
pub struct Peer {
    pub id: PeerId,
    pub epoch: Epoch,
    pub name: String,
    pub media: Media,
    pub gestures: Gestures,
    /// What they show beside themselves.
    pub screen: Option<Screen>,
    /// Whether they record.
    pub recording: Recording,
    /// They know that one records, and may be recorded.
    pub told: bool,
    /// What they can see of one's own pictures, once they have said so.
    pub need: Option<Need>,
    /// What their device decodes easily.
    pub light: Codecs,
    /// What of theirs is seen here, where that is known.
    pub seen: Option<Need>,
    /// The newest session of this life of theirs; each connection is one.
    pub session: u32,
    pub stage: Stage,
    pub negotiation: Option<Negotiation>,
    /// The control channel is open.
    pub channel: bool,
    pub heartbeat: Heartbeat,
    /// They spoke by others, though there is a channel: it may carry nothing to them.
    pub unsure: bool,
    /// What they have passed on by us.
    pub passed: Bucket,
    /// The signaller says that they are in the room.
    pub present: bool,
    /// When they go from the roster unless something is heard of them.
    pub leaves_at: Option<Millis>,
}

/// What a timer of this peer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Say the offer again, or ask for one.
    SpeakAgain,
    RestartIce,
    FreshConnection,
    GiveUp,
    Remove,
}

impl Peer {
    pub fn new(now: Millis, id: PeerId, epoch: Epoch, name: String) -> Self {
        let stage = Stage::connecting(now, false);
        Peer {
            id,
            epoch,
            name,
            media: Media::default(),
            gestures: Gestures::default(),
            screen: None,
            recording: Recording::Off,
            told: false,
            need: None,
            light: Codecs::default(),
            seen: None,
            session: 0,
            stage,
            negotiation: None,
            channel: false,
            heartbeat: Heartbeat::default(),
            unsure: false,
            passed: Bucket::default(),
            present: true,
            leaves_at: None,
        }
    }

    pub fn next_wake(&self) -> Option<Millis> {
        let stage = match self.stage {
            Stage::Connecting { since, again, .. } => Some(again.min(since.after(GIVE_UP))),
            Stage::Reconnecting { since, next, .. } => Some(next.min(since.after(GIVE_UP))),
            Stage::Connected | Stage::Failed => None,
        };
        match (stage, self.leaves_at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// What is due now, with the timer already moved on, so that it is asked for once.
    pub fn on_wake(&mut self, now: Millis, entropy: &mut Entropy) -> Option<Due> {
        if self.leaves_at.is_some_and(|at| at <= now) {
            self.leaves_at = None;
            return Some(Due::Remove);
        }
        match &mut self.stage {
            Stage::Connecting { since, .. } | Stage::Reconnecting { since, .. }
                if since.after(GIVE_UP) <= now =>
            {
                self.stage = Stage::Failed;
                Some(Due::GiveUp)
            }
            Stage::Connecting { again, wait, .. } if *again <= now => {
                *wait = (*wait * 2).min(AGAIN_MOST);
                *again = now.after(*wait);
                Some(Due::SpeakAgain)
            }
            Stage::Reconnecting { next, tries, .. } if *next <= now => {
                *tries += 1;
                let wait = RESTART << (*tries).min(2);
                *next = now.after(wait + entropy.below(wait / 4));
                Some(if *tries <= RESTARTS {
                    Due::RestartIce
                } else {
                    Due::FreshConnection
                })
            }
            _ => None,
        }
    }

    pub fn on_connected(&mut self) {
        self.stage = Stage::Connected;
        self.leaves_at = None;
    }

    /// The browser reports trouble on a connection that stood.
    pub fn on_trouble(&mut self, now: Millis, certain: bool) {
        let next = if certain {
            now.after(1)
        } else {
            now.after(PATIENCE)
        };
        match &mut self.stage {
            Stage::Connected => {
                self.stage = Stage::Reconnecting {
                    since: now,
                    next,
                    tries: 0,
                }
            }
            Stage::Reconnecting { next: due, .. } if certain => *due = (*due).min(next),
            _ => {}
        }
    }

    /// Nothing comes from them any more: at once the first thing that may help.
    pub fn on_silence(&mut self, now: Millis) {
        if self.stage == Stage::Connected {
            self.stage = Stage::Reconnecting {
                since: now,
                next: now,
                tries: 0,
            };
        }
    }

    /// The other end is gone: closed, crashed, reloading. Their place is kept for a while, and a fresh
    /// connection is tried where someone may still be there.
    pub fn on_gone(&mut self, now: Millis) {
        self.channel = false;
        self.screen = None;
        self.need = None;
        self.stage = Stage::connecting(now, true);
        self.keep_place(now);
    }

    pub fn keep_place(&mut self, now: Millis) {
        let until = now.after(if self.present { LONG_GRACE } else { GRACE });
        self.leaves_at = Some(self.leaves_at.map_or(until, |at| at.min(until)));
    }

    /// Back after a reload: another life at the same place.
    pub fn on_new_life(&mut self, now: Millis, epoch: Epoch) {
        self.epoch = epoch;
        self.session = 0;
        self.media = Media::default();
        self.gestures = Gestures::default();
        self.screen = None;
        self.told = false;
        self.need = None;
        self.stage = Stage::connecting(now, self.stage.was_connected());
    }

    /// Connecting anew, keeping what a person sees: someone who was connected is *re*connecting, and
    /// the time after which it is given up runs on.
    pub fn start_over(&mut self, now: Millis) {
        let back = self.stage.was_connected();
        let fresh = Stage::connecting(now, back);
        self.stage = match (self.stage, fresh) {
            (
                Stage::Connecting { since, .. } | Stage::Reconnecting { since, .. },
                Stage::Connecting { again, wait, .. },
            ) => Stage::Connecting {
                since,
                again,
                wait,
                back,
            },
            _ => fresh,
        };
    }
}

impl Stage {
    pub fn connecting(now: Millis, back: bool) -> Stage {
        Stage::Connecting {
            since: now,
            again: now.after(AGAIN),
            wait: AGAIN,
            back,
        }
    }

    pub fn was_connected(self) -> bool {
        match self {
            Stage::Connecting { back, .. } => back,
            Stage::Connected | Stage::Reconnecting { .. } => true,
            Stage::Failed => false,
        }
    }
}
