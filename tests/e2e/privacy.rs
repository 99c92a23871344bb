//! What others may learn of where one is: nothing but the relay, for whoever asks for that.

use crate::{
    chat::{opens_chat, reads, writes},
    steps::*,
    *,
};
use anyhow::ensure;
use duologue_e2e::{Scene, server::Server, until, within};
use tempfile::TempDir;

/// Keeps every address that this page is told.
const WATCH: &str = "const told = window.told = [];
    const note = (text) => told.push(...(text ?? '').split(/\\r?\\n/)
        .filter((it) => it.includes('candidate:')).map((it) => it.replace(/^a=/, '')));
    const add = RTCPeerConnection.prototype.addIceCandidate;
    RTCPeerConnection.prototype.addIceCandidate = function (it, ...more) {
        note(it?.candidate);
        return add.call(this, it, ...more);
    };
    const set = RTCPeerConnection.prototype.setRemoteDescription;
    RTCPeerConnection.prototype.setRemoteDescription = function (it, ...more) {
        note(it?.sdp);
        return set.call(this, it, ...more);
    };
    return null";

pairs!(whoever_hides_their_address_is_reached_through_the_relay_alone, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    mixed: (Chromium, Firefox),
});

async fn whoever_hides_their_address_is_reached_through_the_relay_alone(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let state = TempDir::new()?;
    // It relays by itself.
    let server = Server::for_telephones(state.path()).await?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    let room = start_call(&ana, &server.page()).await?;
    ana.click_role("switch", "Hide my address").await?;
    enter(&ana).await?;
    ben.goto(&room).await?;
    ben.find("button", "Join call").await?;
    ben.script::<()>(WATCH, vec![]).await?;
    enter(&ben).await?;
    all_connected(&[&ana, &ben]).await?;
    see_and_hear_each_other(&ana, &ben).await?;
    for (person, other) in [(&ana, "Ben"), (&ben, "Ana")] {
        until("the way to be known", within(20), async || {
            let path = person.peer(other).await?.path;
            ensure!(path.as_deref() == Some("relay"), "it is {path:?}");
            Ok(())
        })
        .await?;
    }
    for person in [&ana, &ben] {
        opens_chat(person).await?;
    }
    writes(&ana, "Guess where I am").await?;
    reads(&ben, "Guess where I am").await?;

    let told: Vec<String> = ben.script("return told", vec![]).await?;
    ensure!(!told.is_empty(), "Ben was told no address at all");
    for it in &told {
        let words: Vec<&str> = it.split(' ').collect();
        let after = |word: &str| {
            let at = words.iter().position(|it| *it == word);
            at.and_then(|at| words.get(at + 1)).copied()
        };
        ensure!(after("typ") == Some("relay"), "{it}");
        // Where the relay sees her: nothing, or, by Firefox, the lent address once more.
        let lent = [words.get(4).copied(), words.get(5).copied()];
        let from = [after("raddr"), after("rport")];
        let nothing = [None, Some("0.0.0.0"), Some("::")].contains(&from[0]);
        ensure!(nothing || from == lent, "{it}");
    }

    // It is remembered.
    ana.press("Leave call").await?;
    start_call(&ana, &server.page()).await?;
    until("the switch as it was left", within(15), async || {
        let on = "return byRole('switch', arguments[0])[0]?.getAttribute('aria-checked')";
        let on: Option<String> = ana.roles(on, "Hide my address").await?;
        ensure!(on.as_deref() == Some("true"), "it is {on:?}");
        Ok(())
    })
    .await
}

/// Keeps the servers that connections are given.
const SERVERS: &str = "const given = window.given = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(config, ...more) {
            super(config, ...more);
            given.push(...(config?.iceServers ?? []).flatMap((it) => it.urls));
        }
    };
    return null";
/// All that the page has asked for since it was opened, answered or not.
const ASKED: &str = "return ['navigation', 'resource'].flatMap((it) => performance.getEntriesByType(it)).map((it) => it.name)";

pairs!(nobody_but_the_host_is_asked_for_anything, Light, { chromium: Chromium, firefox: Firefox });

async fn nobody_but_the_host_is_asked_for_anything(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let ben = scene.beside(&ana, "Ben").await?;
    let room = start_call(&ana, &server.page()).await?;
    ben.goto(&room).await?;
    for person in [&ana, &ben] {
        person.find("button", "Join call").await?;
        person.script::<()>(SERVERS, vec![]).await?;
        enter(person).await?;
    }
    all_connected(&[&ana, &ben]).await?;
    opens_chat(&ana).await?;
    writes(&ana, "https://example.com/picture.png").await?;
    opens_chat(&ben).await?;
    reads(&ben, "https://example.com/picture.png").await?;
    for panel in ["People", "Connection details"] {
        ben.press(panel).await?;
        ben.becomes_pressed(panel, true).await?;
    }
    ben.press("More options").await?;
    ben.find("switch", "Hide my address").await?;
    for person in [&ana, &ben] {
        let given: Vec<String> = person.script("return given", vec![]).await?;
        ensure!(
            given.is_empty(),
            "a default host names no server: {given:?}"
        );
        let asked: Vec<String> = person.script(ASKED, vec![]).await?;
        ensure!(asked.len() > 3, "only {asked:?}");
        let own = server.page();
        let others: Vec<&String> = asked.iter().filter(|it| !it.starts_with(&own)).collect();
        ensure!(others.is_empty(), "asked elsewhere: {others:?}");
    }
    Ok(())
}
