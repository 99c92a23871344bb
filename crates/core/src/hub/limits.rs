//! How much of everything the hub takes. Owned by the hub; the shell may choose other `Limits`.

use crate::wire::{self, Sealed};

/// A sealed card is a name and a version: 2 KiB is generous.
pub(crate) const MAX_CARD: usize = 2 * 1024;
/// An offer, sealed and in base64, is about 9 kB.
pub(crate) const MAX_BODY: usize = 48 * 1024;
#[derive(Clone, Debug)]
pub struct Limits {
    /// People in one room.
    pub room: usize,
    /// Those who look at one room without joining it.
    pub lookers: usize,
    /// Rooms that one client is in or looks at.
    pub rooms_per_client: usize,
    pub clients: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            room: wire::MAX_ROOM,
            lookers: 32,
            rooms_per_client: 4,
            clients: 10_000,
        }
    }
}

/// Base64url and not too long: all that a server ever knows of a sealed thing.
pub(crate) fn is_sealed(sealed: &Sealed, longest: usize) -> bool {
    let text = sealed.0.as_bytes();
    (1..=longest).contains(&text.len())
        && text
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}
