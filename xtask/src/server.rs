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
    let mut cargo = env.cargo();
    cargo.args([
        "build",
        "--package",
        "duologue-server",
        "--bin",
        "duologue",
        "--profile",
        "server",
    ]);
    cargo.env("DUOLOGUE_DIST", env.dist());
    run::run(&mut cargo, "the compiler's message is above")?;

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

fn name() -> String {
    format!("duologue{}", std::env::consts::EXE_SUFFIX)
}
