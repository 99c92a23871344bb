//! The names of this server: its own alone, or unique among several servers. What the store is to be asked
//! waits here in a queue for `store`; what does not fit has failed, and is tried again later.

use super::rooms::Say as ToNodes;
use crate::{
    metrics::{Counted, Sort},
    relay::Machine,
};
use duologue_core::{
    cluster::{
        message::{Claimed, NodeMsg},
        names::{Names, Output, Wrote},
    },
    directory::{Directory, Rules},
    hub::{ClientKey, Effect, Source},
    ids::NodeId,
    pace::Rate,
    time::Millis,
    wire::names::Say,
};
use std::sync::Arc;
use tokio::sync::mpsc;

/// As many as a few seconds of a busy store take.
const WAITING: usize = 4_096;

/// For `store` to do, and to answer.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) name: String,
    pub(super) revision: u64,
    pub(super) entry: Option<Claimed>,
}

pub(crate) enum People {
    Alone(Box<Directory>),
    Together(Box<Together>),
}

pub(crate) struct Together {
    names: Names,
    writes: mpsc::Sender<Write>,
    says: mpsc::Sender<ToNodes>,
    /// Names that the queue had no place for.
    failed: Vec<String>,
}

type Effects = Vec<Effect<Arc<Say>>>;

impl People {
    pub(super) fn together(
        rules: Rules,
        (me, wall): (NodeId, u64),
        says: mpsc::Sender<ToNodes>,
    ) -> (People, mpsc::Receiver<Write>) {
        let (writes, waiting) = mpsc::channel(WAITING);
        let together = Together {
            names: Names::new(rules, me, Millis(0), wall),
            writes,
            says,
            failed: Vec::new(),
        };
        (People::Together(Box::new(together)), waiting)
    }

    pub(super) fn heard(&mut self, now: Millis, message: NodeMsg) -> Effects {
        self.with(|it| it.heard(now, message))
    }

    pub(super) fn store(&mut self, now: Millis, is_up: bool) -> Effects {
        self.with(|it| it.store(now, is_up))
    }

    pub(super) fn seen(
        &mut self,
        now: Millis,
        name: &str,
        revision: u64,
        entry: Option<Claimed>,
    ) -> Effects {
        self.with(|it| it.seen(now, name, revision, entry))
    }

    pub(super) fn wrote(&mut self, now: Millis, name: &str, wrote: Wrote) -> Effects {
        self.with(|it| it.wrote(now, name, wrote))
    }

    /// Other limits, from now on.
    pub(crate) fn allow(&mut self, tabs: usize, changes: Rate) {
        match self {
            People::Alone(directory) => directory.allow(tabs, changes),
            People::Together(it) => it.names.allow(tabs, changes),
        }
    }

    fn with(&mut self, act: impl FnOnce(&mut Names) -> Vec<Output>) -> Effects {
        match self {
            People::Alone(_) => Vec::new(),
            People::Together(it) => {
                let outputs = act(&mut it.names);
                it.perform(outputs)
            }
        }
    }
}

impl Together {
    fn perform(&mut self, outputs: Vec<Output>) -> Effects {
        let mut effects = Vec::new();
        for output in outputs {
            match output {
                Output::Client(effect) => effects.push(effect),
                // A letter that is lost is written again by the page.
                Output::All(message) => drop(self.says.try_send(ToNodes::All(message))),
                Output::Write {
                    name,
                    revision,
                    entry,
                } => {
                    let write = Write {
                        name,
                        revision,
                        entry,
                    };
                    if let Err(error) = self.writes.try_send(write) {
                        self.failed.push(error.into_inner().name);
                    }
                }
            }
        }
        effects
    }
}

impl Machine for People {
    type Message = Arc<Say>;
    const QUEUE: usize = <Directory as Machine>::QUEUE;
    const BYTES: usize = <Directory as Machine>::BYTES;
    const COUNTED: &'static Counted = <Directory as Machine>::COUNTED;

    fn holds(&self) -> usize {
        match self {
            People::Alone(directory) => directory.names(),
            People::Together(it) => it.names.names(),
        }
    }

    fn sort(message: &Arc<Say>) -> Sort {
        <Directory as Machine>::sort(message)
    }

    fn connect(&mut self, key: ClientKey, source: Option<Source>) -> Effects {
        match self {
            People::Alone(directory) => directory.connect_from(key, source),
            People::Together(it) => it.names.connect(key, source),
        }
    }

    fn disconnect(&mut self, now: Millis, key: ClientKey) -> Effects {
        match self {
            People::Alone(directory) => directory.disconnect(now, key),
            People::Together(_) => self.with(|it| it.disconnect(now, key)),
        }
    }

    fn text(&mut self, now: Millis, key: ClientKey, text: &str) -> Effects {
        match self {
            People::Alone(directory) => directory.text(now, key, text),
            People::Together(_) => self.with(|it| it.text(now, key, text)),
        }
    }

    fn has_place(&self, key: ClientKey) -> bool {
        match self {
            People::Alone(directory) => directory.is_signed_in(key),
            People::Together(it) => it.names.is_signed_in(key),
        }
    }

    fn wake(&mut self, now: Millis) -> Effects {
        let it = match self {
            People::Alone(directory) => return directory.wake(now),
            People::Together(it) => it,
        };
        let mut outputs = it.names.wake(now);
        for name in std::mem::take(&mut it.failed) {
            outputs.extend(it.names.wrote(now, &name, Wrote::Failed));
        }
        it.perform(outputs)
    }
}
