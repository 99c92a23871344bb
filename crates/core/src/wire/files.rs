//! What is said about files, as it travels over the control channel. The bytes themselves go over
//! connections of their own (`files::frame`).

use super::Candidate;
use crate::{ids::FileRoot, record, tagged};
use alloc::string::String;

/// A file as its sender describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The hash of its content, which names it: two files with one root are the same file.
    pub root: FileRoot,
    pub size: u64,
    /// With the folders that it lies in, divided by `/`.
    pub name: String,
    /// Its media type; may be empty.
    pub kind: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileMsg {
    /// I have this for you. `alone`: for nobody else.
    Offer {
        about: About,
        alone: bool,
    },
    /// What I offered is not to be had any more.
    Withdraw {
        root: FileRoot,
    },
    /// What you offered is not wanted, or not any more.
    Refuse {
        root: FileRoot,
    },
    /// I am fetching this file. Have you got it? `slot` is what I call it from now on, towards you.
    /// `yours`: it was you who offered it.
    Want {
        slot: u32,
        about: About,
        yours: bool,
    },
    Have {
        slot: u32,
    },
    Lack {
        slot: u32,
    },
    /// So many bytes of what you offered are here, checked and kept.
    Progress {
        root: FileRoot,
        have: u64,
    },
    /// A connection for bytes, wanted by the sender of this message, who numbers it.
    LaneOffer {
        lane: u32,
        sdp: String,
    },
    LaneAnswer {
        lane: u32,
        sdp: String,
    },
    /// `mine`: of a lane that the sender of this message wanted.
    LaneCandidate {
        lane: u32,
        mine: bool,
        candidate: Candidate,
    },
}

record!(About {
    root,
    size,
    name,
    kind
});

tagged!(FileMsg by "file" {
    Offer { about, alone } = "offer",
    Withdraw { root } = "withdraw",
    Refuse { root } = "refuse",
    Want { slot, about, yours } = "want",
    Have { slot } = "have",
    Lack { slot } = "lack",
    Progress { root, have } = "progress",
    LaneOffer { lane, sdp } = "lane_offer",
    LaneAnswer { lane, sdp } = "lane_answer",
    LaneCandidate { lane, mine, candidate } = "lane_candidate",
});
