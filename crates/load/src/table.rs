//! Memory, processor, lateness and joins: our server beside others, each alone on a processor.

use crate::{
    contestants::Contestant,
    crowd::Crowd,
    figures,
    flow::{Flow, Report, Wait},
    process::Process,
    say,
};
use anyhow::Result;
use serde_json::{Value, json};
use std::time::Duration;

/// Before counting: what the first connections cost once is not theirs.
const WARM_UP: u32 = 20;
/// More percent than that, and lateness is the host's.
const STOLEN: f64 = 1.0;
/// Those who talk.
const TALKERS: u32 = 1_000;

pub struct Plan {
    pub idle: &'static [u32],
    pub rates: &'static [u32],
    pub lasts: Duration,
}

pub const FULL: Plan = Plan {
    idle: &[1_000, 10_000],
    rates: &[1_000, 10_000, 20_000, 30_000],
    lasts: Duration::from_secs(5),
};

pub const QUICK: Plan = Plan {
    idle: &[1_000],
    rates: &[1_000, 20_000],
    lasts: Duration::from_secs(2),
};

/// Those whose names begin with one of `only`, or all.
pub async fn run(plan: &Plan, only: &[String]) -> Result<()> {
    let mut rows = Vec::new();
    for contestant in Contestant::ALL {
        let asked = |it: &String| contestant.name().starts_with(it.as_str());
        if !only.is_empty() && !only.iter().any(asked) {
            continue;
        }
        rows.push(measure(contestant, plan).await?);
    }
    say(&heading(plan))?;
    for row in &rows {
        say(&line(row))?;
    }
    figures(
        "signal",
        &json!({ "payload_bytes": crate::heard::PAYLOAD, "servers": rows }),
    )
}

async fn measure(contestant: Contestant, plan: &Plan) -> Result<Value> {
    say(&format!("… {}", contestant.name()))?;
    let mut idle = Vec::new();
    for count in plan.idle {
        let server = contestant.start().await?;
        let (base, each) = memory(contestant, &server, *count).await?;
        idle.push(json!({ "clients": count, "base_kib": base, "kib_each": each }));
    }
    let server = contestant.start().await?;
    let mut crowd = Crowd::join(contestant.dialect(), &[server.at()], 0, TALKERS).await?;
    let joins = f64::from(TALKERS) / crowd.took.as_secs_f64();
    let mut rates = Vec::new();
    for rate in plan.rates {
        let flow = |lasts| Flow {
            rate: *rate,
            lasts,
            wait: Wait::Spin,
        };
        flow(Duration::from_secs(1))
            .run(&mut crowd, &[&server])
            .await?;
        let report: Report = flow(plan.lasts).run(&mut crowd, &[&server]).await?;
        rates.push(report.json());
        if report.stolen_percent > STOLEN {
            say(&format!(
                "  at {rate}/s this machine's host took {:.0} % of its time",
                report.stolen_percent
            ))?;
        }
        if report.closed > 0 {
            say(&format!(
                "  {} connections closed at {rate}/s",
                report.closed
            ))?;
            break;
        }
    }
    Ok(json!({
        "server": contestant.name(), "idle": idle, "joins_per_second": joins, "rates": rates,
    }))
}

/// Of the server without anybody, and for each who is there and says nothing; in KiB.
async fn memory(contestant: Contestant, server: &Process, count: u32) -> Result<(u64, f64)> {
    let dialect = contestant.dialect();
    let _first = Crowd::join(dialect, &[server.at()], 0, WARM_UP).await?;
    let before = server.resident()?;
    let _others = Crowd::join(dialect, &[server.at()], WARM_UP, count).await?;
    let each = server.resident()?.saturating_sub(before) as f64 / f64::from(count);
    Ok((before, each))
}

fn heading(plan: &Plan) -> String {
    let mut text = format!("{:<22}", "server");
    for count in plan.idle {
        text += &format!("{:>13}", format!("KiB @{count}"));
    }
    text += &format!("{:>9}", "joins/s");
    for rate in plan.rates {
        text += &format!("{:>30}", format!("{rate}/s: µs, p50/p99/p99.9 ms"));
    }
    text
}

fn line(row: &Value) -> String {
    let list = |name: &str| row[name].as_array().cloned().unwrap_or_default();
    let number = |it: &Value| it.as_f64().unwrap_or(f64::NAN);
    let mut text = format!("{:<22}", row["server"].as_str().unwrap_or("?"));
    for idle in list("idle") {
        text += &format!("{:>13.1}", number(&idle["kib_each"]));
    }
    text += &format!("{:>9.0}", number(&row["joins_per_second"]));
    for rate in list("rates") {
        let [cpu, p50, p99, p999] =
            ["cpu_us", "p50_ms", "p99_ms", "p999_ms"].map(|it| number(&rate[it]));
        let lost = rate["lost"].as_u64().unwrap_or(0);
        let lost = if lost > 0 {
            format!(" −{lost}")
        } else {
            String::new()
        };
        text += &format!(
            "{:>30}",
            format!("{cpu:.1}, {p50:.2}/{p99:.2}/{p999:.2}{lost}")
        );
    }
    text
}
