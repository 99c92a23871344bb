//! Ways that die and come back: networks that change without a word, a server that is gone, third persons
//! who pass on what they cannot read, and ways that are bad yet alive.

use crate::world::{CALM, STORM, Weather, World};
use duologue_core::{
    call::PeerState,
    io::{ConnEvent, Input},
    wire::{self, PeerMsg, Sealed},
};
use proptest::prelude::*;

/// Browsers say that a path is broken when it has been so for this long.
const NOTICE: u64 = 6_000;

fn together(seed: u64, people: usize) -> (World, Vec<usize>) {
    let mut world = World::new(seed, CALM);
    world.notice = NOTICE;
    let all: Vec<usize> = (0..people).map(|_| world.joined()).collect();
    world.until(10_000, "a mesh", |w| w.is_mesh_of(&all));
    world.run(1_000 + seed % 500);
    (world, all)
}

#[test]
fn paths_that_die_are_mended_within_two_seconds_long_before_a_browser_says_so() {
    for seed in 0..20 {
        for people in [2, 3, 4] {
            let (mut world, all) = together(seed, people);
            world.lose_paths(all[0]);
            world.run(50);
            assert!(!world.is_mesh_of(&all), "nothing was lost");
            world.until(1_950, "mended", |w| w.is_mesh_of(&all));
        }
    }
}

#[test]
fn another_network_with_a_socket_that_hangs_is_got_over_within_two_seconds() {
    for seed in 0..20 {
        let (mut world, all) = together(seed, 2 + seed as usize % 3);
        world.hand_over(all[1]);
        world.until(2_300, "mended", |w| w.is_mesh_of(&all));
    }
}

#[test]
fn with_the_server_gone_a_third_person_passes_it_on() {
    for seed in 0..20 {
        let (mut world, all) = together(seed, 3);
        world.stop_server();
        world.run(2_000);
        // Between two of them alone; both reach the third.
        world.lose_paths_between(all[0], all[1]);
        world.until(2_000, "mended", |w| w.is_mesh_of(&all));
        assert!(!world.server_up);
    }
}

#[test]
fn with_nobody_to_pass_it_on_it_waits_for_the_server() {
    let (mut world, all) = together(1, 2);
    world.stop_server();
    world.run(2_000);
    world.lose_paths(all[0]);
    world.run(5_000);
    assert_eq!(world.sees(all[0])[0].1, PeerState::Reconnecting);
    world.start_server();
    world.until(4_000, "mended", |w| w.is_mesh_of(&all));
}

#[test]
fn a_server_that_comes_back_is_met_by_everybody_within_two_seconds_and_newcomers_join() {
    for seed in 0..20 {
        for people in [2, 3, 4] {
            let (mut world, mut all) = together(seed, people);
            world.stop_server();
            world.run(3_000 + 700 * seed);
            assert!(world.is_mesh_of(&all), "the call noticed");
            world.start_server();
            all.push(world.joined());
            world.until(2_000, "a newcomer", |w| w.is_mesh_of(&all));
        }
    }
}

#[test]
fn whoever_hears_of_a_new_network_does_not_wait() {
    let (mut world, all) = together(3, 2);
    world.stop_server();
    world.run(600_000);
    world.start_server();
    world.lose_paths(all[0]);
    for who in &all {
        world.feed(*who, Input::Jolt);
    }
    world.until(1_000, "mended", |w| w.is_mesh_of(&all));
}

#[test]
fn a_way_that_is_late_but_carries_sound_is_left_alone() {
    let (mut world, all) = together(4, 2);
    world.lag = 1_500;
    let restarts = world.restarts;
    for _ in 0..600 {
        world.run(100);
        assert_eq!(world.sees(all[0])[0].1, PeerState::Connected);
    }
    assert_eq!(world.restarts, restarts);
}

#[test]
fn a_late_way_without_sound_is_doubted_a_few_times_and_then_no_more() {
    let (mut world, all) = together(5, 2);
    let conns: Vec<_> = world.people[0].pcs.keys().copied().collect();
    (world.lag, world.media) = (1_500, false);
    world.run(60_000);
    let early = world.restarts;
    assert!(early <= 8, "{early} restarts in the first minute");
    world.run(60_000);
    assert!(world.restarts - early <= 4, "{} in all", world.restarts);
    let now: Vec<_> = world.people[0].pcs.keys().copied().collect();
    assert_eq!(conns, now, "a living connection was thrown away");
    world.lag = 4;
    world.until(5_000, "as if nothing had been", |w| w.is_mesh_of(&all));
}

#[test]
fn a_quiet_call_is_asked_for_signs_of_life_and_not_for_more() {
    let (mut world, all) = together(6, 2);
    world.media = false;
    let (restarts, descriptions) = (world.restarts, world.descriptions);
    world.run(600_000);
    assert!(world.is_mesh_of(&all));
    assert_eq!(world.restarts, restarts);
    assert_eq!(world.descriptions, descriptions);
}

