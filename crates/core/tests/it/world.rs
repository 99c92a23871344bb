//! People in one virtual world: their calls, the hub, connections between them, and a clock that jumps
//! to whatever is due next.

use crate::fake_pc::{FakePc, Signaling};
use duologue_core::{
    call::{Call, Config, PeerState, Phase},
    entropy::Entropy,
    hub::{ClientKey, Effect, Hub, Limits},
    ids::{ConnId, Epoch, OpId, PeerId, PeerToken, RoomId},
    io::{
        ConnEvent, ConnState, Input, Intent, Op, OpError, OpValue, Output, Sdp, SdpKind,
        SignalEvent,
    },
    seal::RoomSecret,
    time::Millis,
    wire::{self, ClientMsg, Media, Refusal, ServerMsg, VerifyMsg},
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Looks at each relayed text on its way to a client and says what arrives in its place.
pub type Meddle = Box<dyn FnMut(usize, &str) -> Vec<String>>;

/// How the way through the signaller treats relayed envelopes, in per cent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weather {
    pub lost: u64,
    pub doubled: u64,
    /// Milliseconds of random delay, which is what reorders.
    pub jitter: u64,
}

pub const CALM: Weather = Weather {
    lost: 0,
    doubled: 0,
    jitter: 3,
};
pub const STORM: Weather = Weather {
    lost: 20,
    doubled: 25,
    jitter: 400,
};

#[derive(Debug)]
enum Event {
    DialDone {
        who: usize,
        socket: u64,
    },
    ToServer {
        socket: u64,
        text: String,
    },
    ToClient {
        who: usize,
        socket: u64,
        text: String,
    },
    SocketClosed {
        who: usize,
        socket: u64,
        code: u16,
    },
    Run {
        who: usize,
        op: OpId,
        work: Op,
    },
    Conn {
        who: usize,
        conn: ConnId,
        event: ConnEvent,
    },
    Paths,
}

pub struct Person {
    pub call: Call,
    pub pcs: BTreeMap<ConnId, FakePc>,
    token: PeerToken,
    socket: Option<u64>,
    pub released: u32,
    /// How often its encoders were told something else.
    pub tuned: u32,
    pub ended_outputs: u32,
    /// The screen that the browser gave and nobody has put down yet.
    pub capture: Option<OpId>,
    /// What was said to them of codes, and by whom.
    pub codes: Vec<(PeerId, VerifyMsg)>,
}

pub struct World {
    pub now: Millis,
    pub people: Vec<Person>,
    hub: Hub,
    pub server_up: bool,
    /// Media paths that are cut, by pairs of people.
    pub cut: Vec<(usize, usize)>,
    /// How long a browser takes to say that a path is broken.
    pub notice: u64,
    /// What was gathered in a network that is gone, and the connections that have not got over it.
    stale: BTreeSet<(u32, u32)>,
    lost: BTreeSet<u32>,
    /// Whose socket swallows what is written to it, and says nothing.
    pub deaf: BTreeSet<u64>,
    /// Sound and picture flow; otherwise everybody has turned them off.
    pub media: bool,
    bytes: BTreeMap<u32, u64>,
    /// How late everything arrives that goes over a channel.
    pub lag: u64,
    pub restarts: u32,
    pub weather: Weather,
    /// How channels treat what is written: worse than any real one, which loses nothing.
    pub pipe: Option<Weather>,
    events: BTreeMap<(u64, u64), Event>,
    sequence: u64,
    sockets: u64,
    uids: u32,
    pub chance: Entropy,
    secret: RoomSecret,
    pub trace: VecDeque<String>,
    /// Offers and answers that were made.
    pub descriptions: u32,
    /// Offers that were taken back for one of the other side.
    pub crossed: u32,
    /// What the browser answers to whoever wants to share a screen.
    pub captures: Result<OpValue, OpError>,
    /// Looks at each relayed text on its way to a client and says what arrives in its place.
    pub meddle: Option<Meddle>,
}

