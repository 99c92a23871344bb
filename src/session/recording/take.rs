//! One file of a recording: a picture that is drawn, sounds that are mixed, and the browser's recorder
//! on both. A person's own file is made like the file of everything, of one person alone: so it has a
//! picture whether or not their camera is on, goes on when they change their devices, holds still and
//! ends like the other, and plays wherever that one does. Their tracks as they come would do none of
//! it; what it costs is a smaller picture.

use super::{scene::places, watch::Watch};
use crate::browser::{
    BrowserError, clock,
    drawing::{Area, Drawing, Showing},
    media::Stream,
    mixer::{Mixer, Source},
    recorder::{self, Piece, Recorder, Sound},
};
use std::cell::{Cell, RefCell};

/// Of everything.
const WHOLE: (u32, u32) = (1280, 720);
const WHOLE_BITS: u32 = 2_500_000;
/// Of one person.
const PERSON: (u32, u32) = (640, 360);
const PERSON_BITS: u32 = 900_000;

/// The colours of a call, which is dark in every theme.
const STAGE: &str = "#101418";
const SURFACE: &str = "#1a2027";
const TEXT: &str = "#f2f4f7";
const TEXT_SOFT: &str = "#a7b0bc";
const VEIL: &str = "rgb(16 20 24 / 72%)";

/// Somebody, or somebody's screen, as they are now.
#[derive(Clone)]
pub struct Guest {
    /// Unique: of a person and of a screen.
    pub key: String,
    /// The person's key.
    pub whose: String,
    pub name: String,
    pub screen: bool,
    pub picture: Option<Stream>,
    pub sound: Option<Stream>,
}

/// Everybody who is drawn, playing where nobody sees it: once, for all files that they are in.
pub type Showings = Vec<(String, Showing)>;

pub struct Take {
    pub id: String,
    /// Whose file it is; everybody's where it is nobody's.
    pub whom: Option<String>,
    pub size: Cell<u64>,
    drawing: Drawing,
    mixer: Option<Mixer>,
    sources: RefCell<Vec<(String, Source)>>,
    recorder: RefCell<Option<Recorder>>,
    watch: RefCell<Watch>,
}

impl Take {
    pub fn new(id: String, whom: Option<String>, mixes: bool) -> Result<Take, BrowserError> {
        let (width, height) = if whom.is_some() { PERSON } else { WHOLE };
        Ok(Take {
            id,
            whom,
            size: Cell::default(),
            drawing: Drawing::new(width, height)?,
            mixer: if mixes { Some(Mixer::new()?) } else { None },
            sources: RefCell::default(),
            recorder: RefCell::default(),
            watch: RefCell::default(),
        })
    }

    pub fn is_of(&self, guest: &Guest) -> bool {
        self.whom.as_ref().is_none_or(|whom| *whom == guest.whose)
    }

    pub fn runs(&self) -> bool {
        self.recorder.borrow().is_some()
    }

    /// The first frame is drawn before, for a recorder that begins with nothing waits for something.
    pub fn start(
        &self,
        kind: &str,
        guests: &[Guest],
        on: impl Fn(Piece) + Clone + 'static,
    ) -> Result<(), BrowserError> {
        self.hear(guests);
        // One's own voice, else that of whoever came first.
        let mut alone = guests.iter().filter(|it| self.is_of(it));
        let alone = alone.find_map(|it| it.sound.clone());
        let sound = match (&self.mixer, &alone) {
            (Some(mixer), _) => Sound::Mixed(mixer),
            (None, Some(stream)) => Sound::Alone(stream),
            (None, None) => Sound::None,
        };
        let bits = if self.whom.is_some() {
            PERSON_BITS
        } else {
            WHOLE_BITS
        };
        let recorder = Recorder::start(&self.drawing, sound, kind, bits, on)?;
        self.recorder.replace(Some(recorder));
        self.watch.borrow_mut().run(clock::now().0);
        Ok(())
    }

