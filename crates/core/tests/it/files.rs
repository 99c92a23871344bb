//! Files between machines: they arrive whole, whatever is cut, reloaded or spoilt on the way, and
//! whoever lies is refused.

use crate::{files_disk::content, files_world::World};
use duologue_core::{
    files::{
        Input, LaneEvent, LaneId, Stage, Trouble,
        frame::{Frame, Span, What},
    },
    ids::FileRoot,
    wire::{About, FileMsg},
};
use proptest::prelude::*;

const PIECE: usize = 256 * 1024;
const MEGABYTE: usize = 1 << 20;

#[test]
fn a_file_of_any_size_arrives_as_it_was() {
    for len in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * MEGABYTE + 7] {
        let mut world = World::new(2, 1);
        let file = content(7, len);
        let root = world.send(0, None, "report.pdf", &file);
        world.run(100);
        assert_eq!(world.the(1).stage, Stage::Offered, "{len}");
        assert_eq!(world.the(1).who, "Ana");
        world.accept_all(1);
        world.run(5_000);
        assert_eq!(world.got(1, root), Some(&*file), "{len}");
        assert_eq!(
            (world.the(0).stage, world.the(1).stage),
            (Stage::Done, Stage::Done),
            "{len}"
        );
        assert_eq!(world.sides[0].sent, len as u64, "nothing is sent twice");
    }
}

#[test]
fn everybody_gets_it_and_who_comes_later_too_and_one_alone_what_is_for_them() {
    let mut world = World::new(4, 1);
    world.cut(0, 3);
    let (all, one) = (content(1, MEGABYTE), content(2, 1_000));
    let (all_root, one_root) = (
        world.send(0, None, "all", &all),
        world.send(0, Some(1), "one", &one),
    );
    world.run(100);
    world.join(0, 3);
    world.run(100);
    for at in 1..4 {
        assert_eq!(world.transfers(at).len(), if at == 1 { 2 } else { 1 });
        world.accept_all(at);
    }
    world.run(5_000);
    for at in 1..4 {
        assert_eq!(world.got(at, all_root), Some(&*all));
    }
    assert_eq!(world.got(1, one_root), Some(&*one));
    assert_eq!(
        (world.got(2, one_root), world.got(3, one_root)),
        (None, None)
    );
    let offer = &world.transfers(0)[0];
    assert_eq!((offer.have, offer.takers, offer.stage), (3, 3, Stage::Done));
}

#[test]
fn near_by_one_connection_carries_it_and_far_away_four_do() {
    for (delay, lanes) in [(2, 1), (10, 4), (60, 4)] {
        let mut world = World::new(2, delay);
        let file = content(3, 20 * MEGABYTE);
        let root = world.send(0, None, "film", &file);
        world.run(500);
        world.accept_all(1);
        world.run(20_000);
        assert_eq!(world.got(1, root), Some(&*file));
        assert_eq!(world.sides[1].lanes_opened, lanes, "{delay} ms");
        assert!(world.sides[0].most_leaving <= PIECE as u64);
    }
    // Not worth it.
    let mut world = World::new(2, 30);
    world.send(0, None, "note", &content(3, MEGABYTE));
    world.run(500);
    world.accept_all(1);
    world.run(5_000);
    assert_eq!(world.sides[1].lanes_opened, 1);
}

/// As far as half of it.
fn half_way(world: &mut World, len: usize) {
    let half = |world: &World| {
        world
            .transfers(1)
            .iter()
            .any(|it| it.here >= len as u64 / 2)
    };
    let end = world.now.after(20_000);
    while !half(world) {
        assert!(world.step(end), "it never came to the half");
    }
}

fn begun(len: usize) -> (World, Vec<u8>, FileRoot) {
    let mut world = World::new(3, 5);
    let file = content(9, len);
    let root = world.send(0, Some(1), "film.mkv", &file);
    world.run(100);
    world.accept_all(1);
    half_way(&mut world, len);
    (world, file, root)
}

