//! What a device keeps: in a private window, with little room, for several tabs at once, and in the
//! other kind of file.

use crate::{
    files::{MEGABYTE, is_same, make_file, says, with_chats},
    recordings::{TITLE, WATCH, ends, is_a_call, is_whole, lists, plays, runs_for, starts},
    steps::*,
    *,
};
use anyhow::{bail, ensure};
use duologue_e2e::{Scene, browser::Devices, server::Server, until, within};
use tempfile::TempDir;

/// Less than a page wants free to begin with a file or to go on with a recording.
const LITTLE: u64 = 20_000_000;

/// Somewhere on the page.
async fn reads(person: &Person, words: &str) -> Result<()> {
    let what = format!("{}'s page to say {words:?}", person.label);
    until(&what, within(20), async || {
        let script = "return document.body.innerText";
        let text: String = person.script(script, vec![]).await?;
        ensure!(text.contains(words), "{text}");
        Ok(())
    })
    .await
}

/// Alone in a call, with an eye on what is recorded.
async fn alone(person: &Person, server: &Server) -> Result<()> {
    start_call(person, &server.page()).await?;
    enter(person).await?;
    person.script::<()>(WATCH, vec![]).await
}

// Chromium tells no page that its window is private, and has files there like anywhere.
pairs!(a_private_window_keeps_in_memory_and_says_so, Heavy, { firefox: Firefox });

async fn a_private_window_keeps_in_memory_and_says_so(scene: &Scene, kind: Kind) -> Result<()> {
    let folder = TempDir::new()?;
    let server = Server::start().await?;
    let ana = scene.person(Chromium, "Ana").await?;
    let ben = scene.person_with(kind, Devices::Private, "Ben").await?;
    with_chats(&server, &ana, &ben).await?;
    let file = make_file(folder.path(), "report.pdf", 3 * MEGABYTE)?;
    ana.upload(&file).await?;
    ben.find("group", "report.pdf").await?;
    ben.press_in("report.pdf", "Accept").await?;
    says(&ben, "report.pdf", "Received, and checked").await?;
    reads(&ben, "what is received goes when it closes").await?;
    is_same(&ben, "report.pdf", &file).await?;

    ben.script::<()>(WATCH, vec![]).await?;
    starts(&ben).await?;
    reads(&ben, "what is recorded goes when it closes").await?;
    runs_for(&ben, 5.0).await?;
    let ran = ends(&ben).await?;
    // The same page goes on: another one would know nothing of it.
    ben.press("Leave call").await?;
    let script = "location.hash = '#/recordings'; return null";
    ben.script::<()>(script, vec![]).await?;
    reads(&ben, "recordings go when it closes").await?;
    let film = plays(&ben, "Call with Ana").await?;
    is_whole(&film, ran, kind)
}

pairs!(a_file_that_does_not_fit_is_not_begun, Light, { chromium: Chromium });

async fn a_file_that_does_not_fit_is_not_begun(scene: &Scene, kind: Kind) -> Result<()> {
    let folder = TempDir::new()?;
    let server = Server::start().await?;
    let ana = scene.person(kind, "Ana").await?;
    let ben = scene.person(kind, "Ben").await?;
    with_chats(&server, &ana, &ben).await?;
    ben.may_keep(LITTLE).await?;
    let file = make_file(folder.path(), "film.bin", 9 * MEGABYTE)?;
    ana.upload(&file).await?;
    ben.find("group", "film.bin").await?;
    ben.press_in("film.bin", "Accept").await?;
    says(&ben, "film.bin", "There is no room for it on this device").await?;
    // Where room was made, the next one fits.
    ben.may_keep(100 * LITTLE).await?;
    let file = make_file(folder.path(), "short.bin", 8 * MEGABYTE)?;
    ana.upload(&file).await?;
    ben.find("group", "short.bin").await?;
    ben.press_in("short.bin", "Accept").await?;
    says(&ben, "short.bin", "Received, and checked").await?;
    is_same(&ben, "short.bin", &file).await
}

pairs!(what_was_recorded_before_the_room_ended_is_kept, Heavy, { chromium: Chromium });

async fn what_was_recorded_before_the_room_ended_is_kept(scene: &Scene, kind: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(kind, "Ana").await?;
    alone(&ana, &server).await?;
    starts(&ana).await?;
    runs_for(&ana, 4.0).await?;
    // Somebody else takes the rest of it.
    ana.may_keep(1).await?;
    ana.is_told(&["The recording has ended: there is no room left"])
        .await?;
    ana.becomes_pressed("Record", false).await?;
    ana.may_keep(100 * LITTLE).await?;
    lists(&ana, &server.page()).await?;
    // With no room for length and index either, they are written now that there is.
    let may_be = ["Repair", "Play"];
    until("what was recorded", within(15), async || {
        for button in may_be {
            if ana.shows("button", button).await? {
                return Ok(());
            }
        }
        bail!("there is none of {may_be:?}")
    })
    .await?;
    if ana.shows("button", "Repair").await? {
        ana.press("Repair").await?;
    }
    let film = plays(&ana, "Ana, alone").await?;
    ensure!(film.duration > 3.0, "{} s are left", film.duration);
    is_a_call(&film, kind)
}

pairs!(another_tab_leaves_a_recording_alone_until_it_is_whole, Heavy, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn another_tab_leaves_a_recording_alone_until_it_is_whole(
    scene: &Scene,
    kind: Kind,
) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(kind, "Ana").await?;
    alone(&ana, &server).await?;
    starts(&ana).await?;
    runs_for(&ana, 3.0).await?;
    let other = scene.beside(&ana, "Ana elsewhere").await?;
    lists(&other, &server.page()).await?;
    reads(&other, "Being recorded in a tab just now").await?;
    for button in ["Repair", "Delete"] {
        ensure!(!other.shows("button", button).await?, "{button} is there");
    }
    // It is recorded in a hidden tab meanwhile; both record at once, each its own.
    runs_for(&ana, 6.0).await?;
    let ran = ends(&ana).await?;
    other.goto(&server.page()).await?;
    other.click_role("link", "Recordings").await?;
    other.find("group", "Ana, alone").await?;
    other.script::<()>(WATCH, vec![]).await?;
    let film = plays(&other, "Ana, alone").await?;
    is_whole(&film, ran, kind)
}

pairs!(where_there_is_no_webm_it_is_mp4, Heavy, { chromium: Chromium });

async fn where_there_is_no_webm_it_is_mp4(scene: &Scene, kind: Kind) -> Result<()> {
    let server = Server::start().await?;
    let (ana, _ben, _) = call_of_two(scene, &server, (kind, kind)).await?;
    ana.script::<()>(WATCH, vec![]).await?;
    let safari = "const of = MediaRecorder.isTypeSupported.bind(MediaRecorder); \
                  MediaRecorder.isTypeSupported = (it) => it.startsWith('video/mp4') && of(it); \
                  return null";
    ana.script::<()>(safari, vec![]).await?;
    starts(&ana).await?;
    runs_for(&ana, 5.0).await?;
    let ran = ends(&ana).await?;
    lists(&ana, &server.page()).await?;
    let film = plays(&ana, TITLE).await?;
    is_whole(&film, ran, kind)
}
