//! wasm-opt from npm: Debian's is too old for what rustc writes today.
//!
//! It only makes the bundle smaller, so a machine where it cannot be had builds without it and
//! is told so.

use std::fs;
use std::path::{Path, PathBuf};

use super::packages;
use crate::env::Env;
use crate::run::{self, Outcome, ask, find};

/// The version that Trunk.toml pins.
const VERSION: &str = "132";
/// Stands in for wasm-opt: answers for its version and copies its input.
const STAND_IN: &str = r#"#!/bin/sh
# Written by `cargo xtask setup` because wasm-opt could not be installed: copies its input.
for word; do
  case $word in
    --version) echo "wasm-opt version 132 (stand-in)"; exit ;;
    --output=*) output=${word#--output=} ;;
    -*) ;;
    *) input=$word ;;
  esac
done
exec cp "$input" "$output"
"#;

pub fn missing(env: &Env) -> Option<String> {
    let npm_can = find("npm", None).is_some();
    let usable = installed_by_npm(env)
        || (stand_in(env).exists() && !npm_can)
        || tried(env).exists()
        || on_path(env);
    (!usable).then(|| format!("no wasm-opt {VERSION} on PATH"))
}

pub fn install(env: &Env) -> Outcome {
    match install_from_npm(env) {
        Ok(()) => {
            let _ = fs::remove_dir_all(env.tools().join("fallback"));
            Ok(())
        }
        Err(fail) => {
            eprintln!("{fail}");
            eprintln!("setup: going on without wasm-opt: the page will be up to a third larger");
            write_stand_in(env)
        }
    }
}

fn install_from_npm(env: &Env) -> Outcome {
    if find("npm", None).is_none() {
        packages::install(&["nodejs", "npm"])?;
    }
    let mut npm = env.command("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]);
    npm.arg(env.tools().join("npm"))
        .arg(format!("binaryen@{VERSION}.0.0"));
    npm.stdout(std::io::stderr());
    run::run(&mut npm, "npm's message is above; mostly the network")?;
    let tool = npm_tool(env);
    match ask(env.command(&tool).arg("--version")) {
        Some(_) => Ok(()),
        None => {
            fs::remove_dir_all(env.tools().join("npm"))?;
            Err(run::Fail::new(
                "wasm-opt does not run here",
                "is node older than 18?",
            ))
        }
    }
}

/// By its manifest: asking the tool itself takes node a third of a second.
fn installed_by_npm(env: &Env) -> bool {
    let manifest = env.tools().join("npm/node_modules/binaryen/package.json");
    let version = format!("\"version\": \"{VERSION}.");
    fs::read_to_string(manifest).is_ok_and(|text| text.contains(&version))
        && npm_tool(env).exists()
        && find("node", None).is_some()
}

fn on_path(env: &Env) -> bool {
    let found = env
        .find(&["wasm-opt"])
        .filter(|tool| *tool != stand_in(env));
    found
        .and_then(|tool| ask(env.command(tool).arg("--version")))
        .is_some_and(|said| said.starts_with(&format!("wasm-opt version {VERSION}")))
}

fn npm_tool(env: &Env) -> PathBuf {
    env.tools().join("npm/node_modules/.bin/wasm-opt")
}

fn stand_in(env: &Env) -> PathBuf {
    env.tools().join("fallback/wasm-opt")
}

/// Left when npm was there and failed, so that not every run tries again; `rm -r` the folder to.
fn tried(env: &Env) -> PathBuf {
    env.tools().join("fallback/npm-failed")
}

fn write_stand_in(env: &Env) -> Outcome {
    let path = stand_in(env);
    write_script(&path, STAND_IN)?;
    if find("npm", None).is_some() {
        fs::write(tried(env), "")?;
    }
    Ok(())
}

/// Writes an executable.
pub fn write_script(path: &Path, text: &str) -> Outcome {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}
