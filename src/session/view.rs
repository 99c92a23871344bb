//! What can be shown, as plain types and signals. No behaviour.

use super::{
    figures::Figures,
    rest,
    signs::{Ears, Signs},
};
use crate::browser::{clock, media::Stream, page, stats::Stats, video::Viewers};
pub use duologue_core::{
    call::{DirectTrouble, Ended, LinkStatus, ShareState, ShareTrouble},
    capture::{Capture, FrameRate, Limit, Resolution},
    devices::{Device, Kind as DeviceKind, Trouble},
    seal::RoomError,
    verify::Trust,
    wire::{Recording as Recorded, Screen},
};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Working out the room's keys.
    Opening,
    /// The green room; for a direct call: the steps of inviting.
    Lobby,
    Joining,
    InCall,
    Ended(Ended),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileState {
    Connecting,
    Connected,
    Reconnecting,
    Failed,
}

impl TileState {
    /// As in the `data-state` attribute.
    pub const fn name(self) -> &'static str {
        match self {
            TileState::Connecting => "connecting",
            TileState::Connected => "connected",
            TileState::Reconnecting => "reconnecting",
            TileState::Failed => "failed",
        }
    }
}

/// One other person. One set of signals each, so that a change redraws one tile.
#[derive(Clone, Copy)]
pub struct Tile {
    pub id: PeerKey,
    pub name: RwSignal<String>,
    pub state: RwSignal<TileState>,
    pub microphone: RwSignal<bool>,
    pub camera: RwSignal<bool>,
    pub stream: RwSignal<Option<Stream>, LocalStorage>,
    /// What they show beside themselves.
    pub screen: RwSignal<Option<Screen>>,
    pub screen_stream: RwSignal<Option<Stream>, LocalStorage>,
    /// Whether they record.
    pub recording: RwSignal<Recorded>,
    /// They know that one records, and may be recorded.
    pub told: RwSignal<bool>,
    /// What shows the two here.
    pub viewers: StoredValue<Viewers, LocalStorage>,
    pub screen_viewers: StoredValue<Viewers, LocalStorage>,
    /// Loudness, 0 to 1.
    pub level: RwSignal<f32>,
    pub signs: Signs,
    /// What there is to say of who it is.
    pub trust: RwSignal<Trust>,
    pub ears: Ears,
    /// How the connection fares.
    pub figures: RwSignal<Figures>,
}

impl Tile {
    pub(super) fn hear(self, level: f32) {
        if (self.level.get_untracked() - level).abs() > 0.01 {
            self.level.set(level);
        }
    }

    pub(super) fn measure(self, stats: &Stats) {
        self.figures.maybe_update(|figures| figures.take(stats));
    }

    /// The tile's picture has moved for the first time.
    pub fn on_first_frame(self) {
        clock::mark_once("first-frame");
        rest::fetch_now();
    }
}

/// The peer id's text, for keys and `data-peer`.
pub type PeerKey = StoredValue<String>;

/// What has become of a device, and what is used now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceNews {
    /// It went. `now` is empty where the system's own is used.
    Gone {
        kind: DeviceKind,
        name: String,
        now: String,
    },
    /// The system's choice is another one.
    Moved { now: String },
    /// The remembered one is not connected.
    Missing { name: String, now: String },
    /// The chosen one did not start.
    Refused { name: String, now: String },
}

/// How the sound that tests the speaker fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoundTest {
    Idle,
    Playing,
    Failed,
}

/// A device that came while another is in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub name: String,
    /// It was used before.
    pub back: bool,
    pub devices: Vec<Device>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    Off,
    Starting,
    On,
    Trouble(Trouble),
}

/// Where a call without a server stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectStep {
    /// Create an invite, or paste one.
    Start,
    MakingInvite,
    /// Show it, and wait for the reply to be pasted. `address` is the token as a link.
    Invite {
        token: String,
        address: String,
    },
    MakingReply,
    /// Show it, and wait for the other side to take it.
    Reply {
        token: String,
    },
    /// The reply has been taken: connecting.
    Connecting,
}

/// An invite as an address that opens it.
pub fn direct_address(token: &str) -> String {
    page::address_with_fragment(&format!("/direct/{token}"))
}

/// A room as an address that leads to it.
pub fn room_address(room: &str) -> String {
    page::address_with_fragment(&format!("/r/{room}"))
}
