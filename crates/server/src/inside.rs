//! What the server can be told of its own relay, and what it does where nothing is said.

use crate::args::Secure;
use clap::{Args, ValueEnum};
use duologue_server::turn::{IfBusy, Inside, PORT, PORTS, Quotas, Reach, Whom};
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    ops::RangeInclusive,
};

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Relay")]
pub(crate) struct InsideArgs {
    /// A STUN and TURN server inside, for calls that find no other way. `auto`: on with --relay-address, and
    /// with --tls self-signed for the networks that this machine is on; `private`: reach those networks in
    /// any case; `off`: none.
    #[arg(
        long,
        value_name = "KIND",
        env = "DUOLOGUE_RELAY",
        value_enum,
        default_value = "auto"
    )]
    pub relay: Kind,

    /// By which address the Internet reaches the relay inside; may be repeated, for IPv4 and IPv6.
    #[arg(
        long,
        value_name = "IP",
        env = "DUOLOGUE_RELAY_ADDRESS",
        value_delimiter = ','
    )]
    pub relay_address: Vec<IpAddr>,

    /// Where the relay inside listens, by UDP, TCP and TLS; may be repeated. Without: port 3478 of all
    /// addresses, or of those of --listen on a network of one's own.
    #[arg(
        long,
        value_name = "ADDR",
        env = "DUOLOGUE_RELAY_LISTEN",
        value_delimiter = ','
    )]
    pub relay_listen: Vec<SocketAddr>,

    /// The UDP ports that the relay inside lends; a firewall has to let them in.
    #[arg(
        long,
        value_name = "FIRST-LAST",
        env = "DUOLOGUE_RELAY_PORTS",
        default_value = "49152-65535",
        value_parser = ports
    )]
    pub relay_ports: RangeInclusive<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Auto,
    Private,
    Off,
}

/// What `--relay-ports` takes. Two for each who is relayed, at the least.
fn ports(text: &str) -> Result<RangeInclusive<u16>, String> {
    let wrong = || format!("write it like {}-{}", PORTS.start(), PORTS.end());
    let (first, last) = text.split_once('-').ok_or_else(wrong)?;
    let port = |it: &str| it.parse::<u16>().ok().filter(|it| *it >= 1024);
    match (port(first), port(last)) {
        (Some(first), Some(last)) if last > first => Ok(first..=last),
        _ => Err(wrong()),
    }
}

impl InsideArgs {
    /// The relay to run, if any, beside a server that listens there.
    pub fn inside(
        self,
        listen: &[SocketAddr],
        tls: Option<&Secure>,
        quotas: Quotas,
    ) -> Option<Inside> {
        let is_public = !self.relay_address.is_empty();
        let is_near = self.relay == Kind::Private || tls == Some(&Secure::SelfSigned);
        let (reach, if_busy) = match (self.relay, is_public, is_near) {
            (Kind::Off, _, _) | (_, false, false) => return None,
            (Kind::Private, true, _) => (Reach::Everywhere, IfBusy::Fail),
            (Kind::Auto, true, _) => (Reach::Internet, IfBusy::Fail),
            (_, false, true) => (Reach::Near, IfBusy::TakeAnother),
        };
        let listen = match (self.relay_listen.is_empty(), self.relay, is_public) {
            (false, _, _) => self.relay_listen,
            // Whom nobody else reaches needs no relay.
            (true, Kind::Auto, false) => beside(listen),
            (true, _, _) => vec![SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), PORT)],
        };
        (!listen.is_empty()).then_some(Inside {
            listen,
            if_busy,
            addresses: self.relay_address,
            whom: Whom::Within(reach),
            ports: self.relay_ports,
            quotas,
        })
    }
}

fn beside(listen: &[SocketAddr]) -> Vec<SocketAddr> {
    let others = listen.iter().filter(|it| !it.ip().is_loopback());
    let mut all: Vec<SocketAddr> = others.map(|it| SocketAddr::new(it.ip(), PORT)).collect();
    all.sort_unstable();
    all.dedup();
    // All addresses of IPv6 take those of IPv4 along.
    match all
        .iter()
        .find(|it| it.is_ipv6() && it.ip().is_unspecified())
    {
        Some(any) => vec![*any],
        None => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Alone {
        #[command(flatten)]
        inside: InsideArgs,
    }

    fn inside(words: &[&str], listen: &str, tls: Option<&Secure>) -> Option<Inside> {
        let all = ["duologue"].iter().chain(words);
        let listen = [listen.parse().unwrap()];
        let inside = Alone::parse_from(all).inside;
        inside.inside(&listen, tls, Quotas::default())
    }

    #[test]
    fn the_relay_is_on_where_it_is_of_use_and_reaches_no_further_than_it_should() {
        let own = Secure::SelfSigned;
        let files = Secure::Files("a".into(), "b".into());
        let public = "--relay-address=198.98.1.5";
        let any = "[::]:3478";
        for (words, listen, tls, expected) in [
            (&[][..], "0.0.0.0:8080", None, None),
            (&[], "0.0.0.0:8080", Some(&files), None),
            (&[], "[::]:8443", Some(&own), Some((any, Reach::Near))),
            (
                &[],
                "192.168.1.5:1",
                Some(&own),
                Some(("192.168.1.5:3478", Reach::Near)),
            ),
            (&[], "127.0.0.1:8443", Some(&own), None),
            (&["--relay=off"], "[::]:8443", Some(&own), None),
            (&["--relay=off", public], "[::]:8443", None, None),
            (
                &["--relay=private"],
                "127.0.0.1:1",
                None,
                Some((any, Reach::Near)),
            ),
            (&[public], "127.0.0.1:1", None, Some((any, Reach::Internet))),
            (
                &[public],
                "[::]:8443",
                Some(&own),
                Some((any, Reach::Internet)),
            ),
            (
                &[public, "--relay=private"],
                "[::]:1",
                None,
                Some((any, Reach::Everywhere)),
            ),
            (
                &[public, "--relay-listen=198.98.1.5:443"],
                "[::]:1",
                None,
                Some(("198.98.1.5:443", Reach::Internet)),
            ),
        ] {
            let inside = inside(words, listen, tls).map(|it| match it.whom {
                Whom::Within(reach) => (it.listen[0].to_string(), reach),
                Whom::These(_) => unreachable!("for tests of the relay"),
            });
            let expected = expected.map(|(at, reach)| (at.to_owned(), reach));
            assert_eq!(inside, expected, "{words:?} at {listen} by {tls:?}");
        }
    }

    #[test]
    fn ports_are_a_range_above_those_of_services() {
        assert_eq!(ports("50000-50100"), Ok(50_000..=50_100));
        assert_eq!(ports("49152-65535"), Ok(PORTS));
        for wrong in [
            "50000",
            "50100-50000",
            "1-2000",
            "50000-70000",
            "a-b",
            "5-",
            "",
        ] {
            assert!(ports(wrong).is_err(), "{wrong}");
        }
    }
}
