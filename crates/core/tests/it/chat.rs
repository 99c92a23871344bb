//! Writing in a call: everybody reads the same, once, in one order, whatever the pipes do; who comes
//! later reads what was said; what is private stays with one.

use crate::world::{CALM, STORM, Weather, World};
use duologue_core::{
    chat::{Audience, Entry, Fate, MAX_LINES, Source},
    ids::{Epoch, PeerId},
    io::{ConnEvent, Input, Intent},
    wire::{self, Line, Past, PeerMsg, Said},
};
use proptest::prelude::*;

const BAD: Weather = Weather {
    lost: 20,
    doubled: 30,
    jitter: 300,
};

fn mesh(world: &mut World, people: usize) -> Vec<usize> {
    let all: Vec<usize> = (0..people).map(|_| world.joined()).collect();
    world.until(60_000, "a mesh", |w| w.is_mesh_of(&all));
    all
}

fn say(world: &mut World, who: usize, text: &str) {
    let at = 1_795_000_000_000 + world.now.0;
    let text = text.to_string();
    world.user(
        who,
        Intent::Say {
            text,
            at,
            only: None,
        },
    );
}

fn whisper(world: &mut World, who: usize, to: usize, text: &str) {
    let (text, only) = (text.to_string(), Some(world.id(to)));
    world.user(who, Intent::Say { text, at: 0, only });
}

fn entries(world: &World, who: usize) -> &[Entry] {
    world.people[who].call.chat().entries()
}

fn reads(world: &World, who: usize) -> Vec<String> {
    entries(world, who)
        .iter()
        .map(|it| it.text.clone())
        .collect()
}

fn fates(world: &World, who: usize, text: &str) -> Vec<Fate> {
    let entry = entries(world, who).iter().find(|it| it.text == text);
    match entry.map(|it| &it.source) {
        Some(Source::Own(copies)) => copies.iter().map(|(_, fate)| *fate).collect(),
        other => panic!("{text:?} is {other:?}"),
    }
}

fn all_arrived(world: &World, who: usize) -> bool {
    entries(world, who).iter().all(|it| match &it.source {
        Source::Own(copies) => copies.iter().all(|(_, fate)| *fate == Fate::Arrived),
        _ => true,
    })
}

/// Says something over `from`'s own channel to `to` that `from` would not.
fn forge(world: &mut World, from: usize, to: usize, message: &PeerMsg) {
    let id = world.id(from);
    let view = world.people[to].call.view();
    let peer = view.peers.iter().find(|p| p.id == id);
    let Some(conn) = peer.and_then(|p| p.conn) else {
        panic!("they are not connected");
    };
    let text = ConnEvent::ChannelText(wire::encode(message));
    world.feed_raw(to, Input::Conn(conn, text));
}

#[test]
fn what_is_written_is_read_by_everyone_with_its_authors_name_and_marked_as_delivered() {
    let mut world = World::new(1, CALM);
    let all = mesh(&mut world, 3);
    say(&mut world, all[0], "  Hello\neverybody \u{202e}");
    assert_eq!(
        fates(&world, all[0], "Hello\neverybody"),
        [Fate::OnItsWay; 2]
    );
    world.run(50);
    for who in &all {
        let read = &entries(&world, *who)[0];
        assert_eq!(
            (read.name.as_str(), read.text.as_str()),
            ("Person 0", "Hello\neverybody")
        );
    }
    assert_eq!(
        fates(&world, all[0], "Hello\neverybody"),
        [Fate::Arrived; 2]
    );
    assert!(
        world
            .people
            .iter()
            .all(|p| p.call.chat().next_wake().is_none()),
        "a timer for nothing"
    );
}

#[test]
fn nothing_and_too_much_are_not_sent() {
    let mut world = World::new(2, CALM);
    let all = mesh(&mut world, 2);
    for text in ["", "  \n\u{200b} ", &"x".repeat(4_001)] {
        say(&mut world, all[0], text);
    }
    world.run(1_000);
    assert!(reads(&world, all[0]).is_empty() && reads(&world, all[1]).is_empty());
}

