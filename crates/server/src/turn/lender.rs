//! The relay as a machine (RFC 8656): what a client or a peer says comes in, what is to be done comes out.
//! It lends addresses, keeps the books and decides who may send to whom. It knows no sockets: `Doors`
//! opens them. Whoever talks to it without a password costs no memory and gets little back.

use super::{
    answer::{self, Refusal},
    lent::{CHANNEL_HEADER, Lent},
    peers::Peers,
    quota::{Parts, Quotas, Strangers, Tally},
    request::Asked,
    ticket::Tickets,
};
use crate::{
    metrics::{self, Lost},
    network::Network,
};
use std::{
    collections::HashMap,
    hash::RandomState,
    net::{IpAddr, SocketAddr},
    ops::Range,
    time::Duration,
};
use stun_types::{
    attribute::{ErrorCode, MessageIntegrity, Nonce, Realm, Username, XorMappedAddress},
    message::{BINDING, Message, MessageClass, MessageHeader},
    prelude::AttributeStaticType,
};
use turn_types::{
    attribute::{Data, XorPeerAddress},
    channel::ChannelData,
    message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND},
};

/// Since the start, and since 1970 in seconds: the second is for tickets alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub steady: Duration,
    pub wall: u64,
}

/// Who talks to us, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Client {
    pub by: By,
    pub at: SocketAddr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum By {
    /// Datagrams to that one of our sockets.
    Datagrams(usize),
    /// A connection of its own.
    Stream(u64),
}

impl Client {
    /// As others would write it.
    pub(super) fn address(&self) -> SocketAddr {
        SocketAddr::new(self.at.ip().to_canonical(), self.at.port())
    }
}

