//! Recordings: everybody is told, the file is what was seen and heard, and a killed browser costs a
//! second of it at the most. Looked at with ffmpeg, and played in the browser that made it.

use crate::{
    device_changes::{arrive, becomes, into_new_call},
    steps::*,
    *,
};
use anyhow::{Context, ensure};
use duologue_e2e::{Devices, Scene, film::Film, server::Server, until, within};
use serde_json::json;

/// Of everything.
pub const TITLE: &str = "Call with Ben";

/// The first recorder that the page starts, and for how long it ran, in seconds; what is played.
pub const WATCH: &str = r#"
    const seen = Object.assign(window.seen ??= {}, { ran: 0, since: null });
    const now = () => performance.now() / 1000;
    const on = (name, act) => {
        const of = MediaRecorder.prototype[name];
        MediaRecorder.prototype[name] = function (...args) {
            seen.first ??= this;
            if (this === seen.first) act(this.state);
            return of.apply(this, args);
        };
    };
    const rest = () => { if (seen.since !== null) seen.ran += now() - seen.since; seen.since = null; };
    on("start", () => { seen.since = now(); });
    on("pause", rest);
    on("resume", () => { seen.since = now(); });
    on("stop", (state) => { if (state !== "inactive") rest(); });
    const of = URL.createObjectURL;
    URL.createObjectURL = (blob) => { seen.played = blob; return of.call(URL, blob); };
    return null"#;

const RAN: &str =
    "return seen.ran + (seen.since === null ? 0 : performance.now() / 1000 - seen.since)";

const PLAYED: &str = r#"
    return new Promise((done, failed) => {
        const reader = new FileReader();
        reader.onload = () => done(reader.result.split(",")[1]);
        reader.onerror = failed;
        reader.readAsDataURL(seen.played);
    });"#;

/// Plays a little, jumps to two thirds and plays there; answers where it is then, and the duration.
const SEEK: &str = r#"
    const video = document.querySelector("video");
    const once = (name) => new Promise((done, failed) => {
        video.addEventListener(name, done, { once: true });
        video.addEventListener("error", () => failed(video.error?.message ?? "error"), { once: true });
    });
    return (async () => {
        video.muted = true;
        if (video.readyState < 1) await once("loadedmetadata");
        await video.play();
        const target = video.duration * 2 / 3;
        const there = once("seeked");
        video.currentTime = target;
        await there;
        await once("timeupdate");
        while (video.currentTime < target + 0.2 && !video.ended) await once("timeupdate");
        return [video.currentTime - target, video.duration, video.videoWidth];
    })();"#;

/// The same, with what the page records looked at.
async fn watched(scene: &Scene, server: &Server, with: (Kind, Kind)) -> Result<(Person, Person)> {
    let (ana, ben, _) = call_of_two(scene, server, with).await?;
    ana.script::<()>(WATCH, vec![]).await?;
    // Ben's browser draws without a graphics card, beside an encoder that does without one.
    ben.resize(800, 600).await?;
    Ok((ana, ben))
}

/// Of that length, and a call.
pub fn is_whole(film: &Film, ran: f64, kind: Kind) -> Result<()> {
    let off = (film.duration - ran).abs();
    ensure!(off < 0.5, "{} s of {ran} s", film.duration);
    is_a_call(film, kind)
}

pub async fn starts(person: &Person) -> Result<()> {
    person.press("Record").await?;
    person.press("Start recording").await?;
    person.becomes_pressed("Record", true).await
}

/// So many seconds of it, as the mark on the screen counts them.
pub async fn runs_for(person: &Person, seconds: f64) -> Result<()> {
    until("the recording to go on", within(30), async || {
        let ran: f64 = person.script(RAN, vec![]).await?;
        ensure!(ran >= seconds, "{ran} s");
        Ok(())
    })
    .await
}

pub async fn ends(person: &Person) -> Result<f64> {
    person.press("Record").await?;
    person.becomes_pressed("Record", false).await?;
    person.is_told(&["kept on this device"]).await?;
    person.script(RAN, vec![]).await
}

