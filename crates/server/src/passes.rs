//! Who may use a host that is not for everybody: whoever shows a pass. A pass is a short text that ends by
//! itself, signed with a key that only the host has; `duologue invite` makes them, and whoever knows the
//! host's password is given one. Keeps no list of them. Must never print a key, a password or a pass.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::{
    fmt,
    time::{Duration, SystemTime},
};

/// A pass that is given for a password. So long somebody need not type it again in the same browser.
const GIVEN_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// By so much clocks may differ, of several machines that share one key.
const SKEW: Duration = Duration::from_secs(60);
/// Kind, end and number; then the signature.
const SIGNED: usize = 1 + 8 + 8;
const WHOLE: usize = SIGNED + 32;
/// No pass is longer in base64url.
const LONGEST: usize = 80;
/// Letters that a file with a key has to have. Less can be guessed.
const SHORTEST_KEY: usize = 16;

/// How somebody came by a pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Invite = 1,
    Password = 2,
}

/// What signs.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// Of the text of a file, whatever that looks like.
    pub fn of(text: &str) -> Result<Key, String> {
        match text.trim() {
            text if text.len() < SHORTEST_KEY => {
                Err(format!("a key has {SHORTEST_KEY} letters or more"))
            }
            text => Ok(Key(Sha256::digest(text.as_bytes()).into())),
        }
    }

    /// The text of a new one.
    pub fn fresh() -> Result<String, String> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| format!("no random numbers: {error}"))?;
        Ok(Base64UrlUnpadded::encode_string(&bytes))
    }

    fn sign(&self, context: &[u8], text: &[u8]) -> Option<Hmac<Sha256>> {
        // A key of any length will do.
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        Some(mac.chain_update(context).chain_update(text))
    }
}

/// The rules of a host that is for those with a pass.
#[derive(Clone)]
pub struct Passes {
    invites: Key,
    password: Option<Password>,
}

#[derive(Clone)]
struct Password {
    /// Signed with the host's key, so that no two hosts have the same for the same word.
    hash: [u8; 32],
    /// Signs what is given for it: with another password, all of them end.
    key: Key,
}

impl fmt::Debug for Passes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("passes")
    }
}

impl Passes {
    pub fn new(key: Key, password: Option<&str>) -> Self {
        let password = password.and_then(|word| {
            let hash = key.sign(b"duologue password 1", word.as_bytes())?;
            let own = key.sign(b"duologue password pass 1", word.as_bytes())?;
            Some(Password {
                hash: hash.finalize().into_bytes().into(),
                key: Key(own.finalize().into_bytes().into()),
            })
        });
        Passes {
            invites: key,
            password,
        }
    }

    pub(crate) fn have_password(&self) -> bool {
        self.password.is_some()
    }

    /// What `duologue invite` prints.
    pub fn invite(&self, now: SystemTime, good_for: Duration) -> Option<String> {
        make(&self.invites, Kind::Invite, now + good_for)
    }

    /// A pass for whoever knows the password.
    pub(crate) fn give(&self, now: SystemTime, word: &str) -> Option<String> {
        let password = self.password.as_ref()?;
        let said = (self.invites).sign(b"duologue password 1", word.as_bytes())?;
        // Takes as long for a word that is nearly right.
        said.verify_slice(&password.hash).ok()?;
        make(&password.key, Kind::Password, now + GIVEN_FOR)
    }

    /// Altered, ended and foreign ones are refused alike.
    pub(crate) fn accept(&self, now: SystemTime, pass: &str) -> bool {
        self.read(now, pass).is_some()
    }

    fn read(&self, now: SystemTime, pass: &str) -> Option<()> {
        if pass.len() > LONGEST {
            return None;
        }
        let bytes = Base64UrlUnpadded::decode_vec(pass).ok()?;
        let (signed, signature) = bytes.split_at_checked(SIGNED)?;
        let key = match signed.first() {
            Some(1) => &self.invites,
            Some(2) => &self.password.as_ref()?.key,
            _ => return None,
        };
        let mac = key.sign(b"duologue pass 1", signed)?;
        mac.verify_slice(signature).ok()?;
        let end: [u8; 8] = signed.get(1..9)?.try_into().ok()?;
        let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let end = Duration::from_secs(u64::from_be_bytes(end));
        (now <= end.checked_add(SKEW)?).then_some(())
    }
}

