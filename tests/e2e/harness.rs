//! The harness against pages of its own: what it finds, and that bare browsers can call each other
//! on this machine. When these fail, the other tests' failures mean nothing.

use crate::*;
use anyhow::ensure;
use duologue_e2e::{Access, Devices, Scene, paths, static_host::StaticHost, until, within};
use serde_json::{Value, json};

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

/// A checksum of the other's picture.
const LOOK: &str = r#"
    const video = document.querySelector('#others video');
    const canvas = document.createElement("canvas");
    canvas.width = 64; canvas.height = 36;
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0, 64, 36);
    return context.getImageData(0, 0, 64, 36).data.reduce((sum, byte, at) => sum + (at % 4 < 3 ? byte * (at % 97) : 0), 0);
"#;

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
    // The hidden tab's pictures must go on too: half of all two-tab tests look at one.
    for person in [&ana, &ben] {
        let before: f64 = person.script(LOOK, vec![]).await?;
        until(
            &format!("a moving picture on {}'s page", person.label),
            within(10),
            async || {
                let now: f64 = person.script(LOOK, vec![]).await?;
                ensure!(
                    now > 0.0 && now != before,
                    "checksum {now}, {before} before"
                );
                Ok(())
            },
        )
        .await?;
    }
    Ok(())
}

pairs!(browsers_offer_the_devices_they_were_given, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

/// What each arrangement of devices must look like to a page: camera, then microphone.
async fn browsers_offer_the_devices_they_were_given(scene: &Scene, with: Kind) -> Result<()> {
    const REFUSED: &str = "NotAllowedError";
    const MISSING: &str = "NotFoundError";
    let host = StaticHost::start(paths::root().join("tests/fixtures"), "").await?;
    let allowed = |camera, microphone| Devices::Allowed { camera, microphone };
    let mut wanted = vec![
        (Devices::Fake, "Granted", "Granted"),
        (Devices::None, MISSING, MISSING),
        (allowed(Access::Denied, Access::Granted), REFUSED, "Granted"),
        (allowed(Access::Granted, Access::Denied), "Granted", REFUSED),
        (allowed(Access::Denied, Access::Denied), REFUSED, REFUSED),
    ];
    if with == Chromium {
        wanted.push((Devices::NoCamera, MISSING, "Granted"));
    }
    for (number, (devices, camera, microphone)) in wanted.into_iter().enumerate() {
        let ana = scene
            .person_with(with, devices, &format!("Ana {number}"))
            .await?;
        ana.goto(&format!("{}devices.html", host.page())).await?;
        let found: Value = ana.script("return window.found", vec![]).await?;
        let hoped = json!({ "camera": camera, "microphone": microphone });
        ensure!(found == hoped, "{devices:?}: {found}, should be {hoped}");
    }
    Ok(())
}
