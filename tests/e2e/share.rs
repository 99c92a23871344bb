//! Screens beside cameras: seen and heard by the others and by those who come later, several at once,
//! gone when the button or the browser's own bar ends them.

use crate::{steps::*, *};
use anyhow::{Context, ensure};
use duologue_e2e::{Devices, Scene, server::Server, until, within};
use serde_json::json;
use std::time::{Duration, Instant};

/// What is not shared any more is gone from the others' pages within this, test's own looks included.
const GONE: Duration = within(1);
const OWN: &str = "Your screen";

fn screen_of(person: &Person) -> String {
    format!("{}'s screen", person.label)
}

/// Chromium's made-up screen has a size of its own; Firefox shows the one that it runs on.
const fn width_of(kind: Kind) -> u32 {
    match kind {
        Chromium => 800,
        Firefox => 1024,
    }
}

async fn sharer(scene: &Scene, kind: Kind, label: &str) -> Result<Person> {
    scene.person_with(kind, Devices::FakeAndScreen, label).await
}

pairs!(a_screen_is_seen_beside_the_camera_until_it_ends, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    chromium_to_firefox: (Chromium, Firefox),
    firefox_to_chromium: (Firefox, Chromium),
});

async fn a_screen_is_seen_beside_the_camera_until_it_ends(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let server = Server::start().await?;
    let ana = sharer(scene, with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    let room = start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    join(&ben, &room).await?;
    all_connected(&[&ana, &ben]).await?;
    ana.script::<()>(KEEP_CAPTURE, vec![]).await?;

    ana.press("Share screen").await?;
    ana.becomes_pressed("Share screen", true).await?;
    ana.find("group", OWN).await?;
    if with.0 == Firefox {
        // It never gives the sound of a screen, and nobody should wait for it in vain.
        ana.is_told(&["without sound"]).await?;
    }
    sees_screen(&ben, &ana).await?;
    sees(&ben, &ana).await?;
    if with.0 == Chromium {
        hears_screen(&ben, &ana).await?;
    }
    // It is shown whole and never mirrored, to its owner neither.
    for (person, screen) in [(&ana, OWN.to_string()), (&ben, screen_of(&ana))] {
        let [fit, scale] = style_of(person, &screen).await?;
        ensure!(
            fit == "contain" && scale == "none",
            "{screen}: {fit}, {scale}"
        );
    }

    // Beside the picture where there is room for it, among the options everywhere.
    let beside = ana.shows("radio", "Smooth motion").await?;
    if !beside {
        ana.press("More options").await?;
    }
    ana.click_role("radio", "Smooth motion").await?;
    if !beside {
        ana.press("Close").await?;
    }
    sees_screen(&ben, &ana).await?;
    ana.press("Share screen").await?;
    is_gone(&ana, &ben).await?;
    ana.becomes_pressed("Share screen", false).await?;

    // Again, by the key, and ended where the browser itself ends it.
    ana.look_away().await?;
    ana.strike('s').await?;
    sees_screen(&ben, &ana).await?;
    let ended: bool = ana.script(END_CAPTURE, vec![]).await?;
    ensure!(ended, "no track to end");
    is_gone(&ana, &ben).await?;
    ana.becomes_pressed("Share screen", false).await?;
    sees(&ben, &ana).await
}

pairs!(two_share_at_once_and_who_comes_later_sees_both, Heavy, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    mixed: (Chromium, Firefox),
});

async fn two_share_at_once_and_who_comes_later_sees_both(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let server = Server::start().await?;
    let ana = sharer(scene, with.0, "Ana").await?;
    let ben = sharer(scene, with.1, "Ben").await?;
    let room = start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    join(&ben, &room).await?;
    all_connected(&[&ana, &ben]).await?;

    let (first, second) = tokio::join!(ana.press("Share screen"), ben.press("Share screen"));
    first.and(second)?;
    sees_screen(&ben, &ana).await?;
    sees_screen(&ana, &ben).await?;

    let cem = scene.beside(&ana, "Cem").await?;
    join(&cem, &room).await?;
    all_connected(&[&ana, &ben, &cem]).await?;
    for other in [&ana, &ben] {
        sees_screen(&cem, other).await?;
        sees(&cem, other).await?;
    }

    ana.press("Share screen").await?;
    is_gone(&ana, &cem).await?;
    is_gone(&ana, &ben).await?;
    sees_screen(&cem, &ben).await?;
    // Whoever leaves takes the screen along.
    ben.press("Leave call").await?;
    is_gone(&ben, &cem).await
}

