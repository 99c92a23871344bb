//! Everything the page says, in one table per language. A language that lacks a word, or a trouble
//! that lacks its sentence, does not compile. Views ask `words()` and never hold text of their own.

mod check;
mod english;
mod setup;

use crate::session::{
    DeviceKind, DirectTrouble, Ended, LinkStatus, MediaStream, Reaction, RoomError, ShareTrouble,
    Trouble,
    chat::{Delivery, SayTrouble},
    scan::ScanTrouble,
};

pub use check::CheckWords;
pub use setup::Setup;

/// The words of the page's language.
pub fn words() -> &'static Words {
    &english::WORDS
}

/// What went wrong, and the one thing a person can do about it here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    pub text: &'static str,
    pub step: Option<Step>,
}

/// A remedy that is a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    TryAgain,
    JoinAgain,
    UseThisTab,
    StartOver,
    Reload,
}

type Text = &'static str;

pub struct Words {
    pub product: Text,
    /// As it stands in `document.title`.
    pub title: Text,
    pub home: Home,
    pub green_room: GreenRoom,
    pub call: CallWords,
    pub stage: StageWords,
    pub people: People,
    pub signs: Signs,
    pub chat: ChatWords,
    pub shortcuts: Shortcuts,
    pub share: ShareWords,
    pub details: Details,
    pub direct: Direct,
    pub devices: Devices,
    pub setup: Setup,
    pub check: CheckWords,
    pub trouble: Troubles,
    pub upcoming: Upcoming,
    pub common: Common,
}

pub struct Common {
    pub back_home: Text,
    pub copy: Text,
    pub copied: Text,
    pub close: Text,
    pub newer: Text,
    pub not_found: Text,
    pub not_found_text: Text,
    pub room_cannot_open: Text,
    pub step: fn(Step) -> Text,
}

pub struct Home {
    pub line: Text,
    pub field: Text,
    pub join: Text,
    pub start: Text,
    pub people: Text,
    pub people_hint: Text,
    pub live: Text,
    pub live_hint: Text,
    pub direct: Text,
    pub direct_hint: Text,
    pub check: Text,
    pub nothing_entered: Text,
    pub leads_nowhere: Text,
}

pub struct GreenRoom {
    pub title: Text,
    pub opening: Text,
    pub your_name: Text,
    pub join: Text,
    pub guessable: Text,
    pub camera_off: Text,
    pub camera_starting: Text,
    pub devices: Text,
    /// Who is in the call already; one name at least.
    pub present: fn(&[String]) -> String,
}

pub struct CallWords {
    pub controls: Text,
    pub invite: Text,
    pub leave: Text,
    pub more: Text,
    pub full_screen: Text,
    pub leave_full_screen: Text,
    pub joining: Text,
    pub you_left: Text,
    pub not_in_call: Text,
    pub private_room: Text,
    pub direct_room: Text,
    pub first_here: Text,
    pub first_here_text: Text,
    pub invite_text: Text,
    pub invite_link: Text,
    pub invite_code: Text,
    pub connecting: Text,
    pub reconnecting: Text,
    pub microphone_off: Text,
    pub guest: Text,
    pub move_own: Text,
    pub own_name: fn(&str) -> String,
    pub cannot_reach: fn(&str) -> String,
    pub joined: fn(&str) -> String,
    pub left: fn(&str) -> String,
    /// Nothing to say while all is well.
    pub link: fn(LinkStatus) -> Option<Text>,
    pub sound_held_back: Text,
    pub sound_on: Text,
}

/// Where tiles are, and what can be done with one.
pub struct StageWords {
    pub layout: Text,
    pub grid: Text,
    pub spotlight: Text,
    pub hide_self: Text,
    pub show_self: Text,
    pub float: Text,
    pub pin: fn(&str) -> String,
    pub full_screen: fn(&str) -> String,
}

/// Who is here, and how they are heard.
pub struct People {
    pub title: Text,
    /// On, off.
    pub microphone: (Text, Text),
    pub camera: (Text, Text),
    pub muted_for_me: Text,
    pub mute_for_me: fn(&str) -> String,
    pub volume: fn(&str) -> String,
}

/// Reactions and raised hands.
pub struct Signs {
    pub title: Text,
    pub raise_hand: Text,
    pub reaction: fn(Reaction) -> Text,
    /// In the title of the tab, before the names.
    pub hand_in_title: Text,
    pub muted_in_title: Text,
    pub hand_place: fn(usize) -> String,
    pub raised: fn(&str) -> String,
    /// Somebody, and the name of what they show.
    pub reacted: fn(&str, Text) -> String,
}

pub struct ChatWords {
    /// The panel, the button that opens it, and the key for it.
    pub title: Text,
    pub log: Text,
    pub message: Text,
    pub placeholder: Text,
    pub send: Text,
    pub to: Text,
    pub everyone: Text,
    /// In the list of addressees, for somebody who is not there any more.
    pub gone: fn(&str) -> String,
    pub nothing_yet: Text,
    pub nothing_yet_text: Text,
    pub you: Text,
    pub to_you: Text,
    pub to_one: fn(&str) -> String,
    pub told_by: fn(&str) -> String,
    pub delivery: fn(Delivery) -> String,
    pub trouble: fn(SayTrouble) -> String,
    pub unread: fn(usize) -> String,
    pub news: fn(&str, &str) -> String,
    pub copy_all: Text,
    pub copied_all: Text,
    pub not_copied: Text,
    pub save: Text,
}

