//! Calls by name: signing in, ringing, and everything that a ring can come to.

use crate::{steps::*, *};
use anyhow::ensure;
use duologue_e2e::{
    Scene,
    crowd::{Crowd, Scrolled},
    server::Server,
    until, within,
};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Signed in under their label.
async fn signs_in(person: &Person, server: &Server) -> Result<()> {
    person.goto(&format!("{}#/people", server.page())).await?;
    person.fill("Your name", &person.label).await?;
    person.press("Sign in").await?;
    person.find("button", "Sign out").await?;
    Ok(())
}

/// Names in the list of who is here.
const ONLINE: &str = "return [...document.querySelectorAll(
    'ul[aria-label=\"People online\"] .person-name')].map((it) => it.textContent)";

async fn sees(person: &Person, name: &str, there: bool) -> Result<()> {
    let what = format!("{} to see {name}: {there}", person.label);
    until(&what, within(20), async || {
        let online: Vec<String> = person.script(ONLINE, vec![]).await?;
        ensure!(online.iter().any(|it| it == name) == there, "{online:?}");
        Ok(())
    })
    .await
}

pub async fn two(scene: &Scene, server: &Server, with: (Kind, Kind)) -> Result<(Person, Person)> {
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    signs_in(&ana, server).await?;
    signs_in(&ben, server).await?;
    sees(&ana, "Ben", true).await?;
    sees(&ben, "Ana", true).await?;
    Ok((ana, ben))
}

pub async fn rings(from: &Person, to: &Person) -> Result<()> {
    from.press(&format!("Call {}", to.label)).await?;
    from.find("dialog", &format!("Calling {}", to.label))
        .await?;
    let incoming = format!("Incoming call from {}", from.label);
    to.find("dialog", &incoming).await?;
    Ok(())
}

/// What the dialog about one's own ring says, once it is that.
async fn comes_to(person: &Person, said: &str) -> Result<()> {
    person.is_told(&[said]).await?;
    person.press("Close").await
}

async fn is_back_at_the_names(person: &Person) -> Result<()> {
    person.find("button", "Sign out").await?;
    Ok(())
}

/// The kinds of the recent calls, the latest first.
const PAST: &str = "return [...document.querySelectorAll('.past-facts')]
    .map((it) => it.textContent.split(' · ')[0])";

async fn remembers(person: &Person, kinds: &[&str]) -> Result<()> {
    until(
        &format!("{} remembers {kinds:?}", person.label),
        within(10),
        async || {
            let past: Vec<String> = person.script(PAST, vec![]).await?;
            ensure!(past == kinds, "it is {past:?}");
            Ok(())
        },
    )
    .await
}

pairs!(a_name_is_rung_and_answered_and_rung_again, Heavy, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    chromium_rings_firefox: (Chromium, Firefox),
    firefox_rings_chromium: (Firefox, Chromium),
});

async fn a_name_is_rung_and_answered_and_rung_again(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let server = Server::start().await?;
    let (ana, ben) = two(scene, &server, with).await?;
    for (round, hangs_up, stays) in [(1, &ben, &ana), (2, &ana, &ben)] {
        rings(&ana, &ben).await?;
        ben.press("Accept").await?;
        in_call(&ana).await?;
        in_call(&ben).await?;
        all_connected(&[&ana, &ben]).await?;
        if round == 1 {
            see_and_hear_each_other(&ana, &ben).await?;
        }
        hangs_up.press("Leave call").await?;
        let left = Instant::now();
        is_back_at_the_names(stays).await?;
        let took = left.elapsed();
        ensure!(
            took < Duration::from_secs(1),
            "{took:?} until {} was told",
            stays.label
        );
        is_back_at_the_names(hangs_up).await?;
    }
    remembers(&ana, &["you called", "you called"]).await?;
    remembers(&ben, &["called you", "called you"]).await
}

pairs!(a_ring_is_declined_cancelled_missed_or_left, Heavy, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    chromium_rings_firefox: (Chromium, Firefox),
    firefox_rings_chromium: (Firefox, Chromium),
});

