//! Making sure who it is: two pages that agree on a code, somebody between them who would like them to,
//! and later calls in which they know each other, or do not.

use crate::world::{CALM, STORM, World};
use duologue_core::{
    call::{Ended, Phase},
    entropy::Entropy,
    ids::{Commitment, ConnId, Nonce, PeerId, Proof},
    io::{Input as CallInput, Intent, SignalEvent},
    seal::{RoomSecret, Seal, To},
    time::Millis,
    verify::{
        Agreed, Certificates, Code, CodeState, Config, End, Fingerprint, Input, MOST, Output,
        People, Trouble, Trust, Verify, commit,
    },
    wire::{self, PeerMsg, ServerMsg, VerifyMsg},
};
use proptest::prelude::*;
use std::collections::VecDeque;

const ANA: PeerId = PeerId([1; 16]);
const BEN: PeerId = PeerId([2; 16]);
/// Longer than anybody waits for an answer.
const PATIENCE: u64 = 21_000;
/// Longer than anybody is let be who has just come.
const SETTLED: u64 = 4_000;

/// One page, or one end of somebody in the middle.
struct Page {
    machine: Verify,
    now: Millis,
    me: PeerId,
    them: PeerId,
    used: Option<Certificates>,
    says: VecDeque<VerifyMsg>,
    /// What is there in later calls.
    kept: People,
}

fn chance(from: &mut Entropy) -> [u8; 32] {
    let mut bytes = [0; 32];
    for part in bytes.chunks_mut(8) {
        part.copy_from_slice(&from.next_u64().to_le_bytes());
    }
    bytes
}

impl Page {
    fn new(from: &mut Entropy, me: PeerId, them: PeerId, certificates: [u8; 2]) -> Page {
        Page::with(from, me, them, certificates, People::default(), true)
    }

    fn with(
        from: &mut Entropy,
        me: PeerId,
        them: PeerId,
        [own, theirs]: [u8; 2],
        people: People,
        keeps: bool,
    ) -> Page {
        let config = Config {
            me,
            chance: chance(from),
            people: people.clone(),
            keeps,
        };
        let (own, theirs): (Fingerprint, Fingerprint) = ([own; 32], [theirs; 32]);
        Page {
            machine: Verify::new(config),
            now: Millis(1_000),
            me,
            them,
            used: Some(Certificates { own, theirs }),
            says: VecDeque::new(),
            kept: people,
        }
    }

    fn take(&mut self, input: Input) {
        for output in self.machine.handle(self.now, input) {
            match output {
                Output::Tell(to, message) => {
                    assert_eq!(to, self.them);
                    self.says.push_back(message);
                }
                Output::Keep(it) => drop(self.kept.add(it)),
                Output::Changed => {}
            }
        }
    }

    /// A connection has stood for a while, with whoever is called that.
    fn meets(&mut self, conn: u32, name: &str) {
        self.sees(conn, name);
        self.waits(SETTLED);
    }

    fn sees(&mut self, conn: u32, name: &str) {
        let (peer, conn, name) = (self.them, ConnId(conn), name.to_string());
        self.take(Input::Here { peer, conn, name });
    }

    fn hears(&mut self, message: VerifyMsg) {
        let (peer, used) = (self.them, self.used);
        self.take(Input::Heard {
            peer,
            message,
            used,
        });
    }

    fn compares(&mut self) {
        self.take(Input::Compare(self.them));
    }

    fn says_match(&mut self) {
        self.take(Input::Match(self.them));
    }

    fn waits(&mut self, ms: u64) {
        self.now = self.now.after(ms);
        self.take(Input::Wake);
    }

    fn state(&self) -> CodeState {
        self.machine.code(self.them)
    }

    fn code(&self) -> Option<Code> {
        match self.state() {
            CodeState::Ready(code) => Some(code),
            _ => None,
        }
    }

    fn trust(&self) -> Trust {
        self.machine.trust(self.them)
    }
}

