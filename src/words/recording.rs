//! What is said about recordings.

use super::{
    Text,
    table::{RecordingWords, RecordingsWords},
};
use crate::session::{RecordTrouble, recording::KeepTrouble};

impl RecordingWords {
    pub fn trouble(&self, trouble: RecordTrouble) -> Text {
        match trouble {
            RecordTrouble::NoRoom => self.no_room,
            RecordTrouble::Broken => self.broken,
        }
    }
}

impl RecordingsWords {
    pub fn trouble(&self, trouble: KeepTrouble) -> Text {
        match trouble {
            KeepTrouble::NoRoom => self.trouble_no_room,
            KeepTrouble::Busy => self.trouble_busy,
            KeepTrouble::Empty => self.trouble_empty,
            KeepTrouble::Broken => self.trouble_broken,
        }
    }
}
