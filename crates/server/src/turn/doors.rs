//! The sockets that are lent: one for each, at a port that nobody can guess, with a task that reads it.
//! A socket is closed, and its task ends, when the lender drops its door.

use super::{
    hall::{Hall, MOST},
    lender::{Client, Doors, Shut},
};
use crate::{listen::BREATHER, tls};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    ops::RangeInclusive,
    sync::{Arc, Weak},
};
use tokio::{net::UdpSocket, task::AbortHandle, time::sleep};

/// Ports that are tried before it is said that there are none.
const TRIES: u32 = 64;

pub(super) struct Sockets {
    /// By which this machine is reached from outside; none on a network of one's own.
    addresses: Vec<IpAddr>,
    ports: RangeInclusive<u16>,
    hall: Weak<Hall>,
}

#[derive(Clone)]
pub(super) struct Door {
    socket: Arc<UdpSocket>,
    _reader: Arc<Reader>,
}

struct Reader(AbortHandle);

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Door {
    /// A packet that finds no room is lost, like any other on its way.
    pub(super) fn send(&self, to: SocketAddr, data: &[u8]) {
        self.socket.try_send_to(data, to).ok();
    }
}

impl Sockets {
    pub(super) fn new(
        addresses: Vec<IpAddr>,
        ports: RangeInclusive<u16>,
        hall: Weak<Hall>,
    ) -> Self {
        Sockets {
            addresses,
            ports,
            hall,
        }
    }

    /// At any of the ports, from a random one on.
    fn bind(&self, ip: IpAddr) -> io::Result<UdpSocket> {
        let (first, last) = (u32::from(*self.ports.start()), u32::from(*self.ports.end()));
        let size = (last + 1).saturating_sub(first).max(1);
        let start = getrandom::u32()? % size;
        let mut failed = io::ErrorKind::AddrInUse.into();
        for n in 0..TRIES.min(size) {
            let port = u16::try_from(first + (start + n) % size).unwrap_or(*self.ports.start());
            match std::net::UdpSocket::bind((ip, port)) {
                Ok(socket) => {
                    socket.set_nonblocking(true)?;
                    return UdpSocket::from_std(socket);
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => failed = error,
                Err(error) => return Err(error),
            }
        }
        Err(failed)
    }
}

impl Doors for Sockets {
    type Door = Door;

    fn open(&mut self, wants_ipv6: bool, client: Client) -> Result<(Door, SocketAddr), Shut> {
        let local = tls::addresses();
        let lent = match self.addresses.is_empty() {
            true => near(&local, client.at.ip().to_canonical(), wants_ipv6),
            false => self
                .addresses
                .iter()
                .copied()
                .find(|it| it.is_ipv6() == wants_ipv6),
        };
        let lent = lent.ok_or(Shut::Family)?;
        // One that stands for this machine outside is on no interface.
        let socket = match self.bind(lent) {
            Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => {
                self.bind(match lent {
                    IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
                    IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
                })
            }
            bound => bound,
        };
        let socket = Arc::new(socket.map_err(|_| Shut::Full)?);
        let port = socket.local_addr().map_err(|_| Shut::Full)?.port();
        let relayed = SocketAddr::new(lent, port);
        let reader = tokio::spawn(read(socket.clone(), relayed, self.hall.clone()));
        let door = Door {
            socket,
            _reader: Arc::new(Reader(reader.abort_handle())),
        };
        Ok((door, relayed))
    }
}

/// The address of ours that most likely is on the client's network: the one that looks most like the
/// client's own.
fn near(local: &[IpAddr], client: IpAddr, wants_ipv6: bool) -> Option<IpAddr> {
    let alike = |ip: &IpAddr| match (ip, client) {
        (IpAddr::V4(ip), IpAddr::V4(client)) => {
            (u32::from(*ip) ^ u32::from(client)).leading_zeros()
        }
        (IpAddr::V6(ip), IpAddr::V6(client)) => {
            (u128::from(*ip) ^ u128::from(client)).leading_zeros()
        }
        _ => 0,
    };
    let fit = local.iter().filter(|it| it.is_ipv6() == wants_ipv6);
    // Nobody else reaches a loopback address. The first of several is the one that most people are near.
    let rank = |ip: &&IpAddr| (!ip.is_loopback(), alike(ip));
    fit.rev().max_by_key(rank).copied()
}

async fn read(socket: Arc<UdpSocket>, relayed: SocketAddr, hall: Weak<Hall>) {
    let mut packet = vec![0; MOST + 1];
    loop {
        let (length, peer) = match socket.recv_from(&mut packet).await {
            Ok(received) => received,
            // What a packet before has met with on its way.
            Err(_) => {
                sleep(BREATHER).await;
                continue;
            }
        };
        let Some(hall) = hall.upgrade() else { return };
        if length <= MOST {
            hall.hear_peer(relayed, peer, &packet[..length]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_near_borrows_an_address_that_is_near() {
        let local = [
            "10.1.2.3",
            "192.168.1.5",
            "127.0.0.1",
            "fd00::5",
            "fd77::5",
            "::1",
        ];
        let local: Vec<IpAddr> = local.iter().map(|it| it.parse().unwrap()).collect();
        let lent = |client: &str, wants_ipv6| {
            near(&local, client.parse().unwrap(), wants_ipv6).map(|it| it.to_string())
        };
        for (client, wants_ipv6, expected) in [
            ("192.168.1.9", false, "192.168.1.5"),
            ("10.9.9.9", false, "10.1.2.3"),
            ("fd77::9", true, "fd77::5"),
            ("fd77::9", false, "10.1.2.3"),
            ("127.0.0.1", true, "fd00::5"),
        ] {
            assert_eq!(lent(client, wants_ipv6).unwrap(), expected, "{client}");
        }
        assert_eq!(near(&local[..3], local[0], true), None);
        assert_eq!(near(&local[2..3], local[0], false), Some(local[2]));
    }
}
