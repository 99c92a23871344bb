//! Which addresses are one somebody's, and which are nobody's in particular. Pure; for all who count by
//! address, and for all who ask whether one is near.

use ipnet::Ipv4Net;
use std::net::{IpAddr, Ipv4Addr};

/// In every house and every office, and behind the translators of those who sell access.
pub(crate) const PRIVATE_V4: [Ipv4Net; 4] = [
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([172, 16, 0, 0], 12),
    v4([192, 168, 0, 0], 16),
];

pub(crate) const fn v4(it: [u8; 4], bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(it[0], it[1], it[2], it[3]), bits)
}

/// As far as one person can be told from another by an address: whoever has an IPv6 address has 2^64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Network {
    V4(Ipv4Addr),
    V6([u8; 8]),
    /// A /48, which providers give to whoever asks: 65,536 of those above.
    Site([u8; 6]),
    Everywhere,
}

impl Network {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Network::V4(address),
            IpAddr::V6(address) => {
                let mut half = [0; 8];
                half.copy_from_slice(&address.octets()[..8]);
                Network::V6(half)
            }
        }
    }

    /// That of an address, and those that it is a part of. Nobody has many of IPv4 for nothing.
    pub(crate) fn around(address: IpAddr) -> [Option<Self>; 3] {
        let network = Network::of(address);
        let site = match network {
            Network::V6([a, b, c, d, e, f, ..]) => Some(Network::Site([a, b, c, d, e, f])),
            _ => None,
        };
        [Some(network), site, Some(Network::Everywhere)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_and_of_ipv6_half_of_it_is() {
        let network = |text: &str| Network::of(text.parse().unwrap());
        for (one, other, same) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true),
            ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
            ("2001:db8::1", "192.0.2.1", false),
        ] {
            assert_eq!(network(one) == network(other), same, "{one} and {other}");
        }
    }
}
