//! Where tiles are: pinned, in the spotlight, over the whole screen, in a window of their own; and that
//! they keep their order whoever leaves.

use crate::{steps::*, *};
use anyhow::{Context, ensure};
use duologue_e2e::{Scene, server::Server, until, within};
use serde::Deserialize;

/// Where a tile is on the page.
#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Spot {
    name: String,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Spot {
    fn area(&self) -> f64 {
        self.width * self.height
    }
}

const SPOTS: &str = "return [...document.querySelectorAll('[data-peer]')].map(el => { \
    const { x, y, width, height } = el.getBoundingClientRect(); \
    return { name: el.getAttribute('aria-label'), x, y, width, height } }).filter(it => it.width > 0)";

/// Where everybody is once nothing moves any more, as `wanted` has it.
async fn comes_to<T>(
    person: &Person,
    what: &str,
    wanted: impl Fn(&[Spot]) -> Option<T>,
) -> Result<T> {
    let mut before = Vec::new();
    until(what, within(30), async || {
        let now: Vec<Spot> = person.script(SPOTS, vec![]).await?;
        let still = now == before;
        before = now;
        ensure!(still, "tiles are moving: {before:?}");
        wanted(&before).with_context(|| format!("the tiles are {before:?}"))
    })
    .await
}

fn of<'a>(spots: &'a [Spot], name: &str) -> Option<&'a Spot> {
    spots.iter().find(|spot| spot.name == name)
}

/// Is this tile far larger than all others?
fn is_large(spots: &[Spot], name: &str) -> Option<()> {
    let large = of(spots, name)?.area();
    let mut others = spots.iter().filter(|spot| spot.name != name);
    others.all(|spot| large > 2.0 * spot.area()).then_some(())
}

async fn meet(scene: &Scene, with: Kind, names: &[&str]) -> Result<(Server, Vec<Person>)> {
    let server = Server::start().await?;
    let first = scene.person(with, names[0]).await?;
    let room = start_call(&first, &server.page()).await?;
    enter(&first).await?;
    let mut people = vec![first];
    for name in &names[1..] {
        let other = scene.beside(&people[0], name).await?;
        join(&other, &room).await?;
        people.push(other);
        // One after the other, so that everybody's order is the same.
        all_connected(&people.iter().collect::<Vec<_>>()).await?;
    }
    Ok((server, people))
}

