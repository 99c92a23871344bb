//! What the signalling server bears, measured from outside: a table beside other servers, ten thousand
//! idle people while others talk, people who mean harm, several nodes. `cargo xtask bench signal` builds
//! what it needs and runs it. Linux only: it reads /proc and keeps processes to processors.

mod attack;
mod client;
mod cluster;
mod contestants;
mod crowd;
mod dialect;
mod flow;
mod heard;
mod hostile;
mod process;
mod soak;
mod table;

use anyhow::{Result, bail};
use serde_json::Value;
use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Ten thousand clients have a socket each, at both ends.
const FILES: u64 = 20_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    rlimit::increase_nofile_limit(FILES)?;
    process::keep_apart();
    let words: Vec<String> = env::args().skip(1).collect();
    let quick = words.iter().any(|it| it == "--quick");
    let words: Vec<String> = words.into_iter().filter(|it| it != "--quick").collect();
    match words.split_first() {
        Some((mode, [])) if mode == "soak" => soak::run(quick).await,
        Some((mode, [])) if mode == "hostile" => hostile::run(quick).await,
        Some((mode, more)) if mode == "cluster" => match more {
            [] => cluster::run(Path::new("nats-server"), quick).await,
            [flag, nats] if flag == "--nats" => cluster::run(Path::new(nats), quick).await,
            _ => bail!("cluster takes --nats FILE, where nats-server is, and nothing else"),
        },
        Some((mode, only)) if mode == "table" => {
            let plan = if quick { &table::QUICK } else { &table::FULL };
            table::run(plan, only).await
        }
        _ => bail!(
            "say table [SERVER …], soak, hostile or cluster, and --quick if there is little time"
        ),
    }
}

pub fn say(line: &str) -> Result<()> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// Keeps them in target/bench.
pub fn figures(name: &str, figures: &Value) -> Result<()> {
    let folder =
        env::var_os("DUOLOGUE_BENCH").map_or_else(|| PathBuf::from("target/bench"), PathBuf::from);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(
        folder.join(format!("{name}.json")),
        format!("{figures:#}\n"),
    )?)
}
