//! Connections to people: who makes them, and what is done when nothing comes of it.

use super::{Call, Way};
use crate::{
    ids::{ConnId, PeerId},
    io::{FileNews, Output},
    negotiate::{Negotiation, OpIds, Step},
    peer::{Due, Peer},
    time::Millis,
    wire::{PeerMsg, Recording},
};
use alloc::vec::Vec;

impl Call {
    /// A fresh connection: the impolite side makes it, the polite side asks for it.
    pub(super) fn connect_anew(&mut self, now: Millis, id: PeerId, out: &mut Vec<Output>) {
        let polite = self.is_polite(id);
        let has_messenger = self.messengers(id).next().is_some();
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        if !can_hear(&self.way, peer) && !has_messenger {
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
            // `negotiationneeded` will ask for the offer too, but not before the page has drawn what
            // changed.
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

    pub(super) fn on_peer_due(&mut self, now: Millis, id: PeerId, due: Due, out: &mut Vec<Output>) {
        match due {
            Due::Remove => self.remove(id, out),
            Due::GiveUp => {
                self.close_conn(id, out);
                out.push(Output::Changed);
            }
            Due::SpeakAgain => self.speak_again(now, id, out),
            Due::FreshConnection => self.connect_anew(now, id, out),
            Due::RestartIce => {
                let peer = self.peers.get_mut(&id);
                let Some(negotiation) = peer.and_then(|it| it.negotiation.as_mut()) else {
                    self.connect_anew(now, id, out);
                    return;
                };
                negotiation.end_turn();
                if negotiation.is_unanswered() {
                    self.negotiate(now, id, out, |negotiation, _, steps| {
                        negotiation.resend(steps)
                    });
                } else {
                    out.push(Output::RestartIce(negotiation.conn()));
                }
            }
        }
    }

    /// Runs one step of a peer's negotiation and carries out what it wants.
    pub(super) fn negotiate(
        &mut self,
        now: Millis,
        id: PeerId,
        out: &mut Vec<Output>,
        step: impl FnOnce(&mut Negotiation, &mut OpIds, &mut Vec<Step>),
    ) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        let Some(negotiation) = &mut peer.negotiation else {
            return;
        };
        let (conn, had_slots) = (negotiation.conn(), negotiation.has_slots());
        let mut steps = Vec::new();
        step(negotiation, &mut self.ids, &mut steps);
        peer.session = peer.session.max(negotiation.session());
        for step in steps {
            match step {
                Step::Send(message) => {
                    self.tell(id, &message, out);
                }
                Step::Start(op, work) => out.push(Output::Start(op, work)),
                Step::Adopt => {
                    out.push(Output::AdoptSlots(conn));
                    if !had_slots {
                        self.send_screen(id, out);
                    }
                }
                Step::Broken => {
                    // The timers of the stage try again; the impolite side with a fresh connection.
                    self.close_conn(id, out);
                    if let Some(peer) = self.peers.get_mut(&id) {
                        peer.on_trouble(now, false);
                    }
                    return;
                }
            }
        }
    }

    pub(super) fn open_conn(&mut self) -> ConnId {
        self.last_conn += 1;
        ConnId(self.last_conn)
    }

    pub(super) fn close_conn(&mut self, id: PeerId, out: &mut Vec<Output>) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        peer.channel = false;
        peer.heartbeat.stop();
        // Told anew by the next channel, if it is still so.
        peer.recording = Recording::Off;
        self.chat.on_closed(id);
        if let Some(negotiation) = peer.negotiation.take() {
            self.conns.remove(&negotiation.conn());
            self.ids.forget(negotiation.conn());
            out.push(Output::CloseConn(negotiation.conn()));
            out.push(Output::File(id, FileNews::Away));
        }
    }

    pub(super) fn remove(&mut self, id: PeerId, out: &mut Vec<Output>) {
        self.close_conn(id, out);
        self.chat.on_gone(id);
        self.peers.remove(&id);
        self.arrivals.retain(|known| *known != id);
        out.push(Output::Changed);
    }
}

/// Is there a way by which an offer could come to this person?
fn can_hear(way: &Way, peer: &Peer) -> bool {
    peer.channel || peer.present && matches!(way, Way::Room { link, .. } if link.is_open())
}
