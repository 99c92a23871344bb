//! What the page is told of the relay inside: by which addresses it is reached. On a network of one's own
//! that is the address by which the page itself came.

use crate::tls;
use std::net::{IpAddr, SocketAddr};

/// Of the relay, for `/config.json`.
#[derive(Clone)]
pub(crate) struct Offer {
    pub(super) secret: String,
    pub(super) at: Vec<SocketAddr>,
    /// By which the rest of the world reaches this machine, if that is known.
    pub(super) addresses: Vec<IpAddr>,
    /// With a certificate that browsers take without a word: for the relay they ask nobody.
    pub(super) has_tls: bool,
}

impl std::fmt::Debug for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a relay at {:?}", self.at)
    }
}

/// What a browser is to be told.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Urls {
    pub stun: Vec<String>,
    pub turn: Vec<String>,
}

impl Offer {
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// `asked` is the host by which the page was asked for.
    pub(crate) fn urls(&self, asked: Option<&str>) -> Urls {
        let asked = asked.map(without_port);
        let hosts = match self.addresses.is_empty() {
            true => {
                let local = tls::addresses();
                near(asked, &self.at, &local, tls::hostname().as_deref())
                    .into_iter()
                    .collect()
            }
            false => self.addresses.iter().map(|it| written(*it)).collect(),
        };
        self.by(&hosts, asked)
    }

    fn by(&self, hosts: &Vec<String>, asked: Option<&str>) -> Urls {
        let mut ports: Vec<u16> = self.at.iter().map(SocketAddr::port).collect();
        ports.sort_unstable();
        ports.dedup();
        let mut urls = Urls::default();
        for port in ports {
            // What is quickest comes first; each is for where those before it are closed.
            for host in hosts {
                urls.stun.push(format!("stun:{host}:{port}"));
                urls.turn.push(format!("turn:{host}:{port}?transport=udp"));
            }
            for host in hosts {
                urls.turn.push(format!("turn:{host}:{port}?transport=tcp"));
            }
            // The certificate is for a name.
            if let Some(name) = asked.filter(|it| self.has_tls && is_name(it)) {
                urls.turn.push(format!("turns:{name}:{port}?transport=tcp"));
            }
        }
        // One answer is enough.
        urls.stun.truncate(1);
        urls
    }
}

/// By which of its own names and addresses this machine is reached for the relay: the one that the page
/// came by, if it is one of them, or else the first that others reach.
fn near(
    asked: Option<&str>,
    at: &[SocketAddr],
    local: &[IpAddr],
    name: Option<&str>,
) -> Option<String> {
    let reached = |ip: &IpAddr| at.iter().any(|it| tls::listens_there(it.ip(), *ip));
    let mut fit = local.iter().copied().filter(reached);
    if let Some(asked) = asked {
        let bare = asked.trim_start_matches('[').trim_end_matches(']');
        let ip: Option<IpAddr> = bare.parse().ok();
        // Browsers look for no relay on the loopback interface.
        if let Some(ip) = ip.filter(|it| !it.is_loopback() && local.contains(it) && reached(it)) {
            return Some(written(ip));
        }
        let short = asked.strip_suffix(".local").unwrap_or(asked);
        if name.is_some_and(|name| name.eq_ignore_ascii_case(short)) {
            return Some(asked.to_ascii_lowercase());
        }
    }
    // Those come with what is nearest to most people first.
    fit.next().map(written)
}

fn written(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((before, port)) if port.bytes().all(|it| it.is_ascii_digit()) => before,
        _ => host,
    }
}

fn is_name(host: &str) -> bool {
    let is_fit = |it: u8| it.is_ascii_alphanumeric() || b"-.".contains(&it);
    host.bytes().all(is_fit) && host.bytes().any(|it| it.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(at: &[&str], addresses: &[&str], has_tls: bool) -> Offer {
        Offer {
            secret: "north".to_owned(),
            at: at.iter().map(|it| it.parse().unwrap()).collect(),
            addresses: addresses.iter().map(|it| it.parse().unwrap()).collect(),
            has_tls,
        }
    }

    #[test]
    fn at_home_the_relay_is_where_the_page_came_from() {
        let local = ["192.168.1.5", "10.0.0.5", "127.0.0.1", "fd00::5", "::1"];
        let local: Vec<IpAddr> = local.iter().map(|it| it.parse().unwrap()).collect();
        let near = |asked: &str, at: &str| {
            let at: SocketAddr = at.parse().unwrap();
            near(Some(without_port(asked)), &[at], &local, Some("kitchen")).unwrap()
        };
        let any = "[::]:3478";
        for (asked, at, expected) in [
            ("192.168.1.5:8443", any, "192.168.1.5"),
            ("10.0.0.5", any, "10.0.0.5"),
            ("[fd00::5]:8443", any, "[fd00::5]"),
            ("Kitchen.local:8443", any, "kitchen.local"),
            ("kitchen", any, "kitchen"),
            // Not ours, not reached, or for nobody else.
            ("192.168.1.6", any, "192.168.1.5"),
            ("evil.example", any, "192.168.1.5"),
            ("a b\"", any, "192.168.1.5"),
            ("localhost:8080", any, "192.168.1.5"),
            ("127.0.0.1:8080", any, "192.168.1.5"),
            ("[::1]", any, "192.168.1.5"),
            ("[fd00::5]", "0.0.0.0:3478", "192.168.1.5"),
            ("192.168.1.5", "10.0.0.5:3478", "10.0.0.5"),
            ("192.168.1.5", "[fd00::5]:3478", "[fd00::5]"),
            ("192.168.1.5", "127.0.0.1:3478", "127.0.0.1"),
        ] {
            assert_eq!(near(asked, at), expected, "{asked} at {at}");
        }
    }

    #[test]
    fn in_the_world_it_is_where_the_host_says_and_by_tls_where_the_certificate_says() {
        let public = ["198.98.1.5", "2a01:db9::5"];
        let urls = offer(&["[::]:3478"], &public, true).urls(Some("calls.example:443"));
        assert_eq!(urls.stun, ["stun:198.98.1.5:3478"]);
        let expected = [
            "turn:198.98.1.5:3478?transport=udp",
            "turn:[2a01:db9::5]:3478?transport=udp",
            "turn:198.98.1.5:3478?transport=tcp",
            "turn:[2a01:db9::5]:3478?transport=tcp",
            "turns:calls.example:3478?transport=tcp",
        ];
        assert_eq!(urls.turn, expected);
        for (has_tls, asked) in [
            (false, "calls.example"),
            (true, "198.98.1.5"),
            (true, "[2a01:db9::5]:443"),
            (true, "calls.example/?#"),
            (true, ""),
        ] {
            let urls = offer(&["[::]:3478"], &public, has_tls).urls(Some(asked));
            assert_eq!(urls.turn, expected[..4], "{asked}");
        }
    }
}
