//! What is said, in every language.

use super::*;
use crate::session::{
    DeviceKind, DirectTrouble, Ended, RoomError, ShareTrouble, Trouble,
    chat::{Delivery, SayTrouble},
    scan::ScanTrouble,
};
use std::collections::BTreeSet;

/// Every language in turn, as the page would get it.
fn in_every_language(test: impl Fn(&'static Language)) {
    for language in &LANGUAGES {
        let path = format!("{}/words/{}.ftl", env!("CARGO_MANIFEST_DIR"), language.tag);
        let file = std::fs::read_to_string(path).unwrap();
        assert!(speak(language, &file), "{}", language.tag);
        test(language);
    }
}

fn all_advice() -> Vec<Advice> {
    use Trouble::{Denied, InUse, Insecure, Lost, NotFound, Other};
    let say = words();
    let mut all = Vec::new();
    for trouble in [Denied, NotFound, InUse, Insecure, Lost, Other] {
        all.push(say.devices.trouble(DeviceKind::Camera, trouble));
        all.push(say.devices.trouble(DeviceKind::Microphone, trouble));
    }
    use Ended::{
        CodesDiffer, Left, OpenedElsewhere, OtherLeft, Outdated, PassRefused, PassWanted, RoomFull,
        ServerFull, TooFast, TooMany,
    };
    let ended = [
        Left,
        OtherLeft,
        RoomFull,
        OpenedElsewhere,
        ServerFull,
        Outdated,
        TooMany,
        TooFast,
        PassWanted,
        PassRefused,
        CodesDiffer,
    ];
    all.extend(ended.map(|it| say.ended.advice(it)));
    all.extend([ShareTrouble::Blocked, ShareTrouble::Failed].map(|it| say.share.trouble(it)));
    let rooms = [RoomError::Empty, RoomError::Damaged, RoomError::TooLong];
    all.extend(rooms.map(|it| say.ended.room(it)));
    use DirectTrouble::{
        Damaged, Empty, GaveUp, NotAReply, NotAToken, NotAnInvite, OtherInvite, Refused, TooNew,
        Unreachable,
    };
    all.extend([Empty, NotAToken, Damaged, TooNew, NotAReply].map(|it| say.direct.trouble(it)));
    all.extend(
        [NotAnInvite, OtherInvite, Refused, Unreachable, GaveUp].map(|it| say.direct.trouble(it)),
    );
    use ScanTrouble::{NoCode, NoReader, NotAPicture};
    all.extend([NotAPicture, NoCode, NoReader].map(|it| say.direct.scan_trouble(it)));
    all
}

#[test]
fn every_trouble_has_whole_plain_sentences_of_its_own() {
    in_every_language(|_| {
        let mut seen = BTreeSet::new();
        for advice in all_advice() {
            let text = advice.text;
            assert!(text.ends_with(['.', '。']), "{text:?} is no sentence");
            assert!(!text.contains(['!', '！']), "{text:?} shouts");
            assert!(
                seen.insert(text),
                "{text:?} is said of two different things"
            );
        }
    });
}

/// What people read to each other: as many words in every language, none twice, none alike.
#[test]
fn the_words_of_codes_are_told_from_each_other() {
    in_every_language(|language| {
        let all: Vec<&str> = words().verify.words.split(' ').collect();
        assert_eq!(all.len(), duologue_core::verify::WORDS, "{}", language.tag);
        let letters = |word: &str| word.chars().collect::<Vec<_>>();
        for (at, one) in all.iter().enumerate() {
            assert!((1..=10).contains(&letters(one).len()), "{one:?}");
            for other in &all[at + 1..] {
                // A word of two signs has few to differ in.
                let least = if language.tag == "zh" { 1 } else { 2 };
                let apart = distance(&letters(one), &letters(other));
                assert!(apart >= least, "{one} and {other}");
            }
        }
    });
}

/// How many letters have to be changed, taken out or put in.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.iter().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (to, wanted) in other.iter().enumerate() {
            let changed = before + usize::from(letter != wanted);
            before = row[to + 1];
            row[to + 1] = changed.min(before + 1).min(row[to] + 1);
        }
    }
    row[other.len()]
}

#[test]
fn those_present_are_listed_as_people_say_it() {
    let present = |list: &[&str]| {
        let names: Vec<String> = list.iter().map(|name| name.to_string()).collect();
        words().green_room.present(&names)
    };
    assert_eq!(present(&["Ana"]), "Ana is in the call.");
    assert_eq!(present(&["Ana", "Ben"]), "Ana and Ben are in the call.");
    assert_eq!(
        present(&["Ana", "", "Cem"]),
        "Ana, Guest and Cem are in the call."
    );
}

#[test]
fn what_is_too_long_is_said_in_figures_that_can_be_read() {
    let text = words().chat.trouble(SayTrouble::TooLong(12_345));
    assert!(text.contains("12,345") && text.contains("4,000"), "{text}");
}

#[test]
fn what_is_counted_has_its_numbers_in_their_places() {
    let chat = &words().chat;
    assert_eq!(chat.unread(0), "");
    assert_eq!(chat.unread(1), "1 unread message");
    assert_eq!(chat.unread(12), "12 unread messages");
    assert_eq!(chat.delivery(Delivery::Partly(2, 3)), "Delivered to 2 of 3");
}

#[test]
fn names_cannot_turn_the_words_around_them() {
    in_every_language(|language| {
        let text = words().call.joined("Ben (2)");
        assert!(text.contains("Ben (2)"), "{text:?}");
        assert_eq!(text.contains("\u{2068}Ben (2)\u{2069}"), language.rtl);
        assert_eq!(words().call.own_name(""), words().call.you);
    });
}

#[test]
fn a_file_of_another_version_is_not_taken() {
    let arabic = choose(&["ar".to_string()]);
    assert!(!speak(arabic, "call-leave = مغادرة"));
    assert!(!speak(arabic, "<!doctype html>"));
    assert_eq!(words().call.leave, "Leave call");
    assert_eq!(language().tag, "en");
}

#[test]
fn the_first_language_that_there_is_is_taken() {
    for (asked, tag) in [
        (vec![], "en"),
        (vec!["xx", ""], "en"),
        (vec!["ar"], "ar"),
        (vec!["zh-Hans-CN", "en"], "zh"),
        (vec!["de-AT", "ar-EG", "en"], "ar"),
        (vec!["EN_gb", "zh"], "en"),
        (vec!["é", "AR"], "ar"),
    ] {
        let asked: Vec<String> = asked.into_iter().map(String::from).collect();
        assert_eq!(choose(&asked).tag, tag, "{asked:?}");
    }
}