pub struct Shortcuts {
    pub title: Text,
    /// The name of the key.
    pub space: Text,
    pub microphone: Text,
    pub camera: Text,
    pub screen: Text,
    pub talk: Text,
    pub hand: Text,
    pub people: Text,
    pub layout: Text,
    pub chat: Text,
    pub list: Text,
}

pub struct ShareWords {
    pub share: Text,
    pub stop: Text,
    pub own: Text,
    pub screen_of: fn(&str) -> String,
    /// What counts about the picture: `sharp` or `smooth`.
    pub detail: Text,
    pub sharp: Text,
    pub smooth: Text,
    pub silent: Text,
}

/// Of a connection.
pub struct Details {
    pub title: Text,
    pub nobody: Text,
    pub received: Text,
    pub round_trip: Text,
    pub lost: Text,
    /// After a share of packets: "0.3 % lost".
    pub of_lost: Text,
    /// Before a time.
    pub jitter: Text,
    /// The highest value of a graph.
    pub most: fn(&str) -> String,
    pub path: Text,
    /// `host`, `srflx`, `relay`, or empty.
    pub path_by: fn(&str) -> Text,
    pub stream: fn(MediaStream) -> Text,
    /// After what flows: "Picture in".
    pub incoming: Text,
    pub outgoing: Text,
    pub encryption: Text,
    pub copy: Text,
}

pub struct Direct {
    pub title: Text,
    pub text: Text,
    pub start: Text,
    pub exchange: Text,
    pub talk: Text,
    pub create: Text,
    pub create_text: Text,
    pub creating: Text,
    pub or_received: Text,
    pub invite: Text,
    pub invite_text: Text,
    pub invite_code: Text,
    pub received: Text,
    pub received_reply: Text,
    pub go_on: Text,
    pub scan: Text,
    pub scanning: Text,
    pub stop_scan: Text,
    pub picture: Text,
    pub answering: Text,
    pub reply: Text,
    pub reply_text: Text,
    pub reply_code: Text,
    pub connecting: Text,
}

pub struct Devices {
    pub camera: Text,
    pub microphone: Text,
    pub speaker: Text,
    pub none: Text,
    pub system_default: Text,
    pub numbered: fn(DeviceKind, usize) -> String,
    pub level: Text,
}

/// A sentence for every way in which something can go wrong.
pub struct Troubles {
    pub device: fn(DeviceKind, Trouble) -> Advice,
    pub ended: fn(Ended) -> Advice,
    pub share: fn(ShareTrouble) -> Advice,
    pub room: fn(RoomError) -> Advice,
    pub direct: fn(DirectTrouble) -> Advice,
    pub scan: fn(ScanTrouble) -> Advice,
}

pub struct Upcoming {
    pub title: Text,
    pub people: Text,
    pub live: Text,
    pub recordings: Text,
}

impl Devices {
    pub fn name(&self, kind: DeviceKind) -> Text {
        match kind {
            DeviceKind::Camera => self.camera,
            DeviceKind::Microphone => self.microphone,
            DeviceKind::Speaker => self.speaker,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_advice() -> Vec<Advice> {
        use Trouble::{Denied, InUse, Insecure, Lost, NotFound, Other};
        let say = &words().trouble;
        let mut all = Vec::new();
        for trouble in [Denied, NotFound, InUse, Insecure, Lost, Other] {
            all.push((say.device)(DeviceKind::Camera, trouble));
            all.push((say.device)(DeviceKind::Microphone, trouble));
        }
        use Ended::{Left, OpenedElsewhere, OtherLeft, Outdated, RoomFull, ServerFull};
        all.extend(
            [
                Left,
                OtherLeft,
                RoomFull,
                OpenedElsewhere,
                ServerFull,
                Outdated,
            ]
            .map(say.ended),
        );
        all.extend([ShareTrouble::Blocked, ShareTrouble::Failed].map(say.share));
        all.extend([RoomError::Empty, RoomError::Damaged, RoomError::TooLong].map(say.room));
        use DirectTrouble::{
            Damaged, Empty, GaveUp, NotAReply, NotAToken, NotAnInvite, OtherInvite, Refused,
            TooNew, Unreachable,
        };
        all.extend([Empty, NotAToken, Damaged, TooNew, NotAReply].map(say.direct));
        all.extend([NotAnInvite, OtherInvite, Refused, Unreachable, GaveUp].map(say.direct));
        use ScanTrouble::{NoCode, NoReader, NotAPicture};
        all.extend([NotAPicture, NoCode, NoReader].map(say.scan));
        all
    }

    #[test]
    fn every_trouble_has_whole_plain_sentences_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for advice in all_advice() {
            let text = advice.text;
            assert!(text.ends_with('.'), "{text:?} is no sentence");
            assert!(!text.contains('!'), "{text:?} shouts");
            assert!(
                seen.insert(text),
                "{text:?} is said of two different things"
            );
        }
    }

    #[test]
    fn those_present_are_listed_as_people_say_it() {
        let present = words().green_room.present;
        let names = |list: &[&str]| list.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        assert_eq!(present(&names(&["Ana"])), "Ana is in the call.");
        assert_eq!(
            present(&names(&["Ana", "Ben"])),
            "Ana and Ben are in the call."
        );
        assert_eq!(
            present(&names(&["Ana", "", "Cem"])),
            "Ana, Guest and Cem are in the call."
        );
    }
}
