//! Devices in the middle of things: another one is chosen, one goes, one comes, another way to use
//! it is set, and nothing of it is negotiated. What is plugged in and out is simulated in the page
//! (`plugs.js`), so that it is the same in every browser.

use crate::{steps::*, *};
use anyhow::ensure;
use duologue_e2e::{Scene, server::Server, until, within};
use serde::de::DeserializeOwned;
use serde_json::json;

/// To the home page, with devices that can be plugged in and out, before any is opened.
pub async fn arrive(person: &Person, page: &str, plugged: &[&str]) -> Result<()> {
    person.goto(page).await?;
    person.find("button", "Start a call").await?;
    let _: bool = person.script(include_str!("plugs.js"), vec![]).await?;
    for name in plugged {
        plug(person, "plug", name).await?;
    }
    Ok(())
}

async fn plug(person: &Person, how: &str, name: &str) -> Result<()> {
    let script = "seen[arguments[0]](arguments[1]); return null";
    person.script(script, vec![json!(how), json!(name)]).await
}

async fn ask<T: DeserializeOwned>(person: &Person, what: &str) -> Result<T> {
    person.script(&format!("return {what}"), vec![]).await
}

/// Waits until it is true on the page.
pub async fn becomes(person: &Person, what: &str) -> Result<()> {
    until(
        &format!("{what} on {}'s page", person.label),
        within(20),
        async || {
            let so: bool = ask(person, what).await?;
            ensure!(so, "{}", ask::<String>(person, "seen.tell()").await?);
            Ok(())
        },
    )
    .await
}

pub async fn into_new_call(person: &Person) -> Result<String> {
    person.press("Start a call").await?;
    enter(person).await?;
    person.url().await
}

pairs!(another_device_in_mid_call_is_seen_and_heard_without_negotiation, Heavy, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn another_device_in_mid_call_is_seen_and_heard_without_negotiation(
    scene: &Scene,
    with: Kind,
) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let ben = scene.person(Chromium, "Ben").await?;
    arrive(&ana, &server.page(), &["headset", "camera"]).await?;
    let room = into_new_call(&ana).await?;
    join(&ben, &room).await?;
    see_and_hear_each_other(&ana, &ben).await?;
    let before: u32 = ask(&ana, "seen.descriptions").await?;
    ensure!(before >= 2, "nothing was counted");

    ana.press("More options").await?;
    ana.choose("Camera", "Second camera").await?;
    becomes(&ana, "seen.sent('video')?.from === 'second'").await?;
    ana.choose("Microphone", "Headset").await?;
    becomes(&ana, "seen.sent('audio')?.from === 'headset-in'").await?;
    sees(&ben, &ana).await?;
    hears(&ben, &ana).await?;

    // Other limits and other processing are no reason to negotiate either.
    ana.click_role("switch", "Hi-fi sound").await?;
    becomes(&ana, "seen.bits('audio').every(bits => bits > 100000)").await?;
    becomes(
        &ana,
        "seen.sent('audio')?.getSettings().echoCancellation === false",
    )
    .await?;
    ana.choose("Send at most", "500 kb/s").await?;
    becomes(
        &ana,
        "seen.bits('audio')[0] + seen.bits('video')[0] <= 500000 && seen.bits('video')[0] > 100000",
    )
    .await?;
    ana.choose("Send at most", "No limit").await?;
    // What Ben's window is worth is no limit of Ana's.
    becomes(
        &ana,
        "seen.bits('video').every(bits => bits === null || bits > 500000)",
    )
    .await?;
    hears(&ben, &ana).await?;
    sees(&ben, &ana).await?;
    let after: u32 = ask(&ana, "seen.descriptions").await?;
    ensure!(after == before, "{} more descriptions", after - before);

    // The camera's light goes off with the camera, copies included.
    ana.press("Close").await?;
    ana.press("Camera").await?;
    becomes(&ana, "!seen.sent('video') && seen.tracks.every(it => it.kind === 'audio' || it.readyState === 'ended')").await
}

