//! The roster's rules: who is in the room, which life of theirs counts, who offers to whom, and what
//! is believed of a signaller (nothing that is not sealed).

use super::{Call, Ended, PRESENT, Phase, Way, server_msg};
use crate::{
    ids::{Epoch, PeerId},
    io::{FileNews, Output, SignalEvent},
    peer::{Peer, Stage},
    seal::To,
    time::Millis,
    wire::{
        self, Card, ClientMsg, MAX_ROOM, Member, PeerMsg, Recording, Refusal, Sealed, ServerMsg,
        VERSION, clean_name, close,
    },
};
use alloc::vec::Vec;

/// Whoever has no place in the room asks for one so often: before the server closes the connection of
/// somebody who is in no room.
const ASK_AGAIN: u64 = 8_000;

impl Call {
    pub(super) fn on_join(&mut self, now: Millis, name: &str, out: &mut Vec<Output>) {
        if self.phase != Phase::Lobby {
            return;
        }
        self.set_name(name);
        if let Way::Room { link, .. } = &self.way {
            self.phase = Phase::Joining;
            // Somebody who asks to come in wants it now, not at the end of a long wait.
            if link.is_waiting() && !link.is_open() {
                self.redial(now, out);
            }
            self.enter(out);
            self.connect_to_present(now, out);
        }
        out.push(Output::Changed);
    }

    /// The green room knows already who is there. An offer that follows the `join` at once is with them
    /// one round trip, and the drawing of a call, sooner than one that waits for the answer to it.
    fn connect_to_present(&mut self, now: Millis, out: &mut Vec<Output>) {
        let open = matches!(&self.way, Way::Room { link, .. } if link.is_open());
        if !open || self.present.len() >= MAX_ROOM {
            return;
        }
        let present: Vec<_> = self
            .present
            .iter()
            .map(|(id, it)| (*id, it.clone()))
            .collect();
        for (id, (epoch, name)) in present {
            self.on_here(now, id, epoch, Some(&name), out);
        }
    }

    fn redial(&mut self, now: Millis, out: &mut Vec<Output>) {
        if let Way::Room { link, .. } = &mut self.way {
            link.dial(now);
            out.extend([Output::HangUp, Output::Dial]);
        }
    }

    pub(super) fn on_leave(&mut self, now: Millis, out: &mut Vec<Output>) {
        if matches!(self.phase, Phase::Ended(_)) {
            return;
        }
        let everyone: Vec<PeerId> = self.peers.keys().collect();
        for id in everyone {
            self.tell(id, &PeerMsg::Bye, out);
        }
        self.leave_room(out);
        self.drop_screen(out);
        self.recording = Recording::Off;
        self.phase = Phase::Ended(Ended::Left);
        self.placeless = None;
        self.linger = Some(now.after(super::LINGER));
        out.push(Output::Changed);
    }

    /// The page goes away. It may be a reload, so a room keeps the place; a direct call cannot be
    /// entered again.
    pub(super) fn on_unload(&mut self, out: &mut Vec<Output>) {
        let last = if matches!(self.way, Way::Direct(_)) {
            PeerMsg::Bye
        } else {
            PeerMsg::Away
        };
        self.tell_all(&last, out);
        self.leave_room(out);
    }

    fn leave_room(&mut self, out: &mut Vec<Output>) {
        if let Way::Room { seal, .. } = &self.way {
            let room = seal.room();
            self.signal(&ClientMsg::Leave { room }, out);
        }
    }

    pub(super) fn close_way(&mut self, out: &mut Vec<Output>) {
        match &mut self.way {
            Way::Room { link, .. } if !link.is_down() => {
                link.close();
                out.push(Output::HangUp);
            }
            Way::Room { .. } => {}
            Way::Direct(_) => self.stop_pairing(out),
        }
    }

    pub(super) fn on_signal(&mut self, now: Millis, event: SignalEvent, out: &mut Vec<Output>) {
        let Way::Room { link, .. } = &mut self.way else {
            return;
        };
        if link.is_down() {
            return;
        }
        match event {
            SignalEvent::Open => {
                link.on_open(now);
                let hello = ClientMsg::Hello {
                    version: VERSION,
                    token: self.me.token,
                };
                self.signal(&hello, out);
                self.enter(out);
                out.push(Output::Changed);
            }
            SignalEvent::Closed(code) => self.on_signal_closed(now, code, out),
            SignalEvent::Text(text) => {
                link.on_heard(now);
                match server_msg(&text) {
                    Some(message) => self.on_server_msg(now, message, out),
                    None => self.dropped.garbled += 1,
                }
            }
        }
    }

