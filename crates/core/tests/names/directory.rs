//! The server's names: whose they are, who is told, and what is refused.

use crate::world::fold;
use duologue_core::{
    directory::{Directory, Rules},
    hub::{ClientKey, Effect, Source},
    ids::PeerToken,
    pace::Rate,
    time::Millis,
    wire::{
        Sealed, close, encode,
        names::{Ask, Denial, LetterKey, Listed, MAX_LETTER, MAX_LISTED, Say},
    },
};

use std::sync::Arc;

/// Of all tabs of one source.
const CHANGES: Rate = Rate {
    burst: 50,
    a_minute: 60,
};
const NOW: Millis = Millis(1_000);

struct Desk {
    directory: Directory,
    now: Millis,
}

impl Desk {
    fn new(listed: bool) -> Desk {
        Desk::with(Rules {
            tabs: 10_000,
            changes: CHANGES,
            listed,
            fold,
        })
    }

    fn with(rules: Rules) -> Desk {
        Desk {
            directory: Directory::new(rules),
            now: NOW,
        }
    }

    fn connects(&mut self, tab: u64) -> Vec<Effect<Arc<Say>>> {
        self.directory.connect(ClientKey(tab))
    }

    fn says(&mut self, tab: u64, ask: &Ask) -> Vec<Effect<Arc<Say>>> {
        self.directory.text(self.now, ClientKey(tab), &encode(ask))
    }

    fn goes(&mut self, tab: u64) -> Vec<Effect<Arc<Say>>> {
        self.directory.disconnect(self.now, ClientKey(tab))
    }

    /// Connects and signs in; the owner is known by a number.
    fn comes(&mut self, tab: u64, name: &str, owner: u8) -> Vec<Effect<Arc<Say>>> {
        assert_eq!(self.connects(tab), []);
        self.says(tab, &sign_in(name, owner))
    }

    fn later(&mut self, ms: u64) -> Vec<Effect<Arc<Say>>> {
        self.now = self.now.after(ms);
        self.directory.wake(self.now)
    }
}

fn sign_in(name: &str, owner: u8) -> Ask {
    Ask::SignIn {
        version: 1,
        name: name.into(),
        token: PeerToken([owner; 16]),
        key: LetterKey([owner; 32]),
    }
}

fn signed_in(name: &str) -> Say {
    let name = name.into();
    let listed = false;
    Say::SignedIn { name, listed }
}

fn denied(code: Denial, name: &str) -> Say {
    let name = name.into();
    Say::Denied { code, name }
}

fn to(tab: u64, say: Say) -> Effect<Arc<Say>> {
    Effect::Send(ClientKey(tab), Arc::new(say))
}

fn letter(text: &str) -> Sealed {
    Sealed(text.into())
}

fn tell(to: &str) -> Ask {
    let to = to.into();
    let letter = letter("letter");
    Ask::Tell { to, letter }
}

fn listed(name: &str, busy: bool) -> Listed {
    let name = name.into();
    Listed { name, busy }
}

#[test]
fn a_name_is_one_persons_in_all_their_tabs_and_nobody_elses() {
    let mut desk = Desk::new(false);
    assert_eq!(desk.comes(1, "Ana", 1), [to(1, signed_in("Ana"))]);
    assert_eq!(desk.comes(2, "ana", 1), [to(2, signed_in("Ana"))]);
    assert_eq!(
        desk.comes(3, "ANA", 2),
        [to(3, denied(Denial::Taken, "ANA"))]
    );
    assert_eq!(desk.says(3, &sign_in("Ben", 2)), [to(3, signed_in("Ben"))]);
}

#[test]
fn what_looks_the_same_is_the_same_name() {
    let mut desk = Desk::new(false);
    desk.comes(1, "ana", 1);
    // The shell's rule, which here takes Cyrillic а and н for what they look like.
    assert_eq!(
        desk.comes(2, "аnа", 2),
        [to(2, denied(Denial::Taken, "аnа"))]
    );
}

#[test]
fn a_lost_name_waits_for_its_owner_for_half_a_minute() {
    let mut desk = Desk::new(false);
    desk.comes(1, "Ana", 1);
    desk.goes(1);
    desk.later(29_000);
    assert_eq!(
        desk.comes(2, "Ana", 2),
        [to(2, denied(Denial::Taken, "Ana"))]
    );
    assert_eq!(desk.comes(3, "Ana", 1), [to(3, signed_in("Ana"))]);
    desk.goes(3);
    desk.later(29_000);
    assert_eq!(
        desk.says(2, &sign_in("Ana", 2)),
        [to(2, denied(Denial::Taken, "Ana"))],
        "counted from the last loss"
    );
    desk.later(1_000);
    assert_eq!(desk.says(2, &sign_in("Ana", 2)), [to(2, signed_in("Ana"))]);
}

