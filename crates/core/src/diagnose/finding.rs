//! What each single check may come to, and how good that is.

use super::{Candidate, Grade, Graded};
use crate::{devices::Trouble, record, tagged, wire::Refusal, words};
use alloc::vec::Vec;

/// A relay that is further away than this is heard: people begin to talk over each other (ITU-T G.114
/// wants 150 ms one way at the most).
const FAR_MS: u32 = 300;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Camera {
    Picture {
        width: u32,
        height: u32,
    },
    /// It runs, and its picture is all but black.
    Dark,
    /// It runs, and no picture came.
    NoPicture,
    Trouble {
        why: Trouble,
    },
}

tagged!(Camera by "result" {
    Picture { width, height } = "picture",
    Dark {} = "dark",
    NoPicture {} = "no_picture",
    Trouble { why } = "trouble",
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Microphone {
    Heard,
    /// It is open, and nothing was said or nothing came through.
    Quiet,
    /// It is open; this browser lets no loudness be measured (a computer without a speaker).
    Unmeasured,
    Trouble {
        why: Trouble,
    },
}

tagged!(Microphone by "result" {
    Heard {} = "heard",
    Quiet {} = "quiet",
    Unmeasured {} = "unmeasured",
    Trouble { why } = "trouble",
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// Only the person knows whether it was heard.
    Played,
    /// It did not come to its end.
    Stuck,
    Refused,
}

words!(Speaker {
    Played = "played",
    Stuck = "stuck",
    Refused = "refused"
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signalling {
    /// It welcomed us; a question and its answer took this long.
    Online { ms: u32 },
    /// A static host: tabs and direct calls are what there is.
    NoServer,
    /// Not even the host's own files can be had now.
    Offline,
    /// It closed the connection, or none came about.
    Closed { code: u32 },
    /// It said why not.
    Refused { why: Refusal },
    /// A connection, and then nothing.
    Silent,
}

tagged!(Signalling by "result" {
    Online { ms } = "online",
    NoServer {} = "no_server",
    Offline {} = "offline",
    Closed { code } = "closed",
    Refused { why } = "refused",
    Silent {} = "silent",
});

/// Of this device itself, without any server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    pub candidates: Vec<Candidate>,
}

record!(Addresses { candidates });

/// A call of this page with itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loopback {
    /// There was a camera to send.
    Picture {
        channel_ms: u32,
        frame_ms: u32,
    },
    Data {
        channel_ms: u32,
    },
    /// Data arrived, the picture did not.
    NoFrame {
        channel_ms: u32,
    },
    Failed,
}

tagged!(Loopback by "result" {
    Picture { channel_ms, frame_ms } = "picture",
    Data { channel_ms } = "data",
    NoFrame { channel_ms } = "no_frame",
    Failed {} = "failed",
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relay {
    /// The host has no TURN server.
    NotOffered,
    /// None of the host's gave an address.
    NotReached,
    RoundTrip {
        ms: u32,
    },
    /// An address was given, and nothing comes through.
    Blocked,
}

tagged!(Relay by "result" {
    NotOffered {} = "not_offered",
    NotReached {} = "not_reached",
    RoundTrip { ms } = "round_trip",
    Blocked {} = "blocked",
});

fn of_trouble(why: Trouble) -> Grade {
    match why {
        Trouble::NotFound | Trouble::Insecure => Grade::Absent,
        Trouble::Denied | Trouble::InUse | Trouble::Lost | Trouble::Other => Grade::Failed,
    }
}

impl Graded for Camera {
    fn grade(&self) -> Grade {
        match self {
            Camera::Picture { .. } => Grade::Well,
            Camera::Dark => Grade::Poor,
            Camera::NoPicture => Grade::Failed,
            Camera::Trouble { why } => of_trouble(*why),
        }
    }
}

impl Graded for Microphone {
    fn grade(&self) -> Grade {
        match self {
            Microphone::Heard | Microphone::Unmeasured => Grade::Well,
            Microphone::Quiet => Grade::Poor,
            Microphone::Trouble { why } => of_trouble(*why),
        }
    }
}

impl Graded for Speaker {
    fn grade(&self) -> Grade {
        match self {
            Speaker::Played => Grade::Well,
            Speaker::Stuck => Grade::Poor,
            Speaker::Refused => Grade::Failed,
        }
    }
}

impl Graded for Signalling {
    fn grade(&self) -> Grade {
        match self {
            Signalling::Online { .. } => Grade::Well,
            Signalling::NoServer => Grade::Absent,
            Signalling::Offline
            | Signalling::Closed { .. }
            | Signalling::Refused { .. }
            | Signalling::Silent => Grade::Failed,
        }
    }
}

impl Graded for Addresses {
    fn grade(&self) -> Grade {
        if self.candidates.is_empty() {
            Grade::Failed
        } else {
            Grade::Well
        }
    }
}

impl Graded for Loopback {
    fn grade(&self) -> Grade {
        match self {
            Loopback::Picture { .. } | Loopback::Data { .. } => Grade::Well,
            Loopback::NoFrame { .. } => Grade::Poor,
            Loopback::Failed => Grade::Failed,
        }
    }
}

impl Graded for Relay {
    fn grade(&self) -> Grade {
        match self {
            Relay::NotOffered => Grade::Absent,
            Relay::RoundTrip { ms } if *ms > FAR_MS => Grade::Poor,
            Relay::RoundTrip { .. } => Grade::Well,
            Relay::NotReached | Relay::Blocked => Grade::Failed,
        }
    }
}
