//! The core's snapshot as signals: one set of them for each person, so that a change redraws one tile.

use super::chat::Chat;
use super::figures::Figures;
use super::signs::{Ears, Signs};
use super::view::{DirectStep, DirectTrouble, LinkStatus, Phase, Tile, TileState, direct_address};
use crate::browser::{clock, media::Stream, peer_connection::PeerConnection, video::Viewers};
use duologue_core::{
    call::{self, PeerState, PeerView, View},
    ids::{ConnId, PeerId},
    speaker::Speaker,
    table::Table,
    verify::Trust,
};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};

/// Volume, and whether silenced.
const AS_THEY_ARE: (u8, bool) = (100, false);

/// The signals that a call shows. `Copy`, like the signals themselves.
#[derive(Clone, Copy)]
pub struct Signals {
    pub phase: RwSignal<Phase>,
    pub link: RwSignal<LinkStatus>,
    pub present: RwSignal<Vec<String>>,
    pub tiles: RwSignal<Vec<Tile>>,
    /// The peer id of whoever has the floor among the others.
    pub speaker: RwSignal<Option<String>>,
    /// One's own.
    pub signs: Signs,
    pub direct: RwSignal<DirectStep>,
    pub direct_trouble: RwSignal<Option<DirectTrouble>>,
    pub chat: Chat,
}

pub struct Show {
    signals: Signals,
    /// The scope that tiles' signals belong to.
    owner: Owner,
    tiles: RefCell<Table<PeerId, (Tile, Owner)>>,
    channel_open: Cell<bool>,
    speaker: RefCell<Speaker<PeerId>>,
    /// How loud those were to be who have left: they may come back.
    ears: RefCell<Table<PeerId, (u8, bool)>>,
    over: Cell<bool>,
}

impl Signals {
    pub(super) fn new() -> Self {
        Signals {
            phase: RwSignal::new(Phase::Opening),
            link: RwSignal::new(LinkStatus::Connecting),
            present: RwSignal::new(Vec::new()),
            tiles: RwSignal::new(Vec::new()),
            speaker: RwSignal::new(None),
            signs: Signs::new(),
            direct: RwSignal::new(DirectStep::Start),
            direct_trouble: RwSignal::new(None),
            chat: Chat::new(),
        }
    }
}

impl Show {
    pub fn new(signals: Signals, owner: Owner) -> Self {
        Show {
            signals,
            owner,
            tiles: RefCell::default(),
            channel_open: Cell::new(false),
            speaker: RefCell::default(),
            ears: RefCell::default(),
            over: Cell::new(false),
        }
    }

    /// Has the scope gone that the signals belong to?
    pub fn is_over(&self) -> bool {
        self.over.get() || self.signals.phase.is_disposed()
    }

    /// The scope is going, and tiles go before it: nothing is shown any more.
    pub fn close(&self) {
        self.over.set(true);
    }

    pub fn update(&self, view: &View, conns: &Table<ConnId, PeerConnection>) {
        set(self.signals.phase, phase(view.phase));
        set(self.signals.link, view.link);
        set(self.signals.present, view.present.clone());
        if let Some((step, trouble)) = &view.direct {
            set(self.signals.direct, direct_step(step));
            set(self.signals.direct_trouble, *trouble);
        }
        self.signals.signs.show(view.hand, view.reaction);
        self.mark_progress(view);
        self.update_tiles(view, conns);
    }

    pub fn update_chat(&self, call: &call::Call) {
        self.signals.chat.show(call.chat(), call.me(), &self.owner);
    }

    fn mark_progress(&self, view: &View) {
        if view.link == LinkStatus::Online {
            clock::mark_once("signal-open");
        }
        let connected = view.peers.iter().any(|p| p.state == PeerState::Connected);
        if connected && !self.channel_open.replace(true) {
            clock::mark_once("channel-open");
        }
    }

    fn update_tiles(&self, view: &View, conns: &Table<ConnId, PeerConnection>) {
        let mut tiles = self.tiles.borrow_mut();
        let before: Vec<PeerId> = tiles.keys().collect();
        let is_here = |id: &PeerId| view.peers.iter().any(|p| p.id == *id);
        tiles.retain(|id, (tile, _)| {
            let here = is_here(id);
            if !here && tile.ears.setting() != AS_THEY_ARE {
                self.ears.borrow_mut().insert(*id, tile.ears.setting());
            }
            here
        });
        self.speaker.borrow_mut().retain(is_here);
        for peer in &view.peers {
            let (tile, _) = tiles.or_insert_with(peer.id, || self.new_tile(peer));
            set(tile.name, peer.name.clone());
            let (was, is) = (tile.state.get_untracked(), tile_state(peer.state));
            if (was, is) == (TileState::Reconnecting, TileState::Connected) {
                clock::mark("healed");
            }
            set(tile.state, is);
            set(tile.microphone, peer.media.microphone);
            set(tile.camera, peer.media.camera);
            set(tile.screen, peer.screen);
            set(tile.recording, peer.recording);
            set(tile.told, peer.told);
            tile.signs.show(peer.hand, peer.reaction);
        }
        debug_assert!(
            conns.len() <= view.peers.len() + 1,
            "a connection without a person"
        );
        if tiles.keys().ne(before) {
            let shown = view
                .peers
                .iter()
                .filter_map(|p| tiles.get(&p.id))
                .map(|(tile, _)| *tile);
            self.signals.tiles.set(shown.collect());
        }
    }

