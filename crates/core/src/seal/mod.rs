//! Sealed envelopes: what lets two strangers talk through a signaller that can neither read, alter,
//! re-address nor repeat what they say. Owns the room secret, the keys and the replay window; knows
//! nothing of what is inside. It protects from whoever is not in the room: those in it share its key.
//!
//! An envelope is base64url of `version 1 | kind 1 | from-epoch 8 | to-epoch 8 | counter 8 |
//! ciphertext and tag`, numbers big-endian. ChaCha20-Poly1305 under a key of this sender and this
//! life of its tab (HKDF-SHA256 of the room's key), the counter as the nonce: since a life counts
//! up and never comes again, no nonce is used twice, and no randomness is needed. Version, kind,
//! room, sender, receiver, both epochs and the counter are authenticated.

mod secret;
mod senders;
#[cfg(test)]
mod tests;

pub use secret::{RoomError, RoomKeys, RoomSecret};

use crate::{
    ids::{Epoch, PeerId, RoomId},
    wire::{MAX_FRAME, Sealed},
};
use alloc::vec::Vec;
use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use core::fmt;
use hkdf::Hkdf;
use senders::{Senders, Verdict};
use sha2::Sha256;
use zeroize::Zeroize;

const VERSION: u8 = 1;
/// Version, kind, two epochs, counter.
const HEADER: usize = 2 + 8 + 8 + 8;
const TAG: usize = 16;

/// Who shall be able to open an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// Everybody in the room, now and later: a card.
    Everyone,
    /// One person, in this life of their tab: a letter.
    Peer(PeerId, Epoch),
}

/// Why an envelope was not opened. All of them mean: count it, drop it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// Not an envelope, or a card where a letter belongs, or the other way round.
    Malformed,
    /// Of a later version of this page.
    Version,
    /// Altered, re-addressed, of another room or not from whom it claims.
    Forged,
    /// Opened before, or overtaken by more than 128 later ones.
    Replayed,
    /// From an earlier life of its sender, or to another life of mine.
    Stale,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Card = 0,
    Letter = 1,
}

struct Header {
    kind: Kind,
    from_epoch: Epoch,
    /// Of a card: 0.
    to_epoch: Epoch,
    counter: u64,
}

/// Seals and opens for one life of one tab in one room.
pub struct Seal {
    keys: RoomKeys,
    me: PeerId,
    epoch: Epoch,
    cipher: ChaCha20Poly1305,
    /// The counter of the next envelope; shared by cards and letters.
    next: u64,
    senders: Senders,
}

impl Seal {
    /// At most one per `(me, epoch)`: a second one would count, and so encrypt, from the start again.
    pub fn new(keys: RoomKeys, me: PeerId, epoch: Epoch) -> Self {
        let cipher = sender_cipher(&keys, me, epoch);
        Seal {
            keys,
            me,
            epoch,
            cipher,
            next: 0,
            senders: Senders::default(),
        }
    }

    pub fn room(&self) -> RoomId {
        self.keys.room
    }

