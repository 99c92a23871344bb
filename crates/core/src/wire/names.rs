//! What a tab and the server's directory say to each other, on a connection of their own: who is signed
//! in under which name, and what they tell each other, sealed. docs/protocol.md says it in words.

use super::Sealed;
use crate::{
    ids::PeerToken,
    json::{Json, Value, Writer},
    record, tagged, words,
};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt;

/// Characters of a name that one can sign in under.
pub const MAX_SIGN: usize = 32;
/// Names in one message. Small parts: a server's buffer for a client stays as large as the largest
/// message was.
pub const MAX_LISTED: usize = 25;
/// A letter says a few words, and a room.
pub const MAX_LETTER: usize = 4 * 1024;

/// Tab → directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// `token` holds the name for its owner, in as many tabs as they like; letters to them are sealed
    /// to `key`. Said again under another name, it leaves the first one.
    SignIn {
        version: u16,
        name: String,
        token: PeerToken,
        key: LetterKey,
    },
    SignOut,
    /// In a call from now on, or no more.
    Busy {
        busy: bool,
    },
    /// The key of somebody who is signed in.
    Find {
        name: String,
    },
    /// To every tab of somebody who is signed in.
    Tell {
        to: String,
        letter: Sealed,
    },
    Ping,
}

/// Directory → tab. `from` is stamped by the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Say {
    /// The name as others see it, and whether a list of everybody follows.
    SignedIn {
        name: String,
        listed: bool,
    },
    /// A part of the list; the first one begins it anew.
    People {
        first: bool,
        people: Vec<Listed>,
    },
    /// What became different in the list.
    Changed {
        here: Vec<Listed>,
        gone: Vec<String>,
    },
    Found {
        name: String,
        key: LetterKey,
    },
    /// Somebody to or from whom there was a letter is not signed in any more.
    Gone {
        name: String,
    },
    Told {
        from: String,
        key: LetterKey,
        letter: Sealed,
    },
    Denied {
        code: Denial,
        name: String,
    },
    Pong,
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    /// In a call.
    pub busy: bool,
}

/// Why something was not done. Stable codes; the page turns each into a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Denial {
    /// Somebody else has the name, or one that looks like it.
    Taken,
    /// Empty, too long, or nothing that can be seen.
    BadName,
    /// Nobody is signed in under it.
    Nobody,
    /// One's own name, where another one's belongs.
    Yourself,
    /// Something that only those may ask who are signed in.
    NotSignedIn,
    /// Not JSON, an unknown tag, a field out of range.
    BadMessage,
    /// The page is of another version than the directory.
    UnsupportedVersion,
    TooFast,
    /// The directory has all the people it takes.
    Full,
    /// The address that this comes from has as many connections as one may. Said by a close code.
    TooMany,
    /// The host is for those who show a pass. Said by a close code.
    Uninvited,
}

/// A public key (X25519) to which letters are sealed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LetterKey(pub [u8; 32]);

impl Json for LetterKey {
    fn read(value: Value) -> Option<Self> {
        let Value::Text(text) = value else {
            return None;
        };
        let mut bytes = [0; 32];
        let read = Base64UrlUnpadded::decode(&text, &mut bytes).ok()?;
        (read.len() == 32).then_some(LetterKey(bytes))
    }

    fn write(&self, to: &mut Writer) {
        to.text(&Base64UrlUnpadded::encode_string(&self.0));
    }
}

impl fmt::Debug for LetterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Base64UrlUnpadded::encode_string(&self.0))
    }
}

tagged!(Ask by "type" {
    SignIn { version, name, token, key } = "sign_in",
    SignOut {} = "sign_out",
    Busy { busy } = "busy",
    Find { name } = "find",
    Tell { to, letter } = "tell",
    Ping {} = "ping",
});

tagged!(Say by "type" {
    SignedIn { name, listed } = "signed_in",
    People { first, people } = "people",
    Changed { here, gone } = "changed",
    Found { name, key } = "found",
    Gone { name } = "gone",
    Told { from, key, letter } = "told",
    Denied { code, name } = "denied",
    Pong {} = "pong",
});

words!(Denial {
    Taken = "taken",
    BadName = "bad_name",
    Nobody = "nobody",
    Yourself = "yourself",
    NotSignedIn = "not_signed_in",
    BadMessage = "bad_message",
    UnsupportedVersion = "unsupported_version",
    TooFast = "too_fast",
    Full = "full",
    TooMany = "too_many",
    Uninvited = "uninvited",
});

record!(Listed { name, busy });
