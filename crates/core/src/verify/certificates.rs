//! The two certificates that DTLS really used on a connection. One's own is read from one's own
//! description, which nobody else wrote; the other side's comes from the transport, never from a
//! description, for that came by a signaller.

use sha2::{Digest, Sha256};

/// SHA-256 of a certificate in DER.
pub type Fingerprint = [u8; 32];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certificates {
    pub own: Fingerprint,
    pub theirs: Fingerprint,
}

impl Certificates {
    /// Of one's own description, and of the other side's certificate on each transport of the
    /// connection. `None` where any of them is not known, or is another one than the rest: sound that
    /// went by another transport than these words could go to somebody else.
    pub fn of<'a>(
        own_sdp: &str,
        theirs: impl IntoIterator<Item = Option<&'a [u8]>>,
    ) -> Option<Certificates> {
        let theirs = theirs
            .into_iter()
            .map(|der| der.filter(|der| !der.is_empty()).map(fingerprint));
        Some(Certificates {
            own: one(fingerprints(own_sdp))?,
            theirs: one(theirs)?,
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
    use alloc::{format, string::String, vec::Vec};

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

    #[test]
    fn both_certificates_are_the_ones_that_were_used() {
        let seen = Certificates::of(&sdp(&[b"mine", b"mine"]), [Some(&b"yours"[..]); 2]);
        let (own, theirs) = (fingerprint(b"mine"), fingerprint(b"yours"));
        assert_eq!(seen, Some(Certificates { own, theirs }));
    }

    #[test]
    fn what_is_unknown_or_goes_to_two_ends_is_not_taken() {
        let (one, two): (&[u8], &[u8]) = (b"one", b"two");
        for (sdp, theirs) in [
            (sdp(&[b"mine"]), alloc::vec![]),
            (sdp(&[b"mine"]), alloc::vec![None]),
            (sdp(&[b"mine"]), alloc::vec![Some(&b""[..])]),
            (sdp(&[b"mine"]), alloc::vec![Some(one), None]),
            // Words by one way, pictures by another.
            (sdp(&[b"mine"]), alloc::vec![Some(one), Some(two)]),
            (sdp(&[b"mine", b"other"]), alloc::vec![Some(one)]),
            (String::new(), alloc::vec![Some(one)]),
            ("a=fingerprint:sha-1 00:11".into(), alloc::vec![Some(one)]),
            ("a=fingerprint:sha-256 0:1".into(), alloc::vec![Some(one)]),
            ("a=fingerprint:sha-256".into(), alloc::vec![Some(one)]),
        ] {
            assert_eq!(Certificates::of(&sdp, theirs), None, "{sdp:?}");
        }
    }
}
