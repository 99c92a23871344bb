//! Who may read the numbers: this machine itself, at the address of the page; or whoever reaches an address
//! of their own. Never, without being asked for it, the open Internet.

use super::text;
use crate::Metrics;
use axum::{
    Router,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use std::net::IpAddr;

/// Headers that a proxy adds: who asks is not who connects.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// The answer at the page's own address. To whoever may not have it, as if there were nothing.
pub(crate) fn answer(who: Metrics, peer: IpAddr, uri: &Uri, headers: &HeaderMap) -> Response {
    match who {
        Metrics::Near if is_this_machine(peer, uri, headers) => numbers(),
        _ => (StatusCode::NOT_FOUND, "not found\n").into_response(),
    }
}

/// At an address of their own.
pub(crate) fn router() -> Router {
    Router::new().route("/metrics", get(async || numbers()))
}

fn numbers() -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text::page()).into_response()
}

/// A connection from here, by a program that asked for here: not a proxy's on behalf of somebody, and not
/// a page's that had its own name lead here.
fn is_this_machine(peer: IpAddr, uri: &Uri, headers: &HeaderMap) -> bool {
    // HTTP/2 says it in the address.
    let asked = match headers.get(header::HOST) {
        Some(host) => host.to_str().unwrap_or_default(),
        None => uri.authority().map_or("", |it| it.as_str()),
    };
    peer.to_canonical().is_loopback()
        && is_loopback(asked)
        && !FORWARDED.iter().any(|it| headers.contains_key(*it))
}

fn is_loopback(host: &str) -> bool {
    let is = |it: &str| {
        let bare = it.trim_start_matches('[').trim_end_matches(']');
        it.eq_ignore_ascii_case("localhost")
            || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    };
    // An address of IPv6 ends in what looks like a port.
    is(host) || host.rsplit_once(':').is_some_and(|(host, _)| is(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_this_machine_is_near() {
        let near = |peer: &str, host: &str, more: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
            if let Some(more) = more {
                headers.insert(more, HeaderValue::from_static("192.0.2.1"));
            }
            is_this_machine(peer.parse().unwrap(), &Uri::default(), &headers)
        };
        for (peer, host) in [
            ("127.0.0.1", "localhost:8080"),
            ("127.0.0.9", "127.0.0.1"),
            ("::1", "[::1]:8080"),
            ("::ffff:127.0.0.1", "[::1]"),
        ] {
            assert!(near(peer, host, None), "{peer} {host}");
            for forwarded in FORWARDED {
                assert!(!near(peer, host, Some(forwarded)), "{forwarded}");
            }
        }
        for (peer, host) in [
            ("192.168.1.5", "localhost:8080"),
            ("::ffff:192.168.1.5", "localhost"),
            ("2001:db8::1", "[::1]"),
            ("127.0.0.1", "calls.example.org"),
            ("127.0.0.1", "localhost.example.org:8080"),
            ("127.0.0.1", "192.168.1.5:8080"),
            ("127.0.0.1", ""),
        ] {
            assert!(!near(peer, host, None), "{peer} {host}");
        }
    }
}