#[test]
fn a_cut_connection_a_lost_person_and_a_reload_cost_what_was_under_way_and_no_more() {
    let len = 8 * MEGABYTE;
    for cut in ["lanes", "person", "receiver"] {
        let (mut world, file, root) = begun(len);
        match cut {
            "lanes" => world.cut_lanes(0, 1),
            "person" => {
                world.cut(0, 1);
                world.run(3_000);
                assert_eq!(world.the(1).stage, Stage::Waiting);
                assert_eq!(world.the(0).stage, Stage::Waiting);
                world.join(0, 1);
            }
            _ => world.reload(1),
        }
        world.run(20_000);
        assert_eq!(world.got(1, root), Some(&*file), "{cut}");
        assert_eq!(
            (world.the(0).stage, world.the(1).stage),
            (Stage::Done, Stage::Done),
            "{cut}"
        );
        let again = world.sides[0].sent - len as u64;
        assert!(
            again <= 4 * MEGABYTE as u64,
            "{cut}: {again} bytes were sent twice"
        );
    }
}

#[test]
fn a_sender_who_reloaded_is_asked_for_the_file_and_chooses_it_again() {
    let len = 8 * MEGABYTE;
    let (mut world, file, root) = begun(len);
    world.reload(0);
    world.run(1_000);
    assert_eq!(world.the(1).stage, Stage::Waiting);
    let wanted = world.the(0);
    assert_eq!((wanted.stage, wanted.who.as_str()), (Stage::Wanted, "Ben"));
    assert_eq!(wanted.about.name, "film.mkv");
    world.send(0, Some(1), "film.mkv", &file);
    world.run(20_000);
    assert_eq!(world.got(1, root), Some(&*file));
    assert_eq!(
        (world.the(0).stage, world.the(1).stage),
        (Stage::Done, Stage::Done)
    );
    assert!(world.sides[0].sent <= (len + 4 * MEGABYTE) as u64);
}

#[test]
fn a_second_person_who_has_it_takes_over() {
    let len = 8 * MEGABYTE;
    let mut world = World::new(3, 5);
    let file = content(9, len);
    let root = world.send(0, None, "film", &file);
    world.run(100);
    world.accept_all(2);
    world.run(20_000);
    world.accept_all(1);
    half_way(&mut world, len);
    let of_ana = world.sides[0].sent;
    world.cut(0, 1);
    world.cut(0, 2);
    world.run(20_000);
    assert_eq!(world.got(1, root), Some(&*file));
    assert_eq!(world.sides[0].sent, of_ana);
    assert!((len / 4..len * 3 / 4 + 4 * MEGABYTE).contains(&(world.sides[2].sent as usize)));
}

#[test]
fn spoilt_pieces_are_asked_for_again_and_endless_ones_end_it() {
    let mut world = World::new(2, 1);
    let file = content(4, 4 * MEGABYTE);
    let root = world.send(0, None, "x", &file);
    world.run(100);
    world.accept_all(1);
    world.run(20);
    // The list of hashes, or a piece: whatever comes next.
    world.sides[0].spoils = 2;
    world.run(20_000);
    assert_eq!(world.got(1, root), Some(&*file));
    assert!(world.sides[0].sent > file.len() as u64);

    let mut world = World::new(2, 1);
    world.send(0, None, "x", &file);
    world.run(100);
    world.sides[0].spoils = u32::MAX;
    world.accept_all(1);
    world.run(20_000);
    assert_eq!(world.the(1).stage, Stage::Ended(Trouble::Altered));
    assert!(world.sides[1].disk.is_empty(), "nothing stays of it");
    assert_eq!(world.the(0).stage, Stage::Ended(Trouble::Refused));
}

