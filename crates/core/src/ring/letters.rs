//! Letters between two who know each other's names: sealed to the reader's key with the writer's own
//! (HPKE, RFC 9180, in its mode that proves who wrote), so that the directory can neither read nor write
//! one. It could say that a name goes with another key than it does: that is for the call to find out.

use crate::{
    ids::{PeerToken, RingId},
    json, tagged,
    wire::{Sealed, names::LetterKey},
    words,
};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use hkdf::Hkdf;
use hpke::{
    Deserializable, Kem as _, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305,
    kdf::HkdfSha256, kem::X25519HkdfSha256, single_shot_open, single_shot_seal_with_rng,
};
use sha2::Sha256;

type Kem = X25519HkdfSha256;
type PrivateKey = <Kem as hpke::Kem>::PrivateKey;
type PublicKey = <Kem as hpke::Kem>::PublicKey;
type Encapped = <Kem as hpke::Kem>::EncappedKey;

const INFO: &[u8] = b"duologue letter 1";
/// Before the ciphertext stands the one-time key that it is sealed with.
const ENCAPPED: usize = 32;

/// Caller → callee, and back. Each may be said again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Letter {
    /// Come to this room. Rings nowhere before the caller has answered an `alert`, so a letter that
    /// somebody kept and sends again disturbs nobody.
    Ring {
        ring: RingId,
        room: String,
    },
    /// This tab of the callee would ring.
    Alert {
        ring: RingId,
        tab: RingId,
    },
    /// Do.
    On {
        ring: RingId,
        tab: RingId,
    },
    Accept {
        ring: RingId,
        tab: RingId,
    },
    /// That tab has it; the others stop ringing.
    Taken {
        ring: RingId,
        tab: RingId,
    },
    Decline {
        ring: RingId,
        text: Option<String>,
    },
    Busy {
        ring: RingId,
    },
    Cancel {
        ring: RingId,
        why: Why,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The caller thought better of it.
    Cancelled,
    /// Nobody answered in time.
    NoAnswer,
    /// Another tab of the callee has answered.
    Answered,
}

tagged!(Letter by "letter" {
    Ring { ring, room } = "ring",
    Alert { ring, tab } = "alert",
    On { ring, tab } = "on",
    Accept { ring, tab } = "accept",
    Taken { ring, tab } = "taken",
    Decline { ring, text } = "decline",
    Busy { ring } = "busy",
    Cancel { ring, why } = "cancel",
});

words!(Why {
    Cancelled = "cancelled",
    NoAnswer = "no_answer",
    Answered = "answered",
});

/// Writes and opens letters for one person.
pub struct Letters {
    private: PrivateKey,
    public: PublicKey,
    key: LetterKey,
    token: PeerToken,
    chance: ChaCha20Rng,
}

impl Letters {
    /// For whoever keeps that `secret`, which is the same in all their tabs. `chance` comes from the
    /// browser's own generator and is never used again.
    #[expect(
        clippy::expect_used,
        reason = "HKDF-SHA256 gives up to 8160 bytes; 16 are asked"
    )]
    pub fn new(secret: &[u8; 32], chance: [u8; 32]) -> Self {
        let (private, public) = Kem::derive_keypair(secret);
        let mut key = [0; 32];
        key.copy_from_slice(&public.to_bytes());
        let mut token = [0; 16];
        Hkdf::<Sha256>::new(Some(b"duologue name 1"), secret)
            .expand(b"token", &mut token)
            .expect("a valid length");
        Letters {
            private,
            public,
            key: LetterKey(key),
            token: PeerToken(token),
            chance: ChaCha20Rng::from_seed(chance),
        }
    }

    pub fn key(&self) -> LetterKey {
        self.key
    }

    /// What holds the name.
    pub fn token(&self) -> PeerToken {
        self.token
    }

    /// For one tab and one ring.
    pub fn fresh_id(&mut self) -> RingId {
        let mut id = [0; 16];
        self.chance.fill_bytes(&mut id);
        RingId(id)
    }

    /// `None` for a key to which nothing can be sealed.
    pub fn seal(&mut self, to: LetterKey, letter: &Letter) -> Option<Sealed> {
        let reader = PublicKey::from_bytes(&to.0).ok()?;
        let mode = OpModeS::Auth((self.private.clone(), self.public.clone()));
        let text = json::write(letter);
        let (encapped, sealed) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &mode,
            &reader,
            INFO,
            text.as_bytes(),
            &[],
            &mut self.chance,
        )
        .ok()?;
        let bytes = [&encapped.to_bytes()[..], &sealed].concat();
        Some(Sealed(Base64UrlUnpadded::encode_string(&bytes)))
    }

    /// `None` for everything that is no letter by the holder of that key to me.
    pub fn open(&self, from: LetterKey, sealed: &Sealed) -> Option<Letter> {
        let bytes = Base64UrlUnpadded::decode_vec(&sealed.0).ok()?;
        let (encapped, sealed) = bytes.split_at_checked(ENCAPPED)?;
        let writer = PublicKey::from_bytes(&from.0).ok()?;
        let plain: Vec<u8> = single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeR::Auth(writer),
            &self.private,
            &Encapped::from_bytes(encapped).ok()?,
            INFO,
            sealed,
            &[],
        )
        .ok()?;
        let text = core::str::from_utf8(&plain).ok()?;
        crate::wire::decode(text, crate::wire::names::MAX_LETTER).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(n: u8) -> Letters {
        Letters::new(&[n; 32], [n ^ 0x55; 32])
    }

    #[test]
    fn a_letter_is_read_by_whom_it_is_for_and_by_nobody_else() {
        let (mut ana, ben, cleo) = (letters(1), letters(2), letters(3));
        let letter = Letter::Busy {
            ring: RingId([7; 16]),
        };
        let sealed = ana.seal(ben.key(), &letter).unwrap();
        assert_eq!(ben.open(ana.key(), &sealed), Some(letter));
        assert_eq!(cleo.open(ana.key(), &sealed), None);
        assert_eq!(ben.open(cleo.key(), &sealed), None, "not by cleo");
    }

    #[test]
    fn one_letter_changed_anywhere_is_none() {
        let (mut ana, ben) = (letters(1), letters(2));
        let letter = Letter::Alert {
            ring: RingId([7; 16]),
            tab: RingId([8; 16]),
        };
        let Sealed(text) = ana.seal(ben.key(), &letter).unwrap();
        for at in 0..text.len() - 1 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = Sealed(String::from_utf8(bytes).unwrap());
            assert_eq!(ben.open(ana.key(), &changed), None, "at {at}");
        }
        for cut in 0..text.len() {
            assert_eq!(ben.open(ana.key(), &Sealed(text[..cut].into())), None);
        }
    }

    #[test]
    fn the_same_secret_is_the_same_person_in_every_tab() {
        let (one, other) = (
            Letters::new(&[1; 32], [1; 32]),
            Letters::new(&[1; 32], [2; 32]),
        );
        assert_eq!(one.key(), other.key());
        assert_eq!(one.token(), other.token());
        assert_ne!(one.token().0[..], one.key().0[..16]);
    }

    #[test]
    fn keys_that_are_none_are_refused_without_a_panic() {
        let mut ana = letters(1);
        let letter = Letter::Busy {
            ring: RingId([7; 16]),
        };
        assert_eq!(ana.seal(LetterKey([0; 32]), &letter), None);
        assert_eq!(ana.open(LetterKey([0; 32]), &Sealed("AAAA".into())), None);
    }
}
