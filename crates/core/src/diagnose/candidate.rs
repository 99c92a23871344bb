//! A browser's line about one of its own addresses, typed to be shown. (`token` packs candidates and
//! throws away what does not travel; here everything a helper asks for is kept.)

use crate::{record, words};
use alloc::string::{String, ToString};

/// A DNS name is no longer, and an address is far shorter.
const LONGEST_ADDRESS: usize = 253;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub kind: Kind,
    pub protocol: Protocol,
    /// IPv4, IPv6 or a made-up `.local` name that hides one.
    pub address: String,
    pub port: u16,
    pub priority: u32,
}

record!(Candidate {
    kind,
    protocol,
    address,
    port,
    priority
});

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Of this device.
    Host,
    /// What a STUN server sees: this network's, from outside.
    Srflx,
    /// The same, learnt from the other side.
    Prflx,
    /// Lent by a TURN server.
    Relay,
}

words!(Kind {
    Host = "host",
    Srflx = "srflx",
    Prflx = "prflx",
    Relay = "relay"
});

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    Udp,
    Tcp,
}

words!(Protocol {
    Udp = "udp",
    Tcp = "tcp"
});

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Host => "host",
            Kind::Srflx => "srflx",
            Kind::Prflx => "prflx",
            Kind::Relay => "relay",
        }
    }
}

impl Protocol {
    pub const fn name(self) -> &'static str {
        match self {
            Protocol::Udp => "UDP",
            Protocol::Tcp => "TCP",
        }
    }
}

impl Candidate {
    /// `candidate:FOUNDATION COMPONENT PROTOCOL PRIORITY ADDRESS PORT typ KIND …` (RFC 8839 §5.1), with
    /// or without `a=`. `None` for the end of candidates and for whatever else is not one.
    pub fn parse(line: &str) -> Option<Candidate> {
        let line = line.strip_prefix("a=").unwrap_or(line);
        let mut words = line.strip_prefix("candidate:")?.split_ascii_whitespace();
        let (_foundation, _component) = (words.next()?, words.next()?);
        let protocol = match words.next()? {
            it if it.eq_ignore_ascii_case("udp") => Protocol::Udp,
            it if it.eq_ignore_ascii_case("tcp") => Protocol::Tcp,
            _ => return None,
        };
        let priority = words.next()?.parse().ok()?;
        let address = words.next().filter(|it| it.len() <= LONGEST_ADDRESS)?;
        let port = words.next()?.parse().ok()?;
        if words.next()? != "typ" {
            return None;
        }
        let kind = match words.next()? {
            "host" => Kind::Host,
            "srflx" => Kind::Srflx,
            "prflx" => Kind::Prflx,
            "relay" => Kind::Relay,
            _ => return None,
        };
        Some(Candidate {
            kind,
            protocol,
            address: address.to_string(),
            port,
            priority,
        })
    }

    /// Address and port, told apart where the address has colons of its own.
    pub fn place(&self) -> String {
        let (address, port) = (self.address.as_str(), self.port.to_string());
        if address.contains(':') {
            ["[", address, "]:", &port].concat()
        } else {
            [address, ":", &port].concat()
        }
    }
}
