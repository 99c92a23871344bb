//! That somebody records is said to everybody, before it begins and to whoever comes while it lasts.
//! Who has not been told is not recorded: `PeerView::told` says who has.
//!
//! ```text
//!   Off ──begin──▶ On ◀──▶ Paused
//!    ▲── end, left ─┴────────┘
//! ```

use super::{Call, Phase};
use crate::{
    ids::PeerId,
    io::Output,
    wire::{PeerMsg, Recording},
};
use alloc::vec::Vec;

impl Call {
    pub(super) fn on_record(&mut self, state: Recording, out: &mut Vec<Output>) {
        // To begin takes a call; to end does not.
        let in_call = matches!(self.phase, Phase::Joining | Phase::InCall);
        let state = if in_call { state } else { Recording::Off };
        if state == self.recording {
            return;
        }
        self.recording = state;
        self.recorded = true;
        let everyone: Vec<PeerId> = self.peers.keys().collect();
        for id in everyone {
            if state == Recording::Off {
                self.forget_told(id);
            }
            self.say_recording(id, out);
        }
        out.push(Output::Changed);
    }

    /// A control channel has opened. With nothing to tell nothing is said: whoever lost a channel has
    /// forgotten what came by it.
    pub(super) fn tell_recording(&mut self, id: PeerId, out: &mut Vec<Output>) {
        if self.recording != Recording::Off {
            self.say_recording(id, out);
        }
    }

    pub(super) fn say_recording(&mut self, id: PeerId, out: &mut Vec<Output>) {
        let state = self.recording;
        self.tell_by_channel(id, &PeerMsg::Recording { state }, out);
        if let Some(peer) = self.peers.get_mut(&id)
            && peer.channel
            && state != Recording::Off
        {
            peer.told = true;
        }
    }

    fn forget_told(&mut self, id: PeerId) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.told = false;
        }
    }
}
