//! Who may speak as a node: whoever knows the secret of the cluster, if it has one. A tag before each
//! message (HMAC-SHA256) covers the message and the address it was sent to; what carries none, or a
//! wrong one, is no message. Hides nothing: for that, let NATS speak TLS.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const TAG: usize = 32;
/// Of this use of the secret, and no other one.
const PURPOSE: &[u8] = b"duologue node 1\0";

/// Without a secret everybody on the bus is believed.
#[derive(Clone)]
pub(crate) struct Seal(Option<Hmac<Sha256>>);

impl Seal {
    pub(crate) fn new(secret: Option<&[u8]>) -> Self {
        // A key of any length will do.
        Seal(secret.and_then(|it| Hmac::new_from_slice(it).ok()))
    }

    pub(crate) fn close(&self, address: &str, text: &str) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(TAG + text.len());
        if let Some(mac) = self.tag(address, text.as_bytes()) {
            sealed.extend_from_slice(&mac.finalize().into_bytes());
        }
        sealed.extend_from_slice(text.as_bytes());
        sealed
    }

    pub(crate) fn open<'a>(&self, address: &str, sealed: &'a [u8]) -> Option<&'a str> {
        let text = match &self.0 {
            None => sealed,
            Some(_) => {
                let (tag, text) = sealed.split_at_checked(TAG)?;
                // In a time that says nothing about the right tag.
                self.tag(address, text)?.verify_slice(tag).ok()?;
                text
            }
        };
        std::str::from_utf8(text).ok()
    }

    fn tag(&self, address: &str, text: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = self.0.clone()?;
        mac.update(PURPOSE);
        mac.update(address.as_bytes());
        mac.update(b"\0");
        mac.update(text);
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whoever_knows_the_secret_is_understood_and_only_there() {
        let (ours, theirs, open) = (
            Seal::new(Some(b"one")),
            Seal::new(Some(b"two")),
            Seal::new(None),
        );
        let sealed = ours.close("a.b", "{}");
        assert_eq!(ours.open("a.b", &sealed), Some("{}"));
        assert_eq!(ours.open("a.c", &sealed), None, "moved to another address");
        assert_eq!(theirs.open("a.b", &sealed), None);
        assert_eq!(ours.open("a.b", &open.close("a.b", "{}")), None);
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(ours.open("a.b", &altered), None, "byte {at}");
            assert_eq!(ours.open("a.b", &sealed[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn without_a_secret_the_text_travels_as_it_is() {
        let open = Seal::new(None);
        assert_eq!(open.close("a", "{}"), b"{}");
        assert_eq!(open.open("a", b"{}"), Some("{}"));
        assert_eq!(open.open("a", &[0xff]), None);
    }
}
