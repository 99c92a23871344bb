//! `bench signal`: builds our server and the program that loads it (`crates/load`), installs the servers it
//! stands beside, and runs it. What is measured, and how, is that program's affair.

use std::fs;
use std::path::Path;

use crate::env::Env;
use crate::run::{self, Outcome};
use crate::setup::{self, Need};
use crate::{bundle, server};

/// Servers that do the same for their clients, and the package that most others are made with.
const NPM: [&str; 3] = ["peer@1.0.2", "socket.io@4.8.4", "ws@8.23.0"];
const MATCHBOX: &str = "0.15.0";

/// `more`: `soak`, `hostile`, `cluster --nats FILE` or nothing, and `--quick`.
pub fn run(more: &[String]) -> Outcome {
    let env = setup::run(Need::Serve)?;
    bundle::build(&env)?;
    let binary = server::build(&env)?;
    let mode = more.iter().find(|word| !word.starts_with('-'));
    let tools = env.tools().join("bench");
    if mode.is_none() {
        install(&env, &tools)?;
    }
    fs::create_dir_all(&tools)?;
    let mut cargo = env.cargo();
    cargo.args(["build", "--quiet", "--profile", "server", "--package"]);
    run::run(
        cargo.arg("duologue-load"),
        "the compiler's message is above",
    )?;
    let mut load = env.command(env.target_dir().join("server/duologue-load"));
    if mode.is_none() {
        load.arg("table");
    }
    load.args(more);
    load.env("DUOLOGUE_BIN", binary);
    load.env("DUOLOGUE_BENCH_TOOLS", tools);
    load.env("DUOLOGUE_BENCH", env.root().join("target/bench"));
    run::run(&mut load, "the benchmark's message is above")
}

fn install(env: &Env, folder: &Path) -> Outcome {
    let there = |package: &str| folder.join("node_modules").join(package).exists();
    if !(there("peer") && there("socket.io") && there("ws")) {
        let mut npm = env.command("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]);
        npm.arg(folder).args(NPM);
        npm.stdout(std::io::stderr());
        run::run(&mut npm, "npm's message is above; mostly the network")?;
    }
    if folder.join("bin/matchbox_server").exists() {
        return Ok(());
    }
    let mut cargo = env.cargo();
    cargo.args(["install", "--quiet", "--locked", "matchbox_server"]);
    cargo.args(["--version", MATCHBOX, "--root"]).arg(folder);
    run::run(&mut cargo, "cargo's message is above; mostly the network")
}
