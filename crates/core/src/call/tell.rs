//! Saying things to one person or to all, over whichever way there is.

use super::{Call, Way};
use crate::{
    ids::{ConnId, Epoch, PeerId},
    io::Output,
    peer::Stage,
    seal::To,
    wire::{self, ClientMsg, PeerMsg, VERSION},
};
use alloc::vec::Vec;

/// So many are asked to pass the same on: one of them may have lost the other as well.
const MESSENGERS: usize = 2;

impl Call {
    pub(super) fn greet(&mut self, id: PeerId, out: &mut Vec<Output>) {
        let hello = self.hello();
        self.tell(id, &hello, out);
    }

    pub(super) fn hello(&self) -> PeerMsg {
        PeerMsg::Hello {
            version: VERSION,
            id: self.me.id,
            epoch: self.me.epoch,
            name: self.me.name.clone(),
            media: self.me.media,
        }
    }

    /// To everyone whose channel is open.
    pub(super) fn tell_all(&mut self, message: &PeerMsg, out: &mut Vec<Output>) {
        let open: Vec<PeerId> = self
            .peers
            .values()
            .filter(|p| p.channel)
            .map(|p| p.id)
            .collect();
        for id in open {
            self.tell(id, message, out);
        }
    }

    /// Over the control channel where it is open, sealed through the signaller otherwise; over both
    /// while it is unclear whether the channel still carries (doubles are known for what they are).
    /// False when there is no way at all.
    pub(super) fn tell(&mut self, id: PeerId, message: &PeerMsg, out: &mut Vec<Output>) -> bool {
        let Some(peer) = self.peers.get(&id) else {
            return false;
        };
        let sure = peer.stage == Stage::Connected && !peer.unsure;
        let epoch = peer.epoch;
        let channel = peer
            .negotiation
            .as_ref()
            .filter(|_| peer.channel)
            .map(|n| n.conn());
        if let Some(conn) = channel {
            out.push(Output::ChannelText(conn, wire::encode(message)));
            if sure && *message != PeerMsg::Bye {
                return true;
            }
        }
        self.tell_sealed(id, epoch, message, out) || channel.is_some()
    }

    pub(super) fn tell_sealed(
        &mut self,
        id: PeerId,
        epoch: Epoch,
        message: &PeerMsg,
        out: &mut Vec<Output>,
    ) -> bool {
        let messengers: Vec<ConnId> = self.messengers(id).take(MESSENGERS).collect();
        let Way::Room { seal, link } = &mut self.way else {
            return false;
        };
        if !link.is_open() && messengers.is_empty() {
            return false;
        }
        let body = seal.seal(To::Peer(id, epoch), wire::encode(message).as_bytes());
        if !messengers.is_empty() {
            let body = body.clone();
            let text = wire::encode(&PeerMsg::Pass { to: id, body });
            let by = |conn| Output::ChannelText(conn, text.clone());
            out.extend(messengers.into_iter().map(by));
        }
        if link.is_open() {
            let room = seal.room();
            out.push(Output::SignalText(wire::encode(&ClientMsg::Send {
                room,
                to: id,
                body,
            })));
        }
        true
    }

    /// Those who may pass something on to somebody who was reached once and is not now, or whom no
    /// signaller reaches.
    pub(super) fn messengers(&self, to: PeerId) -> impl Iterator<Item = ConnId> {
        let open = matches!(&self.way, Way::Room { link, .. } if link.is_open());
        let lost = self
            .peers
            .get(&to)
            .is_some_and(|it| it.stage.was_connected());
        let others = self.peers.values().filter(move |it| {
            (lost || !open) && it.id != to && it.channel && it.stage == Stage::Connected
        });
        others.filter_map(|it| Some(it.negotiation.as_ref()?.conn()))
    }

    pub(super) fn signal(&mut self, message: &ClientMsg, out: &mut Vec<Output>) {
        if let Way::Room { link, .. } = &self.way
            && link.is_open()
        {
            out.push(Output::SignalText(wire::encode(message)));
        }
    }

    /// What the signaller is not troubled with: the next channel says it again.
    pub(super) fn tell_by_channel(&self, id: PeerId, message: &PeerMsg, out: &mut Vec<Output>) {
        let channel = self.peers.get(&id).filter(|peer| peer.channel);
        if let Some(negotiation) = channel.and_then(|peer| peer.negotiation.as_ref()) {
            out.push(Output::ChannelText(
                negotiation.conn(),
                wire::encode(message),
            ));
        }
    }
}
