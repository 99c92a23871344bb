//! Benchmarks: `bundle` weighs the first load, `call` times a call in a real browser, `people` says what
//! it costs to be seen by one, three and seven others, `files` how fast files go beside other means,
//! `names` what five thousand people signed in cost a server, and the browser that lists them, `signal` what
//! the signalling server bears beside others (see `signal.rs`).
//!
//! Each prints a table and writes `target/bench/NAME.json`. A budget is never raised to pass.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::env::Env;
use crate::run::{self, Fail, Outcome};
use crate::setup::{self, Need};
use crate::{bundle, server, signal, test};

/// Brotli bytes, the binding one first; 1 kB is 1000 bytes.
const BUDGETS: &[(u64, &str)] = &[
    (219_000, "LiveKit's React stack"),
    (167_000, "MiroTalk's own files"),
    (150_000, "a calling skeleton"),
    (130_000, "livekit-client alone"),
];

/// Whose figures stand beside ours, and the server that one of them needs.
const RIVALS: [&str; 3] = ["simple-peer@9.11.1", "peerjs@1.5.5", "peer@1.0.2"];

pub fn run(name: Option<&str>, more: &[String]) -> Outcome {
    if !more.is_empty() && name != Some("signal") {
        return Err(Fail::new("only `bench signal` takes more words", ""));
    }
    match name {
        None => {
            weigh_bundle()?;
            in_browsers("bench-call")?;
            in_browsers("bench-people")
        }
        Some("bundle") => weigh_bundle(),
        // They drive browsers, and live with the end-to-end tests.
        Some("call") => in_browsers("bench-call"),
        Some("people") => in_browsers("bench-people"),
        Some("files") => {
            transfers()?;
            in_browsers("bench-files")
        }
        Some("names") => {
            crowd()?;
            in_browsers("bench-names")
        }
        Some("signal") => signal::run(more),
        Some(other) => Err(Fail::new(
            format!("there is no benchmark `{other}`"),
            "there are: bundle, call, people, files, names, signal",
        )),
    }
}

fn crowd() -> Outcome {
    let env = setup::run(Need::Serve)?;
    let mut cargo = env.cargo();
    cargo.args(["run", "--quiet", "--profile", "server"]);
    cargo.args([
        "--package",
        "duologue-server",
        "--example",
        "names",
        "--",
        "5000",
    ]);
    cargo.arg(file_for(&env, "names")?);
    run::run(&mut cargo, "what went wrong is above")
}

/// What others send files by.
fn transfers() -> Outcome {
    let env = setup::run(Need::Everything)?;
    let folder = env.tools().join("bench");
    if folder.join("node_modules/peer").exists() {
        return Ok(());
    }
    let mut npm = env.command("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]);
    npm.arg(folder).args(RIVALS);
    npm.stdout(std::io::stderr());
    run::run(&mut npm, "npm's message is above; mostly the network")
}

/// One file of the bundle, in bytes.
struct Weight {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
    /// Fetched before a call can start.
    first: bool,
}

fn weigh_bundle() -> Outcome {
    let env = setup::run(Need::Serve)?;
    bundle::build(&env)?;
    let mut weights = weigh(&env.dist())?;
    weights.sort_by_key(|file| (!file.first, std::cmp::Reverse(file.brotli)));
    let total = weights
        .iter()
        .filter(|file| file.first)
        .map(|file| file.brotli)
        .sum();

    println!(
        "{:<44} {:>9} {:>9} {:>9}",
        "first load, bytes", "raw", "gzip", "brotli"
    );
    weights.iter().filter(|file| file.first).for_each(print);
    println!("{:<44} {:>9} {:>9} {total:>9}", "together", "", "");
    if weights.iter().any(|file| !file.first) {
        println!("\nloaded when needed");
        weights.iter().filter(|file| !file.first).for_each(print);
    }
    println!();
    for (budget, name) in BUDGETS {
        let verdict = if total <= *budget { "within" } else { "over" };
        println!("{verdict:>6} {:>3} kB  {name}", budget / 1000);
    }
    write_results(&env, &weights, total)?;
    let (binding, name) = BUDGETS[0];
    if total <= binding {
        return Ok(());
    }
    Err(Fail::new(
        format!("the first load is {total} bytes, over the budget of {binding} ({name})"),
        "find what grew; load it when it is needed",
    ))
}

fn print(file: &Weight) {
    println!(
        "{:<44} {:>9} {:>9} {:>9}",
        file.name, file.raw, file.gzip, file.brotli
    );
}

/// What index.html names is fetched at once; Trunk lists every module there, imported ones too.
fn weigh(dist: &Path) -> Outcome<Vec<Weight>> {
    let html = fs::read_to_string(dist.join("index.html"))?;
    let mut weights = Vec::new();
    for file in bundle::files(dist)? {
        let name = file
            .strip_prefix(dist)
            .unwrap_or(&file)
            .to_string_lossy()
            .into_owned();
        let size = |path: &Path| path.metadata().map(|meta| meta.len());
        weights.push(Weight {
            first: name == "index.html" || html.contains(&name),
            raw: size(&file)?,
            gzip: size(&bundle::beside(&file, "gz"))?,
            brotli: size(&bundle::beside(&file, "br"))?,
            name,
        });
    }
    Ok(weights)
}

fn write_results(env: &Env, weights: &[Weight], total: u64) -> Outcome {
    let files: Vec<_> = weights
        .iter()
        .map(|file| {
            let when = if file.first { "first" } else { "needed" };
            json!({ "file": file.name, "when": when, "raw": file.raw, "gzip": file.gzip, "brotli": file.brotli })
        })
        .collect();
    let budgets: Vec<_> = BUDGETS
        .iter()
        .map(|(bytes, name)| json!({ "bytes": bytes, "name": name, "kept": total <= *bytes }))
        .collect();
    let results = json!({ "first_load_brotli": total, "files": files, "budgets": budgets });
    fs::write(file_for(env, "bundle")?, format!("{results:#}\n"))?;
    Ok(())
}

/// Where the figures of a benchmark go.
fn file_for(env: &Env, name: &str) -> Result<PathBuf, Fail> {
    let folder = env.root().join("target/bench");
    fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("{name}.json")))
}

/// Runs a program of the e2e package on a fresh bundle and server.
pub fn in_browsers(program: &str) -> Outcome {
    let env = setup::run(Need::Everything)?;
    bundle::build(&env)?;
    let binary = server::build(&env)?;
    fs::create_dir_all(env.root().join("target/bench"))?;
    play(&env, &binary, program)
}

/// Runs a program of the e2e package on a server that is there.
pub fn play(env: &Env, binary: &Path, program: &str) -> Outcome {
    let mut cargo = test::with_browsers(env, env.cargo())?;
    // Optimised: the delays that it makes are to be no longer than meant.
    cargo.args(["run", "--profile", "server"]);
    cargo.args(["--package", "duologue-e2e", "--bin", program]);
    run::run(
        cargo.env("DUOLOGUE_BIN", binary),
        "the benchmark's message is above",
    )
}