impl World {
    pub fn new(seed: u64, weather: Weather) -> Self {
        World {
            now: Millis(1_000),
            people: Vec::new(),
            hub: Hub::new(Limits::default()),
            server_up: true,
            cut: Vec::new(),
            notice: 500,
            stale: BTreeSet::new(),
            lost: BTreeSet::new(),
            deaf: BTreeSet::new(),
            media: true,
            bytes: BTreeMap::new(),
            lag: 0,
            restarts: 0,
            weather,
            pipe: None,
            events: BTreeMap::new(),
            sequence: 0,
            sockets: 0,
            uids: 0,
            chance: Entropy::new(seed),
            secret: RoomSecret::from_bytes([9; 16]),
            trace: VecDeque::new(),
            descriptions: 0,
            crossed: 0,
            captures: Ok(OpValue::Captured { sound: true }),
            meddle: None,
        }
    }

    /// A new person in the green room of the one room.
    pub fn person(&mut self) -> usize {
        let number = self.people.len() as u8 + 1;
        let mut token = [number; 16];
        token[0] = self.chance.next_u64() as u8;
        let token = PeerToken(token);
        let call = Call::room(self.config(token), self.secret.keys());
        self.move_in(token, call)
    }

    /// A new person who is about to call without a server.
    pub fn direct_person(&mut self) -> usize {
        let token = PeerToken([self.people.len() as u8 + 1; 16]);
        let call = Call::direct(self.config(token));
        self.move_in(token, call)
    }

    fn config(&mut self, token: PeerToken) -> Config {
        let seed = self.chance.next_u64();
        let epoch = Epoch::new(self.now.0, seed);
        Config {
            token,
            epoch,
            seed,
            media: Media {
                microphone: true,
                camera: true,
            },
        }
    }

    fn move_in(&mut self, token: PeerToken, call: Call) -> usize {
        let pcs = BTreeMap::new();
        self.people.push(Person {
            call,
            pcs,
            token,
            socket: None,
            released: 0,
            tuned: 0,
            ended_outputs: 0,
            capture: None,
            codes: Vec::new(),
        });
        let who = self.people.len() - 1;
        let out = self.people[who].call.start(self.now);
        self.carry_out(who, out);
        who
    }

    pub fn joined(&mut self) -> usize {
        self.joined_after(0)
    }

    /// In the green room for a while, then in the call.
    pub fn joined_after(&mut self, ms: u64) -> usize {
        let who = self.person();
        if ms > 0 {
            self.run(ms);
        }
        self.user(
            who,
            Intent::Join {
                name: format!("Person {who}"),
            },
        );
        who
    }

    /// In a call by name.
    pub fn rung(&mut self) -> usize {
        let who = self.about_to_join();
        let name = format!("Person {who}");
        self.user(who, Intent::Join { name });
        who
    }

    /// In a call by name soon, when the camera is on.
    pub fn about_to_join(&mut self) -> usize {
        let token = PeerToken([self.people.len() as u8 + 1; 16]);
        let call = Call::room(self.config(token), self.secret.keys()).for_company();
        self.move_in(token, call)
    }

    /// A duplicated tab: the same token, a newer life, already in the call.
    pub fn twin_of(&mut self, who: usize) -> usize {
        let token = self.people[who].token;
        let call = Call::room(self.config(token), self.secret.keys());
        let twin = self.move_in(token, call);
        self.user(
            twin,
            Intent::Join {
                name: "Twin".to_string(),
            },
        );
        twin
    }

    pub fn restart_ice_everywhere(&mut self) {
        for who in 0..self.people.len() {
            let conns: Vec<ConnId> = self.people[who].pcs.keys().copied().collect();
            for conn in conns {
                self.with_pc(who, conn, FakePc::restart_ice);
            }
        }
    }

    /// From now on every message arrives once and soon.
    pub fn calm_down(&mut self) {
        self.weather = CALM;
    }

    /// Feeds what no browser would, and does not insist on a single operation in flight.
    pub fn feed_raw(&mut self, who: usize, input: Input) {
        self.feed(who, input);
    }

    /// The tab dies and comes back with the same token: no goodbye, a new life.
    pub fn reload(&mut self, who: usize, politely: bool) {
        if politely {
            self.user(who, Intent::Unload);
        }
        self.crash(who);
        let token = self.people[who].token;
        let config = self.config(token);
        let out = {
            let person = &mut self.people[who];
            person.call = Call::room(config, self.secret.keys());
            person.call.start(self.now)
        };
        self.carry_out(who, out);
        self.user(
            who,
            Intent::Join {
                name: format!("Person {who}"),
            },
        );
    }

