//! A few nodes, a bus that can lose, double and reorder between addresses, and clients who believe what
//! they are told. Virtual time; nothing sleeps.

use duologue_core::{
    cluster::{Bus, Cluster, Output, message::NodeMsg},
    hub::{ClientKey, Effect, Limits},
    ids::{NodeId, PeerId, PeerToken, RoomId},
    time::Millis,
    wire::{ClientMsg, MAX_FRAME, Refusal, Sealed, ServerMsg, close, decode, encode},
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub const NODES: usize = 3;
/// Small, so that rooms get too full now and then.
pub const LIMIT: usize = 3;
const TICK: u64 = 250;

pub fn room(n: u8) -> RoomId {
    RoomId([n; 16])
}

pub fn token(n: u8) -> PeerToken {
    PeerToken([n; 16])
}

fn sealed(text: &str) -> Sealed {
    Sealed(text.into())
}

/// What one client knows.
#[derive(Debug)]
pub struct Client {
    pub me: PeerId,
    pub rooms: BTreeMap<RoomId, BTreeSet<PeerId>>,
    pub joined: BTreeSet<RoomId>,
    pub letters: Vec<(PeerId, String)>,
}

pub struct Node {
    pub machine: Cluster,
    follows: BTreeSet<RoomId>,
    pub on_bus: bool,
    next: u64,
    pub clients: BTreeMap<ClientKey, Client>,
}

/// From one node to another at one address: in order.
type Line = (usize, usize, Option<RoomId>);

pub struct World {
    pub now: Millis,
    lives: u8,
    pub nodes: Vec<Option<Node>>,
    lines: BTreeMap<Line, VecDeque<String>>,
    /// How many clients were told that another connection of theirs is newer.
    pub replaced: usize,
    pub evicted: usize,
}

impl World {
    pub fn new() -> Self {
        let mut world = World {
            now: Millis(1_000),
            lives: 0,
            nodes: (0..NODES).map(|_| None).collect(),
            lines: BTreeMap::new(),
            replaced: 0,
            evicted: 0,
        };
        for at in 0..NODES {
            world.start(at);
        }
        world
    }

    /// All nodes have heard of each other.
    pub fn awake() -> Self {
        let mut world = World::new();
        world.calm(2_000);
        world
    }

    /// Wall clocks are wrong by minutes here.
    pub fn start(&mut self, at: usize) {
        if self.nodes[at].is_some() {
            return;
        }
        self.lives += 1;
        let limits = Limits {
            room: LIMIT,
            ..Limits::default()
        };
        let wall = 1_000_000 + u64::from(self.lives % 3) * 300_000;
        let id = NodeId([self.lives; 16]);
        self.nodes[at] = Some(Node {
            machine: Cluster::new(limits, id, self.now, wall),
            follows: BTreeSet::new(),
            on_bus: false,
            next: 0,
            clients: BTreeMap::new(),
        });
        self.bus(at, true);
    }

    /// So many in a room, from now on and at every node.
    pub fn allow(&mut self, people: usize) {
        for node in self.nodes.iter_mut().flatten() {
            node.machine.allow(Limits {
                room: people,
                ..Limits::default()
            });
        }
    }

    /// Without a word.
    pub fn kill(&mut self, at: usize) {
        self.nodes[at] = None;
        // What it said is on its way; what it was told is lost.
        self.lines.retain(|(_, to, _), _| *to != at);
    }

    pub fn bus(&mut self, at: usize, up: bool) {
        let now = self.now;
        let Some(node) = &mut self.nodes[at] else {
            return;
        };
        if node.on_bus == up {
            return;
        }
        node.on_bus = up;
        node.follows.clear();
        let out = node.machine.bus(now, if up { Bus::Up } else { Bus::Down });
        if !up {
            self.lines
                .retain(|(from, to, _), _| *from != at && *to != at);
        }
        self.perform(at, out);
    }

    /// Somebody with that token at that node.
    pub fn connect(&mut self, at: usize, person: u8) -> Option<ClientKey> {
        let node = self.nodes[at].as_mut()?;
        let key = ClientKey(node.next);
        node.next += 1;
        let client = Client {
            me: token(person).id(),
            rooms: BTreeMap::new(),
            joined: BTreeSet::new(),
            letters: Vec::new(),
        };
        node.clients.insert(key, client);
        assert_eq!(node.machine.connect(key, None), []);
        let (version, token) = (1, token(person));
        self.say(at, key, &ClientMsg::Hello { version, token });
        Some(key)
    }

    pub fn say(&mut self, at: usize, key: ClientKey, message: &ClientMsg) {
        // Long enough for the limit of pace, which is tested elsewhere.
        self.now = self.now.after(20);
        let now = self.now;
        let Some(node) = &mut self.nodes[at] else {
            return;
        };
        if let (ClientMsg::Leave { room }, Some(client)) = (message, node.clients.get_mut(&key)) {
            // Nothing answers it: from here on the client expects nothing of that room.
            client.rooms.remove(room);
            client.joined.remove(room);
        }
        let out = node.machine.text(now, key, &encode(message));
        self.perform(at, out);
    }

    pub fn join(&mut self, at: usize, key: ClientKey, n: u8) {
        let (room, card) = (room(n), sealed("card"));
        self.say(at, key, &ClientMsg::Join { room, card });
    }

    pub fn send(&mut self, at: usize, key: ClientKey, n: u8, to: PeerId, body: &str) {
        let (room, body) = (room(n), sealed(body));
        self.say(at, key, &ClientMsg::Send { room, to, body });
    }

    pub fn disconnect(&mut self, at: usize, key: ClientKey) {
        let now = self.now;
        if let Some(node) = &mut self.nodes[at]
            && node.clients.remove(&key).is_some()
        {
            let out = node.machine.disconnect(now, key);
            self.perform(at, out);
        }
    }

    pub fn client(&self, at: usize, key: ClientKey) -> &Client {
        &self.nodes[at].as_ref().unwrap().clients[&key]
    }

    fn perform(&mut self, at: usize, out: Vec<Output>) {
        for output in out {
            match output {
                Output::Client(effect) => self.tell(at, effect),
                Output::All(message) => self.publish(at, None, &message),
                Output::Room(room, message) => self.publish(at, Some(room), &message),
                Output::Follow(room) => drop(self.node(at).follows.insert(room)),
                Output::Unfollow(room) => drop(self.node(at).follows.remove(&room)),
            }
        }
    }

    fn node(&mut self, at: usize) -> &mut Node {
        self.nodes[at].as_mut().unwrap()
    }

    fn publish(&mut self, from: usize, room: Option<RoomId>, message: &NodeMsg) {
        assert!(self.node(from).on_bus, "said without a bus");
        for to in (0..NODES).filter(|to| *to != from) {
            let hears = |it: &Node| it.on_bus && room.is_none_or(|room| it.follows.contains(&room));
            if self.nodes[to].as_ref().is_some_and(hears) {
                let line = self.lines.entry((from, to, room)).or_default();
                line.push_back(encode(message));
            }
        }
    }

    /// Every client believes what it is told, and is told nothing that makes no sense.
    fn tell(&mut self, at: usize, effect: Effect) {
        let (mut evicted, mut replaced) = (0, 0);
        let clients = &mut self.node(at).clients;
        match effect {
            Effect::Close(key, code) => {
                replaced += usize::from(code == close::REPLACED);
                clients.remove(&key).expect("only the living are closed");
            }
            Effect::Send(key, message) => {
                let client = clients.get_mut(&key).expect("only the living are told");
                match message {
                    ServerMsg::Room {
                        room,
                        joined,
                        peers,
                    } => {
                        let peers = peers.iter().map(|member| member.peer).collect();
                        client.rooms.insert(room, peers);
                        if joined {
                            client.joined.insert(room);
                        }
                    }
                    ServerMsg::Entered { room, peer, .. } => {
                        assert_ne!(client.me, peer, "told of oneself");
                        let known = client.rooms.get_mut(&room);
                        known.expect("a room of its own").insert(peer);
                    }
                    ServerMsg::Left { room, peer } => {
                        let known = client.rooms.get_mut(&room).expect("a room of its own");
                        assert!(known.remove(&peer), "left, never entered");
                    }
                    ServerMsg::Relayed { room, from, body } => {
                        assert!(client.joined.contains(&room), "out of a room of others");
                        assert!(client.rooms[&room].contains(&from), "from nobody known");
                        client.letters.push((from, body.0));
                    }
                    ServerMsg::Refused {
                        code: Refusal::RoomFull,
                        room: Some(room),
                    } => {
                        if client.joined.remove(&room) {
                            client.rooms.remove(&room);
                            evicted += 1;
                        }
                    }
                    ServerMsg::Welcome { .. } | ServerMsg::Refused { .. } | ServerMsg::Pong => {}
                }
            }
        }
        self.evicted += evicted;
        self.replaced += replaced;
    }

    fn pick(&self, n: usize) -> Option<Line> {
        let waiting = self.lines.iter().filter(|(_, it)| !it.is_empty());
        let waiting: Vec<Line> = waiting.map(|(line, _)| *line).collect();
        (!waiting.is_empty()).then(|| waiting[n % waiting.len()])
    }

    fn hear(&mut self, to: usize, text: &str) {
        let now = self.now;
        if let Some(node) = &mut self.nodes[to] {
            let message = decode(text, MAX_FRAME).expect("nodes understand each other");
            let out = node.machine.heard(now, message);
            self.perform(to, out);
        }
    }

    /// One message of some line arrives.
    pub fn deliver(&mut self, n: usize) {
        let Some(line) = self.pick(n) else { return };
        let text = self.lines.get_mut(&line).and_then(VecDeque::pop_front);
        self.hear(line.1, &text.unwrap());
    }

    /// The same, and it will once more, after others.
    pub fn double(&mut self, n: usize) {
        let Some(line) = self.pick(n) else { return };
        let queue = self.lines.get_mut(&line).unwrap();
        let text = queue[0].clone();
        queue.push_back(text);
        self.deliver(n);
    }

    pub fn lose(&mut self, n: usize) {
        if let Some(line) = self.pick(n) {
            self.lines.get_mut(&line).and_then(VecDeque::pop_front);
        }
    }

    pub fn deliver_all(&mut self) {
        while self.pick(0).is_some() {
            self.deliver(0);
        }
    }

    /// Time passes, and nothing arrives.
    pub fn tick(&mut self) {
        self.now = self.now.after(TICK);
        let now = self.now;
        for at in 0..NODES {
            if let Some(node) = &mut self.nodes[at] {
                let out = node.machine.wake(now);
                self.perform(at, out);
            }
        }
    }

    /// Time passes on a bus that works.
    pub fn calm(&mut self, ms: u64) {
        for _ in 0..ms / TICK {
            self.deliver_all();
            self.tick();
        }
        self.deliver_all();
    }

    /// Who is where, in truth.
    pub fn truth(&self) -> BTreeMap<RoomId, BTreeSet<PeerId>> {
        let mut inside: BTreeMap<RoomId, BTreeSet<PeerId>> = BTreeMap::new();
        let nodes = self.nodes.iter().flatten();
        for client in nodes.flat_map(|node| node.clients.values()) {
            for room in &client.joined {
                let is_new = inside.entry(*room).or_default().insert(client.me);
                assert!(is_new, "one peer twice in a room");
            }
        }
        inside
    }

    pub fn check(&self) {
        let truth = self.truth();
        assert!(truth.values().all(|it| it.len() <= LIMIT), "too many");
        let nodes = self.nodes.iter().flatten();
        for client in nodes.flat_map(|node| node.clients.values()) {
            for (room, believed) in &client.rooms {
                let mut actual = truth.get(room).cloned().unwrap_or_default();
                actual.remove(&client.me);
                assert_eq!(believed, &actual, "what is believed is so");
            }
        }
    }
}
