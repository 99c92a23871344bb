//! One candidate: out of a browser's line, into a token, and back into a line.

use super::symbols::{Reader, Writer};
use alloc::{format, string::String, vec::Vec};
use core::net::{Ipv4Addr, Ipv6Addr};

/// Candidates that are kept. A seventh would make a QR code harder to read and no call likelier.
pub const MAX_CANDIDATES: usize = 6;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    class: Class,
    address: Address,
    port: u16,
}

/// What it is, as it stands in a token (five bits) and in the order of usefulness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    HostV4 = 0,
    Mdns = 1,
    SrflxV4 = 2,
    HostV6 = 3,
    SrflxV6 = 4,
    RelayV4 = 5,
    RelayV6 = 6,
    TcpV4 = 7,
    TcpV6 = 8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Address {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
    /// The random UUID before `.local`.
    Mdns(u128),
}

/// Version and variant of a random UUID: six bits that are always the same and do not travel.
const UUID_FIXED: u128 = 0x4000_8000_0000_0000_0000;
const UUID_FIXED_MASK: u128 = 0xf000_c000_0000_0000_0000;

impl Class {
    const ALL: [Class; 9] = [
        Class::HostV4,
        Class::Mdns,
        Class::SrflxV4,
        Class::HostV6,
        Class::SrflxV6,
        Class::RelayV4,
        Class::RelayV6,
        Class::TcpV4,
        Class::TcpV6,
    ];

    fn type_text(self) -> &'static str {
        match self {
            Class::HostV4 | Class::HostV6 | Class::Mdns | Class::TcpV4 | Class::TcpV6 => "host",
            Class::SrflxV4 | Class::SrflxV6 => "srflx",
            Class::RelayV4 | Class::RelayV6 => "relay",
        }
    }

    fn is_tcp(self) -> bool {
        matches!(self, Class::TcpV4 | Class::TcpV6)
    }
}

impl Candidate {
    /// Reads what follows `a=candidate:`. None for what a token has no use for: other components,
    /// TCP active (it has no port that anyone could reach), names that are not mDNS, zones.
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace().skip(1);
        if words.next()? != "1" {
            return None;
        }
        let transport = words.next()?;
        let (address, port) = (words.nth(1)?, words.next()?);
        let address = address_of(address)?;
        let port = port.parse().ok().filter(|port| *port != 0)?;
        if words.next()? != "typ" {
            return None;
        }
        let kind = words.next()?;
        let tcp = if transport.eq_ignore_ascii_case("udp") {
            false
        } else if transport.eq_ignore_ascii_case("tcp") {
            words.find(|word| *word == "tcptype")?;
            if words.next()? != "passive" {
                return None;
            }
            true
        } else {
            return None;
        };
        let class = match (kind, address, tcp) {
            ("host", Address::V4(_), false) => Class::HostV4,
            ("host", Address::V6(_), false) => Class::HostV6,
            ("host", Address::Mdns(_), false) => Class::Mdns,
            ("srflx", Address::V4(_), false) => Class::SrflxV4,
            ("srflx", Address::V6(_), false) => Class::SrflxV6,
            ("relay", Address::V4(_), false) => Class::RelayV4,
            ("relay", Address::V6(_), false) => Class::RelayV6,
            ("host", Address::V4(_), true) => Class::TcpV4,
            ("host", Address::V6(_), true) => Class::TcpV6,
            _ => return None,
        };
        Some(Candidate {
            class,
            address,
            port,
        })
    }

    /// The line without `a=`, as the candidate at place `at` (from 0). Foundation and priority are
    /// made up: RFC 8445 §5.1.2.1's type preferences, and the token's order among equals. The related
    /// address is of no use to the other side, but the grammar wants one.
    pub fn line(&self, at: usize) -> String {
        let preference = match self.class.type_text() {
            "host" if self.class.is_tcp() => 90_u32,
            "host" => 126,
            "srflx" => 100,
            _ => 0,
        };
        let priority = preference << 24 | (65_535 - at as u32) << 8 | 255;
        let transport = if self.class.is_tcp() { "tcp" } else { "udp" };
        let address = match self.address {
            Address::V4(v4) => format!("{v4}"),
            Address::V6(v6) => format!("{v6}"),
            Address::Mdns(uuid) => uuid_text(uuid),
        };
        let rest = match self.class {
            Class::TcpV4 | Class::TcpV6 => " tcptype passive",
            Class::SrflxV4 | Class::RelayV4 => " raddr 0.0.0.0 rport 0",
            Class::SrflxV6 | Class::RelayV6 => " raddr :: rport 0",
            _ => "",
        };
        let (kind, port, foundation) = (self.class.type_text(), self.port, at + 1);
        format!("candidate:{foundation} 1 {transport} {priority} {address} {port} typ {kind}{rest}")
    }

    pub fn write(&self, to: &mut Writer) {
        to.put(self.class as u128, 5);
        match self.address {
            Address::V4(v4) => to.put(u128::from(v4.to_bits()), 32),
            Address::V6(v6) => to.put(v6.to_bits(), 128),
            // Around the two fixed places: 48 bits, (4), 12 bits, (2), 62 bits.
            Address::Mdns(uuid) => {
                to.put(uuid >> 80, 48);
                to.put(uuid >> 64, 12);
                to.put(uuid, 62);
            }
        }
        to.put(u128::from(self.port), 16);
    }

    pub fn read(from: &mut Reader) -> Option<Self> {
        let class = *Class::ALL.get(from.get(5)? as usize)?;
        let address = match class {
            Class::HostV4 | Class::SrflxV4 | Class::RelayV4 | Class::TcpV4 => {
                Address::V4(Ipv4Addr::from_bits(from.get(32)? as u32))
            }
            Class::HostV6 | Class::SrflxV6 | Class::RelayV6 | Class::TcpV6 => {
                Address::V6(Ipv6Addr::from_bits(from.get(128)?))
            }
            Class::Mdns => Address::Mdns(
                from.get(48)? << 80 | from.get(12)? << 64 | from.get(62)? | UUID_FIXED,
            ),
        };
        let port = from.get(16)? as u16;
        (port != 0).then_some(Candidate {
            class,
            address,
            port,
        })
    }
}

