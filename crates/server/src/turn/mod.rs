//! STUN and TURN inside: a relay for calls that find no other way, by UDP, TCP and TLS on one port. It
//! serves whoever has a ticket that this server made, and reaches nobody in its host's network.
//!
//! | module   | owns |
//! |----------|------|
//! | `answer` | how answers are written |
//! | `doors`  | the sockets that are lent |
//! | `hall`   | who talks to whom: between the sockets and the lender |
//! | `lender` | the rules: what becomes of each message and packet |
//! | `lent`   | one lent address: permissions, channels, its end |
//! | `offer`  | what the page is told of it |
//! | `peers`  | whom it reaches |
//! | `quota`  | how much anybody may have |
//! | `request` | what is asked for with a password |
//! | `stream` | one connection by TCP or TLS |
//! | `ticket` | names, passwords, nonces |

mod answer;
mod doors;
mod hall;
mod lender;
mod lent;
mod offer;
mod peers;
mod quota;
mod request;
mod stream;
mod ticket;

pub(crate) use offer::Offer;
pub use peers::{Peers, Reach};
pub use quota::Quotas;

use crate::{StartError, tls::Secured};
use doors::Sockets;
use hall::Hall;
use lender::Lender;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    ops::RangeInclusive,
    sync::{Arc, Weak},
};
use ticket::Tickets;
use tokio::{
    net::{TcpListener, UdpSocket},
    sync::watch,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// Where nothing else is said, like everywhere (RFC 8656 §2.1).
pub const PORT: u16 = 3478;
/// Which ports are lent, where nothing else is said: those that are nobody's (RFC 6335).
pub const PORTS: RangeInclusive<u16> = 49_152..=65_535;
/// What this protocol is called in a TLS handshake (RFC 7443). Whoever comes to say something else, as a
/// page of another server could be made to, is not let in.
const ALPN: &[u8] = b"stun.turn";
/// Tries to get the same port by UDP and by TCP where any will do.
const TRIES: usize = 20;

/// A relay, as the host wants it.
#[derive(Clone, Debug)]
pub struct Inside {
    pub listen: Vec<SocketAddr>,
    pub if_busy: IfBusy,
    /// By which the rest of the world reaches this machine. None: the addresses of its interfaces are lent.
    pub addresses: Vec<IpAddr>,
    pub whom: Whom,
    pub ports: RangeInclusive<u16>,
    pub quotas: Quotas,
}

/// When somebody else has the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfBusy {
    /// A firewall lets this one through and no other.
    Fail,
    /// Pages are told the port anyway.
    TakeAnother,
}

/// Who can be reached by it.
#[derive(Clone, Debug)]
pub enum Whom {
    /// By the interfaces of this machine, which are looked at again and again.
    Within(Reach),
    /// Whatever the interfaces are; for tests.
    These(Result<Peers, io::ErrorKind>),
}

impl Whom {
    fn now(&self, addresses: &[IpAddr]) -> io::Result<Peers> {
        match self {
            Whom::Within(reach) => Peers::of_this_machine(*reach, addresses),
            Whom::These(peers) => peers.clone().map_err(io::Error::from),
        }
    }
}

/// A relay at work. It ends with the server.
#[derive(Clone)]
pub struct Lending {
    at: Vec<SocketAddr>,
    hall: Weak<Hall>,
}

impl Lending {
    /// In the order of `Inside::listen`, with the ports that were really given, each by UDP and TCP.
    pub fn at(&self) -> &[SocketAddr] {
        &self.at
    }

    /// Addresses that are lent just now.
    pub fn lent(&self) -> usize {
        self.hall.upgrade().map_or(0, |it| it.lent())
    }

    /// Connections by TCP and TLS just now.
    pub fn streams(&self) -> usize {
        self.hall.upgrade().map_or(0, |it| it.streams())
    }
}

/// Binds all of it or nothing, and serves in the background.
pub(crate) async fn open(
    inside: Inside,
    secured: Option<&Secured>,
    stopped: watch::Receiver<bool>,
) -> Result<(Lending, Offer), StartError> {
    let peers = inside.whom.now(&inside.addresses);
    let peers = peers.map_err(StartError::Interfaces)?;
    let mut pairs = Vec::new();
    for address in &inside.listen {
        let bound = bind(*address, inside.if_busy).await;
        pairs.push(bound.map_err(|cause| StartError::Relay(*address, cause))?);
    }
    let failed = |cause| StartError::Relay(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0), cause);
    let at: Result<Vec<_>, _> = pairs.iter().map(|(_, it)| it.local_addr()).collect();
    let at = at.map_err(failed)?;
    let mut keys = [0; 64];
    getrandom::fill(&mut keys).map_err(|error| failed(error.into()))?;
    let (seal, secret) = keys.split_at(32);
    let secret: String = secret.iter().map(|it| format!("{it:02x}")).collect();
    let mut sealed = [0; 32];
    sealed.copy_from_slice(seal);
    let (datagrams, listeners): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();

    let offer = Offer {
        secret: secret.clone(),
        at: at.clone(),
        addresses: inside.addresses.clone(),
        has_tls: secured.is_some_and(|it| it.is_lasting),
    };
    let hall = Arc::new_cyclic(|hall| {
        let doors = Sockets::new(inside.addresses.clone(), inside.ports.clone(), hall.clone());
        let tickets = Tickets::new(secret, sealed);
        let quotas = inside.quotas.clone();
        let lender = Lender::new(doors, peers, quotas.clone(), tickets);
        Hall::new(lender, quotas, datagrams, secured.map(for_relay))
    });
    for (n, listener) in listeners.into_iter().enumerate() {
        tokio::spawn(hall::datagrams(hall.clone(), n, stopped.clone()));
        tokio::spawn(stream::accept(hall.clone(), listener, stopped.clone()));
    }
    let lending = Lending {
        at,
        hall: Arc::downgrade(&hall),
    };
    tokio::spawn(hall::look_after(hall, inside, stopped));
    Ok((lending, offer))
}

fn for_relay(secured: &Secured) -> TlsAcceptor {
    let mut config = ServerConfig::clone(secured.acceptor.config());
    config.alpn_protocols = vec![ALPN.to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// By UDP and TCP, at the same port.
async fn bind(address: SocketAddr, if_busy: IfBusy) -> io::Result<(Arc<UdpSocket>, TcpListener)> {
    let mut address = address;
    let mut tries = 0;
    loop {
        let error = match bind_once(address).await {
            Ok(bound) => return Ok(bound),
            Err(error) => error,
        };
        tries += 1;
        match error.kind() {
            io::ErrorKind::AddrInUse if tries > TRIES => return Err(error),
            io::ErrorKind::AddrInUse if if_busy == IfBusy::TakeAnother => address.set_port(0),
            io::ErrorKind::AddrInUse if address.port() == 0 => {}
            io::ErrorKind::AddrInUse => return Err(error),
            // Where IPv6 is switched off, all addresses are those of IPv4.
            _ if address.ip().is_unspecified() && address.is_ipv6() => {
                address.set_ip(Ipv4Addr::UNSPECIFIED.into());
            }
            _ => return Err(error),
        }
    }
}

async fn bind_once(address: SocketAddr) -> io::Result<(Arc<UdpSocket>, TcpListener)> {
    let listener = TcpListener::bind(address).await?;
    let socket = UdpSocket::bind(listener.local_addr()?).await?;
    Ok((Arc::new(socket), listener))
}
