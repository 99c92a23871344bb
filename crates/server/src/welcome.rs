//! The first words: where the server is, for scripts on standard output, and for people with telephones
//! as codes to scan and what to do about a certificate that nobody knows.

use duologue_server::{
    AUTHORITY,
    tls::{self, Tls},
    turn::Lending,
};
use qrcodegen::{QrCode, QrCodeEcc};
use std::{
    io::{self, IsTerminal, Write},
    net::{IpAddr, SocketAddr},
};

/// How the server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
    /// By a certificate that browsers warn of.
    OwnHttps,
}

impl Scheme {
    pub fn of(tls: Option<&Tls>) -> Self {
        match tls {
            None => Scheme::Http,
            Some(Tls::Files { .. } | Tls::Acme(_)) => Scheme::Https,
            Some(Tls::SelfSigned { .. }) => Scheme::OwnHttps,
        }
    }

    fn url(self, address: SocketAddr) -> String {
        match self {
            Scheme::Http => format!("http://{address}"),
            Scheme::Https | Scheme::OwnHttps => format!("https://{address}"),
        }
    }
}

/// One line for each address that was listened on; scripts wait for these lines.
pub(crate) fn say(listening: &[SocketAddr], by: Scheme, relay: Option<&Lending>) {
    let mut out = io::stdout().lock();
    for address in listening {
        writeln!(out, "duologue: listening on {}", by.url(*address)).ok();
    }
    for address in relay.map_or(&[][..], Lending::at) {
        writeln!(out, "duologue: relaying on {address} by udp and tcp").ok();
    }
    // A closed pipe is no reason not to serve.
    out.flush().ok();
    if by == Scheme::OwnHttps {
        let local = tls::addresses();
        let near = reached(listening, &local);
        let text = for_telephones(
            &near,
            tls::hostname().as_deref(),
            io::stderr().is_terminal(),
        );
        write!(io::stderr(), "{text}").ok();
    }
}

/// Where others find it: a machine that listens on all its addresses is at each of them.
fn reached(listening: &[SocketAddr], local: &[IpAddr]) -> Vec<SocketAddr> {
    let mut all = Vec::new();
    for address in listening {
        let here = |ip: &&IpAddr| tls::listens_there(address.ip(), **ip);
        for ip in local.iter().filter(here).filter(|ip| !ip.is_loopback()) {
            let found = SocketAddr::new(*ip, address.port());
            if !all.contains(&found) {
                all.push(found);
            }
        }
    }
    all
}

fn for_telephones(near: &[SocketAddr], host: Option<&str>, with_codes: bool) -> String {
    let Some(first) = near.first() else {
        return "duologue: nothing but this machine reaches these addresses; \
                for telephones: --listen 0.0.0.0:8080\n"
            .to_owned();
    };
    let mut text = String::from("duologue: other devices on this network find it at\n");
    for address in near {
        let url = Scheme::OwnHttps.url(*address);
        text += &format!("\n  {url}\n");
        if with_codes {
            text += &code(&url);
        }
    }
    if let Some(host) = host {
        let port = first.port();
        text += &format!("\n  https://{host}.local:{port} where that name is known\n");
    }
    let url = Scheme::OwnHttps.url(*first);
    text += &format!(
        "\nTheir browsers warn of a certificate that they do not know: it was made by this machine.\n\
         Either go on all the same (Advanced, then Proceed; on an iPhone: Show Details, then visit this\n\
         website), or install this machine's authority once, from {url}{AUTHORITY}:\n\
         \x20 iPhone, iPad: open that address in Safari, then Settings > Profile Downloaded > Install, and\n\
         \x20   General > About > Certificate Trust Settings > switch it on\n\
         \x20 Android: open it, then Settings > Security > Install a certificate > CA certificate\n\
         It can vouch for nothing but machines on networks like this one.\n"
    );
    text
}

/// To be scanned from a terminal: two modules in each character, dark on light whatever its colours are.
fn code(text: &str) -> String {
    const QUIET: i32 = 2;
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Low) else {
        return String::new();
    };
    let is_light = |x, y| !code.get_module(x, y);
    let range = -QUIET..code.size() + QUIET;
    let mut drawn = String::new();
    for y in range.clone().step_by(2) {
        drawn += "  \x1b[97;40m";
        for x in range.clone() {
            drawn.push(match (is_light(x, y), is_light(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        drawn += "\x1b[0m\n";
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(all: &[&str]) -> Vec<SocketAddr> {
        all.iter().map(|it| it.parse().unwrap()).collect()
    }

    #[test]
    fn all_addresses_are_each_of_them() {
        let local: Vec<IpAddr> = ["192.168.1.5", "127.0.0.1", "fd00::5", "::1"]
            .iter()
            .map(|it| it.parse().unwrap())
            .collect();
        let reached = |listening: &[&str]| reached(&addresses(listening), &local);
        assert_eq!(reached(&["0.0.0.0:8080"]), addresses(&["192.168.1.5:8080"]));
        let both = addresses(&["192.168.1.5:8080", "[fd00::5]:8080"]);
        assert_eq!(reached(&["[::]:8080"]), both);
        assert_eq!(reached(&["0.0.0.0:8080", "[::]:8080"]), both);
        assert_eq!(reached(&["127.0.0.1:8080", "[::1]:8080"]), []);
        assert_eq!(reached(&["192.168.1.5:1"]), addresses(&["192.168.1.5:1"]));
    }

    #[test]
    fn telephones_are_told_where_and_what_to_do() {
        let near = addresses(&["192.168.1.5:8080"]);
        let text = for_telephones(&near, Some("kitchen"), false);
        for said in [
            "https://192.168.1.5:8080\n",
            "https://kitchen.local:8080",
            "https://192.168.1.5:8080/authority.crt",
        ] {
            assert!(text.contains(said), "{said} in {text}");
        }
        assert!(!text.contains('\x1b'));
        assert!(for_telephones(&[], None, true).contains("--listen"));
    }

    #[test]
    fn a_code_in_the_terminal_is_the_code() {
        let text = "https://192.168.1.5:8080";
        let code = QrCode::encode_text(text, QrCodeEcc::Low).unwrap();
        let drawn = super::code(text);
        for (row, line) in drawn.lines().enumerate() {
            let line = line
                .trim_start_matches("  \x1b[97;40m")
                .trim_end_matches("\x1b[0m");
            for (column, drawn) in line.chars().enumerate() {
                let (x, y) = (column as i32 - 2, 2 * row as i32 - 2);
                let dark = [code.get_module(x, y), code.get_module(x, y + 1)];
                let meant = [matches!(drawn, ' ' | '▄'), matches!(drawn, ' ' | '▀')];
                assert_eq!(meant, dark, "{x} {y}");
            }
        }
    }
}
