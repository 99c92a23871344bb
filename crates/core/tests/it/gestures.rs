//! Hands and reactions: seen by everyone, once, in the same order, whoever comes late or back.

use crate::world::{CALM, STORM, World};
use duologue_core::{
    gesture::Reaction,
    io::{ConnEvent, Input, Intent},
};
use proptest::prelude::*;

/// Whose hands are up, in order, as `who` sees it.
fn queue(world: &World, who: usize) -> Vec<usize> {
    let view = world.people[who].call.view();
    let mut hands: Vec<(usize, usize)> = view.hand.map(|at| (at, who)).into_iter().collect();
    for peer in view.peers {
        let whose = (0..world.people.len()).find(|it| world.id(*it) == peer.id);
        hands.extend(peer.hand.zip(whose));
    }
    hands.sort();
    let places: Vec<usize> = hands.iter().map(|(at, _)| *at).collect();
    assert_eq!(places, (1..=hands.len()).collect::<Vec<_>>(), "no gap");
    hands.into_iter().map(|(_, who)| who).collect()
}

fn all_see(world: &World, people: &[usize], wanted: &[usize]) -> bool {
    people.iter().all(|who| queue(world, *who) == wanted)
}

fn meet(world: &mut World, count: usize) -> Vec<usize> {
    let people: Vec<usize> = (0..count).map(|_| world.joined()).collect();
    world.until(60_000, "a mesh", |w| w.is_mesh_of(&people));
    // Channels open a moment after.
    world.run(50);
    people
}

#[test]
fn hands_are_in_the_order_in_which_they_went_up_and_close_ranks() {
    let mut world = World::new(1, CALM);
    let all = meet(&mut world, 4);
    for who in [2, 0, 3] {
        world.user(all[who], Intent::Hand(true));
        world.run(100);
    }
    assert!(all_see(&world, &all, &[2, 0, 3]));
    // Twice is once.
    world.user(all[0], Intent::Hand(true));
    world.user(all[2], Intent::Hand(false));
    world.run(100);
    assert!(all_see(&world, &all, &[0, 3]));
    world.user(all[2], Intent::Hand(true));
    world.run(100);
    assert!(all_see(&world, &all, &[0, 3, 2]));
    world.user(all[0], Intent::Leave);
    world.run(1_000);
    assert!(all_see(&world, &all[1..], &[3, 2]));
}

#[test]
fn hands_raised_in_the_same_instant_are_in_the_same_order_for_everyone() {
    for seed in 0..10 {
        let mut world = World::new(seed, CALM);
        let all = meet(&mut world, 4);
        for who in &all {
            world.user(*who, Intent::Hand(true));
        }
        world.run(100);
        let order = queue(&world, all[0]);
        assert_eq!(order.len(), 4);
        assert!(all_see(&world, &all, &order));
    }
}

#[test]
fn late_joiners_are_told_and_a_reload_takes_the_hand_down() {
    let mut world = World::new(3, STORM);
    let mut all = meet(&mut world, 3);
    world.user(all[1], Intent::Hand(true));
    world.run(100);
    world.user(all[0], Intent::Hand(true));
    world.run(100);
    all.push(world.joined());
    world.until(60_000, "a mesh", |w| w.is_mesh_of(&all));
    world.until(5_000, "told", |w| all_see(w, &all, &[1, 0]));
    world.reload(all[1], true);
    world.until(60_000, "a mesh", |w| w.is_mesh_of(&all));
    world.until(5_000, "down", |w| all_see(w, &all, &[0]));
}

#[test]
fn what_a_cut_kept_from_somebody_is_made_good() {
    let mut world = World::new(4, STORM);
    let all = meet(&mut world, 3);
    world.user(all[0], Intent::Hand(true));
    world.user(all[1], Intent::Hand(true));
    world.run(200);
    world.stop_server();
    // Nobody can pass it on either.
    world.set_cut(all[0], all[2], true);
    world.set_cut(all[1], all[2], true);
    world.run(4_000);
    // Said while nothing carries it to the third.
    world.user(all[0], Intent::Hand(false));
    world.run(4_000);
    assert_eq!(queue(&world, all[2]).len(), 2);
    world.heal_cuts();
    world.start_server();
    world.until(60_000, "a mesh", |w| w.is_mesh_of(&all));
    world.until(5_000, "told", |w| all_see(w, &all, &[1]));
}

#[test]
fn a_reaction_is_seen_by_everyone_and_counts_up() {
    let mut world = World::new(5, CALM);
    let all = meet(&mut world, 3);
    for (count, reaction) in [Reaction::Heart, Reaction::Heart, Reaction::Clap]
        .into_iter()
        .enumerate()
    {
        world.user(all[0], Intent::React(reaction));
        world.run(1_000);
        let shown = Some((count as u32 + 1, reaction));
        assert_eq!(world.people[all[0]].call.view().reaction, shown);
        for who in &all[1..] {
            let id = world.id(all[0]);
            let view = world.people[*who].call.view();
            let peer = view.peers.iter().find(|it| it.id == id).unwrap();
            assert_eq!(peer.reaction, shown);
        }
    }
    // One who leans on the key is thinned at the source.
    for _ in 0..50 {
        world.user(all[1], Intent::React(Reaction::Laugh));
    }
    let (no, _) = world.people[all[1]].call.view().reaction.unwrap();
    assert!((2..10).contains(&no), "{no} at once");
}

/// What a hostile page says over the control channel of the one who sees it.
fn says(world: &mut World, hostile: usize, victim: usize, text: &str) {
    let id = world.id(hostile);
    let view = world.people[victim].call.view();
    let peer = view.peers.iter().find(|it| it.id == id);
    let event = ConnEvent::ChannelText(text.to_string());
    if let Some(conn) = peer.and_then(|it| it.conn) {
        world.feed_raw(victim, Input::Conn(conn, event));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_hostile_page_shows_nothing_unknown_and_leaves_others_hands_alone(
        numbers in prop::collection::vec((any::<u64>(), any::<u64>(), any::<bool>()), 1..30),
        word in "[a-z_<>\\\\u{202e}]{0,12}",
    ) {
        let mut world = World::new(6, CALM);
        let all = meet(&mut world, 3);
        world.user(all[2], Intent::Hand(true));
        world.run(100);
        for (no, turn, hand) in numbers {
            let text = if hand {
                format!(r#"{{"type":"hand","no":{no},"turn":{turn}}}"#)
            } else {
                format!(r#"{{"type":"react","no":{no},"reaction":{}}}"#, serde_json::json!(word))
            };
            says(&mut world, all[0], all[1], &text);
        }
        world.user(all[1], Intent::Hand(true));
        world.run(100);
        let hands = queue(&world, all[1]);
        let honest: Vec<usize> = hands.into_iter().filter(|who| *who != 0).collect();
        prop_assert_eq!(honest, vec![2, 1]);
        let id = world.id(all[0]);
        let view = world.people[all[1]].call.view();
        let reaction = view.peers.iter().find(|it| it.id == id).unwrap().reaction;
        prop_assert!(reaction.is_none());
    }
}
