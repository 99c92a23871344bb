//! What this machine is called by others near it.

use std::net::IpAddr;

/// Of all interfaces, without those that no browser can be sent to: IPv6 addresses that need a zone, and
/// the changing ones of the open Internet. What is nearest to most people first.
pub fn addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut all: Vec<IpAddr> = interfaces
        .iter()
        .map(if_addrs::Interface::ip)
        .filter(|ip| match ip {
            IpAddr::V4(ip) => !ip.is_link_local(),
            IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
        })
        .collect();
    all.sort_by_key(|ip| (ip.is_loopback(), ip.is_ipv6(), *ip));
    all.dedup();
    all
}

/// Whether somebody who listens on `listening` is reached at that address of this machine.
pub fn listens_there(listening: IpAddr, ip: IpAddr) -> bool {
    match listening {
        // All of IPv6 take those of IPv4 along.
        IpAddr::V6(any) if any.is_unspecified() => true,
        IpAddr::V4(any) if any.is_unspecified() => ip.is_ipv4(),
        one => one == ip,
    }
}

/// As it calls itself, if others could call it that: letters, digits and hyphens.
pub fn hostname() -> Option<String> {
    let name = gethostname::gethostname().into_string().ok()?;
    let first = name.split('.').next()?.to_ascii_lowercase();
    let is_fit = |it: char| it.is_ascii_alphanumeric() || it == '-';
    let fits = (1..=63).contains(&first.len()) && first.chars().all(is_fit);
    fits.then_some(first)
}
