//! Ten rounds of thirty thousand messages a second over ten thousand people who are only there. Nothing
//! may be lost or change places, and memory may not grow from round to round.

use crate::{
    contestants::start_ours,
    crowd::Crowd,
    dialect::Dialect,
    figures,
    flow::{Flow, Wait},
    say,
};
use anyhow::{Result, ensure};
use serde_json::json;
use std::time::Duration;

const IDLE: u32 = 10_000;
const TALKERS: u32 = 2_000;
const RATE: u32 = 30_000;
const ROUNDS: u32 = 10;

pub async fn run(quick: bool) -> Result<()> {
    let lasts = Duration::from_secs(if quick { 10 } else { 60 });
    let server = start_ours(&[]).await?;
    let idle = Crowd::join(Dialect::Duologue, &[server.at()], 0, IDLE).await?;
    let mut talkers = Crowd::join(Dialect::Duologue, &[server.at()], IDLE, TALKERS).await?;
    let flow = Flow {
        rate: RATE,
        lasts,
        wait: Wait::Spin,
    };
    say(&format!(
        "{IDLE} idle, {TALKERS} talk, {RATE} messages/s for {lasts:?} a round"
    ))?;
    let mut rounds = Vec::new();
    for round in 1..=ROUNDS {
        let report = flow.run(&mut talkers, &[&server]).await?;
        let memory = server.resident()?;
        say(&format!(
            "round {round:>2}: {} sent, {} lost, {} out of order, p99 {:.2} ms, {:.1} µs each, {memory} KiB",
            report.sent,
            report.lost,
            report.disordered,
            report.late(0.99),
            report.cpu
        ))?;
        let mut row = report.json();
        row["resident_kib"] = memory.into();
        rounds.push(row);
        let gone = report.closed + idle.heard().closed;
        ensure!(gone == 0, "{gone} connections were closed");
        ensure!(report.lost == 0, "messages were lost");
        ensure!(report.disordered == 0, "messages changed places");
    }
    figures(
        "signal-soak",
        &json!({ "idle": IDLE, "talkers": TALKERS, "rounds": rounds }),
    )
}