/// Until nobody says anything any more; `to` is whom each one's words reach.
fn talk(pages: &mut [Page], to: impl Fn(usize) -> usize) {
    while let Some(from) = pages.iter().position(|it| !it.says.is_empty()) {
        let Some(message) = pages[from].says.pop_front() else {
            continue;
        };
        pages[to(from)].hears(message);
    }
}

fn each_other(from: usize) -> usize {
    from ^ 1
}

fn two(seed: u64) -> [Page; 2] {
    let mut from = Entropy::new(seed);
    let mut pages = [
        Page::new(&mut from, ANA, BEN, [10, 20]),
        Page::new(&mut from, BEN, ANA, [20, 10]),
    ];
    pages[0].meets(1, "Ben");
    pages[1].meets(1, "Ana");
    pages
}

/// Another call between the two, with what each of them has kept. DTLS has new certificates.
fn later(before: &[Page; 2], seed: u64) -> [Page; 2] {
    let mut from = Entropy::new(seed + 1_000);
    let [ana, ben] = before;
    [
        Page::with(&mut from, ANA, BEN, [11, 21], ana.kept.clone(), true),
        Page::with(&mut from, BEN, ANA, [21, 11], ben.kept.clone(), true),
    ]
}

fn meet(pages: &mut [Page; 2]) {
    pages[0].meets(2, "Ben");
    pages[1].meets(2, "Ana");
    talk(pages, each_other);
}

/// Both have compared, and said so.
fn acquainted(seed: u64) -> [Page; 2] {
    let mut pages = two(seed);
    pages[0].compares();
    talk(&mut pages, each_other);
    pages[0].says_match();
    pages[1].says_match();
    talk(&mut pages, each_other);
    pages
}

fn known(name: &str) -> Trust {
    let name = name.to_string();
    Trust::Known { name }
}

#[test]
fn both_see_the_same_code_whoever_asks_for_it() {
    for seed in 0..50 {
        let mut pages = two(seed);
        assert_eq!(pages[0].state(), CodeState::None);
        match seed % 3 {
            0 => pages[0].compares(),
            1 => pages[1].compares(),
            _ => pages.iter_mut().for_each(Page::compares),
        }
        talk(&mut pages, each_other);
        assert!(pages[0].code().is_some());
        assert_eq!(pages[0].code(), pages[1].code());
        assert!(pages.iter().all(|it| it.trust() == Trust::Unchecked));
    }
}

#[test]
fn whoever_was_asked_for_before_they_could_be_reached_is_asked_then() {
    let mut from = Entropy::new(1);
    let mut pages = [
        Page::new(&mut from, ANA, BEN, [10, 20]),
        Page::new(&mut from, BEN, ANA, [20, 10]),
    ];
    pages[0].compares();
    pages[1].meets(1, "Ana");
    pages[0].meets(1, "Ben");
    talk(&mut pages, each_other);
    assert_eq!(pages[0].code(), pages[1].code());
    assert!(pages[0].code().is_some());
}

/// Ana, somebody who is Ben to her and Ana to Ben, and Ben.
fn with_one_between(from: &mut Entropy) -> [Page; 4] {
    let mut pages = [
        Page::new(from, ANA, BEN, [10, 30]),
        Page::new(from, BEN, ANA, [30, 10]),
        Page::new(from, ANA, BEN, [31, 20]),
        Page::new(from, BEN, ANA, [20, 31]),
    ];
    for page in &mut pages {
        page.meets(1, "somebody");
    }
    pages
}