#[test]
fn over_bad_pipes_everyone_reads_everything_once_and_in_the_same_order() {
    for seed in 0..12 {
        let mut world = World::new(seed, STORM);
        let all = mesh(&mut world, 4);
        world.pipe = Some(BAD);
        for number in 0..40 {
            let who = all[world.chance.below(4) as usize];
            say(&mut world, who, &format!("{number}"));
            let pause = world.chance.below(500);
            world.run(pause);
        }
        world.until(300_000, "everything delivered", |w| {
            all.iter().all(|who| all_arrived(w, *who))
        });
        let first = reads(&world, all[0]);
        assert_eq!(first.len(), 40, "seed {seed}");
        assert!(
            all.iter().all(|who| reads(&world, *who) == first),
            "seed {seed}"
        );
    }
}

#[test]
fn an_answer_stands_after_its_question_whatever_the_clocks_say() {
    let mut world = World::new(3, CALM);
    let all = mesh(&mut world, 3);
    let ask = Intent::Say {
        text: "question".to_string(),
        at: u64::MAX,
        only: None,
    };
    world.user(all[0], ask);
    world.run(100);
    let answer = Intent::Say {
        text: "answer".to_string(),
        at: 0,
        only: None,
    };
    world.user(all[1], answer);
    world.run(100);
    for who in all {
        assert_eq!(reads(&world, who), ["question", "answer"]);
    }
}

#[test]
fn what_was_said_while_the_way_was_cut_arrives_when_it_is_back() {
    for seed in 0..8 {
        let mut world = World::new(seed, CALM);
        let all = mesh(&mut world, 3);
        world.set_cut(all[0], all[1], true);
        let gap = 200 + seed * 3_000;
        world.run(gap);
        say(&mut world, all[0], "from one side");
        say(&mut world, all[1], "from the other");
        world.run(500);
        assert_eq!(fates(&world, all[0], "from one side").len(), 2);
        assert!(!all_arrived(&world, all[0]));
        world.set_cut(all[0], all[1], false);
        world.until(60_000, "both delivered", |w| {
            all_arrived(w, all[0]) && all_arrived(w, all[1])
        });
        let read = reads(&world, all[2]);
        assert_eq!(read.len(), 2);
        assert!(
            all.iter().all(|who| reads(&world, *who) == read),
            "seed {seed}"
        );
    }
}

#[test]
fn who_comes_later_reads_what_was_said_and_from_whom_it_is_known() {
    for (seed, pipe) in [(1, None), (2, Some(BAD)), (3, Some(BAD)), (4, Some(BAD))] {
        let mut world = World::new(seed, CALM);
        let all = mesh(&mut world, 3);
        say(&mut world, all[0], "one");
        world.run(100);
        say(&mut world, all[1], "two");
        world.run(100);
        say(&mut world, all[2], "three");
        world.run(100);
        world.user(all[2], Intent::Leave);
        world.run(1_000);
        world.pipe = pipe;
        let late = world.joined();
        world.until(120_000, "history", |w| {
            reads(w, late) == ["one", "two", "three"]
        });
        let source = |text: &str| {
            let entry = entries(&world, late).iter().find(|it| it.text == text);
            entry.map(|it| it.source.clone()).unwrap()
        };
        let Source::Hearsay(teller) = source("three") else {
            panic!("nobody is left who could say it: {:?}", source("three"));
        };
        assert!(teller == "Person 0" || teller == "Person 1");
        world.until(120_000, "their own words", |w| {
            let again = |it: &&Entry| it.source == Source::Again;
            entries(w, late).iter().filter(again).count() == 2
        });
    }
}

#[test]
fn a_long_past_travels_in_parts_and_ends_where_it_is_too_long() {
    let mut world = World::new(1, CALM);
    let all = mesh(&mut world, 2);
    for number in 0..60 {
        say(
            &mut world,
            all[0],
            &format!("{number} {}", "x".repeat(3_000)),
        );
        world.run(200);
    }
    let late = world.joined();
    world.until(10_000, "history", |w| reads(w, late).len() == 43);
    assert!(reads(&world, late)[42].starts_with("59 "));
    let past = |it: &&String| it.contains("past") && it.contains("ChannelText");
    let parts: Vec<usize> = world.trace.iter().filter(past).map(String::len).collect();
    assert!(
        parts.len() >= 20 && parts.iter().all(|it| *it < 16 * 1024),
        "{parts:?}"
    );
}

