//! What is asked for with a password: an address, more time, permission to send to somebody. Each is
//! granted whole or refused with a number that says why.

use super::{
    answer::{self, Refusal},
    lender::{Client, Doors, Lender, Now, Shut},
    lent::{Borrower, Lent},
};
use crate::{
    metrics::{self, Lost},
    network::Network,
};
use std::net::SocketAddr;
use stun_types::{
    attribute::{
        AttributeType, Fingerprint, MessageIntegrity, Nonce, Realm, UnknownAttributes, Username,
        XorMappedAddress,
    },
    message::{IntegrityKey, Message},
    prelude::{Attribute, AttributeFromRaw, AttributeStaticType},
};
use turn_types::{
    AddressFamily,
    attribute::{
        ChannelNumber, Data, Lifetime, RequestedAddressFamily, RequestedTransport, XorPeerAddress,
        XorRelayedAddress,
    },
    message::{ALLOCATE, CREATE_PERMISSION, REFRESH},
};

/// Attributes that are understood, of those that have to be.
const KNOWN: [AttributeType; 11] = [
    Username::TYPE,
    Realm::TYPE,
    Nonce::TYPE,
    MessageIntegrity::TYPE,
    Fingerprint::TYPE,
    Lifetime::TYPE,
    RequestedTransport::TYPE,
    RequestedAddressFamily::TYPE,
    XorPeerAddress::TYPE,
    ChannelNumber::TYPE,
    Data::TYPE,
];

/// A request that somebody with a password has signed.
pub(super) struct Asked<'a> {
    pub message: &'a Message<'a>,
    pub client: Client,
    pub name: String,
    pub key: IntegrityKey,
    pub now: Now,
}

impl<D: Doors> Lender<D> {
    pub(super) fn request(&mut self, asked: &Asked) -> Vec<u8> {
        let (message, key) = (asked.message, Some(&asked.key));
        let types = message.iter_attributes().map(|(_, it)| it.get_type());
        let unknown: Vec<AttributeType> = types
            .filter(|it| it.comprehension_required() && !KNOWN.contains(it))
            .take(8)
            .collect();
        if !unknown.is_empty() {
            return answer::unknown(message, &UnknownAttributes::new(&unknown), key);
        }
        let answer = match message.method() {
            ALLOCATE => self.lend(asked),
            REFRESH => self.refresh(asked),
            CREATE_PERMISSION => self.permit(asked),
            _ => self.bind(asked),
        };
        answer.unwrap_or_else(|why| {
            metrics::dropped(Lost::Relay, why.word());
            answer::no(message, why, key)
        })
    }

    fn lend(&mut self, asked: &Asked) -> Result<Vec<u8>, Refusal> {
        let (message, client, now) = (asked.message, asked.client, asked.now.steady);
        let lifetime = message.attribute::<Lifetime>().ok().map(|it| it.seconds());
        if let Some(lent) = self.lent.get_mut(&client) {
            if lent.by.asked != message.transaction_id() {
                return Err(Refusal::AllocationMismatch);
            }
            // The answer was lost.
            let seconds = lent.renew(now, lifetime, &self.quotas);
            return Ok(lent_to(asked, lent.relayed, seconds));
        }
        let transport = message.attribute::<RequestedTransport>();
        if transport.map_err(|_| Refusal::BadRequest)?.protocol() != RequestedTransport::UDP {
            return Err(Refusal::TransportNotSupported);
        }
        let wants_ipv6 = match message.has_attribute(RequestedAddressFamily::TYPE) {
            false => false,
            true => match message.attribute::<RequestedAddressFamily>() {
                Ok(it) => it.family() == AddressFamily::IPV6,
                Err(_) => return Err(Refusal::FamilyNotSupported),
            },
        };
        let from = Network::of(client.at.ip());
        if self.names.of(&asked.name) >= self.quotas.lent_to_name
            || self.parts.lent_to(from) >= self.quotas.lent_to_address
        {
            return Err(Refusal::QuotaReached);
        }
        if self.lent.len() >= self.quotas.lent {
            return Err(Refusal::InsufficientCapacity);
        }
        let (door, relayed) = self
            .doors
            .open(wants_ipv6, client)
            .map_err(|shut| match shut {
                Shut::Family => Refusal::FamilyNotSupported,
                Shut::Full => Refusal::InsufficientCapacity,
            })?;
        let by = Borrower {
            name: asked.name.clone(),
            key: asked.key.clone(),
            asked: message.transaction_id(),
        };
        let mut lent = Lent::new(now, door, relayed, by);
        let seconds = lent.renew(now, lifetime, &self.quotas);
        self.names.add(asked.name.clone());
        self.parts.lend(from);
        self.ours.add(relayed.ip());
        self.borrowers.insert(relayed, client);
        self.lent.insert(client, lent);
        metrics::LENDING.lend_another(self.lent.len());
        Ok(lent_to(asked, relayed, seconds))
    }

