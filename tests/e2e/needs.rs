//! Nobody is sent more of a picture than they look at: a small window gets a small one, a window behind
//! another one none, and both get all of it back at once. And it is written in the way that both
//! devices have circuits for.

use crate::{steps::*, *};
use anyhow::ensure;
use duologue_e2e::{Scene, server::Server, until, within};

/// How wide the picture is that has come from somebody, by name.
const WIDTH: &str = "return document.querySelector(
    `[data-peer][aria-label=\"${arguments[0]}\"] video`)?.videoWidth ?? 0";

async fn is_sent(person: &Person, of: &str, what: &str, wanted: fn(u32) -> bool) -> Result<()> {
    let what = format!("{what} of {of} on {}'s page", person.label);
    until(&what, within(40), async || {
        let width: u32 = person.script(WIDTH, vec![of.into()]).await?;
        ensure!(wanted(width), "it is {width} wide");
        Ok(())
    })
    .await
}

pairs!(a_small_tile_is_sent_a_small_picture, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    chromium_to_firefox: (Chromium, Firefox),
    firefox_to_chromium: (Firefox, Chromium),
});

async fn a_small_tile_is_sent_a_small_picture(
    scene: &Scene,
    (one, other): (Kind, Kind),
) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(one, "Ana").await?;
    let ben = scene.person(other, "Ben").await?;
    let room = start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    join(&ben, &room).await?;
    all_connected(&[&ana, &ben]).await?;
    ben.resize(1280, 900).await?;
    is_sent(&ben, "Ana", "a whole picture", |width| width >= 640).await?;
    ben.resize(500, 400).await?;
    is_sent(&ben, "Ana", "a small picture", |width| {
        (1..=520).contains(&width)
    })
    .await?;
    sees(&ben, &ana).await?;
    ben.resize(1280, 900).await?;
    is_sent(&ben, "Ana", "a whole picture again", |width| width >= 640).await?;
    see_and_hear_each_other(&ana, &ben).await
}

/// Keeps count of the frames of pictures that are encoded here.
const COUNT: &str = "const ask = RTCPeerConnection.prototype.getStats;
    RTCPeerConnection.prototype.getStats = async function (...args) {
        const report = await ask.apply(this, args);
        report.forEach((it) => {
            if (it.type === 'outbound-rtp' && it.kind === 'video') window.encoded = it.framesEncoded;
        });
        return report;
    };
    return null";
/// Whether none came for two seconds.
const STILL: &str = "return new Promise((answer) => {
    const before = window.encoded;
    setTimeout(() => answer(before > 0 && before === window.encoded), 2000);
})";

pairs!(a_window_that_nobody_looks_at_is_sent_nothing, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_window_that_nobody_looks_at_is_sent_nothing(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let ben = scene.person(with, "Ben").await?;
    let room = start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    join(&ben, &room).await?;
    see_and_hear_each_other(&ana, &ben).await?;
    ana.script::<()>(COUNT, vec![]).await?;
    // In front of the call, for as long as it takes.
    let tab = ben.beside("another tab of Ben's").await?;
    tab.goto("about:blank").await?;
    until("Ana to send no picture", within(60), async || {
        let still: bool = ana.script(STILL, vec![]).await?;
        ensure!(still, "frames are encoded");
        Ok(())
    })
    .await?;
    see_and_hear_each_other(&ana, &ben).await
}

/// A device whose circuits write and read this and nothing else.
const CIRCUITS: &str = "for (const method of ['encodingInfo', 'decodingInfo']) {
        navigator.mediaCapabilities[method] = async (question) => ({
            supported: true,
            smooth: true,
            powerEfficient: question.video.contentType.includes('VP9'),
        });
    }
    return null";
/// The codec of what is sent, and how many descriptions were made.
const COUNT_CODECS: &str = "window.made = 0;
    for (const method of ['createOffer', 'createAnswer', 'setLocalDescription']) {
        const make = RTCPeerConnection.prototype[method];
        RTCPeerConnection.prototype[method] = function (...args) {
            window.made += 1;
            return make.apply(this, args);
        };
    }
    const ask = RTCPeerConnection.prototype.getStats;
    RTCPeerConnection.prototype.getStats = async function (...args) {
        const report = await ask.apply(this, args);
        report.forEach((it) => {
            if (it.type === 'outbound-rtp' && it.kind === 'video') {
                window.codec = report.get(it.codecId)?.mimeType;
            }
        });
        return report;
    };
    return null";

pairs!(what_both_devices_have_circuits_for_is_sent, Light, {
    chromium: Chromium,
});

async fn what_both_devices_have_circuits_for_is_sent(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let ben = scene.person(with, "Ben").await?;
    let room = start_call(&ana, &server.page()).await?;
    ana.script::<()>(CIRCUITS, vec![]).await?;
    enter(&ana).await?;
    ben.goto(&room).await?;
    ben.script::<()>(CIRCUITS, vec![]).await?;
    ben.fill("Your name", "Ben").await?;
    ben.press("Join call").await?;
    in_call(&ben).await?;
    see_and_hear_each_other(&ana, &ben).await?;
    ana.script::<()>(COUNT_CODECS, vec![]).await?;
    until("pictures in VP9", within(30), async || {
        let codec: Option<String> = ana.script("return window.codec ?? null", vec![]).await?;
        ensure!(codec.as_deref() == Some("video/VP9"), "they are {codec:?}");
        Ok(())
    })
    .await?;
    let made: u32 = ana.script("return window.made", vec![]).await?;
    ensure!(made == 0, "{made} negotiations");
    see_and_hear_each_other(&ana, &ben).await
}