    fn on_signal_closed(&mut self, now: Millis, code: u16, out: &mut Vec<Output>) {
        let joined = matches!(self.phase, Phase::InCall);
        match code {
            close::REPLACED => self.end(Ended::OpenedElsewhere, out),
            close::UNSUPPORTED_VERSION if !joined => self.end(Ended::Outdated, out),
            close::SERVER_FULL if !joined => self.end(Ended::ServerFull, out),
            close::TOO_FAST if !joined => self.end(Ended::TooFast, out),
            close::TOO_MANY if !joined => self.end(Ended::TooMany, out),
            close::PASS_WANTED if !joined => self.end(Ended::PassWanted, out),
            close::PASS_REFUSED if !joined => self.end(Ended::PassRefused, out),
            _ => {
                if let Way::Room { link, .. } = &mut self.way {
                    link.on_closed(now, &mut self.entropy);
                }
                out.push(Output::Changed);
            }
        }
    }

    /// Looks at the room, or joins it, as the phase asks.
    pub(super) fn enter(&mut self, out: &mut Vec<Output>) {
        let Way::Room { seal, link } = &mut self.way else {
            return;
        };
        if !link.is_open() {
            return;
        }
        let room = seal.room();
        match self.phase {
            Phase::Lobby => self.signal(&ClientMsg::Look { room }, out),
            Phase::Joining | Phase::InCall => {
                let card = Card {
                    version: VERSION,
                    name: self.me.name.clone(),
                };
                let card = seal.seal(To::Everyone, wire::encode(&card).as_bytes());
                self.signal(&ClientMsg::Join { room, card }, out);
            }
            Phase::Ended(_) => {}
        }
    }

    fn on_server_msg(&mut self, now: Millis, message: ServerMsg, out: &mut Vec<Output>) {
        let Way::Room { seal, .. } = &self.way else {
            return;
        };
        let ours = seal.room();
        match message {
            ServerMsg::Room {
                room,
                joined,
                peers,
            } if room == ours => {
                self.on_roster(now, joined, peers, out);
            }
            ServerMsg::Entered { room, peer, card } if room == ours => {
                self.on_entered(now, peer, &card, out);
            }
            ServerMsg::Left { room, peer } if room == ours => self.on_left(now, peer, out),
            ServerMsg::Relayed { room, from, body } if room == ours => {
                self.on_relayed(now, from, &body, out);
            }
            ServerMsg::Refused {
                code: Refusal::RoomFull,
                room,
            } if room.is_none_or(|it| it == ours) => self.on_full(now, out),
            // Without its room it is about some message among many, which is said again.
            ServerMsg::Refused {
                code: code @ (Refusal::TooManyRooms | Refusal::TooFast | Refusal::ServerFull),
                room: Some(room),
            } if room == ours && self.phase == Phase::Joining => {
                let ended = match code {
                    Refusal::TooManyRooms => Ended::TooMany,
                    Refusal::TooFast => Ended::TooFast,
                    _ => Ended::ServerFull,
                };
                self.end(ended, out);
            }
            ServerMsg::Refused {
                code: Refusal::UnsupportedVersion,
                ..
            } if self.phase != Phase::InCall => {
                self.end(Ended::Outdated, out);
            }
            ServerMsg::Welcome { .. } | ServerMsg::Pong | ServerMsg::Refused { .. } => {}
            _ => self.dropped.misplaced += 1,
        }
    }

    /// There is no place for us: not yet, or not any more. Servers that could not speak to each other may
    /// have let in too many, and others may have come while we were away.
    fn on_full(&mut self, now: Millis, out: &mut Vec<Output>) {
        let is_talking =
            |it: &Peer| matches!(it.stage, Stage::Connected | Stage::Reconnecting { .. });
        match self.phase {
            Phase::InCall if self.peers.values().any(is_talking) => {
                self.placeless = Some(now.after(ASK_AGAIN));
            }
            Phase::Joining | Phase::InCall => self.end(Ended::RoomFull, out),
            Phase::Lobby | Phase::Ended(_) => {}
        }
    }

    fn on_roster(
        &mut self,
        now: Millis,
        joined: bool,
        members: Vec<Member>,
        out: &mut Vec<Output>,
    ) {
        let ids: Vec<PeerId> = members.iter().map(|m| m.peer).collect();
        let mut members = members;
        if joined && self.phase == Phase::Joining {
            // Those seen from the green room have been spoken to: this is no news of them.
            let (known, others) =
                (members.into_iter()).partition::<Vec<_>, _>(|m| self.peers.contains_key(&m.peer));
            for member in known {
                self.on_entered(now, member.peer, &member.card, out);
            }
            members = others;
            self.phase = Phase::InCall;
            self.present.clear();
        }
        if joined != (self.phase == Phase::InCall) {
            self.dropped.misplaced += 1;
            return;
        }
        self.placeless = None;
        for member in members {
            self.on_entered(now, member.peer, &member.card, out);
        }
        self.present.retain(|id, _| ids.contains(id));
        let gone: Vec<PeerId> = self.peers.keys().filter(|id| !ids.contains(id)).collect();
        for id in gone {
            self.on_left(now, id, out);
        }
        out.push(Output::Changed);
    }

