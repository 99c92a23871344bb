//! Makes `trunk serve`, typed as everyone types it, work after set-up.
//!
//! trunk and its tools live in the checkout, and wasm may need another toolchain. A small script
//! beside cargo finds the checkout one stands in and starts its trunk with the right environment.
//! A trunk that the person installed is never touched.

use std::fs;
use std::path::PathBuf;

use super::wasm_opt::write_script;
use crate::env::{DISTRO, Env, Route};
use crate::run::{Outcome, find};

const SCRIPT: &str = r#"#!/bin/sh
# Written by duologue's `cargo xtask setup`: starts the trunk of the checkout one stands in.
folder=$PWD
while [ -n "$folder" ]; do
  if [ -f "$folder/target/tools/trunk-env.sh" ]; then
    . "$folder/target/tools/trunk-env.sh"
    exec "$folder/target/tools/bin/trunk" "$@"
  fi
  folder=${folder%/*}
done
echo "trunk: not inside a checkout that \`cargo xtask setup\` has set up" >&2
exit 127
"#;

pub fn missing(env: &Env) -> Option<String> {
    if fs::read_to_string(settings_path(env)).ok() != Some(settings(env)) {
        return Some("its settings are not written yet".to_owned());
    }
    let script = script_path(env)?;
    let found = find("trunk", None);
    let ours = fs::read_to_string(&script).is_ok_and(|text| text == SCRIPT);
    // A script of this name from another version of the project is replaced, a program is not.
    let foreign =
        found.is_some() && !fs::read_to_string(&script).is_ok_and(|text| text.contains("duologue"));
    (!ours && !foreign).then(|| "no trunk on PATH".to_owned())
}

pub fn install(env: &Env) -> Outcome {
    fs::create_dir_all(env.tools())?;
    fs::write(settings_path(env), settings(env))?;
    if missing(env).is_none() {
        if env.route == Route::Distro && find("trunk", None) != script_path(env) {
            eprintln!("setup: before using your own trunk: . target/tools/trunk-env.sh");
        }
        return Ok(());
    }
    let Some(script) = script_path(env) else {
        return Ok(());
    };
    write_script(&script, SCRIPT)?;
    eprintln!(
        "setup: wrote {}: starts this checkout's trunk",
        script.display()
    );
    Ok(())
}

/// Beside cargo, which is on PATH; `None` when this checkout's trunk is not its own, or when
/// that folder belongs to the system.
fn script_path(env: &Env) -> Option<PathBuf> {
    if !env.tools().join("bin/trunk").exists() {
        return None;
    }
    let folder = find("rustup", None)?.parent()?.to_path_buf();
    (!folder.starts_with("/usr")).then(|| folder.join("trunk"))
}

fn settings_path(env: &Env) -> PathBuf {
    env.tools().join("trunk-env.sh")
}

fn settings(env: &Env) -> String {
    let tools = env.tools();
    let tools = tools.display();
    let mut text = format!(
        "# Written by `cargo xtask setup`: what trunk needs in this checkout.\n\
         export PATH=\"{tools}/bin:{tools}/npm/node_modules/.bin:{tools}/fallback:$PATH\"\n\
         # trunk 0.21 takes only `true` or `false` here and stops at anything else.\n\
         unset NO_COLOR\n"
    );
    if let Some(target) = env.wasm_target_dir() {
        text += &format!("export RUSTUP_TOOLCHAIN={DISTRO}\n");
        text += &format!("export CARGO_TARGET_DIR=\"{}\"\n", target.display());
    }
    text
}
