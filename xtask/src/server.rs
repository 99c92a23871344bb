//! The one-file server, with the bundle inside.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use crate::env::Env;
use crate::run::{self, Outcome, took};

/// Builds it around the bundle in `dist/`; answers with its path.
pub fn build(env: &Env) -> Outcome<PathBuf> {
    let started = Instant::now();
    eprintln!("server: building; usually takes 2 min the first time");
    compile(env, &["--profile", "server"])?;

    // Where people look for it. Renamed into place, for the old one may be running.
    let built = env.target_dir().join("server").join(name());
    let place = env.root().join("target/release").join(name());
    let fresh = place.with_extension("fresh");
    fs::create_dir_all(env.root().join("target/release"))?;
    fs::copy(built, &fresh)?;
    fs::rename(fresh, &place)?;
    eprintln!("server: {} is ready ({})", place.display(), took(started));
    Ok(place)
}

/// The same for tests: every sum is looked after, and most of it has been compiled for its own tests.
pub fn build_checked(env: &Env) -> Outcome<PathBuf> {
    compile(env, &[])?;
    Ok(env.target_dir().join("debug").join(name()))
}

fn compile(env: &Env, how: &[&str]) -> Outcome {
    let mut cargo = env.cargo();
    cargo.args(["build", "--package", "duologue-server", "--bin", "duologue"]);
    cargo.args(how).env("DUOLOGUE_DIST", env.dist());
    run::run(&mut cargo, "the compiler's message is above")
}

fn name() -> String {
    format!("duologue{}", std::env::consts::EXE_SUFFIX)
}
