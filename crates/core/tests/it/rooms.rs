//! Rooms of two to eight: joining, leaving, reloading, and a signaller that comes and goes.

use crate::world::{CALM, STORM, World};
use duologue_core::{
    call::{Ended, LinkStatus, PeerState, Phase},
    io::{Input, Intent, SignalEvent},
    wire::{MAX_ROOM, Media, Refusal, ServerMsg, close, encode},
};

#[test]
fn two_people_meet_hear_each_others_names_and_see_what_is_sent() {
    let mut world = World::new(1, CALM);
    let (ana, ben) = (world.joined(), world.joined());
    world.until(2_000, "two connected", |w| w.is_mesh_of(&[ana, ben]));
    world.user(
        ana,
        Intent::Media(Media {
            microphone: false,
            camera: true,
        }),
    );
    world.run(100);
    let view = world.people[ben].call.view();
    assert_eq!(view.peers[0].name, "Person 0");
    assert_eq!(
        view.peers[0].media,
        Media {
            microphone: false,
            camera: true
        }
    );
}

#[test]
fn the_green_room_tells_who_is_there_and_follows_who_comes_and_goes() {
    let mut world = World::new(2, CALM);
    let ana = world.joined();
    let ben = world.person();
    world.until(1_000, "ana is seen", |w| {
        w.people[ben].call.view().present == ["Person 0"]
    });
    world.user(ana, Intent::Leave);
    world.until(1_000, "ana is gone", |w| {
        w.people[ben].call.view().present.is_empty()
    });
}

#[test]
fn who_joins_from_the_green_room_connects_without_waiting_for_the_rooms_answer() {
    let mut offered = 0;
    for seed in 0..8 {
        let mut world = World::new(seed, CALM);
        let ana = world.joined();
        let ben = world.person();
        world.until(1_000, "ana is seen", |w| {
            w.people[ben].call.view().present == ["Person 0"]
        });
        let name = "Person 1".to_string();
        world.user(ben, Intent::Join { name });
        let conns: Vec<_> = world.people[ben].pcs.keys().copied().collect();
        assert_eq!(conns.len(), 1, "a connection at once");
        offered += world.people[ben].call.ops_in_flight(conns[0]);
        world.until(200, "two connected", |w| w.is_mesh_of(&[ana, ben]));
        assert_eq!(
            world.descriptions, 2,
            "one offer, one answer, nothing said twice"
        );
    }
    assert!((1..8).contains(&offered), "either of them may be to offer");
}

#[test]
fn a_join_that_is_refused_lets_go_of_whom_it_began_to_call() {
    let mut world = World::new(13, CALM);
    let everyone: Vec<usize> = (0..MAX_ROOM - 1).map(|_| world.joined()).collect();
    world.until(10_000, "a mesh", |w| w.is_mesh_of(&everyone));
    // Both see seven, and there is one place.
    let late = [world.person(), world.person()];
    world.run(500);
    for who in late {
        let name = format!("Person {who}");
        world.user(who, Intent::Join { name });
    }
    world.run(3_000);
    let refused = &world.people[late[1]];
    assert_eq!(refused.call.view().phase, Phase::Ended(Ended::RoomFull));
    assert!(refused.pcs.is_empty());
    let mut room = everyone.clone();
    room.push(late[0]);
    assert!(world.is_mesh_of(&room));
}

#[test]
fn up_to_eight_people_become_one_mesh_in_calm_and_in_storm() {
    for people in 2..=MAX_ROOM {
        for (seed, weather) in [(10, CALM), (11, STORM), (12, STORM)] {
            let mut world = World::new(seed + people as u64, weather);
            let mut everyone = Vec::new();
            for _ in 0..people {
                everyone.push(world.joined());
                let pause = world.chance.below(600);
                world.run(pause);
            }
            world.until(60_000, "a mesh", |w| w.is_mesh_of(&everyone));
        }
    }
}

#[test]
fn everyone_joining_in_the_same_instant_is_no_harder() {
    for seed in 0..20 {
        let mut world = World::new(seed, STORM);
        let everyone: Vec<usize> = (0..5).map(|_| world.joined()).collect();
        world.until(60_000, "a mesh", |w| w.is_mesh_of(&everyone));
    }
}

