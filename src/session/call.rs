//! A call as the screens see it. Owned by the reactive scope that opened it: when that scope goes,
//! connections close and devices are put down.

use super::{
    chat::{Addressee, Chat, SayTrouble},
    driver::Driver,
    files::FileTransfers,
    identity,
    local::Local,
    means, names,
    pulse::Pulse,
    recording::Recording,
    share::{Detail, Share},
    show::{Show, Signals},
    signs::{Reaction, Signs},
    support::Support,
    verify::Verifying,
    view::{
        DirectStep, DirectTrouble, Ended, LinkStatus, Phase, RoomError, ShareState, Tile,
        room_address,
    },
};
use crate::browser::{
    clipboard, clock, level, listener::Listener, object, page, random, wake_lock::WakeLock,
};
use duologue_core::{
    call::Call as Machine,
    chat,
    ids::PeerId,
    io::{Input, Intent},
    seal::RoomSecret,
    wire::Media,
};
use leptos::prelude::*;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Copy)]
pub struct Call {
    pub local: Local,
    pub share: Share,
    pub phase: RwSignal<Phase>,
    pub link: RwSignal<LinkStatus>,
    /// Names of those who are in the room already (green room).
    pub present: RwSignal<Vec<String>>,
    pub tiles: RwSignal<Vec<Tile>>,
    /// The peer id of whoever has the floor among the others.
    pub speaker: RwSignal<Option<String>>,
    /// One's own hand and reactions.
    pub signs: Signs,
    pub my_name: RwSignal<String>,
    /// The invite address of this room; empty for a direct call.
    pub address: RwSignal<String>,
    /// A room whose name people typed can be guessed; the page says so.
    pub guessable: RwSignal<bool>,
    pub direct: RwSignal<DirectStep>,
    pub direct_trouble: RwSignal<Option<DirectTrouble>>,
    pub chat: Chat,
    pub files: FileTransfers,
    pub recording: Recording,
    /// The code that is being compared with somebody.
    pub verifying: Verifying,
    /// It was rung for: joined at once, and over when the others leave.
    pub summoned: bool,
    signals: Signals,
    held: StoredValue<Rc<Held>, LocalStorage>,
}

/// What lives as long as the call: dropped with its reactive scope.
#[derive(Default)]
struct Held {
    driver: RefCell<Option<Rc<Driver>>>,
    /// What a person wanted before there was a driver to want it of.
    early: RefCell<Vec<Intent>>,
    pulse: RefCell<Option<Pulse>>,
    support: RefCell<Option<Support>>,
    unload: RefCell<Option<Listener>>,
    before_unload: RefCell<Option<Listener>>,
    wake: RefCell<Option<WakeLock>>,
}

impl Call {
    /// Opens the green room of `room` (the text after `#/r/`).
    pub fn open_room(room: &str) -> Result<Call, RoomError> {
        let secret = RoomSecret::parse(&page::normalise(room))?;
        let mut call = Call::new(secret.is_typed());
        call.address.set(room_address(&secret.address()));
        let summons = names::summoned(&secret.address());
        let summoned = summons.is_some();
        let camera = summons.is_none_or(|it| {
            call.my_name.set(it.me);
            it.camera
        });
        call.summoned = summoned;
        call.begin(camera, move |media| {
            let machine = Machine::room(identity::config(media), secret.keys());
            match summoned {
                true => machine.for_company(),
                false => machine,
            }
        });
        Ok(call)
    }

    /// A call without a server.
    pub fn open_direct() -> Call {
        let call = Call::new(false);
        call.begin(true, |media| Machine::direct(identity::config(media)));
        call
    }

    /// A fresh room's address part, the text after `#/r/`.
    pub fn new_room() -> String {
        RoomSecret::from_bytes(random::bytes()).address()
    }

