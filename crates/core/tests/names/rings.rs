//! What becomes of a ring.

use crate::world::{PATIENCE, Seen, World};
use duologue_core::{
    ring::{End, Intent, Stage, Standing},
    wire::{close, names::Denial},
};

fn names(world: &World, at: usize) -> Vec<&str> {
    let people = world.tabs[at].ring.people().all();
    people.iter().map(|it| it.name.as_str()).collect()
}

#[test]
fn people_see_who_is_here_and_who_is_in_a_call() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    assert_eq!(names(&world, 0), ["Ana", "Ben"]);
    world.wants(1, Intent::InCall(true));
    world.run(1_000);
    assert!(world.tabs[0].ring.people().all()[1].busy);
    world.wants(1, Intent::SignOut);
    world.run(1_000);
    assert_eq!(names(&world, 0), ["Ana"]);
    assert_eq!(names(&world, 1), [""; 0]);
}

#[test]
fn a_ring_that_is_accepted_brings_both_to_one_room() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    let room = world.calls(0, "ben");
    world.run(1_000);
    let calling = world.tabs[0].ring.outgoing().expect("it rings");
    assert_eq!((calling.shown(), calling.stage), ("Ben", Stage::Alerting));
    world.accepts(1);
    world.run(1_000);
    assert_eq!(world.entered(0), Some(room.as_str()));
    assert_eq!(world.entered(1), Some(room.as_str()));
    assert!(world.tabs[0].ring.outgoing().is_none());
    assert_eq!(world.shown(1), None);
    world.run(120_000);
    assert_eq!(
        world.tabs[0].seen.len() + world.tabs[1].seen.len(),
        2,
        "and that is all"
    );
}

#[test]
fn a_ring_can_be_declined_with_a_word() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    world.calls(0, "Ben");
    world.run(1_000);
    let ring = world.shown(1).unwrap();
    world.wants(
        1,
        Intent::Decline(ring, Some("In a \u{202e}meeting".into())),
    );
    world.run(1_000);
    assert_eq!(
        world.end(0),
        Some(&End::Declined(Some("In a meeting".into())))
    );
    assert_eq!(world.end(1), Some(&End::Declined(None)));
}

#[test]
fn a_caller_who_thinks_better_of_it_stops_the_ringing() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    world.calls(0, "Ben");
    world.run(1_000);
    world.wants(0, Intent::Cancel);
    world.run(1_000);
    assert_eq!(world.shown(1), None);
    assert_eq!(
        (world.end(0), world.end(1)),
        (Some(&End::Cancelled), Some(&End::Cancelled))
    );
}

#[test]
fn nobody_rings_for_ever() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    world.calls(0, "Ben");
    world.run(PATIENCE - 100);
    assert_eq!(world.end(0), None);
    world.run(200);
    assert_eq!(
        (world.end(0), world.end(1)),
        (Some(&End::NoAnswer), Some(&End::NoAnswer))
    );
    // The same when the callee cannot be told.
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    world.calls(0, "Ben");
    world.run(1_000);
    world.lost = 100;
    world.run(PATIENCE + 10_000);
    assert_eq!(
        (world.end(0), world.end(1)),
        (Some(&End::NoAnswer), Some(&End::NoAnswer))
    );
}

#[test]
fn one_of_several_tabs_answers_and_the_others_stop() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2), ("Ben", 2), ("Ben", 2)]);
    let room = world.calls(0, "Ben");
    world.run(1_000);
    assert!((1..4).all(|at| world.shown(at).is_some()));
    world.accepts(2);
    world.accepts(3);
    world.run(1_000);
    assert_eq!(world.entered(0), Some(room.as_str()));
    let entered: Vec<bool> = (1..4).map(|at| world.entered(at).is_some()).collect();
    assert_eq!(entered.iter().filter(|it| **it).count(), 1, "{entered:?}");
    assert_eq!(world.end(1), Some(&End::Elsewhere));
}

#[test]
fn a_no_in_one_tab_is_a_no_in_all() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2), ("Ben", 2)]);
    world.calls(0, "Ben");
    world.run(1_000);
    let ring = world.shown(1).unwrap();
    world.wants(1, Intent::Decline(ring, None));
    world.run(1_000);
    assert_eq!(world.end(0), Some(&End::Declined(None)));
    assert_eq!(world.shown(2), None);
    assert_eq!(world.end(2), Some(&End::Elsewhere));
}

