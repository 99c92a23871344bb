//! Who is signed in, in the order in which names are read. Owned by `Ring`.

use crate::wire::names::Listed;
use alloc::{string::String, vec::Vec};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    people: Vec<Listed>,
    changes: u32,
}

impl People {
    pub fn all(&self) -> &[Listed] {
        &self.people
    }

    /// Counts the changes, for who shows a list of thousands.
    pub fn changes(&self) -> u32 {
        self.changes
    }

    pub(super) fn clear(&mut self) {
        self.changes += 1;
        self.people.clear();
    }

    /// A part of the whole list.
    pub(super) fn read(&mut self, first: bool, people: Vec<Listed>) {
        self.changes += 1;
        if first {
            self.people.clear();
        }
        self.people.extend(people);
        self.people.sort_by_cached_key(order);
        self.people.dedup_by(|one, other| one.name == other.name);
    }

    pub(super) fn change(&mut self, here: Vec<Listed>, gone: &[String]) {
        self.changes += 1;
        if here.len() > 1 {
            self.people.retain(|it| {
                !gone.contains(&it.name) && here.iter().all(|new| new.name != it.name)
            });
            self.read(false, here);
            return;
        }
        self.people.retain(|it| !gone.contains(&it.name));
        for listed in here {
            let key = order(&listed);
            match self.people.binary_search_by_key(&key, order) {
                Ok(at) => self.people[at] = listed,
                Err(at) => self.people.insert(at, listed),
            }
        }
    }
}

/// Capitals make no difference, unless they are the only one.
fn order(listed: &Listed) -> (String, String) {
    (listed.name.to_lowercase(), listed.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str, busy: bool) -> Listed {
        let name = name.into();
        Listed { name, busy }
    }

    fn names(people: &People) -> Vec<&str> {
        people.all().iter().map(|it| it.name.as_str()).collect()
    }

    #[test]
    fn people_stand_in_order_whatever_comes_and_goes() {
        let mut people = People::default();
        people.read(true, [listed("cleo", false), listed("Ana", false)].into());
        people.read(false, [listed("ben", true)].into());
        assert_eq!(names(&people), ["Ana", "ben", "cleo"]);
        people.change([listed("ben", false)].into(), &["Ana".into()]);
        assert_eq!(names(&people), ["ben", "cleo"]);
        assert!(!people.all()[0].busy);
        let many = [
            listed("dora", false),
            listed("Ana", true),
            listed("cleo", true),
        ];
        people.change(many.into(), &[]);
        assert_eq!(names(&people), ["Ana", "ben", "cleo", "dora"]);
        assert!(people.all()[2].busy);
        people.read(true, [listed("eva", false)].into());
        assert_eq!(names(&people), ["eva"]);
    }
}
