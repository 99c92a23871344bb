//! A signaller that alters, replays, swaps and invents: the call comes about properly or not at all,
//! never with the wrong person, and never with a panic.

use crate::world::{CALM, STORM, World, sdp};
use duologue_core::{
    ids::{ConnId, OpId, PeerToken},
    io::{ConnEvent, ConnState, Input, Intent, OpError, OpValue, SdpKind, SignalEvent},
    seal::RoomSecret,
    wire::{self, Candidate, Sealed, ServerMsg},
};
use proptest::prelude::*;

/// Changes one character in the middle of the sealed body.
fn altered(text: &str) -> String {
    let Ok(ServerMsg::Relayed { room, from, body }) = wire::decode(text, wire::MAX_FRAME) else {
        panic!("only relayed envelopes pass here");
    };
    let middle = body.0.len() / 2;
    let other = if body.0.as_bytes()[middle] == b'A' {
        'B'
    } else {
        'A'
    };
    let body = format!("{}{other}{}", &body.0[..middle], &body.0[middle + 1..]);
    wire::encode(&ServerMsg::Relayed {
        room,
        from,
        body: Sealed(body),
    })
}

#[test]
fn altered_envelopes_are_dropped_and_the_call_comes_about_by_those_that_are_not() {
    let mut world = World::new(1, CALM);
    let mut count = 0;
    world.meddle = Some(Box::new(move |_, text| {
        count += 1;
        vec![if count % 3 == 0 {
            altered(text)
        } else {
            text.to_string()
        }]
    }));
    let all = [world.joined(), world.joined()];
    world.until(60_000, "connected all the same", |w| w.is_mesh_of(&all));
    let refused: u32 = world.people.iter().map(|p| p.call.dropped().refused).sum();
    assert!(refused > 0, "nothing was altered");
}

#[test]
fn when_every_envelope_is_altered_nothing_connects_and_nothing_breaks() {
    let mut world = World::new(2, CALM);
    world.meddle = Some(Box::new(|_, text| vec![altered(text)]));
    let all = [world.joined(), world.joined()];
    world.run(60_000);
    for who in all {
        assert!(
            world
                .sees(who)
                .iter()
                .all(|(_, state)| *state == duologue_core::call::PeerState::Failed)
        );
    }
}

#[test]
fn replayed_and_misaddressed_envelopes_change_nothing() {
    let mut world = World::new(3, CALM);
    let mut heard: Vec<String> = Vec::new();
    world.meddle = Some(Box::new(move |_, text| {
        heard.push(text.to_string());
        // Everything ever said, to whomever is being spoken to now: their own and others' envelopes.
        heard.iter().rev().take(12).cloned().collect()
    }));
    let all = [world.joined(), world.joined(), world.joined()];
    world.until(60_000, "connected all the same", |w| w.is_mesh_of(&all));
    world.run(30_000);
    assert!(world.is_mesh_of(&all));
}

#[test]
fn a_swapped_sender_is_not_believed() {
    let mut world = World::new(4, CALM);
    let all = [world.joined(), world.joined(), world.joined()];
    let ids: Vec<_> = all.iter().map(|w| world.id(*w)).collect();
    world.meddle = Some(Box::new(move |_, text| {
        let Ok(ServerMsg::Relayed { room, from, body }) = wire::decode(text, wire::MAX_FRAME)
        else {
            return Vec::new();
        };
        let other = ids.iter().copied().find(|id| *id != from).unwrap_or(from);
        vec![wire::encode(&ServerMsg::Relayed {
            room,
            from: other,
            body,
        })]
    }));
    world.run(20_000);
    assert!(
        world
            .people
            .iter()
            .all(|p| p.pcs.values().all(|pc| !pc.connected))
    );
}

