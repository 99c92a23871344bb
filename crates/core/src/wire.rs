//! Everything that travels. Two layers: what a client and a signaller say to each other (`ClientMsg`,
//! `ServerMsg`), and what two peers say (`PeerMsg`), sealed through a signaller or plain over their
//! own DTLS-protected control channel. docs/protocol.md says the same in words.

use crate::{
    gesture::Reaction,
    ids::{Epoch, PeerId, PeerToken, RoomId},
    json::{self, Fields, Json, Record, Value, Writer},
    record, tagged, words,
};
use alloc::{string::String, vec::Vec};

mod chat;
mod files;
pub mod names;
mod verify;

pub use chat::{Line, Past, Said};
pub use files::{About, FileMsg};
pub use verify::VerifyMsg;

pub const VERSION: u16 = 1;
/// The largest signalling frame. An offer is about 6 kB; sealed and in base64 about 9 kB.
pub const MAX_FRAME: usize = 64 * 1024;
/// The largest control-channel message (RFC 8831 §6.6 advises 16 KiB; a media offer may be larger).
pub const MAX_PEER_MSG: usize = 48 * 1024;
/// People in one room, oneself included.
pub const MAX_ROOM: usize = 8;
/// Characters of a name that are kept.
pub const MAX_NAME: usize = 64;

/// A sealed envelope in base64url: opaque to every signaller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed(pub String);

/// Client → signaller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientMsg {
    /// First on every connection. The signaller derives the peer id from the token.
    Hello {
        version: u16,
        token: PeerToken,
    },
    /// Who is in the room, and tell me of changes, without joining (the green room).
    Look {
        room: RoomId,
    },
    /// Join with a sealed card that says who this is. A repeated join replaces the card.
    Join {
        room: RoomId,
        card: Sealed,
    },
    Leave {
        room: RoomId,
    },
    Send {
        room: RoomId,
        to: PeerId,
        body: Sealed,
    },
    Ping,
}

/// Signaller → client. `from` and `peer` are stamped by the signaller; a client cannot choose them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerMsg {
    Welcome {
        version: u16,
        you: PeerId,
    },
    /// Answer to `look` (`joined: false`) and `join` (`joined: true`): the others who are there.
    Room {
        room: RoomId,
        joined: bool,
        peers: Vec<Member>,
    },
    Entered {
        room: RoomId,
        peer: PeerId,
        card: Sealed,
    },
    Left {
        room: RoomId,
        peer: PeerId,
    },
    Relayed {
        room: RoomId,
        from: PeerId,
        body: Sealed,
    },
    Refused {
        code: Refusal,
        room: Option<RoomId>,
    },
    Pong,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub peer: PeerId,
    pub card: Sealed,
}

/// Why a signaller said no. Stable codes; the page turns each into a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    RoomFull,
    /// Not JSON, an unknown tag, a field out of range.
    BadMessage,
    /// Something before `hello`.
    NotWelcomed,
    UnsupportedVersion,
    NotInRoom,
    /// The addressee is not in that room (or nowhere: both look alike).
    NoSuchPeer,
    TooManyRooms,
    TooFast,
    /// The server has all the people, or all the rooms, it takes.
    ServerFull,
}

/// WebSocket close codes of ours (RFC 6455 §7.4.2 leaves 4000–4999 to applications).
pub mod close {
    /// The same token connected again, from a reloaded or duplicated tab.
    pub const REPLACED: u16 = 4001;
    pub const BAD_MESSAGE: u16 = 4002;
    pub const TOO_FAST: u16 = 4003;
    pub const UNSUPPORTED_VERSION: u16 = 4004;
    pub const SERVER_FULL: u16 = 4005;
    /// The address that this comes from has as many connections as one may.
    pub const TOO_MANY: u16 = 4006;
    /// The host is for those who show a pass, and none was shown.
    pub const PASS_WANTED: u16 = 4007;
    /// The pass that was shown has ended, or was never good: which of them is not told.
    pub const PASS_REFUSED: u16 = 4008;
    /// RFC 6455: going away; come back elsewhere.
    pub const GOING_AWAY: u16 = 1001;
    /// RFC 6455: frame too big.
    pub const TOO_BIG: u16 = 1009;
}

/// What a newcomer shows to a room, sealed to everyone in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub version: u16,
    pub name: String,
}