    /// The tab is gone from one instant to the next.
    pub fn crash(&mut self, who: usize) {
        if let Some(socket) = self.people[who].socket.take() {
            let effects = self.hub.disconnect(ClientKey(socket));
            self.server_says(effects);
        }
        let conns: Vec<ConnId> = self.people[who].pcs.keys().copied().collect();
        for conn in conns {
            self.close_pc(who, conn);
        }
        self.people[who].capture = None;
        self.events.retain(|_, event| !event.is_for(who));
    }

    /// The signaller finds that there are too many in the room, and puts this one out.
    pub fn put_out(&mut self, who: usize) {
        let room = self.room();
        let Some(socket) = self.people[who].socket else {
            return;
        };
        let leave = wire::encode(&ClientMsg::Leave { room });
        let mut effects = self.hub.text(self.now, ClientKey(socket), &leave);
        let refused = ServerMsg::Refused {
            code: Refusal::RoomFull,
            room: Some(room),
        };
        effects.push(Effect::Send(ClientKey(socket), refused));
        self.server_says(effects);
    }

    pub fn stop_server(&mut self) {
        self.server_up = false;
        self.hub = Hub::new(Limits::default());
        for who in 0..self.people.len() {
            if let Some(socket) = self.people[who].socket {
                self.at(
                    1,
                    Event::SocketClosed {
                        who,
                        socket,
                        code: 1006,
                    },
                );
            }
        }
    }

    /// Somebody's network is gone, and there is another: what was gathered there is good for nothing, and
    /// their socket hangs without a word. No browser says anything of it for now.
    pub fn hand_over(&mut self, who: usize) {
        if let Some(socket) = self.people[who].socket {
            self.deaf.insert(socket);
        }
        self.lose_paths(who);
    }

    /// The same for their connections alone.
    pub fn lose_paths(&mut self, who: usize) {
        for pc in self.people[who].pcs.values() {
            self.stale.insert(pc.generation());
            self.lost.insert(pc.uid);
        }
        self.at(0, Event::Paths);
    }

    /// Between these two alone.
    pub fn lose_paths_between(&mut self, a: usize, b: usize) {
        let ends = [(a, b), (b, a)].map(|(who, whom)| (who, self.told_of_screen(who, whom).1));
        for (who, conn) in ends {
            if let Some(pc) = conn.and_then(|conn| self.people[who].pcs.get(&conn)) {
                self.stale.insert(pc.generation());
                self.lost.insert(pc.uid);
            }
        }
        self.at(0, Event::Paths);
    }

    pub fn heal_cuts(&mut self) {
        self.cut.clear();
        self.at(0, Event::Paths);
    }

    /// Everybody presses "Try again" wherever it says so.
    pub fn try_again(&mut self) {
        for who in 0..self.people.len() {
            for (id, state) in self.sees(who) {
                if state == PeerState::Failed {
                    self.user(who, Intent::Retry(id));
                }
            }
        }
    }

    /// Over a connection that leads through a network that is gone.
    fn is_lost(&self, pc: &FakePc, other: (usize, ConnId)) -> bool {
        let far = &self.people[other.0].pcs[&other.1];
        self.lost.contains(&pc.uid) || self.lost.contains(&far.uid)
    }

    pub fn start_server(&mut self) {
        self.server_up = true;
    }

    pub fn room(&self) -> RoomId {
        self.secret.keys().room()
    }

    pub fn user(&mut self, who: usize, intent: Intent) {
        self.feed(who, Input::User(intent));
    }

    pub fn feed(&mut self, who: usize, input: Input) {
        self.trace
            .push_back(format!("{} {who} {input:?}", self.now.0));
        if self.trace.len() > 4_000 {
            self.trace.pop_front();
        }
        let out = self.people[who].call.handle(self.now, input);
        self.carry_out(who, out);
    }

    fn at(&mut self, delay: u64, event: Event) {
        self.sequence += 1;
        self.events
            .insert((self.now.0 + delay, self.sequence), event);
    }

