//! Who may speak as a node: whoever knows the secret of the cluster, if it has one. A tag before each
//! message (HMAC-SHA256) covers the message and the address it was sent to; what carries none, or a
//! wrong one, is no message. Hides nothing: for that, let NATS speak TLS.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::time::{Duration, SystemTime};

const TAG: usize = 32;
/// What is kept by NATS says when it was sealed, and was put there by NATS's own clock a moment later: whoever
/// puts it there again is too late. By so much the clocks of a node and of NATS may differ.
const SKEW: Duration = Duration::from_secs(60);
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

    /// What is to be kept, and not said once: nobody can bring it back later.
    pub(crate) fn close_at(&self, address: &str, now: SystemTime, text: &str) -> Vec<u8> {
        match &self.0 {
            None => text.into(),
            Some(_) => self.close(address, &format!("{} {text}", millis(now))),
        }
    }

    /// What was put there at that time by the clock of whoever keeps it.
    pub(crate) fn open_put<'a>(
        &self,
        address: &str,
        put: SystemTime,
        sealed: &'a [u8],
    ) -> Option<&'a str> {
        let text = self.open(address, sealed)?;
        if self.0.is_none() {
            return Some(text);
        }
        let (closed, text) = text.split_once(' ')?;
        let apart = closed.parse::<u64>().ok()?.abs_diff(millis(put));
        (u128::from(apart) <= SKEW.as_millis()).then_some(text)
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

fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |it| u64::try_from(it.as_millis()).unwrap_or(u64::MAX))
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
    fn what_was_kept_once_cannot_be_put_back_later() {
        let seal = Seal::new(Some(b"one"));
        let hour = Duration::from_secs(3_600);
        let now = SystemTime::UNIX_EPOCH + 500_000 * hour;
        let kept = seal.close_at("a.b", now, "{} {}");
        for clocks_apart in [Duration::ZERO, SKEW] {
            for put in [now + clocks_apart, now - clocks_apart] {
                assert_eq!(seal.open_put("a.b", put, &kept), Some("{} {}"));
            }
        }
        for put in [now + SKEW + SKEW, now + hour, now - hour] {
            assert_eq!(seal.open_put("a.b", put, &kept), None, "{put:?}");
        }
        assert_eq!(seal.open_put("a.c", now, &kept), None, "another name's");
        // What was said is not what was kept.
        let said = seal.close("a.b", "{}");
        assert_eq!(seal.open_put("a.b", now, &said), None);
        let open = Seal::new(None);
        let kept = open.close_at("a.b", now, "{}");
        assert_eq!(open.open_put("a.b", now + hour, &kept), Some("{}"));
    }

    #[test]
    fn without_a_secret_the_text_travels_as_it_is() {
        let open = Seal::new(None);
        assert_eq!(open.close("a", "{}"), b"{}");
        assert_eq!(open.open("a", b"{}"), Some("{}"));
        assert_eq!(open.open("a", &[0xff]), None);
    }
}
