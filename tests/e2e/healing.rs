//! Calls that outlive the server which brought them together, and paths that both ends mend at once.

use crate::{
    chat::{opens_chat, reads, writes},
    share::sees_screen,
    steps::*,
    *,
};
use anyhow::ensure;
use duologue_e2e::{Devices, Scene, server::Server, until, within};

/// Notes when each picture of the other comes to be seen.
const WATCH: &str = r#"
    const video = document.querySelector('[data-peer]:not([data-peer=self]) video');
    const seen = window.pictures = { longest: 0, last: performance.now(), count: 0 };
    const note = () => {
        const now = performance.now();
        seen.longest = Math.max(seen.longest, now - seen.last);
        seen.last = now;
        seen.count += 1;
        video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
    return null"#;

/// The longest time without a picture since then, in milliseconds, and how many there were.
async fn pictures(person: &Person) -> Result<(f64, u32)> {
    let seen = "const now = performance.now() - pictures.last; \
                return [Math.max(pictures.longest, now), pictures.count]";
    person.script(seen, vec![]).await
}

pairs!(a_call_goes_on_without_its_server_and_newcomers_come_when_it_is_back, Heavy, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    mixed: (Chromium, Firefox),
});

async fn a_call_goes_on_without_its_server_and_newcomers_come_when_it_is_back(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let mut server = Server::start().await?;
    let shows = Devices::FakeAndScreen;
    let ana = scene.person_with(with.0, shows, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    let room = call_each_other(&ana, &ben, &server).await?;
    for person in [&ana, &ben] {
        person.script::<()>(WATCH, vec![]).await?;
    }

    server.kill();
    for person in [&ana, &ben] {
        person
            .is_told(&["server is away", "this call goes on"])
            .await?;
    }
    for person in [&ana, &ben] {
        opens_chat(person).await?;
    }
    writes(&ana, "Still there?").await?;
    reads(&ben, "Still there?").await?;
    for person in [&ana, &ben] {
        let longest = until("pictures to go on", within(10), async || {
            let (longest, count) = pictures(person).await?;
            ensure!(count > 5, "{count} pictures");
            Ok(longest)
        })
        .await?;
        eprintln!("{}: {longest:.0} ms without a picture", person.label);
        ensure!(longest < 1_500.0, "{longest} ms without a picture");
    }
    ana.press("Share screen").await?;
    ana.becomes_pressed("Share screen", true).await?;
    sees_screen(&ben, &ana).await?;

    server.restart().await?;
    let back = std::time::Instant::now();
    let cem = scene.beside(&ben, "Cem").await?;
    join(&cem, &room).await?;
    all_connected(&[&ana, &ben, &cem]).await?;
    eprintln!("a newcomer {:.1} s after", back.elapsed().as_secs_f32());
    see_and_hear_each_other(&cem, &ben).await
}

/// Keeps the connections that the page makes.
const KEEP: &str = "const made = window.made = []; \
    window.RTCPeerConnection = new Proxy(RTCPeerConnection, { construct(kind, given) { \
        const connection = new kind(...given); \
        made.push(connection); \
        return connection; \
    } }); \
    return null";
const MEND: &str = "made.forEach(it => it.restartIce()); return null";
/// Of the one that the call goes by now. Firefox may give one up for which it is asked to begin anew while
/// it still does, and the call then comes back by another.
const STATES: &str =
    "return made.slice(-1).map(it => it.signalingState + ' ' + it.connectionState)";
const ROUNDS: usize = 4;

pairs!(mending_from_both_ends_at_once_leaves_a_call_as_it_was, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    mixed: (Chromium, Firefox),
});

async fn mending_from_both_ends_at_once_leaves_a_call_as_it_was(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    let room = start_call(&ana, &server.page()).await?;
    ana.script::<()>(KEEP, vec![]).await?;
    enter(&ana).await?;
    ben.goto(&room).await?;
    ben.script::<()>(KEEP, vec![]).await?;
    enter(&ben).await?;
    all_connected(&[&ana, &ben]).await?;
    see_and_hear_each_other(&ana, &ben).await?;

    for _ in 0..ROUNDS {
        let (first, second) = tokio::join!(
            ana.script::<()>(MEND, vec![]),
            ben.script::<()>(MEND, vec![])
        );
        first.and(second)?;
        for person in [&ana, &ben] {
            until("everything to be agreed", CONNECTING, async || {
                let states: Vec<String> = person.script(STATES, vec![]).await?;
                ensure!(states == ["stable connected"], "{states:?}");
                Ok(())
            })
            .await?;
        }
        sees(&ana, &ben).await?;
        sees(&ben, &ana).await?;
    }
    all_connected(&[&ana, &ben]).await?;
    see_and_hear_each_other(&ana, &ben).await
}
