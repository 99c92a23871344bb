//! Hands and reactions: what one person has shown, oneself included. Messages may come twice or late,
//! so the author counts them. A raised hand has a number one higher than every hand its owner knew
//! of, which puts hands into the same order on every page without anybody's clock.

use crate::{time::Millis, words};

/// Reactions at once, and the pause after which there may be one more.
const BURST: u64 = 5;
const PACE: u64 = 400;
/// No call sees that many hands; a page that claims more lies.
pub const MAX_TURN: u32 = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reaction {
    ThumbsUp,
    Heart,
    Laugh,
    Clap,
    Surprise,
    Celebrate,
}

words!(Reaction {
    ThumbsUp = "thumbs_up",
    Heart = "heart",
    Laugh = "laugh",
    Clap = "clap",
    Surprise = "surprise",
    Celebrate = "celebrate",
});

impl Reaction {
    pub const ALL: [Reaction; 6] = [
        Reaction::ThumbsUp,
        Reaction::Heart,
        Reaction::Laugh,
        Reaction::Clap,
        Reaction::Surprise,
        Reaction::Celebrate,
    ];
}

#[derive(Clone, Debug, Default)]
pub struct Gestures {
    turn: Option<u32>,
    /// The newest message about the hand; 0 for none.
    hand_no: u32,
    reaction: Option<(u32, Reaction)>,
    /// When the reactions so far have been digested.
    digested: Millis,
}

impl Gestures {
    /// The number of a raised hand.
    pub fn turn(&self) -> Option<u32> {
        self.turn
    }

    /// The newest one, and its number.
    pub fn reaction(&self) -> Option<(u32, Reaction)> {
        self.reaction
    }

    /// What to tell somebody who was not there; nothing where the hand was never up.
    pub fn hand(&self) -> Option<(u32, Option<u32>)> {
        (self.hand_no > 0).then_some((self.hand_no, self.turn))
    }

    /// False for what is old, a double, or no place in any queue.
    pub fn on_hand(&mut self, no: u32, turn: Option<u32>) -> bool {
        let possible = turn.is_none_or(|turn| (1..=MAX_TURN).contains(&turn));
        if no <= self.hand_no || !possible {
            return false;
        }
        self.hand_no = no;
        self.turn = turn;
        true
    }

    /// False for what is old, a double, or one too many.
    pub fn on_reaction(&mut self, now: Millis, no: u32, reaction: Reaction) -> bool {
        let newest = self.reaction.map_or(0, |(no, _)| no);
        let due = self.digested.max(now);
        if no <= newest || due.since(now) > (BURST - 1) * PACE {
            return false;
        }
        self.digested = due.after(PACE);
        self.reaction = Some((no, reaction));
        true
    }

    /// One's own hand, up or down; what to tell the others, if that is news.
    pub fn raise(&mut self, up: bool, highest: u32) -> Option<(u32, Option<u32>)> {
        if up == self.turn.is_some() {
            return None;
        }
        self.hand_no += 1;
        self.turn = up.then(|| (highest + 1).min(MAX_TURN));
        self.hand()
    }

    /// One's own reaction; its number, unless it is one too many.
    pub fn react(&mut self, now: Millis, reaction: Reaction) -> Option<u32> {
        let no = self.reaction.map_or(1, |(no, _)| no + 1);
        self.on_reaction(now, no, reaction).then_some(no)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_hands_doubles_and_impossible_turns_change_nothing() {
        let mut it = Gestures::default();
        assert!(it.on_hand(2, Some(7)));
        for (no, turn) in [(2, Some(1)), (1, None), (0, None), (3, Some(0))] {
            assert!(!it.on_hand(no, turn), "{no} {turn:?}");
        }
        assert!(!it.on_hand(4, Some(MAX_TURN + 1)));
        assert_eq!(it.turn(), Some(7));
        assert!(it.on_hand(3, None));
        assert_eq!(it.hand(), Some((3, None)));
    }

    #[test]
    fn a_flood_of_reactions_is_thinned_and_a_pause_forgives() {
        let mut it = Gestures::default();
        let heart = Reaction::Heart;
        let now = Millis(90_000);
        let shown = (1..=100).filter(|no| it.on_reaction(now, *no, heart));
        assert_eq!(shown.count() as u64, BURST);
        assert!(!it.on_reaction(now.after(PACE - 1), 101, heart));
        assert!(it.on_reaction(now.after(PACE), 102, heart));
        assert!(!it.on_reaction(now.after(60_000), 102, heart), "a double");
        assert!(it.on_reaction(now.after(60_000), 103, heart));
    }

    #[test]
    fn numbers_at_their_end_do_no_harm() {
        let mut it = Gestures::default();
        assert_eq!(it.raise(true, MAX_TURN), Some((1, Some(MAX_TURN))));
        assert_eq!(it.raise(true, 0), None, "it is up");
        let mut other = Gestures::default();
        assert!(other.on_hand(u32::MAX, None));
        assert!(!other.on_hand(u32::MAX, Some(1)));
    }
}
