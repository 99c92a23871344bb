//! Who it is that comes through a proxy. Only what a proxy of the host's own says is believed, and of that
//! only what it can know: the address that it was reached from itself.

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Where proxies write it. One of them, for a proxy passes on what it does not know, and then everybody
/// could write it themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Written {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded`, RFC 7239.
    Forwarded,
    /// In no header: the PROXY protocol, before anything else.
    First,
}

/// The proxies that are believed.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    trusted: Vec<Range>,
    written: Written,
}

/// Some addresses, as `192.0.2.0/24`, or one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range(IpNet);

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let one = text.parse::<IpAddr>().map(IpNet::from);
        let range = one.or_else(|_| text.parse::<IpNet>());
        let range = range.map_err(|_| "write it like 127.0.0.1, 10.0.0.0/8 or fd00::/8");
        Ok(Range(range?.trunc()))
    }
}

impl Proxies {
    pub fn trust(trusted: Vec<Range>, written: Written) -> Self {
        Proxies { trusted, written }
    }

    pub(crate) fn is_trusted(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.iter().any(|it| it.0.contains(&address))
    }

    /// Whether connections from there begin with the PROXY protocol.
    pub(crate) fn announces(&self, address: IpAddr) -> bool {
        self.written == Written::First && self.is_trusted(address)
    }

    /// Whose request this is that came from `peer`: each proxy adds whom it was reached from at the end,
    /// so the last that is no proxy of ours is the one. What stands before that, anybody may have written.
    pub(crate) fn visitor(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut visitor = peer.to_canonical();
        if !self.is_trusted(visitor) {
            return visitor;
        }
        let name = match self.written {
            Written::XForwardedFor => X_FORWARDED_FOR,
            Written::Forwarded => header::FORWARDED,
            // It has been said already.
            Written::First => return visitor,
        };
        let lines: Vec<&str> = headers
            .get_all(name)
            .iter()
            .map(|line| line.to_str().unwrap_or(""))
            .collect();
        for said in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            let said = match self.written {
                Written::Forwarded => forwarded(said),
                Written::XForwardedFor | Written::First => address(said),
            };
            // What cannot be read hides whoever stands before it.
            let Some(said) = said else { break };
            visitor = said;
            if !self.is_trusted(visitor) {
                break;
            }
        }
        visitor
    }
}

/// Whether whoever sends this says that it is for somebody else.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    [X_FORWARDED_FOR, header::FORWARDED]
        .iter()
        .any(|it| headers.contains_key(it))
}

/// The address after `for=`.
fn forwarded(element: &str) -> Option<IpAddr> {
    let mut pairs = element.split(';').filter_map(|it| it.split_once('='));
    let (_, node) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(node)
}

/// As proxies write them: bare, in quotes, in brackets, with a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>().ok();
    let address = address.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(|it| it.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn visitor(written: Written, peer: &str, lines: &[(&'static str, &str)]) -> String {
        let trusted = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"].map(|it| it.parse().unwrap());
        let proxies = Proxies::trust(trusted.into(), written);
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let peer = peer.parse().unwrap();
        proxies.visitor(peer, &headers).to_string()
    }

    #[test]
    fn a_header_counts_only_from_our_own_proxies_and_only_from_its_end() {
        for (peer, said, is) in [
            ("192.0.2.9", "198.51.100.1", "192.0.2.9"),
            ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
            // Its own first, as somebody forged it; then what the proxy saw.
            ("127.0.0.1", "203.0.113.7, 198.51.100.1", "198.51.100.1"),
            ("127.0.0.1", "127.0.0.1, 198.51.100.1", "198.51.100.1"),
            // A chain of ours.
            ("127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1"),
            ("127.0.0.1", "198.51.100.1, fd00::1", "198.51.100.1"),
            ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
            ("127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
            ("127.0.0.1", "2001:db8::1", "2001:db8::1"),
            // Somebody inside.
            ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
            ("127.0.0.1", "", "127.0.0.1"),
            ("127.0.0.1", "198.51.100.1, rubbish", "127.0.0.1"),
        ] {
            let found = visitor(Written::XForwardedFor, peer, &[("x-forwarded-for", said)]);
            assert_eq!(found, is, "{said} by {peer}");
        }
    }

    #[test]
    fn several_lines_are_one() {
        let lines = [
            ("x-forwarded-for", "203.0.113.7"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        let found = visitor(Written::XForwardedFor, "127.0.0.1", &lines);
        assert_eq!(found, "198.51.100.1");
    }

    #[test]
    fn the_other_header_is_anybodys() {
        let both = [
            ("forwarded", "for=203.0.113.7"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        let found = visitor(Written::XForwardedFor, "127.0.0.1", &both);
        assert_eq!(found, "198.51.100.1");
        assert_eq!(
            visitor(Written::Forwarded, "127.0.0.1", &both),
            "203.0.113.7"
        );
        assert_eq!(
            visitor(Written::Forwarded, "127.0.0.1", &both[1..]),
            "127.0.0.1"
        );
    }

    #[test]
    fn the_header_of_rfc_7239_is_read_as_its_examples_are() {
        for (said, is) in [
            ("for=192.0.2.43", "192.0.2.43"),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("by=203.0.113.43; for=\"198.51.100.17:80\"", "198.51.100.17"),
            ("for=192.0.2.43, for=198.51.100.17", "198.51.100.17"),
            ("for=198.51.100.17, for=10.0.0.1", "198.51.100.17"),
            ("for=unknown", "127.0.0.1"),
            ("for=\"_gazonk\"", "127.0.0.1"),
            ("proto=https", "127.0.0.1"),
        ] {
            let found = visitor(Written::Forwarded, "127.0.0.1", &[("forwarded", said)]);
            assert_eq!(found, is, "{said}");
        }
    }

    #[test]
    fn a_range_is_an_address_or_a_prefix() {
        for good in ["127.0.0.1", "::1", "10.0.0.0/8", "10.1.2.3/8", "fd00::/8"] {
            assert!(good.parse::<Range>().is_ok(), "{good}");
        }
        for wrong in ["", "localhost", "10.0.0.0/33", "10.0.0/8", "*"] {
            assert!(wrong.parse::<Range>().is_err(), "{wrong}");
        }
        assert_eq!("10.1.2.3/8".parse::<Range>(), "10.0.0.0/8".parse::<Range>());
    }
}
