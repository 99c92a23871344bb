//! What people show each other with their hands, and how each is heard by one alone.

use crate::{steps::*, *};
use anyhow::{Context, ensure};
use duologue_e2e::{Scene, server::Server, until, within};
use serde_json::json;
use thirtyfour::Key;

async fn three(scene: &Scene, with: Kind) -> Result<(Server, [Person; 3])> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let room = start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    let (ben, cem) = (
        scene.beside(&ana, "Ben").await?,
        scene.beside(&ana, "Cem").await?,
    );
    join(&ben, &room).await?;
    join(&cem, &room).await?;
    all_connected(&[&ana, &ben, &cem]).await?;
    Ok((server, [ana, ben, cem]))
}

/// The raised hands on the tiles of a page, by name.
const HANDS: &str = "return [...document.querySelectorAll('[data-peer]')].flatMap(el => { \
    const hand = el.querySelector('[role=img][aria-label^=Hand]'); \
    return hand ? [[hand.textContent.trim(), el.getAttribute('aria-label')]] : [] }).sort()";

async fn hands(person: &Person, wanted: &[(&str, &str)]) -> Result<()> {
    let what = format!("{} to see the hands {wanted:?}", person.label);
    until(&what, within(20), async || {
        let hands: Vec<(String, String)> = person.script(HANDS, vec![]).await?;
        let same = hands
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .eq(wanted.iter().copied());
        ensure!(same, "they are {hands:?}");
        Ok(())
    })
    .await
}

async fn titled(person: &Person, wanted: &str) -> Result<()> {
    until(&format!("the title {wanted:?}"), within(10), async || {
        let title: String = person.script("return document.title", vec![]).await?;
        ensure!(title == wanted, "it is {title:?}");
        Ok(())
    })
    .await
}

pairs!(hands_are_seen_in_order_and_reactions_pass, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn hands_are_seen_in_order_and_reactions_pass(scene: &Scene, with: Kind) -> Result<()> {
    let (_server, [ana, ben, cem]) = three(scene, with).await?;
    cem.look_away().await?;
    cem.strike('h').await?;
    ana.is_told(&["Cem raised a hand"]).await?;
    hands(&ben, &[("1", "Cem")]).await?;
    ben.press("Reactions").await?;
    ben.press("Raise hand").await?;
    hands(&ana, &[("1", "Cem"), ("2", "Ben")]).await?;
    hands(&ben, &[("1", "Cem"), ("2", "Ben (you)")]).await?;
    hands(&cem, &[("1", "Cem (you)"), ("2", "Ben")]).await?;
    titled(&ana, "✋ Ben, Cem · Duologue").await?;

    ana.press("People").await?;
    let listed = "return [...document.querySelectorAll('.person bdi')].map(el => el.textContent)";
    until("the list in the order of hands", within(10), async || {
        let names: Vec<String> = ana.script(listed, vec![]).await?;
        ensure!(names == ["Ana (you)", "Cem", "Ben"], "{names:?}");
        Ok(())
    })
    .await?;
    cem.strike('h').await?;
    hands(&ana, &[("1", "Ben")]).await?;
    ana.press("Microphone").await?;
    titled(&ana, "✋ (muted) Ben, Cem · Duologue").await?;

    ben.press("Reactions").await?;
    ben.press("Heart").await?;
    ana.is_told(&["Ben", "Heart"]).await?;
    // Only now would a test that came late miss it: it stays for four seconds, and no longer.
    for person in [&ana, &ben] {
        until("the reaction to be gone", within(15), async || {
            let gone = "return document.querySelector('.reaction') === null";
            ensure!(person.script::<bool>(gone, vec![]).await?, "it is there");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

pairs!(how_loud_somebody_is_for_me_is_nobody_elses_business, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

/// Volume and muting of somebody's sound.
async fn heard(person: &Person, name: &str, wanted: (f64, bool)) -> Result<()> {
    let script = "const tile = [...document.querySelectorAll('[data-peer]')] \
        .find(el => el.getAttribute('aria-label') === arguments[0]); \
        const sound = tile?.querySelector('audio'); return sound ? [sound.volume, sound.muted] : null";
    until(
        &format!("{name} to sound like {wanted:?}"),
        within(10),
        async || {
            let heard: Option<(f64, bool)> = person.script(script, vec![json!(name)]).await?;
            let heard = heard.context("there is no sound")?;
            ensure!(heard == wanted, "it is {heard:?}");
            Ok(())
        },
    )
    .await
}

async fn how_loud_somebody_is_for_me_is_nobody_elses_business(
    scene: &Scene,
    with: Kind,
) -> Result<()> {
    let (_server, [ana, ben, cem]) = three(scene, with).await?;
    for name in ["Ben", "Cem"] {
        heard(&ana, name, (1.0, false)).await?;
    }
    ana.press("People").await?;
    ana.turn("Volume of Ben", Key::Home).await?;
    heard(&ana, "Ben", (0.0, false)).await?;
    heard(&ana, "Cem", (1.0, false)).await?;
    ana.press("Mute Cem for me").await?;
    heard(&ana, "Cem", (1.0, true)).await?;
    heard(&ana, "Ben", (0.0, false)).await?;
    heard(&cem, "Ben", (1.0, false)).await?;
    // Remembered while the call lasts, through a reload of theirs too.
    ben.reload().await?;
    enter(&ben).await?;
    all_connected(&[&ana, &ben, &cem]).await?;
    heard(&ana, "Ben", (0.0, false)).await?;
    ana.turn("Volume of Ben", Key::End).await?;
    ana.press("Mute Cem for me").await?;
    for name in ["Ben", "Cem"] {
        heard(&ana, name, (1.0, false)).await?;
    }
    Ok(())
}