/// The most useful, doubles dropped: the first of each class, then the second of each and so on until
/// there are enough; a laptop with six virtual networks keeps its public address this way. Listed by
/// class: host (IPv4, mDNS), srflx, IPv6, relay, TCP.
pub fn choose(all: Vec<Candidate>) -> Vec<Candidate> {
    let mut chosen: Vec<(usize, Candidate)> = Vec::new();
    for candidate in all {
        if !chosen.iter().any(|(_, known)| *known == candidate) {
            let turn = chosen
                .iter()
                .filter(|(_, known)| known.class == candidate.class)
                .count();
            chosen.push((turn, candidate));
        }
    }
    order(&mut chosen, |(turn, candidate)| {
        (*turn, candidate.class as usize)
    });
    chosen.truncate(MAX_CANDIDATES);
    order(&mut chosen, |(turn, candidate)| {
        (candidate.class as usize, *turn)
    });
    chosen.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Sorts a short list: a hundred bytes of code where the standard library's sort has five thousand.
fn order(list: &mut [(usize, Candidate)], key: fn(&(usize, Candidate)) -> (usize, usize)) {
    for sorted in 1..list.len() {
        for at in (1..=sorted).rev() {
            if key(&list[at - 1]) > key(&list[at]) {
                list.swap(at - 1, at);
            }
        }
    }
}

fn address_of(text: &str) -> Option<Address> {
    if let Some(uuid) = text.strip_suffix(".local") {
        return uuid_of(uuid).map(Address::Mdns);
    }
    if let Ok(v4) = text.parse() {
        return Some(Address::V4(v4));
    }
    text.parse().ok().map(Address::V6)
}

fn uuid_of(text: &str) -> Option<u128> {
    let uuid =
        (text.len() == 36).then(|| u128::from_str_radix(&text.replace('-', ""), 16).ok())??;
    let is_random = uuid & UUID_FIXED_MASK == UUID_FIXED;
    // Spelt as it will be spelt again: the name must resolve.
    (is_random && uuid_text(uuid).strip_suffix(".local") == Some(text)).then_some(uuid)
}

fn uuid_text(uuid: u128) -> String {
    let hex = format!("{uuid:032x}");
    let (a, b, c, d, e) = (
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    );
    format!("{a}-{b}-{c}-{d}-{e}.local")
}