pairs!(a_pinned_tile_is_large_and_a_tile_can_fill_the_screen, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_pinned_tile_is_large_and_a_tile_can_fill_the_screen(
    scene: &Scene,
    with: Kind,
) -> Result<()> {
    let (_server, people) = meet(scene, with, &["Ana", "Ben", "Cem"]).await?;
    let ana = &people[0];
    let alike = |spots: &[Spot]| {
        let (ben, cem) = (of(spots, "Ben")?, of(spots, "Cem")?);
        ((ben.area() - cem.area()).abs() < 1.0).then_some(())
    };
    comes_to(ana, "a grid of equal tiles", alike).await?;
    ana.press("Pin Cem").await?;
    comes_to(ana, "Cem to be large", |it| is_large(it, "Cem")).await?;
    ensure!(ana.is_pressed("Pin Cem").await?, "it does not say so");
    // A pin on another one takes it over.
    ana.press("Pin Ben").await?;
    comes_to(ana, "Ben to be large", |it| is_large(it, "Ben")).await?;
    ana.press("Pin Ben").await?;
    comes_to(ana, "a grid again", alike).await?;

    let can: bool = ana
        .script("return document.fullscreenEnabled", vec![])
        .await?;
    if !can {
        eprintln!("no full screen: this browser gives none here");
        return Ok(());
    }
    ana.press("Full screen of Cem").await?;
    fills_screen(ana, Some("Cem")).await?;
    // The way that a finger takes back; Escape is the browser's own.
    ana.press("Full screen of Cem").await?;
    fills_screen(ana, None).await?;
    comes_to(ana, "a grid after the full screen", alike).await
}

async fn fills_screen(person: &Person, name: Option<&str>) -> Result<()> {
    let who = "return document.fullscreenElement?.getAttribute('aria-label') ?? null";
    until(
        &format!("{name:?} to fill the screen"),
        within(10),
        async || {
            let full: Option<String> = person.script(who, vec![]).await?;
            ensure!(full.as_deref() == name, "it is {full:?}");
            Ok(())
        },
    )
    .await
}

pairs!(the_spotlight_follows_who_speaks, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn the_spotlight_follows_who_speaks(scene: &Scene, with: Kind) -> Result<()> {
    let (_server, people) = meet(scene, with, &["Ana", "Ben", "Cem"]).await?;
    let [ana, ben, cem] = &people[..] else {
        return Ok(());
    };
    // The fake microphones never stop: of the others one at a time is on.
    ben.press("Microphone").await?;
    ana.press("More options").await?;
    ana.press("Spotlight").await?;
    ana.press("Close").await?;
    comes_to(ana, "Cem to be large", |it| is_large(it, "Cem")).await?;
    // Nobody speaks: it stays.
    cem.press("Microphone").await?;
    cem.becomes_pressed("Microphone", false).await?;
    comes_to(ana, "Cem to stay large", |it| is_large(it, "Cem")).await?;
    ben.press("Microphone").await?;
    comes_to(ana, "Ben to be large", |it| is_large(it, "Ben")).await?;
    // A key goes back to the grid.
    ana.look_away().await?;
    ana.strike('l').await?;
    comes_to(ana, "a grid", |spots| {
        let (ben, cem) = (of(spots, "Ben")?, of(spots, "Cem")?);
        ((ben.area() - cem.area()).abs() < 1.0).then_some(())
    })
    .await
}

pairs!(tiles_keep_their_order_and_their_pictures_when_somebody_leaves, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn tiles_keep_their_order_and_their_pictures_when_somebody_leaves(
    scene: &Scene,
    with: Kind,
) -> Result<()> {
    let (_server, people) = meet(scene, with, &["Ana", "Ben", "Cem", "Dan"]).await?;
    let ana = &people[0];
    let order = |spots: &[Spot]| -> Vec<String> {
        let mut spots: Vec<&Spot> = spots.iter().filter(|it| !it.name.contains("you")).collect();
        spots.sort_by(|a, b| {
            (a.y, a.x)
                .partial_cmp(&(b.y, b.x))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        spots.iter().map(|spot| spot.name.clone()).collect()
    };
    let lies = |wanted: &'static [&'static str]| {
        move |spots: &[Spot]| (order(spots) == wanted).then_some(())
    };
    comes_to(ana, "three others in order", lies(&["Ben", "Cem", "Dan"])).await?;
    let mark = "for (const el of document.querySelectorAll('video')) el.marked = true; return null";
    ana.script::<Option<bool>>(mark, vec![]).await?;
    people[1].press("Leave call").await?;
    comes_to(ana, "two others in order", lies(&["Cem", "Dan"])).await?;
    let kept = "return [...document.querySelectorAll('[data-peer]:not([data-peer=self]) video')] \
                .every(el => el.marked && !el.paused)";
    ensure!(
        ana.script::<bool>(kept, vec![]).await?,
        "a picture was made anew"
    );
    sees(ana, &people[2]).await?;
    sees(ana, &people[3]).await
}

pairs!(one_can_hide_ones_own_picture_and_have_it_back, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn one_can_hide_ones_own_picture_and_have_it_back(scene: &Scene, with: Kind) -> Result<()> {
    let (_server, people) = meet(scene, with, &["Ana", "Ben"]).await?;
    let ana = &people[0];
    comes_to(ana, "two tiles", |it| of(it, "Ana (you)").map(|_| ())).await?;
    ana.press("More options").await?;
    ana.press("Hide my picture").await?;
    ana.press("Close").await?;
    comes_to(ana, "Ben alone", |it| (it.len() == 1).then_some(())).await?;
    // The others go on seeing her.
    sees(&people[1], ana).await?;
    ana.press("Show my picture").await?;
    comes_to(ana, "two tiles", |it| (it.len() == 2).then_some(())).await
}

pairs!(a_small_window_stays_with_picture_and_controls, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_small_window_stays_with_picture_and_controls(scene: &Scene, with: Kind) -> Result<()> {
    let (_server, people) = meet(scene, with, &["Ana", "Ben"]).await?;
    let ana = &people[0];
    let has = "return ['documentPictureInPicture' in window, !!document.pictureInPictureEnabled]";
    let (document, video): (bool, bool) = ana.script(has, vec![]).await?;
    ana.press("More options").await?;
    ana.find("button", "Hide my picture").await?;
    if !document && !video {
        eprintln!("no picture in picture: this browser has a way of its own");
        ensure!(
            !ana.shows("button", "Picture in picture").await?,
            "a dead button"
        );
        return Ok(());
    }
    sees(ana, &people[1]).await?;
    ana.press("Picture in picture").await?;
    if !document {
        eprintln!("no document in a window of its own: the video alone");
        let floats = "return document.pictureInPictureElement !== null";
        return until("a floating video", within(10), async || {
            ensure!(ana.script::<bool>(floats, vec![]).await?, "nothing floats");
            Ok(())
        })
        .await;
    }
    let seen = "const there = documentPictureInPicture.window?.document; if (!there) return null; \
        const video = there.querySelector('video'); \
        return [video ? video.videoWidth * !video.paused : 0, there.styleSheets.length, \
            [...there.querySelectorAll('button')].map(el => el.getAttribute('aria-label'))]";
    until("a window with Ben's picture", within(20), async || {
        let seen: Option<(f64, usize, Vec<String>)> = ana.script(seen, vec![]).await?;
        let (width, sheets, buttons) = seen.context("there is no window")?;
        ensure!(width > 0.0, "no picture");
        ensure!(sheets > 0, "no style");
        ensure!(
            buttons == ["Microphone", "Camera", "Leave call"],
            "{buttons:?}"
        );
        Ok(())
    })
    .await?;
    ana.becomes_pressed("Microphone", true).await?;
    let press = "documentPictureInPicture.window.document \
        .querySelector('[aria-label=Microphone]').click(); return null";
    ana.script::<Option<bool>>(press, vec![]).await?;
    ana.becomes_pressed("Microphone", false).await?;
    let shut = "documentPictureInPicture.window.close(); return null";
    ana.script::<Option<bool>>(shut, vec![]).await?;
    ana.press("More options").await?;
    ana.becomes_pressed("Picture in picture", false).await
}
