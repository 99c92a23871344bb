//! Calls by name: before and after signing in, and all that a ring looks like.

use crate::take;
use anyhow::Result;
use duologue_e2e::{Kind, Person, Scene, server::Server};

pub async fn names(scene: &Scene) -> Result<()> {
    let server = Server::start().await?;
    let people = format!("{}#/people", server.page());
    let ana = scene.person(Kind::Chromium, "Ana").await?;
    ana.goto(&people).await?;
    ana.fill("Your name", "Ana").await?;
    take(&ana, "people-out").await?;
    ana.press("Sign in").await?;
    ana.find("button", "Sign out").await?;
    take(&ana, "people-alone").await?;
    let mut others: Vec<Person> = Vec::new();
    for name in ["Ben", "Chloë van der Berg", "Dmitri"] {
        let other = scene.person(Kind::Chromium, name).await?;
        other.goto(&people).await?;
        other.fill("Your name", name).await?;
        other.press("Sign in").await?;
        ana.find("button", &format!("Call {name}")).await?;
        others.push(other);
    }
    let [ben, _, dmitri] = &others[..] else {
        anyhow::bail!("three were made");
    };
    // Not another page: there he would be signed in a moment later.
    let go = "location.hash = '#/r/busy-room'; return null";
    dmitri.script::<()>(go, vec![]).await?;
    dmitri.press("Join call").await?;
    dmitri.find("toolbar", "Call controls").await?;
    ana.press("Call Dmitri").await?;
    dmitri.is_told(&["Ana is calling you"]).await?;
    take(dmitri, "ring-quiet").await?;
    ana.is_told(&["in another call"]).await?;
    take(&ana, "ring-over").await?;
    ana.press("Close").await?;
    ana.press("Call Ben").await?;
    ben.find("dialog", "Incoming call from Ana").await?;
    take(ben, "ring-incoming").await?;
    take(&ana, "ring-outgoing").await?;
    ben.press("Decline with a message").await?;
    take(ben, "ring-reply").await?;
    ben.fill("Message", "In five minutes").await?;
    ben.press("Decline and send").await?;
    ana.is_told(&["In five minutes"]).await?;
    ana.press("Close").await?;
    take(&ana, "people").await
}
