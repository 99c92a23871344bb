//! What the page fetches before a call stands, and that the rest of it comes when it is wanted.

use crate::{steps::*, *};
use anyhow::ensure;
use duologue_e2e::{Scene, server::Server, until, within};

/// Everything that the page has fetched so far, and by what means.
pub const FETCHED: &str = "return performance.getEntriesByType('resource')
    .map((it) => `${it.initiatorType} ${it.name.split('/').pop()}`)";

/// What it had begun to fetch by the time of the first picture.
const AT_FIRST_FRAME: &str = "return new Promise((found) => {
    const look = () => {
        const frame = performance.getEntriesByName('first-frame')[0];
        if (!frame) return void setTimeout(look, 5);
        found(performance.getEntriesByType('resource')
            .filter((it) => it.startTime < frame.startTime)
            .map((it) => `${it.initiatorType} ${it.name.split('/').pop()} at ${it.startTime | 0} of ${
                frame.startTime | 0}`));
    };
    look();
})";

pairs!(a_first_call_does_without_the_rest_of_the_page, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_first_call_does_without_the_rest_of_the_page(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let ben = scene.person(with, "Ben").await?;
    let room = start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    ben.goto(&room.replace("#/r/", "?name=Ben&join=auto#/r/"))
        .await?;
    let fetched: Vec<String> = ben.script(AT_FIRST_FRAME, vec![]).await?;
    let is_rest = |it: &&String| it.contains("_rest");
    ensure!(
        fetched.iter().any(|it| it.contains("_bg.wasm")),
        "where is the first part? {fetched:?}"
    );
    ensure!(
        !fetched.iter().any(|it| is_rest(&it)),
        "run `cargo xtask profile`: fetched before the first picture were {fetched:?}"
    );
    until("the rest of the page", within(10), async || {
        let fetched: Vec<String> = ben.script(FETCHED, vec![]).await?;
        let rest = fetched.iter().filter(is_rest).count();
        ensure!(rest == 1, "{fetched:?}");
        Ok(())
    })
    .await?;
    all_connected(&[&ana, &ben]).await?;
    // Words that come with the rest are nothing before: whatever is shown early must not be of them.
    for person in [&ana, &ben] {
        let nothing = "return document.documentElement.outerHTML.includes('\\0')";
        let nothing: bool = person.script(nothing, vec![]).await?;
        ensure!(
            !nothing,
            "{} is shown words that were not there",
            person.label
        );
    }
    Ok(())
}

/// The page takes the rest for there; returns what it had fetched by then.
const PRETEND: &str = "globalThis.fetchRest = () => Promise.resolve();
    return performance.getEntriesByType('resource').map((it) => it.name)";

pairs!(what_is_wanted_before_it_is_there_is_fetched_at_once, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn what_is_wanted_before_it_is_there_is_fetched_at_once(
    scene: &Scene,
    with: Kind,
) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    until("a page without the rest", within(60), async || {
        ana.goto(&format!("{}healthz", server.page())).await?;
        ana.goto(&server.page()).await?;
        let fetched: Vec<String> = ana.script(PRETEND, vec![]).await?;
        ensure!(!fetched.iter().any(|it| it.contains("_rest")), "too late");
        Ok(())
    })
    .await?;
    ana.press("Call without a server").await?;
    ana.press("Create invite").await?;
    let invite = ana.read_field("Invite").await?;
    ensure!(invite.len() > 60, "{invite:?}");
    let fetched: Vec<String> = ana.script(FETCHED, vec![]).await?;
    ensure!(
        fetched
            .iter()
            .any(|it| it.starts_with("xmlhttprequest") && it.contains("_rest")),
        "{fetched:?}"
    );
    Ok(())
}