#[test]
fn what_is_passed_on_is_limited_and_believed_only_when_it_is_sealed() {
    let (mut world, all) = together(7, 3);
    let conn_of = |w: &World, who: usize, whom: usize| w.told_of_screen(who, whom).1.unwrap();
    // To Ben, from Ana, for Cleo: rubbish, far too often.
    let body = Sealed("A".repeat(600));
    let to = world.id(all[2]);
    let text = wire::encode(&PeerMsg::Pass { to, body });
    let conn = conn_of(&world, all[1], all[0]);
    for _ in 0..5_000 {
        let event = ConnEvent::ChannelText(text.clone());
        world.feed_raw(all[1], Input::Conn(conn, event));
    }
    let refused = world.people[all[2]].call.dropped().refused;
    world.run(100);
    let passed = world.people[all[2]].call.dropped().refused - refused;
    assert!((1..=130).contains(&passed), "{passed} were passed on");
    let dropped = world.people[all[1]].call.dropped().misplaced;
    assert!(dropped >= 4_800, "{dropped} were dropped");
    assert!(world.is_mesh_of(&all));
}

#[test]
fn nothing_is_passed_on_to_its_author_to_strangers_or_beyond_what_a_channel_takes() {
    let (mut world, all) = together(8, 3);
    let conn = world.told_of_screen(all[1], all[0]).1.unwrap();
    let own = world.id(all[0]);
    let stranger = duologue_core::ids::PeerToken([77; 16]).id();
    let other = world.id(all[2]);
    // As long as can be asked for; what it comes to is longer still.
    let body = Sealed(String::new());
    let longest = wire::MAX_PEER_MSG - wire::encode(&PeerMsg::Pass { to: other, body }).len();
    for (to, length) in [(own, 10), (stranger, 10), (other, longest)] {
        let before = world.people[all[1]].call.dropped().misplaced;
        let body = Sealed("A".repeat(length));
        let text = wire::encode(&PeerMsg::Pass { to, body });
        assert!(text.len() <= wire::MAX_PEER_MSG, "never read");
        world.feed_raw(all[1], Input::Conn(conn, ConnEvent::ChannelText(text)));
        let after = world.people[all[1]].call.dropped().misplaced;
        assert_eq!(after, before + 1, "{length}");
    }
}

#[derive(Clone, Debug)]
enum Blow {
    Handover(usize),
    Paths(usize),
    Cut(usize, usize),
    Server(bool),
    Storm(bool),
    Lag(u64),
    Silence(bool),
    Reload(usize),
    Jolt(usize),
}

fn blow() -> impl Strategy<Value = Blow> {
    prop_oneof![
        (0..4usize).prop_map(Blow::Handover),
        (0..4usize).prop_map(Blow::Paths),
        (0..4usize, 0..4usize).prop_map(|(a, b)| Blow::Cut(a, b)),
        any::<bool>().prop_map(Blow::Server),
        any::<bool>().prop_map(Blow::Storm),
        (0..2_000u64).prop_map(Blow::Lag),
        any::<bool>().prop_map(Blow::Silence),
        (0..4usize).prop_map(Blow::Reload),
        (0..4usize).prop_map(Blow::Jolt),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever comes, once it is over and the server is there, everybody sees everybody again.
    #[test]
    fn whatever_happens_a_calm_half_minute_brings_everybody_back(
        seed in any::<u64>(),
        people in 2..5usize,
        blows in prop::collection::vec((blow(), 0..4_000u64), 1..12),
    ) {
        let (mut world, all) = together(seed, people);
        let one = |it: usize| it % people;
        for (blow, pause) in blows {
            match blow {
                Blow::Handover(who) => world.hand_over(one(who)),
                Blow::Paths(who) => world.lose_paths(one(who)),
                Blow::Cut(a, b) if one(a) != one(b) => world.set_cut(one(a), one(b), true),
                Blow::Cut(..) => world.cut.clear(),
                Blow::Server(true) => world.start_server(),
                Blow::Server(false) => world.stop_server(),
                Blow::Storm(on) => world.weather = if on { STORM } else { CALM },
                Blow::Lag(lag) => world.lag = lag,
                Blow::Silence(on) => world.media = !on,
                Blow::Reload(who) => world.reload(one(who), pause % 2 == 0),
                Blow::Jolt(who) => world.feed(one(who), Input::Jolt),
            }
            world.run(pause);
        }
        (world.weather, world.lag, world.media) = (Weather { ..CALM }, 0, true);
        world.start_server();
        world.heal_cuts();
        world.run(40_000);
        // Whoever was given up is asked for by hand.
        world.try_again();
        world.until(60_000, "everybody", |w| w.is_mesh_of(&all));
    }
}
