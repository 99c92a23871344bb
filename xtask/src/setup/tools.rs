//! Build tools that cargo installs, into `target/tools` and not into anybody's home.
//!
//! A tool on PATH is used when its version fits; each version is pinned here or by Cargo.lock.

use std::fs;

use crate::env::{Env, root};
use crate::run::{self, Fail, Outcome, ask};

/// 0.22 needs a newer rustc than this project.
const TRUNK: &str = "0.21.14";
const GECKODRIVER: &str = "0.37.1";

pub fn trunk_missing(env: &Env) -> Option<String> {
    let found = env
        .find(&["trunk"])
        .and_then(|trunk| ask(env.command(trunk).arg("--version")));
    (!found.as_deref().is_some_and(trunk_fits)).then(|| format!("no trunk {TRUNK} on PATH"))
}

/// Any later release of the same line.
fn trunk_fits(version: &str) -> bool {
    let patch = version
        .strip_prefix("trunk 0.21.")
        .and_then(|patch| patch.parse::<u32>().ok());
    patch.is_some_and(|patch| patch >= 14)
}

pub fn install_trunk(env: &Env) -> Outcome {
    // It fetches nothing here: what it would fetch is installed beside it.
    let lean = ["--locked", "--no-default-features"];
    cargo_install(env, &format!("trunk@{TRUNK}"), Speed::Any, &lean)
}

/// The tool and the library speak to each other in a format that changes with every release.
pub fn wasm_bindgen_missing(env: &Env) -> Option<String> {
    let wanted = locked_wasm_bindgen().ok()?;
    let fits = |name: &str| {
        let tool = env.find(&[name])?;
        ask(env.command(tool).arg("--version")).filter(|said| said.ends_with(&format!(" {wanted}")))
    };
    let both = fits("wasm-bindgen").is_some() && fits("wasm-bindgen-test-runner").is_some();
    (!both).then(|| format!("no wasm-bindgen {wanted} on PATH"))
}

pub fn install_wasm_bindgen(env: &Env) -> Outcome {
    // Not `--locked`: its lock file can name crate versions that a registry no longer serves.
    let version = locked_wasm_bindgen()?;
    let what = format!("wasm-bindgen-cli@{version}");
    cargo_install(env, &what, Speed::Some, &[])
}

pub fn geckodriver_missing(env: &Env) -> Option<String> {
    env.find(&["geckodriver"])
        .is_none()
        .then(|| "no geckodriver on PATH".to_owned())
}

pub fn install_geckodriver(env: &Env) -> Outcome {
    let what = format!("geckodriver@{GECKODRIVER}");
    cargo_install(env, &what, Speed::Any, &[])
}

/// What a tool's own speed is worth: they work for seconds and take minutes to build.
#[derive(Clone, Copy)]
enum Speed {
    Any,
    /// A wasm module of fifty megabytes goes through it.
    Some,
}

fn cargo_install(env: &Env, what: &str, speed: Speed, more: &[&str]) -> Outcome {
    let mut command = env.cargo();
    let level = match speed {
        Speed::Any => "0",
        Speed::Some => "1",
    };
    for (setting, value) in [
        ("OPT_LEVEL", level),
        ("LTO", "off"),
        ("CODEGEN_UNITS", "16"),
    ] {
        command.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
    }
    command
        .args(["install", "--quiet", "--force", what, "--root"])
        .arg(env.tools())
        .args(more);
    run::run(
        &mut command,
        "cargo's message is above; mostly the network or a missing C compiler",
    )
}

/// The version in Cargo.lock.
fn locked_wasm_bindgen() -> Outcome<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    locked(&lock, "wasm-bindgen").ok_or_else(|| {
        Fail::new(
            "Cargo.lock names no wasm-bindgen",
            "restore Cargo.lock from git",
        )
    })
}

fn locked(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    lines.find(|line| *line == name)?;
    Some(
        lines
            .next()?
            .strip_prefix("version = \"")?
            .strip_suffix('"')?
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_patch_of_trunk_is_as_good() {
        assert!(trunk_fits("trunk 0.21.14"));
        assert!(trunk_fits("trunk 0.21.20"));
        assert!(!trunk_fits("trunk 0.21.9"));
        assert!(!trunk_fits("trunk 0.22.1"));
    }

    #[test]
    fn the_lock_is_read_by_exact_name() {
        let lock = "name = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\
                    name = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked(lock, "leptos"), None);
    }

    #[test]
    fn trunk_is_told_the_wasm_bindgen_of_the_lock_file() {
        let trunk = fs::read_to_string(root().join("Trunk.toml")).unwrap();
        let wanted = format!("wasm_bindgen = \"{}\"", locked_wasm_bindgen().unwrap());
        assert!(trunk.contains(&wanted), "Trunk.toml should say {wanted}");
    }
}
