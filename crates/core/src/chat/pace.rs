//! How fast one person may write or ask: so many at once, and after that so many a second.

use crate::time::Millis;

/// Counted in thousandths, so that a millisecond adds a whole number.
const ONE: u64 = 1_000;

#[derive(Debug)]
pub struct Pace {
    most: u64,
    per_second: u64,
    level: u64,
    filled: Option<Millis>,
}

impl Pace {
    pub const fn new(at_once: u64, per_second: u64) -> Self {
        Pace {
            most: at_once * ONE,
            per_second,
            level: at_once * ONE,
            filled: None,
        }
    }

    pub fn allows(&mut self, now: Millis) -> bool {
        let passed = now.since(self.filled.unwrap_or(now));
        self.filled = Some(now);
        self.level = (self.level + passed.saturating_mul(self.per_second)).min(self.most);
        let allowed = self.level >= ONE;
        self.level -= if allowed { ONE } else { 0 };
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_and_then_so_many_a_second() {
        let mut pace = Pace::new(3, 2);
        let allowed = |pace: &mut Pace, at| (0..10).filter(|_| pace.allows(Millis(at))).count();
        assert_eq!(allowed(&mut pace, 5_000), 3);
        assert_eq!(allowed(&mut pace, 5_499), 0);
        assert_eq!(allowed(&mut pace, 6_000), 2);
        assert_eq!(allowed(&mut pace, u64::MAX), 3);
    }
}
