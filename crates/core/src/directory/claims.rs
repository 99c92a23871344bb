//! Names and whose they are. Owned by the directory, which says who asks; must never know what is told.

use super::abroad::{Away, Held};
use crate::{
    hub::ClientKey,
    ids::PeerId,
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
    /// What the token of whoever it belongs to comes to.
    owner: PeerId,
    key: LetterKey,
    tabs: BTreeSet<ClientKey>,
    /// Whether its owner is at another server of a cluster too, and busy there.
    elsewhere: Option<bool>,
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

impl Claim {
    fn is_present(&self) -> bool {
        !self.tabs.is_empty() || self.elsewhere.is_some()
    }
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
        (owner, key): (PeerId, LetterKey),
    ) -> Option<Option<String>> {
        self.free(now);
        let Some(claim) = self.claims.get_mut(folded) else {
            let claim = Claim {
                name: shown.into(),
                owner,
                key,
                tabs: [tab].into(),
                elsewhere: None,
                busy: BTreeSet::new(),
                acquainted: VecDeque::new(),
                lost: now,
            };
            self.claims.insert(folded.into(), claim);
            return Some(None);
        };
        if claim.owner != owner {
            return None;
        }
        claim.key = key;
        claim.tabs.insert(tab);
        let is_only = claim.tabs.len() == 1 && claim.elsewhere.is_none();
        let renamed = claim.name != shown && is_only;
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
        if !claim.tabs.remove(&tab) || claim.is_present() {
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

    /// The two will be told of each other's going. False if the second one is not there.
    pub(super) fn acquaint(&mut self, one: &str, other: &str) -> bool {
        if !self.claims.get(other).is_some_and(Claim::is_present) {
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

    /// The name as it is shown, and the key, of somebody who is there.
    pub(super) fn key_of(&self, folded: &str) -> Option<(String, LetterKey)> {
        let claim = self.claims.get(folded).filter(|it| it.is_present())?;
        Some((claim.name.clone(), claim.key))
    }

    pub(super) fn listed(&self, folded: &str) -> Option<Listed> {
        let claim = self.claims.get(folded)?;
        claim.is_present().then(|| Listed {
            name: claim.name.clone(),
            busy: !claim.busy.is_empty() || claim.elsewhere == Some(true),
        })
    }

    pub(super) fn everybody(&self) -> impl Iterator<Item = Listed> {
        self.claims.keys().filter_map(|it| self.listed(it))
    }

    /// Whose name it is, here or elsewhere, or was until a moment ago.
    pub(super) fn owner(&mut self, now: Millis, folded: &str) -> Option<PeerId> {
        self.free(now);
        Some(self.claims.get(folded)?.owner)
    }

    pub(super) fn is_elsewhere(&self, folded: &str) -> bool {
        let claim = self.claims.get(folded);
        claim.is_some_and(|it| it.elsewhere.is_some())
    }

    /// What is held by tabs here, if there are any.
    pub(super) fn held(&self, folded: &str) -> Option<Held> {
        let claim = self.claims.get(folded).filter(|it| !it.tabs.is_empty())?;
        Some(Held {
            name: claim.name.clone(),
            owner: claim.owner,
            key: claim.key,
            busy: !claim.busy.is_empty(),
        })
    }

    pub(super) fn held_names(&self) -> impl Iterator<Item = &String> {
        let held = self.claims.iter().filter(|(_, it)| !it.tabs.is_empty());
        held.map(|(folded, _)| folded)
    }

    /// Somebody is under that name at another server, or is no more. Nobody else may be under it here.
    pub(super) fn set_elsewhere(
        &mut self,
        now: Millis,
        folded: &str,
        away: Option<Away>,
    ) -> Option<(String, Vec<ClientKey>)> {
        let claim = self.claims.get_mut(folded);
        match (claim, away) {
            (None, None) => None,
            (Some(claim), Some(away)) if claim.owner == away.owner => {
                claim.elsewhere = Some(away.busy);
                claim.key = away.key;
                if claim.tabs.is_empty() {
                    claim.name = away.name;
                }
                None
            }
            (_, Some(away)) => {
                let claim = Claim {
                    name: away.name,
                    owner: away.owner,
                    key: away.key,
                    tabs: BTreeSet::new(),
                    elsewhere: Some(away.busy),
                    busy: BTreeSet::new(),
                    acquainted: VecDeque::new(),
                    lost: now,
                };
                self.claims.insert(folded.into(), claim);
                None
            }
            (Some(claim), None) => {
                if claim.elsewhere.take().is_none() || claim.is_present() {
                    return None;
                }
                claim.lost = now;
                self.lost.push_back((now, folded.into()));
                let name = claim.name.clone();
                let others = core::mem::take(&mut claim.acquainted);
                let acquainted = others.iter().flat_map(|it| self.tabs(it)).collect();
                Some((name, acquainted))
            }
        }
    }

    /// Nobody has it any more: it was given back at another server.
    pub(super) fn release(&mut self, folded: &str) {
        if self.claims.get(folded).is_some_and(|it| !it.is_present()) {
            self.claims.remove(folded);
        }
    }

    /// Gives back what nobody came back to.
    fn free(&mut self, now: Millis) {
        while let Some((lost, folded)) = self.lost.front() {
            if now < lost.after(GRACE) {
                return;
            }
            let unclaimed = |it: &Claim| !it.is_present() && it.lost == *lost;
            if self.claims.get(folded).is_some_and(unclaimed) {
                self.claims.remove(folded);
            }
            self.lost.pop_front();
        }
    }
}
