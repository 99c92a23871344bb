//! Screens: one, several, begun in glare, seen by those who come later, gone with whoever showed them.

use crate::world::{CALM, STORM, World};
use duologue_core::{
    call::{ShareState, ShareTrouble},
    io::{Intent, OpError, OpValue},
};

/// People in a call that stands.
fn call_of(count: usize, seed: u64) -> (World, Vec<usize>) {
    let mut world = World::new(seed, CALM);
    let everyone: Vec<usize> = (0..count).map(|_| world.joined()).collect();
    world.until(10_000, "a mesh", |w| w.is_mesh_of(&everyone));
    (world, everyone)
}

fn everybody_sees(world: &World, everyone: &[usize], whom: usize) -> bool {
    let mut others = everyone.iter().filter(|who| **who != whom);
    others.all(|who| world.sees_screen(*who, whom))
}

fn nobody_is_told(world: &World, everyone: &[usize], whom: usize) -> bool {
    everyone
        .iter()
        .all(|who| !world.told_of_screen(*who, whom).0)
}

#[test]
fn a_screen_reaches_everybody_by_one_negotiation_each_and_goes_within_a_second() {
    let (mut world, all) = call_of(3, 1);
    for (round, negotiations) in [(1, 4), (2, 0)] {
        let before = world.descriptions;
        world.user(all[0], Intent::ShareScreen);
        world.until(500, "it is seen", |w| everybody_sees(w, &all, all[0]));
        world.run(1_000);
        let made = world.descriptions - before;
        assert_eq!(made, negotiations, "offers and answers in round {round}");
        world.user(all[0], Intent::StopScreen);
        assert!(world.people[all[0]].capture.is_none(), "still captured");
        world.until(1_000, "it is gone", |w| nobody_is_told(w, &all, all[0]));
    }
}

#[test]
fn two_share_in_the_same_instant_and_each_sees_the_other() {
    for seed in 0..40 {
        let (mut world, all) = call_of(3, seed);
        world.user(all[0], Intent::ShareScreen);
        world.user(all[1], Intent::ShareScreen);
        world.until(5_000, "both are seen", |w| {
            everybody_sees(w, &all, all[0]) && everybody_sees(w, &all, all[1])
        });
        world.user(all[0], Intent::StopScreen);
        world.run(1_000);
        assert!(nobody_is_told(&world, &all, all[0]));
        assert!(everybody_sees(&world, &all, all[1]), "one stop ended both");
        assert!(world.is_mesh_of(&all));
    }
}

#[test]
fn whoever_comes_later_sees_what_is_shown_already() {
    for seed in 0..20 {
        let (mut world, mut all) = call_of(2, seed);
        world.user(all[0], Intent::ShareScreen);
        world.run(seed * 10);
        all.push(world.joined());
        world.until(5_000, "all see it", |w| {
            w.is_mesh_of(&all) && everybody_sees(w, &all, all[0])
        });
    }
}

#[test]
fn a_share_that_begins_while_connections_come_about_is_seen_in_any_weather() {
    for seed in 0..40 {
        let mut world = World::new(seed, STORM);
        let all = [world.joined(), world.joined(), world.joined()];
        let pause = world.chance.below(1_500);
        world.run(pause);
        world.user(all[1], Intent::ShareScreen);
        world.until(60_000, "all see it", |w| {
            w.is_mesh_of(&all) && everybody_sees(w, &all, all[1])
        });
    }
}

#[test]
fn it_is_told_whether_there_is_sound() {
    let (mut world, all) = call_of(2, 3);
    for sound in [true, false] {
        world.captures = Ok(OpValue::Captured { sound });
        world.user(all[0], Intent::ShareScreen);
        world.until(500, "it is seen", |w| everybody_sees(w, &all, all[0]));
        let share = world.people[all[0]].call.view().share;
        assert_eq!(share, ShareState::On { sound });
        let seen = world.people[all[1]].call.view().peers[0].screen;
        assert_eq!(seen.map(|screen| screen.sound), Some(sound));
        world.user(all[0], Intent::StopScreen);
        world.run(100);
    }
}