    fn refresh(&mut self, asked: &Asked) -> Result<Vec<u8>, Refusal> {
        let (message, now) = (asked.message, asked.now.steady);
        let lent = self.lent.get_mut(&asked.client);
        let lent = lent.ok_or(Refusal::AllocationMismatch)?;
        if let Ok(family) = message.attribute::<RequestedAddressFamily>()
            && (family.family() == AddressFamily::IPV4) != lent.relayed.is_ipv4()
        {
            return Err(Refusal::PeerFamilyMismatch);
        }
        let seconds = match message.attribute::<Lifetime>().ok().map(|it| it.seconds()) {
            Some(0) => {
                self.end(asked.client);
                0
            }
            wanted => lent.renew(now, wanted, &self.quotas),
        };
        let lifetime = Lifetime::new(seconds);
        Ok(answer::yes(message, &[&lifetime], Some(&asked.key)))
    }

    fn permit(&mut self, asked: &Asked) -> Result<Vec<u8>, Refusal> {
        let message = asked.message;
        let lent = self.lent.get_mut(&asked.client);
        let lent = lent.ok_or(Refusal::AllocationMismatch)?;
        let mut ips = Vec::new();
        for (_, raw) in message.iter_attributes() {
            if raw.get_type() != XorPeerAddress::TYPE {
                continue;
            }
            let peer = XorPeerAddress::from_raw(raw).map_err(|_| Refusal::BadRequest)?;
            let ip = peer.addr(message.transaction_id()).ip();
            if !lent.is_of_family(ip) {
                return Err(Refusal::PeerFamilyMismatch);
            }
            // Where we lend addresses, only those who borrow them are sent to.
            if self.ours.of(&ip) == 0 && !self.peers.may(ip) {
                return Err(Refusal::Forbidden);
            }
            if !ips.contains(&ip) {
                ips.push(ip);
            }
        }
        if ips.is_empty() {
            return Err(Refusal::BadRequest);
        }
        lent.permit(asked.now.steady, &ips, &self.quotas)?;
        Ok(answer::yes(message, &[], Some(&asked.key)))
    }

    fn bind(&mut self, asked: &Asked) -> Result<Vec<u8>, Refusal> {
        let message = asked.message;
        let lent = self.lent.get_mut(&asked.client);
        let lent = lent.ok_or(Refusal::AllocationMismatch)?;
        let bad = |_| Refusal::BadRequest;
        let peer = message.attribute::<XorPeerAddress>().map_err(bad)?;
        let peer = peer.addr(message.transaction_id());
        let number = message.attribute::<ChannelNumber>().map_err(bad)?.channel();
        if !lent.is_of_family(peer.ip()) {
            return Err(Refusal::PeerFamilyMismatch);
        }
        let may = match self.ours.of(&peer.ip()) {
            0 => self.peers.may(peer.ip()),
            _ => self.borrowers.contains_key(&peer),
        };
        if !may {
            return Err(Refusal::Forbidden);
        }
        lent.bind(asked.now.steady, number, peer, &self.quotas)?;
        Ok(answer::yes(message, &[], Some(&asked.key)))
    }
}

fn lent_to(asked: &Asked, relayed: SocketAddr, seconds: u32) -> Vec<u8> {
    let id = asked.message.transaction_id();
    let relayed = XorRelayedAddress::new(relayed, id);
    let seen = XorMappedAddress::new(asked.client.address(), id);
    let lifetime = Lifetime::new(seconds);
    answer::yes(
        asked.message,
        &[&relayed, &lifetime, &seen],
        Some(&asked.key),
    )
}
