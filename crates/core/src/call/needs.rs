//! What is wanted of pictures: how large they are looked at, and what a device decodes easily. Everyone
//! tells everyone else, so that nothing is sent that nobody sees, and no processor is kept busy without
//! need. What to make of it is `policy`'s.

use super::Call;
use crate::{
    ids::PeerId,
    io::Output,
    wire::{Codecs, Need, PeerMsg},
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
        if let Some(need) = self.peers.get(&id).and_then(|peer| peer.seen) {
            self.tell_by_channel(id, &PeerMsg::Need(need), out);
        }
    }

    pub(super) fn on_own_light(&mut self, light: Codecs, out: &mut Vec<Output>) {
        if self.me.light != light {
            self.me.light = light;
            self.peers.keys().for_each(|id| self.tell_light(id, out));
        }
    }

    /// Nothing is nothing to tell: it is what others take for granted.
    pub(super) fn tell_light(&self, id: PeerId, out: &mut Vec<Output>) {
        if self.me.light != Codecs::default() {
            self.tell_by_channel(id, &PeerMsg::Light(self.me.light), out);
        }
    }

    pub(super) fn on_light(&mut self, from: PeerId, light: Codecs, out: &mut Vec<Output>) {
        if let Some(peer) = self.peers.get_mut(&from)
            && peer.light != light
        {
            peer.light = light;
            out.extend(peer.negotiation.as_ref().map(|it| Output::Tune(it.conn())));
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
