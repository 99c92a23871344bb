//! One, two and three nodes beside NATS: how much later a message is whose sender and addressee are on
//! different nodes, and how many a second go through.

use crate::{
    contestants::start_ours,
    crowd::Crowd,
    dialect::Dialect,
    figures,
    flow::{Flow, Wait},
    process::{Process, free_port},
    say,
};
use anyhow::Result;
use serde_json::json;
use std::{net::SocketAddr, path::Path, time::Duration};

const NODES: [usize; 3] = [1, 2, 3];
/// Neighbours in number are partners, and neighbours are on different nodes: every message crosses over.
const TALKERS: u32 = 1_000;
const RATES: [u32; 5] = [1_000, 5_000, 10_000, 20_000, 30_000];
/// Later than this, and the nodes cannot keep up.
const BEARABLE_MS: f64 = 50.0;

pub async fn run(nats: &Path, quick: bool) -> Result<()> {
    let lasts = Duration::from_secs(if quick { 2 } else { 5 });
    let folder = tempfile::tempdir()?;
    let port = free_port()?;
    let args = [
        "--addr",
        "127.0.0.1",
        "--port",
        &port.to_string(),
        "--jetstream",
        "--store_dir",
    ];
    let mut args: Vec<String> = args.iter().map(|it| (*it).to_owned()).collect();
    args.push(folder.path().display().to_string());
    let broker = Process::start(nats, &args, port, Path::new("/")).await?;
    let cluster = format!("nats://{}", broker.at());
    let mut rows = Vec::new();
    for count in NODES {
        let mut nodes = Vec::new();
        for _ in 0..count {
            nodes.push(start_ours(&["--cluster", &cluster]).await?);
        }
        let at: Vec<SocketAddr> = nodes.iter().map(Process::at).collect();
        let mut crowd = Crowd::join(Dialect::Duologue, &at, 0, TALKERS).await?;
        let measured: Vec<&Process> = nodes.iter().chain([&broker]).collect();
        let mut rates = Vec::new();
        for rate in RATES {
            let flow = Flow {
                rate,
                lasts,
                wait: Wait::Spin,
            };
            let report = flow.run(&mut crowd, &measured).await?;
            say(&format!(
                "{count} nodes, {rate}/s: p50 {:.2} ms, p99 {:.2} ms, {:.1} µs each with NATS, {} lost",
                report.late(0.5),
                report.late(0.99),
                report.cpu,
                report.lost
            ))?;
            rates.push(report.json());
            if report.lost > 0 || report.closed > 0 || report.late(0.99) > BEARABLE_MS {
                break;
            }
        }
        rows.push(json!({ "nodes": count, "rates": rates }));
    }
    figures(
        "signal-cluster",
        &json!({ "talkers": TALKERS, "rows": rows }),
    )
}
