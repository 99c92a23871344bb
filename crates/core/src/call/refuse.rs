//! With whom one will not speak: somebody who proved not to be who they should be. Not before another
//! life of this tab is it tried again.

use super::{Call, Ended, Way, company::Company};
use crate::{ids::PeerId, io::Output, wire::PeerMsg};
use alloc::vec::Vec;

impl Call {
    pub(super) fn on_refuse(&mut self, id: PeerId, out: &mut Vec<Output>) {
        if !self.peers.contains_key(&id) {
            return;
        }
        // Whoever is honest, and merely misread, is not left waiting.
        self.tell(id, &PeerMsg::Bye, out);
        self.refused.push(id);
        self.remove(id, out);
        let for_them = matches!(self.way, Way::Direct(_)) || self.company != Company::Unasked;
        if for_them && self.peers.is_empty() {
            self.end(Ended::CodesDiffer, out);
        }
    }

    pub(super) fn is_refused(&self, id: PeerId) -> bool {
        self.refused.contains(&id)
    }
}