#[test]
fn who_refused_is_asked_again_when_it_is_chosen_again() {
    let mut world = World::new(2, 1);
    let file = content(3, MEGABYTE);
    let root = world.send(0, None, "x", &file);
    world.run(100);
    let id = world.the(1).id;
    world.give(1, Input::Cancel(id));
    world.run(1_000);
    assert_eq!(world.the(0).stage, Stage::Ended(Trouble::Refused));
    world.send(0, None, "x", &file);
    world.run(100);
    world.accept_all(1);
    world.run(5_000);
    assert_eq!(world.got(1, root), Some(&*file));
}

#[test]
fn bytes_that_nobody_asked_for_end_it() {
    let (mut world, _, _) = begun(8 * MEGABYTE);
    let lane = LaneId(1);
    for (slot, from) in [(1, 7 * MEGABYTE as u64), (99, 0)] {
        let span = Span {
            what: What::Content,
            from,
            len: 10,
        };
        let mut bytes = Frame::Data { slot, span }.head();
        bytes.extend([0; 10]);
        world.post(0, lane, bytes);
    }
    world.run(5_000);
    assert_eq!(world.the(1).stage, Stage::Ended(Trouble::Unasked));
    assert!(world.sides[1].disk.is_empty());
}

#[test]
fn who_says_they_have_it_and_sends_nothing_is_given_up() {
    let mut world = World::new(2, 1);
    let root = world.send(0, None, "x", &content(1, MEGABYTE));
    world.run(100);
    // Asks for it find nothing there.
    world.sides[0].is_mute = true;
    world.accept_all(1);
    world.run(200_000);
    assert_eq!(world.the(1).stage, Stage::Ended(Trouble::Silent));
    assert_eq!(world.got(1, root), None);
    assert!(world.sides[1].files.next_wake().is_none(), "all is quiet");
}

fn offer(name: &str, size: u64, root: u8) -> FileMsg {
    let about = About {
        root: FileRoot([root; 32]),
        size,
        name: name.into(),
        kind: String::new(),
    };
    FileMsg::Offer {
        about,
        alone: false,
    }
}

#[test]
fn names_and_sizes_that_no_honest_page_sends_are_refused_with_a_reason() {
    let long = "x".repeat(10_000);
    for (name, size, why) in [
        ("../../x", 1, Trouble::BadName),
        ("a\0b", 1, Trouble::BadName),
        ("a\u{202e}fdp.exe", 1, Trouble::BadName),
        ("C:\\x", 1, Trouble::BadName),
        (&long, 1, Trouble::BadName),
        ("x", u64::MAX, Trouble::TooLarge),
    ] {
        let mut world = World::new(2, 1);
        world.tell(0, 1, offer(name, size, 1));
        world.run(1_000);
        let shown = world.the(1);
        assert_eq!(shown.stage, Stage::Ended(why), "{name:.20}");
        assert!(shown.about.name.chars().count() <= 60 && !shown.about.name.contains(".."));
        world.accept_all(1);
        world.run(1_000);
        assert!(world.sides[1].disk.is_empty());
    }
}

#[test]
fn a_flood_of_offers_wants_and_lanes_is_bounded() {
    let mut world = World::new(2, 1);
    for n in 0..1_000_u32 {
        let root = FileRoot(
            [n.to_le_bytes(), [1; 4]]
                .concat()
                .repeat(4)
                .try_into()
                .expect("32"),
        );
        let about = |name: &str| About {
            root,
            size: 1,
            name: name.into(),
            kind: String::new(),
        };
        world.tell(
            0,
            1,
            FileMsg::Offer {
                about: about("x"),
                alone: false,
            },
        );
        world.tell(
            0,
            1,
            FileMsg::Want {
                slot: n,
                about: about("x"),
                yours: true,
            },
        );
        world.tell(
            0,
            1,
            FileMsg::LaneOffer {
                lane: n,
                sdp: "0 9".into(),
            },
        );
    }
    world.run(2_000);
    assert!(
        world.transfers(1).len() <= 221,
        "{}",
        world.transfers(1).len()
    );
    assert!(world.sides[1].lanes_opened <= 8);
}

