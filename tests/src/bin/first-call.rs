//! First calls with a page that notes which of its functions run: what happens between opening the
//! page and seeing each other, and the goodbye of a tab that is closed, which cannot wait for anything.
//! Both browsers. Writes the numbers of the functions to target/profile/ran.txt; `cargo xtask profile`
//! runs it.

use anyhow::{Context, Result, ensure};
use duologue_e2e::{
    Kind, Person, Scene, paths,
    scene::{Failure, Weight},
    server::Server,
    until, within,
};
use std::collections::BTreeSet;

/// What the page has noted, in every tab of this browser and in every life of them.
const RAN: &str = "return Object.entries({ ...localStorage })
    .filter(([key]) => key.startsWith('ran-')).map(([, numbers]) => numbers).join(' ')";

#[tokio::main]
async fn main() -> Result<(), Failure> {
    Scene::play("first call", Weight::Heavy, async |scene| {
        let server = Server::start().await?;
        let mut ran = BTreeSet::new();
        for (one, other, by_itself) in [
            (Kind::Chromium, Kind::Chromium, false),
            (Kind::Firefox, Kind::Firefox, false),
            (Kind::Chromium, Kind::Firefox, true),
            (Kind::Firefox, Kind::Chromium, true),
        ] {
            let ana = scene.person(one, "Ana").await?;
            let ben = scene.person(other, "Ben").await?;
            call(&ana, &ben, by_itself, &server).await?;
            for person in [ana, ben] {
                let numbers: String = person.script(RAN, vec![]).await?;
                ran.extend(numbers.split(' ').map(String::from));
            }
        }
        ensure!(ran.len() > 500, "only {} functions ran", ran.len());
        eprintln!("{} functions ran", ran.len());
        let file = paths::root().join("target/profile/ran.txt");
        let numbers: Vec<String> = ran.into_iter().collect();
        std::fs::write(&file, numbers.join(" ")).with_context(|| file.display().to_string())
    })
    .await
}

/// Ana begins, Ben follows her link: through the green room, or by an address that says to join.
async fn call(ana: &Person, ben: &Person, by_itself: bool, server: &Server) -> Result<()> {
    ana.goto(&server.page()).await?;
    ana.press("Start a call").await?;
    ana.fill("Your name", "Ana").await?;
    let room = ana.url().await?;
    ana.press("Join call").await?;
    ana.find("toolbar", "Call controls").await?;
    if by_itself {
        let address = room.replace("#/r/", "?name=Ben&join=auto#/r/");
        ben.goto(&address).await?;
    } else {
        ben.goto(&room).await?;
        ben.fill("Your name", "Ben").await?;
        ben.press("Join call").await?;
    }
    for person in [ana, ben] {
        until("the first frame", within(60), async || {
            let marks = person.marks().await?;
            ensure!(marks.contains_key("first-frame"), "only {marks:?}");
            Ok(())
        })
        .await?;
    }
    // The page that stays behind notes nothing.
    for person in [ana, ben] {
        person.goto(&format!("{}healthz", server.page())).await?;
    }
    Ok(())
}