#[test]
fn somebody_between_two_makes_their_codes_differ_in_each_of_a_thousand_calls() {
    let mut from = Entropy::new(7);
    for run in 0..1_000 {
        let mut pages = with_one_between(&mut from);
        match run % 4 {
            // Hands everything on as it is: both nonces are the same on both sides.
            0 => {
                pages[0].compares();
                talk(&mut pages, |who| 3 - who);
            }
            // Two calls of their own, one after the other or at once.
            1 => {
                pages[0].compares();
                talk(&mut pages, each_other);
                pages[3].compares();
                talk(&mut pages, each_other);
            }
            2 => {
                pages[0].compares();
                pages[3].compares();
                talk(&mut pages, each_other);
            }
            // The nonce of one side told to the other.
            _ => {
                pages[3].compares();
                talk(&mut pages[2..], each_other);
                pages[0].compares();
                let said = pages[0].says.pop_front().unwrap();
                let nonce = Nonce(chance(&mut from));
                let commit = commit(BEN, ANA, &nonce);
                pages[0].hears(VerifyMsg::Commit { commit });
                pages[0].hears(VerifyMsg::Reveal { nonce });
                drop(said);
            }
        }
        let codes = [&pages[0], &pages[3]].map(|it| it.code());
        assert!(codes.iter().all(Option::is_some), "{run}: {codes:?}");
        assert_ne!(codes[0], codes[1], "{run}");
    }
}

/// What a man in the middle would search for: a nonce that gives Ana the code that Ben sees already.
fn grind(tries: u64, target: Code, mut code: impl FnMut(Nonce) -> Code) -> Option<Nonce> {
    let nonces = (0..tries).map(|it| {
        let mut nonce = Nonce([0; 32]);
        nonce.0[..8].copy_from_slice(&it.to_le_bytes());
        nonce
    });
    nonces.into_iter().find(|it| code(*it) == target)
}

#[test]
fn searching_for_a_nonce_is_of_no_use() {
    let mut from = Entropy::new(8);
    let mut pages = with_one_between(&mut from);
    pages[3].compares();
    talk(&mut pages[2..], each_other);
    let target = pages[3].code().unwrap();
    // Ana has committed, so her nonce is not known: all that can be searched for is a guess of it.
    pages[0].compares();
    let Some(VerifyMsg::Commit { commit: hers }) = pages[0].says.pop_front() else {
        panic!("a commitment comes first");
    };
    let code = |hers: Nonce, mine: Nonce| {
        let (ana, between) = (
            End {
                id: ANA,
                certificate: [10; 32],
                nonce: hers,
            },
            End {
                id: BEN,
                certificate: [30; 32],
                nonce: mine,
            },
        );
        Agreed::between(&ana, &between).code()
    };
    let guess = Nonce([0; 32]);
    assert_ne!(commit(ANA, BEN, &guess), hers);
    let mine = grind(1 << 16, target, |mine| code(guess, mine)).unwrap_or(guess);
    pages[0].hears(VerifyMsg::Commit {
        commit: commit(BEN, ANA, &mine),
    });
    let Some(VerifyMsg::Reveal { nonce: hers }) = pages[0].says.pop_front() else {
        panic!("the nonce, now that both are committed");
    };
    // Now it could be searched for, and some nonce would do; it is too late to take it.
    let better = grind(1 << 16, target, |mine| code(hers, mine)).unwrap_or(Nonce([1; 32]));
    assert_ne!(commit(BEN, ANA, &better), commit(BEN, ANA, &mine));
    pages[0].hears(VerifyMsg::Reveal { nonce: better });
    assert_eq!(pages[0].state(), CodeState::Failed(Trouble::Misfit));
    // Nor does the first one help any more.
    pages[0].hears(VerifyMsg::Reveal { nonce: mine });
    assert_eq!(pages[0].code(), None);
    assert_ne!(code(hers, mine), target);
}