#[test]
fn who_signs_out_gives_the_name_back_at_once() {
    let mut desk = Desk::new(false);
    desk.comes(1, "Ana", 1);
    assert_eq!(desk.says(1, &Ask::SignOut), []);
    assert_eq!(desk.comes(2, "Ana", 2), [to(2, signed_in("Ana"))]);
    assert_eq!(
        desk.says(1, &tell("Ana")),
        [to(1, denied(Denial::NotSignedIn, ""))]
    );
}

#[test]
fn another_name_leaves_the_first_one() {
    let mut desk = Desk::new(false);
    desk.comes(1, "Ana", 1);
    desk.says(1, &sign_in("Anna", 1));
    assert_eq!(desk.comes(2, "Ana", 2), [to(2, signed_in("Ana"))]);
}

#[test]
fn names_that_are_none_are_refused_with_a_reason() {
    let mut desk = Desk::new(false);
    desk.connects(1);
    for name in ["", "   ", "\u{200b}\u{202e}", &"x".repeat(33)] {
        assert_eq!(
            desk.says(1, &sign_in(name, 1)),
            [to(1, denied(Denial::BadName, name))]
        );
    }
    let long = "x".repeat(5_000);
    let refused = denied(Denial::BadName, &long[..64]);
    assert_eq!(
        desk.says(1, &sign_in(&long, 1)),
        [to(1, refused)],
        "no more of it is sent back"
    );
}

#[test]
fn letters_reach_every_tab_of_whom_they_are_for_and_bear_the_writers_name() {
    let mut desk = Desk::new(false);
    desk.comes(1, "Ana", 1);
    desk.comes(2, "Ben", 2);
    desk.comes(3, "Ben", 2);
    let told = Say::Told {
        from: "Ana".into(),
        key: LetterKey([1; 32]),
        letter: letter("letter"),
    };
    assert_eq!(
        desk.says(1, &tell("ben")),
        [to(2, told.clone()), to(3, told)]
    );
    for (name, code) in [
        ("Cleo", Denial::Nobody),
        ("", Denial::Nobody),
        ("ANA", Denial::Yourself),
    ] {
        assert_eq!(desk.says(1, &tell(name)), [to(1, denied(code, name))]);
        let find = Ask::Find { name: name.into() };
        assert_eq!(desk.says(1, &find), [to(1, denied(code, name))]);
    }
    let find = Ask::Find { name: "BEN".into() };
    let (name, key) = ("Ben".into(), LetterKey([2; 32]));
    assert_eq!(desk.says(1, &find), [to(1, Say::Found { name, key })]);
}

#[test]
fn who_had_a_letter_is_told_at_once_that_the_other_has_gone() {
    let mut desk = Desk::new(false);
    desk.comes(1, "Ana", 1);
    desk.comes(2, "Ben", 2);
    desk.comes(3, "Ben", 2);
    desk.comes(4, "Cleo", 3);
    desk.says(1, &tell("Ben"));
    assert_eq!(desk.goes(2), [], "another tab is there");
    let gone = |name: &str| Say::Gone { name: name.into() };
    assert_eq!(desk.goes(3), [to(1, gone("Ben"))]);
    desk.comes(5, "Ben", 2);
    desk.says(1, &tell("Ben"));
    assert_eq!(desk.says(1, &Ask::SignOut), [to(5, gone("Ana"))]);
}

#[test]
fn a_list_comes_with_the_name_and_changes_follow_together() {
    let mut desk = Desk::new(true);
    let everybody = |people: &[Listed]| {
        let (first, people) = (true, people.to_vec());
        Say::People { first, people }
    };
    let (ana, ben) = (listed("Ana", false), listed("Ben", false));
    let at_once = desk.comes(1, "Ana", 1);
    assert_eq!(at_once[1..], [to(1, everybody(&[ana]))]);
    assert_eq!(desk.comes(2, "Ben", 2).len(), 1, "the list is gathered for");
    desk.says(1, &Ask::Busy { busy: true });
    assert_eq!(desk.later(249), []);
    let busy = listed("Ana", true);
    let (here, gone) = ([busy.clone(), ben.clone()].into(), Vec::new());
    assert_eq!(
        desk.later(1),
        [
            to(1, Say::Changed { here, gone }),
            to(2, everybody(&[busy, ben]))
        ]
    );
    assert_eq!(desk.later(10_000), [], "nothing has changed since");
    let (here, gone) = (Vec::new(), ["Ben".into()].into());
    assert_eq!(
        desk.goes(2),
        [to(1, Say::Changed { here, gone })],
        "at once"
    );
}

