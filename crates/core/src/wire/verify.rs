//! What two pages say to each other so that two people can make sure who is at the other end
//! (`verify`). Over the control channel alone: a signaller has no part in it.

use crate::{
    ids::{Commitment, Nonce, Proof},
    tagged,
};
use alloc::vec::Vec;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyMsg {
    /// The hash of my nonce, which cannot be chosen anew from now on.
    Commit { commit: Commitment },
    /// What I committed to. Not before both commitments are known.
    Reveal { nonce: Nonce },
    /// For everyone whom I would know again, that I do; chance makes up the number.
    Known { proofs: Vec<Proof> },
    /// The person here says that both see the same code: keep what lets me be known again.
    Match,
    /// It is kept.
    Kept,
}

tagged!(VerifyMsg by "verify" {
    Commit { commit } = "commit",
    Reveal { nonce } = "reveal",
    Known { proofs } = "known",
    Match {} = "match",
    Kept {} = "kept",
});
