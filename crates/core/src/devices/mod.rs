//! Cameras, microphones and loudspeakers as rules: which one is taken, what is remembered, what
//! happens when one goes and when one comes. Knows no browser: lists come in, changes come out.

use crate::{
    json::{self, Json},
    record, words,
};
use alloc::{string::String, vec::Vec};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Camera,
    Microphone,
    Speaker,
}

/// Why a camera or a microphone does not work, in the terms of what a person can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The person or the system said no.
    Denied,
    /// There is none.
    NotFound,
    /// Another program holds it.
    InUse,
    /// Neither https nor localhost: browsers give no devices there.
    Insecure,
    /// It was unplugged or taken away.
    Lost,
    Other,
}

words!(Trouble {
    Denied = "denied",
    NotFound = "not_found",
    InUse = "in_use",
    Insecure = "insecure",
    Lost = "lost",
    Other = "other"
});

/// As a browser lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub kind: Kind,
    pub id: String,
    /// Empty until the person has allowed such a device once.
    pub label: String,
    /// The same for all devices in one case: a headset's microphone and its speaker.
    pub group: String,
}

impl Device {
    /// Chromium lists the system's choice a second time, under a name of its own.
    fn is_alias(&self) -> bool {
        matches!(self.id.as_str(), "default" | "communications")
    }
}

/// A device that was chosen once. The label as well: some browsers give other ids every time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub id: String,
    pub label: String,
}

record!(Known { id, label });

/// So many choices of one kind are remembered; nobody carries more headsets about.
const REMEMBERED: usize = 4;

/// What a new list of devices means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The device in use is not there any more. `None`: there is no other.
    Gone { name: String, next: Option<Device> },
    /// The system's choice is in use, and is another device now.
    Moved { next: Device },
    /// This one has come, while another is in use. `back`: it was chosen or used before.
    Came { device: Device, back: bool },
}

/// What became of asking for the device that was chosen last, when the browser gave another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missed {
    /// It is there, under another id.
    Here(Device),
    Away {
        name: String,
    },
}

/// The devices of one kind.
#[derive(Clone, Debug)]
pub struct Shelf {
    kind: Kind,
    /// What a person chose, the newest first.
    known: Vec<Known>,
    /// The last list that had names in it.
    here: Vec<Device>,
    /// There was one, so that what is not in it is not there.
    told: bool,
    /// What is in use. Of loudspeakers none means the system's choice.
    used: Option<Device>,
}

impl Shelf {
    /// With what `remembered` gave, perhaps long ago, perhaps damaged.
    pub fn new(kind: Kind, remembered: &str) -> Shelf {
        let mut known: Vec<Known> = json::parse(remembered)
            .and_then(Json::read)
            .unwrap_or_default();
        known.truncate(REMEMBERED);
        Shelf {
            kind,
            known,
            here: Vec::new(),
            told: false,
            used: None,
        }
    }

    /// What to keep for the next time.
    pub fn remembered(&self) -> String {
        json::write(&self.known)
    }

    /// Which device to ask for, by id; `None` leaves it to the browser.
    pub fn wanted(&self) -> Option<String> {
        if let Some(used) = &self.used {
            return Some(used.id.clone());
        }
        let newest = self.known.first()?;
        let here = self.find(newest);
        Some(here.map_or(&newest.id, |it| &it.id).clone())
    }

    /// Asked after another device than the chosen one was opened and listed.
    pub fn missed(&self) -> Option<Missed> {
        let newest = self.known.first()?;
        if newest.label.is_empty() || self.used.as_ref().is_some_and(|used| is(used, newest)) {
            return None;
        }
        Some(match self.find(newest) {
            Some(here) => Missed::Here(here.clone()),
            None => Missed::Away {
                name: newest.label.clone(),
            },
        })
    }

    /// The person chose it.
    pub fn choose(&mut self, device: &Device) {
        self.known.retain(|it| !is(device, it));
        let known = Known {
            id: device.id.clone(),
            label: device.label.clone(),
        };
        self.known.insert(0, known);
        self.known.truncate(REMEMBERED);
        self.used = Some(device.clone());
    }

    /// The browser opened it. What is not in the list is learnt from the next one.
    pub fn opened(&mut self, id: &str) {
        let listed = self.here.iter().find(|it| it.id == id).cloned();
        self.used = listed.or_else(|| {
            Some(Device {
                kind: self.kind,
                id: id.into(),
                label: String::new(),
                group: String::new(),
            })
        });
    }