#[test]
fn the_list_comes_once_however_often_a_tab_takes_another_name() {
    let mut desk = Desk::new(true);
    desk.comes(1, "Ana", 1);
    desk.comes(2, "Ben", 2);
    desk.later(250);
    let both = |say: &Say| [1, 2].map(|tab| to(tab, say.clone()));
    for (name, gone) in [
        ("Ben", None),
        ("Benno", Some("Ben")),
        ("Cleo", Some("Benno")),
    ] {
        let name = name.to_string();
        let is_in = Say::SignedIn {
            name: name.clone(),
            listed: true,
        };
        assert_eq!(desk.says(2, &sign_in(&name, 2)), [to(2, is_in)]);
        let mut expected = both(&Say::Changed {
            here: [listed(&name, false)].into(),
            gone: Vec::new(),
        })
        .to_vec();
        expected.extend(gone.into_iter().flat_map(|gone| {
            both(&Say::Changed {
                here: Vec::new(),
                gone: [gone.to_string()].into(),
            })
        }));
        assert_eq!(desk.later(250), expected, "told as everybody is");
    }
    // Who has gone and comes again has no list.
    desk.says(2, &Ask::SignOut);
    desk.says(2, &sign_in("Ben", 2));
    let told = desk.later(250);
    let list = |it: &Effect<Arc<Say>>| matches!(it, Effect::Send(ClientKey(2), say) if matches!(**say, Say::People { .. }));
    assert!(told.iter().any(list), "{told:?}");
}

/// Those of the answers that say "too fast".
fn too_fast(answers: &[Effect<Arc<Say>>]) -> usize {
    let is_refusal = |it: &&Effect<Arc<Say>>| matches!(it, Effect::Send(_, say) if matches!(**say, Say::Denied { code: Denial::TooFast, .. }));
    answers.iter().filter(is_refusal).count()
}

#[test]
fn one_tab_tells_everybody_of_itself_a_few_times_a_minute() {
    let mut desk = Desk::new(true);
    desk.comes(1, "Ana", 1);
    desk.connects(2);
    let (mut told, mut refused) = (0, 0);
    // As fast as messages may come at all, for five minutes.
    for n in 0..15_000_u32 {
        let ask = match n % 3 {
            2 => Ask::Busy { busy: n % 2 == 0 },
            _ => sign_in(&format!("Ben{n}"), 2),
        };
        refused += too_fast(&desk.says(2, &ask));
        let effects = desk.later(20);
        told += effects
            .iter()
            .filter(|it| matches!(it, Effect::Send(ClientKey(1), _)))
            .count();
    }
    assert!(desk.directory.is_signed_in(ClientKey(2)));
    assert!((14_500..15_000).contains(&refused), "{refused}");
    assert!(told < 400, "{told}");
    desk.later(60_000);
    let renamed = desk.says(2, &sign_in("Ben", 2));
    assert_eq!(too_fast(&renamed), 0, "after a pause");
}

#[test]
fn tabs_of_one_address_share_what_they_may_tell_everybody_and_others_are_not_held_by_it() {
    let mut desk = Desk::new(true);
    let comes = |desk: &mut Desk, tab: u64, source| {
        desk.directory
            .connect_from(ClientKey(tab), Some(Source(source)));
        too_fast(&desk.says(tab, &sign_in(&format!("N{tab}"), 1))) == 0
    };
    let mut came = 0;
    for tab in 0..1_000 {
        came += u32::from(comes(&mut desk, tab, 7));
        // Coming anew is no way round it.
        desk.goes(tab);
    }
    assert_eq!(came, CHANGES.burst);
    assert!(comes(&mut desk, 2_000, 8));
    desk.later(60_000);
    assert!(comes(&mut desk, 2_001, 7));
}

#[test]
fn who_signs_out_before_the_list_has_come_gets_none() {
    let mut desk = Desk::new(true);
    desk.comes(1, "Ana", 1);
    desk.comes(2, "Ben", 2);
    desk.comes(3, "Cleo", 3);
    desk.says(2, &Ask::SignOut);
    desk.goes(3);
    let (here, gone) = (Vec::new(), ["Ben".into(), "Cleo".into()].into());
    assert_eq!(desk.later(250), [to(1, Say::Changed { here, gone })]);
}

#[test]
fn a_person_is_busy_while_one_of_their_tabs_is() {
    let mut desk = Desk::new(true);
    desk.comes(1, "Ana", 1);
    desk.comes(2, "Ana", 1);
    desk.says(2, &Ask::Busy { busy: true });
    desk.later(250);
    desk.says(1, &Ask::Busy { busy: false });
    assert_eq!(desk.later(250), []);
    let (here, gone) = ([listed("Ana", false)].into(), Vec::new());
    assert_eq!(desk.goes(2), [to(1, Say::Changed { here, gone })]);
}