async fn is_marked(person: &Person, text: &str, marked: bool) -> Result<()> {
    let what = format!("{}'s page to say {text:?}: {marked}", person.label);
    until(&what, within(15), async || {
        let script = "return document.querySelector('.record-marks')?.innerText ?? ''";
        let said: String = person.script(script, vec![]).await?;
        ensure!(said.contains(text) == marked, "it says {said:?}");
        Ok(())
    })
    .await
}

/// To the list, with an eye on what is played there.
pub async fn lists(person: &Person, page: &str) -> Result<()> {
    person.goto(&format!("{page}#/recordings")).await?;
    person.find("heading", "Recordings").await?;
    person.script::<()>(WATCH, vec![]).await
}

/// The bytes that are played, and how far the player got.
pub async fn plays(person: &Person, title: &str) -> Result<Film> {
    person.find("group", title).await?;
    let script = "const buttons = [...byRole('group', arguments[0])[0].querySelectorAll('button')]; \
                  const play = buttons.find((it) => it.textContent === 'Play'); \
                  play?.click(); \
                  return !!play";
    let script = format!("{}\n{script}", duologue_e2e::page::BY_ROLE);
    // One that has just ended is made whole first.
    until("something to play", within(15), async || {
        let there: bool = person.script(&script, vec![json!(title)]).await?;
        ensure!(there, "{title} cannot be played");
        Ok(())
    })
    .await?;
    until("a player", within(15), async || {
        let there: bool = person
            .script("return !!document.querySelector('video')", vec![])
            .await?;
        ensure!(there, "there is none");
        Ok(())
    })
    .await?;
    let (past, duration, width): (f64, f64, f64) = person.script(SEEK, vec![]).await?;
    ensure!((0.0..1.5).contains(&past), "it came {past} s past the mark");
    let coded: String = person.script(PLAYED, vec![]).await?;
    let film = Film::of(&decoded(&coded)?)?;
    ensure!(
        (film.duration - duration).abs() < 0.1 && (width as u32) == film.width,
        "the player says {duration} s, the file {}",
        film.duration
    );
    Ok(film)
}

/// Base64, as data: addresses have it.
fn decoded(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in text.bytes().filter(|it| *it != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    Ok(bytes)
}

/// A picture that moves and is not black, a sound that is the fake microphone's.
pub fn is_a_call(film: &Film, kind: Kind) -> Result<()> {
    is_a_call_of(film, (kind, kind))
}

/// The same with two kinds of microphones: which is the louder one is chance.
fn is_a_call_of(film: &Film, with: (Kind, Kind)) -> Result<()> {
    let black = film.black()?;
    ensure!(black < 0.3, "{black} s of it are black");
    for (what, times) in [("pictures", &film.pictures), ("sound", &film.sounds)] {
        let advance = times.windows(2).all(|it| it[0] < it[1]);
        ensure!(advance, "times of {what} go back: {times:?}");
    }
    let last = |times: &[f64]| times.last().copied().context("nothing in it");
    let ends = (last(&film.pictures)?, last(&film.sounds)?);
    // What an encoder on a busy machine had not come to when it was stopped is not in it.
    ensure!((ends.0 - ends.1).abs() < 3.5, "ends apart: {ends:?}");
    // Two browsers that draw and encode without a graphics card share the machine, see below.
    let rate = film.pictures_a_second();
    ensure!(rate > 8.0, "{rate} pictures a second");
    let pitches = |kind| match kind {
        Chromium => (250, 550),
        Firefox => (950, 1_050),
    };
    let (loud, mut share) = film.tone(pitches(with.0))?;
    if with.0 != with.1 {
        share += film.tone(pitches(with.1))?.1;
    }
    ensure!(
        loud > 0.02 && share > 0.5,
        "loud {loud}, of the tone {share}"
    );
    Ok(())
}

pairs!(everybody_is_told_and_the_file_is_the_call, Heavy, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    mixed: (Chromium, Firefox),
});

