//! Pictures of every screen with real calls behind them, for looking at: Chromium at the size of a
//! laptop and of a telephone, light and dark, into target/screens. `cargo xtask screens` runs it. Those in
//! other languages alone: the program itself with the word `languages`; `files`, `recordings` and `names`
//! are such words, too.

use anyhow::{Context, Result, ensure};
use duologue_e2e::{
    Access, Devices, Kind, Person, Scene,
    hostile::Hostile,
    ice::{PASSWORD, Silent, Stun, Turn, USER},
    paths,
    person::Look,
    scene::{Failure, Weight},
    server::Server,
    until, within,
};
use serde_json::json;
use std::collections::BTreeMap;

mod kept;
mod names;

const LOOKS: [Look; 4] = [
    Look::new("laptop-light", 1280, 800, false),
    Look::new("laptop-dark", 1280, 800, true),
    Look::new("phone-light", 390, 844, false),
    Look::new("phone-dark", 390, 844, true),
];

/// Devices that can be plugged in.
const PLUGS: &str = include_str!("../../../e2e/plugs.js");

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let only = |word: &str| std::env::args().any(|it| it == word);
    if only("files") {
        return Scene::play("screens of files", Weight::Heavy, kept::files).await;
    }
    if only("recordings") {
        return Scene::play("screens of recordings", Weight::Heavy, kept::recordings).await;
    }
    if only("names") {
        return Scene::play("screens of names", Weight::Heavy, names::names).await;
    }
    // One after the other, and each with its own time: pictures take a while.
    Scene::play("screens in Arabic", Weight::Heavy, async |scene| {
        in_language(scene, "ar").await
    })
    .await?;
    Scene::play("screens in Chinese", Weight::Heavy, async |scene| {
        in_language(scene, "zh").await
    })
    .await?;
    if only("languages") {
        return Ok(());
    }
    Scene::play("screens before a call", Weight::Heavy, before).await?;
    Scene::play("screens of a self-test", Weight::Heavy, check).await?;
    Scene::play("screens of one alone", Weight::Heavy, alone).await?;
    Scene::play("screens of files", Weight::Heavy, kept::files).await?;
    Scene::play("screens of recordings", Weight::Heavy, kept::recordings).await?;
    Scene::play("screens of names", Weight::Heavy, names::names).await?;
    Scene::play("screens of company", Weight::Heavy, in_company).await
}

async fn before(scene: &Scene) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(Kind::Chromium, "Ana").await?;
    let at = |fragment: &str| format!("{}#{fragment}", server.page());

    ana.goto(&server.page()).await?;
    ana.find("button", "Start a call").await?;
    take(&ana, "home").await?;
    ana.goto(&at("/nowhere")).await?;
    take(&ana, "not-found").await?;

    ana.goto(&at("/direct")).await?;
    ana.find("button", "Create invite").await?;
    take(&ana, "direct-begin").await?;
    ana.press("Create invite").await?;
    ana.read_field("Invite").await?;
    take(&ana, "direct-invite").await
}

async fn alone(scene: &Scene) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(Kind::Chromium, "Ana").await?;
    ana.goto(&server.page()).await?;
    ana.find("button", "Start a call").await?;
    let _: bool = ana.script(PLUGS, vec![]).await?;
    ana.press("Start a call").await?;
    ana.find("button", "Join call").await?;
    ana.fill("Your name", "Ana").await?;
    take(&ana, "green-room").await?;
    ana.press("Join call").await?;
    ana.find("toolbar", "Call controls").await?;
    take(&ana, "call-alone").await?;
    let _: bool = ana
        .script("seen.plug('headset'); return true", vec![])
        .await?;
    ana.is_told(&["headset is connected"]).await?;
    take(&ana, "call-headset").await?;
    ana.press("Invite").await?;
    take(&ana, "call-invite").await?;
    ana.press("Close").await?;
    ana.press("More options").await?;
    take(&ana, "call-options").await?;
    ana.press("Keyboard shortcuts").await?;
    take(&ana, "call-shortcuts").await?;
    ana.press("Close").await?;
    ana.press("Chat").await?;
    take(&ana, "call-chat-empty").await?;
    ana.press("Close").await?;
    ana.press("Leave call").await?;
    take(&ana, "call-left").await
}

