//! The page kept on the device: it opens without a network and makes the calls that need none, and it
//! says when its host has a later version.

use crate::{steps::*, *};
use anyhow::{Context, ensure};
use duologue_e2e::{Scene, paths, server::Server, static_host::StaticHost, until, within};
use std::path::Path;

/// How many files the browser keeps for this page.
const KEPT: &str = "return navigator.serviceWorker?.controller
    ? caches.keys().then((names) => Promise.all(names.map((it) => caches.open(it))))
        .then((all) => Promise.all(all.map((it) => it.keys()))).then((all) => all.flat().length)
    : 0";

pub async fn is_kept(person: &Person) -> Result<()> {
    until("the page to be kept", within(60), async || {
        let files: usize = person.script(KEPT, vec![]).await?;
        ensure!(files >= 10, "{files} files are kept");
        Ok(())
    })
    .await
}

pairs!(a_kept_page_calls_without_a_network, Light, { chromium: Chromium, firefox: Firefox });

async fn a_kept_page_calls_without_a_network(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let page = server.page();
    let ana = scene.person(with, "Ana").await?;
    ana.goto(&page).await?;
    is_kept(&ana).await?;
    drop(server);

    let room = start_call(&ana, &page).await?;
    enter(&ana).await?;
    let ben = scene.beside(&ana, "Ben").await?;
    join(&ben, &room).await?;
    all_connected(&[&ana, &ben]).await?;
    see_and_hear_each_other(&ana, &ben).await?;

    // What is rarely used is kept too.
    ben.goto(&format!("{page}?again#/direct")).await?;
    ben.press("Create invite").await?;
    let invite = ben.read_field("Invite").await?;
    ensure!(invite.contains("#/direct/"), "{invite:?}");
    Ok(())
}

pairs!(a_later_version_is_told_and_taken, Light, { chromium: Chromium, firefox: Firefox });

async fn a_later_version_is_told_and_taken(scene: &Scene, with: Kind) -> Result<()> {
    let folder = tempfile::tempdir()?;
    copy(&paths::bundle(), folder.path())?;
    let host = StaticHost::start(folder.path().to_path_buf(), "some/sub/path").await?;
    let ana = scene.person(with, "Ana").await?;
    ana.goto(&host.page()).await?;
    is_kept(&ana).await?;
    ensure!(!ana.shows("button", "Reload").await?, "nothing is new yet");

    let (old, new) = publish_another(folder.path())?;
    let look = "return navigator.serviceWorker.ready.then((it) => it.update()).then(() => null)";
    ana.script::<()>(look, vec![]).await?;
    ana.is_told(&["newer version"]).await?;
    ana.press("Reload").await?;
    let script = "return document.querySelector('link[rel=modulepreload]')?.href ?? ''";
    until("the later page", within(20), async || {
        let href: String = ana.script(script, vec![]).await?;
        ensure!(href.contains(&new) && !href.contains(&old), "it is {href}");
        Ok(())
    })
    .await?;
    ana.find("button", "Start a call").await?;
    // It is the newest now, though the worker that found it is new too.
    is_kept(&ana).await?;
    ensure!(
        !ana.shows("button", "Reload").await?,
        "it asks for another reload"
    );
    Ok(())
}

/// The same page under another name, as a later build has; returns the names.
fn publish_another(folder: &Path) -> Result<(String, String)> {
    let names = std::fs::read_dir(folder)?.map(|it| Ok(it?.file_name().into_string()));
    let names: Vec<String> = names
        .collect::<Result<Result<_, _>, std::io::Error>>()?
        .ok()
        .context("names")?;
    let script = names
        .iter()
        .find(|it| it.starts_with("duologue-web-") && it.ends_with(".js"))
        .context("a page's script")?;
    let old = script.trim_end_matches(".js").to_string();
    let new = "duologue-web-00000000000000aa".to_string();
    for name in names.iter().filter(|it| it.starts_with(&old)) {
        std::fs::rename(folder.join(name), folder.join(name.replace(&old, &new)))?;
    }
    for name in ["index.html", "sw.js", &format!("{new}.js")] {
        let file = folder.join(name);
        let text = std::fs::read_to_string(&file)?.replace(&old, &new);
        std::fs::write(
            file,
            text.replace("VERSION = 'duologue-", "VERSION = 'duologue-1"),
        )?;
    }
    Ok((old, new))
}

/// A bundle to change.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
