//! Recording: nobody is recorded who does not know, and nobody believes it longer than it lasts.

use crate::world::{CALM, STORM, World};
use duologue_core::{call::PeerView, io::Intent, wire::Recording};

fn call_of(count: usize, seed: u64) -> (World, Vec<usize>) {
    let mut world = World::new(seed, CALM);
    let everyone: Vec<usize> = (0..count).map(|_| world.joined()).collect();
    world.until(10_000, "a mesh", |w| w.is_mesh_of(&everyone));
    // Channels open a moment after.
    world.run(50);
    (world, everyone)
}

fn seen(world: &World, who: usize, whom: usize) -> Option<PeerView> {
    let id = world.id(whom);
    let view = world.people[who].call.view();
    view.peers.into_iter().find(|peer| peer.id == id)
}

fn knows(world: &World, who: usize, whom: usize) -> Recording {
    seen(world, who, whom).map_or(Recording::Off, |peer| peer.recording)
}

fn is_told(world: &World, whom: usize, by: usize) -> bool {
    seen(world, by, whom).is_some_and(|peer| peer.told)
}

fn all_know(world: &World, everyone: &[usize], whom: usize, state: Recording) -> bool {
    let mut others = everyone.iter().filter(|who| **who != whom);
    others.all(|who| knows(world, *who, whom) == state)
}

#[test]
fn everybody_is_told_that_it_begins_holds_still_and_ends() {
    let (mut world, all) = call_of(4, 1);
    for state in [
        Recording::On,
        Recording::Paused,
        Recording::On,
        Recording::Off,
    ] {
        world.user(all[1], Intent::Record(state));
        assert_eq!(world.people[all[1]].call.view().recording, state);
        world.until(200, "told", |w| all_know(w, &all, all[1], state));
        let told = all.iter().filter(|who| is_told(&world, **who, all[1]));
        let wanted = if state == Recording::Off { 0 } else { 3 };
        assert_eq!(told.count(), wanted, "{state:?}");
    }
}

#[test]
fn whoever_comes_is_told_before_they_count_as_told() {
    for seed in 0..20 {
        let (mut world, mut all) = call_of(2, seed);
        world.user(all[0], Intent::Record(Recording::On));
        world.run(seed * 10);
        let late = world.joined();
        all.push(late);
        while knows(&world, late, all[0]) == Recording::Off {
            // The word may be on its way; whoever counts as told has a channel that carries it.
            let told = is_told(&world, late, all[0]);
            world.run(1);
            assert!(
                !told || seen(&world, all[0], late).is_some(),
                "told and gone"
            );
        }
        assert!(is_told(&world, late, all[0]));
        assert!(all_know(&world, &all, all[0], Recording::On));
    }
}

#[test]
fn who_reloads_is_told_again_and_is_not_recorded_before() {
    let (mut world, all) = call_of(3, 3);
    world.user(all[0], Intent::Record(Recording::On));
    world.run(200);
    world.reload(all[2], true);
    world.run(20);
    assert_eq!(knows(&world, all[2], all[0]), Recording::Off);
    world.until(20_000, "told again", |w| {
        knows(w, all[2], all[0]) == Recording::On && is_told(w, all[2], all[0])
    });
}

#[test]
fn it_ends_with_whoever_recorded() {
    let (mut world, all) = call_of(3, 4);
    world.user(all[0], Intent::Record(Recording::On));
    world.user(all[1], Intent::Record(Recording::On));
    world.run(200);
    world.user(all[0], Intent::Leave);
    assert_eq!(
        world.people[all[0]].call.view().recording,
        Recording::Off,
        "nobody is left to record"
    );
    world.run(1_000);
    assert_eq!(knows(&world, all[2], all[0]), Recording::Off);
    assert_eq!(knows(&world, all[2], all[1]), Recording::On);
    // Nothing begins after the end.
    world.user(all[0], Intent::Record(Recording::On));
    assert_eq!(world.people[all[0]].call.view().recording, Recording::Off);
}

#[test]
fn what_a_cut_kept_from_somebody_is_made_good_in_any_weather() {
    for seed in 0..10 {
        let mut world = World::new(seed, STORM);
        let all: Vec<usize> = (0..3).map(|_| world.joined()).collect();
        world.until(60_000, "a mesh", |w| w.is_mesh_of(&all));
        world.user(all[0], Intent::Record(Recording::On));
        world.run(500);
        world.set_cut(all[0], all[2], true);
        world.run(4_000);
        // Said while nothing carries it to the third.
        world.user(all[0], Intent::Record(Recording::Off));
        world.run(4_000);
        world.set_cut(all[0], all[2], false);
        world.until(60_000, "a mesh", |w| w.is_mesh_of(&all));
        world.until(5_000, "made good", |w| {
            all_know(w, &all, all[0], Recording::Off)
        });
    }
}
