//! Both want to offer at once, in every interleaving that chance finds: both ends become stable on the
//! same session, one connection a pair, and nothing is left waiting. Where nothing is lost, no offer is
//! ever taken back.

use crate::world::{Weather, World};
use duologue_core::{
    call::ShareState,
    io::{ConnEvent, Input, Intent},
};
use proptest::prelude::*;

/// Makes both ends of every connection want to negotiate, now.
fn everyone_negotiates(world: &mut World) {
    for who in 0..world.people.len() {
        let conns: Vec<_> = world.people[who].pcs.keys().copied().collect();
        for conn in conns {
            world.feed(who, Input::Conn(conn, ConnEvent::NegotiationNeeded));
        }
    }
}

#[test]
fn two_who_want_to_offer_at_once_take_turns() {
    let mut world = World::new(
        1,
        Weather {
            jitter: 50,
            ..Default::default()
        },
    );
    let all = [world.joined(), world.joined()];
    world.until(5_000, "connected", |w| w.is_mesh_of(&all));
    for _ in 0..20 {
        everyone_negotiates(&mut world);
        let pause = world.chance.below(40);
        world.run(pause);
    }
    world.run(10_000);
    assert!(world.is_mesh_of(&all));
    assert_eq!(world.crossed, 0, "offers that crossed");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_offer_is_taken_back_where_nothing_is_lost(
        seed in any::<u64>(),
        people in 2usize..4,
        jitter in 0u64..300,
        moments in proptest::collection::vec((0u64..700, 0u8..5), 0..20),
    ) {
        let mut world = World::new(seed, Weather { jitter, ..Weather::default() });
        let everyone: Vec<usize> = (0..people).map(|_| world.joined()).collect();
        world.until(20_000, "a mesh", |w| w.is_mesh_of(&everyone));
        for (pause, what) in moments {
            world.run(pause);
            let who = world.chance.below(people as u64) as usize;
            match what {
                0 => everyone_negotiates(&mut world),
                1 | 2 => world.restart_ice_everywhere(),
                3 => world.user(everyone[who], Intent::ShareScreen),
                _ => world.user(everyone[who], Intent::StopScreen),
            }
        }
        world.run(10_000);
        prop_assert!(world.is_mesh_of(&everyone));
        prop_assert_eq!(world.crossed, 0);
    }

    #[test]
    fn any_weather_and_any_moment_of_glare_ends_in_a_mesh(
        seed in any::<u64>(),
        people in 2usize..5,
        lost in 0u64..40,
        doubled in 0u64..60,
        jitter in 0u64..1_500,
        looks_round in 0u64..60,
        moments in proptest::collection::vec((0u64..700, 0u8..7), 0..12),
    ) {
        let mut world = World::new(seed, Weather { lost, doubled, jitter });
        // Some join before they are told who is there, some after.
        let everyone: Vec<usize> = (0..people).map(|_| world.joined_after(looks_round)).collect();
        for (pause, what) in moments {
            world.run(pause);
            match what {
                0 | 1 => everyone_negotiates(&mut world),
                2 => world.restart_ice_everywhere(),
                3 | 4 => {
                    let who = world.chance.below(people as u64) as usize;
                    world.user(everyone[who], Intent::ShareScreen);
                }
                5 => {
                    let who = world.chance.below(people as u64) as usize;
                    world.user(everyone[who], Intent::StopScreen);
                }
                _ => {
                    let who = world.chance.below(people as u64) as usize;
                    world.reload(everyone[who], false);
                }
            }
        }
        world.calm_down();
        world.until(120_000, "a mesh", |w| w.is_mesh_of(&everyone));
        world.until(20_000, "everybody's screen", |w| {
            everyone.iter().all(|whom| {
                let shares = matches!(w.people[*whom].call.view().share, ShareState::On { .. });
                let others = everyone.iter().filter(|who| *who != whom);
                others.clone().all(|who| {
                    w.sees_screen(*who, *whom) == shares && w.told_of_screen(*who, *whom).0 == shares
                })
            })
        });
        // Quiet: nothing is waiting to be negotiated, and it stays that way.
        world.run(20_000);
        prop_assert!(world.is_mesh_of(&everyone));
    }
}