#[test]
fn a_host_who_wants_no_list_gives_none_and_names_work_all_the_same() {
    let mut desk = Desk::new(false);
    assert_eq!(desk.comes(1, "Ana", 1).len(), 1);
    desk.comes(2, "Ben", 2);
    assert_eq!(desk.directory.next_wake(), None);
    assert_eq!(desk.later(60_000), []);
    assert_eq!(desk.says(1, &tell("Ben")).len(), 1);
}

#[test]
fn a_list_of_thousands_comes_in_parts_that_fit() {
    let mut desk = Desk::new(true);
    // The longest name that there is, in the letters that take the most room.
    for tab in 0..1_000_u32 {
        let number: String = format!("{tab:04}");
        desk.comes(u64::from(tab), &("\u{1d538}".repeat(28) + &number), 1);
    }
    desk.later(250);
    desk.comes(5_000, "Ana", 2);
    let newcomer = ClientKey(5_000);
    let texts: Vec<String> = desk
        .later(250)
        .iter()
        .filter_map(|it| match it {
            Effect::Send(key, say) if *key == newcomer => Some(encode(say)),
            _ => None,
        })
        .collect();
    assert_eq!(texts.len(), 1_001_usize.div_ceil(MAX_LISTED));
    assert!(texts.iter().all(|it| it.len() <= 4 * 1024));
}

#[test]
fn nothing_is_told_to_who_is_not_signed_in() {
    let mut desk = Desk::new(true);
    desk.comes(1, "Ana", 1);
    desk.connects(2);
    for ask in [
        tell("Ana"),
        Ask::Find { name: "Ana".into() },
        Ask::Busy { busy: true },
    ] {
        assert_eq!(desk.says(2, &ask), [to(2, denied(Denial::NotSignedIn, ""))]);
    }
    assert_eq!(desk.says(2, &Ask::SignOut), []);
    assert_eq!(desk.says(2, &Ask::Ping), [to(2, Say::Pong)]);
    desk.comes(3, "Ben", 3);
    let told: Vec<ClientKey> = desk
        .later(250)
        .iter()
        .filter_map(|it| match it {
            Effect::Send(key, _) => Some(*key),
            Effect::Close(..) => None,
        })
        .collect();
    assert_eq!(told, [ClientKey(1), ClientKey(3)]);
}

#[test]
fn rubbish_is_refused_and_ends_the_connection() {
    let mut desk = Desk::new(false);
    desk.comes(1, "Ana", 1);
    let mut last = Vec::new();
    for text in [
        "",
        "{",
        "{}",
        "[]",
        r#"{"type":"fly"}"#,
        r#"{"type":"find"}"#,
        "\0",
        "null",
    ] {
        last = desk.directory.text(desk.now, ClientKey(1), text);
        assert_eq!(last[0], to(1, denied(Denial::BadMessage, "")));
    }
    assert_eq!(last[1], Effect::Close(ClientKey(1), close::BAD_MESSAGE));
    assert!(!desk.directory.is_signed_in(ClientKey(1)));
}

#[test]
fn letters_too_long_or_not_sealed_are_refused() {
    let mut desk = Desk::new(false);
    desk.comes(1, "Ana", 1);
    desk.comes(2, "Ben", 2);
    for text in [String::new(), "a b".into(), "x".repeat(MAX_LETTER + 1)] {
        let ask = Ask::Tell {
            to: "Ben".into(),
            letter: letter(&text),
        };
        assert_eq!(
            desk.says(1, &ask),
            [to(1, denied(Denial::BadMessage, "Ben"))]
        );
    }
}

#[test]
fn a_full_directory_and_another_version_say_so_and_hang_up() {
    let mut desk = Desk::with(Rules {
        tabs: 1,
        changes: CHANGES,
        listed: true,
        fold,
    });
    desk.connects(1);
    let full = [
        to(2, denied(Denial::Full, "")),
        Effect::Close(ClientKey(2), close::SERVER_FULL),
    ];
    assert_eq!(desk.connects(2), full);
    let Ask::SignIn {
        name, token, key, ..
    } = sign_in("Ana", 1)
    else {
        unreachable!()
    };
    let version = 2;
    let ask = Ask::SignIn {
        version,
        name,
        token,
        key,
    };
    let refused = [
        to(1, denied(Denial::UnsupportedVersion, "Ana")),
        Effect::Close(ClientKey(1), close::UNSUPPORTED_VERSION),
    ];
    assert_eq!(desk.says(1, &ask), refused);
}

#[test]
fn who_floods_is_slowed_and_then_let_go() {
    let mut desk = Desk::new(false);
    desk.comes(1, "Ana", 1);
    let effects: Vec<Effect<Arc<Say>>> =
        (0..1_000).flat_map(|_| desk.says(1, &Ask::Ping)).collect();
    assert!(effects.contains(&to(1, denied(Denial::TooFast, ""))));
    assert!(effects.contains(&Effect::Close(ClientKey(1), close::TOO_FAST)));
}