#[test]
fn words_out_of_turn_leave_no_code_and_no_second_try() {
    let nonce = Nonce([5; 32]);
    let fits = VerifyMsg::Commit {
        commit: commit(BEN, ANA, &nonce),
    };
    let reveal = VerifyMsg::Reveal { nonce };
    let wrong = VerifyMsg::Reveal {
        nonce: Nonce([6; 32]),
    };
    let handed_back = VerifyMsg::Commit {
        commit: commit(ANA, BEN, &nonce),
    };
    for words in [
        vec![reveal.clone()],
        vec![fits.clone(), fits.clone()],
        vec![fits.clone(), wrong],
        vec![handed_back, reveal.clone()],
        vec![fits.clone(), reveal.clone(), reveal.clone()],
        vec![fits.clone(), reveal.clone(), fits.clone()],
        vec![VerifyMsg::Known { proofs: Vec::new() }],
        vec![
            fits.clone(),
            reveal.clone(),
            VerifyMsg::Known {
                proofs: vec![Proof([0; 16]); MOST + 1],
            },
        ],
    ] {
        let [mut ana, _] = two(3);
        for message in &words {
            ana.hears(message.clone());
        }
        let failed = CodeState::Failed(Trouble::Misfit);
        assert_eq!(ana.state(), failed, "{words:?}");
        ana.says.clear();
        ana.compares();
        for message in [fits.clone(), reveal.clone()] {
            ana.hears(message);
        }
        assert_eq!(ana.state(), failed, "{words:?}");
        assert!(ana.says.is_empty());
        // A new connection is a new matter, and she has asked.
        ana.meets(2, "Ben");
        assert_eq!(ana.state(), CodeState::Making);
    }
}

#[test]
fn a_nonce_is_not_told_before_both_are_committed() {
    let [mut ana, _] = two(4);
    ana.compares();
    assert!(matches!(
        ana.says.make_contiguous(),
        [VerifyMsg::Commit { .. }]
    ));
    ana.hears(VerifyMsg::Commit {
        commit: Commitment([1; 32]),
    });
    assert!(matches!(
        ana.says.make_contiguous(),
        [VerifyMsg::Commit { .. }, VerifyMsg::Reveal { .. }]
    ));
}

#[test]
fn who_does_not_answer_gets_no_code() {
    let [mut ana, _] = two(5);
    ana.compares();
    assert_eq!(ana.state(), CodeState::Making);
    ana.waits(PATIENCE);
    assert_eq!(ana.state(), CodeState::Failed(Trouble::Silent));
    let [mut ana, _] = two(5);
    ana.compares();
    ana.hears(VerifyMsg::Commit {
        commit: Commitment([1; 32]),
    });
    ana.waits(PATIENCE);
    assert_eq!(ana.state(), CodeState::Failed(Trouble::Silent));
}

#[test]
fn without_knowing_the_certificates_there_is_no_code() {
    let mut pages = two(6);
    pages[1].used = None;
    pages[0].compares();
    talk(&mut pages, each_other);
    assert_eq!(pages[1].state(), CodeState::Failed(Trouble::Unseen));
    assert_eq!(pages[1].trust(), Trust::Unchecked);
}

#[test]
fn those_who_compared_know_each_other_in_later_calls() {
    let mut pages = acquainted(1);
    assert!(pages.iter().all(|it| it.trust() == Trust::Compared));
    for seed in 1..4 {
        pages = later(&pages, seed);
        meet(&mut pages);
        assert_eq!(pages[0].trust(), known("Ben"));
        assert_eq!(pages[1].trust(), known("Ana"));
    }
    // By another name too: it is the device that is known.
    pages = later(&pages, 9);
    pages[0].meets(2, "Benjamin");
    pages[1].meets(2, "Ana");
    talk(&mut pages, each_other);
    assert_eq!(pages[0].trust(), known("Ben"));
}

#[test]
fn nobody_who_has_just_come_is_busied_with_it_unless_somebody_asks() {
    let before = acquainted(1);
    let [mut ana, _] = later(&before, 1);
    ana.sees(2, "Ben");
    assert!(ana.says.is_empty());
    assert_eq!(ana.trust(), Trust::Unchecked);
    ana.waits(2_000);
    assert!(ana.says.is_empty());
    ana.waits(2_000);
    assert!(!ana.says.is_empty());
    let [mut ana, _] = later(&before, 1);
    ana.sees(2, "Ben");
    ana.compares();
    assert_eq!(ana.says.len(), 1);
    ana.waits(SETTLED);
    assert_eq!(ana.says.len(), 1, "once");
}

