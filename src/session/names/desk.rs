//! Owns the core's `Ring`, its socket and its timer. Inputs go through one inbox, as those of a call do.

use super::{Calling, CallingState, Names, PastKind, Ringing, calls, summons, tone::Tone};
use crate::{
    browser::{
        clock::{self, Timer},
        page, random, storage,
        websocket::{Socket, SocketEvent},
    },
    route::Route,
    session::pass,
};
use duologue_core::{
    ids::RingId,
    json::{self, Json},
    ring::{Config, End, Input, Intent, Output, Ring, Standing},
    seal::RoomSecret,
    wire::names::LetterKey,
};
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
};

/// What makes all tabs of this browser one person.
const SECRET: &str = "duologue.person";

pub struct Desk {
    this: Weak<Desk>,
    ring: RefCell<Ring>,
    inbox: RefCell<VecDeque<Input>>,
    pumping: Cell<bool>,
    socket: RefCell<Option<Socket>>,
    timer: RefCell<Option<Timer>>,
    shown: Names,
    /// Which state of the list is shown.
    changes: Cell<u32>,
    tone: RefCell<Tone>,
}

impl Desk {
    pub fn new(shown: Names, patience: u64) -> Rc<Desk> {
        let config = Config {
            secret: secret(),
            chance: random::bytes(),
            seed: u64::from_le_bytes(random::bytes()),
            patience,
        };
        let desk = Rc::new_cyclic(|this| Desk {
            this: this.clone(),
            ring: RefCell::new(Ring::new(config)),
            inbox: RefCell::default(),
            pumping: Cell::new(false),
            socket: RefCell::default(),
            timer: RefCell::default(),
            shown,
            changes: Cell::new(0),
            tone: RefCell::default(),
        });
        let weak = desk.this.clone();
        summons::on_change(move |now| {
            if let Some(desk) = weak.upgrade() {
                desk.wish(Intent::InCall(now));
            }
        });
        desk
    }

    pub fn wish(&self, intent: Intent) {
        self.dispatch(Input::User(intent));
    }

    fn dispatch(&self, input: Input) {
        self.inbox.borrow_mut().push_back(input);
        if self.pumping.replace(true) {
            return;
        }
        loop {
            let Some(input) = self.inbox.borrow_mut().pop_front() else {
                break;
            };
            let outputs = self.ring.borrow_mut().handle(clock::now(), input);
            for output in outputs {
                self.carry_out(output);
            }
        }
        self.pumping.set(false);
        self.arm();
    }

    fn sender(&self) -> impl Fn(Input) + Clone + 'static {
        let this = self.this.clone();
        move |input| {
            if let Some(desk) = this.upgrade() {
                desk.dispatch(input);
            }
        }
    }

    fn arm(&self) {
        let wake = self.ring.borrow().next_wake();
        let timer = wake.map(|at| {
            let send = self.sender();
            Timer::after(at.since(clock::now()), move || send(Input::Wake))
        });
        *self.timer.borrow_mut() = timer;
    }

    fn carry_out(&self, output: Output) {
        match output {
            Output::Dial => self.dial(),
            Output::Send(text) => {
                if let Some(socket) = &*self.socket.borrow() {
                    socket.send(&text);
                }
            }
            Output::HangUp => drop(self.socket.take()),
            Output::Changed => self.show(),
            Output::Enter {
                ring,
                name,
                room,
                mine,
            } => self.enter(ring, &name, &room, mine),
            Output::Over {
                ring,
                name,
                mine,
                end,
            } => self.over(ring, name, mine, end),
        }
    }

    fn dial(&self) {
        let send = self.sender();
        let socket = Socket::open(&page::socket_url("names"), pass::shown(), move |event| {
            send(match event {
                SocketEvent::Open => Input::Opened,
                SocketEvent::Text(text) => Input::Text(text),
                SocketEvent::Closed(code) => Input::Closed(code),
            });
        });
        // An address that is none never opens, and the dial is given up in time.
        *self.socket.borrow_mut() = socket.ok();
    }

    fn enter(&self, ring: RingId, name: &str, room: &RoomSecret, mine: bool) {
        let kind = match mine {
            true => PastKind::Outgoing,
            false => PastKind::Incoming,
        };
        self.shown.past.set(calls::add(ring, name, kind));
        self.shown.calling.set(None);
        let me = match self.ring.borrow().standing() {
            Standing::In { name, .. } | Standing::Away(name) => name.clone(),
            _ => String::new(),
        };
        let address = room.address();
        summons::set(address.clone(), me);
        page::set_fragment(&Route::Room(address).fragment());
        self.show();
    }

    fn over(&self, ring: RingId, name: String, mine: bool, end: End) {
        let kind = match (&end, mine) {
            // Whoever tried a name in vain has called nobody.
            (End::Nobody | End::Yourself | End::Elsewhere, _) => None,
            (_, true) => Some(PastKind::Unanswered),
            (End::Declined(_) | End::Busy, false) => Some(PastKind::Declined),
            (End::NoAnswer | End::Cancelled | End::Gone, false) => Some(PastKind::Missed),
        };
        if let Some(kind) = kind {
            self.shown.past.set(calls::add(ring, &name, kind));
        }
        self.show();
        if mine && end != End::Cancelled {
            let state = CallingState::Over(end);
            self.shown.calling.set(Some(Calling { name, state }));
        }
    }

    fn show(&self) {
        let ring = self.ring.borrow();
        let shown = self.shown;
        set(shown.standing, ring.standing().clone());
        if self.changes.replace(ring.people().changes()) != ring.people().changes() {
            shown.people.set(ring.people().all().to_vec());
        }
        let ringing: Vec<Ringing> = ring
            .incoming()
            .map(|it| Ringing {
                ring: it.ring,
                name: it.name.clone(),
            })
            .collect();
        let quiet = ring.is_quiet();
        let first = ringing.first().filter(|_| !quiet);
        self.tone
            .borrow_mut()
            .ring_for(first.map(|it| it.name.as_str()));
        set(shown.quiet, quiet);
        set(shown.ringing, ringing);
        let going = ring.outgoing().map(|it| Calling {
            name: it.shown().to_owned(),
            state: CallingState::Going(it.stage),
        });
        let over = |it: &Option<Calling>| {
            matches!(
                it,
                Some(Calling {
                    state: CallingState::Over(_),
                    ..
                })
            )
        };
        // What a ring came to stays until it has been read.
        if going.is_some() || !shown.calling.with_untracked(over) {
            set(shown.calling, going);
        }
    }
}

/// Tells nobody of what is as it was.
fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|it| *it != value) {
        signal.set(value);
    }
}

/// Made once, and kept for as long as the browser keeps anything.
fn secret() -> [u8; 32] {
    let kept = storage::local_get(SECRET)
        .and_then(|it| json::parse(&it))
        .and_then(LetterKey::read);
    if let Some(LetterKey(kept)) = kept {
        return kept;
    }
    let fresh = random::bytes();
    storage::local_set(SECRET, &json::write(&LetterKey(fresh)));
    fresh
}
