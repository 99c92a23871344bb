//! The machine that the page drives: a room (or a direct pairing), the people in it and the way to
//! those who are not connected yet. This file routes inputs and tells the next wake; `tell` sends what
//! is said, `room` holds the roster's rules, `connect` makes connections,
//! `heal` mends them, `direct` the pairing by
//! tokens, `company` whether anybody is left, `share` one's own screen,
//! `recording` who is told that one records, `needs` how large pictures are looked at, `refuse` with whom one
//! will not speak, `view` what can be shown.
//!
//! ```text
//!   Lobby ──join──▶ Joining ──room──▶ InCall ──leave──▶ Ended
//!     └──────────────── refused, replaced ───────────────▲
//! ```

mod chat;
mod company;
mod connect;
mod direct;
mod gestures;
mod heal;
mod needs;
mod recording;
mod refuse;
mod room;
mod share;
mod tell;
mod view;

pub use direct::{DirectStep, DirectTrouble};
pub use share::{ShareState, ShareTrouble};
pub use view::{LinkStatus, PeerState, PeerView, View};

use crate::{
    chat::Chat,
    entropy::Entropy,
    gesture::Gestures,
    ids::{ConnId, Epoch, PeerId, PeerToken},
    io::{ConnEvent, ConnState, Input, Intent, Output},
    link::{Link, LinkAct},
    negotiate::OpIds,
    peer::{Peer, Stage},
    seal::{RoomKeys, Seal},
    table::Table,
    time::Millis,
    wire::{self, ClientMsg, Codecs, Media, PeerMsg, Recording, ServerMsg, clean_name},
};
use alloc::{string::String, vec::Vec};
use chat::is_chat;
use company::Company;
use direct::Direct;
use heal::is_healing;
use share::Share;

/// After `Bye` the connections stay this long, so that it arrives.
const LINGER: u64 = 300;
/// The lobby shows this many names at the most; a room holds fewer.
const PRESENT: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Lobby,
    Joining,
    InCall,
    Ended(Ended),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Left,
    RoomFull,
    /// The same token connected again, from a duplicated tab.
    OpenedElsewhere,
    ServerFull,
    /// From here, or from others behind the same address, there is too much already: connections or rooms.
    TooMany,
    /// Too many rooms in a short time.
    TooFast,
    /// The host is for those who show a pass, and we have none.
    PassWanted,
    /// Ours is good no more.
    PassRefused,
    /// The signaller speaks another version.
    Outdated,
    /// A direct call whose only other person hung up, so that nobody else can come; or a call by name in
    /// which nobody is left.
    OtherLeft,
    /// The codes that two people compared differ, and nobody else can come.
    CodesDiffer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WakeReason {
    Link,
    Peer(PeerId),
    Heartbeat(PeerId),
    Pairing,
    Chat,
    Linger,
    Company,
    Place,
}

/// What was dropped, by reason. For support; never a reason to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Not understood: no JSON, an unknown tag, too long.
    pub garbled: u32,
    /// Envelopes and cards that the seal refused.
    pub refused: u32,
    /// Understood, yet not due: wrong person, wrong moment.
    pub misplaced: u32,
    /// Written faster than people write; they are said again later.
    pub hurried: u32,
}

pub struct Config {
    pub token: PeerToken,
    pub epoch: Epoch,
    /// For jitter only.
    pub seed: u64,
    pub media: Media,
}

/// How strangers are met.
enum Way {
    Room { seal: Seal, link: Link },
    Direct(Direct),
}

struct Me {
    id: PeerId,
    token: PeerToken,
    epoch: Epoch,
    name: String,
    media: Media,
    gestures: Gestures,
    /// What this device decodes easily.
    light: Codecs,
}

pub struct Call {
    me: Me,
    way: Way,
    phase: Phase,
    peers: Table<PeerId, Peer>,
    /// The order in which people came, so that tiles keep their place.
    arrivals: Vec<PeerId>,
    share: Share,
    recording: Recording,
    /// Ever, in this call.
    recorded: bool,
    conns: Table<ConnId, PeerId>,
    /// Who is seen in the room from outside: the life of theirs, and their name.
    present: Table<PeerId, (Epoch, String)>,
    ids: OpIds,
    last_conn: u32,
    entropy: Entropy,
    linger: Option<Millis>,
    /// The signaller has no place for us in the room, and people we talk to are a reason to stay: when to
    /// ask for one again.
    placeless: Option<Millis>,
    chat: Chat,
    dropped: Dropped,
    company: Company,
    /// Who is not spoken to any more, whatever they say.
    refused: Vec<PeerId>,
}