#[test]
fn a_connection_that_broke_in_the_middle_is_known_again_by_itself() {
    let mut pages = acquainted(2);
    for (page, name) in pages.iter_mut().zip(["Ben", "Ana"]) {
        page.take(Input::Away(page.them));
        assert_eq!(page.trust(), Trust::Unchecked);
        page.used = page.used.map(|it| Certificates {
            own: it.own.map(|byte| byte + 50),
            theirs: it.theirs.map(|byte| byte + 50),
        });
        page.meets(2, name);
    }
    talk(&mut pages, each_other);
    assert_eq!(pages[0].trust(), known("Ben"));
    assert_eq!(pages[1].trust(), known("Ana"));
}

#[test]
fn who_did_not_compare_says_nothing_and_is_known_all_the_same() {
    let mut pages = two(3);
    pages[0].compares();
    talk(&mut pages, each_other);
    pages[0].says_match();
    talk(&mut pages, each_other);
    assert_eq!(pages[1].trust(), Trust::Unchecked);
    let mut pages = later(&pages, 3);
    meet(&mut pages);
    assert_eq!(pages[0].trust(), known("Ben"));
    assert_eq!(pages[1].trust(), Trust::Unchecked);
    // Ben compares now: nothing new has to be agreed on.
    pages[1].says_match();
    assert!(pages[1].says.is_empty());
    let mut pages = later(&pages, 4);
    meet(&mut pages);
    assert_eq!(pages[1].trust(), known("Ana"));
}

#[test]
fn whoever_forgot_is_doubtful_to_those_who_did_not() {
    let mut before = acquainted(4);
    before[0].take(Input::Forget);
    before[0].kept = People::default();
    let mut pages = later(&before, 4);
    meet(&mut pages);
    assert_eq!(pages[1].trust(), Trust::Doubtful);
    assert_eq!(pages[0].trust(), Trust::Unchecked, "she knows nobody");
    // They compare again, and all is well.
    assert_eq!(pages[0].code(), pages[1].code());
    pages[0].says_match();
    pages[1].says_match();
    talk(&mut pages, each_other);
    assert_eq!(pages[1].trust(), Trust::Compared);
    let mut pages = later(&pages, 5);
    meet(&mut pages);
    assert_eq!(pages[0].trust(), known("Ben"));
    assert_eq!(pages[1].trust(), known("Ana"));
}

#[test]
fn to_forget_takes_effect_in_the_call_that_goes_on() {
    let mut pages = later(&acquainted(5), 5);
    meet(&mut pages);
    pages[0].take(Input::Forget);
    assert_eq!(pages[0].trust(), Trust::Unchecked);
    assert_eq!(pages[0].machine.people().count(), 0);
}

#[test]
fn somebody_between_two_who_know_each_other_is_never_taken_for_either() {
    for hands_on in [true, false] {
        let before = acquainted(6);
        let mut from = Entropy::new(60);
        let mut pages = with_one_between(&mut from);
        for (who, page) in [(0, &before[0]), (3, &before[1])] {
            let used = pages[who].used.unwrap();
            let ends = [used.own[0], used.theirs[0]];
            let people = page.kept.clone();
            pages[who] = Page::with(&mut from, page.me, page.them, ends, people, true);
        }
        pages[0].meets(1, "Ben");
        pages[3].meets(1, "Ana");
        talk(&mut pages, |who| match hands_on {
            true => 3 - who,
            false => each_other(who),
        });
        assert_eq!(pages[0].trust(), Trust::Doubtful);
        assert_eq!(pages[3].trust(), Trust::Doubtful);
        assert_ne!(pages[0].code(), pages[3].code());
    }
}

