//! Two hundred pairs talk calmly while others mean harm. Said of each attack: how late the honest were,
//! whether they lost anything, the server's memory, what the server answered, and what it wrote to stderr.

use crate::{
    attack::{Attack, Target},
    contestants::start_ours,
    crowd::Crowd,
    dialect::Dialect,
    figures,
    flow::{Flow, Report, Wait},
    process::Process,
    say,
};
use anyhow::{Context, Result, ensure};
use nix::unistd::gettid;
use serde_json::json;
use std::{
    process::{Command, Stdio},
    thread,
    time::Duration,
};
use tokio::{
    runtime::Builder,
    sync::oneshot,
    time::{interval, sleep},
};

/// Clients, in pairs.
const HONEST: u32 = 400;
/// A second, of all of them.
const CALM_RATE: u32 = 2_000;
/// An attack may make them so much later.
const WORSE: f64 = 2.0;
const BREATHER: Duration = Duration::from_secs(1);

pub async fn run(quick: bool) -> Result<()> {
    let lasts = Duration::from_secs(if quick { 5 } else { 14 });
    let server = start_ours(&[]).await?;
    let mut honest = Crowd::join(Dialect::Duologue, &[server.at()], 0, HONEST).await?;
    let flow = Flow {
        rate: CALM_RATE,
        lasts,
        wait: Wait::Sleep,
    };
    // Attackers share a processor with the honest, who would have one of their own elsewhere.
    first_in_line(true)?;
    let (calm, memory) = watched(flow, &mut honest, &server).await?;
    say(&format!(
        "{:<24}{:>8}{:>9}{:>9}{:>7}{:>7}  answers",
        "attack", "p50 ms", "p99 ms", "p99.9", "lost", "MiB"
    ))?;
    let line = |name: &str, report: &Report, memory: u64, answers: &str| {
        say(&format!(
            "{name:<24}{:>8.2}{:>9.2}{:>9.2}{:>7}{:>7.1}  {answers}",
            report.late(0.5),
            report.late(0.99),
            report.late(0.999),
            report.lost + report.closed,
            memory as f64 / 1024.0
        ))
    };
    line("none", &calm, memory, "")?;
    let mut rows = vec![row("none", &calm, memory, "", 0)];
    let mut worse = Vec::new();
    for attack in Attack::ALL {
        let said = server.said();
        let target = Target::new(server.at());
        let ended = begin(attack, target.clone());
        let (report, memory) = watched(flow, &mut honest, &server).await?;
        target.stop();
        ended.await.ok();
        let answers = target.answers();
        let name = attack.name();
        line(name, &report, memory, &answers)?;
        rows.push(row(name, &report, memory, &answers, server.said() - said));
        if report.late(0.99) > calm.late(0.99) * WORSE || report.lost + report.closed > 0 {
            worse.push(name);
        }
        sleep(BREATHER).await;
    }
    let after = server.resident()?;
    say(&format!(
        "afterwards {:.1} MiB; {} bytes on stderr in all",
        after as f64 / 1024.0,
        server.said()
    ))?;
    figures(
        "signal-hostile",
        &json!({ "honest": HONEST, "per_second": CALM_RATE, "rows": rows, "resident_kib_after": after }),
    )?;
    ensure!(
        worse.is_empty(),
        "more than {WORSE} times as late as when it was calm, or lost: {}",
        worse.join(", ")
    );
    Ok(())
}

fn row(name: &str, report: &Report, memory: u64, answers: &str, said: u64) -> serde_json::Value {
    let mut row = report.json();
    row["attack"] = name.into();
    row["closed"] = report.closed.into();
    row["strange"] = report.strange.into();
    row["most_resident_kib"] = memory.into();
    row["answers"] = answers.into();
    row["stderr_bytes"] = said.into();
    row
}

/// The honest talk; with the most memory that the server had meanwhile, in KiB.
async fn watched(flow: Flow, honest: &mut Crowd, server: &Process) -> Result<(Report, u64)> {
    let mut most = 0;
    let watch = async {
        let mut ticks = interval(Duration::from_millis(200));
        loop {
            ticks.tick().await;
            most = server.resident()?.max(most);
        }
    };
    let measured = [server];
    let report = tokio::select! {
        report = flow.run(honest, &measured) => report?,
        failed = watch => return failed,
    };
    Ok((report, most))
}

/// On a thread of its own, which comes after everything else that wants the processor.
fn begin(attack: Attack, target: Target) -> oneshot::Receiver<()> {
    let (ends, ended) = oneshot::channel();
    thread::spawn(move || {
        first_in_line(false).ok();
        if let Ok(runtime) = Builder::new_current_thread().enable_all().build() {
            runtime.block_on(attack.run(&target));
        }
        ends.send(()).ok();
    });
    ended
}

/// This thread, and those that it starts. Needs a privilege; the figures are worthless without it.
fn first_in_line(yes: bool) -> Result<()> {
    let thread = gettid().to_string();
    let how: &[&str] = if yes {
        &["--fifo", "--pid", "10"]
    } else {
        &["--other", "--pid", "0"]
    };
    let status = Command::new("chrt")
        .args(how)
        .arg(thread)
        .stdout(Stdio::null())
        .status();
    ensure!(
        status.context("no `chrt`")?.success(),
        "`chrt` may not change who comes first: run it as root"
    );
    Ok(())
}