/// Peer ↔ peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerMsg {
    /// First on every control channel, and a nudge through a signaller when nothing comes.
    Hello {
        version: u16,
        id: PeerId,
        epoch: Epoch,
        name: String,
        media: Media,
    },
    Describe(Description),
    Candidate(TrickledCandidate),
    Media(Media),
    /// A raised hand with its number in the queue, or one that is down. `no` counts what its author
    /// said of it.
    Hand {
        no: u32,
        turn: Option<u32>,
    },
    React {
        no: u32,
        reaction: Reaction,
    },
    /// Whether my screen is shown from now on. Over the control channel alone: it keeps the order, and
    /// what it lost with a connection is said again when the next one opens.
    Sharing {
        screen: Option<Screen>,
    },
    /// Whether I record from now on. Over the control channel alone, as `Sharing` is.
    Recording {
        state: Recording,
    },
    /// How large your pictures are looked at here. Over the control channel alone, as `Sharing` is.
    Need(Need),
    /// What is easily decoded here. Over the control channel alone.
    Light(Codecs),
    /// Please open a fresh connection: this one is beyond mending. `session` is the broken one.
    Again {
        session: u32,
    },
    /// Whose turn it is to offer. From a polite side: may I? From the other side: you may, and I shall wait
    /// for it. `no` is the polite side's newest description.
    Turn {
        session: u32,
        no: u32,
    },
    /// Are you there? Over the control channel alone, as the answer.
    Ping,
    Pong,
    /// Please pass this on, sealed to somebody whom you reach and I do not.
    Pass {
        to: PeerId,
        body: Sealed,
    },
    /// Somebody asked me to pass this on to you.
    Passed {
        from: PeerId,
        body: Sealed,
    },
    /// I know of as many people as fit in a room; you cannot come in.
    Full,
    /// I may be back at once (a reload): keep my place for a moment.
    Away,
    Bye,
    Say(Said),
    /// The message of that number has arrived.
    Got {
        no: u32,
    },
    /// What was said before I came? `all`: by everyone; else by you.
    Recall {
        all: bool,
    },
    Past(Past),
    /// Of files. Over the control channel alone.
    File(FileMsg),
    /// Who is at the other end? Over the control channel alone.
    Verify(VerifyMsg),
}

/// A session description. `session` counts connections of a pair, `no` counts the descriptions that
/// its author made in that session, and `heard` is the newest `no` of the other side that the author
/// had applied: so duplicates, echoes, late ones and true collisions are known for what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    pub session: u32,
    pub no: u32,
    pub heard: u32,
    pub kind: Kind,
    pub sdp: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Offer,
    /// `to` is the `no` of the offer that this answers.
    Answer {
        to: u32,
    },
}

/// A candidate, with the `no` of its author's description that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrickledCandidate {
    pub session: u32,
    pub no: u32,
    pub candidate: Candidate,
}

/// As browsers give it; an empty `candidate` says that there are no more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    pub candidate: String,
    pub mid: Option<String>,
    pub line: Option<u16>,
}

/// What somebody sends right now. Told in a message, never inferred from tracks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Media {
    pub microphone: bool,
    pub camera: bool,
}

/// A screen, a window or a tab that somebody shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Not every browser gives it, and nobody should wait for it in vain.
    pub sound: bool,
}

/// Whether somebody keeps what is said and shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recording {
    #[default]
    Off,
    On,
    /// Begun, and holding still.
    Paused,
}

/// What somebody can see of another's pictures: a box in pixels of their screen for each. A box of no
/// size: it is not looked at, and need not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    pub camera: Size,
    pub screen: Size,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub width: u16,
    pub height: u16,
}

/// Ways to write pictures that a device has circuits for, so that they cost its processor little.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Codecs {
    pub av1: bool,
    pub vp9: bool,
    pub h264: bool,
    pub vp8: bool,
}

impl Json for Sealed {
    fn read(value: Value) -> Option<Self> {
        String::read(value).map(Sealed)
    }

    fn write(&self, to: &mut Writer) {
        to.text(&self.0);
    }
}

tagged!(ClientMsg by "type" {
    Hello { version, token } = "hello",
    Look { room } = "look",
    Join { room, card } = "join",
    Leave { room } = "leave",
    Send { room, to, body } = "send",
    Ping {} = "ping",
});

tagged!(ServerMsg by "type" {
    Welcome { version, you } = "welcome",
    Room { room, joined, peers } = "room",
    Entered { room, peer, card } = "entered",
    Left { room, peer } = "left",
    Relayed { room, from, body } = "relayed",
    Refused { code, room } = "refused",
    Pong {} = "pong",
});

