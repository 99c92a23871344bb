//! A recording that is on: its files, who is in them, its clock. Thirty times a second it draws, six
//! times it looks who is there and what they send; the beat is a worker's, because a page that nobody
//! sees is woken once a second. It keeps itself, by its ear at the desk, until its files are whole.

use super::{
    RecordState, RecordTrouble, Recorded, Recording,
    desk::{Desk, Heard, Hearing},
    take::{Guest, Showings, Take, plain},
    watch::Watch,
};
use crate::{
    browser::{
        clock,
        drawing::Showing,
        media::Stream,
        random,
        recorder::{self, Piece},
        storage_worker::{StorageWorker, Word},
    },
    session::{Call, ShareState, Tile},
    words::words,
};
use duologue_core::{io::Intent, time::Millis};
use duologue_storage::{
    protocol::{News, Order},
    recordings::{About, Ask, Tell, Trouble},
};
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

const FRAMES: u32 = 30;
/// Beats between two looks at who is there.
const LOOK: u32 = 5;
/// Beats that were held up come all at once; frames that near to each other are none.
const NEAREST_MS: u64 = 16;
/// Less room than this is told: in bytes, and in seconds of this recording.
const LOW_BYTES: u64 = 200_000_000;
const LOW_SECONDS: u64 = 60;
/// With less than this it ends while it can still be made whole.
const LEAST_BYTES: u64 = 20_000_000;
const SELF: &str = "self";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Starting,
    On,
    Paused,
    Ending,
}

pub struct Studio {
    this: Weak<Studio>,
    recording: Recording,
    call: Call,
    desk: Rc<Desk>,
    hearing: RefCell<Option<Hearing>>,
    beat: RefCell<Option<StorageWorker>>,
    beats: Cell<u32>,
    drawn: Cell<Millis>,
    takes: RefCell<Vec<Rc<Take>>>,
    guests: RefCell<Vec<Guest>>,
    showings: RefCell<Showings>,
    watch: RefCell<Watch>,
    stage: Cell<Stage>,
    mixes: bool,
    each: bool,
    kind: &'static str,
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

    fn on_heard(&self, heard: &Heard) {
        match heard {
            Heard::Lasting(lasting) => {
                self.recording.fleeting.try_set(!*lasting);
            }
            Heard::Broken => {
                self.end();
                self.takes.take();
                self.trouble(RecordTrouble::Broken);
                self.close();
            }
            Heard::Tell(tell, _) => match tell {
                Tell::Begun { id } => self.on_begun(id),
                Tell::Kept { id, size } => self.on_kept(id, *size),
                Tell::Room { left } => self.on_room(*left),
                Tell::Ended { id } => self.on_ended(id),
                Tell::Failed { id, why } => self.on_failed(id, *why),
                _ => {}
            },
        }
    }

    fn on_begun(&self, id: &str) {
        let Some(take) = self.take(id) else { return };
        if self.stage.get() == Stage::Starting {
            // Everybody is told, and then it begins.
            self.stage.set(Stage::On);
            self.call.send(Intent::Record(Recorded::On));
            self.look();
            self.watch.borrow_mut().run(clock::now().0);
            self.start_beat();
            self.recording.state.try_set(RecordState::On);
        }
        if self.stage.get() == Stage::Ending {
            return self.on_piece(id, Piece::Ended);
        }
        let guests = self.guests.borrow();
        take.draw(&guests, &self.showings.borrow());
        let (this, of) = (self.this.clone(), id.to_owned());
        let started = take.start(self.kind, &guests, move |piece| {
            if let Some(studio) = this.upgrade() {
                studio.on_piece(&of, piece);
            }
        });
        drop(guests);
        if started.is_err() {
            self.on_piece(id, Piece::Ended);
            self.trouble(RecordTrouble::Broken);
            self.end();
        } else if self.stage.get() == Stage::Paused {
            take.hold(true);
        }
    }

    fn on_piece(&self, id: &str, piece: Piece) {
        let Some(take) = self.take(id) else { return };
        let id = id.to_owned();
        match piece {
            Piece::Bytes(bytes) => self.desk.ask_with(Ask::Piece { id }, &bytes),
            Piece::Ended => {
                take.end();
                let millis = take.millis();
                self.desk.ask(Ask::End { id, millis });
                // By itself: the browser could not go on.
                if take.whom.is_none() {
                    self.end();
                }
            }
        }
    }

    fn on_kept(&self, id: &str, size: u64) {
        if let Some(take) = self.take(id) {
            take.size.set(size);
            let all = self.takes().iter().map(|it| it.size.get()).sum();
            self.recording.bytes.try_set(all);
        }
    }

    fn on_room(&self, left: Option<u64>) {
        let Some(left) = left else { return };
        let bytes: u64 = self.takes().iter().map(|it| it.size.get()).sum();
        let millis = self.watch.borrow().millis(clock::now().0).max(1_000);
        // As it begins nothing is known of how much it will be: as much as it may be.
        let a_second = (bytes * 1_000 / millis).max(100_000);
        let seconds = left.saturating_sub(LEAST_BYTES) / a_second;
        let low = left < LOW_BYTES || seconds < LOW_SECONDS;
        self.recording.low.try_set(low.then_some(seconds));
        if left < LEAST_BYTES {
            self.trouble(RecordTrouble::NoRoom);
            self.end();
        }
    }

