//! Files between people: they arrive as they were, whatever happens on the way.

use crate::{steps::*, *};
use anyhow::{Context, ensure};
use duologue_e2e::{Scene, server::Server, until, within};
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;

/// A file arrives in this time, on a busy small machine.
const ARRIVING: Duration = within(60);
const MEGABYTE: usize = 1 << 20;

/// A file that nothing makes smaller, and that differs everywhere.
fn make_file(folder: &Path, name: &str, len: usize) -> Result<PathBuf> {
    let mut state = 0x9e37_79b9_u64 ^ len as u64;
    let bytes: Vec<u8> = (0..len)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        })
        .collect();
    let path = folder.join(name);
    fs::write(&path, bytes)?;
    Ok(path)
}

fn sha256(path: &Path) -> Result<String> {
    let mut file = fs::File::open(path).with_context(|| path.display().to_string())?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; MEGABYTE]);
    loop {
        let len = file.read(&mut buffer)?;
        if len == 0 {
            let digest = hash.finalize();
            return Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hash.update(&buffer[..len]);
    }
}

/// What the card of a file says: its state, and how far it is.
async fn card(person: &Person, name: &str) -> Result<(String, f64)> {
    let script = r#"
        const card = byRole("group", arguments[0])[0];
        const bar = card?.querySelector("[role=progressbar]");
        return card ? [card.querySelector(".file-state").textContent, Number(bar?.getAttribute("aria-valuenow") ?? -1)] : null;
    "#;
    let card: Option<(String, f64)> = person.roles(script, name).await?;
    card.with_context(|| format!("there is no card {name:?} on {}'s page", person.label))
}

async fn says(person: &Person, name: &str, words: &str) -> Result<()> {
    let what = format!("{name:?} on {}'s page to say {words:?}", person.label);
    until(&what, ARRIVING, async || {
        let (state, _) = card(person, name).await?;
        ensure!(state.contains(words), "it says {state:?}");
        Ok(())
    })
    .await
}

/// In a call, with the chat open and downloads that nobody is asked about.
async fn with_chats(server: &Server, ana: &Person, ben: &Person) -> Result<String> {
    let room = start_call(ana, &server.page()).await?;
    enter(ana).await?;
    join(ben, &room).await?;
    all_connected(&[ana, ben]).await?;
    for person in [ana, ben] {
        open_chat(person).await?;
    }
    Ok(room)
}

async fn open_chat(person: &Person) -> Result<()> {
    person
        .script::<()>("window.showSaveFilePicker = undefined; return null", vec![])
        .await?;
    if !person.is_pressed("Chat").await? {
        person.press("Chat").await?;
    }
    person.find("button", "Send file").await?;
    Ok(())
}

async fn save(person: &Person, name: &str) -> Result<PathBuf> {
    person.press_in(name, "Save").await?;
    person.saved(name).await
}

pairs!(a_file_arrives_as_it_was, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    chromium_to_firefox: (Chromium, Firefox),
    firefox_to_chromium: (Firefox, Chromium),
});

async fn a_file_arrives_as_it_was(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let folder = TempDir::new()?;
    let server = Server::start().await?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    with_chats(&server, &ana, &ben).await?;
    for (name, len) in [("report.pdf", 3 * MEGABYTE + 77), ("empty.txt", 0)] {
        let file = make_file(folder.path(), name, len)?;
        ana.upload(&file).await?;
        ben.find("group", name).await?;
        ben.press_in(name, "Accept").await?;
        says(&ben, name, "Received, and checked").await?;
        says(&ana, name, "Delivered").await?;
        let saved = save(&ben, name).await?;
        ensure!(sha256(&saved)? == sha256(&file)?, "{name} is another one");
    }
    Ok(())
}
