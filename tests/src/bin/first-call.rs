//! First calls with a page that notes which of its functions run: what happens between opening the
//! page and seeing each other, and the goodbye of a tab that is closed, which cannot wait for anything.
//! Both browsers. Writes the numbers of the functions to target/profile/ran.txt; `cargo xtask profile`
//! runs it.

use anyhow::{Context, Result, ensure};
use duologue_e2e::{
    Kind, Person, Scene, paths,
    scene::{Failure, Weight},
    server::Server,
    until, within,
};
use std::collections::BTreeSet;

/// What the page has noted, in every tab of this browser and in every life of them.
const RAN: &str = "return Object.entries({ ...localStorage })
    .filter(([key]) => key.startsWith('ran-')).map(([, numbers]) => numbers).join(' ')";

/// What a browser is like in a look, and how the others come into the call.
struct Way {
    browsers: [Kind; 3],
    /// By an address that says to join; through the green room otherwise.
    by_itself: bool,
    /// How many times slower the machines are (Chromium only).
    slower: u32,
}

const WAYS: [Way; 6] = [
    way([Kind::Chromium, Kind::Chromium, Kind::Firefox], false, 1),
    way([Kind::Firefox, Kind::Firefox, Kind::Chromium], false, 1),
    way([Kind::Chromium, Kind::Firefox, Kind::Firefox], true, 1),
    way([Kind::Firefox, Kind::Chromium, Kind::Chromium], true, 1),
    way([Kind::Chromium, Kind::Chromium, Kind::Chromium], false, 4),
    way([Kind::Firefox, Kind::Chromium, Kind::Firefox], false, 4),
];

const fn way(browsers: [Kind; 3], by_itself: bool, slower: u32) -> Way {
    Way {
        browsers,
        by_itself,
        slower,
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let server = Server::start().await?;
    let mut ran = BTreeSet::new();
    for (at, way) in WAYS.iter().enumerate() {
        // A scene each: its browsers are gone before the next ones come.
        Scene::play(&format!("first call {at}"), Weight::Heavy, async |scene| {
            let mut people = Vec::new();
            for (kind, name) in way.browsers.into_iter().zip(["Ana", "Ben", "Cleo"]) {
                people.push(scene.person(kind, name).await?);
            }
            call(&people, way, &server).await?;
            let before = ran.len();
            for person in &people {
                let numbers: String = person.script(RAN, vec![]).await?;
                ran.extend(numbers.split(' ').map(String::from));
            }
            eprintln!("{} functions ran that had not before", ran.len() - before);
            Ok(())
        })
        .await?;
    }
    Ok(write(ran)?)
}

fn write(ran: BTreeSet<String>) -> Result<()> {
    ensure!(ran.len() > 500, "only {} functions ran", ran.len());
    let file = paths::root().join("target/profile/ran.txt");
    let numbers: Vec<String> = ran.into_iter().collect();
    std::fs::write(&file, numbers.join(" ")).with_context(|| file.display().to_string())
}

/// The first begins, the others follow the link one after the other: each finds more people there.
async fn call(people: &[Person], way: &Way, server: &Server) -> Result<()> {
    let (first, others) = people.split_first().context("nobody")?;
    first.goto(&server.page()).await?;
    for person in people.iter().filter(|it| it.kind() == Kind::Chromium) {
        person.is_slower(way.slower).await?;
    }
    first.press("Start a call").await?;
    first.fill("Your name", &first.label).await?;
    let room = first.url().await?;
    first.press("Join call").await?;
    first.find("toolbar", "Call controls").await?;
    for person in others {
        if way.by_itself {
            let with = format!("?name={}&join=auto#/r/", person.label);
            person.goto(&room.replace("#/r/", &with)).await?;
        } else {
            person.goto(&room).await?;
            person.fill("Your name", &person.label).await?;
            person.press("Join call").await?;
        }
        for it in [first, person] {
            until("the first frame", within(90), async || {
                let marks = it.marks().await?;
                ensure!(marks.contains_key("first-frame"), "only {marks:?}");
                Ok(())
            })
            .await?;
        }
    }
    // The page that stays behind notes nothing.
    for person in people {
        person.goto(&format!("{}healthz", server.page())).await?;
    }
    Ok(())
}
