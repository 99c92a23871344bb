//! Calls with nothing behind them: a folder of files on any host, in a sub-path; and invites carried
//! by hand, pasted or photographed.

use crate::{steps::*, *};
use anyhow::{Context, ensure};
use duologue_e2e::{Scene, paths, static_host::StaticHost, until, within};
use std::time::Duration;

const SUB_PATH: &str = "some/sub/path";

pairs!(two_tabs_call_each_other_over_static_files, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn two_tabs_call_each_other_over_static_files(scene: &Scene, with: Kind) -> Result<()> {
    let host = StaticHost::start(paths::bundle(), SUB_PATH).await?;
    let ana = scene.person(with, "Ana").await?;
    let ben = scene.beside(&ana, "Ben").await?;
    let room = start_call(&ana, &host.page()).await?;
    enter(&ana).await?;
    join(&ben, &room).await?;
    all_connected(&[&ana, &ben]).await?;
    see_and_hear_each_other(&ana, &ben).await?;
    ben.close_tab().await?;
    sees_exactly(&ana, &[]).await
}

pairs!(an_invite_and_a_reply_by_paste_make_a_call, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    chromium_invites_firefox: (Chromium, Firefox),
    firefox_invites_chromium: (Firefox, Chromium),
});

async fn an_invite_and_a_reply_by_paste_make_a_call(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let (ana, ben, reply) = replied(scene, with).await?;
    hand_over(&ana, &reply).await?;
    all_connected(&[&ana, &ben]).await?;
    see_and_hear_each_other(&ana, &ben).await?;
    ben.press("Leave call").await?;
    // A direct call has two people; one alone is in none.
    ana.is_told(&["other person left"]).await.map(drop)
}

pairs!(a_reply_that_takes_its_time_makes_a_call, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    chromium_invites_firefox: (Chromium, Firefox),
    firefox_invites_chromium: (Firefox, Chromium),
});

/// People carry the texts: by the time the reply is back, the browser that made it has been knocking
/// at the other's door in vain for longer than browsers have patience.
async fn a_reply_that_takes_its_time_makes_a_call(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let (ana, ben, reply) = replied(scene, with).await?;
    // The wait is the matter of this test.
    tokio::time::sleep(ON_THE_WAY).await;
    hand_over(&ana, &reply).await?;
    all_connected(&[&ana, &ben]).await?;
    see_and_hear_each_other(&ana, &ben).await
}

/// Both browsers call a path failed after 15 to 30 seconds. Not much longer: Chromium closes its door
/// for good about a minute after it knocked at a Firefox in vain.
const ON_THE_WAY: Duration = Duration::from_secs(40);

pairs!(an_invite_by_its_picture_makes_a_call, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    chromium_invites_firefox: (Chromium, Firefox),
    firefox_invites_chromium: (Firefox, Chromium),
});

async fn an_invite_by_its_picture_makes_a_call(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let host = StaticHost::start(paths::bundle(), SUB_PATH).await?;
    let folder = tempfile::tempdir()?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    make_invite(&ana, &host).await?;
    let picture = folder.path().join("invite.png");
    ana.picture_of("img", "Invite QR code", &picture).await?;
    open_direct(&ben, &host).await?;
    ben.upload(&picture).await?;
    let reply = until("Ben's reply", within(30), async || {
        if ben.shows("textbox", "Paste what you received").await?
            && ben.shows("button", "Continue").await?
        {
            // A page may show what it read before it goes on.
            let _ = ben.press("Continue").await;
        }
        ben.read_field("Reply").await
    })
    .await
    .context("the picture of the invite was not understood")?;
    hand_over(&ana, &reply).await?;
    all_connected(&[&ana, &ben]).await?;
    see_and_hear_each_other(&ana, &ben).await
}

/// Ana has invited by a text, and Ben shows his reply to it. The host has done its part by then: the
/// call needs nobody.
async fn replied(scene: &Scene, with: (Kind, Kind)) -> Result<(Person, Person, String)> {
    let host = StaticHost::start(paths::bundle(), SUB_PATH).await?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    let invite = make_invite(&ana, &host).await?;
    open_direct(&ben, &host).await?;
    hand_over(&ben, &invite).await?;
    let reply = ben.read_field("Reply").await?;
    ensure!(reply != invite, "the reply is the invite");
    Ok((ana, ben, reply))
}

async fn make_invite(person: &Person, host: &StaticHost) -> Result<String> {
    open_direct(person, host).await?;
    person.press("Create invite").await?;
    person.read_field("Invite").await
}
