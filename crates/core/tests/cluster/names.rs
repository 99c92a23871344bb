//! Names over several nodes and one store that can be away: stories, and what holds for every story.

use duologue_core::{
    cluster::{
        message::{Claimed, NodeMsg, Said},
        names::{Names, Output, Wrote},
    },
    directory::{Folded, Rules},
    hub::{ClientKey, Effect, Limits},
    ids::{NodeId, PeerToken},
    time::Millis,
    wire::{
        Sealed, encode,
        names::{Ask, Denial, LetterKey, Say},
    },
};
use proptest::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

const NODES: usize = 3;
const TICK: u64 = 250;

fn fold(name: &str) -> Option<Folded> {
    let (shown, folded) = (name.to_string(), name.to_lowercase());
    Some(Folded { shown, folded })
}

/// What a tab believes.
#[derive(Debug, Default)]
struct Tab {
    owner: u8,
    name: Option<String>,
    busy: bool,
    people: BTreeMap<String, bool>,
    told: Vec<String>,
    gone: Vec<String>,
    taken: usize,
}

struct Node {
    machine: Names,
    beats: u64,
    next: u64,
    tabs: BTreeMap<ClientKey, Tab>,
    /// What the store is to be asked, what it answers, and what it shows.
    asks: VecDeque<(String, u64, Option<Claimed>)>,
    shows: VecDeque<(String, u64, Option<Claimed>)>,
}

struct World {
    now: Millis,
    lives: u8,
    is_up: bool,
    revision: u64,
    store: BTreeMap<String, (u64, Option<Claimed>)>,
    nodes: Vec<Option<Node>>,
    lines: BTreeMap<(usize, usize), VecDeque<NodeMsg>>,
}

impl World {
    fn new() -> Self {
        let mut world = World {
            now: Millis(1_000),
            lives: 0,
            is_up: true,
            revision: 0,
            store: BTreeMap::new(),
            nodes: (0..NODES).map(|_| None).collect(),
            lines: BTreeMap::new(),
        };
        (0..NODES).for_each(|at| world.start(at));
        world.calm(2_000);
        world
    }

    fn start(&mut self, at: usize) {
        if self.nodes[at].is_some() {
            return;
        }
        self.lives += 1;
        let rules = Rules {
            tabs: 100,
            changes: Limits::default().joins_per_source,
            listed: true,
            fold,
        };
        self.nodes[at] = Some(Node {
            machine: Names::new(rules, NodeId([self.lives; 16]), self.now, 0),
            beats: 0,
            next: 0,
            tabs: BTreeMap::new(),
            asks: VecDeque::new(),
            shows: VecDeque::new(),
        });
        if self.is_up {
            self.connect_store(at);
        }
    }

    fn kill(&mut self, at: usize) {
        self.nodes[at] = None;
        self.lines.retain(|(_, to), _| *to != at);
    }

    fn connect_store(&mut self, at: usize) {
        let (now, all) = (self.now, self.store.clone());
        if let Some(node) = &mut self.nodes[at] {
            node.shows = (all.into_iter())
                .map(|(name, (revision, entry))| (name, revision, entry))
                .collect();
            let out = node.machine.store(now, true);
            self.perform(at, out);
        }
    }

    fn cut(&mut self, keeps: bool) {
        if !self.is_up {
            return;
        }
        self.is_up = false;
        if !keeps {
            self.store.clear();
            self.revision = 0;
        }
        self.lines.clear();
        let now = self.now;
        for at in 0..NODES {
            if let Some(node) = &mut self.nodes[at] {
                node.asks.clear();
                node.shows.clear();
                let out = node.machine.store(now, false);
                self.perform(at, out);
            }
        }
    }

    fn heal(&mut self) {
        if !self.is_up {
            self.is_up = true;
            (0..NODES).for_each(|at| self.connect_store(at));
        }
    }

    fn open(&mut self, at: usize, owner: u8) -> Option<ClientKey> {
        let node = self.nodes[at].as_mut()?;
        let key = ClientKey(node.next);
        node.next += 1;
        let owner_tab = Tab {
            owner,
            ..Tab::default()
        };
        node.tabs.insert(key, owner_tab);
        assert_eq!(node.machine.connect(key, None), []);
        Some(key)
    }

    fn sign_in(&mut self, at: usize, owner: u8, name: &str) -> Option<ClientKey> {
        let key = self.open(at, owner)?;
        let ask = Ask::SignIn {
            version: 1,
            name: name.into(),
            token: PeerToken([owner; 16]),
            key: LetterKey([owner; 32]),
        };
        self.say(at, key, &ask);
        Some(key)
    }

