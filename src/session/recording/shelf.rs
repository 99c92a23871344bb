//! What has been recorded on this device: listed, played, saved, named anew, thrown away; and made
//! whole where a crash has left it in pieces.

use super::desk::{Desk, Heard, Hearing};
use crate::browser::{
    download::ObjectUrl,
    files::{self, Target},
};
use duologue_core::files::name;
use duologue_storage::recordings::{Ask, Shown, Tell, Trouble};
use leptos::prelude::*;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

/// `Copy`: a bundle of signals and a handle. It listens as long as the scope that opened it.
#[derive(Clone, Copy)]
pub struct Shelf {
    /// Nothing until they have been found.
    pub all: RwSignal<Option<Vec<Shown>>>,
    /// Bytes that are used, and those that are left.
    pub used: RwSignal<Option<u64>>,
    pub left: RwSignal<Option<u64>>,
    pub fleeting: RwSignal<bool>,
    pub broken: RwSignal<bool>,
    pub playing: RwSignal<Option<Playing>>,
    /// Which one is being made whole, and how much of a hundred is done.
    pub repairing: RwSignal<Option<(String, u8)>>,
    pub trouble: RwSignal<Option<Trouble>>,
    held: StoredValue<Rc<Held>, LocalStorage>,
}

/// One that is played, by an address that lasts as long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playing {
    pub id: String,
    pub address: String,
}

#[derive(Default)]
struct Held {
    desk: RefCell<Option<Rc<Desk>>>,
    hearing: RefCell<Option<Hearing>>,
    /// Those that were asked for, and what for.
    wanted: RefCell<Vec<(String, Wanted)>>,
    played: RefCell<Option<ObjectUrl>>,
    /// Kept until the browser has read them.
    saved: RefCell<Vec<ObjectUrl>>,
}

enum Wanted {
    ToPlay,
    ToSave(String, Target),
}

impl Shelf {
    pub fn open() -> Shelf {
        let shelf = Shelf {
            all: RwSignal::new(None),
            used: RwSignal::new(None),
            left: RwSignal::new(None),
            fleeting: RwSignal::new(false),
            broken: RwSignal::new(false),
            playing: RwSignal::new(None),
            repairing: RwSignal::new(None),
            trouble: RwSignal::new(None),
            held: StoredValue::new_local(Rc::default()),
        };
        let held = shelf.held.get_value();
        match Desk::shared() {
            Ok(desk) => {
                let hearing = desk.hear(move |heard| shelf.on_heard(heard));
                desk.ask(Ask::List);
                held.hearing.replace(Some(hearing));
                held.desk.replace(Some(desk));
            }
            Err(_) => shelf.broken.set(true),
        }
        shelf
    }

    /// Plays it, or no longer.
    pub fn play(self, id: &str) {
        let same = |it: &Option<Playing>| it.as_ref().is_some_and(|it| it.id == id);
        let playing = self.playing.with_untracked(same);
        self.put_away();
        if !playing {
            self.want(id, Wanted::ToPlay);
        }
    }

    /// In the handling of a press: some browsers ask where to.
    pub fn save(self, shown: &Shown) {
        let kind = shown.about.kind.rsplit('/').next().unwrap_or("webm");
        // Without folders, and nothing that a system stumbles over.
        let plain = shown.about.name.replace(['/', '\\'], "-");
        let file = [&name::clean(&plain), ".", kind].concat();
        let target = files::pick(&file);
        let id = shown.about.id.clone();
        spawn_local(async move {
            if let Ok(target) = target.await {
                self.want(&id, Wanted::ToSave(file, target));
            }
        });
    }

    pub fn rename(self, id: &str, name: &str) {
        let (id, name) = (id.to_owned(), name.trim().to_owned());
        self.ask(Ask::Rename { id, name });
    }

    pub fn remove(self, id: &str) {
        self.put_away();
        self.ask(Ask::Remove { id: id.to_owned() });
    }

    pub fn repair(self, id: &str) {
        self.trouble.set(None);
        self.repairing.set(Some((id.to_owned(), 0)));
        self.ask(Ask::Repair { id: id.to_owned() });
    }

    fn want(self, id: &str, what: Wanted) {
        let id = id.to_owned();
        if let Some(held) = self.held.try_get_value() {
            held.wanted.borrow_mut().push((id.clone(), what));
        }
        self.ask(Ask::Open { id });
    }

    fn ask(self, ask: Ask) {
        if let Some(held) = self.held.try_get_value()
            && let Some(desk) = &*held.desk.borrow()
        {
            desk.ask(ask);
        }
    }

    fn put_away(self) {
        self.playing.set(None);
        if let Some(held) = self.held.try_get_value() {
            held.played.take();
        }
    }

    fn on_heard(self, heard: &Heard) {
        let (tell, beside) = match heard {
            Heard::Lasting(lasting) => {
                self.fleeting.try_set(!*lasting);
                return;
            }
            Heard::Broken => {
                self.broken.try_set(true);
                return;
            }
            Heard::Tell(tell, beside) => (tell, beside),
        };
        match tell {
            Tell::All { all, used, left } => {
                self.all.try_set(Some(all.clone()));
                self.used.try_set(*used);
                self.left.try_set(*left);
            }
            Tell::Opened { id } => self.on_opened(id, beside),
            Tell::Repairing { id, done, of } => {
                let part = (done * 100 / (*of).max(1)).min(100) as u8;
                self.repairing.try_set(Some((id.clone(), part)));
            }
            Tell::Repaired { .. } => drop(self.repairing.try_set(None)),
            // One that was being written has ended.
            Tell::Ended { .. } => self.ask(Ask::List),
            Tell::Failed { why, .. } => {
                self.repairing.try_set(None);
                self.trouble.try_set(Some(*why));
            }
            Tell::Begun { .. } | Tell::Kept { .. } | Tell::Room { .. } | Tell::Beat => {}
        }
    }

    fn on_opened(self, id: &str, beside: &JsValue) {
        let Some(held) = self.held.try_get_value() else {
            return;
        };
        let mut wanted = held.wanted.borrow_mut();
        let Some(at) = wanted.iter().position(|(of, _)| of == id) else {
            return;
        };
        let (id, what) = wanted.remove(at);
        drop(wanted);
        let Some(blob) = beside.dyn_ref::<Blob>().cloned() else {
            self.trouble.try_set(Some(Trouble::Broken));
            return;
        };
        match what {
            Wanted::ToPlay => {
                if let Ok(url) = ObjectUrl::of(&blob) {
                    let address = url.address().to_owned();
                    held.played.replace(Some(url));
                    self.playing.set(Some(Playing { id, address }));
                }
            }
            Wanted::ToSave(name, target) => spawn_local(async move {
                if let Ok(Some(url)) = files::save(&blob, &name, target).await {
                    held.saved.borrow_mut().push(url);
                }
            }),
        }
    }
}
