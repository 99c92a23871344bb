//! A signaller that lies. It can keep people apart, since it could as well be switched off; it cannot
//! make a page panic, show a stranger, or put one person in another's place.

use crate::{steps::*, *};
use anyhow::{Context, ensure};
use duologue_core::{
    hub::ClientKey,
    ids::{PeerToken, RoomId},
    wire::{self, Member, Refusal, Sealed, ServerMsg},
};
use duologue_e2e::{
    Scene,
    hostile::{Hostile, Mischief, honest},
    until, within,
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// So long a lie has to take effect.
const PATIENCE: Duration = within(12);

pairs!(repeated_envelopes_change_nothing, Light, { chromium: (Chromium, Chromium), mixed: (Chromium, Firefox) });

/// Everything twice at once, and everything that was ever relayed again with each new envelope.
async fn repeated_envelopes_change_nothing(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let mut relayed: Vec<(ClientKey, ServerMsg)> = Vec::new();
    let hostile = Hostile::start(Box::new(move |to, message| {
        let mut out = vec![honest(to, &message)];
        if matches!(
            message,
            ServerMsg::Relayed { .. } | ServerMsg::Entered { .. }
        ) {
            relayed.push((to, message.clone()));
            out.push(honest(to, &message));
            // The oldest first, so that what was true once comes after what is true now.
            out.extend(
                relayed
                    .iter()
                    .take(60)
                    .map(|(to, message)| honest(*to, message)),
            );
        }
        out
    }))
    .await?;
    let (ana, ben) = meet(scene, &hostile, with).await?;
    all_connected(&[&ana, &ben]).await?;
    see_and_hear_each_other(&ana, &ben).await?;
    nobody_is_in_anothers_place(&hostile, &[&ana, &ben]).await
}

pairs!(altered_envelopes_connect_nobody, Light, { chromium: (Chromium, Chromium), mixed: (Firefox, Chromium) });

/// One character of every letter, at another place each time.
async fn altered_envelopes_connect_nobody(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let mut count = 0;
    let hostile = Hostile::start(Box::new(move |to, message| match message {
        ServerMsg::Relayed { room, from, body } => {
            count += 7;
            vec![honest(
                to,
                &ServerMsg::Relayed {
                    room,
                    from,
                    body: altered(&body, count),
                },
            )]
        }
        other => vec![honest(to, &other)],
    }))
    .await?;
    let (ana, ben) = meet(scene, &hostile, with).await?;
    let people = [&ana, &ben];
    for_a_while(async || {
        for person in people {
            let tiles = person.tiles().await?;
            let connected = tiles
                .iter()
                .find(|tile| tile.peer != "self" && tile.state == "connected");
            ensure!(
                connected.is_none(),
                "connected by an altered envelope: {connected:?}"
            );
            no_stranger(person, &["Ana", "Ben"]).await?;
        }
        Ok(())
    })
    .await?;
    still_usable(&ana).await?;
    nobody_is_in_anothers_place(&hostile, &people).await
}

pairs!(some_altered_envelopes_are_made_up_for, Light, { chromium: (Chromium, Chromium) });

/// Every fourth letter is spoilt: what is told again gets through.
async fn some_altered_envelopes_are_made_up_for(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let mut count = 0;
    let hostile = Hostile::start(Box::new(move |to, message| match message {
        ServerMsg::Relayed { room, from, body } => {
            count += 1;
            let body = if count % 4 == 0 {
                altered(&body, count)
            } else {
                body
            };
            vec![honest(to, &ServerMsg::Relayed { room, from, body })]
        }
        other => vec![honest(to, &other)],
    }))
    .await?;
    let (ana, ben) = meet(scene, &hostile, with).await?;
    all_connected(&[&ana, &ben]).await?;
    nobody_is_in_anothers_place(&hostile, &[&ana, &ben]).await
}

pairs!(swapped_senders_fool_nobody, Heavy, { chromium: [Chromium; 3], mixed: [Chromium, Firefox, Chromium] });

/// With three people in the room, every other letter and every card comes from the wrong one.
async fn swapped_senders_fool_nobody(scene: &Scene, with: [Kind; 3]) -> Result<()> {
    let hostile = Hostile::start(swapping()).await?;
    let mut people = Vec::new();
    for (kind, name) in with.into_iter().zip(["Ana", "Ben", "Cem"]) {
        people.push(scene.person(kind, name).await?);
    }
    let room = start_call(&people[0], &hostile.page()).await?;
    for person in &people {
        join(person, &room).await?;
    }
    let all: Vec<&Person> = people.iter().collect();
    for_a_while(async || {
        for person in &all {
            no_stranger(person, &["Ana", "Ben", "Cem"]).await?;
        }
        nobody_is_in_anothers_place(&hostile, &all).await
    })
    .await?;
    still_usable(&people[0]).await
}

pairs!(invented_envelopes_make_nobody, Light, { chromium: (Chromium, Chromium), mixed: (Chromium, Firefox) });

/// Strangers with noise for cards, letters from them, refusals nobody asked for, and things that are
/// no messages at all, between the honest ones.
async fn invented_envelopes_make_nobody(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let mut count = 0_u8;
    let hostile = Hostile::start(Box::new(move |to, message| {
        let room = room_of(&message);
        let mut out = vec![honest(to, &message)];
        if let Some(room) = room {
            count = count.wrapping_add(1);
            out.extend(invented(room, count).into_iter().map(|text| (to, text)));
        }
        out
    }))
    .await?;
    let (ana, ben) = meet(scene, &hostile, with).await?;
    all_connected(&[&ana, &ben]).await?;
    see_and_hear_each_other(&ana, &ben).await?;
    nobody_is_in_anothers_place(&hostile, &[&ana, &ben]).await
}

async fn meet(scene: &Scene, hostile: &Hostile, with: (Kind, Kind)) -> Result<(Person, Person)> {
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    let room = start_call(&ana, &hostile.page()).await?;
    enter(&ana).await?;
    join(&ben, &room).await?;
    Ok((ana, ben))
}

/// Holds over and over until patience is at its end.
async fn for_a_while(mut holds: impl AsyncFnMut() -> Result<()>) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        holds().await?;
    }
    Ok(())
}