    fn new(guessable: bool) -> Call {
        let signals = Signals::new();
        Call {
            local: Local::new(),
            share: Share::new(),
            phase: signals.phase,
            link: signals.link,
            present: signals.present,
            tiles: signals.tiles,
            speaker: signals.speaker,
            signs: signals.signs,
            my_name: RwSignal::new(identity::name()),
            address: RwSignal::new(String::new()),
            guessable: RwSignal::new(guessable),
            direct: signals.direct,
            direct_trouble: signals.direct_trouble,
            chat: signals.chat,
            files: FileTransfers::new(),
            recording: Recording::new(),
            verifying: Verifying::new(),
            summoned: false,
            signals,
            held: StoredValue::new_local(Rc::default()),
        }
    }

    /// Devices first: a person sees themselves while the rest is worked out.
    fn begin(self, camera: bool, make: impl FnOnce(Media) -> Machine + 'static) {
        let presets = means::presets();
        self.local.start(Media {
            microphone: presets.microphone,
            camera: camera && presets.camera,
        });
        let Some(owner) = Owner::current() else {
            return;
        };
        let weak = Rc::downgrade(&self.held.get_value());
        on_cleanup(move || self.close());
        spawn_local(async move {
            let means = means::find(&presets).await;
            // Keys of a typed room take a moment; what is on the screen is drawn before.
            clock::next_frame().await;
            let Some(held) = weak.upgrade() else { return };
            let show = Show::new(self.signals, owner);
            let Some(files) = self.files.desk() else {
                return;
            };
            let machine = make(self.local.media());
            let (place, ice) = (machine.place(), means.ice.clone());
            let driver = Driver::new(
                machine,
                means,
                (self.local, self.share, files.clone()),
                self.verifying,
                show,
            );
            let send = driver.sender();
            files.attach(place, ice, move |to, message| {
                send(Input::User(Intent::TellOfFile(to, message)));
            });
            self.attach(&held, &driver);
            driver.start();
            *held.driver.borrow_mut() = Some(driver.clone());
            for intent in held.early.take() {
                driver.dispatch(Input::User(intent));
            }
        });
    }

    fn attach(self, held: &Held, driver: &Rc<Driver>) {
        let weak = Rc::downgrade(driver);
        self.local.on_change(move || {
            if let Some(driver) = weak.upgrade() {
                driver.on_local_change();
            }
        });
        let send = driver.sender();
        *held.unload.borrow_mut() = Some(page::on_hide(move || {
            identity::keep();
            send(Input::User(Intent::Unload));
        }));
        *held.pulse.borrow_mut() = Some(Pulse::start(driver));
        *held.support.borrow_mut() = Support::install(driver);
        // Closing the tab by a slip of the finger would take others by surprise.
        let in_company = move || {
            self.phase.try_get_untracked() == Some(Phase::InCall)
                && self.tiles.try_with_untracked(Vec::is_empty) == Some(false)
        };
        *held.before_unload.borrow_mut() = Some(page::on_before_unload(in_company));
        // Whatever ends a call puts the devices down.
        let (local, held, recording) = (self.local, self.held, self.recording);
        Effect::new(move |_| {
            let phase = self.phase.get();
            names::in_call(phase == Phase::InCall);
            if matches!(phase, Phase::Ended(_)) {
                recording.close();
                local.close();
            }
            held.with_value(|held| {
                let wake = (phase == Phase::InCall).then(WakeLock::hold);
                held.wake.replace(wake);
            });
        });
    }

    fn close(self) {
        names::in_call(false);
        self.recording.close();
        self.with_driver(|driver| driver.show.close());
        self.send(Intent::Leave);
        self.local.close();
        if let Some(held) = self.held.try_get_value() {
            held.pulse.take();
            held.support.take();
            held.unload.take();
            held.before_unload.take();
            held.wake.take();
            held.early.take();
            if let Some(files) = self.files.desk() {
                files.close();
            }
            if let Some(driver) = held.driver.take() {
                driver.linger();
            }
        }
    }

    pub(super) fn send(self, intent: Intent) {
        let Some(held) = self.held.try_get_value() else {
            return;
        };
        let driver = held.driver.borrow().clone();
        match driver {
            Some(driver) => driver.dispatch(Input::User(intent)),
            None => held.early.borrow_mut().push(intent),
        }
    }

