//! What people show with their hands, and how loud somebody is to be for oneself. Signals alone.

use super::show::set;
pub use duologue_core::gesture::Reaction;
use leptos::prelude::*;

/// More at once are a blur.
const AT_ONCE: usize = 6;

/// A raised hand and passing reactions, somebody's or one's own.
#[derive(Clone, Copy)]
pub struct Signs {
    /// The place of the raised hand among all of them, from 1; 0 while it is down.
    pub hand: RwSignal<usize>,
    /// Those that are on the screen, by number. Whoever shows them takes them away again.
    pub reactions: RwSignal<Vec<(u32, Reaction)>>,
    newest: StoredValue<u32>,
}

impl Signs {
    pub(super) fn new() -> Self {
        Signs {
            hand: RwSignal::new(0),
            reactions: RwSignal::new(Vec::new()),
            newest: StoredValue::new(0),
        }
    }

    pub(super) fn show(self, hand: Option<usize>, reaction: Option<(u32, Reaction)>) {
        set(self.hand, hand.unwrap_or_default());
        let no = reaction.map_or(0, |(no, _)| no);
        let before = self.newest.get_value();
        if no == before {
            return;
        }
        self.newest.set_value(no);
        if let Some(reaction) = reaction {
            self.reactions.update(|shown| {
                // A reloaded page counts from one again.
                shown.retain(|(old, _)| *old < no);
                shown.push(reaction);
                let many = shown.len().saturating_sub(AT_ONCE);
                shown.drain(..many);
            });
        }
    }

    pub fn take_away(self, no: u32) {
        self.reactions
            .try_update(|shown| shown.retain(|(it, _)| *it != no));
    }
}

/// How somebody is heard here; nobody else is told.
#[derive(Clone, Copy)]
pub struct Ears {
    /// 0 to 100.
    pub volume: RwSignal<u8>,
    pub silenced: RwSignal<bool>,
}

impl Ears {
    pub(super) fn new((volume, silenced): (u8, bool)) -> Self {
        Ears {
            volume: RwSignal::new(volume),
            silenced: RwSignal::new(silenced),
        }
    }

    pub(super) fn setting(self) -> (u8, bool) {
        (self.volume.get_untracked(), self.silenced.get_untracked())
    }
}