async fn no_stranger(person: &Person, known: &[&str]) -> Result<()> {
    for tile in person.tiles().await? {
        let name = tile.name.strip_suffix(" (you)").unwrap_or(&tile.name);
        ensure!(
            known.contains(&name),
            "{} sees a stranger: {tile:?}",
            person.label
        );
    }
    Ok(())
}

/// A tile's name and its peer id belong to the same person. People said hello in the order of their
/// labels, so the signaller, which made the ids' list, knows whose is whose.
async fn nobody_is_in_anothers_place(hostile: &Hostile, people: &[&Person]) -> Result<()> {
    let mut names: Vec<&str> = people.iter().map(|person| person.label.as_str()).collect();
    names.sort_unstable();
    let ids = hostile.welcomed();
    for person in people {
        for tile in person
            .tiles()
            .await?
            .into_iter()
            .filter(|tile| tile.peer != "self")
        {
            let at = ids.iter().position(|id| *id == tile.peer);
            let at =
                at.with_context(|| format!("{} sees an invented peer: {tile:?}", person.label))?;
            let right = names.get(at).copied().unwrap_or("nobody");
            ensure!(
                tile.name == right,
                "{} sees {tile:?}, who is {right}",
                person.label
            );
        }
    }
    Ok(())
}

async fn still_usable(person: &Person) -> Result<()> {
    person.press("Leave call").await?;
    until("the call to be over", within(5), async || {
        ensure!(
            !person.shows("toolbar", "Call controls").await?,
            "the controls are still there"
        );
        Ok(())
    })
    .await
}

fn altered(body: &Sealed, seed: usize) -> Sealed {
    let at = seed * 31 % body.0.len().max(1);
    let mut bytes = body.0.clone().into_bytes();
    if let Some(byte) = bytes.get_mut(at) {
        *byte = if *byte == b'A' { b'B' } else { b'A' };
    }
    Sealed(String::from_utf8(bytes).unwrap_or_default())
}

fn swapping() -> Mischief {
    let mut count = 0;
    let mut cards: BTreeMap<_, Sealed> = BTreeMap::new();
    Box::new(move |to, message| {
        count += 1;
        let message = match message {
            ServerMsg::Relayed { room, from, body } if count % 2 == 0 => {
                let other = cards.keys().copied().find(|id| *id != from).unwrap_or(from);
                ServerMsg::Relayed {
                    room,
                    from: other,
                    body,
                }
            }
            ServerMsg::Entered { room, peer, card } => {
                let other = cards
                    .iter()
                    .find(|(id, _)| **id != peer)
                    .map(|(_, card)| card.clone());
                cards.insert(peer, card.clone());
                ServerMsg::Entered {
                    room,
                    peer,
                    card: other.unwrap_or(card),
                }
            }
            ServerMsg::Room {
                room,
                joined,
                mut peers,
            } => {
                for member in &peers {
                    cards.insert(member.peer, member.card.clone());
                }
                rotate_cards(&mut peers);
                ServerMsg::Room {
                    room,
                    joined,
                    peers,
                }
            }
            other => other,
        };
        vec![honest(to, &message)]
    })
}

/// Everyone gets their neighbour's card.
fn rotate_cards(members: &mut [Member]) {
    for at in 1..members.len() {
        let (before, after) = members.split_at_mut(at);
        std::mem::swap(&mut before[at - 1].card, &mut after[0].card);
    }
}

fn room_of(message: &ServerMsg) -> Option<RoomId> {
    match message {
        ServerMsg::Room { room, .. }
        | ServerMsg::Entered { room, .. }
        | ServerMsg::Left { room, .. }
        | ServerMsg::Relayed { room, .. } => Some(*room),
        _ => None,
    }
}

fn invented(room: RoomId, count: u8) -> Vec<String> {
    let stranger = PeerToken([count; 16]).id();
    let noise = |length: usize| Sealed("Qm9v".repeat(length));
    let mut texts = vec![
        wire::encode(&ServerMsg::Entered {
            room,
            peer: stranger,
            card: noise(40),
        }),
        wire::encode(&ServerMsg::Relayed {
            room,
            from: stranger,
            body: noise(400),
        }),
        wire::encode(&ServerMsg::Relayed {
            room: RoomId([9; 16]),
            from: stranger,
            body: noise(4),
        }),
        wire::encode(&ServerMsg::Left {
            room,
            peer: stranger,
        }),
        wire::encode(&ServerMsg::Refused {
            code: Refusal::NoSuchPeer,
            room: Some(room),
        }),
        String::new(),
        "{".to_string(),
        r#"{"type":"relayed"}"#.to_string(),
        r#"{"type":"dance","room":null}"#.to_string(),
        "[".repeat(5_000),
    ];
    let start = usize::from(count) % texts.len();
    texts.rotate_left(start);
    texts.truncate(4);
    texts
}