    fn carry_out(&mut self, who: usize, outputs: Vec<Output>) {
        for output in outputs {
            if matches!(self.people[who].call.view().phase, Phase::Ended(_))
                && output != Output::Changed
            {
                self.people[who].ended_outputs += 1;
            }
            match output {
                Output::Dial => {
                    self.sockets += 1;
                    let socket = self.sockets;
                    self.people[who].socket = Some(socket);
                    let event = if self.server_up {
                        Event::DialDone { who, socket }
                    } else {
                        Event::SocketClosed {
                            who,
                            socket,
                            code: 1006,
                        }
                    };
                    self.at(5, event);
                }
                Output::HangUp => {
                    if let Some(socket) = self.people[who].socket.take() {
                        let effects = self.hub.disconnect(ClientKey(socket));
                        self.server_says(effects);
                    }
                }
                Output::SignalText(text) => {
                    if let Some(socket) = self.people[who].socket {
                        self.at(2, Event::ToServer { socket, text });
                    }
                }
                Output::OpenConn { conn, slots } => {
                    self.uids += 1;
                    self.people[who]
                        .pcs
                        .insert(conn, FakePc::new(self.uids, slots));
                    self.look_after(who, conn);
                }
                Output::CreateSlots(conn) => self.with_pc(who, conn, FakePc::create_slots),
                Output::AdoptSlots(conn) => self.with_pc(who, conn, FakePc::adopt_slots),
                Output::SendScreen(conn) => {
                    assert!(self.people[who].capture.is_some(), "nothing to send");
                    self.with_pc(who, conn, FakePc::send_screen);
                }
                Output::DropScreen => {
                    self.people[who].capture = None;
                    self.people[who]
                        .pcs
                        .values_mut()
                        .for_each(FakePc::drop_screen);
                }
                Output::Tune(_) => self.people[who].tuned += 1,
                Output::RestartIce(conn) => {
                    self.restarts += 1;
                    self.with_pc(who, conn, FakePc::restart_ice);
                }
                Output::CloseConn(conn) => self.close_pc(who, conn),
                Output::ChannelText(conn, text) => self.channel_text(who, conn, text),
                Output::Start(op, work) => {
                    let delay = 1 + self.chance.below(12);
                    self.at(delay, Event::Run { who, op, work });
                }
                Output::Release(op) => {
                    self.people[who].released += 1;
                    self.people[who].capture.take_if(|held| *held == op);
                }
                Output::Verify(peer, message) => self.people[who].codes.push((peer, message)),
                Output::File(..) | Output::Changed => {}
            }
        }
        for (conn, _) in self.people[who].pcs.iter() {
            let flying = self.people[who].call.ops_in_flight(*conn);
            assert!(flying <= 1, "{flying} operations at once on {conn:?}");
        }
    }

    fn with_pc(&mut self, who: usize, conn: ConnId, act: impl FnOnce(&mut FakePc)) {
        if let Some(pc) = self.people[who].pcs.get_mut(&conn) {
            act(pc);
            self.look_after(who, conn);
        }
    }

    /// Fires `negotiationneeded` when it is due, and looks whether a connection came about.
    fn look_after(&mut self, who: usize, conn: ConnId) {
        if let Some(pc) = self.people[who].pcs.get_mut(&conn)
            && pc.take_needed()
        {
            self.at(
                0,
                Event::Conn {
                    who,
                    conn,
                    event: ConnEvent::NegotiationNeeded,
                },
            );
        }
        self.at(1, Event::Paths);
    }

    fn close_pc(&mut self, who: usize, conn: ConnId) {
        let Some(pc) = self.people[who].pcs.remove(&conn) else {
            return;
        };
        if let Some((other, other_conn)) = self.other_end(&pc)
            && pc.channel
            && !self.is_cut(who, other)
        {
            let event = ConnEvent::ChannelClosed;
            self.at(
                20,
                Event::Conn {
                    who: other,
                    conn: other_conn,
                    event,
                },
            );
        }
    }

    fn other_end(&self, pc: &FakePc) -> Option<(usize, ConnId)> {
        let (uid, _) = pc.remote?;
        self.people.iter().enumerate().find_map(|(who, person)| {
            person
                .pcs
                .iter()
                .find(|(_, other)| other.uid == uid)
                .map(|(conn, _)| (who, *conn))
        })
    }

    pub fn is_cut(&self, a: usize, b: usize) -> bool {
        self.cut.contains(&(a.min(b), a.max(b)))
    }

    pub fn set_cut(&mut self, a: usize, b: usize, cut: bool) {
        self.cut.retain(|pair| *pair != (a.min(b), a.max(b)));
        if cut {
            self.cut.push((a.min(b), a.max(b)));
        }
        self.at(0, Event::Paths);
    }

