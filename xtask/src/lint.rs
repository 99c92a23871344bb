//! Formatting, clippy and the licences of what is shipped.

use std::time::Instant;

use crate::env::{Env, Route, WASM};
use crate::licences;
use crate::run::{self, Outcome, took};

pub fn run() -> Outcome {
    let env = Env::new(Route::Default);
    let started = Instant::now();
    let mut fmt = env.cargo();
    run::run(
        fmt.args(["fmt", "--all", "--check"]),
        "run `cargo fmt --all`",
    )?;
    licences::check(&env)?;

    // The page type-checks natively too, so this covers the wasm code but for what is written
    // for that target alone.
    let deny = ["--", "--deny", "warnings"];
    let mut host = env.cargo();
    host.args(["clippy", "--workspace", "--all-targets"])
        .args(deny);
    run::run(&mut host, "clippy's message is above")?;
    if Route::Default.works() {
        let mut wasm = env.cargo();
        wasm.args(["clippy", "--all-targets", "--target", WASM]);
        wasm.args(["--package", "duologue-web", "--package", "duologue-qr"]);
        run::run(wasm.args(deny), "clippy's message is above")?;
    } else {
        eprintln!("lint: this toolchain has no {WASM}: wasm code was checked natively only");
    }
    eprintln!("lint: clean ({})", took(started));
    Ok(())
}
