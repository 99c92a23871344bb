//! What is on the stage and where: the layout that somebody chose, whom they pinned, whether they see
//! themselves. One value for all parts of a call; `layout` has the maths.

use crate::{
    parts::{
        layout::{self, Large, Place},
        lean::memo,
    },
    session::{Call, ShareState, Tile, taste},
};
use leptos::prelude::*;

const KEPT: &str = "duologue.layout";
/// From so many others on, one's own picture gives its place to them and is small in a corner.
const MANY: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Grid,
    /// Whoever speaks is large.
    Spotlight,
}

impl Layout {
    const fn name(self) -> &'static str {
        match self {
            Layout::Grid => "grid",
            Layout::Spotlight => "spotlight",
        }
    }
}

/// A tile that wants a place on the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Unique on this stage: a peer id, `self`, or something made of one.
    pub key: String,
    /// Shows a screen: wants the large place, and all of it seen.
    pub screen: bool,
}

/// One's own.
pub const SELF: &str = "self";
pub const OWN_SCREEN: &str = "self/screen";

#[derive(Clone, Copy)]
pub struct Stage {
    pub layout: RwSignal<Layout>,
    pub pinned: RwSignal<Option<String>>,
    pub hides_self: RwSignal<bool>,
    /// Of the box that the tiles share.
    pub size: RwSignal<(f64, f64)>,
    /// Who is shown, in the order in which they came: it never changes for who stays.
    guests: Memo<Vec<Guest>>,
    large: Memo<Option<String>>,
    places: Memo<Vec<Place>>,
}

/// Where one tile is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spot {
    /// Nowhere: hidden.
    Away,
    /// Small in a corner, over the others.
    Corner,
    /// Among others like it; or in the strip beside the large one.
    Among(Place),
    Large(Place),
}

impl Stage {
    pub fn new(call: Call) -> Stage {
        let kept = taste::kept(KEPT);
        let layout = RwSignal::new(match kept.as_deref() {
            Some("spotlight") => Layout::Spotlight,
            _ => Layout::Grid,
        });
        let pinned = RwSignal::new(None::<String>);
        let hides_self = RwSignal::new(false);
        let size = RwSignal::new((0.0, 0.0));
        let others = memo(move || {
            let people = call.tiles.get();
            let screens = people.iter().filter(|tile| tile.screen.get().is_some());
            let guest = |key: String, screen| Guest { key, screen };
            let mut others: Vec<Guest> = screens.map(|tile| guest(screen_of(tile), true)).collect();
            others.extend(people.iter().map(|tile| guest(tile.id.get_value(), false)));
            // One knows one's own screen: it is there to be looked after, not to be large.
            if matches!(call.share.state.get(), ShareState::On { .. }) {
                others.push(guest(OWN_SCREEN.to_string(), false));
            }
            others
        });
        let last = StoredValue::new(None::<String>);
        let large = memo(move || {
            let chosen = others.with(|others| {
                let speaker = (layout.get() == Layout::Spotlight).then(|| {
                    let before = last.get_value();
                    in_the_light(others, call.speaker.get(), before)
                });
                large(others, pinned.get(), speaker.flatten())
            });
            last.set_value(chosen.clone());
            chosen
        });
        let guests = memo(move || {
            let mut guests = others.get();
            let many = guests.len() >= MANY && large.with(Option::is_none);
            let away = hides_self.get() && !guests.is_empty();
            if !many && !away {
                guests.push(Guest {
                    key: SELF.to_string(),
                    screen: false,
                });
            }
            guests
        });
        let places = memo(move || {
            let (width, height) = size.get();
            guests.with(|guests| {
                let at = large.with(|large| place_of(guests, large.as_deref()?));
                match at {
                    Some(at) => {
                        let what = if guests[at].screen {
                            Large::Screen
                        } else {
                            Large::Face
                        };
                        layout::spotlight(guests.len(), at, what, width, height)
                    }
                    None => layout::grid(guests.len(), width, height),
                }
            })
        });
        Stage {
            layout,
            pinned,
            hides_self,
            size,
            guests,
            large,
            places,
        }
    }