impl Call {
    pub fn room(config: Config, keys: RoomKeys) -> Self {
        let seal = Seal::new(keys, config.token.id(), config.epoch);
        Call::new(
            config,
            Way::Room {
                seal,
                link: Link::new(),
            },
        )
    }

    pub fn direct(config: Config) -> Self {
        Call::new(config, Way::Direct(Direct::new()))
    }

    fn new(config: Config, way: Way) -> Self {
        let chat = Chat::new(config.token.id(), config.epoch);
        Call {
            me: Me {
                id: config.token.id(),
                token: config.token,
                epoch: config.epoch,
                name: String::new(),
                media: config.media,
                gestures: Gestures::default(),
                light: Codecs::default(),
            },
            way,
            phase: Phase::Lobby,
            peers: Table::default(),
            arrivals: Vec::new(),
            share: Share::default(),
            recording: Recording::Off,
            recorded: false,
            conns: Table::default(),
            present: Table::default(),
            ids: OpIds::default(),
            last_conn: 0,
            entropy: Entropy::new(config.seed),
            linger: None,
            placeless: None,
            chat,
            dropped: Dropped::default(),
            company: Company::Unasked,
            refused: Vec::new(),
        }
    }

    /// To be called once, before anything else: dials where there is something to dial.
    pub fn start(&mut self, now: Millis) -> Vec<Output> {
        self.company.begins(now);
        match &mut self.way {
            Way::Room { link, .. } => {
                link.dial(now);
                [Output::Dial, Output::Changed].into()
            }
            Way::Direct(_) => [Output::Changed].into(),
        }
    }