async fn a_ring_is_declined_cancelled_missed_or_left(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let server = Server::start_with(&["--ring-seconds", "12"]).await?;
    let (ana, ben) = two(scene, &server, with).await?;

    rings(&ana, &ben).await?;
    ben.press("Decline").await?;
    comes_to(&ana, "Ben declined the call").await?;

    rings(&ana, &ben).await?;
    ben.press("Decline with a message").await?;
    ben.fill("Message", "In five minutes <b>").await?;
    ben.press("Decline and send").await?;
    comes_to(&ana, "In five minutes <b>").await?;

    rings(&ana, &ben).await?;
    ana.press("Cancel").await?;
    is_quiet(&ben).await?;

    rings(&ana, &ben).await?;
    comes_to(&ana, "Ben did not answer").await?;
    is_quiet(&ben).await?;
    remembers(&ben, &["missed", "missed", "you declined", "you declined"]).await?;

    rings(&ana, &ben).await?;
    ben.close_tab().await?;
    comes_to(&ana, "Ben is not here any more").await?;
    sees(&ana, "Ben", false).await
}

async fn is_quiet(person: &Person) -> Result<()> {
    until(
        &format!("nothing rings for {}", person.label),
        within(15),
        async || {
            let dialogs: usize = person
                .script(
                    "return document.querySelectorAll('dialog[open]').length",
                    vec![],
                )
                .await?;
            ensure!(dialogs == 0, "{dialogs} dialogs");
            Ok(())
        },
    )
    .await
}

pairs!(both_ring_at_once_and_it_is_one_call, Heavy, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    mixed: (Chromium, Firefox),
});

async fn both_ring_at_once_and_it_is_one_call(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let server = Server::start().await?;
    let (ana, ben) = two(scene, &server, with).await?;
    let at = SystemTime::now().duration_since(UNIX_EPOCH)? + Duration::from_secs(3);
    let at = at.as_millis() as u64;
    for (person, whom) in [(&ana, "Call Ben"), (&ben, "Call Ana")] {
        let when = vec![whom.into(), at.into()];
        person.script::<()>(PRESS_AT, when).await?;
    }
    // Nobody has to accept anything.
    in_call(&ana).await?;
    in_call(&ben).await?;
    all_connected(&[&ana, &ben]).await
}

/// A press on the button of that name at that moment: two by a driver would come one after the other.
const PRESS_AT: &str = "const [name, at] = arguments;
    setTimeout(() => document.querySelector(`button[aria-label=\"${name}\"]`).click(), at - Date.now());
    return null";

pairs!(in_a_call_a_ring_is_quiet_and_busy, Heavy, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
});

async fn in_a_call_a_ring_is_quiet_and_busy(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let server = Server::start().await?;
    let (ana, ben) = two(scene, &server, with).await?;
    let room = ben.url().await?.replace("#/people", "#/r/quiet-room");
    ben.goto(&room).await?;
    enter(&ben).await?;
    until("Ben is shown as busy", within(10), async || {
        let busy: Vec<String> = ana
            .script(
                "return [...document.querySelectorAll('.person-busy')].map((it) => it.textContent)",
                vec![],
            )
            .await?;
        ensure!(busy == ["in a call"], "{busy:?}");
        Ok(())
    })
    .await?;
    ana.press("Call Ben").await?;
    ben.is_told(&["Ana is calling you"]).await?;
    ben.press("I am busy").await?;
    comes_to(&ana, "Ben is in another call").await?;
    // By itself, when nobody looks.
    ana.press("Call Ben").await?;
    ben.is_told(&["Ana is calling you"]).await?;
    comes_to(&ana, "Ben is in another call").await?;
    // Or for once not.
    ana.press("Call Ben").await?;
    ben.press("Leave and answer").await?;
    in_call(&ana).await?;
    all_connected(&[&ana, &ben]).await
}

