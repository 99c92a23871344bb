//! The harness against pages of its own: what it finds, and that bare browsers can call each other
//! on this machine. When these fail, the other tests' failures mean nothing.

use crate::*;
use anyhow::ensure;
use duologue_e2e::{Scene, paths, static_host::StaticHost, until, within};
use serde_json::json;

pairs!(finds_controls_as_people_do, Light, { chromium: Chromium, firefox: Firefox });

async fn finds_controls_as_people_do(scene: &Scene, with: Kind) -> Result<()> {
    let host = StaticHost::start(paths::root().join("tests/fixtures"), "").await?;
    let ana = scene.person(with, "Ana").await?;
    ana.goto(&format!("{}roles.html", host.page())).await?;
    for (role, name) in [
        ("heading", "Talk to someone"),
        ("textbox", "Your name"),
        ("combobox", "Camera"),
        ("button", "Microphone"),
        ("img", "Invite QR code"),
        ("group", "Ana"),
    ] {
        ensure!(ana.shows(role, name).await?, "{role} {name:?} is not found");
    }
    ensure!(
        !ana.shows("button", "Leave call").await?,
        "a hidden button is found"
    );
    ana.fill("Your name", "Ben").await?;
    ana.press("Join call").await?;
    ana.is_told(&["hello", "ben"]).await?;
    ensure!(
        ana.sentences(&["alert"]).await?.is_empty(),
        "a hidden alert is read"
    );
    let tile = ana.tile("Ana").await?;
    ensure!(
        tile.peer == "abc" && tile.state == "connected" && tile.has_video,
        "{tile:?}"
    );
    ana.upload(&paths::root().join("tests/fixtures/roles.html"))
        .await?;
    ana.is_told(&["roles.html"]).await?;
    Ok(())
}

pairs!(bare_browsers_can_call_each_other, Light, { chromium: Chromium, firefox: Firefox });

async fn bare_browsers_can_call_each_other(scene: &Scene, with: Kind) -> Result<()> {
    let host = StaticHost::start(paths::root().join("tests/fixtures"), "some/sub/path").await?;
    let ana = scene.person(with, "Ana").await?;
    let ben = scene.beside(&ana, "Ben").await?;
    for person in [&ana, &ben] {
        person
            .goto(&format!("{}bare.html?room=1", host.page()))
            .await?;
        until("camera and microphone", within(20), async || {
            let ready: bool = person
                .script("return !document.getElementById('join').disabled", vec![])
                .await?;
            ensure!(ready, "the button is off");
            Ok(())
        })
        .await?;
        person.press("Join call").await?;
    }
    let first: f64 = until("the first frame", within(20), async || {
        let mark: Option<f64> = ben
            .script(
                "return window.marks[arguments[0]] ?? null",
                vec![json!("first-frame")],
            )
            .await?;
        anyhow::Context::context(mark, "none yet")
    })
    .await?;
    ensure!(first > 0.0, "a frame before time began");
    Ok(())
}
