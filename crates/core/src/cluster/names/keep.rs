//! What a node wants the store to say, and what it believes of what the store says. A part of `Names`,
//! which says when.

use super::{Known, Names, Output, Outputs, Store};
use crate::{
    cluster::message::{Claimed, Holder},
    directory::abroad::{Away, Held, Wanted},
    ids::NodeId,
    time::Millis,
};
use alloc::{string::String, vec::Vec};

/// The same as the directory's, for a node that it has not been told by.
const GRACE: u64 = 30_000;
/// Entries that are removed, or written again, at one look.
const AT_ONCE: usize = 100;
/// An entry that nobody writes again is forgotten by the store after a day.
const FRESH: u64 = 8 * 60 * 60 * 1_000;
/// After the store was back: what it has not shown until then is not in it.
const SHOWN: u64 = 5_000;

impl Names {
    /// What this node wants the store to say of somebody.
    fn wish(&self, name: &str) -> Option<Held> {
        self.directory.held(name).or_else(|| {
            let Wanted { name, owner, .. } = self.waiting.get(name)?.first()?.clone();
            let (owner, key) = owner;
            Some(Held {
                name: name.shown,
                owner,
                key,
                busy: false,
            })
        })
    }

    /// Makes the store say what is so here, or those here believe what the store says.
    pub(super) fn reconcile(&mut self, now: Millis, name: &str, out: &mut Outputs) {
        if self.store == Store::Down || self.flying.contains_key(name) {
            return;
        }
        let known = self.known.get(name);
        let entry = known.and_then(|it| it.entry.clone());
        let Some(wish) = self.wish(name) else {
            if let Some(entry) = entry {
                self.step_back(now, name, entry, out);
            }
            return;
        };
        if let (Some(entry), Some(known)) = (&entry, known)
            && entry.owner != wish.owner
            && !self.is_free(now, known)
        {
            let waiting = self.waiting.remove(name).unwrap_or_default();
            let refused = waiting.iter().flat_map(|it| self.directory.refuse(it));
            out.extend(refused.map(Output::Client).collect::<Vec<_>>());
            let effects = self.directory.evict(now, name);
            out.extend(effects.into_iter().map(Output::Client));
            self.show(now, name, out);
            return;
        }
        let same = entry.as_ref().filter(|it| it.owner == wish.owner);
        let mut holders: Vec<Holder> = same.map_or_else(Vec::new, |it| it.holders.clone());
        holders.retain(|it| it.node != self.me);
        holders.push(Holder {
            node: self.me,
            busy: wish.busy,
        });
        holders.sort_by_key(|it| it.node);
        let fresh = Claimed {
            name: name.into(),
            shown: wish.name,
            owner: wish.owner,
            key: wish.key,
            holders,
        };
        // A store that is new has no revision of it.
        let is_kept = known.is_some_and(|it| it.revision > 0);
        if is_kept && entry.as_ref() == Some(&fresh) {
            // It is so already: whoever waits has it, or finds that somebody else does.
            let waiting = self.waiting.remove(name).unwrap_or_default();
            self.grant(now, waiting, out);
            if self.directory.held(name).is_none() {
                // All who waited have gone meanwhile.
                self.again.insert(name.into());
            }
        } else {
            self.write(name, Some(fresh), out);
        }
    }

    /// Nobody here is under that name.
    fn step_back(&mut self, now: Millis, name: &str, mut entry: Claimed, out: &mut Outputs) {
        let before = entry.holders.len();
        entry.holders.retain(|it| it.node != self.me);
        if entry.holders.len() == before {
            return;
        }
        let is_kept = self.directory.owner(now, name) == Some(entry.owner);
        let entry = (is_kept || !entry.holders.is_empty()).then_some(entry);
        self.write(name, entry, out);
    }

    fn write(&mut self, name: &str, entry: Option<Claimed>, out: &mut Outputs) {
        let revision = self.known.get(name).map_or(0, |it| it.revision);
        self.flying.insert(name.into(), entry.clone());
        let name = name.into();
        out.push(Output::Write {
            name,
            revision,
            entry,
        });
    }

    /// Nobody has it, and nobody had it a moment ago.
    fn is_free(&self, now: Millis, known: &Known) -> bool {
        let lives = |it: &Holder| it.node != self.me && self.nodes.contains_key(&it.node);
        let holders = known.entry.as_ref().map_or(&[][..], |it| &it.holders);
        match holders {
            [] => now.since(known.seen) > GRACE,
            holders => !holders.iter().any(lives),
        }
    }

