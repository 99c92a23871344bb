//! How smoothly the list of five thousand people who are signed in can be scrolled, while one of them
//! comes and goes: times from frame to frame. What they cost the server an example of its own says.
//! Writes target/bench/list.json.

use anyhow::Result;
use duologue_e2e::{
    Kind, Scene,
    crowd::{Crowd, Scrolled},
    paths,
    scene::{Failure, Weight},
    server::Server,
};
use serde_json::json;
use std::{io::Write, time::Duration};
use tokio::time::interval;

const COUNT: u32 = 5_000;
/// How often something changes meanwhile.
const CHANGES: Duration = Duration::from_millis(250);

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut rows = Vec::new();
    for kind in [Kind::Chromium, Kind::Firefox] {
        Scene::play(&format!("bench names {kind}"), Weight::Heavy, async |scene| {
            let mut took = scroll(scene, kind).await?.took_ms;
            took.sort_by(f64::total_cmp);
            let (half, p95) = (took[took.len() / 2], took[took.len() * 95 / 100]);
            let most = took[took.len() - 1];
            writeln!(
                std::io::stdout(),
                "{kind:<10} {COUNT} listed: a frame every {half:.1} ms, p95 {p95:.1}, longest {most:.1}"
            )?;
            rows.push(json!({
                "browser": kind.to_string(), "listed": COUNT, "frame_ms": half, "p95_ms": p95,
                "longest_ms": most,
            }));
            Ok(())
        })
        .await?;
    }
    let folder = paths::root().join("target/bench");
    let write = || -> Result<()> {
        std::fs::create_dir_all(&folder)?;
        Ok(std::fs::write(
            folder.join("list.json"),
            serde_json::to_string_pretty(&rows)?,
        )?)
    };
    Ok(write()?)
}

async fn scroll(scene: &Scene, kind: Kind) -> Result<Scrolled> {
    let server = Server::start().await?;
    let mut crowd = Crowd::sign_in(&server, COUNT).await?;
    let ana = scene.person(kind, "Ana").await?;
    ana.goto(&format!("{}#/people", server.page())).await?;
    ana.fill("Your name", "Ana").await?;
    ana.press("Sign in").await?;
    ana.find("button", &format!("Call {}", Crowd::name(0)))
        .await?;
    let changes = async {
        let mut ticks = interval(CHANGES);
        let mut busy = false;
        loop {
            ticks.tick().await;
            busy = !busy;
            crowd.first_is_busy(busy).await?;
        }
    };
    tokio::select! {
        scrolled = Scrolled::by(&ana) => scrolled,
        failed = changes => failed,
    }
}
