//! How long a recording is: the time that it ran, less the time that it held still.

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    before: u64,
    /// Since when it runs.
    since: Option<u64>,
}

impl Watch {
    pub fn run(&mut self, now: u64) {
        self.since.get_or_insert(now);
    }

    pub fn hold(&mut self, now: u64) {
        self.before = self.millis(now);
        self.since = None;
    }

    pub fn millis(&self, now: u64) -> u64 {
        self.before + self.since.map_or(0, |since| now.saturating_sub(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_what_ran_and_not_what_held_still() {
        let mut watch = Watch::default();
        assert_eq!(watch.millis(5_000), 0);
        watch.run(5_000);
        // Twice is once.
        watch.run(6_000);
        assert_eq!(watch.millis(7_500), 2_500);
        watch.hold(8_000);
        watch.hold(9_000);
        assert_eq!(watch.millis(60_000), 3_000);
        watch.run(60_000);
        assert_eq!(watch.millis(61_000), 4_000);
        // A clock that goes back takes nothing away.
        assert_eq!(watch.millis(59_000), 3_000);
    }
}