#[test]
fn a_stranger_is_a_stranger_and_one_by_a_known_name_is_doubtful() {
    let before = acquainted(7);
    for (name, trust) in [("Cem", Trust::Unchecked), ("Ben", Trust::Doubtful)] {
        let [mut ana, _] = later(&before, 7);
        ana.meets(2, name);
        let mut pages = [ana, Page::new(&mut Entropy::new(70), BEN, ANA, [21, 11])];
        pages[1].meets(2, "Ana");
        // While it is being looked at nothing is said.
        assert_eq!(pages[0].trust(), Trust::Unchecked);
        talk(&mut pages, each_other);
        assert_eq!(pages[0].trust(), trust);
        // Nor does silence help, nor a call without end.
        let [mut ana, _] = later(&before, 7);
        ana.meets(2, name);
        ana.waits(PATIENCE);
        assert_eq!(ana.trust(), trust);
    }
}

#[test]
fn who_takes_a_known_name_later_is_doubtful_from_then_on() {
    let before = acquainted(7);
    let [mut ana, _] = later(&before, 7);
    ana.meets(2, "Cem");
    ana.waits(PATIENCE);
    assert_eq!(ana.trust(), Trust::Unchecked);
    ana.meets(2, "BEN");
    assert_eq!(ana.trust(), Trust::Doubtful);
}

#[test]
fn proofs_that_are_handed_back_or_kept_prove_nothing() {
    let before = acquainted(8);
    let [mut ana, mut ben] = later(&before, 8);
    ana.meets(2, "Ben");
    ben.meets(2, "Ana");
    let mut heard = Vec::new();
    let mut pages = [ana, ben];
    while let Some(from) = pages.iter().position(|it| !it.says.is_empty()) {
        let Some(message) = pages[from].says.pop_front() else {
            continue;
        };
        heard.push((from, message.clone()));
        pages[from ^ 1].hears(message);
    }
    let proofs = |of: usize| {
        let mut of = heard.iter().filter(|(from, _)| *from == of);
        let known = of.find_map(|(_, it)| match it {
            VerifyMsg::Known { proofs } => Some(proofs.clone()),
            _ => None,
        });
        known.unwrap()
    };
    assert_eq!((proofs(0).len(), proofs(1).len()), (MOST, MOST));
    // Whoever heard Ben's proofs uses them towards Ana, on a connection of their own; or Ana's own.
    for of in [1, 0] {
        let [mut ana, _] = later(&before, 9);
        ana.meets(2, "Ben");
        let nonce = Nonce([9; 32]);
        let commit = commit(BEN, ANA, &nonce);
        for message in [
            VerifyMsg::Commit { commit },
            VerifyMsg::Reveal { nonce },
            VerifyMsg::Known { proofs: proofs(of) },
        ] {
            ana.hears(message);
        }
        assert_eq!(ana.trust(), Trust::Doubtful);
    }
}

#[test]
fn nothing_tells_two_strangers_that_they_met_the_same_person() {
    let before = acquainted(9);
    let met = |seed: u64| {
        let [mut ana, _] = later(&before, seed);
        ana.meets(2, "Somebody");
        let mut pages = [ana, Page::new(&mut Entropy::new(seed), BEN, ANA, [21, 11])];
        pages[1].meets(2, "Ana");
        let mut heard = Vec::new();
        while let Some(from) = pages.iter().position(|it| !it.says.is_empty()) {
            let Some(message) = pages[from].says.pop_front() else {
                continue;
            };
            if let (0, VerifyMsg::Known { proofs }) = (from, &message) {
                heard.extend(proofs.clone());
            }
            pages[from ^ 1].hears(message);
        }
        heard
    };
    let (one, other) = (met(1), met(2));
    assert_eq!((one.len(), other.len()), (MOST, MOST));
    assert!(one.iter().all(|it| !other.contains(it)));
}

#[test]
fn nobody_is_promised_to_be_known_by_a_page_that_keeps_nothing() {
    let mut from = Entropy::new(10);
    let mut pages = two(10);
    pages[1] = Page::with(&mut from, BEN, ANA, [20, 10], People::default(), false);
    pages[1].meets(1, "Ana");
    pages[0].compares();
    talk(&mut pages, each_other);
    pages[0].says_match();
    pages[1].says_match();
    talk(&mut pages, each_other);
    assert!(pages.iter().all(|it| it.trust() == Trust::Compared));
    assert!(pages.iter().all(|it| it.kept.all().is_empty()));
    // So there is no alarm either.
    let mut pages = later(&pages, 10);
    meet(&mut pages);
    assert!(pages.iter().all(|it| it.trust() == Trust::Unchecked));
}