    fn on_entered(&mut self, now: Millis, id: PeerId, card: &Sealed, out: &mut Vec<Output>) {
        let Way::Room { seal, .. } = &mut self.way else {
            return;
        };
        if id == self.me.id {
            return;
        }
        let Ok((epoch, plain)) = seal.open_card(id, card) else {
            self.dropped.refused += 1;
            return;
        };
        let card = core::str::from_utf8(&plain)
            .ok()
            .and_then(|t| wire::decode::<Card>(t, 1024).ok());
        let Some(card) = card else {
            self.dropped.garbled += 1;
            return;
        };
        match self.phase {
            Phase::Joining if self.peers.contains_key(&id) => {
                self.on_here(now, id, epoch, Some(&card.name), out);
            }
            Phase::Lobby | Phase::Joining => {
                if self.present.len() < PRESENT {
                    self.present.insert(id, (epoch, clean_name(&card.name)));
                    out.push(Output::Changed);
                }
            }
            Phase::InCall => self.on_here(now, id, epoch, Some(&card.name), out),
            Phase::Ended(_) => {}
        }
    }

    /// Somebody is in the room, in this life of theirs.
    fn on_here(
        &mut self,
        now: Millis,
        id: PeerId,
        epoch: Epoch,
        name: Option<&str>,
        out: &mut Vec<Output>,
    ) {
        if self.is_refused(id) {
            return;
        }
        out.push(Output::Changed);
        let others = self.peers.len();
        let polite = self.is_polite(id);
        match self.peers.get_mut(&id) {
            None if others + 1 >= MAX_ROOM => {
                self.tell_sealed(id, epoch, &PeerMsg::Full, out);
            }
            None => {
                let name = clean_name(name.unwrap_or_default());
                self.peers.insert(id, Peer::new(now, id, epoch, name));
                self.arrivals.push(id);
                self.connect_anew(now, id, out);
            }
            Some(peer) if epoch < peer.epoch => {}
            Some(peer) => {
                if let Some(name) = name {
                    peer.name = clean_name(name);
                }
                peer.present = true;
                peer.leaves_at = None;
                if epoch > peer.epoch {
                    peer.on_new_life(now, epoch);
                    self.close_conn(id, out);
                    self.connect_anew(now, id, out);
                } else if !polite && peer.stage != Stage::Connected && self.phase == Phase::InCall {
                    self.speak_again(now, id, out);
                }
            }
        }
    }

