//! Whom the relay reaches: a table of networks, and this machine's own. Pure, and asked before every
//! packet. Whatever is not plainly somebody else's address on the open Internet, or on a network that
//! this machine is on where that is wanted, is refused: a relay is no way into its host's network.

use crate::network::{PRIVATE_V4, v4};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::{
    io,
    net::{IpAddr, Ipv6Addr},
};

/// How far it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The open Internet, without the networks that this machine is on.
    Internet,
    /// The networks that this machine is on, and nothing else.
    Near,
    /// Both.
    Everywhere,
}

/// Never, whatever was asked for: this machine itself, and what is no single somebody. The last ones are
/// where clouds tell their machines secrets.
const NEVER_V4: [Ipv4Net; 9] = [
    v4([0, 0, 0, 0], 8),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([192, 0, 0, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
    v4([100, 100, 100, 200], 32),
    v4([168, 63, 129, 16], 32),
];

/// The same of IPv6, with all that hides an IPv4 address in one: mapped, compatible, NAT64, 6to4, Teredo.
/// No browser needs those to be reached.
const NEVER_V6: [Ipv6Net; 10] = [
    v6([0, 0, 0, 0, 0, 0, 0, 0], 8),
    v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 32),
    v6([0x100, 0, 0, 0, 0, 0, 0, 0], 8),
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    v6([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16),
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10),
    v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10),
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8),
    v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128),
];

/// Nobody's at all: for examples, and for measuring.
const EXAMPLES_V4: [Ipv4Net; 4] = [
    v4([192, 0, 2, 0], 24),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
];

/// What of IPv6 has been given out to anybody, and of that what is for examples.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);
const EXAMPLES_V6: [Ipv6Net; 2] = [
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];

const fn v6(it: [u16; 8], bits: u8) -> Ipv6Net {
    let ip = Ipv6Addr::new(it[0], it[1], it[2], it[3], it[4], it[5], it[6], it[7]);
    Ipv6Net::new_assert(ip, bits)
}

/// Who may be sent to.
#[derive(Clone, Debug)]
pub struct Peers {
    reach: Reach,
    /// Networks that this machine is on.
    near: Vec<IpNet>,
    /// This machine's addresses, those that stand for it outside, and the networks inside it.
    own: Vec<IpNet>,
}

/// How interfaces are called behind which there are only parts of this machine: containers, machines that
/// it plays.
const INSIDE: [&str; 8] = [
    "br-", "cni", "docker", "lxc", "lxd", "podman", "veth", "virbr",
];

impl Peers {
    pub fn new(reach: Reach, near: Vec<IpNet>, own: Vec<IpNet>) -> Self {
        Peers { reach, near, own }
    }

