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
    /// The page shows somebody larger or smaller, or not at all. It says so again and again: what a new
    /// channel does not know of is told by it when the page thinks that the time has come. Nobody is to
    /// be busied with it while the first picture is on its way.
    pub(super) fn on_seen(&mut self, of: PeerId, need: Need, out: &mut Vec<Output>) {
        let Some(peer) = self.peers.get_mut(&of).filter(|peer| peer.channel) else {
            return;
        };
        let before = peer.seen.replace(need);
        if before.is_none() && self.me.light != Codecs::default() {
            self.tell_by_channel(of, &PeerMsg::Light(self.me.light), out);
        }
        if before != Some(need) {
            self.tell_by_channel(of, &PeerMsg::Need(need), out);
        }
    }

    /// Nothing is nothing to tell: it is what others take for granted.
    pub(super) fn on_own_light(&mut self, light: Codecs, out: &mut Vec<Output>) {
        if self.me.light == light {
            return;
        }
        self.me.light = light;
        for peer in self.peers.values().filter(|peer| peer.seen.is_some()) {
            self.tell_by_channel(peer.id, &PeerMsg::Light(light), out);
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
