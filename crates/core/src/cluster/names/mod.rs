//! Names that are unique over several servers, as a machine round the `Directory`. It must never know
//! NATS, a secret or a socket.
//!
//! - Whose a name is stands in a store that all nodes write to, one entry a name. An entry is written only
//!   over the one that its writer has seen (`revision`): of two who claim a name at once, one is too late,
//!   hears whose it is, and decides anew. Every node hears of every change, so the store is the list as well.
//! - An entry says at which nodes its owner has tabs. The same owner takes part in it from anywhere, at once.
//!   Whoever loses the last tab leaves an entry without holders, which for `GRACE` is nobody else's; whoever
//!   signs out removes it. Those of a node that died are without holders from its last beat on.
//! - A tab that wants a name which nobody is known to have waits until the store has answered. Without the
//!   store a name is unique at this node alone; when the store is back, the entry that is there first is
//!   right, and whoever is later is told that the name is taken.
//! - Letters to tabs elsewhere go to all nodes; they are few.

mod keep;

use super::{
    SILENCE, STALE,
    clock::Clock,
    message::{Claimed, NodeMsg, Said},
};
use crate::{
    directory::{
        Directory, Rules,
        abroad::{Letter, Wanted},
    },
    hub::{ClientKey, Effect, Source, is_sealed},
    ids::NodeId,
    pace::Rate,
    time::Millis,
    wire::names::{MAX_LETTER, Say},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    sync::Arc,
    vec::Vec,
};

/// Between two looks at what did not succeed, and at what nobody needs.
const LOOK: u64 = 1_000;

/// What the shell has to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    Client(Effect<Arc<Say>>),
    /// Put this into the store under `name`, over that revision (0: there is none) and no other, or take it
    /// out; then say what became of it.
    Write {
        name: String,
        revision: u64,
        entry: Option<Claimed>,
    },
    /// Say it to all nodes.
    All(NodeMsg),
}

/// What became of a `Write`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrote {
    Done(u64),
    /// There is another revision, with that in it.
    Conflict(u64, Option<Claimed>),
    /// The store did not answer.
    Failed,
}

/// What the store had when it was last heard of.
#[derive(Debug, Default)]
struct Known {
    revision: u64,
    seen: Millis,
    entry: Option<Claimed>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Store {
    Down,
    Up { since: Millis },
}

#[derive(Debug)]
pub struct Names {
    me: NodeId,
    directory: Directory,
    clock: Clock,
    store: Store,
    known: BTreeMap<String, Known>,
    /// When each node was last heard of, or believed to be there.
    nodes: BTreeMap<NodeId, Millis>,
    /// Tabs that wait for the store's answer, by name.
    waiting: BTreeMap<String, Vec<Wanted>>,
    /// What is being written.
    flying: BTreeMap<String, Option<Claimed>>,
    /// Names to look at again.
    again: BTreeSet<String>,
    look: Millis,
}

type Outputs = Vec<Output>;

impl Names {
    pub fn new(rules: Rules, me: NodeId, now: Millis, wall: u64) -> Self {
        Names {
            me,
            directory: Directory::in_a_cluster(rules),
            clock: Clock::new(now, wall),
            store: Store::Down,
            known: BTreeMap::new(),
            nodes: BTreeMap::new(),
            waiting: BTreeMap::new(),
            flying: BTreeMap::new(),
            again: BTreeSet::new(),
            look: now,
        }
    }

    pub fn id(&self) -> NodeId {
        self.me
    }

    pub fn is_signed_in(&self, key: ClientKey) -> bool {
        self.directory.is_signed_in(key)
    }

    pub fn connect(&mut self, key: ClientKey, source: Option<Source>) -> Vec<Effect<Arc<Say>>> {
        self.directory.connect_from(key, source)
    }

    /// Other limits, from now on; nobody is sent away for them.
    pub fn allow(&mut self, tabs: usize, changes: Rate) {
        self.directory.allow(tabs, changes);
    }

    /// Those of this node's own people, and of those who were here until a moment ago.
    pub fn names(&self) -> usize {
        self.directory.names()
    }

    pub fn disconnect(&mut self, now: Millis, key: ClientKey) -> Outputs {
        let effects = self.directory.disconnect(now, key);
        self.after(now, effects)
    }

    pub fn text(&mut self, now: Millis, key: ClientKey, text: &str) -> Outputs {
        let effects = self.directory.text(now, key, text);
        self.after(now, effects)
    }

    /// The store is there (again), or not.
    pub fn store(&mut self, now: Millis, is_up: bool) -> Outputs {
        let mut out = Vec::new();
        self.flying.clear();
        if !is_up {
            self.store = Store::Down;
            for (_, wanted) in core::mem::take(&mut self.waiting) {
                self.grant(now, wanted, &mut out);
            }
            self.settle(now, &mut out);
            return out;
        }
        self.store = Store::Up { since: now };
        for known in self.known.values_mut() {
            // It may be a new store, which counts anew.
            known.revision = 0;
            // Nobody could be heard meanwhile.
            for holder in known.entry.iter().flat_map(|it| &it.holders) {
                self.nodes.insert(holder.node, now);
            }
        }
        self.again = self.directory.held_names().cloned().collect();
        out
    }

