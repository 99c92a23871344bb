//! A host on one's own network: https by a certificate made on the spot, so that other devices may use
//! their cameras.

use crate::{steps::*, *};
use anyhow::ensure;
use duologue_e2e::{Scene, server::Server};
use tempfile::TempDir;

pairs!(other_devices_on_the_network_call_each_other, Heavy, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    mixed: (Firefox, Chromium),
});

async fn other_devices_on_the_network_call_each_other(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let state = TempDir::new()?;
    let server = Server::for_telephones(state.path()).await?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    // Typed without the s, as people do.
    let room = start_call(&ana, &server.page_without_tls()).await?;
    ensure!(room.starts_with(&server.page()), "{room}");
    let secure: bool = ana.script("return isSecureContext", vec![]).await?;
    ensure!(secure, "no camera for an insecure page");
    enter(&ana).await?;
    join(&ben, &room).await?;
    all_connected(&[&ana, &ben]).await?;
    see_and_hear_each_other(&ana, &ben).await
}