    fn say(&mut self, at: usize, key: ClientKey, ask: &Ask) {
        self.now = self.now.after(20);
        let now = self.now;
        if let Some(node) = &mut self.nodes[at]
            && let Some(tab) = node.tabs.get_mut(&key)
        {
            match ask {
                Ask::SignOut => tab.name = None,
                Ask::Busy { busy } if tab.name.is_some() => tab.busy = *busy,
                _ => {}
            }
            let out = node.machine.text(now, key, &encode(ask));
            self.perform(at, out);
        }
    }

    fn close(&mut self, at: usize, key: ClientKey) {
        let now = self.now;
        if let Some(node) = &mut self.nodes[at]
            && node.tabs.remove(&key).is_some()
        {
            let out = node.machine.disconnect(now, key);
            self.perform(at, out);
        }
    }

    fn perform(&mut self, at: usize, out: Vec<Output>) {
        for output in out {
            match output {
                Output::Client(Effect::Send(key, say)) => self.tell(at, key, say),
                Output::Client(Effect::Close(..)) => panic!("nobody is closed here"),
                Output::All(message) => self.publish(at, message),
                Output::Write {
                    name,
                    revision,
                    entry,
                } => {
                    let node = self.nodes[at].as_mut().unwrap();
                    node.asks.push_back((name, revision, entry));
                }
            }
        }
    }

    fn publish(&mut self, from: usize, message: NodeMsg) {
        let others = (0..NODES).filter(|to| *to != from && self.is_up);
        for to in others {
            let line = self.lines.entry((from, to)).or_default();
            line.push_back(message.clone());
        }
    }

    fn tell(&mut self, at: usize, key: ClientKey, say: Arc<Say>) {
        let tabs = &mut self.nodes[at].as_mut().unwrap().tabs;
        // One that is closed hears nothing any more.
        let Some(tab) = tabs.get_mut(&key) else {
            return;
        };
        match (*say).clone() {
            Say::SignedIn { name, .. } => {
                tab.busy &= tab.name.is_some();
                tab.name = Some(name);
            }
            Say::People { first, people } => {
                if first {
                    tab.people.clear();
                }
                tab.people
                    .extend(people.into_iter().map(|it| (it.name, it.busy)));
            }
            Say::Changed { here, gone } => {
                tab.people.retain(|name, _| !gone.contains(name));
                tab.people
                    .extend(here.into_iter().map(|it| (it.name, it.busy)));
            }
            Say::Told { from, .. } => tab.told.push(from),
            Say::Gone { name } => tab.gone.push(name),
            Say::Denied {
                code: Denial::Taken,
                ..
            } => {
                tab.taken += 1;
                tab.name = None;
                tab.busy = false;
            }
            Say::Denied { .. } | Say::Found { .. } | Say::Pong => {}
        }
    }

    /// One step of the store or of the bus.
    fn step(&mut self, n: usize) -> bool {
        let now = self.now;
        let busy = |it: &Node| !it.asks.is_empty() || !it.shows.is_empty();
        let mut ready: Vec<(usize, usize)> = Vec::new();
        for at in 0..NODES {
            if self.nodes[at].as_ref().is_some_and(busy) {
                ready.push((at, NODES));
            }
        }
        let lines = self.lines.iter().filter(|(_, it)| !it.is_empty());
        ready.extend(lines.map(|(line, _)| *line));
        let Some((from, to)) = ready.get(n % ready.len().max(1)).copied() else {
            return false;
        };
        if to < NODES {
            let message = self
                .lines
                .get_mut(&(from, to))
                .unwrap()
                .pop_front()
                .unwrap();
            if let Some(node) = &mut self.nodes[to] {
                let out = node.machine.heard(now, message);
                self.perform(to, out);
            }
            return true;
        }
        let node = self.nodes[from].as_mut().unwrap();
        let shown = (n / 7).is_multiple_of(2) || node.asks.is_empty();
        if shown && let Some((name, revision, entry)) = node.shows.pop_front() {
            let out = node.machine.seen(now, &name, revision, entry);
            self.perform(from, out);
        } else if let Some((name, revision, entry)) = node.asks.pop_front() {
            let (last, kept) = self.store.get(&name).cloned().unwrap_or_default();
            let wrote = if last == revision {
                self.revision += 1;
                let revision = self.revision;
                self.store.insert(name.clone(), (revision, entry.clone()));
                for node in self.nodes.iter_mut().flatten() {
                    let shown = (name.clone(), revision, entry.clone());
                    node.shows.push_back(shown);
                }
                Wrote::Done(revision)
            } else {
                Wrote::Conflict(last, kept)
            };
            let node = self.nodes[from].as_mut().unwrap();
            let out = node.machine.wrote(now, &name, wrote);
            self.perform(from, out);
        }
        true
    }

