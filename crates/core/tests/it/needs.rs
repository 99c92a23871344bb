//! Who is told how large their pictures are looked at: at once, again on every new connection, and
//! nobody else.

use crate::world::{CALM, STORM, World};
use duologue_core::{
    io::Intent,
    wire::{Codecs, Need, Size},
};

const fn need(width: u16, height: u16) -> Need {
    Need {
        camera: Size { width, height },
        screen: Size {
            width: 0,
            height: 0,
        },
    }
}

/// What `who` knows of how large `by` looks at them.
fn told(world: &World, who: usize, by: usize) -> Option<Need> {
    let by = world.id(by);
    let view = world.people[who].call.view();
    view.peers.iter().find(|it| it.id == by)?.need
}

/// As pages do, twice a second.
fn keep_looking(world: &mut World, who: usize, at: usize, seen: Need) {
    for _ in 0..120 {
        if told(world, at, who) == Some(seen) {
            return;
        }
        look(world, who, at, seen);
        world.run(500);
    }
    panic!("never told");
}

fn look(world: &mut World, who: usize, at: usize, seen: Need) {
    let of = world.id(at);
    world.user(who, Intent::Need(of, seen));
}

#[test]
fn what_is_seen_is_told_to_whom_it_is_of_and_to_nobody_else() {
    let mut world = World::new(1, CALM);
    let all: Vec<usize> = (0..3).map(|_| world.joined()).collect();
    world.until(10_000, "a mesh", |w| w.is_mesh_of(&all));
    world.run(100);
    let before = world.people[all[1]].tuned;
    look(&mut world, all[0], all[1], need(320, 240));
    world.run(100);
    assert_eq!(told(&world, all[1], all[0]), Some(need(320, 240)));
    assert_eq!(world.people[all[1]].tuned, before + 1);
    assert_eq!(told(&world, all[2], all[0]), None);
    // The same again is no news.
    look(&mut world, all[0], all[1], need(320, 240));
    world.run(100);
    assert_eq!(world.people[all[1]].tuned, before + 1);
}

#[test]
fn whoever_looks_before_the_connection_stands_is_heard_when_it_does() {
    for seed in 0..20 {
        let mut world = World::new(seed, STORM);
        let all = [world.joined(), world.joined()];
        world.until(10_000, "they know each other", |w| {
            all.iter().all(|who| w.sees(*who).len() == 1)
        });
        look(&mut world, all[0], all[1], need(640, 360));
        world.calm_down();
        keep_looking(&mut world, all[0], all[1], need(640, 360));
    }
}

#[test]
fn another_life_is_told_anew_and_knows_nothing_of_before() {
    let mut world = World::new(3, CALM);
    let all = [world.joined(), world.joined()];
    world.until(10_000, "a call", |w| w.is_mesh_of(&all));
    look(&mut world, all[0], all[1], need(0, 0));
    look(&mut world, all[1], all[0], need(80, 80));
    world.run(100);
    world.reload(all[1], false);
    world.until(20_000, "a call again", |w| w.is_mesh_of(&all));
    assert_eq!(told(&world, all[0], all[1]), None, "of a life that is over");
    assert_eq!(
        told(&world, all[1], all[0]),
        None,
        "before the page says so"
    );
    keep_looking(&mut world, all[0], all[1], need(0, 0));
}

#[test]
fn a_fresh_connection_is_told_what_the_one_before_knew() {
    let mut world = World::new(4, CALM);
    let all = [world.joined(), world.joined()];
    world.until(10_000, "a call", |w| w.is_mesh_of(&all));
    world.set_cut(all[0], all[1], true);
    world.run(1_000);
    look(&mut world, all[0], all[1], need(160, 80));
    world.run(24_000);
    world.set_cut(all[0], all[1], false);
    world.until(30_000, "a call again", |w| w.is_mesh_of(&all));
    keep_looking(&mut world, all[0], all[1], need(160, 80));
}

#[test]
fn what_a_device_decodes_easily_is_told_to_all_and_to_who_comes_later() {
    let light = Codecs {
        vp9: true,
        ..Codecs::default()
    };
    let knows = |world: &World, who: usize, of: usize| {
        let of = world.id(of);
        let view = world.people[who].call.view();
        view.peers.iter().any(|it| it.id == of && it.light == light)
    };
    let mut world = World::new(5, CALM);
    let mut all = vec![world.joined(), world.joined()];
    world.until(10_000, "a call", |w| w.is_mesh_of(&all));
    world.user(all[0], Intent::Light(light));
    keep_looking(&mut world, all[0], all[1], need(80, 80));
    assert!(knows(&world, all[1], all[0]));
    assert!(!knows(&world, all[0], all[1]));
    all.push(world.joined());
    world.until(10_000, "a third", |w| w.is_mesh_of(&all));
    keep_looking(&mut world, all[0], all[2], need(80, 80));
    assert!(knows(&world, all[2], all[0]));
    // And what changes is told to whoever knew the old.
    world.user(all[0], Intent::Light(Codecs::default()));
    world.run(100);
    assert!(!knows(&world, all[1], all[0]) && !knows(&world, all[2], all[0]));
}