#[test]
fn either_side_ends_it_and_both_see_who_did() {
    for (by, at_sender, at_receiver) in [
        (0, Trouble::Cancelled, Trouble::Withdrawn),
        (1, Trouble::Refused, Trouble::Cancelled),
    ] {
        let (mut world, _, _) = begun(8 * MEGABYTE);
        let id = world.the(by).id;
        world.give(by, Input::Cancel(id));
        world.run(5_000);
        assert_eq!(world.the(0).stage, Stage::Ended(at_sender));
        assert_eq!(world.the(1).stage, Stage::Ended(at_receiver));
        assert!(world.sides[1].disk.is_empty());
        world.give(1, Input::PutAway(world.the(1).id));
        assert!(world.transfers(1).is_empty());
    }
}

#[test]
fn who_asks_past_the_end_or_for_what_is_not_theirs_loses_the_lane() {
    let (mut world, _, root) = begun(8 * MEGABYTE);
    let lanes = world.sides[0].lanes_opened;
    assert!(lanes > 0);
    // Cem was not offered it, but knows its root.
    let about = About {
        root,
        size: 8 << 20,
        name: "film.mkv".into(),
        kind: String::new(),
    };
    world.tell(
        2,
        0,
        FileMsg::Want {
            slot: 5,
            about,
            yours: true,
        },
    );
    world.run(1_000);
    assert!(
        world
            .transfers(0)
            .iter()
            .all(|it| it.stage != Stage::Done || it.who != "Cem")
    );
    let (mut world, _, _) = begun(8 * MEGABYTE);
    let span = Span {
        what: What::Content,
        from: u64::MAX - 5,
        len: 100,
    };
    let before = world.sides[0].sent;
    world.give(
        0,
        Input::Lane(
            LaneId(1),
            LaneEvent::Message {
                head: Frame::Ask { slot: 1, span }.head(),
                len: 20,
            },
        ),
    );
    assert!(world.sides[0].sent <= before + PIECE as u64);
}

#[derive(Clone, Copy, Debug)]
enum Blow {
    Run(u64),
    Cut(usize, usize),
    Join(usize, usize),
    Lanes(usize, usize),
    ReloadReceiver,
    Spoil,
}

fn blow() -> impl Strategy<Value = Blow> {
    let pair = || (0usize..3, 0usize..3).prop_filter("two", |(a, b)| a != b);
    prop_oneof![
        4 => (1u64..2_000).prop_map(Blow::Run),
        1 => pair().prop_map(|(a, b)| Blow::Cut(a, b)),
        2 => pair().prop_map(|(a, b)| Blow::Join(a, b)),
        2 => pair().prop_map(|(a, b)| Blow::Lanes(a, b)),
        1 => Just(Blow::ReloadReceiver),
        1 => Just(Blow::Spoil),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_on_the_way_it_arrives(
        delay in 0u64..80,
        len in 0usize..2_000_000,
        blows in prop::collection::vec(blow(), 0..25),
    ) {
        let mut world = World::new(3, delay);
        let file = content(5, len);
        let root = world.send(0, None, "x", &file);
        world.run(500);
        world.accept_all(1);
        let mut spoilt = false;
        for blow in blows {
            match blow {
                Blow::Run(ms) => world.run(ms),
                Blow::Cut(a, b) => world.cut(a, b),
                Blow::Join(a, b) => world.join(a, b),
                Blow::Lanes(a, b) => world.cut_lanes(a, b),
                Blow::ReloadReceiver => world.reload(1),
                Blow::Spoil => {
                    world.sides[0].spoils += u32::from(!spoilt);
                    spoilt = true;
                }
            }
        }
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            world.join(a, b);
        }
        world.run(60_000);
        world.accept_all(1);
        world.run(60_000);
        prop_assert_eq!(world.got(1, root), Some(&*file));
        prop_assert!(world.sides.iter().all(|it| it.files.next_wake().is_none()), "all is quiet");
    }
}