    /// It was put down by the person: what becomes of it is no news.
    pub fn put_down(&mut self) {
        self.used = None;
    }

    pub fn used(&self) -> Option<&Device> {
        self.used.as_ref()
    }

    /// As people call it: the system's choice by the name of the device that it is.
    pub fn name(&self, device: &Device) -> String {
        let real = self
            .here
            .iter()
            .find(|it| device.is_alias() && !it.is_alias() && same_case(it, device));
        real.unwrap_or(device).label.clone()
    }

    /// The browser found none, so that the next one is news.
    pub fn none_found(&mut self) {
        self.told = true;
    }

    /// The browser's list, of this kind alone.
    pub fn listed(&mut self, here: Vec<Device>) -> Vec<Change> {
        // Without names it says nothing: before permission, or after it was taken back. Nor does an
        // empty one before that, since browsers leave out what the page may not know of.
        let nameless = here.iter().all(|it| it.label.is_empty());
        if nameless && !(self.told && here.is_empty()) {
            return Vec::new();
        }
        let first = !core::mem::replace(&mut self.told, true);
        let before = core::mem::replace(&mut self.here, here);
        let mut changes = Vec::new();
        // A loudspeaker is not opened: it is in use as soon as it is there.
        if first && self.kind == Kind::Speaker {
            let chosen = self.known.first().and_then(|it| self.find(it));
            self.used = chosen.cloned();
        }
        if let Some(used) = self.used.take() {
            match self.here.iter().find(|it| it.id == used.id).cloned() {
                None => changes.extend(self.gone(&used)),
                Some(now) => {
                    let moved = now.is_alias() && !used.label.is_empty() && now.label != used.label;
                    self.used = Some(now.clone());
                    if moved {
                        changes.push(Change::Moved { next: now });
                    }
                }
            }
        }
        if !first {
            changes.extend(self.came(&before));
        }
        changes
    }

    fn gone(&mut self, used: &Device) -> Option<Change> {
        // Opened before there was a list, and listed under another id, or not at all.
        if used.label.is_empty() {
            return None;
        }
        // Its id may have changed, and nothing else.
        let same = self.here.iter().find(|it| it.label == used.label);
        let next = same.or_else(|| self.next()).cloned();
        self.used = next.clone();
        let name = used.label.clone();
        let stays = next.as_ref().is_some_and(|next| next.label == name);
        (!stays).then_some(Change::Gone { name, next })
    }

    /// Instead of one that has gone: the last one that was chosen, then the system's, then any.
    fn next(&self) -> Option<&Device> {
        let chosen = self.known.iter().find_map(|it| self.find(it));
        let system = || self.here.iter().find(|it| it.is_alias());
        let any = || match self.kind {
            // Without being told, a browser takes the system's.
            Kind::Speaker => None,
            Kind::Camera | Kind::Microphone => self.here.first(),
        };
        chosen.or_else(system).or_else(any)
    }

    fn came(&self, before: &[Device]) -> Option<Change> {
        let is_new = |it: &&Device| {
            let known_before = before.iter().any(|old| old.id == it.id);
            let in_use = self
                .used
                .as_ref()
                .is_some_and(|used| used.id == it.id || (used.is_alias() && same_case(used, it)));
            !it.is_alias() && !it.label.is_empty() && !known_before && !in_use
        };
        // Of several the one that the person would choose.
        let came: Vec<&Device> = self.here.iter().filter(is_new).collect();
        let back = self
            .known
            .iter()
            .find_map(|known| came.iter().find(|it| is(it, known)));
        let device = back.or(came.first()).copied()?;
        Some(Change::Came {
            device: device.clone(),
            back: back.is_some(),
        })
    }

    fn find(&self, known: &Known) -> Option<&Device> {
        let by_id = self.here.iter().find(|it| it.id == known.id);
        by_id.or_else(|| self.here.iter().find(|it| is(it, known)))
    }
}

fn is(device: &Device, known: &Known) -> bool {
    device.id == known.id || (!known.label.is_empty() && device.label == known.label)
}

fn same_case(a: &Device, b: &Device) -> bool {
    !a.group.is_empty() && a.group == b.group
}

#[cfg(test)]
mod tests;
