//! People with tabs, one directory, and pipes between them that take time. Time is virtual.

use duologue_core::{
    directory::{Directory, Folded, Rules},
    entropy::Entropy,
    hub::{ClientKey, Effect, Limits},
    ids::RingId,
    ring::{Config, End, Input, Intent, Output, Ring},
    seal::RoomSecret,
    time::Millis,
    wire::{
        clean_name, encode,
        names::{MAX_SIGN, Say},
    },
};
use std::{collections::BTreeMap, sync::Arc};

pub const PATIENCE: u64 = 45_000;

/// As a server folds names, with two letters in place of Unicode's tables.
pub fn fold(name: &str) -> Option<Folded> {
    let shown = clean_name(name);
    let folded = shown.to_lowercase().replace('а', "a").replace('н', "h");
    ((1..=MAX_SIGN).contains(&shown.chars().count())).then_some(Folded { shown, folded })
}

/// What a tab would show or do.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    Enter {
        ring: RingId,
        name: String,
        room: String,
        mine: bool,
    },
    Over {
        ring: RingId,
        name: String,
        mine: bool,
        end: End,
    },
}

pub struct Tab {
    pub ring: Ring,
    pub seen: Vec<Seen>,
    /// Its connection, if it has one; counted, so that what was said on an old one is lost.
    socket: Option<u64>,
    pub online: bool,
    open: bool,
}

#[derive(Debug)]
enum Event {
    Dialled(usize),
    ToDirectory(usize, u64, String),
    ToTab(usize, u64, String),
    Closed(usize, u64, u16),
}

pub struct World {
    pub now: Millis,
    pub tabs: Vec<Tab>,
    directory: Directory,
    /// By time, then in order.
    events: BTreeMap<(Millis, u64), Event>,
    counter: u64,
    chance: Entropy,
    pub delay: u64,
    /// Of a hundred messages, so many are lost.
    pub lost: u64,
}

impl World {
    /// A tab for each number, which says whose it is.
    pub fn new(owners: &[u8], seed: u64) -> World {
        let tab = |(at, owner): (usize, &u8)| Tab {
            ring: Ring::new(Config {
                secret: [*owner; 32],
                chance: [at as u8 ^ seed as u8; 32],
                seed: seed ^ at as u64,
                patience: PATIENCE,
            }),
            seen: Vec::new(),
            socket: None,
            online: true,
            open: true,
        };
        World {
            now: Millis(1_000),
            tabs: owners.iter().enumerate().map(tab).collect(),
            directory: Directory::new(rules()),
            events: BTreeMap::new(),
            counter: 0,
            chance: Entropy::new(seed),
            delay: 20,
            lost: 0,
        }
    }

    /// Everybody signs in under their names, and it is quiet.
    pub fn signed_in(names: &[(&str, u8)]) -> World {
        let owners: Vec<u8> = names.iter().map(|(_, owner)| *owner).collect();
        let mut world = World::new(&owners, 1);
        for (at, (name, _)) in names.iter().enumerate() {
            world.wants(at, Intent::SignIn((*name).into()));
        }
        world.run(1_000);
        world
    }

    pub fn wants(&mut self, at: usize, intent: Intent) {
        self.feed(at, Input::User(intent));
    }

