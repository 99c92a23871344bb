//! What is kept on a device: files that come, and recordings.

use crate::{connected, take};
use anyhow::{Result, ensure};
use duologue_e2e::{Kind, Scene, server::Server, until, within};

/// Files that go to and fro, and one that is offered while the panel is closed.
pub async fn files(scene: &Scene) -> Result<()> {
    let folder = tempfile::TempDir::new()?;
    let make = |name: &str, len: usize| -> Result<std::path::PathBuf> {
        let path = folder.path().join(name);
        std::fs::write(&path, vec![b'x'; len])?;
        Ok(path)
    };
    let server = Server::start().await?;
    let ana = scene.person(Kind::Chromium, "Ana").await?;
    let ben = scene.person(Kind::Chromium, "Ben").await?;
    for person in [&ana, &ben] {
        let query = format!("?name={}&join=auto#/r/files", person.label);
        person.goto(&[server.page(), query].concat()).await?;
    }
    connected(&ana, 1).await?;
    connected(&ben, 1).await?;
    ben.press("Chat").await?;
    ben.find("button", "Send file").await?;
    ben.upload(&make("Minutes of the 12th of November.pdf", 1_240_000)?)
        .await?;
    ana.is_told(&["minutes", "sends you"]).await?;
    take(&ana, "call-file-news").await?;
    ana.press("Show").await?;
    ana.press("Accept").await?;
    ana.find("button", "Save").await?;
    ana.upload(&make("plan.svg", 48_213)?).await?;
    ben.press("Accept").await?;
    until("it to be there", within(20), async || {
        ensure!(ben.shows("button", "Save").await?, "not yet");
        Ok(())
    })
    .await?;
    ana.upload(&make("survey.zip", 700_000_000)?).await?;
    until("it to be offered", within(60), async || {
        ensure!(ben.shows("button", "Accept").await?, "not yet");
        Ok(())
    })
    .await?;
    ben.upload(&make("photo.jpg", 3_400_000)?).await?;
    ana.find("button", "Accept").await?;
    ben.press("Accept").await?;
    until("a part of it to be there", within(60), async || {
        let bar = "return Number(document.querySelector('[role=progressbar]')?.ariaValueNow ?? 0)";
        let percent: f64 = ana.script(bar, vec![]).await?;
        ensure!(percent > 4.0, "{percent}");
        Ok(())
    })
    .await?;
    take(&ana, "call-files").await
}

/// Asked, told, going on; and the list with one that plays.
pub async fn recordings(scene: &Scene) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(Kind::Chromium, "Ana").await?;
    let ben = scene.person(Kind::Chromium, "Ben").await?;
    for person in [&ana, &ben] {
        let query = format!("?name={}&join=auto#/r/recordings", person.label);
        person.goto(&[server.page(), query].concat()).await?;
    }
    connected(&ana, 1).await?;
    connected(&ben, 1).await?;
    ana.press("Record").await?;
    take(&ana, "call-record").await?;
    ana.press("Start recording").await?;
    ben.is_told(&["Ana is recording this call"]).await?;
    take(&ben, "call-recorded").await?;
    take(&ana, "call-recording").await?;
    ana.press("Record").await?;
    ana.is_told(&["kept on this device"]).await?;
    ana.press("Leave call").await?;
    ana.goto(&format!("{}#/recordings", server.page())).await?;
    ana.press("Play").await?;
    until("the recording to play", within(20), async || {
        let at = "return document.querySelector('video')?.currentTime ?? 0";
        let at: f64 = ana.script(at, vec![]).await?;
        ensure!(at > 0.5, "{at}");
        Ok(())
    })
    .await?;
    take(&ana, "recordings").await
}