    /// As the interfaces are now; `outside` stands for this machine too. Whoever cannot see them does not
    /// know whom to keep out of.
    pub fn of_this_machine(reach: Reach, outside: &[IpAddr]) -> io::Result<Self> {
        let interfaces = if_addrs::get_if_addrs()?;
        if interfaces.is_empty() {
            // There is always one, by which it talks to itself.
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut own: Vec<IpNet> = outside.iter().copied().map(IpNet::from).collect();
        let mut near = Vec::new();
        for interface in interfaces {
            let ip = interface.ip();
            let bits = match &interface.addr {
                if_addrs::IfAddr::V4(it) => it.prefixlen,
                if_addrs::IfAddr::V6(it) => it.prefixlen,
            };
            own.push(ip.into());
            let net = IpNet::new(ip, bits).map(|it| it.trunc());
            match INSIDE.iter().any(|it| interface.name.starts_with(it)) {
                true => own.extend(net),
                false => near.extend(net),
            }
        }
        Ok(Peers { reach, near, own })
    }

    /// Those that were found at another look. If there was nothing to be seen, those before stay.
    pub(super) fn renew(&mut self, found: io::Result<Peers>) {
        if let Ok(found) = found {
            *self = found;
        }
    }

    pub fn may(&self, ip: IpAddr) -> bool {
        let never = match ip {
            IpAddr::V4(ip) => NEVER_V4.iter().any(|it| it.contains(&ip)),
            IpAddr::V6(ip) => NEVER_V6.iter().any(|it| it.contains(&ip)),
        };
        if never || self.own.iter().any(|it| it.contains(&ip)) {
            return false;
        }
        if let Some(net) = self.near.iter().find(|it| it.contains(&ip)) {
            return self.reach != Reach::Internet && !is_for_all(net, ip);
        }
        self.reach != Reach::Near && is_public(ip)
    }
}

/// Not one machine of that network, but the network, or all of it.
fn is_for_all(net: &IpNet, ip: IpAddr) -> bool {
    match net {
        IpNet::V4(net) if net.prefix_len() < 31 => {
            ip == IpAddr::V4(net.network()) || ip == IpAddr::V4(net.broadcast())
        }
        IpNet::V4(_) => false,
        // The routers of it (RFC 4291 §2.6.1).
        IpNet::V6(net) => net.prefix_len() < 127 && ip == IpAddr::V6(net.network()),
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let mut nobodys = PRIVATE_V4.iter().chain(&EXAMPLES_V4);
            !nobodys.any(|it| it.contains(&ip))
        }
        IpAddr::V6(ip) => GLOBAL_V6.contains(&ip) && !EXAMPLES_V6.iter().any(|it| it.contains(&ip)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At home, and on the open Internet by one address that is its own and one that stands for it.
    fn peers(reach: Reach) -> Peers {
        let nets = [
            "192.168.1.0/24",
            "198.98.1.0/24",
            "2a01:db9:7::/64",
            "fd12:34::/64",
        ];
        let nets = nets.iter().map(|it| it.parse().unwrap());
        // However an interface is set up, never these.
        let odd = ["127.0.0.0/8", "169.254.0.0/16", "fe80::/64", "::1/128"];
        let odd = odd.iter().map(|it| it.parse().unwrap());
        let own = [
            "192.168.1.5/32",
            "198.98.1.5/32",
            "2a01:db9:7::5/128",
            "fd12:34::5/128",
            "5.5.5.5/32",
        ];
        let own = own.iter().map(|it| it.parse().unwrap()).collect();
        Peers::new(reach, nets.chain(odd).collect(), own)
    }

    const NOBODY: [&str; 65] = [
        // This machine, by every name that it has.
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "192.168.1.5",
        "198.98.1.5",
        "5.5.5.5",
        "::",
        "::1",
        "2a01:db9:7::5",
        "fd12:34::5",
        // Link-local, and what clouds tell there.
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fe80::5efe:a00:1",
        "fec0::1",
        "febf::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        // Everybody at once, and nobody yet.
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "240.0.0.1",
        "192.168.1.0",
        "192.168.1.255",
        "ff02::1",
        "ff0e::1",
        "fd12:34::",
        // Private, elsewhere.
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.2.1",
        "100.64.0.1",
        "100.127.255.255",
        "fc00::1",
        "fd12:35::1",
        "fdff::1",
        // Examples and measurements.
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.7",
        "198.18.0.1",
        "198.19.255.255",
        "2001:db8::1",
        "3fff::1",
        "100::1",
        "5f00::1",
        "4000::1",
        // IPv4 in IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo. Those of strangers too.
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:192.168.1.7",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "::10.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::1",
        "2002:a00:1::",
        "2001::1",
        "2001:0:5ef5:79fb:0:59e3:f5ff:fffe",
    ];
    const NEIGHBOURS: [&str; 6] = [
        "192.168.1.1",
        "192.168.1.254",
        "198.98.1.7",
        "2a01:db9:7::7",
        "fd12:34::1",
        "fd12:34::ffff:ffff:ffff:ffff",
    ];
    const STRANGERS: [&str; 14] = [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.167.255.255",
        "192.169.0.1",
        "223.255.255.254",
        "198.98.2.1",
        "2a01:db9:8::1",
        "2606:4700:4700::1111",
    ];

    #[test]
    fn nobody_gets_into_the_hosts_network_unless_that_is_asked_for() {
        use Reach::{Everywhere, Internet, Near};
        for (addresses, reached_by) in [
            (&NOBODY[..], &[][..]),
            (&NEIGHBOURS, &[Near, Everywhere]),
            (&STRANGERS, &[Internet, Everywhere]),
        ] {
            for reach in [Internet, Near, Everywhere] {
                for address in addresses {
                    let may = peers(reach).may(address.parse().unwrap());
                    assert_eq!(may, reached_by.contains(&reach), "{address} by {reach:?}");
                }
            }
        }
    }

    #[test]
    fn a_look_at_the_interfaces_that_fails_lets_nobody_in() {
        let mut peers = peers(Reach::Internet);
        peers.renew(Err(io::ErrorKind::PermissionDenied.into()));
        for address in NOBODY.iter().chain(&NEIGHBOURS) {
            assert!(!peers.may(address.parse().unwrap()), "{address}");
        }
        peers.renew(Ok(Peers::new(Reach::Internet, Vec::new(), Vec::new())));
        assert!(peers.may(NEIGHBOURS[2].parse().unwrap()), "others by now");
    }

    #[test]
    fn this_machine_never_reaches_itself() {
        let outside = "5.5.5.5".parse().unwrap();
        for reach in [Reach::Internet, Reach::Near, Reach::Everywhere] {
            let peers = Peers::of_this_machine(reach, &[outside]).unwrap();
            assert!(!peers.may(outside), "{reach:?}");
            for interface in if_addrs::get_if_addrs().unwrap() {
                assert!(
                    !peers.may(interface.ip()),
                    "{} by {reach:?}",
                    interface.ip()
                );
            }
        }
    }
}
