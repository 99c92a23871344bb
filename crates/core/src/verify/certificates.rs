//! The two certificates that DTLS really used on a connection. One's own is read from one's own
//! description, which nobody else wrote. The other side's is what the transport saw, where a browser
//! tells that. Where it does not, it is what the description named that the connection was made with:
//! whoever wrote that one, browsers speak to nobody whose certificate is another (RFC 8122, 6.2).

use alloc::{string::String, vec::Vec};
use sha2::{Digest, Sha256};

/// SHA-256 of a certificate in DER.
pub type Fingerprint = [u8; 32];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certificates {
    pub own: Fingerprint,
    pub theirs: Fingerprint,
}

/// What a browser tells of the other side's certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Theirs {
    /// In DER, as each transport of the connection saw it.
    Seen(Vec<Option<Vec<u8>>>),
    /// The description that the connection was made with.
    Named(String),
}

impl Certificates {
    /// `None` where any of them is not known, or is another one than the rest: sound that went by another
    /// transport than these words could go to somebody else.
    pub fn of(own_sdp: &str, theirs: &Theirs) -> Option<Certificates> {
        let theirs = match theirs {
            Theirs::Seen(all) => one(all.iter().map(|der| {
                let der = der.as_deref().filter(|der| !der.is_empty());
                der.map(fingerprint)
            })),
            Theirs::Named(sdp) => one(fingerprints(sdp)),
        };
        Some(Certificates {
            own: one(fingerprints(own_sdp))?,
            theirs: theirs?,
        })
    }
}

fn fingerprint(der: &[u8]) -> Fingerprint {
    Sha256::digest(der).into()
}

/// The one that all of them are.
fn one(mut all: impl Iterator<Item = Option<Fingerprint>>) -> Option<Fingerprint> {
    let first = all.next()??;
    all.all(|it| it == Some(first)).then_some(first)
}

fn fingerprints(sdp: &str) -> impl Iterator<Item = Option<Fingerprint>> {
    let lines = sdp.lines().map(str::trim);
    lines.filter_map(|line| line.strip_prefix("a=fingerprint:").map(bytes))
}

/// `sha-256 12:AB:…`
fn bytes(value: &str) -> Option<Fingerprint> {
    let (kind, text) = value.split_once(' ')?;
    let mut pairs = text.split(':');
    let mut fingerprint = [0; 32];
    for byte in &mut fingerprint {
        let pair = pairs.next().filter(|it| it.len() == 2)?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    let whole = pairs.next().is_none() && kind.eq_ignore_ascii_case("sha-256");
    whole.then_some(fingerprint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn sdp(fingerprints: &[&[u8]]) -> String {
        let line = |der: &&[u8]| {
            let hex: Vec<String> = fingerprint(der)
                .iter()
                .map(|it| format!("{it:02X}"))
                .collect();
            format!("m=audio 9\r\na=fingerprint:sha-256 {}\r\n", hex.join(":"))
        };
        fingerprints.iter().map(line).collect()
    }

    fn seen(all: &[Option<&[u8]>]) -> Theirs {
        Theirs::Seen(all.iter().map(|it| it.map(<[u8]>::to_vec)).collect())
    }

    #[test]
    fn both_certificates_are_the_ones_that_were_used() {
        let (own, theirs) = (fingerprint(b"mine"), fingerprint(b"yours"));
        for told in [
            seen(&[Some(b"yours"), Some(b"yours")]),
            Theirs::Named(sdp(&[b"yours", b"yours"])),
        ] {
            let used = Certificates::of(&sdp(&[b"mine", b"mine"]), &told);
            assert_eq!(used, Some(Certificates { own, theirs }));
        }
    }

    #[test]
    fn what_is_unknown_or_goes_to_two_ends_is_not_taken() {
        let mine = || sdp(&[b"mine"]);
        for (sdp, theirs) in [
            (mine(), seen(&[])),
            (mine(), seen(&[None])),
            (mine(), seen(&[Some(b"")])),
            (mine(), seen(&[Some(b"one"), None])),
            // Words by one way, pictures by another.
            (mine(), seen(&[Some(b"one"), Some(b"two")])),
            (mine(), Theirs::Named(sdp(&[b"one", b"two"]))),
            (mine(), Theirs::Named(String::new())),
            (mine(), Theirs::Named("a=fingerprint:sha-1 00:11".into())),
            (sdp(&[b"mine", b"other"]), seen(&[Some(b"one")])),
            (String::new(), seen(&[Some(b"one")])),
            ("a=fingerprint:sha-1 00:11".into(), seen(&[Some(b"one")])),
            ("a=fingerprint:sha-256 0:1".into(), seen(&[Some(b"one")])),
            ("a=fingerprint:sha-256".into(), seen(&[Some(b"one")])),
        ] {
            assert_eq!(Certificates::of(&sdp, &theirs), None, "{sdp:?}, {theirs:?}");
        }
    }
}