    fn channel_text(&mut self, who: usize, conn: ConnId, text: String) {
        let Some(pc) = self.people[who].pcs.get(&conn) else {
            return;
        };
        if let Some((other, other_conn)) = self.other_end(pc)
            && pc.channel
            && !self.is_cut(who, other)
            && !self.is_lost(pc, (other, other_conn))
        {
            // Same delay for all: a data channel keeps the order.
            for delay in self.delays(&text) {
                let event = ConnEvent::ChannelText(text.clone());
                self.at(
                    4 + self.lag + delay,
                    Event::Conn {
                        who: other,
                        conn: other_conn,
                        event,
                    },
                );
            }
        }
    }

    /// When each copy of it arrives that does.
    fn delays(&mut self, text: &str) -> Vec<u64> {
        let written = ["say", "got", "recall", "past"]
            .iter()
            .any(|tag| text.starts_with(&format!("{{\"type\":\"{tag}\"")));
        let Some(pipe) = self.pipe.filter(|_| written) else {
            return vec![0];
        };
        let copies = 1 + u64::from(self.chance.below(100) < pipe.doubled);
        let arrives = (0..copies).filter_map(|_| {
            let lost = self.chance.below(100) < pipe.lost;
            let delay = self.chance.below(pipe.jitter + 1);
            (!lost).then_some(delay)
        });
        arrives.collect()
    }

    /// Connects what is agreed at both ends, and breaks what is cut or disagreed.
    fn paths(&mut self) {
        let mut ends = Vec::new();
        for (who, person) in self.people.iter().enumerate() {
            for (conn, pc) in &person.pcs {
                let other = self.other_end(pc);
                let up = other.is_some_and(|(other, other_conn)| {
                    let far = &self.people[other].pcs[&other_conn];
                    let fresh = [pc, far].map(|it| !self.stale.contains(&it.generation()));
                    let agreed = pc.reaches(far) && far.reaches(pc);
                    agreed && fresh == [true, true] && !self.is_cut(who, other)
                });
                let hurt = other.is_none_or(|(other, other_conn)| {
                    let far = &self.people[other].pcs[&other_conn];
                    let other_pc = far.remote.is_some_and(|(uid, _)| uid != pc.uid);
                    let lost = self.is_lost(pc, (other, other_conn));
                    self.is_cut(who, other) || other_pc || lost
                });
                ends.push((who, *conn, up, hurt));
            }
        }
        for (who, conn, up, hurt) in ends {
            let Some(pc) = self.people[who].pcs.get_mut(&conn) else {
                continue;
            };
            if up && !pc.connected {
                pc.connected = true;
                self.lost.remove(&pc.uid);
                let channel = std::mem::replace(&mut pc.channel, true);
                self.at(
                    1,
                    Event::Conn {
                        who,
                        conn,
                        event: ConnEvent::State(ConnState::Connected),
                    },
                );
                if !channel {
                    self.at(
                        2,
                        Event::Conn {
                            who,
                            conn,
                            event: ConnEvent::ChannelOpen,
                        },
                    );
                }
            } else if hurt && pc.connected {
                pc.connected = false;
                self.at(
                    self.notice,
                    Event::Conn {
                        who,
                        conn,
                        event: ConnEvent::State(ConnState::Disconnected),
                    },
                );
            }
        }
    }