    /// The store has that from now on.
    pub fn seen(
        &mut self,
        now: Millis,
        name: &str,
        revision: u64,
        entry: Option<Claimed>,
    ) -> Outputs {
        let mut out = Vec::new();
        let known = self.known.entry(name.into()).or_default();
        known.seen = now;
        if revision > known.revision {
            self.learn(now, name, revision, entry, &mut out);
            self.reconcile(now, name, &mut out);
            self.settle(now, &mut out);
        }
        out
    }

    pub fn wrote(&mut self, now: Millis, name: &str, wrote: Wrote) -> Outputs {
        let mut out = Vec::new();
        let Some(entry) = self.flying.remove(name) else {
            return out;
        };
        match wrote {
            Wrote::Done(revision) => {
                if (self.known.get(name)).is_none_or(|it| it.revision <= revision) {
                    self.learn(now, name, revision, entry, &mut out);
                }
            }
            Wrote::Conflict(revision, entry) => self.learn(now, name, revision, entry, &mut out),
            Wrote::Failed => {
                let wanted = self.waiting.remove(name).unwrap_or_default();
                self.grant(now, wanted, &mut out);
                self.again.insert(name.into());
                self.settle(now, &mut out);
                return out;
            }
        }
        self.reconcile(now, name, &mut out);
        self.settle(now, &mut out);
        out
    }

    /// Of another node, by its word.
    pub fn heard(&mut self, now: Millis, message: NodeMsg) -> Outputs {
        let NodeMsg { node, at, said } = message;
        let mut out = Vec::new();
        let is_stale = at.saturating_add(STALE) < self.clock.read(now);
        if node == self.me || is_stale || !self.clock.hear(now, at) {
            return out;
        }
        if said == Said::Going {
            self.lose(now, node, &mut out);
            return out;
        }
        if self.nodes.insert(node, now).is_none() {
            self.show_those_of(now, node, &mut out);
        }
        if let Said::Tell {
            to,
            by,
            from,
            key,
            letter,
        } = said
            && is_sealed(&letter, MAX_LETTER)
        {
            let effects = self.directory.deliver(Letter {
                to,
                by,
                from,
                key,
                letter,
            });
            out.extend(effects.into_iter().map(Output::Client));
        }
        out
    }

    pub fn wake(&mut self, now: Millis) -> Outputs {
        let mut out: Outputs = Vec::new();
        let silent = |(_, heard): &(&NodeId, &Millis)| now.since(**heard) > SILENCE;
        let silent: Vec<NodeId> = (self.nodes.iter().filter(silent))
            .map(|(node, _)| *node)
            .collect();
        for node in silent {
            self.lose(now, node, &mut out);
        }
        if let Store::Up { since } = self.store
            && now >= self.look
        {
            self.look = now.after(LOOK);
            for name in core::mem::take(&mut self.again) {
                self.reconcile(now, &name, &mut out);
            }
            self.forget_unseen(now, since, &mut out);
            self.sweep(now, &mut out);
            self.refresh(now, &mut out);
        }
        let effects = self.directory.wake(now);
        out.extend(effects.into_iter().map(Output::Client));
        out
    }

    /// What tabs did may be of interest elsewhere.
    fn after(&mut self, now: Millis, effects: Vec<Effect<Arc<Say>>>) -> Outputs {
        let mut out: Outputs = effects.into_iter().map(Output::Client).collect();
        for letter in self.directory.take_letters() {
            let Letter {
                to,
                by,
                from,
                key,
                letter,
            } = letter;
            let said = Said::Tell {
                to,
                by,
                from,
                key,
                letter,
            };
            let (node, at) = (self.me, self.clock.read(now));
            out.push(Output::All(NodeMsg { node, at, said }));
        }
        for key in self.directory.take_changed_mind() {
            for (name, wanted) in &mut self.waiting {
                wanted.retain(|it| it.key != key);
                self.again.insert(name.clone());
            }
            self.waiting.retain(|_, wanted| !wanted.is_empty());
        }
        for wanted in self.directory.take_wanted() {
            if self.store == Store::Down {
                self.grant(now, [wanted].into(), &mut out);
                continue;
            }
            let name = wanted.name.folded.clone();
            self.waiting.entry(name.clone()).or_default().push(wanted);
            self.reconcile(now, &name, &mut out);
        }
        self.settle(now, &mut out);
        out
    }

    /// Ends: a name is touched by who comes and who goes, and both happen once.
    fn settle(&mut self, now: Millis, out: &mut Outputs) {
        while let Some(name) = self.directory.take_touched() {
            match self.store {
                Store::Down => {}
                Store::Up { .. } => self.reconcile(now, &name, out),
            }
        }
    }

    fn grant(&mut self, now: Millis, wanted: Vec<Wanted>, out: &mut Outputs) {
        for wanted in wanted {
            let effects = self.directory.grant(now, wanted);
            out.extend(effects.into_iter().map(Output::Client));
        }
    }
}
