//! A recording that is on: its files, who is in them, its clock. Thirty times a second it draws, six
//! times it looks who is there and what they send; the beat is a worker's, because a page that nobody
//! sees is woken once a second. It keeps itself, by its ear at the desk, until its files are whole.

use super::{
    RecordState, RecordTrouble, Recorded, Recording,
    desk::{Desk, Hearing},
    guests::{keep, screen_of},
    take::{Guest, Showings, Take, plain},
    watch::Watch,
};
use crate::{
    browser::{
        clock,
        drawing::Showing,
        random, recorder,
        storage_worker::{StorageWorker, Word},
    },
    session::{Call, Tile},
};
use duologue_core::{io::Intent, time::Millis};
use duologue_storage::{
    protocol::{News, Order},
    recordings::{About, Ask, Tell},
};
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

const FRAMES: u32 = 30;
/// Beats between two looks at who is there.
const LOOK: u32 = 5;
/// A page that is slower than the beat leaves beats out, or they would pile up and nothing else would
/// come its way: so long after a frame there is no other.
const NEAREST_MS: u64 = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Starting,
    On,
    Paused,
    Ending,
}

pub struct Studio {
    pub(super) this: Weak<Studio>,
    pub(super) recording: Recording,
    pub(super) call: Call,
    pub(super) desk: Rc<Desk>,
    pub(super) hearing: RefCell<Option<Hearing>>,
    pub(super) beat: RefCell<Option<StorageWorker>>,
    pub(super) beats: Cell<u32>,
    pub(super) drawn: Cell<Millis>,
    pub(super) takes: RefCell<Vec<Rc<Take>>>,
    pub(super) guests: RefCell<Vec<Guest>>,
    pub(super) showings: RefCell<Showings>,
    pub(super) watch: RefCell<Watch>,
    pub(super) stage: Cell<Stage>,
    pub(super) mixes: bool,
    pub(super) each: bool,
    pub(super) kind: &'static str,
}

impl Studio {
    /// `None` where the browser cannot.
    pub fn open(
        recording: Recording,
        call: Call,
        desk: Rc<Desk>,
        mixes: bool,
    ) -> Option<Rc<Studio>> {
        let kind = recorder::kind()?;
        let each = recording.each.try_get_untracked()?;
        let studio = Rc::new_cyclic(|this| Studio {
            this: this.clone(),
            recording,
            call,
            desk,
            hearing: RefCell::default(),
            beat: RefCell::default(),
            beats: Cell::default(),
            drawn: Cell::default(),
            takes: RefCell::default(),
            guests: RefCell::default(),
            showings: RefCell::default(),
            watch: RefCell::default(),
            stage: Cell::new(Stage::Starting),
            mixes,
            each,
            kind,
        });
        // Strongly: it goes when it is taken from there.
        let ear = Rc::clone(&studio);
        let hearing = studio.desk.hear(move |heard| ear.on_heard(heard));
        studio.hearing.replace(Some(hearing));
        studio.look();
        let name = studio.name_of_call();
        studio.begin(None, name).then_some(studio)
    }

    /// A place for one more file is asked for.
    fn begin(&self, whom: Option<String>, name: String) -> bool {
        let id: String = random::bytes::<16>()
            .iter()
            .map(|it| format!("{it:02x}"))
            .collect();
        let Ok(take) = Take::new(id.clone(), whom, self.mixes) else {
            return false;
        };
        self.takes.borrow_mut().push(Rc::new(take));
        let about = About {
            id,
            name,
            kind: plain(self.kind).to_owned(),
            at: clock::wall_ms(),
            millis: 0,
            whole: false,
        };
        self.desk.ask(Ask::Begin { about });
        true
    }

    pub fn hold(&self, still: bool) {
        let (from, to, told, state) = match still {
            true => (
                Stage::On,
                Stage::Paused,
                Recorded::Paused,
                RecordState::Paused,
            ),
            false => (Stage::Paused, Stage::On, Recorded::On, RecordState::On),
        };
        if self.stage.get() != from {
            return;
        }
        self.stage.set(to);
        // Who goes on says so first; who holds still has done so when it is said.
        if !still {
            self.call.send(Intent::Record(told));
        }
        for take in self.takes() {
            take.hold(still);
        }
        let now = clock::now().0;
        match still {
            true => self.watch.borrow_mut().hold(now),
            false => self.watch.borrow_mut().run(now),
        }
        if still {
            self.call.send(Intent::Record(told));
        }
        self.recording.state.try_set(state);
    }