fn make(key: &Key, kind: Kind, until: SystemTime) -> Option<String> {
    let until = until.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    let mut pass = Vec::with_capacity(WHOLE);
    pass.push(kind as u8);
    pass.extend(until.to_be_bytes());
    // No two are the same.
    pass.extend(getrandom::u64().ok()?.to_be_bytes());
    let signature = key.sign(b"duologue pass 1", &pass)?;
    pass.extend(signature.finalize().into_bytes());
    Some(Base64UrlUnpadded::encode_string(&pass))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + 20_000 * DAY
    }

    fn passes(key: &str, password: Option<&str>) -> Passes {
        Passes::new(Key::of(key).unwrap(), password)
    }

    const KEY: &str = "a key of this host";

    #[test]
    fn an_invite_is_good_until_it_ends_by_clocks_that_differ_a_little() {
        let passes = passes(KEY, None);
        let pass = passes.invite(now(), DAY).unwrap();
        assert!(passes.accept(now(), &pass));
        let seconds = Duration::from_secs;
        assert!(passes.accept(now() + DAY + seconds(60), &pass));
        assert!(!passes.accept(now() + DAY + seconds(61), &pass));
        // Made by a machine whose clock is ahead.
        assert!(passes.accept(now() - DAY, &pass));
    }

    #[test]
    fn no_two_are_the_same_and_all_fit_into_a_link() {
        let passes = passes(KEY, None);
        let (one, other) = (passes.invite(now(), DAY), passes.invite(now(), DAY));
        assert_ne!(one, other);
        let fits = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
        assert!(one.unwrap().chars().all(fits));
    }

    #[test]
    fn whatever_is_altered_is_refused() {
        let passes = passes(KEY, None);
        let pass = passes.invite(now(), DAY).unwrap();
        let bytes = Base64UrlUnpadded::decode_vec(&pass).unwrap();
        assert_eq!(bytes.len(), WHOLE);
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut altered = bytes.clone();
                altered[at] ^= 1 << bit;
                let altered = Base64UrlUnpadded::encode_string(&altered);
                assert!(!passes.accept(now(), &altered), "byte {at}");
            }
        }
        for rubbish in ["", "a", "!", &pass[..pass.len() - 1], &pass[1..]] {
            assert!(!passes.accept(now(), rubbish), "{rubbish}");
        }
        assert!(!passes.accept(now(), &pass.repeat(2)));
        assert!(!passes.accept(now(), &"A".repeat(100_000)));
    }

    #[test]
    fn another_hosts_pass_is_none_here() {
        let pass = passes("another host's key", None).invite(now(), DAY);
        assert!(!passes(KEY, None).accept(now(), &pass.unwrap()));
    }

    #[test]
    fn whoever_knows_the_password_gets_a_pass_that_ends_with_it() {
        let host = passes(KEY, Some("open sesame"));
        for wrong in ["", "open", "open sesame ", "Open sesame"] {
            assert!(host.give(now(), wrong).is_none(), "{wrong}");
        }
        let pass = host.give(now(), "open sesame").unwrap();
        assert!(host.accept(now(), &pass));
        assert!(!host.accept(now() + GIVEN_FOR + DAY, &pass));
        assert!(!passes(KEY, Some("another")).accept(now(), &pass));
        assert!(!passes(KEY, None).accept(now(), &pass));
        // Invites go on.
        let invite = host.invite(now(), DAY).unwrap();
        assert!(passes(KEY, Some("another")).accept(now(), &invite));
    }

    #[test]
    fn without_a_password_there_is_nothing_to_know() {
        assert!(passes(KEY, None).give(now(), "").is_none());
        assert!(!passes(KEY, None).have_password());
    }

    #[test]
    fn a_key_is_long_and_nothing_prints_one() {
        assert!(Key::of(" short ").is_err());
        assert!(Key::of(&Key::fresh().unwrap()).is_ok());
        assert_ne!(Key::fresh(), Key::fresh());
        let said = format!("{:?}", passes(KEY, Some("open sesame")));
        assert!(!said.contains("sesame") && !said.contains("key"));
    }
}
