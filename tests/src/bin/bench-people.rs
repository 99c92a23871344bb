//! What it costs to be seen by one, three and seven others: bits sent in a second, and how busy the
//! browser keeps the processors meanwhile. The one who is measured has a browser of their own; the
//! others look on from windows of a second one, with their own cameras off. `--window W H` says how
//! large those windows are. Writes target/bench/people.json.

use anyhow::{Context, Result, bail, ensure};
use duologue_e2e::{
    Kind, Person, Scene, paths,
    scene::{Failure, Weight},
    server::Server,
    until, within,
};
use serde::Deserialize;
use serde_json::json;
use std::{
    io::Write,
    time::{Duration, Instant},
};

/// In a call that has found its ways.
const SETTLED: Duration = Duration::from_secs(12);
const MEASURED: Duration = Duration::from_secs(10);

/// What has been sent over all connections, by the browser's own count.
const SENT: &str = "const ask = RTCPeerConnection.prototype.getStats;
    const by = new Map();
    RTCPeerConnection.prototype.getStats = async function (...args) {
        const report = await ask.apply(this, args);
        const sent = { bytes: 0, frames: 0, width: 0 };
        report.forEach((it) => {
            if (it.type !== 'outbound-rtp') return;
            sent.bytes += it.bytesSent;
            if (it.kind !== 'video') return;
            sent.frames += it.framesEncoded;
            sent.width = it.frameWidth ?? 0;
        });
        by.set(this, sent);
        return report;
    };
    window.sent = () => [...by.values()];
    return null";

#[derive(Clone, Copy, Debug, Deserialize)]
struct Sent {
    bytes: f64,
    frames: f64,
    width: f64,
}

/// For one size of call.
#[derive(Debug)]
struct Cost {
    people: usize,
    bits_per_second: f64,
    /// Of one processor.
    processor: f64,
    width: f64,
    frames_per_second: f64,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let window = read(std::env::args().skip(1))?;
    let mut costs = Vec::new();
    for people in [2, 4, 8] {
        let test = format!("bench people {people}");
        Scene::play(&test, Weight::Heavy, async |scene| {
            costs.push(measure(scene, people, window).await?);
            Ok(())
        })
        .await?;
    }
    Ok(report(&costs)?)
}

fn read(mut args: impl Iterator<Item = String>) -> Result<(u32, u32)> {
    let mut window = (1280, 900);
    while let Some(arg) = args.next() {
        let mut number = || args.next().context("--window W H")?.parse().context("W H");
        match arg.as_str() {
            "--window" => window = (number()?, number()?),
            other => bail!("unknown argument {other}; there is --window W H"),
        }
    }
    Ok(window)
}

async fn measure(scene: &Scene, people: usize, (width, height): (u32, u32)) -> Result<Cost> {
    let server = Server::start().await?;
    let ana = scene.person(Kind::Chromium, "Ana").await?;
    ana.goto(&format!("{}?name=Ana&join=auto#/r/people", server.page()))
        .await?;
    ana.find("toolbar", "Call controls").await?;
    ana.script::<()>(SENT, vec![]).await?;
    let first = scene.person(Kind::Chromium, "others").await?;
    let mut others: Vec<Person> = Vec::new();
    for at in 1..people {
        let other = match others.last() {
            None => first.clone(),
            Some(other) => other.in_another_window("other").await?,
        };
        other.resize(width, height).await?;
        let query = format!("?name=Other{at}&join=auto&camera=off&microphone=off#/r/people");
        other.goto(&[server.page(), query].concat()).await?;
        others.push(other);
    }
    let sent = async || -> Result<Vec<Sent>> { ana.script("return sent()", vec![]).await };
    until("everybody to be sent a picture", within(90), async || {
        let sent = sent().await?;
        let flowing = sent.iter().filter(|it| it.frames > 30.0).count();
        ensure!(flowing == people - 1, "{flowing} of {}", people - 1);
        Ok(())
    })
    .await?;
    tokio::time::sleep(SETTLED).await;

    let sum = |sent: &[Sent], of: fn(&Sent) -> f64| sent.iter().map(of).sum::<f64>();
    let (before, busy, start) = (sent().await?, ana.processor_seconds()?, Instant::now());
    tokio::time::sleep(MEASURED).await;
    let (after, seconds) = (sent().await?, start.elapsed().as_secs_f64());
    let busy = ana.processor_seconds()? - busy;
    let rate = |of: fn(&Sent) -> f64| (sum(&after, of) - sum(&before, of)) / seconds;
    Ok(Cost {
        people,
        bits_per_second: rate(|it| it.bytes) * 8.0,
        processor: busy / seconds,
        width: after.iter().map(|it| it.width).fold(0.0, f64::max),
        frames_per_second: rate(|it| it.frames) / (people - 1) as f64,
    })
}

fn report(costs: &[Cost]) -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{:<8}{:>12}{:>14}{:>14}{:>12}",
        "people", "sent kbit/s", "processor %", "widest px", "frames/s"
    )?;
    let mut rows = Vec::new();
    for it in costs {
        let (sent, busy) = (it.bits_per_second / 1000.0, it.processor * 100.0);
        writeln!(
            out,
            "{:<8}{sent:>12.0}{busy:>14.0}{:>14}{:>12.1}",
            it.people, it.width, it.frames_per_second
        )?;
        rows.push(json!({
            "people": it.people, "sent_kbits_per_second": sent, "processor_percent": busy,
            "widest_pixels": it.width, "frames_per_second": it.frames_per_second,
        }));
    }
    let folder = paths::root().join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("people.json");
    Ok(std::fs::write(file, serde_json::to_string_pretty(&rows)?)?)
}