/// What can be lent. A door is closed when its last copy is dropped.
pub(super) trait Doors {
    type Door: Clone;
    /// A socket for that client, and the address by which the rest of the world reaches it.
    fn open(&mut self, wants_ipv6: bool, client: Client) -> Result<(Self::Door, SocketAddr), Shut>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shut {
    /// Nothing of that family is lent here.
    Family,
    /// The ports, or the system's handles, are all in use.
    Full,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Deed<D> {
    Nothing,
    /// To whoever asked.
    Answer(Vec<u8>),
    /// That part of what came, out of a door.
    Send(D, SocketAddr, Range<usize>),
    /// To a client that borrows here too.
    Hand(Client, Vec<u8>),
}

pub(super) struct Lender<D: Doors> {
    pub(super) doors: D,
    pub(super) peers: Peers,
    pub(super) quotas: Quotas,
    tickets: Tickets,
    strangers: Strangers,
    pub(super) lent: HashMap<Client, Lent<D::Door>>,
    /// Who borrows which address.
    pub(super) borrowers: HashMap<SocketAddr, Client>,
    /// Addresses that are lent, without their ports.
    pub(super) ours: Tally<IpAddr>,
    pub(super) names: Tally<String>,
    pub(super) parts: Parts,
}

impl<D: Doors> Lender<D> {
    pub(super) fn new(doors: D, peers: Peers, quotas: Quotas, tickets: Tickets) -> Self {
        Lender {
            doors,
            peers,
            quotas,
            tickets,
            strangers: Strangers::new(RandomState::new()),
            lent: HashMap::new(),
            borrowers: HashMap::new(),
            ours: Tally::new(),
            names: Tally::new(),
            parts: Parts::default(),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.lent.len()
    }

    pub(super) fn lends_to(&self, client: Client) -> bool {
        self.lent.contains_key(&client)
    }

    /// One whole message or packet of a client.
    pub(super) fn hear(&mut self, now: Now, client: Client, said: &[u8]) -> Deed<D::Door> {
        match said.first() {
            Some(0..=3) => self.message(now, client, said),
            Some(_) => self.packet(now, client, said).unwrap_or(Deed::Nothing),
            None => Deed::Nothing,
        }
    }

    /// A packet that came in by the door to that address.
    pub(super) fn hear_peer(
        &mut self,
        now: Now,
        relayed: SocketAddr,
        peer: SocketAddr,
        data: &[u8],
    ) -> Option<(Client, Vec<u8>)> {
        let client = *self.borrowers.get(&relayed)?;
        let lent = self.lent.get_mut(&client)?;
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        if !lent.is_permitted(now.steady, peer.ip()) {
            return None;
        }
        let may = lent.may_receive(now.steady, data.len(), &self.quotas);
        let (parts, from) = (&mut self.parts, Network::of(client.at.ip()));
        let may = may.and_then(|()| parts.carry(now.steady, from, data.len(), &self.quotas));
        if let Err(why) = may {
            metrics::dropped(Lost::Relay, why);
            return None;
        }
        let wrapped = lent.wrap(now.steady, peer, data)?;
        metrics::LENDING.received(data.len());
        Some((client, wrapped))
    }

    /// The client's connection has ended, or its time.
    pub(super) fn end(&mut self, client: Client) {
        if let Some(lent) = self.lent.remove(&client) {
            self.borrowers.remove(&lent.relayed);
            self.ours.take_off(&lent.relayed.ip());
            self.names.take_off(&lent.by.name);
            self.parts.give_back(Network::of(client.at.ip()));
            metrics::LENDING.lend(self.lent.len());
        }
    }

    /// To be called every few seconds.
    pub(super) fn sweep(&mut self, now: Now) {
        let ended = |lent: &Lent<D::Door>| lent.has_ended(now.steady);
        let ended: Vec<Client> = self
            .lent
            .iter()
            .filter_map(|(client, lent)| ended(lent).then_some(*client))
            .collect();
        for client in ended {
            self.end(client);
        }
        for lent in self.lent.values_mut() {
            lent.sweep(now.steady);
        }
        self.parts.sweep(now.steady, &self.quotas);
    }

    fn message(&mut self, now: Now, client: Client, said: &[u8]) -> Deed<D::Door> {
        let Ok(message) = Message::from_bytes(said) else {
            return Deed::Nothing;
        };
        let length = MessageHeader::from_bytes(said).map(|it| usize::from(it.data_length()));
        if length.ok() != said.len().checked_sub(MessageHeader::LENGTH) {
            return Deed::Nothing;
        }
        match (message.class(), message.method()) {
            (MessageClass::Indication, SEND) => self
                .indication(now, client, &message)
                .unwrap_or(Deed::Nothing),
            (MessageClass::Request, BINDING) => self.answer_stranger(now, client, || {
                let seen = XorMappedAddress::new(client.address(), message.transaction_id());
                answer::yes(&message, &[&seen], None)
            }),
            (MessageClass::Request, ALLOCATE | REFRESH | CREATE_PERMISSION | CHANNEL_BIND) => {
                match self.who(now, client, &message) {
                    Ok(asked) => Deed::Answer(self.request(&asked)),
                    Err(answer) => self.answer_stranger(now, client, || answer),
                }
            }
            _ => Deed::Nothing,
        }
    }

    fn answer_stranger(
        &mut self,
        now: Now,
        client: Client,
        answer: impl FnOnce() -> Vec<u8>,
    ) -> Deed<D::Door> {
        let strangers = &mut self.strangers;
        match strangers.may_be_answered(now.steady, client, &self.quotas) {
            true => Deed::Answer(answer()),
            false => {
                metrics::dropped(Lost::Relay, "too_fast");
                Deed::Nothing
            }
        }
    }

    /// RFC 8489 §9.2.4, or what to answer.
    fn who<'a>(
        &self,
        now: Now,
        client: Client,
        message: &'a Message<'a>,
    ) -> Result<Asked<'a>, Vec<u8>> {
        let ask = |code| answer::who(message, code, &self.tickets.nonce(client.at, now.steady));
        if !message.has_attribute(MessageIntegrity::TYPE) {
            return Err(ask(ErrorCode::UNAUTHORIZED));
        }
        let (Ok(name), Ok(nonce), true) = (
            message.attribute::<Username>(),
            message.attribute::<Nonce>(),
            message.has_attribute(Realm::TYPE),
        ) else {
            return Err(answer::no(message, Refusal::BadRequest, None));
        };
        if !self.tickets.is_fresh(nonce.nonce(), client.at, now.steady) {
            return Err(ask(ErrorCode::STALE_NONCE));
        }
        let name = name.username();
        let key = match self.lent.get(&client) {
            Some(lent) if lent.by.name == name => Some(lent.by.key.clone()),
            Some(_) => return Err(answer::no(message, Refusal::WrongCredentials, None)),
            None => self.tickets.key(name, now.wall),
        };
        let key = key.filter(|key| message.validate_integrity_with_key(key).is_ok());
        let key = key.ok_or_else(|| {
            metrics::dropped(Lost::Relay, "password");
            ask(ErrorCode::UNAUTHORIZED)
        })?;
        Ok(Asked {
            message,
            client,
            name: name.to_owned(),
            key,
            now,
        })
    }

    /// A packet by a channel.
    fn packet(&mut self, now: Now, client: Client, said: &[u8]) -> Option<Deed<D::Door>> {
        let channel = ChannelData::parse(said).ok()?;
        let peer = self.lent.get(&client)?.peer_of(now.steady, channel.id())?;
        let end = CHANNEL_HEADER + channel.data().len();
        self.send(now, client, peer, said, CHANNEL_HEADER..end)
    }

    /// A packet with the peer's address in it.
    fn indication(&mut self, now: Now, client: Client, message: &Message) -> Option<Deed<D::Door>> {
        let peer = message.attribute::<XorPeerAddress>().ok()?;
        let (offset, data) = message.attribute_and_offset::<Data>().ok()?;
        let start = offset + CHANNEL_HEADER;
        let range = start..start + data.data().len();
        let peer = peer.addr(message.transaction_id());
        self.send(now, client, peer, message.as_bytes(), range)
    }

    fn send(
        &mut self,
        now: Now,
        client: Client,
        peer: SocketAddr,
        said: &[u8],
        range: Range<usize>,
    ) -> Option<Deed<D::Door>> {
        let lent = self.lent.get_mut(&client)?;
        let data = said.get(range.clone())?;
        if !lent.is_permitted(now.steady, peer.ip()) {
            return None;
        }
        let may = lent.may_send(now.steady, data.len(), &self.quotas);
        let (parts, from) = (&mut self.parts, Network::of(client.at.ip()));
        let may = may.and_then(|()| parts.carry(now.steady, from, data.len(), &self.quotas));
        if let Err(why) = may {
            metrics::dropped(Lost::Relay, why);
            return None;
        }
        metrics::LENDING.sent(data.len());
        if self.ours.of(&peer.ip()) == 0 {
            // Once more: addresses of this machine come and go.
            let may = self.peers.may(peer.ip()) && peer.port() != 0;
            return may.then(|| Deed::Send(lent.door.clone(), peer, range));
        }
        // From one borrower to another nothing leaves this machine, and nothing else of it is reached.
        let from = lent.relayed;
        let (client, packet) = self.hear_peer(now, peer, from, data)?;
        Some(Deed::Hand(client, packet))
    }
}
