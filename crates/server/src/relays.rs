//! STUN and TURN servers that the page is told of. A TURN server shares a secret with us, and each visitor
//! gets a name and a password made with it that end by themselves (the TURN REST scheme, which coturn calls
//! `use-auth-secret`). Must never hand out the secret.

use crate::{network::Network, turn::Offer};
use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use std::{
    fmt, fs,
    str::FromStr,
    time::{Duration, SystemTime},
};

/// Longer than a call, and than most tabs stay open.
const GOOD_FOR: Duration = Duration::from_secs(12 * 60 * 60);
/// A name that many share is another one after this time.
const SHARED_FOR: u64 = 60 * 60;

/// All that the page is told of.
#[derive(Clone, Debug)]
pub struct Relays {
    stun: Vec<String>,
    turn: Vec<Turn>,
    /// Our own.
    inside: Option<Offer>,
    /// How long a name is good.
    good_for: Duration,
}

impl Default for Relays {
    fn default() -> Self {
        Relays::of(Vec::new(), Vec::new())
    }
}

/// Under which name somebody may borrow. A relay counts what each name uses.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ticket {
    /// Of their own.
    Own,
    /// The one of all who come from there too fast for one of their own. Whoever asks a thousand times
    /// has no thousand shares.
    Shared(Network),
}

/// One TURN server.
#[derive(Clone, PartialEq, Eq)]
pub struct Turn {
    urls: Vec<String>,
    secret: String,
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} with a secret", self.urls)
    }
}

impl Relays {
    pub fn of(stun: Vec<String>, turn: Vec<Turn>) -> Self {
        Relays {
            stun,
            turn,
            inside: None,
            good_for: GOOD_FOR,
        }
    }

    /// The same, with names that are good for so long.
    pub fn with_names_for(self, good_for: Duration) -> Self {
        Relays { good_for, ..self }
    }

    pub(crate) fn with(self, inside: Offer) -> Self {
        Relays {
            inside: Some(inside),
            ..self
        }
    }

    pub(crate) fn have_passwords(&self) -> bool {
        !self.turn.is_empty() || self.inside.is_some()
    }

    /// As `RTCConfiguration.iceServers` wants it, with relays for whoever has a ticket. `host` is what the
    /// page was asked for by.
    pub(crate) fn offer(
        &self,
        ticket: Option<Ticket>,
        now: SystemTime,
        host: Option<&str>,
    ) -> Value {
        let mut all: Vec<Value> = Vec::new();
        let inside = self.inside.as_ref().map(|it| (it.urls(host), it.secret()));
        let own = inside.iter().flat_map(|(urls, _)| &urls.stun);
        let stun: Vec<&String> = self.stun.iter().chain(own).collect();
        if !stun.is_empty() {
            all.push(json!({ "urls": stun }));
        }
        if let Some(ticket) = ticket {
            let until = now + self.good_for;
            let own = inside.map(|(urls, secret)| Turn {
                urls: urls.turn,
                secret: secret.to_owned(),
            });
            let own = own.filter(|it| !it.urls.is_empty());
            let turn = self.turn.iter().chain(&own);
            all.extend(turn.filter_map(|it| it.offer(ticket, until)));
        }
        all.into()
    }
}

impl Turn {
    fn offer(&self, ticket: Ticket, until: SystemTime) -> Option<Value> {
        let until = until.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
        let name = match ticket {
            Ticket::Own => format!("{until}:{:016x}", getrandom::u64().ok()?),
            Ticket::Shared(network) => {
                let until = until.next_multiple_of(SHARED_FOR);
                // Whoever runs another relay is not to learn from it where people are.
                let blind = password(&self.secret, &format!("{network:?} {until}"));
                let blind = blind.replace(['+', '/', '='], "");
                format!("{until}:s{}", &blind[..16.min(blind.len())])
            }
        };
        let password = password(&self.secret, &name);
        Some(json!({ "urls": self.urls, "username": name, "credential": password }))
    }
}

pub(crate) fn password(secret: &str, name: &str) -> String {
    let mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).map(|mac| {
        let bytes = mac.chain_update(name.as_bytes()).finalize().into_bytes();
        Base64::encode_string(&bytes)
    });
    // A key of any length will do.
    mac.unwrap_or_default()
}

impl FromStr for Turn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write it like turn:turn.example.org?secret=SECRET".to_owned();
        let (place, query) = text.split_once('?').ok_or_else(wrong)?;
        let scheme = host(place, &["turn", "turns"]).ok_or_else(wrong)?;
        let (mut secret, mut transport) = (None, None);
        for part in query.split('&') {
            match part.split_once('=') {
                Some(("secret", it)) => secret = Some(it.to_owned()),
                Some(("secret-file", path)) => {
                    let read = fs::read_to_string(path);
                    let read = read.map_err(|error| format!("cannot read {path}: {error}"))?;
                    secret = Some(read.trim().to_owned());
                }
                Some(("transport", it @ ("udp" | "tcp"))) => transport = Some(it),
                _ => return Err(wrong()),
            }
        }
        let secret = secret.filter(|it| !it.is_empty()).ok_or_else(wrong)?;
        // Where nothing is said: what is quickest, and what gets through where that is closed.
        let transports = match (transport, scheme) {
            (Some(one), _) => vec![one],
            (None, "turns") => vec!["tcp"],
            (None, _) => vec!["udp", "tcp"],
        };
        let urls = transports
            .iter()
            .map(|it| format!("{place}?transport={it}"));
        Ok(Turn {
            urls: urls.collect(),
            secret,
        })
    }
}