pairs!(a_refusal_is_silent_and_what_the_system_forbids_is_said, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

/// The browser's answer to whoever wants to share, in the words that browsers use.
const REFUSE: &str = "navigator.mediaDevices.getDisplayMedia = () => \
    Promise.reject(new DOMException(arguments[0], 'NotAllowedError')); return null";

async fn a_refusal_is_silent_and_what_the_system_forbids_is_said(
    scene: &Scene,
    with: Kind,
) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    start_call(&ana, &server.page()).await?;
    enter(&ana).await?;

    ana.script::<()>(REFUSE, vec![json!("Permission denied")])
        .await?;
    ana.press("Share screen").await?;
    ana.becomes_pressed("Share screen", false).await?;
    let alerts = ana.sentences(&["alert"]).await?;
    ensure!(
        alerts.is_empty(),
        "a change of mind is answered with {alerts:?}"
    );

    ana.script::<()>(REFUSE, vec![json!("Permission denied by system")])
        .await?;
    ana.press("Share screen").await?;
    ana.is_told(&["system", "screen"]).await?;
    ana.press("Close").await?;
    until("the sentence to go", within(10), async || {
        let alerts = ana.sentences(&["alert"]).await?;
        ensure!(alerts.is_empty(), "{alerts:?}");
        Ok(())
    })
    .await?;

    // A telephone has no such thing, and no button for it.
    ana.script::<()>(
        "Object.defineProperty(MediaDevices.prototype, 'getDisplayMedia', \
        { value: undefined }); delete navigator.mediaDevices.getDisplayMedia; return null",
        vec![],
    )
    .await?;
    ana.press("Leave call").await?;
    ana.press("Join again").await?;
    in_call(&ana).await?;
    ensure!(
        !ana.shows("button", "Share screen").await?,
        "a button that can do nothing"
    );
    Ok(())
}

/// What the browser's own bar does: the track ends, and mostly says so.
const END_CAPTURE: &str = "captured.stop(); captured.dispatchEvent(new Event('ended')); return captured.readyState === 'ended'";

/// Keeps the track that the browser hands out, which is where it says that a capture is over.
const KEEP_CAPTURE: &str =
    "const devices = navigator.mediaDevices, ask = devices.getDisplayMedia.bind(devices);
    devices.getDisplayMedia = async (wish) => {
        const stream = await ask(wish);
        window.captured = stream.getVideoTracks()[0];
        return stream;
    };
    return null";

async fn style_of(person: &Person, tile: &str) -> Result<[String; 2]> {
    let script = "const style = getComputedStyle(document.querySelector(\
        `[aria-label=\"${arguments[0]}\"] video`)); return [style.objectFit, style.scale]";
    person.script(script, vec![json!(tile)]).await
}

/// How wide the box is that somebody's screen is shown in.
const BOX: &str = "return document.querySelector(
    `.screen-tile[aria-label=\"${arguments[0]}\"] video`)?.clientWidth ?? 0";

/// The screen is decoded, has the size that it has, or at least that of its box, and moves.
pub async fn sees_screen(person: &Person, whose: &Person) -> Result<()> {
    let name = screen_of(whose);
    let what = format!("{name} to move on {}'s page", person.label);
    let mut before = None;
    until(&what, CONNECTING, async || {
        let peer = person.peer(&whose.label).await?;
        let frames = peer.screen_frames_decoded.unwrap_or_default();
        let picture = person.picture(&name).await?;
        ensure!(frames > 0.0, "no frame decoded");
        let shown: u32 = person.script(BOX, vec![json!(name)]).await?;
        let whole = width_of(whose.kind());
        // Rounded down to what encoders like.
        let enough =
            picture.width == whole || (picture.width < whole && picture.width + 8 >= shown);
        ensure!(enough, "{picture:?} in a box {shown} wide");
        let (frames_before, picture_before) = before.get_or_insert((frames, picture.clone()));
        ensure!(
            frames > *frames_before + 3.0,
            "{frames} frames, {frames_before} before"
        );
        ensure!(
            picture.time > picture_before.time,
            "it stands still: {picture:?}"
        );
        Ok(())
    })
    .await
}

async fn hears_screen(person: &Person, whose: &Person) -> Result<()> {
    let what = format!("{} to hear {}", person.label, screen_of(whose));
    let mut before = None;
    until(&what, CONNECTING, async || {
        let peer = person.peer(&whose.label).await?;
        let energy = peer.screen_audio_energy.context("no sound yet")?;
        let before = before.get_or_insert(energy);
        ensure!(energy > *before + 1e-5, "energy {energy}, {before} before");
        Ok(())
    })
    .await
}

async fn is_gone(whose: &Person, from: &Person) -> Result<()> {
    let began = Instant::now();
    let name = screen_of(whose);
    until(
        &format!("{name} to go from {}'s page", from.label),
        GONE,
        async || {
            ensure!(!from.shows("group", &name).await?, "it is there");
            Ok(())
        },
    )
    .await?;
    eprintln!("{name} was gone after {:?}", began.elapsed());
    Ok(())
}
