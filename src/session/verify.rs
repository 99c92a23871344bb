//! Owns the core's `Verify`: gives it who is here, what they say and which certificates were used, keeps
//! the people whom it would know again, and shows what it finds. Nothing of it runs before the rest of the
//! page is there: a call's beginning is not held up, and a first call has nobody to know.

use super::{call::Call, driver::Driver, rest, show::set, view::Tile};
use crate::browser::{
    clock::{self, Timer},
    random, storage,
};
pub use duologue_core::verify::{Code, Trouble};
use duologue_core::{
    call::View,
    ids::PeerId,
    io::{Input as CallInput, Intent},
    verify::{Certificates, CodeState, Config, Input, Output, People, Trust, Verify},
    wire::VerifyMsg,
};
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Weak,
};
use wasm_bindgen_futures::spawn_local;

const KEY: &str = "duologue.known";

/// A code that is being compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparing {
    /// With whom.
    pub name: String,
    pub stage: Comparison,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Making,
    Ready(Code),
    Matched,
    /// They are not spoken to any more.
    Differed,
    Failed(Trouble),
    /// They have left.
    Gone,
}

/// What the dialog shows. `Copy`, like the signals themselves.
#[derive(Clone, Copy)]
pub struct Verifying {
    pub open: RwSignal<bool>,
    pub now: RwSignal<Option<Comparing>>,
}

impl Verifying {
    pub(super) fn new() -> Self {
        Verifying {
            open: RwSignal::new(false),
            now: RwSignal::new(None),
        }
    }
}

impl Call {
    /// Opens the code to be compared with them.
    pub fn compare(self, tile: Tile) {
        let Some(id) = tile.id.with_value(|id| PeerId::parse(id)) else {
            return;
        };
        let name = tile.name.get_untracked();
        let stage = Comparison::Making;
        self.verifying.now.set(Some(Comparing { name, stage }));
        self.verifying.open.set(true);
        self.with_driver(|driver| driver.verify.compare(id));
    }

    pub fn codes_match(self) {
        self.with_driver(|driver| driver.verify.on_match());
    }

    /// Nothing goes to whoever that is any more.
    pub fn codes_differ(self) {
        self.with_driver(|driver| driver.verify.on_differ());
    }

    /// Deletes whom this device knows, and by what it is known.
    pub fn forget_people(self) {
        storage::local_remove(KEY);
        self.with_driver(|driver| driver.verify.forget_all());
    }

    /// How many would be known again.
    pub fn people_known() -> usize {
        kept().count()
    }
}

pub struct VerifyDesk {
    driver: Weak<Driver>,
    /// Made when somebody wants to know, or is known.
    machine: RefCell<Option<Verify>>,
    /// It was looked whether anybody is known.
    looked: Cell<bool>,
    inbox: RefCell<VecDeque<Input>>,
    pumping: Cell<bool>,
    timer: RefCell<Option<Timer>>,
    /// What was heard before the rest of the page was there.
    early: RefCell<Vec<(PeerId, VerifyMsg)>>,
    here: RefCell<Vec<PeerId>>,
    /// With whom the code on the screen is compared.
    with: Cell<Option<PeerId>>,
    shown: Verifying,
}

impl VerifyDesk {
    pub fn new(driver: Weak<Driver>, shown: Verifying) -> Self {
        VerifyDesk {
            driver,
            machine: RefCell::default(),
            looked: Cell::new(false),
            inbox: RefCell::default(),
            pumping: Cell::new(false),
            timer: RefCell::default(),
            early: RefCell::default(),
            here: RefCell::default(),
            with: Cell::new(None),
            shown,
        }
    }

    /// To be called now and then: what was heard early is dealt with when there is time.
    pub fn catch_up(&self) {
        if rest::is_there() {
            self.hear_all();
        }
    }

    /// On its own, as a part of the rest.
    #[inline(never)]
    fn hear_all(&self) {
        let heard = self.early.take();
        let known = !self.looked.replace(true) && kept().count() > 0;
        if known || !heard.is_empty() {
            self.wake();
        }
        for (peer, message) in heard {
            self.hear(peer, message);
        }
    }

    pub fn on_message(&self, peer: PeerId, message: VerifyMsg) {
        self.early.borrow_mut().push((peer, message));
        if rest::is_there() {
            return self.catch_up();
        }
        // Somebody wants to compare: by then the call stands.
        let driver = self.driver.clone();
        spawn_local(async move {
            rest::fetch().await;
            if let Some(driver) = driver.upgrade() {
                driver.verify.catch_up();
            }
        });
    }

    /// Who can be reached, over which connection.
    pub fn follow(&self, view: &View) {
        if self.machine.borrow().is_some() {
            self.follow_all(view);
        }
    }

