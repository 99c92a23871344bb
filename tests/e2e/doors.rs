//! Hosts that are not for everybody, and those that have enough of one network: people are told why they
//! do not come in, and what lets them in.

use crate::{steps::*, *};
use anyhow::{Context, bail, ensure};
use duologue_e2e::{Scene, server::Server, until, within};
use std::fs;
use tempfile::TempDir;

const PASSWORD: &str = "open sesame";

async fn closed_host(state: &TempDir) -> Result<Server> {
    let file = state.path().join("password");
    fs::write(&file, PASSWORD)?;
    let path = |it: &std::path::Path| it.to_str().map(str::to_owned).context("a path in UTF-8");
    let (file, state) = (path(&file)?, path(state.path())?);
    Server::start_with(&["--password-file", &file, "--state", &state]).await
}

pairs!(a_host_with_a_password_asks_for_it_once, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_host_with_a_password_asks_for_it_once(scene: &Scene, with: Kind) -> Result<()> {
    let state = TempDir::new()?;
    let server = closed_host(&state).await?;
    let ana = scene.person(with, "Ana").await?;
    let room = start_call(&ana, &server.page()).await?;
    ana.is_told(&["asks for its password"]).await?;
    ana.fill("Password", "open says me").await?;
    ana.press("Enter").await?;
    ana.is_told(&["not the password"]).await?;
    ana.fill("Password", PASSWORD).await?;
    ana.press("Enter").await?;
    enter(&ana).await?;
    ensure!(ana.url().await? == room, "another room");
    // Another tab of the same browser is not asked again, and they meet.
    let ben = scene.beside(&ana, "Ben").await?;
    join(&ben, &room).await?;
    all_connected(&[&ana, &ben]).await
}

pairs!(an_invitation_opens_the_door_and_is_not_handed_on, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
});

async fn an_invitation_opens_the_door_and_is_not_handed_on(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let state = TempDir::new()?;
    let server = closed_host(&state).await?;
    let invite = server.invite()?;
    let ana = scene.person(with.0, "Ana").await?;
    let room = format!("{}#/r/tea", server.page());
    join(&ana, &format!("{invite}/r/tea")).await?;
    ensure!(ana.url().await? == room, "the pass stays in the address");
    let ben = scene.person(with.1, "Ben").await?;
    ben.goto(&room).await?;
    ben.is_told(&["asks for its password"]).await?;
    ben.goto(&invite).await?;
    ben.find("button", "Start a call").await?;
    join(&ben, &room).await?;
    all_connected(&[&ana, &ben]).await
}

pairs!(one_too_many_from_a_network_is_told_so, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
});

async fn one_too_many_from_a_network_is_told_so(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let state = TempDir::new()?;
    // At an address of its own: this very machine has no limit of an address.
    let limit = ["--clients-per-address", "1"];
    let server = Server::for_telephones_with(state.path(), &limit).await?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    let room = start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    ben.goto(&room).await?;
    ben.is_told(&["from your network"]).await?;
    ana.press("Leave call").await?;
    until("a place for Ben", within(20), async || {
        if ben.shows("toolbar", "Call controls").await? {
            return Ok(());
        }
        if ben.shows("button", "Try again").await? {
            ben.press("Try again").await?;
        }
        bail!("not yet")
    })
    .await
}