#[test]
fn two_newcomers_at_once_do_not_take_each_other_for_witnesses() {
    for seed in 0..10 {
        let mut world = World::new(seed, CALM);
        let all = mesh(&mut world, 2);
        let gone = world.joined();
        world.until(10_000, "three", |w| w.is_mesh_of(&[all[0], all[1], gone]));
        say(&mut world, gone, "I was here");
        world.run(100);
        world.user(gone, Intent::Leave);
        world.run(1_000);
        let late = [world.joined(), world.joined()];
        world.until(60_000, "both know", |w| {
            late.iter().all(|who| reads(w, *who) == ["I was here"])
        });
    }
}

#[test]
fn what_is_private_is_read_by_one_and_told_to_nobody() {
    let mut world = World::new(5, CALM);
    let all = mesh(&mut world, 3);
    whisper(&mut world, all[0], all[1], "between us");
    say(&mut world, all[0], "for all");
    world.run(200);
    let late = world.joined();
    world.until(10_000, "history", |w| reads(w, late) == ["for all"]);
    world.run(2_000);
    assert_eq!(reads(&world, all[1]), ["between us", "for all"]);
    assert_eq!(reads(&world, all[2]), ["for all"]);
    assert_eq!(reads(&world, late), ["for all"]);
    let (ana, ben) = (entries(&world, all[0]), entries(&world, all[1]));
    assert_eq!(
        ana[0].audience,
        Audience::Only(world.id(all[1]), "Person 1".to_string())
    );
    assert!(matches!(&ben[0].audience, Audience::Only(me, _) if *me == world.id(all[1])));
    // Once the one person is gone nobody reads it in their place.
    world.user(all[1], Intent::Leave);
    world.run(1_000);
    whisper(&mut world, all[0], all[1], "still there?");
    world.run(1_000);
    assert_eq!(reads(&world, all[0]).len(), 2);
}

#[test]
fn what_did_not_reach_somebody_who_left_is_said_to_be_lost() {
    let mut world = World::new(6, CALM);
    let all = mesh(&mut world, 3);
    world.set_cut(all[0], all[1], true);
    say(&mut world, all[0], "anybody?");
    world.user(all[1], Intent::Leave);
    world.until(60_000, "given up", |w| {
        fates(w, all[0], "anybody?").contains(&Fate::Lost)
    });
    world.run(500);
    assert!(fates(&world, all[0], "anybody?").contains(&Fate::Arrived));
}

#[test]
fn after_a_reload_one_reads_again_what_was_said_to_everyone() {
    let mut world = World::new(7, CALM);
    let all = mesh(&mut world, 2);
    say(&mut world, all[0], "mine");
    world.run(100);
    say(&mut world, all[1], "theirs");
    world.run(100);
    world.reload(all[0], true);
    world.until(20_000, "history", |w| {
        reads(w, all[0]) == ["mine", "theirs"]
    });
    say(&mut world, all[0], "and on");
    world.run(500);
    assert_eq!(reads(&world, all[1]), ["mine", "theirs", "and on"]);
}

#[test]
fn a_signaller_is_never_told_what_is_written() {
    let mut world = World::new(8, STORM);
    let all = mesh(&mut world, 3);
    world.meddle = Some(Box::new(|_, text| panic!("relayed: {text}")));
    say(&mut world, all[0], "hush");
    world.run(5_000);
    assert!(all.iter().all(|who| reads(&world, *who) == ["hush"]));
}

#[test]
fn a_flood_is_slowed_down_and_costs_nobody_a_message() {
    let mut world = World::new(9, CALM);
    let all = mesh(&mut world, 2);
    world.run(1_000);
    for number in 0..150 {
        say(&mut world, all[0], &format!("{number}"));
    }
    world.run(100);
    let read = reads(&world, all[1]).len();
    assert!(read < 70, "{read}");
    assert!(world.people[all[1]].call.dropped().hurried > 0);
    world.until(300_000, "all of it", |w| reads(w, all[1]).len() == 150);
    for number in 0..2_000 {
        let text = format!("{number}");
        let said = Said {
            no: 1_000 + number,
            turn: u32::MAX,
            at: 0,
            private: false,
            text,
        };
        forge(&mut world, all[0], all[1], &PeerMsg::Say(said));
        world.run(20);
    }
    assert_eq!(reads(&world, all[1]).len(), MAX_LINES);
    say(&mut world, all[1], "still here");
    assert_eq!(reads(&world, all[1]).last().unwrap(), "still here");
}