    #[inline(never)]
    fn follow_all(&self, view: &View) {
        let reached = view.peers.iter().filter(|it| it.channel);
        let here: Vec<_> = reached.filter_map(|it| Some((it, it.conn?))).collect();
        let ids = here.iter().map(|(it, _)| it.id).collect();
        for gone in self.here.replace(ids) {
            if !here.iter().any(|(it, _)| it.id == gone) {
                self.dispatch(Input::Away(gone));
            }
        }
        for (it, conn) in here {
            let (peer, name) = (it.id, it.name.clone());
            self.dispatch(Input::Here { peer, conn, name });
        }
        self.show(Some(view));
    }

    fn compare(&self, id: PeerId) {
        self.with.set(Some(id));
        self.wake();
        self.dispatch(Input::Compare(id));
        // Theirs may have been the first wish, and the code is there.
        self.show(None);
    }

    fn on_match(&self) {
        if let Some(id) = self.with.get() {
            self.dispatch(Input::Match(id));
        }
    }

    fn on_differ(&self) {
        if let Some(id) = self.with.take() {
            self.shown.now.update(|now| {
                if let Some(now) = now {
                    now.stage = Comparison::Differed;
                }
            });
            self.tell_call(Intent::Refuse(id));
        }
    }

    fn forget_all(&self) {
        self.dispatch(Input::Forget);
    }

    fn wake(&self) {
        let Some(driver) = self.driver.upgrade() else {
            return;
        };
        if self.machine.borrow().is_some() {
            return;
        }
        // Not borrowed any more when something is told.
        let (me, view) = {
            let call = driver.call.borrow();
            (call.me(), call.view())
        };
        *self.machine.borrow_mut() = Some(Verify::new(Config {
            me,
            chance: random::bytes(),
            people: kept(),
            keeps: keeps(),
        }));
        self.follow(&view);
    }

    fn hear(&self, peer: PeerId, message: VerifyMsg) {
        let used = self.used(peer);
        self.dispatch(Input::Heard {
            peer,
            message,
            used,
        });
    }

    /// What DTLS uses towards them.
    fn used(&self, peer: PeerId) -> Option<Certificates> {
        let driver = self.driver.upgrade()?;
        let view = driver.call.borrow().view();
        let conn = view.peers.iter().find(|it| it.id == peer)?.conn?;
        let conns = driver.conns.borrow();
        let connection = conns.get(&conn)?;
        Certificates::of(&connection.local_sdp()?, &connection.theirs()?)
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
            let outputs = match &mut *self.machine.borrow_mut() {
                Some(machine) => machine.handle(clock::now(), input),
                None => Vec::new(),
            };
            for output in outputs {
                self.carry_out(output);
            }
        }
        self.pumping.set(false);
        self.arm();
    }

    fn carry_out(&self, output: Output) {
        match output {
            Output::Tell(peer, message) => self.tell_call(Intent::TellOfCode(peer, message)),
            Output::Keep(it) => {
                // Another tab may have kept somebody meanwhile.
                let mut people = kept();
                people.add(it);
                storage::local_set(KEY, &people.text());
            }
            Output::Changed => self.show(None),
        }
    }

    fn tell_call(&self, intent: Intent) {
        if let Some(driver) = self.driver.upgrade() {
            driver.dispatch(CallInput::User(intent));
        }
    }

    fn arm(&self) {
        let wake = self.machine.borrow().as_ref().and_then(Verify::next_wake);
        let timer = wake.map(|at| {
            let driver = self.driver.clone();
            Timer::after(at.since(clock::now()), move || {
                if let Some(driver) = driver.upgrade() {
                    driver.verify.dispatch(Input::Wake);
                }
            })
        });
        *self.timer.borrow_mut() = timer;
    }

    fn show(&self, view: Option<&View>) {
        let Some(driver) = self.driver.upgrade().filter(|it| !it.show.is_over()) else {
            return;
        };
        let machine = self.machine.borrow();
        let Some(machine) = &*machine else { return };
        for (id, tile) in driver.show.tiles() {
            set(tile.trust, machine.trust(id));
        }
        let Some(with) = self.with.get() else { return };
        let gone = view.is_some_and(|it| it.peers.iter().all(|peer| peer.id != with));
        let stage = match machine.code(with) {
            _ if gone => Comparison::Gone,
            _ if machine.trust(with) == Trust::Compared => Comparison::Matched,
            CodeState::None | CodeState::Making => Comparison::Making,
            CodeState::Ready(code) => Comparison::Ready(code),
            CodeState::Failed(trouble) => Comparison::Failed(trouble),
        };
        let name = self
            .shown
            .now
            .with_untracked(|it| it.as_ref().map(|it| it.name.clone()));
        if let Some(name) = name {
            set(self.shown.now, Some(Comparing { name, stage }));
        }
    }
}

fn kept() -> People {
    let text = storage::local_get(KEY);
    text.as_deref().map(People::parse).unwrap_or_default()
}

/// Whether this browser will have it in a later call, as far as it lets one see.
fn keeps() -> bool {
    let text = kept().text();
    storage::local_set(KEY, &text);
    storage::local_get(KEY) == Some(text)
}
