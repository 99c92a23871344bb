//! How much of everything the hub takes. Owned by the hub; the shell may choose other `Limits`.

use crate::{
    pace::Rate,
    wire::{self, Sealed},
};

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
    /// Rooms in all.
    pub rooms: usize,
    /// Rooms that the clients of one source are in or look at, counted once for each client.
    pub rooms_per_source: usize,
    /// Rooms that one client may enter or look into, one after another; and all clients of one source. So
    /// nobody finds rooms by trying names.
    pub joins: Rate,
    pub joins_per_source: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            room: wire::MAX_ROOM,
            lookers: 32,
            rooms_per_client: 4,
            clients: 10_000,
            rooms: 20_000,
            rooms_per_source: 1_000,
            joins: Rate {
                burst: 20,
                a_minute: 30,
            },
            // A class behind one address comes at the same time.
            joins_per_source: Rate {
                burst: 300,
                a_minute: 120,
            },
        }
    }
}

/// Base64url and not too long: all that a server ever knows of a sealed thing.
pub(crate) fn is_sealed(sealed: &Sealed, longest: usize) -> bool {
    let text = sealed.0.as_bytes();
    let fits = |b: &u8| b.is_ascii_alphanumeric() | matches!(b, b'-' | b'_');
    // To its end even when a byte is wrong: so the compiler looks at many at once.
    (1..=longest).contains(&text.len()) && text.iter().fold(true, |all, b| all & fits(b))
}
