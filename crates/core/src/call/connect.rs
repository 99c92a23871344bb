//! Connections to people: who makes them, and what is done when nothing comes of it.

use super::{Call, Way};
use crate::{
    ids::PeerId, io::Output, negotiate::Negotiation, peer::Peer, time::Millis, wire::PeerMsg,
};
use alloc::vec::Vec;

impl Call {
    /// A fresh connection: the impolite side makes it, the polite side asks for it.
    pub(super) fn connect_anew(&mut self, now: Millis, id: PeerId, out: &mut Vec<Output>) {
        let polite = self.is_polite(id);
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        if !can_hear(&self.way, peer) {
            // Nobody could carry the offer; news of them or the link's return begins anew.
            return;
        }
        let session = peer.session;
        let broken = peer
            .negotiation
            .as_ref()
            .is_some_and(Negotiation::has_begun);
        peer.start_over(now);
        if polite {
            if broken || session > 0 {
                self.close_conn(id, out);
                self.tell(id, &PeerMsg::Again { session }, out);
            }
            match self.peers.get(&id).map(|p| p.negotiation.is_none()) {
                Some(true) => self.open_connection(now, id, out),
                _ => self.greet(id, out),
            }
        } else {
            self.close_conn(id, out);
            self.open_connection(now, id, out);
        }
    }

    /// A connection object for this peer; the impolite side's carries the slots and so begins.
    pub(super) fn open_connection(&mut self, now: Millis, id: PeerId, out: &mut Vec<Output>) {
        let polite = self.is_polite(id);
        let conn = self.open_conn();
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        if !polite {
            peer.session += 1;
        }
        let session = if polite { 0 } else { peer.session };
        peer.negotiation = Some(Negotiation::new(conn, session, polite));
        peer.channel = false;
        self.conns.insert(conn, id);
        out.push(Output::OpenConn {
            conn,
            slots: !polite,
        });
        if !polite {
            // Before the offer is made, so that whoever comes later sees it with the first one.
            self.send_screen(id, out);
            // `negotiationneeded` would ask for the offer too, but not before the page has drawn what
            // changed; browsers leave the event out when an offer is under way.
            self.negotiate(now, id, out, |negotiation, ids, steps| {
                negotiation.on_needed(ids, steps);
            });
        }
    }

    /// Nothing came of what was said: say it again, or ask.
    pub(super) fn speak_again(&mut self, now: Millis, id: PeerId, out: &mut Vec<Output>) {
        let polite = self.is_polite(id);
        let Some(peer) = self.peers.get(&id) else {
            return;
        };
        match &peer.negotiation {
            None => self.connect_anew(now, id, out),
            Some(negotiation) if negotiation.is_unanswered() => {
                self.negotiate(now, id, out, |negotiation, _, steps| {
                    negotiation.resend(steps)
                });
            }
            Some(negotiation) if polite && !negotiation.has_begun() => self.greet(id, out),
            Some(_) => self.negotiate(now, id, out, |negotiation, _, steps| {
                negotiation.resend_candidates(steps);
            }),
        }
    }
}

/// Is there a way by which an offer could come to this person?
fn can_hear(way: &Way, peer: &Peer) -> bool {
    peer.channel || peer.present && matches!(way, Way::Room { link, .. } if link.is_open())
}
