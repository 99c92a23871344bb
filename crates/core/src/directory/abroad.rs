//! What a cluster asks of the names, and what they have for it. Owned by the directory, used by
//! `cluster::names` alone; a directory without other servers keeps nothing of all this. Whose a name
//! is, is settled there: here it is asked for, granted, or taken away.

use super::{Directory, Effects, Folded, No, Rules, denied, send};
use crate::{
    hub::ClientKey,
    ids::PeerId,
    time::Millis,
    wire::{
        Sealed,
        names::{Denial, LetterKey, Say},
    },
};
use alloc::{collections::BTreeSet, string::String, vec::Vec};

/// Collected while a tab is served, and taken at once after.
#[derive(Debug, Default)]
pub(super) struct Abroad {
    /// Folded names about which something may have changed here.
    touched: BTreeSet<String>,
    letters: Vec<Letter>,
    wanted: Vec<Wanted>,
    /// Tabs that want something else by now, or nothing.
    changed_mind: Vec<ClientKey>,
}

/// A tab that wants a name which nobody here has.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) key: ClientKey,
    pub(crate) name: Folded,
    pub(crate) owner: (PeerId, LetterKey),
}

/// To somebody who has tabs elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    /// Folded, both.
    pub(crate) to: String,
    pub(crate) by: String,
    /// As its writer's name is shown.
    pub(crate) from: String,
    pub(crate) key: LetterKey,
    pub(crate) letter: Sealed,
}

/// A name that tabs here are signed in under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) name: String,
    pub(crate) owner: PeerId,
    pub(crate) key: LetterKey,
    pub(crate) busy: bool,
}

/// The same of tabs at other servers.
pub(crate) type Away = Held;

impl Directory {
    pub(crate) fn in_a_cluster(rules: Rules) -> Self {
        Directory {
            abroad: Some(Abroad::default()),
            ..Directory::new(rules)
        }
    }

    pub(super) fn touch(&mut self, folded: &str) {
        if let Some(abroad) = &mut self.abroad {
            abroad.touched.insert(folded.into());
        }
    }

    pub(super) fn write(&mut self, letter: Letter) {
        if let Some(abroad) = &mut self.abroad {
            abroad.letters.push(letter);
        }
    }

    pub(super) fn want(&mut self, wanted: Wanted) {
        if let Some(abroad) = &mut self.abroad {
            abroad.wanted.push(wanted);
        }
    }

    /// Whatever the tab waits for, it wants no more.
    pub(super) fn unwant(&mut self, key: ClientKey) {
        if let Some(abroad) = &mut self.abroad {
            abroad.changed_mind.push(key);
        }
    }

    pub(crate) fn take_changed_mind(&mut self) -> Vec<ClientKey> {
        let abroad = self.abroad.as_mut();
        abroad.map_or_else(Vec::new, |it| core::mem::take(&mut it.changed_mind))
    }

    /// A name that is somebody's already is theirs without asking, or nobody else's.
    pub(super) fn must_ask(&mut self, now: Millis, folded: &str) -> bool {
        self.abroad.is_some() && self.claims.owner(now, folded).is_none()
    }

    pub(crate) fn take_touched(&mut self) -> Option<String> {
        self.abroad.as_mut()?.touched.pop_first()
    }

    pub(crate) fn take_letters(&mut self) -> Vec<Letter> {
        let abroad = self.abroad.as_mut();
        abroad.map_or_else(Vec::new, |it| core::mem::take(&mut it.letters))
    }

    pub(crate) fn take_wanted(&mut self) -> Vec<Wanted> {
        let abroad = self.abroad.as_mut();
        abroad.map_or_else(Vec::new, |it| core::mem::take(&mut it.wanted))
    }

    pub(crate) fn held(&self, folded: &str) -> Option<Held> {
        self.claims.held(folded)
    }

    pub(crate) fn held_names(&self) -> impl Iterator<Item = &String> {
        self.claims.held_names()
    }

    /// Whose it is by what is known here, tabs or not.
    pub(crate) fn owner(&mut self, now: Millis, folded: &str) -> Option<PeerId> {
        self.claims.owner(now, folded)
    }

    /// The tab may have what it wanted, if it still wants anything.
    pub(crate) fn grant(&mut self, now: Millis, wanted: Wanted) -> Effects {
        let mut effects = Vec::new();
        let Wanted { key, name, owner } = wanted;
        let Some(tab) = self.tabs.get(&key) else {
            return effects;
        };
        let before = tab.name.clone();
        if let Err(no) = self.settle_in(now, key, before, name, owner, &mut effects) {
            effects.push(denied(key, no));
        }
        effects.extend(self.wake(now));
        effects
    }

    pub(crate) fn refuse(&self, wanted: &Wanted) -> Effects {
        let no = No(Denial::Taken, wanted.name.shown.clone());
        let is_there = self.tabs.contains_key(&wanted.key);
        is_there
            .then(|| denied(wanted.key, no))
            .into_iter()
            .collect()
    }

    /// Somebody else had the name first, at another server: those who are under it here are so no more.
    pub(crate) fn evict(&mut self, now: Millis, folded: &str) -> Effects {
        let mut effects = Vec::new();
        let tabs: Vec<ClientKey> = self.claims.tabs(folded).collect();
        let name = self.claims.key_of(folded).map(|(name, _)| name);
        for key in tabs {
            self.leave(now, key, folded, true, &mut effects);
            self.newcomers.remove(&key);
            if let Some(tab) = self.tabs.get_mut(&key) {
                tab.name = None;
            }
            let name = name.clone().unwrap_or_default();
            effects.push(denied(key, No(Denial::Taken, name)));
        }
        effects
    }

    /// Who is under that name at other servers from now on.
    pub(crate) fn set_elsewhere(
        &mut self,
        now: Millis,
        folded: &str,
        away: Option<Away>,
    ) -> Effects {
        let mut effects = Vec::new();
        let before = self.claims.listed(folded);
        if let Some((name, acquainted)) = self.claims.set_elsewhere(now, folded, away) {
            for tab in acquainted {
                let name = name.clone();
                effects.push(send(tab, Say::Gone { name }));
            }
        }
        let after = self.claims.listed(folded);
        if before != after {
            let names = before.iter().chain(&after).map(|it| it.name.clone());
            for name in names.collect::<BTreeSet<String>>() {
                self.note(now, name, folded);
            }
        }
        effects.extend(self.wake(now));
        effects
    }

    pub(crate) fn release(&mut self, folded: &str) {
        self.claims.release(folded);
    }

    /// Of somebody at another server, to every tab here of whom it is for.
    pub(crate) fn deliver(&mut self, letter: Letter) -> Effects {
        let mut effects = Vec::new();
        let Letter {
            to,
            by,
            from,
            key,
            letter,
        } = letter;
        if self.claims.held(&to).is_some() {
            self.claims.acquaint(&by, &to);
            self.hand_on(&to, Say::Told { from, key, letter }, &mut effects);
        }
        effects
    }
}