pairs!(a_lost_device_is_followed_and_a_returned_one_is_offered, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_lost_device_is_followed_and_a_returned_one_is_offered(
    scene: &Scene,
    with: Kind,
) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    arrive(&ana, &server.page(), &["headset"]).await?;
    ana.press("Start a call").await?;
    ana.choose("Microphone", "Headset").await?;
    becomes(&ana, "seen.tracks.at(-1)?.from === 'headset-in'").await?;
    enter(&ana).await?;
    ana.becomes_pressed("Microphone", true).await?;

    plug(&ana, "unplug", "headset").await?;
    ana.is_told(&["headset has gone", "now using"]).await?;
    ana.becomes_pressed("Microphone", true).await?;
    becomes(
        &ana,
        "seen.tracks.at(-1).readyState === 'live' && !seen.tracks.at(-1).from",
    )
    .await?;
    plug(&ana, "plug", "headset").await?;
    ana.is_told(&["headset is back"]).await?;
    ana.press("Use Headset").await?;
    becomes(&ana, "seen.tracks.at(-1).from === 'headset-in'").await?;
    ana.becomes_pressed("Microphone", true).await?;

    // A headset is a microphone and a speaker.
    ana.press("More options").await?;
    ensure!(
        ana.chosen("Microphone").await? == "Headset",
        "another microphone"
    );
    ensure!(ana.chosen("Speaker").await? == "Headset", "another speaker");
    ana.press("Test sound").await?;
    becomes(&ana, "seen.sinks.includes('headset-out')").await?;
    if !ask::<bool>(&ana, "seen.chooses").await? {
        eprintln!("this browser cannot choose a speaker: the system's is used");
    }
    Ok(())
}

pairs!(what_the_system_holds_back_is_told, Light, {
    chromium: Chromium,
});

async fn what_the_system_holds_back_is_told(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    arrive(&ana, &server.page(), &[]).await?;
    into_new_call(&ana).await?;
    ana.becomes_pressed("Microphone", true).await?;
    // As with a switch on the microphone's case.
    let () = ana.script("seen.withhold(); return null", vec![]).await?;
    ana.is_told(&["holds the microphone"]).await?;
    Ok(())
}

