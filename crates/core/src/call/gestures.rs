//! Hands and reactions among the people of a call: who is told, and in which order hands are up.

use super::Call;
use crate::{
    gesture::{Gestures, Reaction},
    ids::PeerId,
    io::Output,
    time::Millis,
    wire::PeerMsg,
};
use alloc::vec::Vec;

impl Call {
    pub(super) fn on_raise(&mut self, up: bool, out: &mut Vec<Output>) {
        let highest = self.hands().last().map_or(0, |(turn, _)| *turn);
        if let Some((no, turn)) = self.me.gestures.raise(up, highest) {
            self.tell_all(&PeerMsg::Hand { no, turn }, out);
            out.push(Output::Changed);
        }
    }

    pub(super) fn on_react(&mut self, now: Millis, reaction: Reaction, out: &mut Vec<Output>) {
        if let Some(no) = self.me.gestures.react(now, reaction) {
            self.tell_all(&PeerMsg::React { no, reaction }, out);
            out.push(Output::Changed);
        }
    }

    /// Somebody who was not there, or could not be told, hears of one's hand.
    pub(super) fn tell_hand(&mut self, id: PeerId, out: &mut Vec<Output>) {
        if let Some((no, turn)) = self.me.gestures.hand() {
            self.tell(id, &PeerMsg::Hand { no, turn }, out);
        }
    }

    /// What another shows, unless it is old, a double or one too many.
    pub(super) fn on_gesture(
        &mut self,
        from: PeerId,
        take: impl FnOnce(&mut Gestures) -> bool,
        out: &mut Vec<Output>,
    ) {
        let Some(peer) = self.peers.get_mut(&from) else {
            return;
        };
        if take(&mut peer.gestures) {
            out.push(Output::Changed);
        } else {
            self.dropped.misplaced += 1;
        }
    }

    /// The place of somebody's hand among those that are up, from 1.
    pub(super) fn place_in_queue(&self, id: PeerId) -> Option<usize> {
        let place = self.hands().iter().position(|(_, it)| *it == id);
        place.map(|before| before + 1)
    }

    /// Hands that are up, in order; of two raised in the same instant the smaller id comes first, so
    /// that it does on every page.
    fn hands(&self) -> Vec<(u32, PeerId)> {
        let everyone = self.peers.values().map(|peer| (peer.id, &peer.gestures));
        let mut hands: Vec<_> = everyone
            .chain([(self.me.id, &self.me.gestures)])
            .filter_map(|(id, gestures)| Some((gestures.turn()?, id)))
            .collect();
        hands.sort_unstable();
        hands
    }
}
