//! Whatever happens to nodes, clients and the bus: when it is over, everybody knows who is in the room.

use crate::world::{NODES, World, room};
use duologue_core::{hub::ClientKey, wire::ClientMsg};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Connect(usize, u8),
    Look(usize, usize, u8),
    Join(usize, usize, u8),
    Leave(usize, usize, u8),
    Send(usize, usize, u8, u8),
    Disconnect(usize, usize),
    Kill(usize),
    Start(usize),
    Cut(usize),
    Heal(usize),
    Deliver(usize),
    Double(usize),
    Lose(usize),
    Calm,
    Tick(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let node = 0..NODES;
    let (client, room, person, any) = (0..4usize, 0..2u8, 0..6u8, any::<usize>());
    let who = (node.clone(), client, room);
    let step = prop_oneof![
        6 => (node.clone(), person.clone()).prop_map(|(n, p)| Step::Connect(n, p)),
        2 => who.clone().prop_map(|(n, c, r)| Step::Look(n, c, r)),
        8 => who.clone().prop_map(|(n, c, r)| Step::Join(n, c, r)),
        2 => who.clone().prop_map(|(n, c, r)| Step::Leave(n, c, r)),
        4 => (who, person).prop_map(|((n, c, r), p)| Step::Send(n, c, r, p)),
        2 => (node.clone(), 0..4usize).prop_map(|(n, c)| Step::Disconnect(n, c)),
        1 => node.clone().prop_map(Step::Kill),
        2 => node.clone().prop_map(Step::Start),
        1 => node.clone().prop_map(Step::Cut),
        2 => node.prop_map(Step::Heal),
        12 => any.prop_map(Step::Deliver),
        3 => any.prop_map(Step::Double),
        3 => any.prop_map(Step::Lose),
        2 => Just(Step::Calm),
        4 => (1..20usize).prop_map(Step::Tick),
    ];
    prop::collection::vec(step, 1..120)
}

fn key(world: &World, at: usize, n: usize) -> Option<ClientKey> {
    world.nodes[at].as_ref()?.clients.keys().nth(n).copied()
}

fn play(world: &mut World, step: Step) {
    let say = |world: &mut World, at, n, message| {
        if let Some(key) = key(world, at, n) {
            world.say(at, key, &message);
        }
    };
    match step {
        Step::Connect(at, person) => drop(world.connect(at, person)),
        Step::Look(at, n, r) => say(world, at, n, ClientMsg::Look { room: room(r) }),
        Step::Leave(at, n, r) => say(world, at, n, ClientMsg::Leave { room: room(r) }),
        Step::Join(at, n, r) => {
            if let Some(key) = key(world, at, n) {
                world.join(at, key, r);
            }
        }
        Step::Send(at, n, r, person) => {
            if let Some(key) = key(world, at, n) {
                world.send(at, key, r, crate::world::token(person).id(), "x");
            }
        }
        Step::Disconnect(at, n) => {
            if let Some(key) = key(world, at, n) {
                world.disconnect(at, key);
            }
        }
        Step::Kill(at) => world.kill(at),
        Step::Start(at) => world.start(at),
        Step::Cut(at) => world.bus(at, false),
        Step::Heal(at) => world.bus(at, true),
        Step::Deliver(n) => world.deliver(n),
        Step::Double(n) => world.double(n),
        Step::Lose(n) => world.lose(n),
        Step::Calm => world.calm(500),
        Step::Tick(times) => (0..times).for_each(|_| world.tick()),
    }
}

/// Everybody in a room reaches everybody else in it, once.
fn letters_arrive(world: &mut World) {
    let mut written = Vec::new();
    for at in 0..NODES {
        let Some(node) = &world.nodes[at] else {
            continue;
        };
        for (key, client) in &node.clients {
            for n in (0..2).filter(|n| client.joined.contains(&room(*n))) {
                let others = client.rooms[&room(n)].iter();
                written.extend(others.map(|to| (at, *key, n, client.me, *to)));
            }
        }
    }
    for node in world.nodes.iter_mut().flatten() {
        (node.clients.values_mut()).for_each(|it| it.letters.clear());
    }
    for (at, key, n, _, to) in &written {
        world.send(*at, *key, *n, *to, &format!("room{n}"));
    }
    world.deliver_all();
    let clients = world
        .nodes
        .iter()
        .flatten()
        .flat_map(|it| it.clients.values());
    let arrived = clients.flat_map(|it| {
        let letters = it.letters.iter();
        letters.map(move |(from, body)| (*from, it.me, body.clone()))
    });
    let mut arrived: Vec<_> = arrived.collect();
    let mut sent: Vec<_> = (written.iter())
        .map(|(_, _, n, from, to)| (*from, *to, format!("room{n}")))
        .collect();
    arrived.sort();
    sent.sort();
    assert_eq!(arrived, sent);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn when_it_is_over_everybody_knows_who_is_there(steps in steps()) {
        let mut world = World::new();
        for step in steps {
            play(&mut world, step);
        }
        for at in 0..NODES {
            world.bus(at, true);
        }
        // As long as a part is kept that nobody repeats.
        world.calm(90_000);
        world.check();
        letters_arrive(&mut world);
    }

    /// Without silent losses and late doubles, which NATS does not know, three seconds are enough, and four
    /// after a crash. (A double of what somebody said before they left, heard by a node that has forgotten them
    /// since, is believed until nobody repeats it.)
    #[test]
    fn on_a_bus_that_tells_what_it_loses_five_seconds_are_enough(steps in steps()) {
        let mut world = World::new();
        for step in steps {
            if !matches!(step, Step::Lose(_) | Step::Double(_)) {
                play(&mut world, step);
            }
        }
        for at in 0..NODES {
            world.bus(at, true);
        }
        world.calm(5_000);
        world.check();
    }
}
