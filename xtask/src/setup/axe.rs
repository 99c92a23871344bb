//! axe-core from npm: the end-to-end tests have it look for what keeps people from using a screen.

use std::path::PathBuf;

use super::packages;
use crate::env::Env;
use crate::run::{self, Outcome, find};

const VERSION: &str = "4.14.1";

pub fn missing(env: &Env) -> Option<String> {
    let manifest = folder(env).join("node_modules/axe-core/package.json");
    let version = format!("\"version\": \"{VERSION}\"");
    let there = std::fs::read_to_string(manifest).is_ok_and(|text| text.contains(&version));
    (!there).then(|| format!("no axe-core {VERSION}"))
}

pub fn install(env: &Env) -> Outcome {
    if find("npm", None).is_none() {
        packages::install(&["nodejs", "npm"])?;
    }
    let mut npm = env.command("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]);
    npm.arg(folder(env)).arg(format!("axe-core@{VERSION}"));
    npm.stdout(std::io::stderr());
    run::run(&mut npm, "npm's message is above; mostly the network")
}

/// The script that tests put into a page.
pub fn script(env: &Env) -> PathBuf {
    folder(env).join("node_modules/axe-core/axe.min.js")
}

fn folder(env: &Env) -> PathBuf {
    env.tools().join("axe")
}
