//! What people do in more than one test, and what must be true of a call that stands.

use anyhow::{Context, Result, ensure};
use duologue_e2e::{Kind, Person, Scene, server::Server, static_host::StaticHost, until, within};
use std::time::Duration;

/// Two browsers find each other and show a picture in this time, on a busy small machine.
pub const CONNECTING: Duration = within(40);

/// From the home screen into a fresh room; returns its address, as the person would send it.
pub async fn start_call(person: &Person, page: &str) -> Result<String> {
    person.goto(page).await?;
    person.press("Start a call").await?;
    until("an address with a room in it", within(10), async || {
        let url = person.url().await?;
        ensure!(url.contains("#/r/"), "it is {url}");
        Ok(url)
    })
    .await
}

/// Ana and Ben, each in a browser of their own, who see and hear each other; and where.
pub async fn call_of_two(
    scene: &Scene,
    server: &Server,
    with: (Kind, Kind),
) -> Result<(Person, Person, String)> {
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    let room = call_each_other(&ana, &ben, server).await?;
    Ok((ana, ben, room))
}

/// Where they are then.
pub async fn call_each_other(ana: &Person, ben: &Person, server: &Server) -> Result<String> {
    let room = start_call(ana, &server.page()).await?;
    enter(ana).await?;
    join(ben, &room).await?;
    all_connected(&[ana, ben]).await?;
    see_and_hear_each_other(ana, ben).await?;
    Ok(room)
}

/// From an address through the green room into the call, under the person's own label as name.
pub async fn join(person: &Person, url: &str) -> Result<()> {
    person.goto(url).await?;
    enter(person).await
}

/// From the green room into the call.
pub async fn enter(person: &Person) -> Result<()> {
    person.fill("Your name", &person.label).await?;
    person.press("Join call").await?;
    in_call(person).await
}

pub async fn in_call(person: &Person) -> Result<()> {
    person.find("toolbar", "Call controls").await?;
    Ok(())
}

/// Exactly these others, each once, all connected, and oneself: no ghost, no double, no stranger.
pub async fn sees_exactly(person: &Person, others: &[&Person]) -> Result<()> {
    let mut wanted: Vec<String> = others.iter().map(|other| other.label.clone()).collect();
    wanted.push(format!("{} (you)", person.label));
    wanted.sort();
    until(
        &format!("{} to see exactly {wanted:?}, connected", person.label),
        CONNECTING,
        async || {
            let tiles = person.tiles().await?;
            let mut names: Vec<String> = tiles.iter().map(|tile| tile.name.clone()).collect();
            names.sort();
            ensure!(names == wanted, "the tiles are {tiles:?}");
            let pending = tiles
                .iter()
                .find(|tile| tile.peer != "self" && tile.state != "connected");
            ensure!(pending.is_none(), "{pending:?}");
            let own = tiles.iter().filter(|tile| tile.peer == "self").count();
            ensure!(own == 1, "{own} tiles are one's own");
            Ok(())
        },
    )
    .await
}

/// All of them, mutually.
pub async fn all_connected(people: &[&Person]) -> Result<()> {
    for person in people {
        let others: Vec<&Person> = people
            .iter()
            .copied()
            .filter(|other| other.label != person.label)
            .collect();
        sees_exactly(person, &others).await?;
    }
    Ok(())
}

/// The other's picture is decoded, is a picture, and moves.
pub async fn sees(person: &Person, other: &Person) -> Result<()> {
    let (who, whom) = (&person.label, &other.label);
    let before = until(
        &format!("{who} to decode {whom}'s picture"),
        CONNECTING,
        async || {
            let frames = person.peer(whom).await?.frames_decoded.unwrap_or_default();
            ensure!(frames > 0.0, "no frame decoded");
            let picture = person.picture(whom).await?;
            ensure!(
                picture.brightness > 16.0,
                "{whom}'s picture is black: {picture:?}"
            );
            Ok((frames, picture))
        },
    )
    .await?;
    until(
        &format!("{whom}'s picture to move on {who}'s page"),
        within(20),
        async || {
            let frames = person.peer(whom).await?.frames_decoded.unwrap_or_default();
            ensure!(
                frames > before.0 + 5.0,
                "{frames} frames decoded, {} before",
                before.0
            );
            let picture = person.picture(whom).await?;
            ensure!(
                picture.checksum != before.1.checksum,
                "still the same: {picture:?}"
            );
            Ok(())
        },
    )
    .await
}

/// Sound arrives and is not silence. The fake microphones beep or hum.
pub async fn hears(person: &Person, other: &Person) -> Result<()> {
    let (who, whom) = (&person.label, &other.label);
    let energy = async || {
        let peer = person.peer(whom).await?;
        peer.audio_energy
            .with_context(|| format!("no sound from {whom} yet"))
    };
    let before = until(
        &format!("{who} to receive sound of {whom}"),
        CONNECTING,
        energy,
    )
    .await?;
    until(
        &format!("{whom}'s sound to rise above silence on {who}'s page"),
        within(20),
        async || {
            let now = energy().await?;
            // A second of silence adds nothing; comfort noise adds less than a millionth.
            ensure!(now > before + 1e-5, "energy {now}, {before} before");
            Ok(())
        },
    )
    .await
}

pub async fn see_and_hear_each_other(a: &Person, b: &Person) -> Result<()> {
    for (person, other) in [(a, b), (b, a)] {
        sees(person, other).await?;
        hears(person, other).await?;
    }
    Ok(())
}

/// To the screen for calls without a server, the way people go.
pub async fn open_direct(person: &Person, host: &StaticHost) -> Result<()> {
    person.goto(&host.page()).await?;
    person.press("Call without a server").await?;
    person.find("button", "Create invite").await?;
    if person.shows("textbox", "Your name").await? {
        person.fill("Your name", &person.label).await?;
    }
    Ok(())
}

/// A token that came from the other side.
pub async fn hand_over(person: &Person, text: &str) -> Result<()> {
    person.fill("Paste what you received", text).await?;
    person.press("Continue").await
}

/// A reloaded page goes back into its call by itself, or asks first with the name filled in.
pub async fn comes_back(person: &Person) -> Result<()> {
    until("the call, or the way into it", within(20), async || {
        if person.shows("toolbar", "Call controls").await? {
            return Ok(());
        }
        ensure!(
            person.shows("button", "Join call").await?,
            "neither is there"
        );
        person.press("Join call").await
    })
    .await?;
    in_call(person).await
}