    pub fn end(&self) {
        if self.stage.replace(Stage::Ending) == Stage::Ending {
            return;
        }
        self.beat.take();
        self.watch.borrow_mut().hold(clock::now().0);
        self.recording.state.try_set(RecordState::Ending);
        // Those that have not begun end when they have.
        for take in self.takes() {
            take.end();
        }
        self.call.send(Intent::Record(Recorded::Off));
        for tile in self.tiles().unwrap_or_default() {
            keep(&tile, false, (0.0, 0.0));
            keep(&tile, true, (0.0, 0.0));
        }
        self.showings.take();
    }

    pub(super) fn start_beat(&self) {
        let this = self.this.clone();
        let worker = StorageWorker::start(move |word| {
            if let Word::News(News::Recording(Tell::Beat), _) = word
                && let Some(studio) = this.upgrade()
            {
                studio.on_beat();
            }
        });
        match worker {
            Ok(worker) => {
                worker.order(&Order::Recording(Ask::Beat { hertz: FRAMES }));
                self.beat.replace(Some(worker));
            }
            Err(_) => self.trouble(RecordTrouble::Broken),
        }
    }

    fn on_beat(&self) {
        let now = clock::now();
        if now.since(self.drawn.get()) < NEAREST_MS {
            return;
        }
        let beat = self.beats.get();
        self.beats.set(beat.wrapping_add(1));
        if beat.is_multiple_of(LOOK) {
            self.look();
            let seconds = self.watch.borrow().millis(now.0) / 1_000;
            let shown = self.recording.seconds;
            if shown.try_get_untracked() != Some(seconds as u32) {
                shown.try_set(seconds as u32);
            }
        }
        if self.stage.get() != Stage::On {
            return;
        }
        let (guests, showings) = (self.guests.borrow(), self.showings.borrow());
        for take in self.takes() {
            take.draw(&guests, &showings);
        }
        self.drawn.set(clock::now());
    }

    /// Who is there, and what they send.
    pub(super) fn look(&self) {
        let Some(guests) = self.find_guests() else {
            // The page is elsewhere.
            return self.end();
        };
        let mut showings = self.showings.borrow_mut();
        showings.retain(|(key, showing)| {
            let picture = guests.iter().find(|it| it.key == *key);
            let picture = picture.and_then(|it| it.picture.as_ref());
            picture.is_some_and(|stream| showing.is_of(stream))
        });
        for guest in &guests {
            let known = showings.iter().any(|(key, _)| *key == guest.key);
            if let Some(stream) = guest.picture.as_ref().filter(|_| !known)
                && let Ok(showing) = Showing::new(stream)
            {
                showings.push((guest.key.clone(), showing));
            }
        }
        drop(showings);
        self.guests.replace(guests.clone());
        for take in self.takes() {
            take.hear(&guests);
        }
        if matches!(self.stage.get(), Stage::On | Stage::Paused) {
            self.follow(&guests);
        }
    }

    /// A file for whoever came, an end to that of whoever went; and pictures as large as they are drawn.
    fn follow(&self, guests: &[Guest]) {
        let takes = self.takes();
        for take in takes.iter().filter(|it| it.whom.is_some() && it.runs()) {
            if !guests.iter().any(|it| take.is_of(it)) {
                take.end();
            }
        }
        for guest in guests.iter().filter(|it| self.each && !it.screen) {
            if !takes.iter().any(|it| it.whom.as_ref() == Some(&guest.key)) {
                self.begin(Some(guest.key.clone()), guest.name.clone());
            }
        }
        let Some(whole) = takes.iter().find(|it| it.whom.is_none()) else {
            return;
        };
        let places = whole.places(guests);
        for tile in self.tiles().unwrap_or_default() {
            let id = tile.id.try_get_value().unwrap_or_default();
            for (screen, key) in [(false, id.clone()), (true, screen_of(&id))] {
                let place = places.iter().find(|(of, _)| *of == key);
                let size = place.map_or((0.0, 0.0), |(_, area)| (area.width, area.height));
                keep(&tile, screen, size);
            }
        }
    }

    pub(super) fn tiles(&self) -> Option<Vec<Tile>> {
        self.call.tiles.try_get_untracked()
    }

    pub(super) fn takes(&self) -> Vec<Rc<Take>> {
        self.takes.borrow().clone()
    }

    pub(super) fn take(&self, id: &str) -> Option<Rc<Take>> {
        self.takes.borrow().iter().find(|it| it.id == id).cloned()
    }
}
