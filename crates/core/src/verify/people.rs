//! Those who would be known again: a secret for each, that this device shares with theirs and with
//! nobody else's. So there is nothing by which two strangers could find that they met the same person.

use crate::{
    ids::PairSecret,
    json::{self, Json},
    record,
};
use alloc::{string::String, vec::Vec};

/// So many are kept, and so many proofs are sent, however few there are.
pub const MOST: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acquaintance {
    pub secret: PairSecret,
    /// As they were called when the code was compared.
    pub name: String,
    /// The person here compared it. Where only the other one did, this device can be known by them, and
    /// nothing is said of them here.
    pub mine: bool,
}

record!(Acquaintance { secret, name, mine });

/// The newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People(Vec<Acquaintance>);

impl People {
    /// What was kept; nothing where it is damaged.
    pub fn parse(text: &str) -> People {
        let kept = json::parse(text).and_then(Vec::<Acquaintance>::read);
        let mut people = People::default();
        for it in kept.unwrap_or_default() {
            people.add(it);
        }
        people
    }

    pub fn text(&self) -> String {
        json::write(&self.0)
    }

    pub fn all(&self) -> &[Acquaintance] {
        &self.0
    }

    /// How many the person here has compared a code with.
    pub fn count(&self) -> usize {
        self.0.iter().filter(|it| it.mine).count()
    }

    pub fn get(&self, secret: &PairSecret) -> Option<&Acquaintance> {
        self.0.iter().find(|it| it.secret == *secret)
    }

    /// Is there somebody of that name whom one would know again?
    pub fn knows(&self, name: &str) -> bool {
        let same = |it: &Acquaintance| it.mine && it.name.eq_ignore_ascii_case(name);
        !name.is_empty() && self.0.iter().any(same)
    }

    /// False where there is no room for them: nobody whom the person here compared a code with goes for
    /// somebody who only says so.
    pub fn add(&mut self, it: Acquaintance) -> bool {
        if let Some(known) = self.0.iter_mut().find(|known| known.secret == it.secret) {
            if it.mine {
                (known.name, known.mine) = (it.name, true);
            }
            return true;
        }
        if self.0.len() >= MOST {
            let least = self.0.iter().position(|known| !known.mine);
            match least.or(it.mine.then_some(0)) {
                Some(oldest) => drop(self.0.remove(oldest)),
                None => return false,
            }
        }
        self.0.push(it);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(number: u8, name: &str, mine: bool) -> Acquaintance {
        Acquaintance {
            secret: PairSecret([number; 32]),
            name: name.into(),
            mine,
        }
    }

    #[test]
    fn people_are_kept_as_text_and_damage_forgets_them() {
        let mut people = People::default();
        people.add(one(1, "Ana \"A\"", true));
        people.add(one(2, "李雷", false));
        assert_eq!(People::parse(&people.text()), people);
        for damaged in ["", "{}", "[1]", "[{\"secret\":\"AA\"}]"] {
            assert_eq!(People::parse(damaged), People::default(), "{damaged}");
        }
    }

    #[test]
    fn who_only_says_so_displaces_nobody() {
        let mut people = People::default();
        for number in 0..MOST as u8 {
            assert!(people.add(one(number, "Ana", number > 0)));
        }
        assert!(people.add(one(100, "Ben", false)), "for one like them");
        assert_eq!((people.all().len(), people.count()), (MOST, MOST - 1));
        assert!(people.add(one(101, "Cem", true)));
        assert!(!people.add(one(102, "Dora", false)));
        assert!(people.add(one(103, "Eva", true)), "for the oldest");
        assert!(people.get(&PairSecret([1; 32])).is_none());
        assert_eq!(people.all().len(), MOST);
    }

    #[test]
    fn a_name_is_known_whatever_its_capitals_and_only_if_it_was_compared() {
        let mut people = People::default();
        people.add(one(1, "Ana", true));
        people.add(one(2, "Ben", false));
        people.add(one(3, "", true));
        assert!(people.knows("ana"));
        assert!(!people.knows("Ben") && !people.knows("") && !people.knows("An"));
        people.add(one(2, "Benjamin", true));
        assert!(people.knows("Benjamin"));
        people.add(one(2, "Mallory", false));
        assert!(!people.knows("Mallory"), "they said so");
    }
}
