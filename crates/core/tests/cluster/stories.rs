//! Across nodes: who sees whom, who is replaced, who was one too many, and what a crash leaves behind.

use crate::world::{World, room, token};
use duologue_core::{
    cluster::message::{NodeMsg, Said, Seated},
    ids::{NodeId, PeerId},
    time::Millis,
    wire::{ClientMsg, Sealed},
};
use std::collections::BTreeSet;

fn others(world: &World, at: usize, key: duologue_core::hub::ClientKey) -> BTreeSet<PeerId> {
    world.client(at, key).rooms[&room(1)].clone()
}

fn ids(people: &[u8]) -> BTreeSet<PeerId> {
    people.iter().map(|n| token(*n).id()).collect()
}

#[test]
fn people_at_two_nodes_meet_write_and_part() {
    let mut world = World::awake();
    let ana = world.connect(0, 1).unwrap();
    let ben = world.connect(1, 2).unwrap();
    let guest = world.connect(2, 3).unwrap();
    world.join(0, ana, 1);
    world.say(2, guest, &ClientMsg::Look { room: room(1) });
    world.join(1, ben, 1);
    world.deliver_all();
    assert_eq!(others(&world, 0, ana), ids(&[2]));
    assert_eq!(others(&world, 1, ben), ids(&[1]));
    assert_eq!(others(&world, 2, guest), ids(&[1, 2]));

    for n in 0..50 {
        world.send(0, ana, 1, token(2).id(), &format!("no{n}"));
    }
    world.deliver_all();
    let letters = &world.client(1, ben).letters;
    let in_order = (0..50).map(|n| (token(1).id(), format!("no{n}")));
    assert!(letters.iter().cloned().eq(in_order));

    world.disconnect(0, ana);
    world.deliver_all();
    assert!(others(&world, 1, ben).is_empty());
    assert_eq!(others(&world, 2, guest), ids(&[2]));
}

#[test]
fn those_at_a_node_that_died_have_left_within_five_seconds() {
    let mut world = World::awake();
    let ana = world.connect(0, 1).unwrap();
    let ben = world.connect(1, 2).unwrap();
    world.join(0, ana, 1);
    world.join(1, ben, 1);
    world.calm(2_000);
    world.kill(1);
    let died = world.now;
    while !others(&world, 0, ana).is_empty() {
        world.calm(250);
        assert!(world.now.since(died) < 5_000);
    }
}

#[test]
fn whoever_comes_back_at_another_node_leaves_no_ghost() {
    let mut world = World::awake();
    let ana = world.connect(0, 1).unwrap();
    world.join(0, ana, 1);
    let ben = world.connect(1, 2).unwrap();
    world.join(1, ben, 1);
    world.calm(1_000);
    // The old line is dead, and its server does not know it yet.
    let ben_again = world.connect(2, 2).unwrap();
    world.join(2, ben_again, 1);
    world.deliver_all();
    world.check();
    assert_eq!(world.replaced, 1, "the older connection is closed");
    assert_eq!(others(&world, 0, ana), ids(&[2]));
    world.send(0, ana, 1, token(2).id(), "hello");
    world.deliver_all();
    assert_eq!(world.client(2, ben_again).letters.len(), 1);
}

#[test]
fn a_room_that_is_filled_from_two_sides_at_once_keeps_those_who_came_first() {
    let mut world = World::awake();
    for (at, person) in [(0, 1), (1, 2), (0, 3), (1, 4)] {
        let key = world.connect(at, person).unwrap();
        world.join(at, key, 1);
    }
    world.deliver_all();
    world.check();
    assert_eq!(world.evicted, 1);
    assert_eq!(world.truth()[&room(1)].len(), 3);
    // Whoever comes later is told at once.
    let late = world.connect(2, 5).unwrap();
    world.say(2, late, &ClientMsg::Look { room: room(1) });
    world.deliver_all();
    world.join(2, late, 1);
    assert!(world.client(2, late).joined.is_empty());
}

#[test]
fn other_limits_hold_for_a_room_across_nodes_and_send_nobody_away() {
    let mut world = World::awake();
    let come = |world: &mut World, people: &[(usize, u8)]| {
        for (at, person) in people {
            let key = world.connect(*at, *person).unwrap();
            world.join(*at, key, 1);
            world.deliver_all();
        }
        world.calm(1_000);
        world.truth()[&room(1)].len()
    };
    world.allow(5);
    let people = [(0, 1), (1, 2), (2, 3), (0, 4), (1, 5), (2, 6)];
    assert_eq!(come(&mut world, &people), 5);
    world.allow(2);
    assert_eq!(come(&mut world, &[(0, 7)]), 5);
    assert_eq!(world.evicted, 0);
}

#[test]
fn without_a_bus_people_at_one_node_go_on_and_afterwards_all_is_as_before() {
    let mut world = World::awake();
    let ana = world.connect(0, 1).unwrap();
    let ben = world.connect(1, 2).unwrap();
    world.join(0, ana, 1);
    world.join(1, ben, 1);
    world.calm(1_000);
    (0..3).for_each(|at| world.bus(at, false));
    world.calm(6_000);
    assert!(others(&world, 0, ana).is_empty(), "nobody can reach Ben");
    let cleo = world.connect(0, 3).unwrap();
    world.join(0, cleo, 1);
    world.send(0, ana, 1, token(3).id(), "still-here");
    assert_eq!(world.client(0, cleo).letters.len(), 1);
    (0..3).for_each(|at| world.bus(at, true));
    world.calm(1_000);
    world.check();
    assert_eq!(others(&world, 1, ben), ids(&[1, 3]));
}

#[test]
fn what_no_node_would_say_reaches_nobody() {
    let mut world = World::awake();
    let ana = world.connect(0, 1).unwrap();
    world.join(0, ana, 1);
    world.calm(1_000);
    let now = world.now;
    let before = world.nodes[0].as_ref().unwrap().machine.dropped();
    let machine = &mut world.nodes[0].as_mut().unwrap().machine;
    let node = NodeId([99; 16]);
    let stranger = |since| Seated {
        peer: token(9).id(),
        card: Sealed("c".into()),
        since,
    };
    let at = 1_700_000 + now.0;
    let part = |members| Said::Part {
        room: room(1),
        no: 1,
        members,
        ask: false,
    };
    let bad_card = Seated {
        card: Sealed("<not sealed>".into()),
        ..stranger(1)
    };
    let letter = |body: &str| Said::Letter {
        room: room(1),
        from: token(9).id(),
        to: token(1).id(),
        body: Sealed(body.into()),
    };
    for (at, said) in [
        (at, part((0..40).map(stranger).collect())),
        (at, part([bad_card].into())),
        (at, letter("{}")),
        (at, letter("from-nobody-here")),
        (0, part([stranger(1)].into())),
        (u64::MAX, part([stranger(1)].into())),
    ] {
        let message = NodeMsg { node, at, said };
        let out = machine.heard(now, message.clone());
        assert_eq!(out, [], "{message:?}");
    }
    let dropped = machine.dropped();
    assert_eq!(dropped.senseless - before.senseless, 3);
    assert_eq!(dropped.strays - before.strays, 1);
    assert_eq!(dropped.stale - before.stale, 2);
    assert!(machine.wake(Millis(now.0 + 1)).is_empty());
}
