//! What a person has at hand in a call besides the buttons: keys, a browser that stays awake and asks
//! before it closes, an icon that tells the state, the system's own way to send a link.

use crate::{steps::*, *};
use anyhow::ensure;
use duologue_e2e::{Scene, server::Server, until, within};

pairs!(keys_do_what_the_list_says, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn keys_do_what_the_list_says(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    start_call(&ana, &server.page()).await?;
    // Whoever writes their name with an M and a V in it means letters.
    ana.fill("Your name", "Mavis").await?;
    ana.press("Join call").await?;
    in_call(&ana).await?;
    ana.find("group", "Mavis (you)").await?;
    for button in ["Microphone", "Camera"] {
        ana.becomes_pressed(button, true).await?;
    }

    ana.strike('m').await?;
    ana.becomes_pressed("Microphone", false).await?;
    ana.strike('v').await?;
    ana.becomes_pressed("Camera", false).await?;
    ana.strike('v').await?;
    ana.becomes_pressed("Camera", true).await?;

    // To talk for a moment. On a button the space bar would press that.
    ana.look_away().await?;
    ana.hold(' ').await?;
    ana.becomes_pressed("Microphone", true).await?;
    ana.let_go(' ').await?;
    ana.becomes_pressed("Microphone", false).await?;
    ana.strike('M').await?;
    ana.becomes_pressed("Microphone", true).await?;

    ana.strike('?').await?;
    ana.find("dialog", "Keyboard shortcuts").await?;
    ana.strike('?').await?;
    until("the list to close", within(10), async || {
        ensure!(
            !ana.shows("dialog", "Keyboard shortcuts").await?,
            "it is open"
        );
        Ok(())
    })
    .await
}

pairs!(a_call_keeps_the_screen_on_and_is_not_closed_by_a_slip, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

/// Keeps what the browser gives for `wakeLock.request`, so that its fate can be asked for.
const LISTEN: &str = "window.locks = []; const it = navigator.wakeLock; if (!it) return false; \
    const request = it.request.bind(it); \
    it.request = async what => { const lock = await request(what); locks.push(lock); return lock; }; \
    return true";
const HELD: &str = "return locks.filter(lock => !lock.released).length";
/// Whether the page would have the browser ask before it closes.
const ASKS: &str = "const event = new Event('beforeunload', { cancelable: true }); \
    window.dispatchEvent(event); return event.defaultPrevented";

async fn a_call_keeps_the_screen_on_and_is_not_closed_by_a_slip(
    scene: &Scene,
    with: Kind,
) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let room = start_call(&ana, &server.page()).await?;
    let has_lock: bool = ana.script(LISTEN, vec![]).await?;
    enter(&ana).await?;
    if has_lock {
        held(&ana, 1).await?;
    } else {
        eprintln!("no wake lock: this browser has none");
    }
    ensure!(!asks(&ana).await?, "asks of somebody alone");
    let ben = scene.beside(&ana, "Ben").await?;
    join(&ben, &room).await?;
    all_connected(&[&ana, &ben]).await?;
    ensure!(asks(&ana).await?, "does not ask in company");
    ana.press("Leave call").await?;
    ana.find("button", "Join again").await?;
    if has_lock {
        held(&ana, 0).await?;
    }
    ensure!(!asks(&ana).await?, "asks after the call");
    Ok(())
}

async fn asks(person: &Person) -> Result<bool> {
    person.script(ASKS, vec![]).await
}

async fn held(person: &Person, count: u32) -> Result<()> {
    until(&format!("{count} wake locks"), within(10), async || {
        let held: u32 = person.script(HELD, vec![]).await?;
        ensure!(held == count, "{held} are held");
        Ok(())
    })
    .await
}

pairs!(the_icon_of_the_tab_tells_the_state, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn the_icon_of_the_tab_tells_the_state(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let is = async |file: &str| {
        let script = "return document.querySelector('link[rel=icon]').getAttribute('href')";
        until(&format!("the icon {file}"), within(10), async || {
            let icon: String = ana.script(script, vec![]).await?;
            ensure!(icon == file, "it is {icon}");
            Ok(())
        })
        .await
    };
    start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    is("favicon-call.svg").await?;
    ana.press("Microphone").await?;
    is("favicon-muted.svg").await?;
    ana.press("Leave call").await?;
    is("favicon.svg").await
}

pairs!(an_invitation_goes_by_the_systems_own_ways, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

/// A system that sends what it is given.
const SENDS: &str = "navigator.canShare = () => true;
    navigator.share = async (what) => { window.sent = what.url; };
    return null";

async fn an_invitation_goes_by_the_systems_own_ways(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    ana.goto(&server.page()).await?;
    ana.find("button", "Start a call").await?;
    ana.script::<()>(SENDS, vec![]).await?;
    ana.press("Start a call").await?;
    let room = ana.url().await?;
    enter(&ana).await?;
    ana.press("Share link").await?;
    until("the link to be sent", within(10), async || {
        let sent: Option<String> = ana.script("return window.sent ?? null", vec![]).await?;
        ensure!(
            sent.as_deref() == Some(&*room),
            "{sent:?} instead of {room}"
        );
        Ok(())
    })
    .await
}

pairs!(nothing_moves_for_whoever_bears_no_movement, Light, {
    chromium: Chromium,
});

async fn nothing_moves_for_whoever_bears_no_movement(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    let longest = "return Math.max(...[...document.querySelectorAll('*')].flatMap((it) => \
        getComputedStyle(it).transitionDuration.split(',').map(parseFloat)))";
    let moving: f64 = ana.script(longest, vec![]).await?;
    ensure!(
        moving > 0.0,
        "nothing moves for anybody: what is asked here?"
    );
    ana.calm().await?;
    let moving: f64 = ana.script(longest, vec![]).await?;
    ensure!(moving == 0.0, "something moves for {moving} s");
    Ok(())
}

pairs!(the_way_in_does_not_move_from_under_a_finger, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

const WAY_IN: &str = "return Math.round(
    document.querySelector('.green-room-side button').getBoundingClientRect().top)";

async fn the_way_in_does_not_move_from_under_a_finger(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let room = start_call(&ana, &server.page()).await?;
    ana.find("button", "Join call").await?;
    let alone: i64 = ana.script(WAY_IN, vec![]).await?;
    enter(&ana).await?;
    let ben = scene.beside(&ana, "Ben").await?;
    ben.goto(&room).await?;
    ben.is_told(&["Ana is in the call"]).await?;
    let with_somebody: i64 = ben.script(WAY_IN, vec![]).await?;
    ensure!(with_somebody == alone, "{alone}, then {with_somebody}");
    Ok(())
}

/// Of the call's controls, those that something else lies on, or that reach out of the window.
const COVERED: &str =
    "return [...document.querySelectorAll('[role=toolbar] button')].filter((it) => {
        const { left, right, top, bottom } = it.getBoundingClientRect();
        return !it.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
    }).map((it) => it.getAttribute('aria-label'))";

pairs!(no_panel_lies_on_the_controls, Light, { chromium: Chromium, firefox: Firefox });

async fn no_panel_lies_on_the_controls(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    ana.press("Chat").await?;
    ana.becomes_pressed("Chat", true).await?;
    // Tablets and telephones upright and on their sides; the windows' frames take some of it.
    for (width, height) in [(1024, 768), (844, 476), (600, 844), (500, 844)] {
        ana.resize(width, height).await?;
        until("all controls to be free", within(10), async || {
            let covered: Vec<String> = ana.script(COVERED, vec![]).await?;
            ensure!(covered.is_empty(), "{width} wide: {covered:?} are covered");
            Ok(())
        })
        .await?;
    }
    Ok(())
}