    pub fn choose(self, layout: Layout) {
        taste::keep(KEPT, layout.name());
        self.layout.set(layout);
    }

    pub fn change_layout(self) {
        self.choose(match self.layout.get_untracked() {
            Layout::Grid => Layout::Spotlight,
            Layout::Spotlight => Layout::Grid,
        });
    }

    /// Pins somebody, or lets them go again.
    pub fn pin(self, key: &str) {
        self.pinned.update(|pinned| {
            *pinned = (pinned.as_deref() != Some(key)).then(|| key.to_string());
        });
    }

    pub fn is_pinned(self, key: &str) -> bool {
        self.pinned.with(|pinned| pinned.as_deref() == Some(key))
    }

    pub fn spot(self, key: &str) -> Spot {
        let place = self.guests.with(|guests| place_of(guests, key));
        let place = place.and_then(|at| self.places.with(|places| places.get(at).copied()));
        let Some(place) = place else {
            return if key == SELF && !self.hides_self.get() {
                Spot::Corner
            } else {
                Spot::Away
            };
        };
        if self.large.with(|large| large.as_deref() == Some(key)) {
            Spot::Large(place)
        } else {
            Spot::Among(place)
        }
    }

    /// Whose tile is large, if anybody's.
    pub fn large(self) -> Option<String> {
        self.large.get()
    }
}

/// Of somebody else.
pub fn screen_of(tile: &Tile) -> String {
    tile.id.with_value(|id| [id, "/screen"].concat())
}

fn place_of(guests: &[Guest], key: &str) -> Option<usize> {
    guests.iter().position(|guest| guest.key == key)
}

/// A pin wins, then the newest screen, then whoever is in the spotlight, where there is one.
fn large(others: &[Guest], pinned: Option<String>, light: Option<String>) -> Option<String> {
    let pinned = pinned.filter(|key| place_of(others, key).is_some());
    let screen = || others.iter().rfind(|guest| guest.screen);
    pinned
        .or_else(|| screen().map(|guest| guest.key.clone()))
        .or(light)
}

/// Who speaks, else who was large before, else who came first.
fn in_the_light(
    others: &[Guest],
    speaker: Option<String>,
    before: Option<String>,
) -> Option<String> {
    let here = |key: &String| place_of(others, key).is_some();
    let first = others.first().map(|guest| guest.key.clone());
    speaker
        .filter(here)
        .or_else(|| before.filter(here))
        .or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guests(list: &[&str]) -> Vec<Guest> {
        let guest = |key: &&str| Guest {
            key: key.to_string(),
            screen: key.ends_with("screen"),
        };
        list.iter().map(guest).collect()
    }

    fn key(key: &str) -> Option<String> {
        (!key.is_empty()).then(|| key.to_string())
    }

    #[test]
    fn a_pin_wins_over_a_screen_and_a_screen_over_the_speaker() {
        let people = ["ana", "ana screen", "ben", "ben screen", "cem"];
        for (here, pinned, light, wanted) in [
            (&people[..], "cem", "ana", "cem"),
            (&people, "", "ana", "ben screen"),
            (&people, "gone", "ana", "ben screen"),
            (&["ana", "ben"], "", "ben", "ben"),
            (&["ana", "ben"], "gone", "", ""),
            (&[], "ana", "", ""),
        ] {
            let chosen = large(&guests(here), key(pinned), key(light));
            assert_eq!(chosen, key(wanted), "{here:?} {pinned:?} {light:?}");
        }
    }

    #[test]
    fn the_light_stays_where_it_was_while_nobody_speaks() {
        for (here, speaker, before, wanted) in [
            (&["ana", "ben", "cem"][..], "cem", "ben", "cem"),
            (&["ana", "ben", "cem"], "", "ben", "ben"),
            (&["ana", "ben", "cem"], "gone", "ben", "ben"),
            (&["ana", "cem"], "", "gone", "ana"),
            (&[], "ana", "ana", ""),
        ] {
            let chosen = in_the_light(&guests(here), key(speaker), key(before));
            assert_eq!(chosen, key(wanted), "{here:?} {speaker:?} {before:?}");
        }
    }
}
