//! Ways that die, and how they come back: a silence is noticed by the heartbeat, the way to the signaller
//! is doubted with it, and the restart goes by whatever still carries: the own channel, a third person's,
//! the signaller.

use super::{Call, Way};
use crate::{
    heartbeat::Beat,
    ids::{OpId, PeerId},
    io::{Op, OpError, OpValue, Output},
    pace::{Pace, Rate},
    peer::Stage,
    time::Millis,
    wire::{self, PeerMsg, Sealed},
};
use alloc::vec::Vec;

/// What one person may have passed on: a few connections' offers, answers and candidates.
const PASSED: Rate = Rate {
    burst: 120,
    a_minute: 600,
};

pub(super) fn is_healing(message: &PeerMsg) -> bool {
    use PeerMsg::{Pass, Passed, Ping, Pong};
    matches!(message, Ping | Pong | Pass { .. } | Passed { .. })
}

impl Call {
    pub(super) fn on_heartbeat(&mut self, now: Millis, id: PeerId, out: &mut Vec<Output>) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        match peer.heartbeat.on_wake(now) {
            None => {}
            Some(Beat::Ask) => self.tell_by_channel(id, &PeerMsg::Ping, out),
            Some(Beat::Count) => {
                if let Some(conn) = peer.negotiation.as_ref().map(|n| n.conn()) {
                    let op = self.ids.issue_alone();
                    peer.heartbeat.counts(op);
                    out.push(Output::Start(op, Op::Count(conn)));
                }
                if let Way::Room { link, .. } = &mut self.way {
                    let act = link.doubt(now);
                    self.on_link(act, out);
                }
            }
            Some(Beat::Silent) => self.on_silence(now, id, out),
        }
    }

    pub(super) fn is_count(&self, op: OpId) -> bool {
        self.peers.values().any(|it| it.heartbeat.awaits(op))
    }

    #[inline(never)]
    pub(super) fn on_counted(
        &mut self,
        now: Millis,
        op: OpId,
        result: Result<OpValue, OpError>,
        out: &mut Vec<Output>,
    ) {
        let bytes = match result {
            Ok(OpValue::Counted(bytes)) => Some(bytes),
            _ => None,
        };
        let Some(peer) = self.peers.values_mut().find(|it| it.heartbeat.awaits(op)) else {
            return;
        };
        let (id, weighed) = (peer.id, peer.heartbeat.is_weighing());
        match peer.heartbeat.on_counted(now, bytes) {
            Some(_) => self.on_silence(now, id, out),
            None if weighed => self.on_sign_of_life(now, id, out),
            None => {}
        }
    }

    #[inline(never)]
    fn on_silence(&mut self, now: Millis, id: PeerId, out: &mut Vec<Output>) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.on_silence(now);
            out.push(Output::Changed);
        }
    }

    /// Something came from them, or their sound and picture go on.
    pub(super) fn on_sign_of_life(&mut self, now: Millis, id: PeerId, out: &mut Vec<Output>) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        peer.heartbeat.on_heard(now);
        peer.unsure = false;
        if let Stage::Reconnecting { .. } = peer.stage {
            // It came the old way, before anything was mended.
            if peer.negotiation.as_ref().is_some_and(|it| !it.is_settled()) {
                peer.heartbeat.on_false_alarm(now);
            }
            self.on_alive(now, id, out);
        }
    }

    pub(super) fn on_alive(&mut self, now: Millis, id: PeerId, out: &mut Vec<Output>) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        let mended = peer.channel && peer.stage != Stage::Connected;
        peer.on_connected();
        if mended {
            peer.heartbeat.on_heard(now);
            // What was said of oneself while nothing carried it.
            self.greet(id, out);
            self.tell_hand(id, out);
            if self.recorded {
                self.say_recording(id, out);
            }
            self.negotiate(now, id, out, |negotiation, _, steps| {
                negotiation.resend(steps);
            });
            out.push(Output::Changed);
        }
    }

    #[inline(never)]
    pub(super) fn on_jolt(&mut self, now: Millis, out: &mut Vec<Output>) {
        for peer in self.peers.values_mut() {
            peer.heartbeat.hasten(now);
        }
        if let Way::Room { link, .. } = &mut self.way {
            let act = link.hasten(now);
            self.on_link(act, out);
        }
    }

    pub(super) fn on_healing(
        &mut self,
        now: Millis,
        from: PeerId,
        message: PeerMsg,
        out: &mut Vec<Output>,
    ) {
        match message {
            PeerMsg::Ping => self.tell_by_channel(from, &PeerMsg::Pong, out),
            PeerMsg::Pass { to, body } => self.on_pass(now, from, to, body, out),
            PeerMsg::Passed { from: author, body } if author != from && author != self.me.id => {
                self.on_relayed(now, author, &body, out);
            }
            _ => {}
        }
    }

    #[inline(never)]
    fn on_pass(
        &mut self,
        now: Millis,
        from: PeerId,
        to: PeerId,
        body: Sealed,
        out: &mut Vec<Output>,
    ) {
        let paced = (self.peers.get_mut(&from)).map(|it| it.passed.take(now, PASSED));
        let reached = |it: &&crate::peer::Peer| it.channel && it.stage == Stage::Connected;
        let message = PeerMsg::Passed { from, body };
        let fits = wire::encode(&message).len() <= wire::MAX_PEER_MSG;
        let there = self.peers.get(&to).filter(reached).is_some();
        if to == from || !there || !fits || paced != Some(Pace::Fine) {
            self.dropped.misplaced += 1;
            return;
        }
        self.tell_by_channel(to, &message, out);
    }
}
