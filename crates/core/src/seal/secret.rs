//! The room secret: what an invite carries and what everything about a room is derived from. Made by
//! the page (128 random bits) or typed by people (and then stretched, because it can be guessed).
//! Knows nothing of addresses beyond its own text, and nothing of envelopes.

use crate::ids::RoomId;
use alloc::string::String;
use argon2::{Algorithm, Argon2, Params, Version};
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt;
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

/// What a made secret begins with in an address. No typed name can begin so.
const MADE: &str = "d1-";
/// Bytes of SHA-256 behind a made secret: a cut or altered link is told with 1 in 2²⁴ against it.
const CHECK: usize = 3;
/// Characters of a typed name after cleaning.
const MAX_TYPED: usize = 64;
/// Salt of both derivations. The same for every room on purpose: two people who type the same name
/// must meet, and have nothing else in common.
const SALT: &[u8] = b"duologue room 1";
/// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane. About 50 ms in a page.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// Why a text is no room. Each becomes a sentence in the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomError {
    /// Nothing is left of it after cleaning.
    Empty,
    /// It began as a made link, but has been cut or altered on the way.
    Damaged,
    /// A typed name of more than 64 characters.
    TooLong,
}

#[derive(Clone, PartialEq, Eq)]
pub struct RoomSecret(Secret);

#[derive(Clone, PartialEq, Eq)]
enum Secret {
    Made([u8; 16]),
    Typed(String),
}

impl RoomSecret {
    /// A made room, from 16 bytes of the browser's own generator.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        RoomSecret(Secret::Made(bytes))
    }

    /// Reads what stands in an address or was typed. A typed name is lower-cased, runs of white
    /// space, `-` and `_` become one `-`, none of them stays at either end, and control and
    /// invisible characters go; so `Team  Meeting` and `team-meeting` are one room. Unicode
    /// normalisation (NFKC) is the caller's: the browser has it, and its tables would cost 100 kB.
    pub fn parse(text: &str) -> Result<Self, RoomError> {
        let text = text.trim();
        if let Some(made) = text.strip_prefix(MADE) {
            return made_secret(made).ok_or(RoomError::Damaged);
        }
        // Longer than any name within the limit, even spelt with spaces: not worth cleaning.
        if text.len() > MAX_TYPED * 64 {
            return Err(RoomError::TooLong);
        }
        let name = clean(text);
        if name.is_empty() {
            Err(RoomError::Empty)
        } else if name.starts_with(MADE) {
            // Such as a link that something turned into capitals on the way.
            Err(RoomError::Damaged)
        } else if name.chars().count() > MAX_TYPED {
            Err(RoomError::TooLong)
        } else {
            Ok(RoomSecret(Secret::Typed(name)))
        }
    }

    /// The text for an address; `parse` reads it back. A typed name may hold any letter and still
    /// wants percent-encoding.
    pub fn address(&self) -> String {
        match &self.0 {
            Secret::Made(bytes) => {
                let mut checked = [0; 16 + CHECK];
                checked[..16].copy_from_slice(bytes);
                checked[16..].copy_from_slice(&check(bytes));
                let text = alloc::format!("{MADE}{}", Base64UrlUnpadded::encode_string(&checked));
                checked.zeroize();
                text
            }
            Secret::Typed(name) => name.clone(),
        }
    }

    /// Whether people chose it, so that it can be guessed: the page says so.
    pub fn is_typed(&self) -> bool {
        matches!(self.0, Secret::Typed(_))
    }

    /// The room's id and keys. Slow on purpose (19 MiB, some 50 ms) for a typed name.
    #[expect(
        clippy::expect_used,
        reason = "the parameters are constants within Argon2's limits"
    )]
    pub fn keys(&self) -> RoomKeys {
        match &self.0 {
            Secret::Made(bytes) => RoomKeys::derive(bytes),
            Secret::Typed(name) => {
                let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("valid parameters");
                let mut stretched = [0; 32];
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into(name.as_bytes(), SALT, &mut stretched)
                    .expect("salt and output lengths are valid");
                let keys = RoomKeys::derive(&stretched);
                stretched.zeroize();
                keys
            }
        }
    }
}

fn made_secret(text: &str) -> Option<RoomSecret> {
    let mut checked = [0; 16 + CHECK];
    let read = Base64UrlUnpadded::decode(text, &mut checked).ok()?;
    let (bytes, sum) = read.split_first_chunk::<16>()?;
    let secret = (sum == check(bytes)).then(|| RoomSecret::from_bytes(*bytes));
    checked.zeroize();
    secret
}

fn check(bytes: &[u8; 16]) -> [u8; CHECK] {
    let digest = Sha256::digest(bytes);
    core::array::from_fn(|i| digest[i])
}

fn clean(text: &str) -> String {
    let mut name = String::new();
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() || c == '-' || c == '_' {
            gap = !name.is_empty();
        } else if !c.is_control() && !crate::wire::is_invisible(c) {
            if core::mem::take(&mut gap) {
                name.push('-');
            }
            // Letter by letter, so that no letter depends on its neighbours (Greek final sigma).
            name.extend(c.to_lowercase());
        }
    }
    name
}

impl Drop for Secret {
    fn drop(&mut self) {
        match self {
            Secret::Made(bytes) => bytes.zeroize(),
            Secret::Typed(name) => name.zeroize(),
        }
    }
}

impl fmt::Debug for RoomSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_typed() {
            "RoomSecret(typed)"
        } else {
            "RoomSecret(made)"
        })
    }
}

/// What a secret gives: the id that signallers see, and the key that they never do.
#[derive(Clone, PartialEq, Eq)]
pub struct RoomKeys {
    pub(super) room: RoomId,
    pub(super) sealing: [u8; 32],
}

impl RoomKeys {
    pub fn room(&self) -> RoomId {
        self.room
    }

    #[expect(
        clippy::expect_used,
        reason = "HKDF-SHA256 gives up to 8160 bytes; 16 and 32 are asked"
    )]
    fn derive(secret: &[u8]) -> Self {
        let hkdf = Hkdf::<Sha256>::new(Some(SALT), secret);
        let mut keys = RoomKeys {
            room: RoomId([0; 16]),
            sealing: [0; 32],
        };
        hkdf.expand(b"room id", &mut keys.room.0)
            .expect("a valid length");
        hkdf.expand(b"sealing", &mut keys.sealing)
            .expect("a valid length");
        keys
    }
}

impl Drop for RoomKeys {
    fn drop(&mut self) {
        self.sealing.zeroize();
    }
}

impl fmt::Debug for RoomKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoomKeys")
            .field("room", &self.room)
            .finish_non_exhaustive()
    }
}