#[test]
fn both_ringing_at_once_is_one_call() {
    for seed in 0..50 {
        let mut world = World::new(&[1, 2], seed);
        world.wants(0, Intent::SignIn("Ana".into()));
        world.wants(1, Intent::SignIn("Ben".into()));
        world.run(1_000);
        let ours = world.calls(0, "Ben");
        world.run(seed);
        let theirs = world.calls(1, "Ana");
        world.run(5_000);
        let room = world.entered(0).expect("in a call");
        assert!(room == ours || room == theirs);
        assert_eq!(world.entered(1), Some(room), "seed {seed}");
        assert!(
            world.tabs.iter().all(|it| it.seen.len() == 1),
            "nothing else is said"
        );
        assert!(world.tabs.iter().all(|it| it.ring.outgoing().is_none()));
    }
}

#[test]
fn ringing_somebody_who_rings_already_is_a_yes() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    let room = world.calls(0, "Ben");
    world.run(1_000);
    world.calls(1, "Ana");
    world.run(1_000);
    assert_eq!(
        (world.entered(0), world.entered(1)),
        (Some(room.as_str()), Some(room.as_str()))
    );
}

#[test]
fn in_a_call_a_ring_is_quiet_and_busy_by_itself() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    world.wants(1, Intent::InCall(true));
    world.calls(0, "Ben");
    world.run(1_000);
    assert!(world.shown(1).is_some() && world.tabs[1].ring.is_quiet());
    world.run(8_000);
    assert_eq!(world.end(0), None);
    world.run(2_000);
    assert_eq!(
        (world.end(0), world.end(1)),
        (Some(&End::Busy), Some(&End::Busy))
    );
    // Or at once, or not at all.
    world.calls(0, "Ben");
    world.run(1_000);
    let ring = world.shown(1).unwrap();
    world.wants(1, Intent::Busy(ring));
    world.run(100);
    assert_eq!(world.end(0), Some(&End::Busy));
    let room = world.calls(0, "Ben");
    world.run(1_000);
    world.accepts(1);
    world.run(1_000);
    assert_eq!(world.entered(1), Some(room.as_str()));
}

#[test]
fn a_callee_who_goes_while_it_rings_is_gone() {
    for ends in [World::closes as fn(&mut World, usize), |world, at| {
        world.wants(at, Intent::SignOut);
    }] {
        let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
        world.calls(0, "Ben");
        world.run(1_000);
        ends(&mut world, 1);
        world.run(100);
        assert!(
            matches!(world.end(0), Some(End::Gone | End::Declined(None))),
            "{:?}",
            world.end(0)
        );
    }
}

#[test]
fn a_caller_who_goes_stops_the_ringing() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    world.calls(0, "Ben");
    world.run(1_000);
    world.closes(0);
    world.run(100);
    assert_eq!(world.shown(1), None);
    assert_eq!(world.end(1), Some(&End::Gone));
}

#[test]
fn nobody_and_oneself_cannot_be_rung() {
    let mut world = World::signed_in(&[("Ana", 1)]);
    for (name, end) in [
        ("Cleo", End::Nobody),
        (" ana ", End::Yourself),
        ("", End::Nobody),
    ] {
        world.calls(0, name);
        world.run(100);
        assert_eq!(world.end(0), Some(&end), "{name:?}");
    }
}

#[test]
fn a_ring_outlives_the_server() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    let room = world.calls(0, "Ben");
    world.run(1_000);
    world.restart();
    world.run(2_000);
    assert_eq!(
        names(&world, 0),
        ["Ana", "Ben"],
        "both are back under their names"
    );
    assert!(world.shown(1).is_some(), "and it still rings");
    world.accepts(1);
    world.run(4_000);
    assert_eq!(
        (world.entered(0), world.entered(1)),
        (Some(room.as_str()), Some(room.as_str()))
    );
}

