//! Every screen, looked over by axe-core for what keeps people from using it: names, contrast, roles,
//! order.

use crate::{languages::Dictionary, steps::*, *};
use anyhow::{Context, ensure};
use duologue_e2e::{Scene, paths, server::Server};

/// The rules of WCAG 2.2 A and AA, and axe's own of good practice.
const RULES: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";

/// What is in the way of somebody, as far as a machine can tell.
async fn look_over(person: &Person, screen: &str, barriers: &mut Vec<String>) -> Result<()> {
    let axe = std::fs::read_to_string(paths::axe()).with_context(|| {
        format!(
            "no axe-core at {}: run `cargo xtask setup`",
            paths::axe().display()
        )
    })?;
    // Colours on their way from one to the other are no colours to judge.
    let script = format!(
        "{axe}\nreturn Promise.all(document.getAnimations().filter((it) =>
             it.effect?.getComputedTiming().iterations !== Infinity).map((it) => it.finished.catch(() => 0)))
         .then(() => axe.run(document, {{ runOnly: {RULES} }}))
         .then((found) => found.violations.map((it) =>
             `${{it.id}} (${{it.impact}}): ${{it.help}}: ${{it.nodes.map((node) => node.html.slice(0, 200)
                 + ' ' + node.failureSummary.slice(0, 300)).join(' | ')}}`))"
    );
    let found: Vec<String> = person.script(&script, vec![]).await?;
    barriers.extend(found.into_iter().map(|it| format!("{screen}: {it}")));
    Ok(())
}

pairs!(nobody_is_kept_out, Light, { chromium: Chromium, firefox: Firefox });

async fn nobody_is_kept_out(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let page = server.page();
    let ana = scene.person(with, "Ana").await?;
    let mut found = Vec::new();

    ana.goto(&page).await?;
    ana.find("button", "Start a call").await?;
    look_over(&ana, "home", &mut found).await?;
    ana.goto(&format!("{page}?1#/nowhere")).await?;
    ana.find("link", "Home").await?;
    look_over(&ana, "an address that leads nowhere", &mut found).await?;
    ana.goto(&format!("{page}?3#/check")).await?;
    ana.find("button", "Run the test").await?;
    look_over(&ana, "a self-test to come", &mut found).await?;
    ana.press("Run the test").await?;
    ana.find("button", "Stop the test").await?;
    look_over(&ana, "a self-test", &mut found).await?;
    ana.read_field("Report").await?;
    look_over(&ana, "a self-test's end", &mut found).await?;
    ana.goto(&format!("{page}?2#/direct")).await?;
    ana.find("button", "Create invite").await?;
    look_over(&ana, "a call without a server", &mut found).await?;
    ana.press("Create invite").await?;
    ana.read_field("Invite").await?;
    look_over(&ana, "an invite", &mut found).await?;

    let room = start_call(&ana, &page).await?;
    ana.find("button", "Join call").await?;
    look_over(&ana, "green room", &mut found).await?;
    enter(&ana).await?;
    ana.read_field("Invite link").await?;
    look_over(&ana, "alone in a call", &mut found).await?;
    ana.press("More options").await?;
    look_over(&ana, "options", &mut found).await?;
    ana.press("Keyboard shortcuts").await?;
    look_over(&ana, "keys", &mut found).await?;
    ana.press("Close").await?;

    let ben = scene.beside(&ana, "Ben").await?;
    join(&ben, &room).await?;
    all_connected(&[&ana, &ben]).await?;
    look_over(&ben, "a call", &mut found).await?;
    ben.press("Chat").await?;
    look_over(&ben, "an empty chat", &mut found).await?;
    ben.fill("Message", "Hello <b>Ana</b>, see https://example.org")
        .await?;
    ben.press("Send").await?;
    ben.find("link", "https://example.org").await?;
    look_over(&ben, "a chat", &mut found).await?;
    ben.press("People").await?;
    ben.find("slider", "Volume of Ana").await?;
    look_over(&ben, "people", &mut found).await?;
    ben.press("Connection details").await?;
    ben.find("button", "Copy as JSON").await?;
    look_over(&ben, "connection details", &mut found).await?;
    ben.press("Connection details").await?;
    ben.press("Reactions").await?;
    look_over(&ben, "reactions", &mut found).await?;
    ben.press("Reactions").await?;
    ben.press("Invite").await?;
    ben.read_field("Invite link").await?;
    look_over(&ben, "an invitation", &mut found).await?;
    ben.press("Close").await?;
    ben.press("Leave call").await?;
    ben.find("button", "Join again").await?;
    look_over(&ben, "after a call", &mut found).await?;
    ensure!(found.is_empty(), "{found:#?}");
    Ok(())
}

