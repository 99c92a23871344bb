//! Names and whose they are. Owned by the directory, which says who asks; must never know what is told.

use crate::{
    hub::ClientKey,
    ids::PeerToken,
    time::Millis,
    wire::names::{LetterKey, Listed},
};
use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    string::String,
    vec::Vec,
};

/// A name stays its owner's for this long after the last of their tabs was lost.
const GRACE: u64 = 30_000;
/// People of whose going somebody is told; of more than that, the latest.
const ACQUAINTED: usize = 16;

/// A name as it is shown, and what it has in common with all that look like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    pub shown: String,
    pub folded: String,
}

/// `None` for what is no name.
pub type Fold = fn(&str) -> Option<Folded>;

#[derive(Debug)]
struct Claim {
    name: String,
    token: PeerToken,
    key: LetterKey,
    tabs: BTreeSet<ClientKey>,
    /// Those of them in a call.
    busy: BTreeSet<ClientKey>,
    /// Folded names to or from whom there was a letter.
    acquainted: VecDeque<String>,
    /// When the last tab was lost.
    lost: Millis,
}

#[derive(Debug, Default)]
pub(super) struct Claims {
    claims: BTreeMap<String, Claim>,
    /// Names without tabs, by when they were lost. One that was taken again since stands here in vain.
    lost: VecDeque<(Millis, String)>,
}

/// What a tab left behind.
pub(super) enum Left {
    /// Nobody under that name, and tabs that want to know.
    Last {
        name: String,
        acquainted: Vec<ClientKey>,
    },
    /// Other tabs of the same person, or nothing that was there.
    Other,
}

impl Claims {
    pub(super) fn len(&self) -> usize {
        self.claims.len()
    }

    /// Signs a tab in. `None`: the name is somebody else's. Otherwise the name as it was shown until
    /// now, if that is another spelling.
    pub(super) fn take(
        &mut self,
        now: Millis,
        tab: ClientKey,
        folded: &str,
        shown: &str,
        (token, key): (PeerToken, LetterKey),
    ) -> Option<Option<String>> {
        self.free(now);
        let Some(claim) = self.claims.get_mut(folded) else {
            let claim = Claim {
                name: shown.into(),
                token,
                key,
                tabs: [tab].into(),
                busy: BTreeSet::new(),
                acquainted: VecDeque::new(),
                lost: now,
            };
            self.claims.insert(folded.into(), claim);
            return Some(None);
        };
        if claim.token != token {
            return None;
        }
        claim.key = key;
        claim.tabs.insert(tab);
        let renamed = claim.name != shown && claim.tabs.len() == 1;
        Some(renamed.then(|| core::mem::replace(&mut claim.name, shown.into())))
    }

    pub(super) fn leave(
        &mut self,
        now: Millis,
        tab: ClientKey,
        folded: &str,
        on_purpose: bool,
    ) -> Left {
        let Some(claim) = self.claims.get_mut(folded) else {
            return Left::Other;
        };
        claim.busy.remove(&tab);
        if !claim.tabs.remove(&tab) || !claim.tabs.is_empty() {
            return Left::Other;
        }
        claim.lost = now;
        let name = claim.name.clone();
        let others = core::mem::take(&mut claim.acquainted);
        let acquainted = others.iter().flat_map(|it| self.tabs(it)).collect();
        if on_purpose {
            self.claims.remove(folded);
        } else {
            self.lost.push_back((now, folded.into()));
        }
        Left::Last { name, acquainted }
    }

    /// Whether that made a difference to the name.
    pub(super) fn set_busy(&mut self, folded: &str, tab: ClientKey, busy: bool) -> bool {
        let Some(claim) = self.claims.get_mut(folded) else {
            return false;
        };
        let before = claim.busy.is_empty();
        if busy {
            claim.busy.insert(tab);
        } else {
            claim.busy.remove(&tab);
        }
        before != claim.busy.is_empty()
    }

    /// The two will be told of each other's going. False if the second one is not here.
    pub(super) fn acquaint(&mut self, one: &str, other: &str) -> bool {
        if self.tabs(other).next().is_none() {
            return false;
        }
        for (who, with) in [(one, other), (other, one)] {
            if let Some(claim) = self.claims.get_mut(who) {
                claim.acquainted.retain(|it| it != with);
                claim.acquainted.push_back(with.into());
                if claim.acquainted.len() > ACQUAINTED {
                    claim.acquainted.pop_front();
                }
            }
        }
        true
    }

    pub(super) fn tabs(&self, folded: &str) -> impl Iterator<Item = ClientKey> {
        let claim = self.claims.get(folded);
        claim.into_iter().flat_map(|it| it.tabs.iter().copied())
    }

    /// The name as it is shown, and the key, of somebody who is here.
    pub(super) fn key_of(&self, folded: &str) -> Option<(String, LetterKey)> {
        let claim = self.claims.get(folded).filter(|it| !it.tabs.is_empty())?;
        Some((claim.name.clone(), claim.key))
    }

    pub(super) fn listed(&self, folded: &str) -> Option<Listed> {
        let claim = self.claims.get(folded)?;
        (!claim.tabs.is_empty()).then(|| Listed {
            name: claim.name.clone(),
            busy: !claim.busy.is_empty(),
        })
    }

    pub(super) fn everybody(&self) -> impl Iterator<Item = Listed> {
        self.claims.keys().filter_map(|it| self.listed(it))
    }

    /// Gives back what nobody came back to.
    fn free(&mut self, now: Millis) {
        while let Some((lost, folded)) = self.lost.front() {
            if now < lost.after(GRACE) {
                return;
            }
            let unclaimed = |it: &Claim| it.tabs.is_empty() && it.lost == *lost;
            if self.claims.get(folded).is_some_and(unclaimed) {
                self.claims.remove(folded);
            }
            self.lost.pop_front();
        }
    }
}