#[test]
fn a_name_that_somebody_took_meanwhile_is_lost_and_that_is_said() {
    let mut world = World::signed_in(&[("Ana", 1)]);
    world.tabs.push(World::new(&[2], 9).tabs.remove(0));
    world.tabs[0].online = false;
    world.cut(0);
    world.run(31_000);
    world.wants(1, Intent::SignIn("ana".into()));
    world.run(1_000);
    world.tabs[0].online = true;
    world.run(20_000);
    let code = Denial::Taken;
    let name = "Ana".to_string();
    assert_eq!(
        *world.tabs[0].ring.standing(),
        Standing::Denied { code, name }
    );
    assert_eq!(
        world.tabs[0].ring.next_wake(),
        None,
        "and nothing is tried any more"
    );
}

#[test]
fn who_signs_in_too_fast_is_told_and_who_has_a_name_keeps_it() {
    let told = |name: &str| Standing::Denied {
        code: Denial::TooFast,
        name: name.into(),
    };
    // At the door, before there was an answer.
    let mut world = World::new(&[1], 1);
    world.wants(0, Intent::SignIn("Ana".into()));
    world.run(30);
    world.closed(0, close::TOO_FAST);
    assert_eq!(*world.tabs[0].ring.standing(), told(""));
    assert_eq!(world.tabs[0].ring.next_wake(), None, "nothing is tried");
    // The same when one has been let in already: it comes back by itself.
    let mut world = World::signed_in(&[("Ana", 1)]);
    world.closed(0, close::TOO_FAST);
    let away = Standing::Away("Ana".into());
    assert_eq!(*world.tabs[0].ring.standing(), away);
    world.run(5_000);
    assert!(matches!(world.tabs[0].ring.standing(), Standing::In { .. }));
    // By the directory, for too many names.
    for n in 0..30 {
        world.wants(0, Intent::SignIn(format!("Ana{n}")));
        world.run(100);
        match world.tabs[0].ring.standing() {
            Standing::In { name, .. } => assert_eq!(*name, format!("Ana{n}")),
            denied => return assert_eq!(*denied, told(&format!("Ana{n}"))),
        }
    }
    panic!("thirty names in three seconds");
}

#[test]
fn another_name_keeps_the_list() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    world.wants(0, Intent::SignIn("Cleo".into()));
    world.run(1_000);
    for at in 0..2 {
        assert_eq!(names(&world, at), ["Ben", "Cleo"]);
    }
}

#[test]
fn a_letter_that_was_kept_and_comes_again_rings_nowhere() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    world.calls(0, "Ben");
    world.run(20 + 20 + 20 + 20);
    let Seen::Over { .. } = ({
        world.wants(0, Intent::Cancel);
        world.tabs[0].seen.pop().unwrap()
    }) else {
        panic!("not over");
    };
    // Ben's tab is another life that has never seen the ring; Ana answers no knock for it.
    world.closes(1);
    world.tabs.push(World::new(&[0, 2], 5).tabs.remove(1));
    world.wants(2, Intent::SignIn("Ben".into()));
    world.run(1_000);
    assert_eq!(world.shown(2), None);
    assert_eq!(world.tabs[2].seen, []);
}

#[test]
fn call_again_at_once() {
    let mut world = World::signed_in(&[("Ana", 1), ("Ben", 2)]);
    for _ in 0..5 {
        let room = world.calls(0, "Ben");
        world.run(500);
        world.accepts(1);
        world.run(500);
        assert_eq!(
            (world.entered(0), world.entered(1)),
            (Some(room.as_str()), Some(room.as_str()))
        );
    }
}

#[test]
fn both_ringing_at_once_from_any_of_their_tabs_is_one_call() {
    let tabs = [("Ana", 1), ("Ana", 1), ("Ben", 2), ("Ben", 2)];
    for (one, other, delay) in [(0, 3, 1), (1, 2, 20), (0, 2, 300), (1, 3, 100)] {
        let mut world = World::signed_in(&tabs);
        world.delay = delay;
        world.calls(one, "Ben");
        world.calls(other, "Ana");
        world.run(5_000);
        let room = world.entered(one).expect("in a call");
        assert_eq!(
            world.entered(other),
            Some(room),
            "{:?} {:?}",
            world.tabs[one].seen,
            world.tabs[other].seen
        );
    }
}
