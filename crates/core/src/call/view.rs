//! What can be shown of a call, as a snapshot of plain values.

use super::{Call, DirectStep, DirectTrouble, Phase, ShareState, Way};
use crate::{
    gesture::Reaction,
    ids::{ConnId, Epoch, PeerId},
    peer::{Peer, Stage},
    wire::{Codecs, Media, Need, Recording, Screen},
};
use alloc::{string::String, vec::Vec};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStatus {
    Connecting,
    Online,
    /// Gone, and being dialled again.
    Offline,
    /// A direct call has none.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerState {
    Connecting,
    Connected,
    Reconnecting,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerView {
    pub id: PeerId,
    pub name: String,
    pub state: PeerState,
    pub media: Media,
    /// The place of a raised hand among all of them, from 1.
    pub hand: Option<usize>,
    /// The newest one, with its number.
    pub reaction: Option<(u32, Reaction)>,
    pub screen: Option<Screen>,
    pub recording: Recording,
    /// They have been told that one records.
    pub told: bool,
    /// How large they look at one's own pictures, once they have said so.
    pub need: Option<Need>,
    /// What their device decodes easily.
    pub light: Codecs,
    /// The connection that carries their picture, if there is one.
    pub conn: Option<ConnId>,
    /// Its control channel is open.
    pub channel: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub phase: Phase,
    pub link: LinkStatus,
    /// Names of those in the room, before joining.
    pub present: Vec<String>,
    /// In the order in which they came.
    pub peers: Vec<PeerView>,
    pub direct: Option<(DirectStep, Option<DirectTrouble>)>,
    /// One's own, as in `PeerView`.
    pub hand: Option<usize>,
    pub reaction: Option<(u32, Reaction)>,
    /// One's own screen.
    pub share: ShareState,
    /// Whether one records.
    pub recording: Recording,
}

impl Call {
    pub fn me(&self) -> PeerId {
        self.me.id
    }

    /// Which life of this tab it is. For tests.
    pub fn epoch(&self) -> Epoch {
        self.me.epoch
    }

    /// Where this call is: what was left unfinished in one room is no business of another's.
    pub fn place(&self) -> String {
        match &self.way {
            Way::Room { seal, .. } => seal.room().text(),
            Way::Direct(_) => "direct".into(),
        }
    }

    pub fn view(&self) -> View {
        let link = match &self.way {
            Way::Direct(_) => LinkStatus::None,
            Way::Room { link, .. } if link.is_open() => LinkStatus::Online,
            Way::Room { link, .. } if link.is_waiting() => LinkStatus::Offline,
            Way::Room { .. } => LinkStatus::Connecting,
        };
        let direct = match &self.way {
            Way::Direct(direct) => Some((direct.step(), direct.trouble())),
            Way::Room { .. } => None,
        };
        View {
            phase: self.phase,
            link,
            present: self
                .present
                .values()
                .map(|(_, name)| name.clone())
                .collect(),
            peers: self
                .arrivals
                .iter()
                .filter_map(|id| self.peers.get(id))
                .map(|peer| self.show(peer))
                .collect(),
            direct,
            hand: self.place_in_queue(self.me.id),
            reaction: self.me.gestures.reaction(),
            share: self.share.state(),
            recording: self.recording,
        }
    }

    fn show(&self, peer: &Peer) -> PeerView {
        let state = match peer.stage {
            Stage::Connecting { back: false, .. } => PeerState::Connecting,
            Stage::Connecting { back: true, .. } => PeerState::Reconnecting,
            Stage::Connected => PeerState::Connected,
            Stage::Reconnecting { .. } => PeerState::Reconnecting,
            Stage::Failed => PeerState::Failed,
        };
        let conn = peer.negotiation.as_ref().map(|n| n.conn());
        PeerView {
            id: peer.id,
            name: peer.name.clone(),
            state,
            media: peer.media,
            screen: peer.screen,
            recording: peer.recording,
            told: peer.told,
            hand: self.place_in_queue(peer.id),
            reaction: peer.gestures.reaction(),
            need: peer.need,
            light: peer.light,
            conn,
            channel: peer.channel,
        }
    }
}
