//! Letters from one name to another, to every tab that is signed in under it. Owned by the directory,
//! which cannot open them.

use super::{Directory, Effects, No, abroad::Letter};
use crate::{
    hub::{Effect, is_sealed},
    wire::{
        Sealed,
        names::{Denial, MAX_LETTER, Say},
    },
};
use alloc::{string::String, sync::Arc};

impl Directory {
    pub(super) fn tell(
        &mut self,
        me: &str,
        to: String,
        letter: Sealed,
        effects: &mut Effects,
    ) -> Result<(), No> {
        if !is_sealed(&letter, MAX_LETTER) {
            return Err(No(Denial::BadMessage, to));
        }
        let folded = self.other(me, &to)?;
        let Some((from, key)) = self.claims.key_of(me) else {
            return Err(No::plain(Denial::NotSignedIn));
        };
        if !self.claims.acquaint(me, &folded) {
            return Err(No(Denial::Nobody, to));
        }
        if self.claims.is_elsewhere(&folded) {
            self.write(Letter {
                to: folded.clone(),
                by: me.into(),
                from: from.clone(),
                key,
                letter: letter.clone(),
            });
        }
        self.hand_on(&folded, Say::Told { from, key, letter }, effects);
        Ok(())
    }

    pub(super) fn hand_on(&self, folded: &str, told: Say, effects: &mut Effects) {
        let told = Arc::new(told);
        let tabs = self.claims.tabs(folded);
        effects.extend(tabs.map(|tab| Effect::Send(tab, Arc::clone(&told))));
    }

    /// The folded name of somebody else.
    pub(super) fn other(&self, me: &str, name: &str) -> Result<String, No> {
        let folded = (self.rules.fold)(name).map(|it| it.folded);
        match folded {
            None => Err(No(Denial::Nobody, name.into())),
            Some(folded) if folded == me => Err(No(Denial::Yourself, name.into())),
            Some(folded) => Ok(folded),
        }
    }
}