    pub fn calls(&mut self, at: usize, name: &str) -> String {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.chance.next_u64().to_le_bytes());
        let room = RoomSecret::from_bytes(bytes);
        self.wants(at, Intent::Call(name.into(), room.clone()));
        room.address()
    }

    /// The ring that this tab shows.
    pub fn shown(&self, at: usize) -> Option<RingId> {
        self.tabs[at].ring.incoming().next().map(|it| it.ring)
    }

    pub fn accepts(&mut self, at: usize) {
        let Some(ring) = self.shown(at) else {
            panic!("nothing rings in tab {at}");
        };
        self.wants(at, Intent::Accept(ring));
    }

    pub fn entered(&self, at: usize) -> Option<&str> {
        self.tabs[at].seen.iter().rev().find_map(|it| match it {
            Seen::Enter { room, .. } => Some(room.as_str()),
            Seen::Over { .. } => None,
        })
    }

    pub fn end(&self, at: usize) -> Option<&End> {
        self.tabs[at].seen.iter().rev().find_map(|it| match it {
            Seen::Over { end, .. } => Some(end),
            Seen::Enter { .. } => None,
        })
    }

    /// The tab is closed for good.
    pub fn closes(&mut self, at: usize) {
        self.cut(at);
        self.tabs[at].open = false;
        self.tabs[at].online = false;
    }

    /// Its connection breaks; the tab hears of it and dials again while it is online.
    pub fn cut(&mut self, at: usize) {
        self.closed(at, 1006);
    }

    /// The server closes its connection with that code.
    pub fn closed(&mut self, at: usize, code: u16) {
        if let Some(socket) = self.tabs[at].socket.take() {
            let effects = self.directory.disconnect(self.now, ClientKey(socket));
            self.carry(effects);
            self.feed(at, Input::Closed(code));
        }
    }

    /// The server is started anew: it knows nobody.
    pub fn restart(&mut self) {
        self.directory = Directory::new(rules());
        for at in 0..self.tabs.len() {
            self.tabs[at].socket = None;
            self.feed(at, Input::Closed(1001));
        }
    }

    pub fn run(&mut self, ms: u64) {
        let until = self.now.after(ms);
        loop {
            let event = self.events.keys().next().copied();
            let wakes = self.tabs.iter().enumerate().filter(|(_, tab)| tab.open);
            let wakes = wakes.filter_map(|(at, tab)| Some((tab.ring.next_wake()?, at)));
            let wake = wakes.min();
            let told = self.directory.next_wake();
            let times = [event.map(|it| it.0), wake.map(|it| it.0), told];
            let Some(next) = times.into_iter().flatten().min().filter(|it| *it <= until) else {
                break;
            };
            self.now = self.now.max(next);
            if told == Some(next) {
                let effects = self.directory.wake(self.now);
                self.carry(effects);
            } else if let Some(key) = event.filter(|it| it.0 == next) {
                if let Some(event) = self.events.remove(&key) {
                    self.happens(event);
                }
            } else if let Some((_, at)) = wake {
                self.feed(at, Input::Wake);
            }
        }
        self.now = until;
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Dialled(at) if self.tabs[at].online => {
                self.counter += 1;
                let socket = self.counter;
                self.tabs[at].socket = Some(socket);
                let effects = self.directory.connect(ClientKey(socket));
                self.feed(at, Input::Opened);
                self.carry(effects);
            }
            Event::Dialled(at) => self.feed(at, Input::Closed(1006)),
            Event::ToDirectory(at, socket, text) if self.tabs[at].socket == Some(socket) => {
                let effects = self.directory.text(self.now, ClientKey(socket), &text);
                self.carry(effects);
            }
            Event::ToTab(at, socket, text) if self.tabs[at].socket == Some(socket) => {
                self.feed(at, Input::Text(text));
            }
            Event::Closed(at, socket, code) if self.tabs[at].socket == Some(socket) => {
                self.tabs[at].socket = None;
                self.feed(at, Input::Closed(code));
            }
            _ => {}
        }
    }

    fn feed(&mut self, at: usize, input: Input) {
        if !self.tabs[at].open {
            return;
        }
        let outputs = self.tabs[at].ring.handle(self.now, input);
        let wake = self.tabs[at].ring.next_wake();
        assert!(wake.is_none_or(|it| it > self.now), "a wake in the past");
        for output in outputs {
            match output {
                Output::Dial => self.later(Event::Dialled(at)),
                Output::Send(text) => {
                    if let Some(socket) = self.tabs[at].socket {
                        self.lossy(Event::ToDirectory(at, socket, text));
                    }
                }
                Output::HangUp => {
                    if let Some(socket) = self.tabs[at].socket.take() {
                        let effects = self.directory.disconnect(self.now, ClientKey(socket));
                        self.carry(effects);
                    }
                }
                Output::Changed => {}
                Output::Enter {
                    ring,
                    name,
                    room,
                    mine,
                } => {
                    let room = room.address();
                    self.tabs[at].seen.push(Seen::Enter {
                        ring,
                        name,
                        room,
                        mine,
                    });
                }
                Output::Over {
                    ring,
                    name,
                    mine,
                    end,
                } => {
                    self.tabs[at].seen.push(Seen::Over {
                        ring,
                        name,
                        mine,
                        end,
                    });
                }
            }
        }
    }

    fn carry(&mut self, effects: Vec<Effect<Arc<Say>>>) {
        for effect in effects {
            let (Effect::Send(ClientKey(socket), _) | Effect::Close(ClientKey(socket), _)) = effect;
            let Some(at) = self.tabs.iter().position(|it| it.socket == Some(socket)) else {
                continue;
            };
            match effect {
                Effect::Send(_, say) => self.lossy(Event::ToTab(at, socket, encode(&say))),
                Effect::Close(_, code) => self.later(Event::Closed(at, socket, code)),
            }
        }
    }

    /// A letter may be lost, and so may the answer to a question; what signs in and what tells who is
    /// there a real socket does not lose, and nothing here is meant to mend that.
    fn lossy(&mut self, event: Event) {
        let (Event::ToDirectory(_, _, text) | Event::ToTab(_, _, text)) = &event else {
            return self.later(event);
        };
        let letter = ["tell", "told", "find", "found"];
        let may = letter
            .iter()
            .any(|it| text.starts_with(&format!(r#"{{"type":"{it}""#)));
        if may && self.chance.below(100) < self.lost {
            return;
        }
        self.later(event);
    }

    fn later(&mut self, event: Event) {
        self.counter += 1;
        self.events
            .insert((self.now.after(self.delay), self.counter), event);
    }
}

fn rules() -> Rules {
    Rules {
        tabs: 100,
        changes: Limits::default().joins_per_source,
        listed: true,
        fold,
    }
}
