//! Calls through the server: two people, and a room in which people come, reload and go.

use crate::{steps::*, *};
use anyhow::ensure;
use duologue_e2e::{Scene, server::Server, until, within};
use std::time::{Duration, Instant};

/// One's leaving is seen by the others within this.
const FAREWELL: Duration = within(1);

pairs!(two_people_see_and_hear_each_other, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    chromium_calls_firefox: (Chromium, Firefox),
    firefox_calls_chromium: (Firefox, Chromium),
});

async fn two_people_see_and_hear_each_other(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    let room = start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    ben.goto(&room).await?;
    ben.find("button", "Join call").await?;
    let keep =
        "window.greenRoom = [...document.querySelectorAll('video')]; return greenRoom.length";
    let kept: usize = ben.script(keep, vec![]).await?;
    ensure!(kept > 0, "no picture of oneself in the green room");
    enter(&ben).await?;
    // Elements that have left the page and still hold frames starve the camera.
    let held = "return greenRoom.some((video) => video.srcObject)";
    let held: bool = ben.script(held, vec![]).await?;
    ensure!(!held, "the green room's picture keeps the camera's stream");
    all_connected(&[&ana, &ben]).await?;
    see_and_hear_each_other(&ana, &ben).await?;

    ben.press("Leave call").await?;
    let left = Instant::now();
    until("Ben's tile to go from Ana's page", FAREWELL, async || {
        let tiles = ana.tiles().await?;
        ensure!(tiles.iter().all(|tile| tile.name != "Ben"), "{tiles:?}");
        Ok(())
    })
    .await?;
    eprintln!("Ben's tile was gone after {:?}", left.elapsed());
    let quiet: bool = ben
        .script(
            "return [...document.querySelectorAll('video')].every((v) => !v.srcObject)",
            vec![],
        )
        .await?;
    ensure!(
        quiet,
        "a picture is left on the page of someone who has left"
    );
    Ok(())
}

pairs!(four_people_come_reload_and_go, Heavy, {
    chromium: [Chromium, Chromium, Chromium, Chromium],
    firefox: [Firefox, Firefox, Firefox, Firefox],
    mixed: [Chromium, Firefox, Chromium, Firefox],
});

async fn four_people_come_reload_and_go(scene: &Scene, with: [Kind; 4]) -> Result<()> {
    let server = Server::start().await?;
    let mut people = Vec::new();
    for (kind, name) in with.into_iter().zip(["Ana", "Ben", "Cem", "Dua"]) {
        people.push(scene.person(kind, name).await?);
    }
    let [ana, ben, cem, dua] = &people[..] else {
        anyhow::bail!("four people")
    };
    let room = start_call(ana, &server.page()).await?;
    enter(ana).await?;
    join(ben, &room).await?;
    all_connected(&[ana, ben]).await?;
    join(cem, &room).await?;
    all_connected(&[ana, ben, cem]).await?;
    join(dua, &room).await?;
    all_connected(&[ana, ben, cem, dua]).await?;

    let place = ana.tile("Cem").await?.peer;
    cem.reload().await?;
    comes_back(cem).await?;
    all_connected(&[ana, ben, cem, dua]).await?;
    for other in [ana, ben, dua] {
        let tile = other.tile("Cem").await?;
        ensure!(
            tile.peer == place,
            "Cem was {place} and is {} to {}",
            tile.peer,
            other.label
        );
        sees(other, cem).await?;
    }

    dua.press("Leave call").await?;
    all_connected(&[ana, ben, cem]).await
}