pairs!(what_was_set_is_there_the_next_time, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn what_was_set_is_there_the_next_time(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    arrive(&ana, &server.page(), &["headset", "camera"]).await?;
    into_new_call(&ana).await?;
    ana.press("More options").await?;
    ana.choose("Camera", "Second camera").await?;
    ana.choose("Speaker", "Headset").await?;
    ana.choose("Resolution", "360p").await?;
    ana.choose("Frames a second", "15").await?;
    ana.choose("Send at most", "1 Mb/s").await?;
    for switch in ["Echo cancellation", "Noise suppression", "Automatic volume"] {
        ana.click_role("switch", switch).await?;
    }
    let off = "['echoCancellation', 'noiseSuppression', 'autoGainControl'].every(it => \
        seen.held('audio')?.getSettings()[it] === false)";
    becomes(&ana, off).await?;
    let camera = "seen.held('video')";
    let height: Option<f64> = ask(&ana, &format!("{camera}.getSettings().height")).await?;
    if height == Some(360.0) {
        becomes(&ana, &format!("{camera}.getSettings().frameRate <= 15")).await?;
    } else {
        eprintln!("this camera has no 360 lines: it gives {height:?}");
    }

    ana.reload().await?;
    arrive(&ana, &server.page(), &["headset", "camera"]).await?;
    into_new_call(&ana).await?;
    becomes(&ana, "seen.tracks.some(it => it.from === 'second')").await?;
    let asked =
        "seen.asked.some(it => it.video?.height?.ideal === 360 && it.video.frameRate.max === 15)";
    becomes(&ana, asked).await?;
    becomes(&ana, off).await?;
    ana.press("More options").await?;
    for (list, option) in [
        ("Camera", "Second camera"),
        ("Speaker", "Headset"),
        ("Resolution", "360p"),
        ("Frames a second", "15"),
        ("Send at most", "1 Mb/s"),
    ] {
        until(&format!("{option:?} in {list:?}"), within(10), async || {
            let chosen = ana.chosen(list).await?;
            ensure!(chosen == option, "it is {chosen:?}");
            Ok(())
        })
        .await?;
    }

    // Without the second camera: another one, and the page says so.
    arrive(&ana, &server.page(), &[]).await?;
    into_new_call(&ana).await?;
    ana.is_told(&["second camera is not connected"]).await?;
    ana.becomes_pressed("Camera", true).await
}

pairs!(who_speaks_while_muted_is_told, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn who_speaks_while_muted_is_told(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    arrive(&ana, &server.page(), &[]).await?;
    if !ana.script::<bool>("return seen.speak()", vec![]).await? {
        eprintln!("no hint: this browser measures no loudness without a sound output");
        return Ok(());
    }
    into_new_call(&ana).await?;
    ana.press("Microphone").await?;
    ana.becomes_pressed("Microphone", false).await?;
    ana.is_told(&["you are speaking", "is off"]).await?;
    ana.press("Turn microphone on").await?;
    ana.becomes_pressed("Microphone", true).await?;
    not_told(&ana).await?;

    ana.press("Microphone").await?;
    ana.is_told(&["you are speaking"]).await?;
    let _: bool = ana.script("seen.voice.stop(); return true", vec![]).await?;
    not_told(&ana).await?;

    // Who does not want it is not listened to.
    ana.press("More options").await?;
    ana.click_role("switch", "Tell me when I speak while muted")
        .await?;
    ana.find("switch", "Tell me when I speak while muted")
        .await?;
    Ok(())
}

async fn not_told(person: &Person) -> Result<()> {
    until("the hint to go", within(20), async || {
        let said = person.sentences(&["status"]).await?;
        let hint = said.iter().find(|it| it.contains("You are speaking"));
        ensure!(hint.is_none(), "{hint:?}");
        Ok(())
    })
    .await
}

pairs!(a_phone_turns_to_its_other_camera, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_phone_turns_to_its_other_camera(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    arrive(&ana, &server.page(), &["camera"]).await?;
    let _: bool = ana.script("return seen.phone = true", vec![]).await?;
    into_new_call(&ana).await?;
    let mirrored = "document.querySelector('.own-tile').dataset.mirrored";
    becomes(&ana, &format!("{mirrored} === 'true'")).await?;
    ana.press("Flip camera").await?;
    becomes(
        &ana,
        "seen.asked.at(-1).video.facingMode?.exact === 'environment'",
    )
    .await?;
    // What it sees is shown as it is: writing can be read.
    becomes(&ana, &format!("{mirrored} === 'false'")).await?;
    ana.press("Flip camera").await?;
    becomes(&ana, "seen.asked.at(-1).video.facingMode?.exact === 'user'").await?;
    becomes(&ana, &format!("{mirrored} === 'true'")).await
}

/// A microphone that hears something on its left alone; false where this browser makes no sound
/// without an output.
const LEFT: &str = "const context = new AudioContext();
    const awake = context.resume().then(() => true);
    const late = new Promise((done) => setTimeout(done, 3000, false));
    return Promise.race([awake, late]).then((makes) => {
        if (!makes) return false;
        const tone = new OscillatorNode(context, { frequency: 440 });
        const left = new StereoPannerNode(context, { pan: -1 });
        seen.mouth = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
        tone.connect(left).connect(seen.mouth);
        tone.start();
        return true;
    })";
/// How loud Ana is on the left and on the right.
const LOUDNESS: &str = "if (!window.ears) {
        const context = new AudioContext();
        const sound = document.querySelector('[data-peer][aria-label=Ana] audio').srcObject;
        const sides = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
        context.createMediaStreamSource(sound).connect(sides);
        window.ears = [0, 1].map((side) => {
            const ear = new AnalyserNode(context, { fftSize: 2048 });
            sides.connect(ear, side);
            return ear;
        });
        context.resume();
    }
    return ears.map((ear) => {
        const wave = new Float32Array(ear.fftSize);
        ear.getFloatTimeDomainData(wave);
        return Math.sqrt(wave.reduce((sum, it) => sum + it * it, 0) / wave.length);
    })";

pairs!(music_keeps_its_sides, Light, {
    chromium: (Chromium, Chromium),
    firefox_to_chromium: (Firefox, Chromium),
});

async fn music_keeps_its_sides(scene: &Scene, (from, to): (Kind, Kind)) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(from, "Ana").await?;
    let ben = scene.person(to, "Ben").await?;
    arrive(&ana, &server.page(), &[]).await?;
    let room = into_new_call(&ana).await?;
    join(&ben, &room).await?;
    see_and_hear_each_other(&ana, &ben).await?;
    let makes_sound: bool = ana.script(LEFT, vec![]).await?;
    if !makes_sound {
        eprintln!("no sides: this browser makes no sound without an output");
        return Ok(());
    }
    ana.press("More options").await?;
    ana.click_role("switch", "Hi-fi sound").await?;
    until("music on Ben's left", within(30), async || {
        let sides: [f64; 2] = ben.script(LOUDNESS, vec![]).await?;
        let [left, right] = sides;
        ensure!(left > 0.05 && right < left / 8.0, "{sides:?}");
        Ok(())
    })
    .await
}