    fn server_says(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(ClientKey(socket), message) => {
                    let Some(who) = self.people.iter().position(|p| p.socket == Some(socket))
                    else {
                        continue;
                    };
                    let text = wire::encode(&message);
                    if !matches!(message, ServerMsg::Relayed { .. }) {
                        self.at(3, Event::ToClient { who, socket, text });
                        continue;
                    }
                    let arrives = match &mut self.meddle {
                        Some(meddle) => meddle(who, &text),
                        None => vec![text],
                    };
                    for text in arrives {
                        let copies = 1 + u64::from(self.chance.below(100) < self.weather.doubled);
                        for _ in 0..copies {
                            if self.chance.below(100) >= self.weather.lost {
                                let delay = 3 + self.chance.below(self.weather.jitter + 1);
                                let text = text.clone();
                                self.at(delay, Event::ToClient { who, socket, text });
                            }
                        }
                    }
                }
                Effect::Close(ClientKey(socket), code) => {
                    if let Some(who) = self.people.iter().position(|p| p.socket == Some(socket)) {
                        self.at(3, Event::SocketClosed { who, socket, code });
                    }
                }
            }
        }
    }

    /// One step: the earliest of what is due. False when nothing ever is.
    pub fn step(&mut self) -> bool {
        let wake = (0..self.people.len())
            .filter_map(|who| Some((self.people[who].call.next_wake()?.0, who)))
            .min();
        let event = self.events.keys().next().copied();
        match (wake, event) {
            (Some((at, who)), event) if event.is_none_or(|(due, _)| at.0 < due) => {
                self.now = self.now.max(at);
                self.feed(who, Input::Wake);
            }
            (_, Some(key)) => {
                self.now = self.now.max(Millis(key.0));
                if let Some(event) = self.events.remove(&key) {
                    self.happen(event);
                }
            }
            _ => return false,
        }
        true
    }

    pub fn run(&mut self, ms: u64) {
        let until = self.now.after(ms);
        self.at(ms, Event::Paths);
        while self.now < until && self.step() {}
    }

    /// Runs until it is so; panics with the trace's end when it is not within `ms`.
    pub fn until(&mut self, ms: u64, what: &str, is: impl Fn(&World) -> bool) {
        let end = self.now.after(ms);
        while !is(self) {
            if self.now > end || !self.step() {
                let tail: Vec<String> = self.trace.iter().rev().take(60).rev().cloned().collect();
                let views: Vec<String> = self
                    .people
                    .iter()
                    .map(|p| format!("{:?}", p.call.view()))
                    .collect();
                panic!(
                    "not within {ms} ms: {what}\n{}\n{}",
                    tail.join("\n"),
                    views.join("\n")
                );
            }
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Paths => self.paths(),
            Event::DialDone { who, socket } => {
                if self.people[who].socket == Some(socket) {
                    let effects = self.hub.connect(ClientKey(socket));
                    self.server_says(effects);
                    self.feed(who, Input::Signal(SignalEvent::Open));
                }
            }
            Event::ToServer { socket, text } => {
                if self.server_up && !self.deaf.contains(&socket) {
                    let effects = self.hub.text(self.now, ClientKey(socket), &text);
                    self.server_says(effects);
                }
            }
            Event::ToClient { who, socket, text } => {
                if self.people[who].socket == Some(socket) && !self.deaf.contains(&socket) {
                    self.feed(who, Input::Signal(SignalEvent::Text(text)));
                }
            }
            Event::SocketClosed { who, socket, code } => {
                if self.people[who].socket == Some(socket) {
                    self.people[who].socket = None;
                    self.feed(who, Input::Signal(SignalEvent::Closed(code)));
                }
            }
            Event::Conn { who, conn, event } => {
                let busy = self.people[who].call.ops_in_flight(conn) > 0
                    && event == ConnEvent::NegotiationNeeded;
                // An offer is two operations of a browser, and the event may come between them.
                let between = busy && self.chance.below(2) == 0;
                if let Some(pc) = self.people[who].pcs.get_mut(&conn) {
                    // Browsers hold this event back while an operation is under way, and look again
                    // afterwards whether it is still due.
                    if busy {
                        pc.look_again();
                    }
                    if !busy || between {
                        self.feed(who, Input::Conn(conn, event));
                    }
                }
            }
            Event::Run { who, op, work } => self.run_op(who, op, work),
        }
    }

    fn run_op(&mut self, who: usize, op: OpId, work: Op) {
        let conn = match &work {
            Op::SetLocal(conn)
            | Op::Gather(conn)
            | Op::SetRemote(conn, _)
            | Op::AddCandidate(conn, _) => *conn,
            Op::Count(conn) => {
                let result = self.count(who, *conn);
                self.feed(who, Input::Done(op, result));
                return;
            }
            Op::CaptureScreen => {
                if self.captures.is_ok() {
                    self.people[who].capture = Some(op);
                }
                self.feed(who, Input::Done(op, self.captures.clone()));
                return;
            }
        };
        let result = match self.people[who].pcs.get_mut(&conn) {
            None => Err(OpError::Closed),
            Some(pc) => match work {
                Op::SetLocal(_) => pc.set_local().map(OpValue::Described),
                Op::Gather(_) => pc
                    .whole()
                    .map(OpValue::Described)
                    .ok_or(OpError::WrongState),
                Op::SetRemote(_, sdp) => {
                    self.crossed += u32::from(pc.is_crossed_by(&sdp));
                    pc.set_remote(&sdp).map(|()| OpValue::Nothing)
                }
                Op::AddCandidate(_, candidate) => {
                    pc.add_candidate(&candidate).map(|()| OpValue::Nothing)
                }
                Op::CaptureScreen | Op::Count(_) => unreachable!("answered above"),
            },
        };
        let described = matches!(result, Ok(OpValue::Described(_)));
        self.descriptions += u32::from(described);
        self.feed(who, Input::Done(op, result));
        if described && let Some(pc) = self.people[who].pcs.get(&conn) {
            let event = ConnEvent::Candidate(pc.candidate());
            self.at(2, Event::Conn { who, conn, event });
        }
        self.look_after(who, conn);
    }

    /// Sound and picture come all the time where there is a path.
    fn count(&mut self, who: usize, conn: ConnId) -> Result<OpValue, OpError> {
        let pc = self.people[who].pcs.get(&conn).ok_or(OpError::Closed)?;
        let other = self.other_end(pc);
        let flows = other
            .is_some_and(|it| pc.connected && !self.is_cut(who, it.0) && !self.is_lost(pc, it));
        if flows && self.media {
            self.bytes.insert(pc.uid, self.now.0);
        }
        Ok(OpValue::Counted(*self.bytes.get(&pc.uid).unwrap_or(&0)))
    }

    pub fn id(&self, who: usize) -> PeerId {
        self.people[who].call.me()
    }

    /// Whom `who` sees, and how.
    pub fn sees(&self, who: usize) -> Vec<(PeerId, PeerState)> {
        self.people[who]
            .call
            .view()
            .peers
            .iter()
            .map(|p| (p.id, p.state))
            .collect()
    }

    /// Whether `who` is told of `whom`'s screen, and it really comes.
    pub fn sees_screen(&self, who: usize, whom: usize) -> bool {
        let (told, conn) = self.told_of_screen(who, whom);
        let pcs = (
            conn.and_then(|conn| self.people[who].pcs.get(&conn)),
            self.told_of_screen(whom, who).1,
        );
        let (Some(mine), Some(theirs)) = pcs else {
            return false;
        };
        let theirs = self.people[whom].pcs.get(&theirs);
        told && theirs.is_some_and(|theirs| theirs.shows_screen_to(mine))
    }

    /// Whether `who` is told of `whom`'s screen, and the connection between them.
    pub fn told_of_screen(&self, who: usize, whom: usize) -> (bool, Option<ConnId>) {
        let peers = self.people[who].call.view().peers;
        let peer = peers.iter().find(|peer| peer.id == self.id(whom));
        peer.map_or((false, None), |peer| (peer.screen.is_some(), peer.conn))
    }

    /// Do exactly these people see exactly each other, all connected, over one connection a pair, both
    /// ends stable and with media agreed?
    pub fn is_mesh_of(&self, who: &[usize]) -> bool {
        who.iter().all(|me| {
            let mut expected: Vec<PeerId> = who
                .iter()
                .filter(|w| *w != me)
                .map(|w| self.id(*w))
                .collect();
            let mut seen: Vec<PeerId> = Vec::new();
            let view = self.people[*me].call.view();
            for peer in &view.peers {
                let pc = peer.conn.and_then(|conn| self.people[*me].pcs.get(&conn));
                let sound = pc.is_some_and(|pc| pc.connected && pc.signaling == Signaling::Stable);
                if peer.state != PeerState::Connected || !sound || peer.name.is_empty() {
                    return false;
                }
                seen.push(peer.id);
            }
            expected.sort();
            seen.sort();
            expected == seen && self.people[*me].pcs.len() == expected.len()
        })
    }
}

impl Event {
    fn is_for(&self, person: usize) -> bool {
        match self {
            Event::DialDone { who, .. }
            | Event::ToClient { who, .. }
            | Event::SocketClosed { who, .. }
            | Event::Run { who, .. }
            | Event::Conn { who, .. } => *who == person,
            Event::ToServer { .. } | Event::Paths => false,
        }
    }
}

/// A real description, for where a fake one will not do.
pub fn sdp(kind: SdpKind, text: &str) -> Sdp {
    Sdp {
        kind,
        text: text.to_string(),
    }
}