    pub fn hold(&self, still: bool) {
        let mut watch = self.watch.borrow_mut();
        if let Some(recorder) = &*self.recorder.borrow() {
            recorder.hold(still);
            match still {
                true => watch.hold(clock::now().0),
                false => watch.run(clock::now().0),
            }
        }
    }

    pub fn end(&self) {
        self.watch.borrow_mut().hold(clock::now().0);
        if let Some(recorder) = &*self.recorder.borrow() {
            recorder.end();
        }
    }

    /// How long it is.
    pub fn millis(&self) -> u64 {
        self.watch.borrow().millis(clock::now().0)
    }

    /// The mix follows whoever is there, and whichever device they speak into.
    pub fn hear(&self, guests: &[Guest]) {
        let Some(mixer) = &self.mixer else { return };
        let mut sources = self.sources.borrow_mut();
        let mine = |key: &String| guests.iter().find(|it| it.key == *key && self.is_of(it));
        sources.retain(|(key, source)| {
            let sound = mine(key).and_then(|it| it.sound.as_ref());
            sound.is_some_and(|stream| source.is_of(stream))
        });
        for guest in guests.iter().filter(|it| self.is_of(it)) {
            let known = sources.iter().any(|(key, _)| *key == guest.key);
            if let Some(stream) = guest.sound.as_ref().filter(|_| !known)
                && let Some(source) = mixer.add(stream)
            {
                sources.push((guest.key.clone(), source));
            }
        }
    }

    /// Where everybody is, by key.
    pub fn places(&self, guests: &[Guest]) -> Vec<(String, Area)> {
        let mine: Vec<&Guest> = guests.iter().filter(|it| self.is_of(it)).collect();
        let screens: Vec<bool> = mine.iter().map(|it| it.screen).collect();
        let (width, height) = self.drawing.size();
        let places = places(&screens, width, height);
        let keys = mine.iter().map(|it| it.key.clone());
        keys.zip(places).collect()
    }

    /// One frame.
    pub fn draw(&self, guests: &[Guest], showings: &Showings) {
        let (width, height) = self.drawing.size();
        let all = Area {
            width,
            height,
            ..Area::default()
        };
        self.drawing.fill(all, STAGE);
        for (key, area) in self.places(guests) {
            if let Some(guest) = guests.iter().find(|it| it.key == key) {
                let showing = showings.iter().find(|(of, _)| *of == key);
                self.draw_guest(guest, showing.map(|it| &it.1), area);
            }
        }
    }

    fn draw_guest(&self, guest: &Guest, showing: Option<&Showing>, area: Area) {
        let drawing = &self.drawing;
        let shown = guest.picture.is_some()
            && showing.is_some_and(|it| drawing.picture(it, area, guest.screen));
        let (x, y) = (area.x + area.width / 2.0, area.y + area.height / 2.0);
        if !shown {
            drawing.fill(area, SURFACE);
            let initial: String = guest
                .name
                .chars()
                .take(1)
                .flat_map(char::to_uppercase)
                .collect();
            drawing.text_in_the_middle(&initial, x, y, area.height * 0.4, TEXT_SOFT);
        }
        // As in the call: the name at the lower left, on a veil.
        let pixels = (area.height * 0.05).clamp(14.0, 24.0);
        let most = area.width - 3.0 * pixels;
        let wide = drawing.width_of(&guest.name, pixels).min(most);
        let chip = Area {
            x: area.x + pixels / 2.0,
            y: area.y + area.height - 2.2 * pixels,
            width: wide + pixels,
            height: 1.7 * pixels,
        };
        drawing.fill(chip, VEIL);
        let middle = chip.y + chip.height / 2.0;
        drawing.text(
            &guest.name,
            chip.x + pixels / 2.0,
            middle,
            most,
            pixels,
            TEXT,
        );
    }
}

/// What a file of this recorder is called by its kind.
pub fn plain(kind: &str) -> &str {
    recorder::plain(kind)
}