async fn everybody_is_told_and_the_file_is_the_call(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let server = Server::start().await?;
    let (ana, ben) = watched(scene, &server, with).await?;
    starts(&ana).await?;
    ben.is_told(&["Ana is recording this call"]).await?;
    is_marked(&ben, "Ana is recording", true).await?;
    runs_for(&ana, 6.0).await?;
    is_marked(&ana, "Recording", true).await?;
    let ran = ends(&ana).await?;
    is_marked(&ben, "Ana is recording", false).await?;
    ben.is_told(&["Ana stopped recording"]).await?;

    lists(&ana, &server.page()).await?;
    let film = plays(&ana, TITLE).await?;
    ensure!(
        (film.duration - ran).abs() < 0.5,
        "{} s of {ran} s",
        film.duration
    );
    ensure!((film.width, film.height) == (1280, 720));
    is_a_call_of(&film, with)
}

pairs!(a_pause_is_not_in_it_and_newcomers_are_told, Heavy, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_pause_is_not_in_it_and_newcomers_are_told(scene: &Scene, kind: Kind) -> Result<()> {
    let server = Server::start().await?;
    let (ana, ben) = watched(scene, &server, (kind, kind)).await?;
    starts(&ana).await?;
    runs_for(&ana, 3.0).await?;
    ana.press("Pause recording").await?;
    is_marked(&ben, "Ana paused the recording", true).await?;
    let paused: f64 = ana.script(RAN, vec![]).await?;
    // Somebody comes while it holds still, and goes again while it runs.
    let room = ana.url().await?;
    let cem = scene.beside(&ben, "Cem").await?;
    join(&cem, &room).await?;
    is_marked(&cem, "Ana paused the recording", true).await?;
    all_connected(&[&ana, &ben, &cem]).await?;
    let still: f64 = ana.script(RAN, vec![]).await?;
    ensure!((still - paused).abs() < 0.01, "it ran on: {still} s");
    ana.press("Resume recording").await?;
    is_marked(&cem, "Ana is recording", true).await?;
    runs_for(&ana, 5.0).await?;
    cem.press("Leave call").await?;
    // One's own camera goes and comes back.
    ana.press("Camera").await?;
    runs_for(&ana, 6.5).await?;
    ana.press("Camera").await?;
    runs_for(&ana, 8.0).await?;
    let ran = ends(&ana).await?;
    lists(&ana, &server.page()).await?;
    let film = plays(&ana, TITLE).await?;
    is_whole(&film, ran, kind)
}

pairs!(a_hidden_tab_is_recorded_without_stutter, Heavy, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_hidden_tab_is_recorded_without_stutter(scene: &Scene, kind: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(kind, "Ana").await?;
    start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    ana.script::<()>(WATCH, vec![]).await?;
    let look = "document.addEventListener('visibilitychange', () => { seen.hid ||= document.hidden }); return null";
    ana.script::<()>(look, vec![]).await?;
    starts(&ana).await?;
    let other = scene.beside(&ana, "Another").await?;
    // Looking at the hidden tab would show it.
    until("some seconds in another tab", within(20), async || {
        let passed: f64 = other.script("return performance.now()", vec![]).await?;
        ensure!(passed > 6_000.0, "{passed} ms");
        Ok(())
    })
    .await?;
    let hid: Option<bool> = ana.script("return seen.hid ?? null", vec![]).await?;
    ensure!(hid == Some(true), "it was in sight");
    let ran = ends(&ana).await?;
    lists(&ana, &server.page()).await?;
    let film = plays(&ana, "Ana, alone").await?;
    let (rate, gap) = (film.pictures_a_second(), film.longest_gap());
    ensure!(rate > 20.0 && gap < 0.5, "{rate} a second, {gap} s without");
    is_whole(&film, ran, kind)
}

pairs!(it_runs_on_while_devices_and_screens_change, Heavy, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn it_runs_on_while_devices_and_screens_change(scene: &Scene, kind: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene
        .person_with(kind, Devices::FakeAndScreen, "Ana")
        .await?;
    arrive(&ana, &server.page(), &["headset", "camera"]).await?;
    into_new_call(&ana).await?;
    ana.script::<()>(WATCH, vec![]).await?;
    starts(&ana).await?;
    runs_for(&ana, 2.0).await?;
    // A notice that lies beneath what is opened next.
    if ana.shows("button", "Close").await? {
        ana.press("Close").await?;
    }
    ana.press("More options").await?;
    ana.choose("Camera", "Second camera").await?;
    ana.choose("Microphone", "Headset").await?;
    ana.press("Close").await?;
    becomes(&ana, "seen.tracks.some(it => it.from === 'second')").await?;
    runs_for(&ana, 4.0).await?;
    for shared in [true, false] {
        ana.press("Share screen").await?;
        ana.becomes_pressed("Share screen", shared).await?;
        let ran: f64 = ana.script(RAN, vec![]).await?;
        runs_for(&ana, ran + 2.0).await?;
    }
    let ran = ends(&ana).await?;
    lists(&ana, &server.page()).await?;
    let film = plays(&ana, "Ana, alone").await?;
    let (off, gap) = ((film.duration - ran).abs(), film.longest_gap());
    ensure!(off < 0.5, "{} s of {ran} s", film.duration);
    ensure!(gap < 1.0, "the picture stood still for {gap} s");
    ensure!(film.black()? < 0.3, "it is black");
    let (loud, _) = film.tone((100, 2_000))?;
    ensure!(loud > 0.01, "it is silent: {loud}");
    Ok(())
}

pairs!(one_file_for_each_person, Heavy, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn one_file_for_each_person(scene: &Scene, kind: Kind) -> Result<()> {
    let server = Server::start().await?;
    let (ana, _ben) = watched(scene, &server, (kind, kind)).await?;
    ana.press("Record").await?;
    ana.click_role("switch", "One file for each person, too")
        .await?;
    ana.press("Start recording").await?;
    runs_for(&ana, 5.0).await?;
    ends(&ana).await?;
    lists(&ana, &server.page()).await?;
    for title in [TITLE, "Ana", "Ben"] {
        let film = plays(&ana, title).await?;
        ensure!(film.duration > 3.0, "{title}: {} s", film.duration);
        let (loud, _) = film.tone((100, 2_000))?;
        ensure!(loud > 0.01, "{title} is silent: {loud}");
        ensure!(film.black()? < 0.3, "{title} is black");
    }
    // Named anew and thrown away, both for good.
    let row = |name: &str| format!("group {name:?}");
    ana.script::<()>(
        &format!(
            "{}\nbyRole('group', 'Ben')[0].querySelectorAll('.recording-actions button')[2].click(); return null",
            duologue_e2e::page::BY_ROLE
        ),
        vec![],
    )
    .await?;
    ana.fill("Name", "Ben alone").await?;
    ana.press("Keep the name").await?;
    ana.find("group", "Ben alone").await?;
    lists(&ana, &server.page()).await?;
    ana.find("group", "Ben alone")
        .await
        .context(row("Ben alone"))?;
    for _ in 0..3 {
        ana.press("Delete").await?;
        ana.press("Delete for good").await?;
    }
    until("an empty list", within(15), async || {
        let text: String = ana.script("return document.body.innerText", vec![]).await?;
        ensure!(text.contains("There are no recordings"), "{text}");
        Ok(())
    })
    .await
}

pairs!(a_killed_browser_costs_a_second_at_the_most, Heavy, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_killed_browser_costs_a_second_at_the_most(scene: &Scene, kind: Kind) -> Result<()> {
    let server = Server::start().await?;
    let (ana, ben) = watched(scene, &server, (kind, Chromium)).await?;
    starts(&ana).await?;
    runs_for(&ana, 10.0).await?;
    let ran: f64 = ana.script(RAN, vec![]).await?;
    let ana = scene.after_a_crash(&ana).await?;
    drop(ben);

    lists(&ana, &server.page()).await?;
    ana.find("group", TITLE).await?;
    ana.press("Repair").await?;
    ana.find("button", "Play").await?;
    let film = plays(&ana, TITLE).await?;
    ensure!(
        film.duration > ran - 1.0,
        "{} s of at least {ran} s",
        film.duration
    );
    is_a_call(&film, kind)
}