#[test]
fn a_lost_word_makes_nobody_doubtful() {
    for lost in 0..2 {
        let mut pages = two(11);
        pages[0].compares();
        talk(&mut pages, each_other);
        pages[0].says_match();
        let asked = pages[0].says.pop_front().unwrap();
        assert_eq!(asked, VerifyMsg::Match);
        if lost == 1 {
            pages[1].hears(asked);
            assert_eq!(pages[1].says.pop_front(), Some(VerifyMsg::Kept));
        }
        let mut pages = later(&pages, 11);
        meet(&mut pages);
        assert!(pages.iter().all(|it| it.trust() == Trust::Unchecked));
    }
}

#[test]
fn nobody_is_kept_unasked() {
    let mut pages = two(12);
    pages[0].hears(VerifyMsg::Match);
    pages[0].hears(VerifyMsg::Kept);
    pages[0].compares();
    talk(&mut pages, each_other);
    pages[0].hears(VerifyMsg::Kept);
    assert!(pages[0].kept.all().is_empty());
    for _ in 0..9 {
        pages[0].hears(VerifyMsg::Match);
    }
    assert_eq!((pages[0].kept.all().len(), pages[0].kept.count()), (1, 0));
    assert_eq!(pages[0].trust(), Trust::Unchecked);
    assert_eq!(pages[0].machine.dropped(), 11);
}

#[derive(Clone, Debug)]
enum Fate {
    Arrives,
    Lost,
    Twice,
    Later,
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        6 => Just(Fate::Arrives),
        1 => Just(Fate::Lost),
        1 => Just(Fate::Twice),
        1 => Just(Fate::Later),
    ];
    prop::collection::vec(fate, 0..24)
}

fn any_word() -> impl Strategy<Value = VerifyMsg> {
    let bytes = || (0u8..3).prop_map(|it| [it; 32]);
    prop_oneof![
        bytes().prop_map(|it| VerifyMsg::Commit {
            commit: commit(BEN, ANA, &Nonce(it)),
        }),
        bytes().prop_map(|it| VerifyMsg::Reveal { nonce: Nonce(it) }),
        (0usize..99).prop_map(|many| VerifyMsg::Known {
            proofs: vec![Proof([7; 16]); many],
        }),
        Just(VerifyMsg::Match),
        Just(VerifyMsg::Kept),
    ]
}

proptest! {
    #[test]
    fn however_words_arrive_nobody_sees_another_code_than_the_other(
        seed in any::<u64>(), fates in fates(), both in any::<bool>(),
    ) {
        let mut pages = two(seed);
        pages[0].compares();
        if both {
            pages[1].compares();
        }
        let mut fates = fates.into_iter();
        let mut steps = 0;
        while let Some(from) = pages.iter().position(|it| !it.says.is_empty()) {
            let Some(message) = pages[from].says.pop_front() else {
            continue;
        };
            steps += 1;
            match fates.next().unwrap_or(Fate::Arrives) {
                Fate::Lost => {}
                Fate::Later if steps < 99 && !pages[from].says.is_empty() => {
                    pages[from].says.push_back(message);
                }
                Fate::Twice => {
                    pages[from ^ 1].hears(message.clone());
                    pages[from ^ 1].hears(message);
                }
                _ => pages[from ^ 1].hears(message),
            }
        }
        for page in &mut pages {
            page.waits(PATIENCE);
            prop_assert!(!matches!(page.state(), CodeState::Making));
        }
        if let (Some(one), Some(other)) = (pages[0].code(), pages[1].code()) {
            prop_assert_eq!(one, other);
        }
    }

    #[test]
    fn a_hostile_page_is_never_known_and_nothing_that_it_says_panics(
        seed in any::<u64>(),
        words in prop::collection::vec((any_word(), 0u64..9_000, 0u8..6), 0..30),
    ) {
        let [mut ana, _] = later(&acquainted(seed), seed);
        ana.meets(2, "Ben");
        for (word, pause, what) in words {
            match what {
                0 => ana.compares(),
                1 => ana.waits(pause),
                2 => ana.meets(2, if pause % 2 == 0 { "Ben" } else { "Cem" }),
                _ => ana.hears(word),
            }
            prop_assert_ne!(ana.trust(), known("Ben"));
            prop_assert_ne!(ana.trust(), Trust::Compared);
        }
        prop_assert_eq!(ana.kept.count(), 1);
        prop_assert!(ana.kept.all().len() <= 2);
    }
}