async fn in_company(scene: &Scene) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(Kind::Chromium, "Ana").await?;
    ana.goto(&server.page()).await?;
    ana.press("Start a call").await?;
    ana.find("button", "Join call").await?;
    let room = ana.url().await?;
    ana.fill("Your name", "Ana").await?;
    ana.press("Join call").await?;
    for (count, name) in ["Ben", "Chloë", "Dmitri"].into_iter().enumerate() {
        let other = ana.beside(name).await?;
        other.goto(&room).await?;
        other.fill("Your name", name).await?;
        other.press("Join call").await?;
        connected(&ana, count + 1).await?;
        match count {
            0 => {
                take(&ana, "call-of-2").await?;
                share(&ana, &other).await?;
            }
            1 => hand(&ana, &other).await?,
            _ => take(&ana, "call-of-4").await?,
        }
    }
    chat(scene, &ana, &room).await
}

/// Somebody large, a hand that is up, and the list of who is here.
async fn hand(ana: &Person, other: &Person) -> Result<()> {
    other.press("Reactions").await?;
    other.press("Raise hand").await?;
    ana.press("Pin Ben").await?;
    take(ana, "call-pinned").await?;
    ana.press("Pin Ben").await?;
    ana.press("People").await?;
    take(ana, "call-people").await?;
    ana.press("People").await
}

/// The self-test before, in the middle, and at a good and a bad end.
async fn check(scene: &Scene) -> Result<()> {
    let (stun, turn) = (Stun::start().await?, Turn::start().await?);
    let silent = Silent::start().await?;
    let well = Hostile::offering(json!([
        { "urls": [stun.url()] },
        { "urls": [turn.url()], "username": USER, "credential": PASSWORD },
    ]));
    let ill = Hostile::offering(json!([
        { "urls": [silent.url("stun")] },
        { "urls": [turn.url()], "username": USER, "credential": "something else" },
    ]));
    let (well, ill) = (well.await?, ill.await?);
    let denied = Devices::Allowed {
        camera: Access::Denied,
        microphone: Access::Granted,
    };
    let ana = scene.person(Kind::Chromium, "Ana").await?;
    let ben = scene.person_with(Kind::Chromium, denied, "Ben").await?;
    for (person, host, end) in [(&ana, &well, "well"), (&ben, &ill, "ill")] {
        person.goto(&format!("{}#/check", host.page())).await?;
        person.find("button", "Run the test").await?;
        take(person, &format!("check-before-{end}")).await?;
        person.press("Run the test").await?;
        person.find("button", "Stop the test").await?;
        take(person, &format!("check-running-{end}")).await?;
        person.read_field("Report").await?;
        take(person, &format!("check-{end}")).await?;
    }
    Ok(())
}

/// The way into a call of two, and what there is to read in it.
async fn in_language(scene: &Scene, tag: &str) -> Result<()> {
    let server = Server::start().await?;
    let file = std::fs::read_to_string(paths::root().join(format!("words/{tag}.ftl")))?;
    let messages: BTreeMap<_, _> = duologue_words::read(&file).into_iter().collect();
    let say = |id: &str| messages.get(id).map_or("?", String::as_str);
    let called = |screen: &str| format!("{screen}-{tag}");
    let ana = scene.person(Kind::Chromium, "Ana").await?;
    ana.goto(&format!("{}?lang={tag}", server.page())).await?;
    ana.find("button", say("home-start")).await?;
    take(&ana, &called("home")).await?;
    ana.press(say("home-start")).await?;
    ana.find("button", say("green_room-join")).await?;
    let room = ana.url().await?;
    ana.fill(say("green_room-your-name"), "Ana").await?;
    take(&ana, &called("green-room")).await?;
    ana.press(say("green_room-join")).await?;
    ana.find("toolbar", say("call-controls")).await?;
    take(&ana, &called("call-alone")).await?;
    let ben = ana.beside("Ben").await?;
    ben.goto(&room.replace("#/r/", "&name=Ben&join=auto#/r/"))
        .await?;
    connected(&ana, 1).await?;
    take(&ana, &called("call")).await?;
    ana.press(say("call-more")).await?;
    take(&ana, &called("call-options")).await?;
    ana.press(say("common-close")).await?;
    ana.press(say("chat-title")).await?;
    for text in ["Hello, can you hear me?", "نعم، بوضوح.", "很清楚。"] {
        ana.fill(say("chat-message"), text).await?;
        ana.press(say("chat-send")).await?;
    }
    take(&ana, &called("call-chat")).await?;
    ana.press(say("details-title")).await?;
    take(&ana, &called("call-details")).await
}