    pub(super) fn with_driver(self, act: impl FnOnce(&Driver)) {
        let driver = self
            .held
            .try_get_value()
            .and_then(|held| held.driver.borrow().clone());
        if let Some(driver) = driver {
            act(&driver);
        }
    }

    pub fn join(self, name: String) {
        clock::mark("join-click");
        level::wake();
        identity::keep_name(&name);
        self.my_name.set(name.clone());
        self.send(Intent::Join { name });
    }

    pub fn leave(self) {
        self.send(Intent::Leave);
    }

    /// In the handling of a press or a key. Stops when it is on, or being asked for.
    pub fn toggle_share(self) {
        self.send(match self.share.state.get_untracked() {
            ShareState::Off(_) if !self.share.is_possible() => return,
            ShareState::Off(_) => Intent::ShareScreen,
            ShareState::Asking | ShareState::On { .. } => Intent::StopScreen,
        });
    }

    /// A trouble with it has been read.
    pub fn forget_share_trouble(self) {
        self.send(Intent::StopScreen);
    }

    pub fn prefer(self, detail: Detail) {
        self.share.detail.set(detail);
        self.with_driver(|driver| driver.on_detail_change());
    }

    pub fn raise_hand(self, up: bool) {
        self.send(Intent::Hand(up));
    }

    pub fn react(self, reaction: Reaction) {
        self.send(Intent::React(reaction));
    }

    /// All figures as text for whoever is asked for help: JSON. Needs a person's gesture; false where
    /// the browser does not allow it.
    pub fn copy_report(self) -> impl Future<Output = bool> + use<> {
        let written = clipboard::write_text(&self.report());
        async move { written.await.is_ok() }
    }

    fn report(self) -> String {
        let tiles = self.tiles.get_untracked();
        let people = tiles.iter().map(|tile| {
            tile.figures.with_untracked(|figures| {
                let name = tile.name.get_untracked();
                figures.to_object(&name, tile.state.get_untracked())
            })
        });
        object::to_json(&object::new(&[
            ("version", env!("CARGO_PKG_VERSION").into()),
            ("browser", page::user_agent().into()),
            ("people", people.collect::<js_sys::Array>().into()),
        ]))
    }

    /// "Try again" on a failed tile.
    pub fn retry(self, tile: Tile) {
        if let Some(id) = tile.id.with_value(|id| PeerId::parse(id)) {
            self.send(Intent::Retry(id));
        }
    }

    /// Writes to everyone, or to one person alone.
    pub fn say(self, text: String, only: Option<&Addressee>) -> Result<(), SayTrouble> {
        chat::clean(&text)?;
        let there = |id: &PeerId| self.tiles.with_untracked(|all| has(all, *id));
        let only = match only.map(|it| PeerId::parse(&it.id).filter(there)) {
            Some(None) => return Err(SayTrouble::Gone),
            Some(one) => one,
            None => None,
        };
        let at = clock::wall_ms();
        self.send(Intent::Say { text, at, only });
        Ok(())
    }

    pub fn create_invite(self) {
        self.name_myself();
        self.send(Intent::CreateInvite);
    }

    /// An invite or a reply that came from the other side (or a whole address with it inside).
    pub fn use_token(self, text: String) {
        self.name_myself();
        self.send(Intent::UseToken(text));
    }

    /// In a direct call there is no moment of joining: the name is told with the first hello.
    fn name_myself(self) {
        let name = self.my_name.get_untracked();
        identity::keep_name(&name);
        self.send(Intent::Name(name));
    }

    /// Back to the first step of a direct call.
    pub fn start_over(self) {
        self.send(Intent::StartOver);
    }

    /// Has it ended, and why?
    pub fn ended(self) -> Option<Ended> {
        match self.phase.get() {
            Phase::Ended(why) => Some(why),
            _ => None,
        }
    }
}

fn has(tiles: &[Tile], id: PeerId) -> bool {
    let text = id.text();
    let same = |tile: &Tile| tile.id.with_value(|it| *it == text);
    tiles.iter().any(same)
}