// And what the call has to do with it.

fn in_call(seed: u64) -> (World, [usize; 3]) {
    let mut world = World::new(seed, CALM);
    let all = [world.joined(), world.joined(), world.joined()];
    world.until(60_000, "a mesh", |w| w.is_mesh_of(&all));
    // Channels open a moment after.
    world.run(50);
    (world, all)
}

#[test]
fn codes_go_over_control_channels_and_a_signaller_has_no_part_in_them() {
    let (mut world, [ana, ben, cem]) = in_call(1);
    let (from, to) = (world.id(ana), world.id(ben));
    world.user(ana, Intent::TellOfCode(to, VerifyMsg::Match));
    world.run(50);
    assert_eq!(world.people[ben].codes, [(from, VerifyMsg::Match)]);
    assert!(world.people[cem].codes.is_empty());
    // Somebody who knows the room's secret says the same by the signaller, in Ana's name.
    let before = world.people[ben].call.dropped().misplaced;
    let epoch = world.people[ana].call.epoch();
    let mut seal = Seal::new(RoomSecret::from_bytes([9; 16]).keys(), from, epoch);
    let text = wire::encode(&PeerMsg::Verify(VerifyMsg::Kept));
    let to = To::Peer(to, world.people[ben].call.epoch());
    // Envelopes are counted: those that she sent herself are passed by.
    let body = (0..60).map(|_| seal.seal(to, text.as_bytes())).last();
    let relayed = ServerMsg::Relayed {
        room: world.room(),
        from,
        body: body.unwrap(),
    };
    let text = wire::encode(&relayed);
    world.feed(ben, CallInput::Signal(SignalEvent::Text(text)));
    assert_eq!(world.people[ben].codes.len(), 1);
    assert_eq!(world.people[ben].call.dropped().misplaced, before + 1);
}

#[test]
fn whoever_is_refused_is_gone_and_does_not_come_back() {
    for (seed, weather) in [(2, CALM), (3, STORM)] {
        let (mut world, [ana, ben, cem]) = in_call(seed);
        world.weather = weather;
        let refused = world.id(ben);
        world.user(ana, Intent::Refuse(refused));
        let sees = |w: &World, who: usize| w.sees(who).len();
        assert_eq!(sees(&world, ana), 1);
        world.run(60_000);
        assert_eq!(sees(&world, ana), 1, "Cem alone");
        // A restarted server tells everybody of everybody anew.
        world.stop_server();
        world.run(2_000);
        world.start_server();
        world.run(60_000);
        assert!(world.sees(ana).iter().all(|(id, _)| *id != refused));
        assert!(world.is_mesh_of(&[ana, cem]) || sees(&world, cem) == 2);
    }
}

#[test]
fn a_direct_call_with_somebody_who_is_refused_is_over() {
    let mut world = World::new(4, CALM);
    let (ana, ben) = crate::direct::connected(&mut world);
    let refused = world.id(ben);
    world.user(ana, Intent::Refuse(refused));
    world.run(1_000);
    let phase = |who: usize| world.people[who].call.view().phase;
    assert_eq!(phase(ana), Phase::Ended(Ended::CodesDiffer));
    assert_eq!(phase(ben), Phase::Ended(Ended::OtherLeft));
}
