//! One's own screen: asked of the browser once, sent to everybody who is there or comes later, and put
//! down everywhere at once. That it is shown, and with sound or not, is told in a message.
//!
//! ```text
//!   Off ──share──▶ Asking ──captured──▶ On ──stopped, left──▶ Off
//!                    └──── refused, or no longer wanted ──────▲
//! ```
//!
//! Its transceivers are added to a connection when they are first needed, by whoever shares, and serve
//! one way only. Slots that are always there would double every offer and cost each call some 40 ms
//! before the first picture; this costs those who share one round trip, over a way that stands.

use super::{Call, Phase};
use crate::{
    ids::{OpId, PeerId},
    io::{Op, OpError, OpValue, Output},
    wire::{PeerMsg, Screen},
};
use alloc::vec::Vec;

/// As it can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareState {
    Off(Option<ShareTrouble>),
    /// The browser is asking the person.
    Asking,
    On {
        sound: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareTrouble {
    /// The system lets no browser see the screen.
    Blocked,
    /// It did not work, for whatever reason.
    Failed,
}

#[derive(Debug)]
pub(super) enum Share {
    Off(Option<ShareTrouble>),
    Asking(OpId),
    On(Screen),
}

impl Default for Share {
    fn default() -> Self {
        Share::Off(None)
    }
}

impl Share {
    pub(super) fn awaits(&self, op: OpId) -> bool {
        matches!(self, Share::Asking(asked) if *asked == op)
    }

    pub(super) fn state(&self) -> ShareState {
        match self {
            Share::Off(trouble) => ShareState::Off(*trouble),
            Share::Asking(_) => ShareState::Asking,
            Share::On(Screen { sound }) => ShareState::On { sound: *sound },
        }
    }

    fn screen(&self) -> Option<Screen> {
        match self {
            Share::On(screen) => Some(*screen),
            Share::Off(_) | Share::Asking(_) => None,
        }
    }
}

impl Call {
    pub(super) fn on_share_screen(&mut self, out: &mut Vec<Output>) {
        let in_call = matches!(self.phase, Phase::Joining | Phase::InCall);
        if in_call && matches!(self.share, Share::Off(_)) {
            let op = self.ids.issue_alone();
            self.share = Share::Asking(op);
            out.extend([Output::Start(op, Op::CaptureScreen), Output::Changed]);
        }
    }

    pub(super) fn on_captured(&mut self, result: Result<OpValue, OpError>, out: &mut Vec<Output>) {
        self.share = match result {
            Ok(OpValue::Captured { sound }) => Share::On(Screen { sound }),
            // Their own wish needs no words.
            Err(OpError::Cancelled) => Share::Off(None),
            Err(OpError::Blocked) => Share::Off(Some(ShareTrouble::Blocked)),
            _ => Share::Off(Some(ShareTrouble::Failed)),
        };
        if self.share.screen().is_some() {
            let everyone: Vec<PeerId> = self.peers.keys().collect();
            for id in everyone {
                self.send_screen(id, out);
                self.tell_sharing(id, out);
            }
        }
        out.push(Output::Changed);
    }

    pub(super) fn on_stop_screen(&mut self, out: &mut Vec<Output>) {
        if self.drop_screen(out) {
            let everyone: Vec<PeerId> = self.peers.keys().collect();
            for id in everyone {
                self.tell_sharing(id, out);
            }
        }
        out.push(Output::Changed);
    }

    /// The capture is put down, or not waited for any longer. True when it was shown.
    pub(super) fn drop_screen(&mut self, out: &mut Vec<Output>) -> bool {
        let shown = self.share.screen().is_some();
        self.share = Share::default();
        if shown {
            out.push(Output::DropScreen);
        }
        shown
    }

    /// A control channel has opened: they are told what is shown, or that nothing is any more, and a
    /// polite side that let the connection come about first now adds its screen.
    pub(super) fn on_channel_for_screen(&mut self, id: PeerId, out: &mut Vec<Output>) {
        self.tell_sharing(id, out);
        if self.is_polite(id) {
            self.send_screen(id, out);
        }
    }

    /// Where it is due: the slots come first, by their order the other side knows them. A polite side
    /// could not put its screen into an answer, so it waits until it can negotiate over the channel.
    pub(super) fn send_screen(&self, id: PeerId, out: &mut Vec<Output>) {
        let Some(peer) = self
            .peers
            .get(&id)
            .filter(|_| self.share.screen().is_some())
        else {
            return;
        };
        let ready = peer.channel || !self.is_polite(id);
        if let Some(negotiation) = &peer.negotiation
            && negotiation.has_slots()
            && ready
        {
            out.push(Output::SendScreen(negotiation.conn()));
        }
    }

    fn tell_sharing(&self, id: PeerId, out: &mut Vec<Output>) {
        let screen = self.share.screen();
        self.tell_by_channel(id, &PeerMsg::Sharing { screen }, out);
    }
}