pairs!(a_name_is_its_owners_and_outlives_the_server, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_name_is_its_owners_and_outlives_the_server(scene: &Scene, kind: Kind) -> Result<()> {
    let mut server = Server::start().await?;
    let ana = scene.person(kind, "Ana").await?;
    signs_in(&ana, &server).await?;
    let other = scene.person(kind, "ana").await?;
    other.goto(&format!("{}#/people", server.page())).await?;
    // Cyrillic letters that look like hers.
    for name in ["ANA", "аnа"] {
        other.fill("Your name", name).await?;
        other.press("Sign in").await?;
        other
            .is_told(&["is taken, or looks like a name that is"])
            .await?;
    }
    other.fill("Your name", "\u{200b}").await?;
    other.press("Sign in").await?;
    other.is_told(&["A name has 1 to 32 characters"]).await?;
    other.fill("Your name", "Ben").await?;
    other.press("Sign in").await?;
    sees(&other, "Ana", true).await?;

    // Another tab of hers is signed in by itself, and is the same person.
    let beside = ana.beside("Ana, again").await?;
    beside.goto(&format!("{}#/people", server.page())).await?;
    beside.find("button", "Sign out").await?;
    sees(&beside, "Ben", true).await?;
    sees(&beside, "Ana", false).await?;
    other.press("Call Ana").await?;
    for tab in [&ana, &beside] {
        tab.find("dialog", "Incoming call from Ben").await?;
    }
    beside.press("Accept").await?;
    in_call(&beside).await?;
    is_quiet(&ana).await?;
    beside.press("Leave call").await?;
    is_back_at_the_names(&other).await?;

    server.restart().await?;
    for (person, whom) in [(&ana, "Ben"), (&other, "Ana")] {
        // Which of the two is back first, nobody knows.
        until("back under the name", within(40), async || {
            rings_at(person, whom).await
        })
        .await?;
        person.press("Cancel").await?;
    }
    ana.press("Sign out").await?;
    sees(&other, "Ana", true).await?;
    beside.press("Sign out").await?;
    sees(&other, "Ana", false).await
}

/// It rings over there; or it does not, which has been read then.
async fn rings_at(person: &Person, whom: &str) -> Result<()> {
    person.press(&format!("Call {whom}")).await?;
    let rings = until("an answer", within(20), async || {
        let said = person.sentences(&["status"]).await?;
        let rings = said.iter().any(|it| it.contains("Ringing"));
        let over = person.shows("button", "Call again").await?;
        ensure!(rings || over, "{said:?}");
        Ok(rings)
    })
    .await?;
    if !rings {
        person.press("Close").await?;
    }
    ensure!(rings, "{whom} is not there");
    Ok(())
}

pairs!(a_host_may_show_no_list_or_have_no_names, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_host_may_show_no_list_or_have_no_names(scene: &Scene, kind: Kind) -> Result<()> {
    let server = Server::start_with(&["--directory", "unlisted"]).await?;
    let ana = scene.person(kind, "Ana").await?;
    signs_in(&ana, &server).await?;
    let ben = scene.person(kind, "Ben").await?;
    signs_in(&ben, &server).await?;
    for (name, said) in [
        ("Cleo", "Nobody is signed in as Cleo"),
        ("ana", "That is your own name"),
    ] {
        ana.fill("Name", name).await?;
        ana.press("Call").await?;
        comes_to(&ana, said).await?;
    }
    ana.fill("Name", "ben").await?;
    ana.press("Call").await?;
    ben.find("dialog", "Incoming call from Ana").await?;
    ben.press("Decline").await?;
    comes_to(&ana, "Ben declined").await?;

    let server = Server::start_with(&["--directory", "off"]).await?;
    ana.goto(&format!("{}#/people", server.page())).await?;
    ana.find("button", "Start a call").await?;
    ensure!(!ana.shows("button", "Sign in").await?, "to what?");
    Ok(())
}

pairs!(a_list_of_thousands_is_as_light_as_a_short_one, Heavy, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_list_of_thousands_is_as_light_as_a_short_one(scene: &Scene, kind: Kind) -> Result<()> {
    const COUNT: u32 = 5_000;
    let server = Server::start().await?;
    let mut crowd = Crowd::sign_in(&server, COUNT).await?;
    let ana = scene.person(kind, "Ana").await?;
    signs_in(&ana, &server).await?;
    let listed = async || -> Result<String> {
        let count = "return document.querySelector('.person-row')?.ariaSetSize ?? 'nobody'";
        ana.script(count, vec![]).await
    };
    until("all of them in the list", within(20), async || {
        let listed = listed().await?;
        ensure!(listed == COUNT.to_string(), "it is {listed}");
        Ok(())
    })
    .await?;

    let scrolled = Scrolled::by(&ana).await?;
    ensure!(scrolled.rows < 60, "{} rows at once", scrolled.rows);
    ensure!(scrolled.gaps == 0, "{} frames without a row", scrolled.gaps);
    ensure!(scrolled.top > 1_000.0, "{} is no scrolling", scrolled.top);
    let to_the_end = "const list = document.querySelector('.people-list');
        list.scrollTop = list.scrollHeight; return null";
    ana.script::<()>(to_the_end, vec![]).await?;
    ana.find("button", &format!("Call {}", Crowd::name(COUNT - 1)))
        .await?;

    // What changes among five thousand is seen while one looks for it.
    ana.fill("Search for a name", &Crowd::name(0)).await?;
    ana.find("button", &format!("Call {}", Crowd::name(0)))
        .await?;
    for busy in [true, false] {
        crowd.first_is_busy(busy).await?;
        until("the change", within(10), async || {
            let shown = "return document.querySelectorAll('.person-busy').length";
            let shown: u32 = ana.script(shown, vec![]).await?;
            ensure!(shown == u32::from(busy), "{shown} in a call");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

pairs!(a_hidden_tab_has_the_system_tell_of_a_ring, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

/// In place of the system, which shows nothing where there is no screen.
const NOTICES: &str = "window.notices = [];
    window.Notification = class extends EventTarget {
        static permission = 'default';
        static async requestPermission() {
            notices.push('asked');
            return Notification.permission = 'granted';
        }
        constructor(title) {
            super();
            this.title = title;
            notices.push(title);
        }
        close() { notices.push(`${this.title}, closed`); }
    };
    return null";

async fn a_hidden_tab_has_the_system_tell_of_a_ring(scene: &Scene, kind: Kind) -> Result<()> {
    const ASK: &str = "Tell me of calls while this tab is hidden";
    let server = Server::start().await?;
    let ana = scene.person(kind, "Ana").await?;
    let ben = scene.person(kind, "Ben").await?;
    ben.goto(&server.page()).await?;
    ben.script::<()>(NOTICES, vec![]).await?;
    ben.click_role("link", "People").await?;
    ben.fill("Your name", "Ben").await?;
    ben.press("Sign in").await?;
    ben.press(ASK).await?;
    until("no more asking", within(10), async || {
        ensure!(!ben.shows("button", ASK).await?, "it asks again");
        Ok(())
    })
    .await?;
    signs_in(&ana, &server).await?;
    rings(&ana, &ben).await?;
    ana.press("Cancel").await?;
    is_quiet(&ben).await?;

    let elsewhere = scene.beside(&ben, "Ben, elsewhere").await?;
    elsewhere.goto("about:blank").await?;
    ana.press("Call Ben").await?;
    // By word of Ben's page, which nobody has looked at meanwhile.
    ana.is_told(&["Ringing"]).await?;
    ana.press("Cancel").await?;
    ana.find("button", "Call Ben").await?;
    until(
        "what the system was asked to show",
        within(10),
        async || {
            let notices: Vec<String> = ben.script("return notices", vec![]).await?;
            let ring = "Incoming call from Ana";
            ensure!(
                notices == ["asked", ring, &format!("{ring}, closed")],
                "{notices:?}"
            );
            Ok(())
        },
    )
    .await
}