#[test]
fn who_changes_their_mind_before_the_browser_answers_shows_nothing() {
    let (mut world, all) = call_of(2, 4);
    world.user(all[0], Intent::ShareScreen);
    assert_eq!(world.people[all[0]].call.view().share, ShareState::Asking);
    world.user(all[0], Intent::StopScreen);
    world.run(1_000);
    assert_eq!(
        world.people[all[0]].call.view().share,
        ShareState::Off(None)
    );
    assert!(
        world.people[all[0]].capture.is_none(),
        "a capture was left on"
    );
    assert!(nobody_is_told(&world, &all, all[0]));

    // Once more, and the first answer must not be taken for the second.
    world.user(all[0], Intent::ShareScreen);
    world.user(all[0], Intent::StopScreen);
    world.user(all[0], Intent::ShareScreen);
    world.until(1_000, "the second is seen", |w| {
        everybody_sees(w, &all, all[0])
    });
    world.run(500);
    assert!(everybody_sees(&world, &all, all[0]));
}

#[test]
fn a_refusal_is_silent_when_the_person_refused_and_said_when_the_system_did() {
    let (mut world, all) = call_of(2, 5);
    for (refusal, trouble) in [
        (OpError::Cancelled, None),
        (OpError::Blocked, Some(ShareTrouble::Blocked)),
        (OpError::Refused, Some(ShareTrouble::Failed)),
    ] {
        world.captures = Err(refusal);
        world.user(all[0], Intent::ShareScreen);
        world.run(500);
        let share = world.people[all[0]].call.view().share;
        assert_eq!(share, ShareState::Off(trouble));
        assert!(nobody_is_told(&world, &all, all[0]));
    }
    world.captures = Ok(OpValue::Captured { sound: false });
    world.user(all[0], Intent::ShareScreen);
    world.until(500, "it works now", |w| everybody_sees(w, &all, all[0]));
}

#[test]
fn a_sharer_who_reloads_or_leaves_takes_the_screen_along() {
    for politely in [true, false] {
        let (mut world, all) = call_of(3, 6);
        world.user(all[0], Intent::ShareScreen);
        world.until(500, "it is seen", |w| everybody_sees(w, &all, all[0]));
        world.reload(all[0], politely);
        world.until(1_000, "it is gone", |w| nobody_is_told(w, &all, all[0]));
        world.until(10_000, "a mesh again", |w| w.is_mesh_of(&all));
        assert!(nobody_is_told(&world, &all, all[0]));

        world.user(all[1], Intent::ShareScreen);
        world.until(500, "another's", |w| everybody_sees(w, &all, all[1]));
        world.user(all[1], Intent::Leave);
        assert!(world.people[all[1]].capture.is_none(), "still captured");
        world.until(1_000, "it is gone", |w| nobody_is_told(w, &all, all[1]));
    }
}

#[test]
fn a_viewer_who_reloads_sees_it_again_and_a_mended_path_carries_it_on() {
    let (mut world, all) = call_of(2, 7);
    world.user(all[0], Intent::ShareScreen);
    world.until(500, "it is seen", |w| everybody_sees(w, &all, all[0]));
    world.reload(all[1], false);
    world.until(20_000, "seen again", |w| everybody_sees(w, &all, all[0]));
    for (broken, what) in [(3_000, "by a restart"), (25_000, "by a fresh connection")] {
        world.set_cut(all[0], all[1], true);
        world.run(broken);
        world.set_cut(all[0], all[1], false);
        world.until(30_000, what, |w| {
            w.is_mesh_of(&all) && everybody_sees(w, &all, all[0])
        });
    }
}

#[test]
fn what_stopped_while_a_path_was_dead_is_not_shown_when_it_is_back() {
    let (mut world, all) = call_of(2, 8);
    world.user(all[0], Intent::ShareScreen);
    world.until(500, "it is seen", |w| everybody_sees(w, &all, all[0]));
    world.set_cut(all[0], all[1], true);
    world.run(1_000);
    world.user(all[0], Intent::StopScreen);
    world.run(24_000);
    world.set_cut(all[0], all[1], false);
    world.until(30_000, "a mesh again", |w| w.is_mesh_of(&all));
    world.run(100);
    assert!(nobody_is_told(&world, &all, all[0]));
}

#[test]
fn nobody_shares_outside_a_call() {
    let mut world = World::new(9, CALM);
    let ana = world.person();
    world.user(ana, Intent::ShareScreen);
    world.run(500);
    assert_eq!(world.people[ana].call.view().share, ShareState::Off(None));
    assert!(world.people[ana].capture.is_none());
}
