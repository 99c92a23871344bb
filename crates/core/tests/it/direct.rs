//! Calls without a server: a token there, a token back, and the rest in-band.

use crate::world::{CALM, World};
use duologue_core::{
    call::{DirectStep, DirectTrouble, Ended, Phase},
    io::{ConnEvent, Input, Intent},
};

fn step(world: &World, who: usize) -> DirectStep {
    match world.people[who].call.view().direct {
        Some((step, _)) => step,
        None => panic!("not a direct call"),
    }
}

fn trouble(world: &World, who: usize) -> Option<DirectTrouble> {
    world.people[who]
        .call
        .view()
        .direct
        .and_then(|(_, trouble)| trouble)
}

fn invite(world: &mut World, who: usize) -> String {
    world.user(who, Intent::Name(format!("Person {who}")));
    world.user(who, Intent::CreateInvite);
    world.until(3_000, "an invite", |w| {
        matches!(step(w, who), DirectStep::Invite { .. })
    });
    match step(world, who) {
        DirectStep::Invite { token } => token,
        other => panic!("{other:?}"),
    }
}

fn reply(world: &mut World, who: usize, token: String) -> String {
    world.user(who, Intent::Name(format!("Person {who}")));
    world.user(who, Intent::UseToken(token));
    world.until(3_000, "a reply", |w| {
        matches!(step(w, who), DirectStep::Reply { .. })
    });
    match step(world, who) {
        DirectStep::Reply { token } => token,
        other => panic!("{other:?}"),
    }
}

/// Two who have exchanged both texts.
pub fn connected(world: &mut World) -> (usize, usize) {
    let (ana, ben) = (world.direct_person(), world.direct_person());
    let token = invite(world, ana);
    let back = reply(world, ben, token);
    world.user(ana, Intent::UseToken(back));
    world.until(10_000, "connected", |w| w.is_mesh_of(&[ana, ben]));
    (ana, ben)
}

#[test]
fn an_invite_and_a_reply_make_a_whole_call() {
    let mut world = World::new(1, CALM);
    let (ana, ben) = (world.direct_person(), world.direct_person());
    let token = invite(&mut world, ana);
    assert!(token.len() <= 140, "{} characters", token.len());
    let back = reply(
        &mut world,
        ben,
        format!("  https://example.org/#/direct/{token}\n"),
    );
    // The reply waits for a person to carry it.
    world.run(90_000);
    world.user(ana, Intent::UseToken(back));
    world.until(5_000, "connected with media", |w| w.is_mesh_of(&[ana, ben]));
    assert_eq!(world.people[ana].call.view().phase, Phase::InCall);
    world.until(2_000, "slots are adopted", |w| {
        w.people.iter().any(|p| p.pcs.values().any(|pc| pc.adopted))
    });
}

#[test]
fn hanging_up_ends_it_for_the_other_too() {
    let mut world = World::new(2, CALM);
    let (ana, ben) = (world.direct_person(), world.direct_person());
    let token = invite(&mut world, ana);
    let back = reply(&mut world, ben, token);
    world.user(ana, Intent::UseToken(back));
    world.until(5_000, "connected", |w| w.is_mesh_of(&[ana, ben]));
    world.user(ana, Intent::Leave);
    world.run(1_000);
    assert_eq!(world.sees(ben), []);
    let phase = world.people[ben].call.view().phase;
    assert_eq!(phase, Phase::Ended(Ended::OtherLeft));
}

#[test]
fn each_wrong_text_gets_its_own_answer_and_the_invite_still_stands() {
    let mut world = World::new(3, CALM);
    let (ana, ben, eve) = (
        world.direct_person(),
        world.direct_person(),
        world.direct_person(),
    );
    let token = invite(&mut world, ana);
    let other = invite(&mut world, eve);
    let back = reply(&mut world, ben, token.clone());
    let damaged = format!("{}x", &back[..back.len() - 1]);
    for (text, expected) in [
        ("", DirectTrouble::Empty),
        ("hello there", DirectTrouble::NotAToken),
        (&token[..token.len() / 2], DirectTrouble::Damaged),
        (damaged.as_str(), DirectTrouble::Damaged),
        (other.as_str(), DirectTrouble::NotAReply),
    ] {
        world.user(ana, Intent::UseToken(text.to_string()));
        assert_eq!(trouble(&world, ana), Some(expected), "{text:?}");
    }
    world.user(eve, Intent::UseToken(back.clone()));
    assert_eq!(trouble(&world, eve), Some(DirectTrouble::OtherInvite));
    world.user(ana, Intent::UseToken(back.clone()));
    world.until(5_000, "connected after all", |w| w.is_mesh_of(&[ana, ben]));

    let late = world.direct_person();
    world.user(late, Intent::UseToken(back));
    assert_eq!(trouble(&world, late), Some(DirectTrouble::NotAnInvite));
}

#[test]
fn a_browser_that_does_not_wait_for_the_reply_to_arrive_is_said_to_have_given_up() {
    let mut world = World::new(6, CALM);
    let (ana, ben) = (world.direct_person(), world.direct_person());
    let token = invite(&mut world, ana);
    reply(&mut world, ben, token);
    let conn = *world.people[ben].pcs.keys().next().unwrap();
    world.feed(ben, Input::Conn(conn, ConnEvent::ChannelClosed));
    assert_eq!(step(&world, ben), DirectStep::Start);
    assert_eq!(trouble(&world, ben), Some(DirectTrouble::GaveUp));
}

#[test]
fn starting_over_closes_what_was_begun() {
    let mut world = World::new(4, CALM);
    let ana = world.direct_person();
    invite(&mut world, ana);
    world.user(ana, Intent::StartOver);
    assert_eq!(step(&world, ana), DirectStep::Start);
    assert!(world.people[ana].pcs.is_empty());
    invite(&mut world, ana);
}
