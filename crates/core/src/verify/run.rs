//! One run on one connection: commit, reveal, agree. There is no second one, so whoever stands in the
//! middle cannot try again until the codes are alike.

use super::{
    CodeState,
    certificates::Certificates,
    code::{Agreed, End, commit},
    people::{MOST, People},
};
use crate::{
    ids::{Commitment, Nonce, PairSecret, PeerId, Proof},
    time::Millis,
};
use alloc::vec::Vec;
use core::fmt;

/// Each word is answered at once, when the page has what answers it; that may have to be fetched.
const PATIENCE: u64 = 20_000;

/// Why there is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Their page does not answer.
    Silent,
    /// What came is not what was committed to, or came out of turn.
    Misfit,
    /// The browser does not tell which certificates were used, or there are several.
    Unseen,
}

#[derive(Default)]
pub(super) enum Run {
    #[default]
    Idle,
    Committed {
        nonce: Nonce,
        until: Millis,
    },
    /// Both are committed, one's own nonce is told.
    Revealed {
        nonce: Nonce,
        theirs: Commitment,
        until: Millis,
    },
    Agreed(Outcome),
    Failed(Trouble),
}

pub(super) struct Outcome {
    agreed: Agreed,
    /// Until their proofs are here, or this time.
    proofs_until: Option<Millis>,
    /// The acquaintance that they proved to be.
    known: Option<PairSecret>,
    matched: Matched,
    /// The other side has said that the codes match, and was answered.
    answered: bool,
}

/// What the person here said of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Matched {
    No,
    /// The other side was asked to keep what it takes.
    Told,
    Kept,
}

impl fmt::Debug for Run {
    /// Without what is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Run::Idle => "Idle",
            Run::Committed { .. } => "Committed",
            Run::Revealed { .. } => "Revealed",
            Run::Agreed(_) => "Agreed",
            Run::Failed(_) => "Failed",
        })
    }
}

impl Run {
    pub fn begin(&mut self, now: Millis, nonce: Nonce) -> bool {
        let begins = matches!(self, Run::Idle);
        if begins {
            let until = now.after(PATIENCE);
            *self = Run::Committed { nonce, until };
        }
        begins
    }

    /// One's own nonce, which is due now.
    pub fn on_commit(&mut self, now: Millis, theirs: Commitment) -> Option<Nonce> {
        let Run::Committed { nonce, .. } = *self else {
            *self = Run::Failed(Trouble::Misfit);
            return None;
        };
        let until = now.after(PATIENCE);
        *self = Run::Revealed {
            nonce,
            theirs,
            until,
        };
        Some(nonce)
    }

    pub fn on_reveal(
        &mut self,
        now: Millis,
        (me, peer): (PeerId, PeerId),
        nonce: Nonce,
        used: Option<Certificates>,
    ) -> bool {
        let next = match *self {
            Run::Revealed {
                nonce: mine,
                theirs,
                ..
            } if commit(peer, me, &nonce) == theirs => match used {
                None => Run::Failed(Trouble::Unseen),
                Some(used) => {
                    let (me, them) = (
                        End {
                            id: me,
                            certificate: used.own,
                            nonce: mine,
                        },
                        End {
                            id: peer,
                            certificate: used.theirs,
                            nonce,
                        },
                    );
                    Run::Agreed(Outcome {
                        agreed: Agreed::between(&me, &them),
                        proofs_until: Some(now.after(PATIENCE)),
                        known: None,
                        matched: Matched::No,
                        answered: false,
                    })
                }
            },
            _ => Run::Failed(Trouble::Misfit),
        };
        *self = next;
        matches!(self, Run::Agreed(_))
    }

    /// To whom one would be known.
    pub fn proofs(&self, me: PeerId, people: &People) -> Vec<Proof> {
        let Run::Agreed(it) = self else {
            return Vec::new();
        };
        let all = people.all().iter();
        all.map(|one| it.agreed.proof(&one.secret, me)).collect()
    }

    pub fn on_known(&mut self, peer: PeerId, proofs: &[Proof], people: &People) -> bool {
        match self {
            Run::Agreed(it) if it.proofs_until.is_some() && proofs.len() <= MOST => {
                let mut newest_first = people.all().iter().rev();
                let known =
                    newest_first.find(|one| proofs.contains(&it.agreed.proof(&one.secret, peer)));
                it.known = known.map(|one| one.secret);
                it.proofs_until = None;
                true
            }
            _ => {
                *self = Run::Failed(Trouble::Misfit);
                false
            }
        }
    }

    /// The person here says so; true for the first time.
    pub fn on_match(&mut self) -> bool {
        let Run::Agreed(it) = self else { return false };
        let first = it.matched == Matched::No;
        if first {
            it.matched = Matched::Told;
        }
        first
    }

    /// The other side says so: the secret to keep, the first time.
    pub fn on_their_match(&mut self) -> Option<PairSecret> {
        match self {
            Run::Agreed(it) if !it.answered => {
                it.answered = true;
                Some(it.agreed.secret())
            }
            _ => None,
        }
    }

    /// They have kept it: the secret to keep here.
    pub fn on_kept(&mut self) -> Option<PairSecret> {
        match self {
            Run::Agreed(it) if it.matched == Matched::Told => {
                it.matched = Matched::Kept;
                Some(it.agreed.secret())
            }
            _ => None,
        }
    }

    pub fn forget(&mut self) {
        if let Run::Agreed(it) = self {
            it.known = None;
        }
    }

    /// True where something became of it.
    pub fn on_time(&mut self, now: Millis) -> bool {
        if self.until().is_none_or(|at| at > now) {
            return false;
        }
        match self {
            Run::Agreed(it) => it.proofs_until = None,
            _ => *self = Run::Failed(Trouble::Silent),
        }
        true
    }

    pub fn until(&self) -> Option<Millis> {
        match self {
            Run::Committed { until, .. } | Run::Revealed { until, .. } => Some(*until),
            Run::Agreed(it) => it.proofs_until,
            Run::Idle | Run::Failed(_) => None,
        }
    }

    pub fn code(&self) -> CodeState {
        match self {
            Run::Idle => CodeState::None,
            Run::Committed { .. } | Run::Revealed { .. } => CodeState::Making,
            Run::Agreed(it) => CodeState::Ready(it.agreed.code()),
            Run::Failed(trouble) => CodeState::Failed(*trouble),
        }
    }

    pub fn known(&self) -> Option<&PairSecret> {
        match self {
            Run::Agreed(it) => it.known.as_ref(),
            _ => None,
        }
    }

    pub fn is_matched(&self) -> bool {
        matches!(self, Run::Agreed(it) if it.matched != Matched::No)
    }

    /// They have shown whether they are known, or will not.
    pub fn is_judged(&self) -> bool {
        match self {
            Run::Agreed(it) => it.proofs_until.is_none(),
            Run::Failed(_) => true,
            Run::Idle | Run::Committed { .. } | Run::Revealed { .. } => false,
        }
    }
}
