//! A sentence for every way in which something can go wrong, and what to do about it.

use super::{
    Advice, Step,
    table::{DevicesWords, DirectWords, EndedWords, ShareWords},
    words,
};
use crate::session::{
    DeviceKind, DirectTrouble, Ended, RoomError, ShareTrouble, Trouble, scan::ScanTrouble,
};

const fn say(text: &'static str) -> Advice {
    Advice { text, step: None }
}

const fn offer(step: Step, text: &'static str) -> Advice {
    Advice {
        text,
        step: Some(step),
    }
}

impl DevicesWords {
    pub fn trouble(&self, kind: DeviceKind, trouble: Trouble) -> Advice {
        match kind {
            DeviceKind::Camera => self.camera_trouble(trouble),
            DeviceKind::Microphone | DeviceKind::Speaker => self.microphone_trouble(trouble),
        }
    }

    fn camera_trouble(&self, trouble: Trouble) -> Advice {
        use Step::TryAgain;
        match trouble {
            Trouble::Denied => offer(TryAgain, self.camera_denied),
            Trouble::NotFound => offer(TryAgain, self.camera_not_found),
            Trouble::InUse => offer(TryAgain, self.camera_in_use),
            Trouble::Insecure => say(self.camera_insecure),
            Trouble::Lost => offer(TryAgain, self.camera_lost),
            Trouble::Other => offer(TryAgain, self.camera_other),
        }
    }

    fn microphone_trouble(&self, trouble: Trouble) -> Advice {
        use Step::TryAgain;
        match trouble {
            Trouble::Denied => offer(TryAgain, self.microphone_denied),
            Trouble::NotFound => offer(TryAgain, self.microphone_not_found),
            Trouble::InUse => offer(TryAgain, self.microphone_in_use),
            Trouble::Insecure => say(self.microphone_insecure),
            Trouble::Lost => offer(TryAgain, self.microphone_lost),
            Trouble::Other => offer(TryAgain, self.microphone_other),
        }
    }
}

impl EndedWords {
    pub fn advice(&self, ended: Ended) -> Advice {
        match ended {
            Ended::Left => offer(Step::JoinAgain, self.left),
            Ended::RoomFull => offer(Step::TryAgain, self.room_full),
            Ended::OpenedElsewhere => offer(Step::UseThisTab, self.opened_elsewhere),
            Ended::ServerFull => offer(Step::TryAgain, self.server_full),
            Ended::TooMany => offer(Step::TryAgain, words().door.too_many),
            Ended::TooFast => offer(Step::TryAgain, words().door.rooms_too_fast),
            Ended::PassWanted => say(words().door.wanted),
            Ended::PassRefused => say(words().door.refused),
            Ended::Outdated => offer(Step::Reload, self.outdated),
            Ended::OtherLeft => offer(Step::StartOver, self.other_left),
            Ended::CodesDiffer => say(words().verify.ended),
        }
    }

    pub fn room(&self, error: RoomError) -> Advice {
        say(match error {
            RoomError::Empty => self.room_empty,
            RoomError::Damaged => self.room_damaged,
            RoomError::TooLong => self.room_too_long,
        })
    }
}

impl ShareWords {
    pub fn trouble(&self, trouble: ShareTrouble) -> Advice {
        say(match trouble {
            ShareTrouble::Blocked => self.blocked,
            ShareTrouble::Failed => self.failed,
        })
    }
}

impl DirectWords {
    pub fn trouble(&self, trouble: DirectTrouble) -> Advice {
        use Step::{Reload, StartOver};
        match trouble {
            DirectTrouble::Empty => say(self.empty),
            DirectTrouble::NotAToken => say(self.not_a_token),
            DirectTrouble::Damaged => say(self.damaged),
            DirectTrouble::TooNew => offer(Reload, self.too_new),
            DirectTrouble::NotAReply => offer(StartOver, self.not_a_reply),
            DirectTrouble::NotAnInvite => say(self.not_an_invite),
            DirectTrouble::OtherInvite => offer(StartOver, self.other_invite),
            DirectTrouble::Refused => offer(StartOver, self.refused),
            DirectTrouble::Unreachable => offer(StartOver, self.unreachable),
            DirectTrouble::GaveUp => offer(StartOver, self.gave_up),
        }
    }

    pub fn scan_trouble(&self, trouble: ScanTrouble) -> Advice {
        say(match trouble {
            ScanTrouble::NotAPicture => self.scan_not_a_picture,
            ScanTrouble::NoCode => self.scan_no_code,
            ScanTrouble::NoReader => self.scan_no_reader,
        })
    }
}
