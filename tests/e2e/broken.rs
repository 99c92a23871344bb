//! What people get wrong or others break on the way: damaged links and tokens, and a room that is
//! full. Each gives a sentence that says so, and never a call with the wrong people.

use crate::{steps::*, *};
use anyhow::{Context, ensure};
use duologue_core::seal::RoomSecret;
use duologue_e2e::{
    Scene, fake_peer::FakePeer, paths, server::Server, static_host::StaticHost, until, within,
};

pairs!(a_damaged_room_link_says_so, Light, { chromium: Chromium, firefox: Firefox });

async fn a_damaged_room_link_says_so(scene: &Scene, with: Kind) -> Result<()> {
    let host = StaticHost::start(paths::bundle(), "").await?;
    let ana = scene.person(with, "Ana").await?;
    let link = start_call(&ana, &host.page()).await?;
    let secret = link
        .find("#/r/d1-")
        .context("a made room begins with d1-")?
        + "#/r/d1-".len();
    let cut = link[..link.len() - 1].to_string();
    let altered: Vec<String> = [secret, secret + 9, link.len() - 1]
        .into_iter()
        .map(|at| with_another_character(&link, at))
        .collect();
    for damaged in [cut].into_iter().chain(altered) {
        // By way of another page: a changed fragment alone does not load anything.
        ana.goto("about:blank").await?;
        ana.goto(&damaged).await?;
        let said = ana
            .is_told(&["link"])
            .await
            .with_context(|| format!("for {damaged}"))?;
        ensure!(
            !ana.shows("button", "Join call").await?,
            "{damaged} can be joined, though {said:?}"
        );
    }
    Ok(())
}

pairs!(a_damaged_token_says_so, Light, { chromium: Chromium, firefox: Firefox });

async fn a_damaged_token_says_so(scene: &Scene, with: Kind) -> Result<()> {
    let host = StaticHost::start(paths::bundle(), "").await?;
    let ana = scene.person(with, "Ana").await?;
    open_direct(&ana, &host).await?;
    ana.press("Create invite").await?;
    let invite = ana.read_field("Invite").await?;
    let ben = scene.beside(&ana, "Ben").await?;
    open_direct(&ben, &host).await?;
    // Every position and every cut is tried in the core's own tests; here, that the page says it.
    let token = invite.rfind('/').map_or(0, |slash| slash + 1);
    let last = invite.len() - 1;
    let damaged = [
        invite[..last].to_string(),
        invite[..token + (last - token) / 2].to_string(),
        with_another_character(&invite, token + 4),
        with_another_character(&invite, token + (last - token) / 2),
        with_another_character(&invite, last),
        "hello".to_string(),
    ];
    for text in damaged {
        hand_over(&ben, &text).await?;
        until(
            &format!("an alert about {text:?}"),
            within(10),
            async || {
                let said = ben.sentences(&["alert"]).await?;
                ensure!(!said.is_empty(), "no alert");
                Ok(())
            },
        )
        .await?;
        ensure!(
            !ben.shows("textbox", "Reply").await?,
            "a damaged invite is answered: {text:?}"
        );
    }
    hand_over(&ben, &invite).await?;
    let reply = ben
        .read_field("Reply")
        .await
        .context("the whole invite, after damaged ones")?;

    for text in [with_another_character(&reply, reply.len() - 6), invite] {
        hand_over(&ana, &text).await?;
        until("an alert about a wrong reply", within(10), async || {
            let said = ana.sentences(&["alert"]).await?;
            ensure!(!said.is_empty(), "no alert");
            Ok(())
        })
        .await?;
    }
    hand_over(&ana, &reply).await?;
    all_connected(&[&ana, &ben])
        .await
        .context("the whole reply, after damaged ones")
}

pairs!(the_ninth_person_is_told_that_the_room_is_full, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn the_ninth_person_is_told_that_the_room_is_full(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let link = start_call(&ana, &server.page()).await?;
    let (_, text) = link.split_once("#/r/").context("a room link")?;
    let secret = RoomSecret::parse(text).map_err(|error| anyhow::anyhow!("{text}: {error:?}"))?;
    let room = secret.keys().room();
    let mut others = Vec::new();
    for number in 1..=8 {
        others.push(FakePeer::join(&server.socket(), &server.origin(), room, number).await?);
    }
    ana.fill("Your name", "Ana").await?;
    ana.press("Join call").await?;
    ana.is_told(&["full"]).await?;
    let tiles = ana.tiles().await?;
    ensure!(
        tiles.iter().all(|tile| tile.peer == "self"),
        "noise has become a person: {tiles:?}"
    );
    drop(others);
    Ok(())
}

/// One character replaced by another that may stand there too.
fn with_another_character(text: &str, at: usize) -> String {
    let other = if text[at..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}