pairs!(nobody_is_kept_out_of_calls_by_name, Light, { chromium: Chromium, firefox: Firefox });

async fn nobody_is_kept_out_of_calls_by_name(scene: &Scene, with: Kind) -> Result<()> {
    // Longer than looking a ring over takes on a slow machine.
    let server = Server::start_with(&["--ring-seconds", "300"]).await?;
    let mut found = Vec::new();
    let ana = scene.person(with, "Ana").await?;
    ana.goto(&format!("{}#/people", server.page())).await?;
    ana.find("button", "Sign in").await?;
    look_over(&ana, "before signing in", &mut found).await?;
    let (ana, ben) = names::two(scene, &server, (with, with)).await?;
    look_over(&ana, "who is here", &mut found).await?;
    names::rings(&ana, &ben).await?;
    look_over(&ana, "a ring", &mut found).await?;
    look_over(&ben, "a ring that comes", &mut found).await?;
    ben.press("Decline with a message").await?;
    ben.find("textbox", "Message").await?;
    look_over(&ben, "a message", &mut found).await?;
    ben.press("Decline and send").await?;
    ana.is_told(&["Ben declined"]).await?;
    look_over(&ana, "what it came to", &mut found).await?;
    ana.press("Close").await?;
    look_over(&ana, "recent calls", &mut found).await?;
    ensure!(found.is_empty(), "{found:#?}");
    Ok(())
}

pairs!(nobody_is_kept_out_in_another_language, Light, { chromium: Chromium, firefox: Firefox });

async fn nobody_is_kept_out_in_another_language(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let mut found = Vec::new();
    for tag in ["ar", "zh"] {
        let say = Dictionary::of(tag)?;
        let seen = |screen: &str| format!("{screen} in {tag}");
        ana.goto(&format!("{}?lang={tag}", server.page())).await?;
        ana.find("button", say.get("home-start")).await?;
        look_over(&ana, &seen("home"), &mut found).await?;
        ana.press(say.get("home-start")).await?;
        ana.find("button", say.get("green_room-join")).await?;
        look_over(&ana, &seen("green room"), &mut found).await?;
        ana.fill(say.get("green_room-your-name"), "Ana").await?;
        ana.press(say.get("green_room-join")).await?;
        ana.read_field(say.get("call-invite-link")).await?;
        look_over(&ana, &seen("alone in a call"), &mut found).await?;
        ana.press(say.get("call-more")).await?;
        look_over(&ana, &seen("options"), &mut found).await?;
        ana.press(say.get("common-close")).await?;
        ana.press(say.get("chat-title")).await?;
        ana.find("textbox", say.get("chat-message")).await?;
        look_over(&ana, &seen("chat"), &mut found).await?;
        ana.press(say.get("call-leave")).await?;
        ana.find("button", say.get("common-join-again")).await?;
        look_over(&ana, &seen("after a call"), &mut found).await?;
        let check = format!("{}?lang={tag}&2#/check", server.page());
        ana.goto(&check).await?;
        ana.find("button", say.get("check-run")).await?;
        look_over(&ana, &seen("test"), &mut found).await?;
    }
    ensure!(found.is_empty(), "{found:#?}");
    Ok(())
}
