//! How large pictures are looked at: everyone tells everyone else, so that nothing is sent that nobody
//! sees. What to make of it is `policy`'s.

use super::Call;
use crate::{
    ids::PeerId,
    io::Output,
    wire::{self, Need, PeerMsg},
};
use alloc::vec::Vec;

impl Call {
    /// The page shows somebody larger or smaller, or not at all.
    pub(super) fn on_seen(&mut self, of: PeerId, need: Need, out: &mut Vec<Output>) {
        let Some(peer) = self.peers.get_mut(&of) else {
            return;
        };
        if peer.seen != Some(need) {
            peer.seen = Some(need);
            self.tell_need(of, out);
        }
    }

    /// Again to whoever comes back: another life of theirs does not know it, another connection may
    /// have lost it.
    pub(super) fn tell_need(&self, id: PeerId, out: &mut Vec<Output>) {
        let channel = self.peers.get(&id).filter(|peer| peer.channel);
        if let Some(peer) = channel
            && let Some((negotiation, need)) = peer.negotiation.as_ref().zip(peer.seen)
        {
            let text = wire::encode(&PeerMsg::Need(need));
            out.push(Output::ChannelText(negotiation.conn(), text));
        }
    }

    pub(super) fn on_need(&mut self, from: PeerId, need: Need, out: &mut Vec<Output>) {
        let Some(peer) = self.peers.get_mut(&from) else {
            return;
        };
        if peer.need != Some(need) {
            peer.need = Some(need);
            out.extend(peer.negotiation.as_ref().map(|it| Output::Tune(it.conn())));
        }
    }
}