    fn tick(&mut self) {
        self.now = self.now.after(TICK);
        let now = self.now;
        for at in 0..NODES {
            let Some(node) = &mut self.nodes[at] else {
                continue;
            };
            let out = node.machine.wake(now);
            node.beats += 1;
            let is_beat = node.beats.is_multiple_of(1_000 / TICK);
            self.perform(at, out);
            if is_beat {
                self.beat(at);
            }
        }
    }

    fn beat(&mut self, at: usize) {
        let life = (0..=self.lives).rev().find(|life| self.is_life(at, *life));
        let said = Said::Beat { floor: 1 };
        let (node, at_time) = (NodeId([life.unwrap(); 16]), self.now.0);
        self.publish(
            at,
            NodeMsg {
                node,
                at: at_time,
                said,
            },
        );
    }

    fn is_life(&self, at: usize, life: u8) -> bool {
        let node = self.nodes[at].as_ref();
        node.is_some_and(|it| it.machine.id() == NodeId([life; 16]))
    }

    fn calm(&mut self, ms: u64) {
        for _ in 0..ms / TICK {
            self.tick();
            let mut n = 0;
            while self.step(n) {
                n += 5;
            }
        }
    }

    fn tabs(&self) -> impl Iterator<Item = &Tab> {
        let nodes = self.nodes.iter().flatten();
        nodes.flat_map(|it| it.tabs.values())
    }

    fn tab(&self, at: usize, key: ClientKey) -> &Tab {
        &self.nodes[at].as_ref().unwrap().tabs[&key]
    }

    fn check(&self) {
        let mut owners: BTreeMap<String, BTreeSet<u8>> = BTreeMap::new();
        let mut truth: BTreeMap<String, bool> = BTreeMap::new();
        for tab in self.tabs() {
            if let Some(name) = &tab.name {
                let owners = owners.entry(name.clone()).or_default();
                owners.insert(tab.owner);
                *truth.entry(name.clone()).or_default() |= tab.busy;
            }
        }
        for (name, owners) in &owners {
            assert_eq!(owners.len(), 1, "{name} belongs to {owners:?}");
        }
        for tab in self.tabs().filter(|it| it.name.is_some()) {
            assert_eq!(tab.people, truth, "the list of {:?}", tab.name);
        }
        let kept = self.store.iter().filter(|(_, (_, it))| it.is_some());
        assert!(
            kept.map(|(name, _)| name).eq(truth.keys()),
            "nothing is left over"
        );
    }
}

#[test]
fn a_name_is_one_persons_over_all_nodes_and_letters_reach_them() {
    let mut world = World::new();
    let ana = world.sign_in(0, 1, "ana").unwrap();
    let ben = world.sign_in(1, 2, "ben").unwrap();
    assert_eq!(world.tab(0, ana).name, None, "until the store has answered");
    world.calm(1_000);
    let thief = world.sign_in(2, 3, "ana").unwrap();
    world.calm(1_000);
    assert_eq!(world.tab(2, thief).taken, 1);
    world.check();
    let letter = Ask::Tell {
        to: "ben".into(),
        letter: Sealed("hello".into()),
    };
    world.say(0, ana, &letter);
    world.calm(500);
    assert_eq!(world.tab(1, ben).told, ["ana"]);
    world.close(1, ben);
    world.calm(500);
    assert_eq!(world.tab(0, ana).gone, ["ben"]);
}

#[test]
fn of_two_at_once_one_is_told_that_it_is_taken() {
    let mut world = World::new();
    let tabs = [0, 1, 2].map(|at| (at, world.sign_in(at, at as u8, "ana").unwrap()));
    world.calm(2_000);
    let taken = tabs.map(|(at, key)| world.tab(at, key).taken);
    assert_eq!(taken.iter().sum::<usize>(), 2);
    world.check();
}

#[test]
fn the_same_token_has_the_name_of_a_dead_node_at_once_and_others_after_the_grace() {
    let mut world = World::new();
    world.sign_in(0, 1, "ana");
    world.sign_in(0, 2, "ben");
    world.calm(2_000);
    world.kill(0);
    let ana = world.sign_in(1, 1, "ana").unwrap();
    world.calm(1_000);
    assert_eq!(world.tab(1, ana).name.as_deref(), Some("ana"));
    let thief = world.sign_in(2, 3, "ben").unwrap();
    world.calm(20_000);
    assert_eq!(world.tab(2, thief).taken, 1);
    world.calm(15_000);
    let heir = world.sign_in(2, 3, "ben").unwrap();
    world.calm(2_000);
    assert_eq!(world.tab(2, heir).name.as_deref(), Some("ben"));
    world.check();
}