    fn on_left(&mut self, now: Millis, id: PeerId, out: &mut Vec<Output>) {
        self.present.remove(&id);
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.present = false;
            // A signaller that lost them says nothing about a connection that stands.
            match peer.stage {
                Stage::Connecting { back: false, .. } | Stage::Failed if !peer.channel => {
                    self.remove(id, out)
                }
                Stage::Connecting { .. } => peer.keep_place(now),
                Stage::Reconnecting { .. } => peer.keep_place(now),
                _ => {}
            }
        }
        out.push(Output::Changed);
    }

    pub(super) fn on_relayed(
        &mut self,
        now: Millis,
        from: PeerId,
        body: &Sealed,
        out: &mut Vec<Output>,
    ) {
        let Way::Room { seal, .. } = &mut self.way else {
            return;
        };
        let Ok((epoch, plain)) = seal.open(from, body) else {
            self.dropped.refused += 1;
            return;
        };
        let message = core::str::from_utf8(&plain).ok();
        let message = message.and_then(|t| wire::decode::<PeerMsg>(t, wire::MAX_PEER_MSG).ok());
        let Some(message) = message else {
            self.dropped.garbled += 1;
            return;
        };
        if matches!(message, PeerMsg::Full) {
            // Only a newcomer can be too many, and only before anybody let them in.
            if self.phase == Phase::InCall
                && self.peers.values().all(|p| p.stage != Stage::Connected)
            {
                self.end(Ended::RoomFull, out);
            }
            return;
        }
        let known = self.peers.contains_key(&from);
        let listening = self.phase == Phase::InCall || self.phase == Phase::Joining && known;
        if !listening || matches!(message, PeerMsg::Bye) && !known {
            self.dropped.misplaced += 1;
            return;
        }
        // A message may overtake the news that its author came back; somebody unknown has to say who
        // they are first, for a tile without a name is nobody's.
        let name = match &message {
            PeerMsg::Hello { name, .. } => Some(name.clone()),
            _ => None,
        };
        match self.peers.get(&from).map(|p| p.epoch) {
            Some(known) if known < epoch => self.on_here(now, from, epoch, name.as_deref(), out),
            None if name.is_some() => self.on_here(now, from, epoch, name.as_deref(), out),
            _ => {}
        }
        match self.peers.get_mut(&from) {
            Some(peer) if peer.epoch == epoch => {
                peer.unsure = peer.channel;
                self.on_peer_msg(now, from, message, out);
            }
            _ => self.dropped.misplaced += 1,
        }
    }

    /// What a person's page says, over whichever path it came.
    pub(super) fn on_peer_msg(
        &mut self,
        now: Millis,
        from: PeerId,
        message: PeerMsg,
        out: &mut Vec<Output>,
    ) {
        let polite = self.is_polite(from);
        let Some(peer) = self.peers.get_mut(&from) else {
            return;
        };
        match message {
            PeerMsg::Hello {
                version: _,
                id,
                epoch,
                name,
                media,
            } => {
                if id != from || epoch != peer.epoch {
                    self.dropped.misplaced += 1;
                    return;
                }
                peer.name = clean_name(&name);
                peer.media = media;
                if peer.channel {
                    let name = peer.name.clone();
                    out.push(Output::File(from, FileNews::Here(name)));
                }
                if !polite && peer.stage != Stage::Connected {
                    self.speak_again(now, from, out);
                }
                out.push(Output::Changed);
            }
            PeerMsg::Describe(description) => {
                let current = peer.negotiation.as_ref().map(|n| n.session());
                let newer = description.session > peer.session;
                match current {
                    // A polite side takes the first session it hears of, and every later one.
                    Some(0) | None if polite && newer => {
                        if current.is_none() {
                            self.open_connection(now, from, out);
                        }
                    }
                    Some(_) if polite && newer => {
                        self.close_conn(from, out);
                        self.open_connection(now, from, out);
                    }
                    Some(session) if session == description.session => {}
                    _ => {
                        self.dropped.misplaced += 1;
                        return;
                    }
                }
                self.negotiate(now, from, out, |negotiation, ids, steps| {
                    negotiation.on_describe(ids, description, steps);
                });
            }
            PeerMsg::Candidate(candidate) => {
                self.negotiate(now, from, out, |negotiation, ids, steps| {
                    negotiation.on_candidate(ids, candidate, steps);
                });
            }
            PeerMsg::Media(media) => {
                peer.media = media;
                out.push(Output::Changed);
            }
            PeerMsg::Hand { no, turn } => self.on_gesture(from, |it| it.on_hand(no, turn), out),
            PeerMsg::React { no, reaction } => {
                self.on_gesture(from, |it| it.on_reaction(now, no, reaction), out);
            }
            PeerMsg::Sharing { screen } => {
                peer.screen = screen;
                out.push(Output::Changed);
            }
            PeerMsg::Recording { state } => {
                peer.recording = state;
                out.push(Output::Changed);
            }
            PeerMsg::File(message) if peer.channel => {
                out.push(Output::File(from, FileNews::Heard(message)));
            }
            PeerMsg::Need(need) => self.on_need(from, need, out),
            PeerMsg::Light(light) => self.on_light(from, light, out),
            PeerMsg::Again { session } => {
                let current = peer.negotiation.as_ref().map(|n| n.session());
                if !polite && current.is_none_or(|mine| mine <= session) {
                    self.connect_anew(now, from, out);
                }
            }
            PeerMsg::Turn { session, no } => {
                self.negotiate(now, from, out, |negotiation, ids, steps| {
                    negotiation.on_turn(ids, session, no, steps);
                });
            }
            PeerMsg::Away => {
                peer.present = false;
                peer.on_gone(now);
                self.close_conn(from, out);
                out.push(Output::Changed);
            }
            PeerMsg::Bye => {
                self.remove(from, out);
                if matches!(self.way, Way::Direct(_)) {
                    self.end(Ended::OtherLeft, out);
                }
            }
            // Writing, codes and signs of life are heard before they come here; they and files go over channels
            // alone.
            PeerMsg::Full
            | PeerMsg::Verify(_)
            | PeerMsg::File(_)
            | PeerMsg::Ping
            | PeerMsg::Pong
            | PeerMsg::Pass { .. }
            | PeerMsg::Passed { .. }
            | PeerMsg::Say(_)
            | PeerMsg::Got { .. }
            | PeerMsg::Recall { .. }
            | PeerMsg::Past(_) => self.dropped.misplaced += 1,
        }
    }
}