    /// Never fails and never panics: what is bad is counted and dropped. Afterwards `next_wake` is
    /// later than `now`.
    pub fn handle(&mut self, now: Millis, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::User(intent) => self.on_intent(now, intent, &mut out),
            Input::Signal(event) => self.on_signal(now, event, &mut out),
            Input::Conn(conn, event) => self.on_conn(now, conn, event, &mut out),
            Input::Done(op, result) if self.share.awaits(op) => self.on_captured(result, &mut out),
            Input::Done(op, result) if self.is_count(op) => {
                self.on_counted(now, op, result, &mut out);
            }
            Input::Done(op, result) => match self.ids.take(op) {
                None => out.push(Output::Release(op)),
                Some(conn) => match self.conns.get(&conn).copied() {
                    Some(id) => self.negotiate(now, id, &mut out, |negotiation, ids, steps| {
                        negotiation.on_done(ids, op, result, steps);
                    }),
                    None => self.on_pairing_done(now, op, result, &mut out),
                },
            },
            Input::Jolt => self.on_jolt(now, &mut out),
            Input::Wake => {}
        }
        self.on_due(now, &mut out);
        self.miss_company(&mut out);
        debug_assert!(
            self.next_wake().is_none_or(|(at, _)| at > now),
            "a timer stands still"
        );
        out
    }

    pub fn next_wake(&self) -> Option<(Millis, WakeReason)> {
        let way = match &self.way {
            Way::Room { link, .. } => link.next_wake().map(|at| (at, WakeReason::Link)),
            Way::Direct(direct) => direct.next_wake().map(|at| (at, WakeReason::Pairing)),
        };
        let linger = self.linger.map(|at| (at, WakeReason::Linger));
        let peers = self
            .peers
            .values()
            .filter_map(|p| Some((p.next_wake()?, WakeReason::Peer(p.id))));
        let hearts = self
            .peers
            .values()
            .filter_map(|p| Some((p.heartbeat.next_wake()?, WakeReason::Heartbeat(p.id))));
        let chat = self.chat.next_wake().map(|at| (at, WakeReason::Chat));
        let company = self.company.next_wake().map(|at| (at, WakeReason::Company));
        let place = self.placeless.map(|at| (at, WakeReason::Place));
        let rest = way.into_iter().chain(linger).chain(chat).chain(company);
        let rest = rest.chain(place).chain(hearts);
        peers.chain(rest).min_by_key(|(at, _)| *at)
    }

    pub fn dropped(&self) -> Dropped {
        self.dropped
    }

    /// Browser operations under way for a connection; never more than one. For tests.
    pub fn ops_in_flight(&self, conn: ConnId) -> usize {
        self.ids.in_flight(conn)
    }

    fn on_intent(&mut self, now: Millis, intent: Intent, out: &mut Vec<Output>) {
        match intent {
            Intent::Join { name } => self.on_join(now, &name, out),
            Intent::Leave => self.on_leave(now, out),
            Intent::Unload => self.on_unload(out),
            Intent::Media(media) => {
                if media != self.me.media {
                    self.me.media = media;
                    self.tell_all(&PeerMsg::Media(media), out);
                }
            }
            Intent::Need(of, need) => self.on_seen(of, need, out),
            Intent::Light(light) => self.on_own_light(light, out),
            Intent::Name(name) => self.set_name(&name),
            later => self.on_later_intent(now, later, out),
        }
    }

    /// What nobody wants before they are in the call: on its own, so that a page can fetch it later.
    #[inline(never)]
    fn on_later_intent(&mut self, now: Millis, intent: Intent, out: &mut Vec<Output>) {
        match intent {
            Intent::Hand(up) => self.on_raise(up, out),
            Intent::React(reaction) => self.on_react(now, reaction, out),
            Intent::ShareScreen => self.on_share_screen(out),
            Intent::StopScreen => self.on_stop_screen(out),
            Intent::Record(state) => self.on_record(state, out),
            Intent::Retry(id) => {
                if let Some(peer) = self.peers.get_mut(&id)
                    && peer.stage == Stage::Failed
                {
                    peer.start_over(now);
                    self.connect_anew(now, id, out);
                }
                out.push(Output::Changed);
            }
            Intent::StartOver => {
                self.stop_pairing(out);
                out.push(Output::Changed);
            }
            Intent::CreateInvite => self.on_create_invite(out),
            Intent::UseToken(text) => self.on_use_token(&text, out),
            Intent::TellOfFile(to, message) => {
                self.tell_by_channel(to, &PeerMsg::File(message), out);
            }
            Intent::TellOfCode(to, message) => {
                self.tell_by_channel(to, &PeerMsg::Verify(message), out);
            }
            Intent::Refuse(id) => self.on_refuse(id, out),
            Intent::Say { text, at, only } => self.on_say(now, &text, at, only, out),
            Intent::Join { .. }
            | Intent::Leave
            | Intent::Unload
            | Intent::Media(_)
            | Intent::Need(..)
            | Intent::Light(_)
            | Intent::Name(_) => {}
        }
    }

    fn on_conn(&mut self, now: Millis, conn: ConnId, event: ConnEvent, out: &mut Vec<Output>) {
        let Some(id) = self.conns.get(&conn).copied() else {
            self.on_pairing_event(now, conn, event, out);
            return;
        };
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        match event {
            ConnEvent::NegotiationNeeded => {
                self.negotiate(now, id, out, |negotiation, ids, steps| {
                    negotiation.on_needed(ids, steps)
                });
            }
            ConnEvent::Candidate(candidate) => {
                self.negotiate(now, id, out, |negotiation, _, steps| {
                    negotiation.on_local_candidate(candidate, steps);
                });
            }
            ConnEvent::State(ConnState::Connecting) => {}
            ConnEvent::State(ConnState::Connected) => {
                self.on_alive(now, id, out);
                out.push(Output::Changed);
            }
            ConnEvent::State(ConnState::Disconnected) => {
                peer.on_trouble(now, false);
                out.push(Output::Changed);
            }
            ConnEvent::State(ConnState::Failed) => {
                peer.on_trouble(now, true);
                // One that never came about is not worth mending.
                if matches!(peer.stage, Stage::Connecting { .. }) {
                    self.connect_anew(now, id, out);
                }
                out.push(Output::Changed);
            }
            ConnEvent::ChannelOpen => {
                peer.channel = true;
                peer.seen = None;
                peer.on_connected();
                peer.heartbeat.on_heard(now);
                self.greet(id, out);
                self.tell_hand(id, out);
                self.on_channel_for_screen(id, out);
                self.tell_recording(id, out);
                // What the signaller may have lost is said over the way that loses nothing.
                self.negotiate(now, id, out, |negotiation, _, steps| {
                    negotiation.resend(steps)
                });
                self.on_chat_open(now, id, out);
                out.push(Output::Changed);
            }
            ConnEvent::ChannelClosed => {
                self.close_conn(id, out);
                if let Some(peer) = self.peers.get_mut(&id) {
                    peer.on_gone(now);
                    if matches!(self.way, Way::Direct(_)) {
                        peer.present = false;
                        peer.keep_place(now);
                    }
                }
                out.push(Output::Changed);
            }
            ConnEvent::ChannelText(text) => {
                self.on_sign_of_life(now, id, out);
                match wire::decode(&text, wire::MAX_PEER_MSG) {
                    Ok(message) if is_chat(&message) => self.on_chat(now, id, message, out),
                    Ok(PeerMsg::Verify(message)) => out.push(Output::Verify(id, message)),
                    Ok(message) if is_healing(&message) => self.on_healing(now, id, message, out),
                    Ok(message) => self.on_peer_msg(now, id, message, out),
                    Err(_) => self.dropped.garbled += 1,
                }
            }
        }
    }

    /// Everything that has come due, each timer once.
    fn on_due(&mut self, now: Millis, out: &mut Vec<Output>) {
        while let Some((at, reason)) = self.next_wake()
            && at <= now
        {
            match reason {
                WakeReason::Linger => {
                    self.linger = None;
                    self.close_all(out);
                }
                WakeReason::Company => self.company.is_missed(),
                WakeReason::Place => {
                    self.placeless = None;
                    self.enter(out);
                }
                WakeReason::Pairing => self.on_pairing_wake(now, out),
                WakeReason::Link => self.on_link_wake(now, out),
                WakeReason::Chat => self.on_chat_wake(now, out),
                WakeReason::Heartbeat(id) => self.on_heartbeat(now, id, out),
                WakeReason::Peer(id) => {
                    let entropy = &mut self.entropy;
                    let peer = self.peers.get_mut(&id);
                    if let Some(due) = peer.and_then(|p| p.on_wake(now, entropy)) {
                        self.on_peer_due(now, id, due, out);
                    }
                }
            }
        }
    }

    fn on_link_wake(&mut self, now: Millis, out: &mut Vec<Output>) {
        if let Way::Room { link, .. } = &mut self.way {
            let act = link.on_wake(now, &mut self.entropy);
            self.on_link(act, out);
        }
    }

    fn on_link(&mut self, act: Option<LinkAct>, out: &mut Vec<Output>) {
        match act {
            Some(LinkAct::Dial) => out.push(Output::Dial),
            Some(LinkAct::HangUpAndWait) => out.extend([Output::HangUp, Output::Changed]),
            Some(LinkAct::Redial) => out.extend([Output::HangUp, Output::Dial, Output::Changed]),
            Some(LinkAct::Ping) => self.signal(&ClientMsg::Ping, out),
            None => {}
        }
    }

    fn close_all(&mut self, out: &mut Vec<Output>) {
        let ids: Vec<PeerId> = self.peers.keys().collect();
        for id in ids {
            self.remove(id, out);
        }
        self.close_way(out);
    }

    fn end(&mut self, why: Ended, out: &mut Vec<Output>) {
        self.phase = Phase::Ended(why);
        self.company = Company::Unasked;
        self.placeless = None;
        self.drop_screen(out);
        self.recording = Recording::Off;
        self.close_all(out);
        out.push(Output::Changed);
    }

    fn set_name(&mut self, name: &str) {
        self.me.name = clean_name(name);
    }

    fn is_polite(&self, to: PeerId) -> bool {
        self.me.id < to
    }
}

/// A message of a signaller, or nothing.
fn server_msg(text: &str) -> Option<ServerMsg> {
    wire::decode(text, wire::MAX_FRAME).ok()
}