#[test]
fn without_the_store_names_are_unique_here_and_afterwards_the_first_in_it_is_right() {
    let mut world = World::new();
    let ben = world.sign_in(0, 2, "ben").unwrap();
    world.calm(1_000);
    world.cut(false);
    world.calm(5_000);
    let (one, two) = (world.sign_in(0, 1, "ana"), world.sign_in(1, 3, "ana"));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(world.tab(0, one).name.is_some() && world.tab(1, two).name.is_some());
    let third = world.sign_in(0, 4, "ana").unwrap();
    assert_eq!(world.tab(0, third).taken, 1);
    world.heal();
    world.calm(8_000);
    assert_eq!(world.tab(0, one).taken + world.tab(1, two).taken, 1);
    assert!(world.tab(0, ben).name.is_some());
    world.check();
}

#[test]
fn a_node_that_was_silent_is_back_with_all_its_names() {
    let mut world = World::new();
    for (person, name) in [(1, "ana"), (2, "ben")] {
        world.sign_in(0, person, name);
    }
    world.calm(1_000);
    let cleo = world.sign_in(1, 3, "cleo").unwrap();
    world.calm(1_000);
    // Its word of a third one is heard before its next beat.
    world.sign_in(0, 4, "dan");
    (0..16).for_each(|_| world.tick());
    assert!(!world.tab(1, cleo).people.contains_key("ana"));
    world.calm(1_000);
    world.check();
}

#[derive(Clone, Debug)]
enum Deed {
    SignIn(usize, u8, usize),
    SignOut(usize, usize),
    Busy(usize, usize, bool),
    Close(usize, usize),
    Kill(usize),
    Start(usize),
    Cut(bool),
    Heal,
    Step(usize),
    Tick(usize),
    Calm,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let (node, tab) = (0..NODES, 0..4usize);
    let deed = prop_oneof![
        8 => (node.clone(), 1..4u8, 0..3usize).prop_map(|(n, o, name)| Deed::SignIn(n, o, name)),
        2 => (node.clone(), tab.clone()).prop_map(|(n, t)| Deed::SignOut(n, t)),
        2 => (node.clone(), tab.clone(), any::<bool>()).prop_map(|(n, t, b)| Deed::Busy(n, t, b)),
        3 => (node.clone(), tab).prop_map(|(n, t)| Deed::Close(n, t)),
        1 => node.clone().prop_map(Deed::Kill),
        2 => node.prop_map(Deed::Start),
        1 => any::<bool>().prop_map(Deed::Cut),
        2 => Just(Deed::Heal),
        20 => any::<usize>().prop_map(Deed::Step),
        4 => (1..30usize).prop_map(Deed::Tick),
        2 => Just(Deed::Calm),
    ];
    prop::collection::vec(deed, 1..100)
}

fn key(world: &World, at: usize, n: usize) -> Option<ClientKey> {
    world.nodes[at].as_ref()?.tabs.keys().nth(n).copied()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn when_it_is_over_each_name_has_one_owner_and_all_know_who_is_there(deeds in deeds()) {
        let mut world = World::new();
        for deed in deeds {
            match deed {
                Deed::SignIn(at, owner, name) => {
                    world.sign_in(at, owner, ["ana", "ben", "cleo"][name]);
                }
                Deed::SignOut(at, n) => {
                    if let Some(key) = key(&world, at, n) {
                        world.say(at, key, &Ask::SignOut);
                    }
                }
                Deed::Busy(at, n, busy) => {
                    if let Some(key) = key(&world, at, n) {
                        world.say(at, key, &Ask::Busy { busy });
                    }
                }
                Deed::Close(at, n) => {
                    if let Some(key) = key(&world, at, n) {
                        world.close(at, key);
                    }
                }
                Deed::Kill(at) => world.kill(at),
                Deed::Start(at) => world.start(at),
                Deed::Cut(keeps) => world.cut(keeps),
                Deed::Heal => world.heal(),
                Deed::Step(n) => drop(world.step(n)),
                Deed::Tick(times) => (0..times).for_each(|_| world.tick()),
                Deed::Calm => world.calm(1_000),
            }
        }
        world.heal();
        (0..NODES).for_each(|at| world.start(at));
        world.calm(80_000);
        world.check();
    }
}