    pub(super) fn learn(
        &mut self,
        now: Millis,
        name: &str,
        revision: u64,
        entry: Option<Claimed>,
        out: &mut Outputs,
    ) {
        let mut met = Vec::new();
        for holder in entry.iter().flat_map(|it| &it.holders) {
            // There until it turns out to be silent.
            let is_known = holder.node == self.me || self.nodes.contains_key(&holder.node);
            if !is_known {
                self.nodes.insert(holder.node, now);
                met.push(holder.node);
            }
        }
        let known = self.known.entry(name.into()).or_default();
        *known = Known {
            revision,
            seen: now,
            entry,
        };
        self.show(now, name, out);
        // Others of the same node were believed to be gone with it.
        for node in met {
            self.show_those_of(now, node, out);
        }
    }

    /// Tells the directory who is under a name elsewhere.
    fn show(&mut self, now: Millis, name: &str, out: &mut Outputs) {
        let entry = self.known.get(name).and_then(|it| it.entry.as_ref());
        let here = self.directory.held(name);
        if let (Some(here), Some(entry)) = (&here, entry)
            && here.owner != entry.owner
        {
            // One of the two has to go first.
            self.again.insert(name.into());
            return;
        }
        let lives = |it: &&Holder| it.node != self.me && self.nodes.contains_key(&it.node);
        let away = entry.and_then(|it| {
            let holders: Vec<&Holder> = it.holders.iter().filter(lives).collect();
            (!holders.is_empty()).then(|| Away {
                name: it.shown.clone(),
                owner: it.owner,
                key: it.key,
                busy: holders.iter().any(|it| it.busy),
            })
        });
        let is_given_back = entry.is_none();
        let effects = self.directory.set_elsewhere(now, name, away);
        out.extend(effects.into_iter().map(Output::Client));
        // What this node keeps for somebody of its own is in the store.
        if is_given_back && self.store != Store::Down {
            self.directory.release(name);
        }
    }

    pub(super) fn show_those_of(&mut self, now: Millis, node: NodeId, out: &mut Outputs) {
        let of = |known: &Known| {
            let mut holders = known.entry.iter().flat_map(|it| &it.holders);
            holders.any(|it| it.node == node)
        };
        let names = self.known.iter().filter(|(_, known)| of(known));
        for name in names.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            self.show(now, &name, out);
        }
    }

    pub(super) fn lose(&mut self, now: Millis, node: NodeId, out: &mut Outputs) {
        if self.nodes.remove(&node).is_some() {
            self.show_those_of(now, node, out);
        }
    }

    /// A store that was gone may come back without what it had.
    pub(super) fn forget_unseen(&mut self, now: Millis, since: Millis, out: &mut Outputs) {
        if now < since.after(SHOWN) {
            return;
        }
        let unseen = self.known.iter().filter(|(_, it)| it.seen < since);
        for name in unseen.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            self.learn(now, &name, 0, None, out);
            self.again.insert(name);
        }
        self.known
            .retain(|name, it| it.entry.is_some() || self.flying.contains_key(name));
    }

    /// What dead nodes left behind, by one of the living.
    pub(super) fn sweep(&mut self, now: Millis, out: &mut Outputs) {
        if self.nodes.keys().any(|node| *node < self.me) {
            return;
        }
        let free = |it: &Known| it.entry.is_some() && self.is_free(now, it);
        let free = self.known.iter().filter(|(_, it)| free(it));
        let free: Vec<String> = (free.map(|(name, _)| name.clone())).take(AT_ONCE).collect();
        for name in free {
            let is_wanted = self.flying.contains_key(&name) || self.wish(&name).is_some();
            if !is_wanted && self.directory.owner(now, &name).is_none() {
                self.write(&name, None, out);
            }
        }
    }

    pub(super) fn refresh(&mut self, now: Millis, out: &mut Outputs) {
        let is_old = |(name, known): &(&String, &Known)| {
            now.since(known.seen) > FRESH && !self.flying.contains_key(*name)
        };
        let old = self.known.iter().filter(is_old);
        let old = old.filter(|(name, _)| self.directory.held(name).is_some());
        let old = old.map(|(name, known)| (name.clone(), known.entry.clone()));
        for (name, entry) in old.take(AT_ONCE).collect::<Vec<_>>() {
            self.write(&name, entry, out);
        }
    }
}
