//! Owns the core's `Call` and everything the browser lent for it. Inputs go into one inbox; a dispatch
//! during a pump is queued, so re-entrancy becomes order. Closures and futures hold it weakly: when
//! the owner lets go, connections close and devices go dark.

use super::{
    effects,
    files::FileDesk,
    jolts::Sleep,
    local::Local,
    pulse::Samples,
    sending::Sending,
    share::Share,
    show::Show,
    signaller::Signaller,
    verify::{VerifyDesk, Verifying},
};
use crate::browser::{
    clock::{self, Timer},
    peer_connection::{IceConfig, PeerConnection, Stats},
};
use duologue_core::{
    call::Call,
    ids::ConnId,
    io::{Input, Intent, Output},
    table::Table,
};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
};

pub struct Driver {
    pub(super) this: Weak<Driver>,
    pub(super) call: RefCell<Call>,
    inbox: RefCell<VecDeque<Input>>,
    pumping: Cell<bool>,
    timer: RefCell<Option<Timer>>,
    pub(super) conns: RefCell<Table<ConnId, PeerConnection>>,
    pub(super) signaller: RefCell<Option<Signaller>>,
    pub(super) means: Means,
    pub(super) local: Local,
    pub(super) share: Share,
    pub(super) show: Show,
    pub(super) files: Rc<FileDesk>,
    pub(super) verify: VerifyDesk,
    pub(super) samples: Samples,
    pub(super) sending: Sending,
    pub(super) sleep: Sleep,
    /// Holds the driver itself while it says goodbye.
    timer_of_goodbye: RefCell<Option<Timer>>,
}

/// What the host offers for reaching people.
#[derive(Clone, Default)]
pub struct Means {
    pub ice: IceConfig,
    /// Where the signalling socket is; `None` means the tabs of this browser.
    pub socket: Option<String>,
    /// How long it rings when people call each other by name; `None` where they cannot.
    pub names: Option<u64>,
}

impl Driver {
    pub fn new(
        call: Call,
        means: Means,
        (local, share, files): (Local, Share, Rc<FileDesk>),
        verifying: Verifying,
        show: Show,
    ) -> Rc<Driver> {
        Rc::new_cyclic(|this| Driver {
            this: this.clone(),
            call: RefCell::new(call),
            inbox: RefCell::default(),
            pumping: Cell::new(false),
            timer: RefCell::default(),
            conns: RefCell::default(),
            signaller: RefCell::default(),
            means,
            local,
            share,
            show,
            files,
            verify: VerifyDesk::new(this.clone(), verifying),
            samples: Samples::default(),
            sending: Sending::default(),
            sleep: Sleep::default(),
            timer_of_goodbye: RefCell::default(),
        })
    }

    pub fn start(&self) {
        let outputs = self.call.borrow_mut().start(clock::now());
        self.pumping.set(true);
        self.carry_out(outputs);
        self.pump();
    }

    pub fn dispatch(&self, input: Input) {
        self.inbox.borrow_mut().push_back(input);
        if !self.pumping.replace(true) {
            self.pump();
        }
    }

    /// An event handler's way in: does nothing once the driver is gone.
    pub fn sender(&self) -> impl Fn(Input) + Clone + 'static {
        let this = self.this.clone();
        move |input| {
            if let Some(driver) = this.upgrade() {
                driver.dispatch(input);
            }
        }
    }

    fn pump(&self) {
        loop {
            let Some(input) = self.inbox.borrow_mut().pop_front() else {
                break;
            };
            let outputs = self.call.borrow_mut().handle(clock::now(), input);
            self.carry_out(outputs);
        }
        self.pumping.set(false);
        self.arm();
    }

    fn carry_out(&self, outputs: Vec<Output>) {
        let changed = outputs.iter().any(|it| matches!(it, Output::Changed));
        for output in outputs {
            effects::carry_out(self, output);
        }
        // Who says goodbye may still hear something, with nobody left to show it to.
        if changed && !self.show.is_over() {
            let call = self.call.borrow();
            let view = call.view();
            self.show.update(&view, &self.conns.borrow());
            self.share.show(view.share);
            self.show.update_chat(&call);
            self.verify.follow(&view);
        }
    }

    fn arm(&self) {
        let wake = self.call.borrow().next_wake();
        let timer = wake.map(|(at, _)| {
            let send = self.sender();
            Timer::after(at.since(clock::now()), move || send(Input::Wake))
        });
        *self.timer.borrow_mut() = timer;
    }
}

/// How long a call that nobody looks at any more may take to say goodbye.
const GOODBYE: u64 = 500;

impl Driver {
    /// One's own devices changed: the connections carry the new tracks, the others are told.
    pub fn on_local_change(&self) {
        for connection in self.conns.borrow().values() {
            self.local.with_tracks(|audio, video| {
                connection.replace_audio(audio);
                connection.replace_video(video);
            });
        }
        self.tune_all();
        self.dispatch(Input::User(Intent::Media(self.local.media())));
    }

    /// What counts about the picture of one's screen is something else now.
    pub fn on_detail_change(&self) {
        self.share.with_capture(|capture, detail| {
            capture.prefer(detail);
            for connection in self.conns.borrow().values() {
                connection.prefer_of_screen(detail);
            }
        });
    }

    pub fn on_stats(&self, conn: ConnId, stats: Stats) {
        let view = self.call.borrow().view();
        if let Some(peer) = view.peers.iter().find(|peer| peer.conn == Some(conn)) {
            if let Some(tile) = self.show.tile(peer.id) {
                tile.hear(stats.received.sound.level);
                tile.measure(&stats);
            }
            self.show.hear(peer.id, stats.received.sound.energy);
            self.weigh(conn, &stats);
            self.samples.borrow_mut().insert(conn, stats);
        }
        let live = self.conns.borrow();
        self.samples
            .borrow_mut()
            .retain(|conn, _| live.contains_key(conn));
    }

    /// Keeps itself for as long as the goodbye takes, and no longer.
    pub fn linger(self: Rc<Self>) {
        let kept = self.clone();
        let timer = Timer::after(GOODBYE, move || drop(kept.timer_of_goodbye.take()));
        *self.timer_of_goodbye.borrow_mut() = Some(timer);
    }
}
