//! How long a call takes from the second person's click to the first remote picture, in this page
//! and in the barest JavaScript that does the same (tests/fixtures/bare.html). Both run in one
//! browser, turn by turn, each call in two fresh tabs, cameras open before the click, and the page's
//! own clock measures. Writes target/bench/call.json.

use anyhow::{Context, Result, bail, ensure};
use duologue_e2e::{
    Kind, Person, Scene,
    page::Marks,
    paths,
    scene::{Failure, Weight},
    server::Server,
    static_host::StaticHost,
    until, within,
};
use serde_json::json;
use std::io::Write;

const BUDGET: f64 = 1.15;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let asked = Asked::read(std::env::args().skip(1))?;
    Scene::play("bench call", Weight::Heavy, async |scene| {
        let browser = scene.person(asked.kind, "bench").await?;
        let host = StaticHost::start(paths::root().join("tests/fixtures"), "").await?;
        let server = if asked.bare_only {
            None
        } else {
            Some(Server::start().await?)
        };
        let (mut ours, mut bare, mut on_the_way) = (Vec::new(), Vec::new(), Vec::new());
        // The first of each warms the browser's caches and does not count.
        for call in 0..=asked.calls {
            if let Some(server) = &server {
                let marks = our_call(&browser, &server.page(), call).await?;
                ours.push(marks["first-frame"]);
                on_the_way.push(marks);
            }
            bare.push(bare_call(&browser, &host.page(), call).await?);
        }
        let counted = |samples: Vec<f64>| samples.into_iter().skip(1).collect::<Vec<_>>();
        report(
            &asked,
            &counted(ours),
            &counted(bare),
            on_the_way.get(1..).unwrap_or_default(),
        )
    })
    .await
}

struct Asked {
    kind: Kind,
    calls: usize,
    bare_only: bool,
}

impl Asked {
    fn read(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let mut asked = Asked {
            kind: Kind::Chromium,
            calls: 20,
            bare_only: false,
        };
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--firefox" => asked.kind = Kind::Firefox,
                "--bare-only" => asked.bare_only = true,
                "--calls" => asked.calls = args.next().context("--calls N")?.parse()?,
                other => {
                    bail!("unknown argument {other}; there are --calls N, --firefox, --bare-only")
                }
            }
        }
        ensure!(asked.calls > 0, "no calls, nothing to measure");
        Ok(asked)
    }
}

/// A typed room: both people know it without anybody copying a link. Ben's marks, from his click on.
async fn our_call(browser: &Person, page: &str, call: usize) -> Result<Marks> {
    let ana = browser.beside("Ana").await?;
    ana.goto(&format!("{page}?name=Ana#/r/bench-{call}"))
        .await?;
    own_picture(&ana).await?;
    ana.press("Join call").await?;
    ana.find("toolbar", "Call controls").await?;
    let ben = browser.beside("Ben").await?;
    ben.goto(&format!("{page}?name=Ben#/r/bench-{call}"))
        .await?;
    own_picture(&ben).await?;
    ben.press("Join call").await?;
    let marks = until("Ben's first frame", within(30), async || {
        let marks = ben.marks().await?;
        ensure!(marks.contains_key("first-frame"), "only {marks:?}");
        let click = marks
            .get("join-click")
            .copied()
            .context("no mark join-click")?;
        Ok(marks
            .into_iter()
            .map(|(name, at)| (name, at - click))
            .collect())
    })
    .await?;
    ana.close_tab().await?;
    ben.close_tab().await?;
    Ok(marks)
}

async fn bare_call(browser: &Person, page: &str, call: usize) -> Result<f64> {
    let url = format!("{page}bare.html?room={call}");
    let ana = browser.beside("Ana").await?;
    ana.goto(&url).await?;
    own_picture(&ana).await?;
    ana.press("Join call").await?;
    let ben = browser.beside("Ben").await?;
    ben.goto(&url).await?;
    own_picture(&ben).await?;
    ben.press("Join call").await?;
    let took = until("the bare page's first frame", within(30), async || {
        let took: Option<f64> = ben
            .script(
                "return marks['first-frame'] - marks['join-click'] || null",
                vec![],
            )
            .await?;
        took.context("no frame yet")
    })
    .await?;
    ana.close_tab().await?;
    ben.close_tab().await?;
    Ok(took)
}

/// The camera is open and its picture on the screen, in the same way for both.
async fn own_picture(person: &Person) -> Result<()> {
    let script = "return [...document.querySelectorAll('video')].some((v) => v.videoWidth && v.currentTime > 0.3)";
    until("one's own picture", within(20), async || {
        let there: bool = person.script(script, vec![]).await?;
        ensure!(there, "not yet");
        Ok(())
    })
    .await
}

/// The value below which `part` of the sorted samples lie (nearest rank).
fn quantile(samples: &[f64], part: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted
        .get(rank.clamp(1, sorted.len().max(1)) - 1)
        .copied()
        .unwrap_or(f64::NAN)
}

fn report(asked: &Asked, ours: &[f64], bare: &[f64], on_the_way: &[Marks]) -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(
        out,
        "second click on Join call → first remote frame, two tabs of one {}, {} calls each",
        asked.kind, asked.calls
    )?;
    writeln!(
        out,
        "{:<12}{:>12}{:>12}{:>12}",
        "", "median ms", "p95 ms", "least ms"
    )?;
    let mut columns = serde_json::Map::new();
    for (name, samples) in [("duologue", ours), ("bare page", bare)] {
        if samples.is_empty() {
            continue;
        }
        let (median, p95, least) = (
            quantile(samples, 0.5),
            quantile(samples, 0.95),
            quantile(samples, 0.0),
        );
        writeln!(out, "{name:<12}{median:>12.1}{p95:>12.1}{least:>12.1}")?;
        columns.insert(
            name.replace(' ', "_"),
            json!({ "median_ms": median, "p95_ms": p95, "samples_ms": samples }),
        );
    }
    if !ours.is_empty() {
        let ratio = quantile(ours, 0.5) / quantile(bare, 0.5);
        let verdict = if ratio <= BUDGET { "within" } else { "OVER" };
        writeln!(
            out,
            "ratio of medians {ratio:.3}, {verdict} the budget of {BUDGET}"
        )?;
        let opened: Vec<f64> = on_the_way
            .iter()
            .filter_map(|marks| marks.get("channel-open").copied())
            .collect();
        writeln!(
            out,
            "on the way: channel open after {:.1} ms (median)",
            quantile(&opened, 0.5)
        )?;
        columns.insert("marks_ms".into(), json!(on_the_way));
        columns.insert("ratio".into(), json!(ratio));
        columns.insert("budget".into(), json!(BUDGET));
    }
    columns.insert("browser".into(), json!(asked.kind.to_string()));
    let folder = paths::root().join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let file = match asked.kind {
        Kind::Chromium => folder.join("call.json"),
        Kind::Firefox => folder.join("call-firefox.json"),
    };
    Ok(std::fs::write(
        file,
        serde_json::to_string_pretty(&columns)?,
    )?)
}