/// A screen of the other, one's own beside it, and the figures.
async fn share(ana: &Person, other: &Person) -> Result<()> {
    other.press("Share screen").await?;
    ana.find("group", &format!("{}'s screen", other.label))
        .await?;
    take(ana, "call-screen").await?;
    ana.press("Share screen").await?;
    ana.find("group", "Your screen").await?;
    take(ana, "call-screens").await?;
    ana.press("Share screen").await?;
    other.press("Share screen").await?;
    ana.press("Connection details").await?;
    take(ana, "call-details").await?;
    ana.press("Connection details").await
}

/// A conversation, as it is with the panel open and for somebody who has it closed.
async fn chat(scene: &Scene, ana: &Person, room: &str) -> Result<()> {
    let eve = scene.person(Kind::Chromium, "Eve").await?;
    eve.goto(room).await?;
    eve.fill("Your name", "Eve").await?;
    eve.press("Join call").await?;
    connected(ana, 4).await?;
    let write = async |person: &Person, text: &str| {
        person.fill("Message", text).await?;
        person.press("Send").await
    };
    eve.press("Chat").await?;
    write(&eve, "Hello all, can everybody hear me?").await?;
    ana.is_told(&["can everybody hear me"]).await?;
    take(ana, "call-chat-news").await?;
    ana.press("Chat").await?;
    write(ana, "Loud and clear").await?;
    write(
        ana,
        "The plan is at https://example.org/plans/2026/autumn?version=3#costs",
    )
    .await?;
    write(
        &eve,
        "Thanks. Shall we begin with the costs, or wait for Farid? He said that his train \
                 is late, and that he will join from the station.",
    )
    .await?;
    write(&eve, "بدأنا بالتكاليف").await?;
    eve.script::<()>(
        "const to = document.querySelector('select'); \
         to.value = [...to.options].find((it) => it.text === 'Ana').value; \
         to.dispatchEvent(new Event('change', { bubbles: true })); return null",
        vec![],
    )
    .await?;
    write(&eve, "Between us: is the third figure right?").await?;
    until("the last message", within(20), async || {
        let text: String = ana
            .script(
                "return document.querySelector('[role=log]').textContent",
                vec![],
            )
            .await?;
        ensure!(text.contains("third figure"), "{text}");
        Ok(())
    })
    .await?;
    take(ana, "call-chat").await?;
    take(&eve, "call-chat-private").await?;
    ana.press("Close").await
}

async fn take(person: &Person, screen: &str) -> Result<()> {
    for look in &LOOKS {
        person.pose(look, screen).await?;
    }
    Ok(())
}

/// So many others are there, and their pictures move.
async fn connected(person: &Person, others: usize) -> Result<()> {
    until("everybody to be seen", within(40), async || {
        let peers = person.peers().await?;
        let seen = peers
            .iter()
            .filter(|peer| peer.frames_decoded.is_some_and(|frames| frames > 10.0));
        ensure!(seen.count() == others, "{peers:?}");
        Ok(())
    })
    .await
    .context("the call did not come about")
}
