//! Somebody between two people: knows the room's secret and runs its signaller, so they open letters, put
//! connections of their own in place of those that were offered, and seal again. Sound, pictures and words
//! go on as they came: but for the certificates nobody could tell.

use crate::{
    Person,
    hostile::{Hostile, Mischief, honest},
};
use anyhow::{Context, Result};
use duologue_core::{
    hub::ClientKey,
    ids::{Epoch, PeerId, PeerToken},
    seal::{RoomSecret, Seal, To},
    wire::{self, Description, Kind, PeerMsg, Sealed, ServerMsg},
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Two ends, one towards each person, in a page of the attacker's. What they say of connections stays
/// here, everything else goes on.
const ENDS: &str = r"
    const ends = {};
    const open = (side, other) => {
        const pc = new RTCPeerConnection();
        const channel = pc.createDataChannel('control', { negotiated: true, id: 0, ordered: true });
        const end = ends[side] = { pc, channel, waiting: [], early: [] };
        channel.onopen = () => end.waiting.splice(0).forEach((it) => channel.send(it));
        channel.onmessage = ({ data }) => {
            if (['describe', 'candidate'].includes(JSON.parse(data).type)) return;
            const to = ends[other];
            if (to.channel.readyState === 'open') to.channel.send(data); else to.waiting.push(data);
        };
    };
    const [one, two] = arguments;
    open(one, two);
    open(two, one);
    const gathered = (pc) => new Promise((done) => {
        const look = () => { if (pc.iceGatheringState === 'complete') done(pc.localDescription.sdp) };
        pc.addEventListener('icegatheringstatechange', look);
        look();
    });
    const applied = async (end, description) => {
        await end.pc.setRemoteDescription(description);
        for (const it of end.early.splice(0)) await end.pc.addIceCandidate(it);
    };
    const passOn = (from, to) => {
        for (const { sender, receiver } of to.pc.getTransceivers()) {
            const kind = receiver.track.kind;
            const line = from.pc.getTransceivers().find((it) => it.receiver.track.kind === kind);
            if (line) sender.replaceTrack(line.receiver.track).catch(() => {});
        }
    };
    window.between = {
        answer: async (side, sdp) => {
            const end = ends[side];
            await applied(end, { type: 'offer', sdp });
            for (const it of end.pc.getTransceivers()) it.direction = 'sendrecv';
            await end.pc.setLocalDescription();
            return gathered(end.pc);
        },
        offer: async (side) => {
            const { pc } = ends[side];
            pc.addTransceiver('audio');
            pc.addTransceiver('video');
            await pc.setLocalDescription();
            return gathered(pc);
        },
        take: async (side, sdp) => {
            await applied(ends[side], { type: 'answer', sdp });
            passOn(ends[one], ends[two]);
            passOn(ends[two], ends[one]);
        },
        candidate: async (side, it) => {
            const end = ends[side];
            if (end.pc.remoteDescription) await end.pc.addIceCandidate(it).catch(() => {});
            else end.early.push(it);
        },
    };
    // Without a device browsers hide the addresses that they are at.
    return navigator.mediaDevices.getUserMedia({ audio: true }).then(() => null)";

enum Heard {
    Client(PeerId, ClientKey),
    Card(PeerId, Sealed),
    Letter { from: PeerId, body: Sealed },
}

/// Turned on, letters go nowhere but to whoever reads them here.
#[derive(Clone, Default)]
pub struct Tap(Arc<AtomicBool>);

impl Tap {
    pub fn open(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// What a signaller does that somebody taps, and what they get to hear.
pub fn tapped() -> (Mischief, Tap, Letters) {
    let (hears, heard) = unbounded_channel();
    let tap = Tap::default();
    let is_open = tap.clone();
    let mischief: Mischief = Box::new(move |to, message| {
        let tapped = is_open.0.load(Ordering::SeqCst);
        tap_into(&hears, to, &message);
        match message {
            ServerMsg::Relayed { .. } if tapped => Vec::new(),
            message => vec![honest(to, &message)],
        }
    });
    (mischief, tap, Letters(heard))
}

pub struct Letters(UnboundedReceiver<Heard>);

fn tap_into(hears: &UnboundedSender<Heard>, to: ClientKey, message: &ServerMsg) {
    let tell = |it| {
        // Nobody listens any more when a test is over.
        let _ = hears.send(it);
    };
    match message {
        ServerMsg::Welcome { you, .. } => tell(Heard::Client(*you, to)),
        ServerMsg::Room { peers, .. } => {
            for it in peers {
                tell(Heard::Card(it.peer, it.card.clone()));
            }
        }
        ServerMsg::Entered { peer, card, .. } => tell(Heard::Card(*peer, card.clone())),
        ServerMsg::Relayed { from, body, .. } => tell(Heard::Letter {
            from: *from,
            body: body.clone(),
        }),
        _ => {}
    }
}

pub struct Between<'a> {
    hostile: &'a Hostile,
    page: &'a Person,
    secret: RoomSecret,
    /// Opens cards, as anybody in the room does.
    eye: Seal,
    /// Each one's own, as if they were here.
    seals: BTreeMap<PeerId, (Epoch, Seal)>,
    clients: BTreeMap<PeerId, ClientKey>,
    /// Descriptions that were dealt with: they are said again until they are answered.
    done: BTreeSet<(PeerId, u32, u32)>,
    ready: bool,
}

impl<'a> Between<'a> {
    /// `room` is the address that people were invited by, `page` one of the attacker's own.
    pub fn new(hostile: &'a Hostile, page: &'a Person, room: &str) -> Result<Self> {
        let (_, secret) = room.split_once("#/r/").context("no room")?;
        let secret = RoomSecret::parse(secret).ok().context("no secret")?;
        let eye = Seal::new(secret.keys(), PeerToken([77; 16]).id(), Epoch(1));
        Ok(Between {
            hostile,
            page,
            secret,
            eye,
            seals: BTreeMap::new(),
            clients: BTreeMap::new(),
            done: BTreeSet::new(),
            ready: false,
        })
    }

    /// Goes on for as long as there is something to hear.
    pub async fn stand(mut self, letters: &mut Letters) -> Result<()> {
        while let Some(heard) = letters.0.recv().await {
            match heard {
                Heard::Client(who, client) => drop(self.clients.insert(who, client)),
                Heard::Card(who, card) => self.on_card(who, &card),
                Heard::Letter { from, body } => self.on_letter(from, &body).await?,
            }
        }
        Ok(())
    }

    fn on_card(&mut self, who: PeerId, card: &Sealed) {
        // Of another room, or seen before.
        let Ok((epoch, _)) = self.eye.open_card(who, card) else {
            return;
        };
        let seal = Seal::new(self.secret.keys(), who, epoch);
        self.seals.insert(who, (epoch, seal));
    }

    async fn on_letter(&mut self, from: PeerId, body: &Sealed) -> Result<()> {
        let Some(whom) = self.seals.keys().copied().find(|it| *it != from) else {
            return Ok(());
        };
        let opened = self.seals.get_mut(&whom).map(|(_, it)| it.open(from, body));
        let Some(Ok((_, plain))) = opened else {
            return Ok(());
        };
        let text = String::from_utf8(plain)?;
        let message: PeerMsg = wire::decode(&text, wire::MAX_PEER_MSG)
            .ok()
            .context("not understood")?;
        if !self.ready {
            let sides = vec![json!(from.text()), json!(whom.text())];
            self.page.script::<()>(ENDS, sides).await?;
            self.ready = true;
        }
        match message {
            PeerMsg::Describe(it) => self.on_description(from, whom, it).await,
            PeerMsg::Candidate(it) => {
                let it = it.candidate;
                let candidate = json!({
                    "candidate": it.candidate, "sdpMid": it.mid, "sdpMLineIndex": it.line,
                });
                self.ask::<()>("candidate", from, candidate).await
            }
            // Of nothing that would give us away.
            other => {
                self.write(from, whom, &other);
                Ok(())
            }
        }
    }

    async fn on_description(&mut self, from: PeerId, whom: PeerId, it: Description) -> Result<()> {
        if !self.done.insert((from, it.session, it.no)) {
            return Ok(());
        }
        let description = |kind, heard, sdp| {
            PeerMsg::Describe(Description {
                session: it.session,
                no: 1,
                heard,
                kind,
                sdp,
            })
        };
        match it.kind {
            Kind::Offer => {
                let answer = self.ask("answer", from, json!(it.sdp)).await?;
                let kind = Kind::Answer { to: it.no };
                self.write(whom, from, &description(kind, it.no, answer));
                let offer = self.ask("offer", whom, json!(null)).await?;
                self.write(from, whom, &description(Kind::Offer, 0, offer));
                Ok(())
            }
            Kind::Answer { .. } => self.ask::<()>("take", from, json!(it.sdp)).await,
        }
    }

    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        what: &str,
        side: PeerId,
        with: serde_json::Value,
    ) -> Result<T> {
        let script = format!("return window.between.{what}(arguments[0], arguments[1])");
        self.page
            .script(&script, vec![json!(side.text()), with])
            .await
    }

    /// In somebody's name.
    fn write(&mut self, from: PeerId, to: PeerId, message: &PeerMsg) {
        let (Some(client), Some((epoch, _))) = (self.clients.get(&to), self.seals.get(&to)) else {
            return;
        };
        let (client, whom) = (*client, To::Peer(to, *epoch));
        if let Some((_, seal)) = self.seals.get_mut(&from) {
            let body = seal.seal(whom, wire::encode(message).as_bytes());
            let room = self.secret.keys().room();
            self.hostile
                .say(client, &ServerMsg::Relayed { room, from, body });
        }
    }
}
