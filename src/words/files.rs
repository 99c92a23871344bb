//! What is said about files.

use super::table::FilesWords;
use crate::session::files::{FileStage, FileTrouble, Transfer};

impl FilesWords {
    /// "4.2 MB": to three places at the most.
    pub fn size(&self, bytes: u64) -> String {
        let number = |unit: u64| {
            let tenths = (bytes.saturating_mul(10) + unit / 2) / unit;
            match (tenths / 10, tenths % 10) {
                (whole, tenth) if whole < 100 && tenth > 0 => format!("{whole}.{tenth}"),
                (whole, _) => whole.to_string(),
            }
        };
        match bytes {
            0..1_000 => self.bytes(&bytes.to_string()),
            1_000..1_000_000 => self.kilobytes(&number(1_000)),
            1_000_000..1_000_000_000 => self.megabytes(&number(1_000_000)),
            _ => self.gigabytes(&number(1_000_000_000)),
        }
    }

    /// "12 s", "3 min", "2 h".
    pub fn time(&self, seconds: u64) -> String {
        match seconds {
            0..100 => self.seconds(&seconds.max(1).to_string()),
            100..6_000 => self.minutes(&seconds.div_ceil(60).to_string()),
            _ => self.hours(&seconds.div_ceil(3_600).to_string()),
        }
    }

    /// Whose it is, or for whom.
    pub fn who(&self, file: &Transfer, name: &str) -> String {
        match (file.mine, file.alone) {
            (true, true) => self.to_one(name),
            (true, false) => self.to_everyone.to_string(),
            (false, true) => self.to_you(name),
            (false, false) => self.sent_by(name),
        }
    }

    /// How it stands with it.
    pub fn state(&self, file: &Transfer, name: &str) -> String {
        match file.stage {
            FileStage::Preparing => self.preparing.to_string(),
            FileStage::Offered if file.mine => self.unanswered.to_string(),
            // Its buttons say the rest.
            FileStage::Offered => String::new(),
            FileStage::Moving => self.progress(file),
            FileStage::Waiting if file.mine => self.waiting_for_them.to_string(),
            FileStage::Waiting => self.waiting.to_string(),
            FileStage::Done if !file.mine => self.received.to_string(),
            FileStage::Done if file.takers > 1 => self.delivered_some(file.takers, file.have),
            FileStage::Done => self.delivered.to_string(),
            FileStage::Wanted => self.wanted(name),
            FileStage::Ended(why) => self.trouble(why, name),
        }
    }

    fn progress(&self, file: &Transfer) -> String {
        let moving = self.moving(&self.size(file.here), &self.size(file.whole));
        match file.speed.zip(file.left) {
            Some((speed, left)) => {
                let speed = self.speed(&self.time(left), &self.size(speed));
                [&moving, " · ", &speed].concat()
            }
            None => moving,
        }
    }

    fn trouble(&self, why: FileTrouble, name: &str) -> String {
        let text = match why {
            FileTrouble::Withdrawn => return self.withdrawn(name),
            FileTrouble::Cancelled => self.cancelled,
            FileTrouble::Refused => self.refused,
            FileTrouble::BadName => self.bad_name,
            FileTrouble::TooLarge => self.too_large,
            FileTrouble::TooMany => self.too_many,
            FileTrouble::Altered => self.altered,
            FileTrouble::Silent => self.silent,
            FileTrouble::Unasked => self.unasked,
            FileTrouble::NoRoom => self.no_room,
            FileTrouble::Busy => self.busy,
            FileTrouble::Storage => self.broken_storage,
            FileTrouble::Unreadable => self.unreadable,
        };
        text.to_string()
    }
}

#[cfg(test)]
mod tests {

    use crate::words::words;

    #[test]
    fn sizes_and_times_are_short() {
        let words = &words().files;
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1 kB"),
            (1_550, "1.6 kB"),
            (123_456, "123 kB"),
            (4_200_000, "4.2 MB"),
            (1 << 30, "1.1 GB"),
        ] {
            assert_eq!(words.size(bytes), text);
        }
        let times = [0, 99, 100, 5_999, 6_000].map(|it| words.time(it));
        assert_eq!(times, ["1 s", "99 s", "2 min", "100 min", "2 h"]);
    }
}
