//! Who may borrow: whoever has a name with an end to it and the password that goes with it by our secret.
//! Nobody is kept in mind before they have shown that they do: what a stranger is asked to send back
//! (the nonce) says itself when and for whom it was made.

use crate::relays;
use base64ct::{Base64Url, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::{net::SocketAddr, time::Duration};
use stun_types::message::{IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials};

/// What browsers show nobody.
pub(super) const REALM: &str = "duologue";
/// Longer than names that are made here.
const LONGEST_NAME: usize = 64;
/// After that a client is asked for another, which it has in one round trip.
const NONCE_GOOD_FOR: Duration = Duration::from_secs(60 * 60);
/// Bytes of the seal of a nonce, too many to guess in that time.
const SEAL: usize = 9;

pub(super) struct Tickets {
    secret: String,
    /// For nonces.
    seal: [u8; 32],
}

impl Tickets {
    pub(super) fn new(secret: String, seal: [u8; 32]) -> Self {
        Tickets { secret, seal }
    }

    /// What messages of that name are signed with, if the name has not ended. `wall` is the seconds since
    /// 1970.
    pub(super) fn key(&self, name: &str, wall: u64) -> Option<IntegrityKey> {
        let until: u64 = name.split_once(':')?.0.parse().ok()?;
        if name.len() > LONGEST_NAME || until < wall {
            return None;
        }
        let password = relays::password(&self.secret, name);
        let all = LongTermKeyCredentials::new(name.to_owned(), password, REALM.to_owned());
        Some(all.make_key(IntegrityAlgorithm::Sha1))
    }

    pub(super) fn nonce(&self, from: SocketAddr, now: Duration) -> String {
        let seconds = u32::try_from(now.as_secs()).unwrap_or(u32::MAX);
        let mut bytes = seconds.to_be_bytes().to_vec();
        bytes.extend(self.seal(from, seconds));
        Base64Url::encode_string(&bytes)
    }

    pub(super) fn is_fresh(&self, nonce: &str, from: SocketAddr, now: Duration) -> bool {
        let mut bytes = [0; 4 + SEAL + 2];
        let Ok(bytes) = Base64Url::decode(nonce, &mut bytes) else {
            return false;
        };
        let Some((seconds, seal)) = bytes.split_first_chunk() else {
            return false;
        };
        let seconds = u32::from_be_bytes(*seconds);
        let age = now.checked_sub(Duration::from_secs(seconds.into()));
        age.is_some_and(|it| it < NONCE_GOOD_FOR) && seal == self.seal(from, seconds)
    }

    fn seal(&self, from: SocketAddr, seconds: u32) -> [u8; SEAL] {
        let mut seal = [0; SEAL];
        // A key of any length will do.
        if let Ok(mac) = Hmac::<Sha256>::new_from_slice(&self.seal) {
            let mac = mac.chain_update(seconds.to_be_bytes());
            let whole = mac.chain_update(from.to_string()).finalize().into_bytes();
            seal.copy_from_slice(&whole[..SEAL]);
        }
        seal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn tickets() -> Tickets {
        Tickets::new("north".to_owned(), [7; 32])
    }

    #[test]
    fn a_name_is_good_until_its_end_and_only_as_we_make_them() {
        let tickets = tickets();
        assert!(tickets.key("1000:ana", 1_000).is_some());
        let long = format!("1000:{}", "a".repeat(LONGEST_NAME));
        for wrong in ["999:ana", "ana", ":ana", "-1:ana", "1000", "", &long] {
            assert!(tickets.key(wrong, 1_000).is_none(), "{wrong}");
        }
        // `printf 1000:ana:duologue:PASSWORD | md5sum`, as RFC 8489 wants it.
        let password = relays::password("north", "1000:ana");
        let credentials =
            LongTermKeyCredentials::new("1000:ana".into(), password, "duologue".into());
        let key = credentials.make_key(IntegrityAlgorithm::Sha1);
        assert!(tickets.key("1000:ana", 1_000) == Some(key));
    }

    #[test]
    fn a_nonce_is_for_one_address_and_an_hour() {
        let tickets = tickets();
        let ana: SocketAddr = "192.0.2.1:1000".parse().unwrap();
        let nonce = tickets.nonce(ana, HOUR);
        assert!(tickets.is_fresh(&nonce, ana, HOUR));
        assert!(tickets.is_fresh(&nonce, ana, HOUR + HOUR - Duration::from_secs(1)));
        assert!(!tickets.is_fresh(&nonce, ana, HOUR + HOUR));
        assert!(
            !tickets.is_fresh(&nonce, ana, Duration::ZERO),
            "of a time to come"
        );
        for other in ["192.0.2.1:1001", "192.0.2.2:1000", "[2001:db8::1]:1000"] {
            assert!(!tickets.is_fresh(&nonce, other.parse().unwrap(), HOUR));
        }
        let mut altered = nonce.clone();
        altered.replace_range(0..1, "B");
        for wrong in [
            altered.as_str(),
            "",
            "AAAA",
            &nonce[..8],
            &nonce.repeat(2),
            "\u{e9}",
        ] {
            assert!(!tickets.is_fresh(wrong, ana, HOUR), "{wrong}");
        }
        let other = Tickets::new("north".to_owned(), [8; 32]);
        assert!(!other.is_fresh(&nonce, ana, HOUR));
    }
}
