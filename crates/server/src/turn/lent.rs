//! One address that is lent to one client: until when, to whom the client may send from it, and by which
//! short numbers (channels). Everything in it ends by itself.

use super::{
    answer::Refusal,
    quota::{Flow, Quotas, TooMuch},
};
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    time::Duration,
};
use stun_types::{
    message::{IntegrityKey, Message, MessageWriteVec, TransactionId},
    prelude::{MessageWrite, MessageWriteExt},
};
use turn_types::{
    attribute::{Data, XorPeerAddress},
    channel::ChannelData,
    message::DATA,
};

/// RFC 8656 §9, §12 and §3.2.
const PERMISSION: Duration = Duration::from_secs(300);
const CHANNEL: Duration = Duration::from_secs(600);
const SHORTEST: u64 = 600;
const LONGEST: u64 = 3_600;
const NUMBERS: RangeInclusive<u16> = 0x4000..=0x4fff;
/// Of a packet in a channel: its number and length.
pub(super) const CHANNEL_HEADER: usize = 4;

/// By whom an address is borrowed, and how.
pub(super) struct Borrower {
    pub name: String,
    /// What the name signs with. Kept, because a call may last longer than its ticket.
    pub key: IntegrityKey,
    /// The request that got the address. By UDP it may come twice.
    pub asked: TransactionId,
}

pub(super) struct Lent<D> {
    pub door: D,
    pub relayed: SocketAddr,
    pub by: Borrower,
    opened: Duration,
    ends: Duration,
    sent: Flow,
    received: Flow,
    permissions: HashMap<IpAddr, Duration>,
    channels: HashMap<u16, (SocketAddr, Duration)>,
    numbers: HashMap<SocketAddr, u16>,
}

impl<D> Lent<D> {
    pub(super) fn new(now: Duration, door: D, relayed: SocketAddr, by: Borrower) -> Self {
        Lent {
            door,
            relayed,
            by,
            opened: now,
            ends: now,
            sent: Flow::default(),
            received: Flow::default(),
            permissions: HashMap::new(),
            channels: HashMap::new(),
            numbers: HashMap::new(),
        }
    }

    pub(super) fn has_ended(&self, now: Duration) -> bool {
        self.ends <= now
    }

    /// For so many seconds from now, which are returned.
    pub(super) fn renew(&mut self, now: Duration, asked: Option<u32>, quotas: &Quotas) -> u32 {
        let seconds = asked.map_or(SHORTEST, |it| u64::from(it).clamp(SHORTEST, LONGEST));
        let last = self.opened + quotas.lifetime;
        self.ends = (now + Duration::from_secs(seconds)).min(last);
        u32::try_from(self.ends.saturating_sub(now).as_secs()).unwrap_or(0)
    }

    pub(super) fn is_of_family(&self, ip: IpAddr) -> bool {
        self.relayed.is_ipv4() == ip.is_ipv4()
    }

    /// All of them or none.
    pub(super) fn permit(
        &mut self,
        now: Duration,
        ips: &[IpAddr],
        quotas: &Quotas,
    ) -> Result<(), Refusal> {
        self.sweep(now);
        let fresh = ips.iter().filter(|it| !self.permissions.contains_key(it));
        if self.permissions.len() + fresh.count() > quotas.peers {
            return Err(Refusal::InsufficientCapacity);
        }
        let until = now + PERMISSION;
        self.permissions.extend(ips.iter().map(|ip| (*ip, until)));
        Ok(())
    }

    pub(super) fn is_permitted(&self, now: Duration, ip: IpAddr) -> bool {
        self.permissions.get(&ip).is_some_and(|until| now < *until)
    }

    /// One number for each peer and one peer for each number, until both end.
    pub(super) fn bind(
        &mut self,
        now: Duration,
        number: u16,
        peer: SocketAddr,
        quotas: &Quotas,
    ) -> Result<(), Refusal> {
        self.sweep(now);
        let bound = self.channels.get(&number).map(|(peer, _)| *peer);
        if !NUMBERS.contains(&number)
            || bound.is_some_and(|it| it != peer)
            || self.numbers.get(&peer).is_some_and(|it| *it != number)
        {
            return Err(Refusal::BadRequest);
        }
        if bound.is_none() && self.channels.len() >= quotas.peers {
            return Err(Refusal::InsufficientCapacity);
        }
        self.permit(now, &[peer.ip()], quotas)?;
        self.channels.insert(number, (peer, now + CHANNEL));
        self.numbers.insert(peer, number);
        Ok(())
    }

    pub(super) fn peer_of(&self, now: Duration, number: u16) -> Option<SocketAddr> {
        let (peer, until) = self.channels.get(&number)?;
        (now < *until).then_some(*peer)
    }

    pub(super) fn may_send(
        &mut self,
        now: Duration,
        bytes: usize,
        quotas: &Quotas,
    ) -> Result<(), TooMuch> {
        may(&mut self.sent, now, bytes, quotas)
    }

    pub(super) fn may_receive(
        &mut self,
        now: Duration,
        bytes: usize,
        quotas: &Quotas,
    ) -> Result<(), TooMuch> {
        may(&mut self.received, now, bytes, quotas)
    }

    /// As the client wants a packet that came from a peer.
    pub(super) fn wrap(&self, now: Duration, peer: SocketAddr, data: &[u8]) -> Option<Vec<u8>> {
        let number = self.numbers.get(&peer).copied();
        match number.filter(|it| self.peer_of(now, *it).is_some()) {
            Some(number) => {
                let mut packet = vec![0; CHANNEL_HEADER + data.len()];
                ChannelData::new(number, data).write_into_unchecked(&mut packet);
                Some(packet)
            }
            None => indication(peer, data),
        }
    }

    pub(super) fn sweep(&mut self, now: Duration) {
        self.permissions.retain(|_, until| now < *until);
        self.channels.retain(|_, (_, until)| now < *until);
        let Lent {
            numbers, channels, ..
        } = self;
        numbers.retain(|_, number| channels.contains_key(number));
    }
}

fn may(flow: &mut Flow, now: Duration, bytes: usize, quotas: &Quotas) -> Result<(), TooMuch> {
    match flow.take(now, bytes, quotas.bytes_of_lent) {
        true => Ok(()),
        false => Err("rate"),
    }
}

fn indication(peer: SocketAddr, data: &[u8]) -> Option<Vec<u8>> {
    let mut packet = Message::builder_indication(DATA, MessageWriteVec::new());
    let peer = XorPeerAddress::new(peer, packet.transaction_id());
    packet.add_attribute(&peer).ok()?;
    packet.add_attribute(&Data::new(data)).ok()?;
    Some(packet.finish())
}
