//! Whatever people do and whatever is lost: nobody sits in a room that the other was not told of, a ring
//! is answered by one tab at most, and everything comes to an end.

use crate::world::{PATIENCE, Seen, World};
use duologue_core::{ids::RingId, ring::Intent};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Deed {
    Call(usize, usize),
    Cancel(usize),
    Accept(usize),
    Decline(usize),
    Busy(usize),
    InCall(usize, bool),
    Cut(usize),
    Restart,
    Wait(u64),
}

const NAMES: [(&str, u8); 5] = [("Ana", 1), ("Ana", 1), ("Ben", 2), ("Ben", 2), ("Cleo", 3)];

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let who = 0..NAMES.len();
    let deed = prop_oneof![
        6 => (who.clone(), who.clone()).prop_map(|(one, other)| Deed::Call(one, other)),
        1 => who.clone().prop_map(Deed::Cancel),
        6 => who.clone().prop_map(Deed::Accept),
        1 => who.clone().prop_map(Deed::Decline),
        1 => who.clone().prop_map(Deed::Busy),
        1 => (who.clone(), any::<bool>()).prop_map(|(at, busy)| Deed::InCall(at, busy)),
        1 => who.prop_map(Deed::Cut),
        1 => Just(Deed::Restart),
        8 => (0..2_000_u64).prop_map(Deed::Wait),
    ];
    proptest::collection::vec(deed, 1..40)
}

fn play(world: &mut World, deeds: &[Deed]) {
    for deed in deeds {
        let ring = |world: &World, at: usize| world.shown(at);
        match deed {
            Deed::Call(one, other) => {
                world.calls(*one, NAMES[*other].0);
            }
            Deed::Cancel(at) => world.wants(*at, Intent::Cancel),
            Deed::Accept(at) => {
                if let Some(ring) = ring(world, *at) {
                    world.wants(*at, Intent::Accept(ring));
                }
            }
            Deed::Decline(at) => {
                if let Some(ring) = ring(world, *at) {
                    world.wants(*at, Intent::Decline(ring, None));
                }
            }
            Deed::Busy(at) => {
                if let Some(ring) = ring(world, *at) {
                    world.wants(*at, Intent::Busy(ring));
                }
            }
            Deed::InCall(at, busy) => world.wants(*at, Intent::InCall(*busy)),
            Deed::Cut(at) => world.cut(*at),
            Deed::Restart => world.restart(),
            Deed::Wait(ms) => world.run(*ms),
        }
    }
    world.run(3 * PATIENCE);
}

/// Tabs that entered because of one ring, and where.
#[derive(Default)]
struct Entered {
    callers: Vec<usize>,
    callees: Vec<usize>,
    rooms: Vec<String>,
}

fn entered(world: &World) -> BTreeMap<RingId, Entered> {
    let mut found: BTreeMap<RingId, Entered> = BTreeMap::new();
    for (at, tab) in world.tabs.iter().enumerate() {
        for seen in &tab.seen {
            if let Seen::Enter {
                ring, mine, room, ..
            } = seen
            {
                let entered = found.entry(*ring).or_default();
                match mine {
                    true => entered.callers.push(at),
                    false => entered.callees.push(at),
                }
                entered.rooms.push(room.clone());
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn without_losses_both_enter_or_neither(deeds in deeds(), delay in 1..400_u64) {
        let mut world = World::signed_in(&NAMES);
        world.delay = delay;
        let without: Vec<Deed> = deeds
            .into_iter()
            .filter(|it| !matches!(it, Deed::Cut(_) | Deed::Restart))
            .collect();
        play(&mut world, &without);
        for (ring, Entered { callers, callees, rooms }) in entered(&world) {
            prop_assert_eq!((callers.len(), callees.len()), (1, 1), "{:?}", ring);
            prop_assert_eq!(&rooms[0], &rooms[1]);
        }
        quiet(&world)?;
    }

    #[test]
    fn whatever_is_lost_one_tab_answers_and_all_comes_to_an_end(
        deeds in deeds(),
        seed in any::<u64>(),
        lost in 0..60_u64,
    ) {
        let owners: Vec<u8> = NAMES.iter().map(|(_, owner)| *owner).collect();
        let mut world = World::new(&owners, seed);
        for (at, (name, _)) in NAMES.iter().enumerate() {
            world.wants(at, Intent::SignIn((*name).into()));
        }
        world.run(1_000);
        world.lost = lost;
        play(&mut world, &deeds);
        for (ring, Entered { callers, callees, rooms }) in entered(&world) {
            prop_assert!(callers.len() == 1, "nobody enters whose caller does not: {:?}", ring);
            prop_assert!(callees.len() <= 1, "{:?}: {:?}", ring, callees);
            prop_assert!(rooms.windows(2).all(|it| it[0] == it[1]));
        }
        quiet(&world)?;
    }
}

/// Nothing rings any more.
fn quiet(world: &World) -> Result<(), TestCaseError> {
    for tab in &world.tabs {
        prop_assert!(tab.ring.outgoing().is_none());
        prop_assert_eq!(tab.ring.incoming().count(), 0);
    }
    Ok(())
}