    #[expect(
        clippy::expect_used,
        reason = "ChaCha20-Poly1305 refuses only more than 256 GiB"
    )]
    pub fn seal(&mut self, to: To, plain: &[u8]) -> Sealed {
        let (kind, receiver, to_epoch) = match to {
            To::Everyone => (Kind::Card, PeerId([0; 16]), Epoch(0)),
            To::Peer(peer, epoch) => (Kind::Letter, peer, epoch),
        };
        let header = Header {
            kind,
            from_epoch: self.epoch,
            to_epoch,
            counter: self.next,
        };
        self.next += 1;
        let aad = self.authenticated(&header, self.me, receiver);
        let mut bytes = header.bytes().to_vec();
        let ciphertext = self.cipher.encrypt(
            &nonce(header.counter),
            Payload {
                msg: plain,
                aad: &aad,
            },
        );
        bytes.extend(ciphertext.expect("a short message"));
        Sealed(Base64UrlUnpadded::encode_string(&bytes))
    }

    /// A card that the signaller says is `from`'s: that person's epoch, and what the card says.
    pub fn open_card(
        &mut self,
        from: PeerId,
        sealed: &Sealed,
    ) -> Result<(Epoch, Vec<u8>), OpenError> {
        let (header, plain) = self.verify(Kind::Card, from, PeerId([0; 16]), sealed)?;
        match self.senders.saw_card(from, header.from_epoch) {
            Verdict::Fresh => Ok((header.from_epoch, plain)),
            Verdict::Replayed => Err(OpenError::Replayed),
            Verdict::Stale => Err(OpenError::Stale),
        }
    }

    /// A letter to me that the signaller says is `from`'s: that person's epoch, and what it says.
    pub fn open(&mut self, from: PeerId, sealed: &Sealed) -> Result<(Epoch, Vec<u8>), OpenError> {
        let (header, plain) = self.verify(Kind::Letter, from, self.me, sealed)?;
        // Before the window sees it: what was said to another life of mine says nothing about this one.
        if header.to_epoch != self.epoch {
            return Err(OpenError::Stale);
        }
        match self
            .senders
            .saw_letter(from, header.from_epoch, header.counter)
        {
            Verdict::Fresh => Ok((header.from_epoch, plain)),
            Verdict::Replayed => Err(OpenError::Replayed),
            Verdict::Stale => Err(OpenError::Stale),
        }
    }

    /// Parses and decrypts; changes nothing.
    fn verify(
        &self,
        kind: Kind,
        from: PeerId,
        to: PeerId,
        sealed: &Sealed,
    ) -> Result<(Header, Vec<u8>), OpenError> {
        if sealed.0.len() > MAX_FRAME {
            return Err(OpenError::Malformed);
        }
        let bytes = Base64UrlUnpadded::decode_vec(&sealed.0).map_err(|_| OpenError::Malformed)?;
        let (header, ciphertext) = Header::parse(&bytes)?;
        if header.kind != kind {
            return Err(OpenError::Malformed);
        }
        // My own words, thrown back at me.
        if from == self.me {
            return Err(OpenError::Forged);
        }
        let aad = self.authenticated(&header, from, to);
        let plain = sender_cipher(&self.keys, from, header.from_epoch)
            .decrypt(
                &nonce(header.counter),
                Payload {
                    msg: ciphertext,
                    aad: &aad,
                },
            )
            .map_err(|_| OpenError::Forged)?;
        Ok((header, plain))
    }

    /// What is authenticated beside the text. Every field has a fixed length: no two readings.
    fn authenticated(&self, header: &Header, from: PeerId, to: PeerId) -> Vec<u8> {
        [&header.bytes()[..], &self.keys.room.0, &from.0, &to.0].concat()
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (f.debug_struct("Seal")
            .field("room", &self.keys.room)
            .field("me", &self.me))
        .finish_non_exhaustive()
    }
}

impl Header {
    fn bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        (bytes[0], bytes[1]) = (VERSION, self.kind as u8);
        bytes[2..10].copy_from_slice(&self.from_epoch.0.to_be_bytes());
        bytes[10..18].copy_from_slice(&self.to_epoch.0.to_be_bytes());
        bytes[18..26].copy_from_slice(&self.counter.to_be_bytes());
        bytes
    }

    fn parse(bytes: &[u8]) -> Result<(Self, &[u8]), OpenError> {
        let (&version, rest) = bytes.split_first().ok_or(OpenError::Malformed)?;
        if version != VERSION {
            return Err(if version > VERSION {
                OpenError::Version
            } else {
                OpenError::Malformed
            });
        }
        let (&kind, mut rest) = rest.split_first().ok_or(OpenError::Malformed)?;
        let kind = match kind {
            0 => Kind::Card,
            1 => Kind::Letter,
            _ => return Err(OpenError::Malformed),
        };
        let mut number = || {
            let (first, after) = rest.split_first_chunk().ok_or(OpenError::Malformed)?;
            rest = after;
            Ok(u64::from_be_bytes(*first))
        };
        let header = Header {
            kind,
            from_epoch: Epoch(number()?),
            to_epoch: Epoch(number()?),
            counter: number()?,
        };
        if rest.len() < TAG {
            return Err(OpenError::Malformed);
        }
        Ok((header, rest))
    }
}

#[expect(
    clippy::expect_used,
    reason = "32 bytes are a valid HKDF-SHA256 key and output"
)]
fn sender_cipher(keys: &RoomKeys, from: PeerId, epoch: Epoch) -> ChaCha20Poly1305 {
    let hkdf = Hkdf::<Sha256>::from_prk(&keys.sealing).expect("a key of the hash's length");
    let mut key = [0; 32];
    let info = [&b"sender"[..], &from.0, &epoch.0.to_be_bytes()].concat();
    hkdf.expand(&info, &mut key).expect("a valid length");
    let cipher = ChaCha20Poly1305::new(&key.into());
    key.zeroize();
    cipher
}

fn nonce(counter: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&counter.to_be_bytes());
    nonce.into()
}
