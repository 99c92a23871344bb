//! From a bare machine to one that can build and test: a list of steps, each skipped when its
//! result is there already.
//!
//! Owns the order and what is said about it; how each thing is installed is in the files beside.

pub mod axe;
pub mod lean_std;
mod packages;
mod plain_trunk;
mod rust;
mod tools;
mod wasm_opt;

use std::time::Instant;

use crate::env::Env;
use crate::run::{Fail, Outcome, took};

/// How much has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// What building and running the application takes.
    Serve,
    /// That, and browsers with their drivers.
    Everything,
}

struct Step {
    name: &'static str,
    /// On two cores.
    takes: &'static str,
    need: Need,
    /// Why it has to be done; `None` when it is done.
    missing: fn(&Env) -> Option<String>,
    make: fn(&Env) -> Outcome,
}

const STEPS: &[Step] = &[
    Step {
        name: "std's sources",
        takes: "10 s",
        need: Need::Serve,
        missing: lean_std::missing,
        make: lean_std::install,
    },
    Step {
        name: "wasm-bindgen",
        takes: "3 min",
        need: Need::Serve,
        missing: tools::wasm_bindgen_missing,
        make: tools::install_wasm_bindgen,
    },
    Step {
        name: "wasm-opt",
        takes: "10 s",
        need: Need::Serve,
        missing: wasm_opt::missing,
        make: wasm_opt::install,
    },
    Step {
        name: "trunk",
        takes: "5 min",
        need: Need::Serve,
        missing: tools::trunk_missing,
        make: tools::install_trunk,
    },
    Step {
        name: "plain `trunk serve`",
        takes: "an instant",
        need: Need::Serve,
        missing: plain_trunk::missing,
        make: plain_trunk::install,
    },
    Step {
        name: "browsers",
        takes: "1 min",
        need: Need::Everything,
        missing: packages::browsers_missing,
        make: packages::install_browsers,
    },
    Step {
        name: "geckodriver",
        takes: "2 min",
        need: Need::Everything,
        missing: tools::geckodriver_missing,
        make: tools::install_geckodriver,
    },
    Step {
        name: "axe-core",
        takes: "5 s",
        need: Need::Everything,
        missing: axe::missing,
        make: axe::install,
    },
];

/// Installs what `need` lacks and says so; silent when nothing does.
pub fn run(need: Need) -> Outcome<Env> {
    let started = Instant::now();
    let mut done = 0;
    let env = match Env::detect() {
        Some(env) => env,
        None => {
            done += 1;
            rust::install()?
        }
    };
    for step in steps(need) {
        let Some(why) = (step.missing)(&env) else {
            continue;
        };
        eprintln!("setup: {}: {why}; usually takes {}", step.name, step.takes);
        let step_started = Instant::now();
        (step.make)(&env)?;
        if let Some(why) = (step.missing)(&env) {
            return Err(Fail::new(
                format!("{} was installed and is still not usable: {why}", step.name),
                "run `cargo xtask setup --check` to see what is there",
            ));
        }
        eprintln!("setup: {}: done in {}", step.name, took(step_started));
        done += 1;
    }
    if done > 0 || need == Need::Everything {
        eprintln!("setup: everything is in place ({})", took(started));
    }
    Ok(env)
}

/// Changes nothing; says what is missing.
pub fn check() -> Outcome {
    let env = Env::detect();
    let mut missing = Vec::new();
    if env.is_none() {
        missing.push(format!("wasm compiler: {}", rust::WHY));
    }
    // Without a compiler the other answers do not depend on which one it will be.
    let env = env.unwrap_or_else(|| Env::new(crate::env::Route::Default));
    for step in steps(Need::Everything) {
        if let Some(why) = (step.missing)(&env) {
            missing.push(format!("{}: {why}", step.name));
        }
    }
    if missing.is_empty() {
        println!("everything is in place");
        return Ok(());
    }
    for line in &missing {
        println!("missing: {line}");
    }
    Err(Fail::new(
        format!(
            "{} of the things that building and testing take are missing",
            missing.len()
        ),
        "run `cargo xtask setup`",
    ))
}

fn steps(need: Need) -> impl Iterator<Item = &'static Step> {
    STEPS
        .iter()
        .filter(move |step| step.need == Need::Serve || need == Need::Everything)
}