#[test]
fn the_ninth_person_is_told_that_the_room_is_full_and_nobody_else_notices() {
    let mut world = World::new(3, CALM);
    let everyone: Vec<usize> = (0..MAX_ROOM).map(|_| world.joined()).collect();
    world.until(10_000, "a mesh", |w| w.is_mesh_of(&everyone));
    let ninth = world.joined();
    world.run(2_000);
    assert_eq!(
        world.people[ninth].call.view().phase,
        Phase::Ended(Ended::RoomFull)
    );
    assert!(world.is_mesh_of(&everyone));
}

#[test]
fn leaving_takes_the_tile_away_within_a_second_and_closes_everything() {
    let mut world = World::new(4, CALM);
    let all = [world.joined(), world.joined(), world.joined()];
    world.until(5_000, "a mesh", |w| w.is_mesh_of(&all));
    world.user(all[1], Intent::Leave);
    world.run(1_000);
    assert!(world.is_mesh_of(&[all[0], all[2]]));
    assert!(
        world.people[all[1]].pcs.is_empty(),
        "the one who left still holds connections"
    );
    assert_eq!(
        world.people[all[1]].call.view().phase,
        Phase::Ended(Ended::Left)
    );
}

#[test]
fn one_can_come_back_after_leaving() {
    let mut world = World::new(5, CALM);
    let (ana, ben) = (world.joined(), world.joined());
    world.until(2_000, "two connected", |w| w.is_mesh_of(&[ana, ben]));
    world.user(ben, Intent::Leave);
    world.run(1_000);
    world.reload(ben, false);
    world.until(3_000, "two again", |w| w.is_mesh_of(&[ana, ben]));
}

#[test]
fn a_reload_takes_its_old_place_and_leaves_no_ghost() {
    for (seed, politely) in [(1, true), (2, false), (3, true), (4, false)] {
        let mut world = World::new(seed, CALM);
        let all = [world.joined(), world.joined(), world.joined()];
        world.until(5_000, "a mesh", |w| w.is_mesh_of(&all));
        let places = world
            .sees(all[0])
            .iter()
            .map(|(id, _)| *id)
            .collect::<Vec<_>>();
        world.reload(all[1], politely);
        for _ in 0..100 {
            world.run(30);
            assert!(
                world.sees(all[0]).len() <= 2,
                "a ghost: {:?}",
                world.sees(all[0])
            );
        }
        world.until(10_000, "a mesh again", |w| w.is_mesh_of(&all));
        assert_eq!(
            world
                .sees(all[0])
                .iter()
                .map(|(id, _)| *id)
                .collect::<Vec<_>>(),
            places
        );
    }
}

#[test]
fn reloads_heal_in_the_worst_weather() {
    for seed in 0..30 {
        let mut world = World::new(seed, STORM);
        let all = [world.joined(), world.joined(), world.joined()];
        world.until(60_000, "a mesh", |w| w.is_mesh_of(&all));
        let who = all[world.chance.below(3) as usize];
        world.reload(who, seed % 2 == 0);
        world.until(60_000, "a mesh again", |w| w.is_mesh_of(&all));
    }
}

#[test]
fn a_crashed_tab_is_kept_for_a_moment_and_then_let_go() {
    let mut world = World::new(6, CALM);
    let (ana, ben) = (world.joined(), world.joined());
    world.until(2_000, "two connected", |w| w.is_mesh_of(&[ana, ben]));
    world.crash(ben);
    world.run(1_000);
    assert_eq!(world.sees(ana), [(world.id(ben), PeerState::Reconnecting)]);
    world.run(10_000);
    assert_eq!(world.sees(ana), []);
    assert!(world.people[ana].pcs.is_empty());
}

#[test]
fn a_call_outlives_its_server_and_is_whole_again_when_it_returns() {
    let mut world = World::new(7, CALM);
    let all = [world.joined(), world.joined()];
    world.until(2_000, "two connected", |w| w.is_mesh_of(&all));
    world.stop_server();
    world.run(60_000);
    assert!(world.is_mesh_of(&all), "the server's end ended a call");
    assert_eq!(world.people[0].call.view().link, LinkStatus::Offline);
    world.start_server();
    world.until(11_000, "both are back", |w| {
        w.people
            .iter()
            .all(|p| p.call.view().link == LinkStatus::Online)
    });
    world.run(500);
    assert!(world.is_mesh_of(&all));
    let newcomer = world.joined();
    world.until(3_000, "a newcomer", |w| {
        w.is_mesh_of(&[all[0], all[1], newcomer])
    });
}