/// What `--stun` takes.
pub fn stun(text: &str) -> Result<String, String> {
    let good = host(text, &["stun", "stuns"]).map(|_| text.to_owned());
    good.ok_or_else(|| "write it like stun:turn.example.org:3478".to_owned())
}

/// The scheme, if it is one of these and a host comes after it.
fn host<'a>(text: &'a str, schemes: &[&str]) -> Option<&'a str> {
    let (scheme, place) = text.split_once(':')?;
    let is_fit = |it: char| it.is_ascii_alphanumeric() || "-._:[]".contains(it);
    let fits = !place.is_empty() && !place.starts_with(':') && place.chars().all(is_fit);
    (schemes.contains(&scheme) && fits).then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    fn turn(text: &str) -> Turn {
        text.parse().unwrap()
    }

    #[test]
    fn a_password_is_what_a_relay_reckons_from_the_name() {
        // By `printf NAME | openssl dgst -sha1 -hmac north -binary | base64`.
        assert_eq!(
            password("north", "1795000000:ana"),
            "5HSS5ZfeLigLAbYK27RUXv8Dx3I="
        );
    }

    #[test]
    fn relays_are_for_the_trusted_and_each_has_a_name_of_their_own_that_ends() {
        let relays = Relays::of(
            vec!["stun:a.example".into()],
            vec![turn("turn:a.example:3478?secret=north")],
        );
        let plain = json!([{ "urls": ["stun:a.example"] }]);
        assert_eq!(relays.offer(None, NOW, None), plain);
        let offer = || relays.offer(Some(Ticket::Own), NOW, None);
        let (one, other) = (offer(), offer());
        let urls = json!([
            "turn:a.example:3478?transport=udp",
            "turn:a.example:3478?transport=tcp"
        ]);
        assert_eq!(one[1]["urls"], urls);
        let name = one[1]["username"].as_str().unwrap();
        assert_eq!(name.split_once(':').unwrap().0, "43200");
        assert_ne!(one[1]["username"], other[1]["username"]);
        assert_eq!(one[1]["credential"], password("north", name));
        for said in [one.to_string(), format!("{relays:?}")] {
            assert!(!said.contains("north"), "{said}");
        }
    }

    #[test]
    fn whoever_asks_too_often_shares_a_name_with_those_beside_them_and_nobody_else() {
        let hour = Duration::from_secs(60 * 60);
        let turn = vec![turn("turn:a.example:3478?secret=north")];
        let relays = Relays::of(Vec::new(), turn).with_names_for(2 * hour);
        let name = |address: &str, now| {
            let network = Network::of(address.parse().unwrap());
            let offer = relays.offer(Some(Ticket::Shared(network)), now, None);
            let name = offer[0]["username"].as_str().unwrap().to_owned();
            assert_eq!(offer[0]["credential"], password("north", &name));
            name
        };
        let shared = name("2001:db8::1", NOW);
        assert_eq!(shared.split_once(':').unwrap().0, "7200");
        assert!(shared.len() < 64 && !shared.contains("2001"), "{shared}");
        assert_eq!(name("2001:db8::2", NOW), shared);
        assert_ne!(name("2001:db8:0:1::1", NOW), shared);
        let later = NOW + Duration::from_secs(1);
        assert_eq!(
            name("2001:db8::1", later).split_once(':').unwrap().0,
            "10800"
        );
        assert_eq!(name("2001:db8::1", later), name("2001:db8::3", NOW + hour));
    }

    #[test]
    fn a_transport_that_is_named_is_the_only_one_and_tls_is_tcp() {
        let urls = |text: &str| turn(text).urls;
        assert_eq!(
            urls("turn:[::1]:1?secret=s&transport=tcp"),
            ["turn:[::1]:1?transport=tcp"]
        );
        assert_eq!(
            urls("turns:a.example?secret=s"),
            ["turns:a.example?transport=tcp"]
        );
    }

    #[test]
    fn a_secret_can_stand_in_a_file_and_what_is_no_relay_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        fs::write(&file, "north\n").unwrap();
        let read = turn(&format!("turn:a.example?secret-file={}", file.display()));
        assert_eq!(read, turn("turn:a.example?secret=north"));
        for wrong in [
            "turn:a.example",
            "turn:a.example?secret=",
            "turn:?secret=s",
            "turn::3478?secret=s",
            "http:a.example?secret=s",
            "turn:a.example?secret=s&transport=smoke",
            "turn:a b?secret=s",
            "turn:a.example?secret-file=/nowhere",
        ] {
            assert!(wrong.parse::<Turn>().is_err(), "{wrong}");
        }
        assert!(stun("stun:a.example:3478").is_ok());
        assert!(stun("a.example").is_err() && stun("turn:a.example").is_err());
    }
}