#[test]
fn nobody_speaks_for_others_unasked_nor_for_those_who_speak_themselves() {
    let mut world = World::new(10, CALM);
    let all = mesh(&mut world, 3);
    let line = |author: PeerId, epoch| Line {
        author,
        epoch,
        no: 1,
        turn: 1,
        at: 0,
        name: "Person 2".to_string(),
        text: "forged".to_string(),
    };
    let lines = vec![
        line(world.id(all[2]), Epoch(1)),
        line(world.id(all[1]), Epoch(1)),
    ];
    let told = PeerMsg::Past(Past {
        lines,
        more: false,
        whole: true,
    });
    world.run(1_000);
    let before = world.people[all[1]].call.dropped().misplaced;
    forge(&mut world, all[0], all[1], &told);
    assert!(reads(&world, all[1]).is_empty());
    assert_eq!(world.people[all[1]].call.dropped().misplaced, before + 1);
    // A number that was never said changes nothing.
    say(&mut world, all[1], "mine");
    forge(&mut world, all[0], all[1], &PeerMsg::Got { no: 77 });
    assert_eq!(fates(&world, all[1], "mine"), [Fate::OnItsWay; 2]);
}

#[test]
fn in_a_call_without_a_server_people_write_too() {
    let mut world = World::new(11, CALM);
    let (ana, ben) = crate::direct::connected(&mut world);
    say(&mut world, ana, "hello");
    world.run(100);
    say(&mut world, ben, "hello yourself");
    world.run(100);
    assert_eq!(reads(&world, ana), ["hello", "hello yourself"]);
    assert_eq!(reads(&world, ben), ["hello", "hello yourself"]);
}

fn anything() -> impl Strategy<Value = PeerMsg> {
    let text = "\\PC{0,30}|[\\x00-\\x20\u{202e}]{0,4}";
    let author = prop_oneof![Just(1u8), Just(2u8), any::<u8>()];
    let line = (author, any::<u64>(), any::<u32>(), any::<u32>(), text, text).prop_map(
        |(author, epoch, no, turn, name, text)| Line {
            author: PeerId([author; 16]),
            epoch: Epoch(epoch),
            no,
            turn,
            at: epoch,
            name,
            text,
        },
    );
    prop_oneof![
        (
            any::<u32>(),
            any::<u32>(),
            any::<u64>(),
            any::<bool>(),
            text
        )
            .prop_map(|(no, turn, at, private, text)| PeerMsg::Say(Said {
                no,
                turn,
                at,
                private,
                text
            })),
        (0u32..4).prop_map(|no| PeerMsg::Got { no }),
        any::<bool>().prop_map(|all| PeerMsg::Recall { all }),
        (
            prop::collection::vec(line, 0..5),
            any::<bool>(),
            any::<bool>()
        )
            .prop_map(|(lines, more, whole)| PeerMsg::Past(Past { lines, more, whole })),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever somebody says: what is shown is fit to be shown, nothing panics, and an honest third
    /// person is heard all the same.
    #[test]
    fn whatever_one_person_says_the_others_go_on(messages in prop::collection::vec(anything(), 0..40)) {
        let mut world = World::new(1, CALM);
        let all = mesh(&mut world, 3);
        for message in messages {
            prop_assert_eq!(wire::decode(&wire::encode(&message), wire::MAX_PEER_MSG), Ok(message.clone()));
            forge(&mut world, all[0], all[1], &message);
            world.run(7);
        }
        say(&mut world, all[2], "honest");
        world.run(500);
        prop_assert_eq!(reads(&world, all[1]).iter().filter(|it| *it == "honest").count(), 1);
        for entry in entries(&world, all[1]) {
            prop_assert_eq!(duologue_core::chat::clean(&entry.text), Ok(entry.text.clone()));
        }
    }
}