    fn on_ended(&self, id: &str) {
        self.recording.kept.try_set(true);
        self.forget(id);
    }

    fn on_failed(&self, id: &str, why: Trouble) {
        let Some(take) = self.take(id) else { return };
        let trouble = match why {
            Trouble::NoRoom => RecordTrouble::NoRoom,
            Trouble::Busy | Trouble::Empty | Trouble::Broken => RecordTrouble::Broken,
        };
        // Ended before anything came: nothing is missed.
        if why != Trouble::Empty {
            self.trouble(trouble);
        }
        let over = self.stage.get() == Stage::Ending;
        if !over && take.runs() {
            // What there is of it is made whole.
            return self.end();
        }
        self.forget(id);
        if !over && take.whom.is_none() {
            self.end();
            self.close_if_done();
        }
    }

    fn forget(&self, id: &str) {
        self.takes.borrow_mut().retain(|it| it.id != id);
        self.close_if_done();
    }

    fn close_if_done(&self) {
        if self.stage.get() == Stage::Ending && self.takes.borrow().is_empty() {
            self.close();
        }
    }

    fn close(&self) {
        self.recording.state.try_set(RecordState::Off);
        self.recording.studio.try_set_value(None);
        let hearing = self.hearing.take();
        drop(hearing);
    }

    fn trouble(&self, trouble: RecordTrouble) {
        self.recording.trouble.try_set(Some(trouble));
    }

    fn start_beat(&self) {
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
        self.drawn.set(now);
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
    }

    /// Who is there, and what they send.
    fn look(&self) {
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

    fn find_guests(&self) -> Option<Vec<Guest>> {
        let mut guests = vec![self.myself()?];
        let share = self.call.share;
        if matches!(share.state.try_get_untracked()?, ShareState::On { .. }) {
            let mut sound = None;
            share.with_capture(|capture, _| {
                sound = capture.sound.as_ref().map(|it| Stream::of(&[it]));
            });
            guests.push(Guest {
                key: screen_of(SELF),
                whose: SELF.to_owned(),
                name: words().share.own.to_owned(),
                screen: true,
                picture: share.picture.try_get_untracked()?,
                sound,
            });
        }
        for tile in self.tiles()? {
            // Who does not know is not recorded.
            if tile.told.try_get_untracked()? {
                guests.extend(of_tile(&tile)?);
            }
        }
        Some(guests)
    }

    fn myself(&self) -> Option<Guest> {
        let local = self.call.local;
        let mut sound = None;
        local.with_tracks(|microphone, _| sound = microphone.map(|it| Stream::of(&[it])));
        Some(Guest {
            key: SELF.to_owned(),
            whose: SELF.to_owned(),
            name: called(self.call.my_name.try_get_untracked()?),
            screen: false,
            picture: local.preview.try_get_untracked()?,
            sound,
        })
    }

    fn name_of_call(&self) -> String {
        let guests = self.guests.borrow();
        let others = self.tiles().unwrap_or_default();
        let names: Vec<String> = others
            .iter()
            .filter_map(|tile| tile.name.try_get_untracked().map(called))
            .collect();
        match (names.is_empty(), guests.first()) {
            (true, Some(me)) => words().recording.named_alone(&me.name),
            _ => words().recording.named(&words().common.list_all(&names)),
        }
    }

    fn tiles(&self) -> Option<Vec<Tile>> {
        self.call.tiles.try_get_untracked()
    }

    fn takes(&self) -> Vec<Rc<Take>> {
        self.takes.borrow().clone()
    }

    fn take(&self, id: &str) -> Option<Rc<Take>> {
        self.takes.borrow().iter().find(|it| it.id == id).cloned()
    }
}

/// Somebody, and the screen that they show.
fn of_tile(tile: &Tile) -> Option<Vec<Guest>> {
    let id = tile.id.try_get_value()?;
    let name = called(tile.name.try_get_untracked()?);
    let stream = tile.stream.try_get_untracked()?;
    let mut guests = vec![Guest {
        key: id.clone(),
        whose: id.clone(),
        name: name.clone(),
        screen: false,
        picture: stream.clone().filter(|_| tile.camera.get_untracked()),
        sound: stream,
    }];
    if let Some(screen) = tile.screen.try_get_untracked()? {
        let stream = tile.screen_stream.try_get_untracked()?;
        guests.push(Guest {
            key: screen_of(&id),
            whose: id,
            name: words().share.screen_of(&name),
            screen: true,
            sound: stream.clone().filter(|_| screen.sound),
            picture: stream,
        });
    }
    Some(guests)
}

fn keep(tile: &Tile, screen: bool, size: (f64, f64)) {
    let viewers = if screen {
        tile.screen_viewers
    } else {
        tile.viewers
    };
    viewers.try_with_value(|viewers| viewers.keep(size));
}

fn screen_of(key: &str) -> String {
    [key, "/screen"].concat()
}

fn called(name: String) -> String {
    match name.is_empty() {
        true => words().call.guest.to_owned(),
        false => name,
    }
}