#[test]
fn invented_people_get_no_tile() {
    let mut world = World::new(5, CALM);
    let ana = world.joined();
    world.run(500);
    let room = RoomSecret::from_bytes([9; 16]).keys().room();
    for number in 0..50 {
        let peer = PeerToken([number; 16]).id();
        let card = Sealed("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into());
        let text = wire::encode(&ServerMsg::Entered { room, peer, card });
        world.feed(ana, Input::Signal(SignalEvent::Text(text)));
    }
    assert_eq!(world.sees(ana), []);
    assert_eq!(world.people[ana].call.dropped().refused, 50);
}

#[test]
fn a_signaller_cannot_end_a_call_by_telling_that_everyone_left() {
    let mut world = World::new(6, CALM);
    let all = [world.joined(), world.joined()];
    world.until(5_000, "connected", |w| w.is_mesh_of(&all));
    let room = RoomSecret::from_bytes([9; 16]).keys().room();
    let peer = world.id(all[1]);
    let text = wire::encode(&ServerMsg::Left { room, peer });
    world.feed(all[0], Input::Signal(SignalEvent::Text(text)));
    let text = wire::encode(&ServerMsg::Room {
        room,
        joined: true,
        peers: Vec::new(),
    });
    world.feed(all[0], Input::Signal(SignalEvent::Text(text)));
    world.run(30_000);
    assert!(world.is_mesh_of(&all));
}

#[test]
fn a_result_that_comes_after_its_connection_is_released() {
    let mut world = World::new(7, CALM);
    let all = [world.joined(), world.joined()];
    world.run(20);
    world.user(all[0], Intent::Leave);
    world.feed(all[0], Input::Done(OpId(999_999), Ok(OpValue::Nothing)));
    assert_eq!(world.people[all[0]].released, 1);
}

/// Anything at all that a shell could feed.
fn any_input() -> impl Strategy<Value = Input> {
    let text = prop_oneof![
        any::<String>(),
        Just(r#"{"type":"bye"}"#.to_string()),
        Just(
            r#"{"type":"describe","session":9,"no":9,"heard":9,"kind":"offer","sdp":"x"}"#
                .to_string()
        ),
        Just(
            r#"{"type":"describe","session":1,"no":1,"heard":1,"kind":"answer","to":1,"sdp":"x"}"#
                .to_string()
        ),
        Just(r#"{"type":"candidate","session":1,"no":1,"candidate":"x"}"#.to_string()),
        Just(r#"{"type":"again","session":4000000000}"#.to_string()),
        Just(r#"{"type":"away"}"#.to_string()),
        Just(r#"{"type":"full"}"#.to_string()),
        Just(r#"{"type":"refused","code":"room_full"}"#.to_string()),
    ];
    let event = prop_oneof![
        Just(ConnEvent::NegotiationNeeded),
        Just(ConnEvent::ChannelOpen),
        Just(ConnEvent::ChannelClosed),
        Just(ConnEvent::State(ConnState::Failed)),
        Just(ConnEvent::State(ConnState::Disconnected)),
        Just(ConnEvent::Candidate(Candidate::default())),
        text.clone().prop_map(ConnEvent::ChannelText),
    ];
    prop_oneof![
        (0u32..6, event).prop_map(|(conn, event)| Input::Conn(ConnId(conn), event)),
        text.clone()
            .prop_map(|text| Input::Signal(SignalEvent::Text(text))),
        (1000u16..5000).prop_map(|code| Input::Signal(SignalEvent::Closed(code))),
        Just(Input::Signal(SignalEvent::Open)),
        (0u64..30).prop_map(|op| Input::Done(OpId(op), Err(OpError::Refused))),
        (0u64..30).prop_map(|op| Input::Done(OpId(op), Ok(OpValue::Nothing))),
        (0u64..30).prop_map(|op| {
            Input::Done(
                OpId(op),
                Ok(OpValue::Described(sdp(SdpKind::Offer, "nonsense"))),
            )
        }),
        Just(Input::Wake),
        Just(Input::User(Intent::Unload)),
        Just(Input::User(Intent::CreateInvite)),
        text.prop_map(|text| Input::User(Intent::UseToken(text))),
    ]
}

proptest! {
    #[test]
    fn no_sequence_of_inputs_panics(
        seed in any::<u64>(),
        direct in any::<bool>(),
        inputs in proptest::collection::vec((0u64..4_000, any_input()), 1..60),
    ) {
        let mut world = World::new(seed, STORM);
        let someone = world.joined();
        let victim = if direct { world.direct_person() } else { world.joined() };
        for (pause, input) in inputs {
            world.run(pause);
            world.feed_raw(victim, input);
        }
        world.run(5_000);
        prop_assert!(world.sees(someone).len() <= 1);
    }
}