tagged!(PeerMsg by "type" {
    Hello { version, id, epoch, name, media } = "hello",
    Describe(it) = "describe",
    Candidate(it) = "candidate",
    Media(it) = "media",
    Need(it) = "need",
    Light(it) = "light",
    Sharing { screen } = "sharing",
    Recall { all } = "recall",
    Past(it) = "past",
    Ping {} = "ping",
    Pong {} = "pong",
    Pass { to, body } = "pass",
    Passed { from, body } = "passed",
    Away {} = "away",
    Bye {} = "bye",
} then {
    Hand { no, turn } = "hand",
    React { no, reaction } = "react",
    Recording { state } = "recording",
    Again { session } = "again",
    Turn { session, no } = "turn",
    Full {} = "full",
    Say(it) = "say",
    Got { no } = "got",
    File(it) = "file",
    Verify(it) = "verify",
});

tagged!(Kind by "kind" {
    Offer {} = "offer",
    Answer { to } = "answer",
});

words!(Refusal {
    RoomFull = "room_full",
    BadMessage = "bad_message",
    NotWelcomed = "not_welcomed",
    UnsupportedVersion = "unsupported_version",
    NotInRoom = "not_in_room",
    NoSuchPeer = "no_such_peer",
    TooManyRooms = "too_many_rooms",
    TooFast = "too_fast",
    ServerFull = "server_full",
});

words!(Recording {
    Off = "off",
    On = "on",
    Paused = "paused",
});

record!(Member { peer, card });
record!(Card { version, name });
record!(Candidate {
    candidate,
    mid,
    line
});
record!(Media { microphone, camera });
record!(Screen { sound });
record!(Need { camera, screen });
record!(Size { width, height });
record!(Codecs {
    av1,
    vp9,
    h264,
    vp8
});

impl Record for Description {
    fn take(fields: &mut Fields) -> Option<Self> {
        Some(Description {
            session: fields.read("session")?,
            no: fields.read("no")?,
            heard: fields.read("heard")?,
            kind: Kind::take(fields)?,
            sdp: fields.read("sdp")?,
        })
    }

    fn put(&self, to: &mut Writer) {
        to.field("session", &self.session);
        to.field("no", &self.no);
        to.field("heard", &self.heard);
        self.kind.put(to);
        to.field("sdp", &self.sdp);
    }
}

impl Record for TrickledCandidate {
    fn take(fields: &mut Fields) -> Option<Self> {
        Some(TrickledCandidate {
            session: fields.read("session")?,
            no: fields.read("no")?,
            candidate: Candidate::take(fields)?,
        })
    }

    fn put(&self, to: &mut Writer) {
        to.field("session", &self.session);
        to.field("no", &self.no);
        self.candidate.put(to);
    }
}

/// Why a text from outside was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    TooLong,
    NotUnderstood,
}

/// Parses one message. Unknown fields are ignored, unknown tags and everything else refused.
pub fn decode<T: Json>(text: &str, longest: usize) -> Result<T, DecodeError> {
    if text.len() > longest {
        return Err(DecodeError::TooLong);
    }
    json::parse(text)
        .and_then(T::read)
        .ok_or(DecodeError::NotUnderstood)
}

pub fn encode<T: Json>(message: &T) -> String {
    json::write(message)
}

/// A name as it may be shown: control and direction characters out, white space folded, cut to length.
pub fn clean_name(name: &str) -> String {
    let mut clean = String::new();
    let mut gap = false;
    for c in name.chars() {
        if c.is_whitespace() {
            gap = !clean.is_empty();
        } else if !c.is_control() && !is_invisible(c) {
            if clean.chars().count() + usize::from(gap) >= MAX_NAME {
                break;
            }
            if core::mem::take(&mut gap) {
                clean.push(' ');
            }
            clean.push(c);
        }
    }
    // What belongs to other letters is no name without them.
    match clean.chars().all(is_blank) {
        true => String::new(),
        false => clean,
    }
}

/// Zero-width and direction-changing characters, and letters without any shape: they make one name look
/// like another.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}')
}

/// Takes part in writing, and alone shows nothing: these, and signs that choose or join the shapes of other
/// letters, which Mongolian, Khmer and emoji need.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || matches!(c, '\u{34f}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests;