    fn new_tile(&self, peer: &PeerView) -> (Tile, Owner) {
        let owner = self.owner.child();
        let ears = self.ears.borrow().get(&peer.id).copied();
        let tile = owner.with(|| Tile {
            id: StoredValue::new(peer.id.text()),
            name: RwSignal::new(peer.name.clone()),
            state: RwSignal::new(tile_state(peer.state)),
            microphone: RwSignal::new(peer.media.microphone),
            camera: RwSignal::new(peer.media.camera),
            stream: RwSignal::new_local(None),
            screen: RwSignal::new(peer.screen),
            screen_stream: RwSignal::new_local(None),
            recording: RwSignal::new(peer.recording),
            told: RwSignal::new(peer.told),
            viewers: StoredValue::new_local(Viewers::default()),
            screen_viewers: StoredValue::new_local(Viewers::default()),
            level: RwSignal::new(0.0),
            signs: Signs::new(),
            trust: RwSignal::new(Trust::Unchecked),
            ears: Ears::new(ears.unwrap_or(AS_THEY_ARE)),
            figures: RwSignal::new(Figures::default()),
        });
        (tile, owner)
    }

    /// A track came over this connection: its stream is the person's picture from now on.
    pub fn on_stream(&self, view: &View, conn: ConnId, stream: Stream) {
        if let Some(tile) = self.tile_of(view, conn) {
            tile.stream.set(Some(stream));
        }
    }

    pub fn on_screen(&self, view: &View, conn: ConnId, stream: Stream) {
        if let Some(tile) = self.tile_of(view, conn) {
            tile.screen_stream.set(Some(stream));
        }
    }

    fn tile_of(&self, view: &View, conn: ConnId) -> Option<Tile> {
        let peer = view.peers.iter().find(|p| p.conn == Some(conn))?;
        self.tile(peer.id)
    }

    /// What has come of somebody's sound so far.
    pub fn hear(&self, id: PeerId, energy: f64) {
        self.speaker.borrow_mut().hear(clock::now(), id, energy);
    }

    /// The picture follows whoever has the floor.
    pub fn follow_speaker(&self) {
        let speaker = self.speaker.borrow_mut().decide(clock::now());
        set(self.signals.speaker, speaker.map(|id| id.text()));
    }

    /// Everybody who is shown.
    pub fn tiles(&self) -> Vec<(PeerId, Tile)> {
        let tiles = self.tiles.borrow();
        tiles.iter().map(|(id, (tile, _))| (*id, *tile)).collect()
    }

    pub fn tile(&self, id: PeerId) -> Option<Tile> {
        if self.is_over() {
            return None;
        }
        self.tiles.borrow().get(&id).map(|(tile, _)| *tile)
    }
}

/// Sets only what differs, so that nothing is redrawn for nothing.
pub(super) fn set<T: PartialEq + Clone + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

fn phase(phase: call::Phase) -> Phase {
    match phase {
        call::Phase::Lobby => Phase::Lobby,
        call::Phase::Joining => Phase::Joining,
        call::Phase::InCall => Phase::InCall,
        call::Phase::Ended(why) => Phase::Ended(why),
    }
}

pub(super) fn tile_state(state: PeerState) -> TileState {
    match state {
        PeerState::Connecting => TileState::Connecting,
        PeerState::Connected => TileState::Connected,
        PeerState::Reconnecting => TileState::Reconnecting,
        PeerState::Failed => TileState::Failed,
    }
}

fn direct_step(step: &call::DirectStep) -> DirectStep {
    match step {
        call::DirectStep::Start => DirectStep::Start,
        call::DirectStep::MakingInvite => DirectStep::MakingInvite,
        call::DirectStep::Invite { token } => DirectStep::Invite {
            token: token.clone(),
            address: direct_address(token),
        },
        call::DirectStep::MakingReply => DirectStep::MakingReply,
        call::DirectStep::Reply { token } => DirectStep::Reply {
            token: token.clone(),
        },
        call::DirectStep::Connecting => DirectStep::Connecting,
    }
}