#[test]
fn a_path_that_breaks_and_comes_back_is_mended_by_an_ice_restart() {
    let mut world = World::new(8, CALM);
    let all = [world.joined(), world.joined()];
    world.until(2_000, "two connected", |w| w.is_mesh_of(&all));
    world.set_cut(all[0], all[1], true);
    world.run(3_000);
    assert_eq!(world.sees(all[0])[0].1, PeerState::Reconnecting);
    world.set_cut(all[0], all[1], false);
    world.until(10_000, "mended", |w| w.is_mesh_of(&all));
}

#[test]
fn a_path_that_stays_dead_ends_in_an_honest_failure_and_try_again_works() {
    let mut world = World::new(9, CALM);
    let all = [world.joined(), world.joined()];
    world.until(2_000, "two connected", |w| w.is_mesh_of(&all));
    world.set_cut(all[0], all[1], true);
    world.run(60_000);
    assert_eq!(world.sees(all[0]), [(world.id(all[1]), PeerState::Failed)]);
    world.set_cut(all[0], all[1], false);
    let other = world.id(all[1]);
    world.user(all[0], Intent::Retry(other));
    world.until(10_000, "tried again", |w| w.is_mesh_of(&all));
}

#[test]
fn the_same_token_elsewhere_ends_the_older_call_with_the_reason() {
    let mut world = World::new(10, CALM);
    let ana = world.joined();
    world.run(200);
    let twin = world.twin_of(ana);
    world.run(1_000);
    assert_eq!(
        world.people[ana].call.view().phase,
        Phase::Ended(Ended::OpenedElsewhere)
    );
    assert_eq!(world.people[twin].call.view().phase, Phase::InCall);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = |seed| {
        let mut world = World::new(seed, STORM);
        let all = [world.joined(), world.joined(), world.joined()];
        world.until(60_000, "a mesh", |w| w.is_mesh_of(&all));
        world.trace.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(run(77), run(77));
    assert_ne!(run(77), run(78));
}

#[test]
fn a_call_by_name_is_over_for_whoever_is_left_alone_in_it() {
    let mut world = World::new(31, CALM);
    let (ana, ben) = (world.rung(), world.rung());
    world.until(2_000, "two connected", |w| w.is_mesh_of(&[ana, ben]));
    let cleo = world.joined();
    world.until(2_000, "three connected", |w| {
        w.is_mesh_of(&[ana, ben, cleo])
    });
    world.user(ben, Intent::Leave);
    world.run(5_000);
    assert_eq!(
        world.people[ana].call.view().phase,
        Phase::InCall,
        "cleo is there"
    );
    world.user(cleo, Intent::Leave);
    world.until(1_000, "ana is told", |w| {
        w.people[ana].call.view().phase == Phase::Ended(Ended::OtherLeft)
    });
}

#[test]
fn a_call_by_name_waits_for_the_other_and_ends_when_they_vanish() {
    let mut world = World::new(32, CALM);
    let ana = world.rung();
    world.run(20_000);
    assert_eq!(
        world.people[ana].call.view().phase,
        Phase::InCall,
        "nobody has come yet"
    );
    let ben = world.rung();
    world.until(2_000, "two connected", |w| w.is_mesh_of(&[ana, ben]));
    world.crash(ben);
    world.until(60_000, "ana is told", |w| {
        w.people[ana].call.view().phase == Phase::Ended(Ended::OtherLeft)
    });
}

#[test]
fn a_call_by_name_is_over_too_when_the_other_left_before_one_was_in() {
    let mut world = World::new(33, CALM);
    let ana = world.about_to_join();
    let ben = world.rung();
    world.until(2_000, "ben seen", |w| {
        !w.people[ana].call.view().present.is_empty()
    });
    world.user(ben, Intent::Leave);
    world.until(1_000, "ana is told", |w| {
        w.people[ana].call.view().phase == Phase::Ended(Ended::OtherLeft)
    });
}

#[test]
fn nobody_waits_for_ever_for_somebody_who_has_accepted() {
    let mut world = World::new(34, CALM);
    let ana = world.rung();
    world.run(59_000);
    assert_eq!(world.people[ana].call.view().phase, Phase::InCall);
    world.until(2_000, "ana is told", |w| {
        w.people[ana].call.view().phase == Phase::Ended(Ended::OtherLeft)
    });
}

#[test]
fn whoever_is_not_let_in_is_told_why_and_whoever_is_in_a_call_stays() {
    for (code, why) in [
        (close::TOO_MANY, Ended::TooMany),
        (close::PASS_WANTED, Ended::PassWanted),
        (close::PASS_REFUSED, Ended::PassRefused),
        (close::SERVER_FULL, Ended::ServerFull),
        (close::TOO_FAST, Ended::TooFast),
    ] {
        let mut world = World::new(3, CALM);
        let closed = Input::Signal(SignalEvent::Closed(code));
        let outside = world.person();
        world.run(500);
        world.feed(outside, closed.clone());
        let phase = world.people[outside].call.view().phase;
        assert_eq!(phase, Phase::Ended(why));

        let (ana, ben) = (world.joined(), world.joined());
        world.until(10_000, "a call", |w| w.is_mesh_of(&[ana, ben]));
        world.feed(ana, closed);
        world.run(1_000);
        assert!(world.is_mesh_of(&[ana, ben]), "{code}");
    }
}

#[test]
fn a_join_that_the_server_cannot_take_ends_with_its_reason() {
    for (code, why) in [
        (Refusal::TooManyRooms, Ended::TooMany),
        (Refusal::TooFast, Ended::TooFast),
        (Refusal::ServerFull, Ended::ServerFull),
    ] {
        let mut world = World::new(3, CALM);
        let ana = world.person();
        world.run(500);
        let room = world.room();
        let said = |room| {
            let text = encode(&ServerMsg::Refused { code, room });
            Input::Signal(SignalEvent::Text(text))
        };
        let name = "Ana".into();
        world.user(ana, Intent::Join { name });
        world.feed(ana, said(None));
        let phase = world.people[ana].call.view().phase;
        assert_eq!(phase, Phase::Joining, "of some message among many");
        world.feed(ana, said(Some(room)));
        let phase = world.people[ana].call.view().phase;
        assert_eq!(phase, Phase::Ended(why));
    }
}

#[test]
fn whoever_is_one_too_many_and_talks_to_nobody_is_told() {
    let mut world = World::new(3, CALM);
    let ana = world.joined();
    world.run(500);
    assert_eq!(world.people[ana].call.view().phase, Phase::InCall);
    world.put_out(ana);
    world.run(100);
    let phase = world.people[ana].call.view().phase;
    assert_eq!(phase, Phase::Ended(Ended::RoomFull));
}

#[test]
fn whoever_is_one_too_many_and_talks_to_somebody_goes_on_and_has_a_place_again_when_there_is_one() {
    let mut world = World::new(3, CALM);
    let (ana, ben) = (world.joined(), world.joined());
    world.until(10_000, "a call", |w| w.is_mesh_of(&[ana, ben]));
    world.put_out(ana);
    world.run(1_000);
    let cleo = world.joined();
    world.run(5_000);
    assert_eq!(world.sees(cleo).len(), 1, "Ana is not in the room");
    assert!(
        world
            .sees(ana)
            .contains(&(world.id(ben), PeerState::Connected))
    );
    world.until(10_000, "a call of three", |w| {
        w.is_mesh_of(&[ana, ben, cleo])
    });
}

#[test]
fn in_a_room_that_stays_full_one_stays_for_as_long_as_there_is_somebody_to_talk_to() {
    let mut world = World::new(3, CALM);
    let (ana, ben) = (world.joined(), world.joined());
    world.until(10_000, "a call", |w| w.is_mesh_of(&[ana, ben]));
    for _ in 0..10 {
        world.put_out(ana);
        world.run(10_000);
        assert!(world.is_mesh_of(&[ana, ben]));
    }
    world.user(ben, Intent::Leave);
    world.run(1_000);
    assert_eq!(world.people[ana].call.view().phase, Phase::InCall);
    world.put_out(ana);
    world.run(100);
    let phase = world.people[ana].call.view().phase;
    assert_eq!(phase, Phase::Ended(Ended::RoomFull));
}
