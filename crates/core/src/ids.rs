//! Who and what: identifiers as types, checked where they are parsed.

use crate::json::{Json, Value, Writer};
use alloc::string::String;
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt;
use sha2::{Digest, Sha256};

/// Bytes that read and travel as unpadded base64url.
macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            pub fn parse(text: &str) -> Option<Self> {
                let mut bytes = [0; $len];
                let read = Base64UrlUnpadded::decode(text, &mut bytes).ok()?;
                (read.len() == $len).then_some($name(bytes))
            }

            pub fn text(&self) -> String {
                Base64UrlUnpadded::encode_string(&self.0)
            }
        }

        impl Json for $name {
            fn read(value: Value) -> Option<Self> {
                match value {
                    Value::Text(text) => $name::parse(&text),
                    _ => None,
                }
            }

            fn write(&self, to: &mut Writer) {
                to.text(&self.text());
            }
        }
    };
}

bytes_id! {
    /// A person's tab in the eyes of the others: the hash of its `PeerToken`.
    PeerId, 16
}
bytes_id! {
    /// Where envelopes of a room meet: derived from the room secret, tells nothing about it.
    RoomId, 16
}
bytes_id! {
    /// Known to its owner, shown only to the signalling server; whoever holds it is the peer.
    PeerToken, 16
}

bytes_id! {
    /// One ring, from the first knock to its end; or one tab that rings because of it.
    RingId, 16
}
bytes_id! {
    /// One life of a server among others: made anew whenever it starts.
    NodeId, 16
}
bytes_id! {
    /// A file, by the BLAKE3 hash of its content.
    FileRoot, 32
}
bytes_id! {
    /// The hash of a nonce that is not told yet.
    Commitment, 32
}
bytes_id! {
    /// Chance that goes into the code which two people compare.
    Nonce, 32
}
bytes_id! {
    /// That somebody has a `PairSecret`, on one connection.
    Proof, 16
}
bytes_id! {
    /// By which two devices know each other again.
    PairSecret, 32
}

impl PeerToken {
    pub fn id(&self) -> PeerId {
        let digest = Sha256::new()
            .chain_update(b"duologue peer 1")
            .chain_update(self.0)
            .finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        PeerId(id)
    }
}

macro_rules! shown_id {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.text())
            }
        }
    )*};
}
shown_id!(
    PeerId, RoomId, RingId, NodeId, FileRoot, Commitment, Nonce, Proof
);

impl fmt::Debug for PeerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PeerToken(secret)")
    }
}

impl fmt::Debug for PairSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairSecret(secret)")
    }
}

/// One life of a tab: wall-clock milliseconds in the high bits, chance in the low ones. A later life
/// of the same peer has the larger epoch, so what belongs to an earlier one is known to be stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

impl Json for Epoch {
    fn read(value: Value) -> Option<Self> {
        u64::read(value).map(Epoch)
    }

    fn write(&self, to: &mut Writer) {
        to.number(self.0);
    }
}

impl Epoch {
    const CHANCE_BITS: u32 = 20;

    pub fn new(wall_clock_ms: u64, chance: u64) -> Self {
        Epoch((wall_clock_ms << Self::CHANCE_BITS) | (chance & ((1 << Self::CHANCE_BITS) - 1)))
    }
}

/// One `RTCPeerConnection`, named by the core and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u32);

/// One asynchronous browser operation, issued once and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text_and_nothing_else_does() {
        let id = PeerToken([7; 16]).id();
        assert_eq!(PeerId::parse(&id.text()), Some(id));
        for wrong in [
            "",
            "short",
            "not base64 at all!!!!!",
            "AAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(PeerId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_token_never_shows_in_debug_output() {
        assert_eq!(
            alloc::format!("{:?}", PeerToken([7; 16])),
            "PeerToken(secret)"
        );
    }

    #[test]
    fn a_later_life_has_the_larger_epoch_whatever_chance_says() {
        assert!(Epoch::new(2, 0) > Epoch::new(1, u64::MAX));
    }
}
