//! Every test, layer by layer. One that fails does not keep the others from running; the
//! runners' own summary lines are held back and come last, where they can be found.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::env::{Env, WASM};
use crate::run::{self, Fail, Outcome, show, took};
use crate::setup::{self, Need, axe};
use crate::{bundle, server};

const LAYERS: &[&str] = &["core", "server", "page", "e2e"];
/// How libtest and wasm-bindgen's runner begin their last line.
const SUMMARY: &str = "test result:";

pub fn run(layer: Option<&str>) -> Outcome {
    let layers = match layer {
        None => LAYERS.to_vec(),
        Some(one) if LAYERS.contains(&one) => vec![one],
        Some(other) => {
            let what = format!("there is no layer `{other}`");
            return Err(Fail::new(what, format!("there are: {}", LAYERS.join(", "))));
        }
    };
    // The first two need nothing but a compiler.
    let native = layers
        .iter()
        .all(|layer| matches!(*layer, "core" | "server"));
    let env = if native {
        Env::new(crate::env::Route::Default)
    } else {
        setup::run(Need::Everything)?
    };
    let started = Instant::now();
    let mut report = Report::default();
    for layer in &layers {
        match *layer {
            "core" => core(&env, &mut report),
            "server" => report.package(&env, "server", "duologue-server"),
            "page" => page(&env, &mut report),
            _ => report.record("e2e", end_to_end(&env)),
        }
    }
    report.close(started)
}

/// The core and whatever else is neither the server nor the page: a new crate is never forgotten.
fn core(env: &Env, report: &mut Report) {
    let mut cargo = env.cargo();
    cargo.args(["test", "--no-fail-fast", "--workspace"]);
    for other in ["duologue-server", "duologue-web", "duologue-e2e"] {
        cargo.args(["--exclude", other]);
    }
    report.record("core", listen_to(&mut cargo));
}

/// Natively what does not need a browser, then in both of them what does.
fn page(env: &Env, report: &mut Report) {
    report.package(env, "page", "duologue-web");
    for (browser, driver) in [("Chromium", "chromedriver"), ("Firefox", "geckodriver")] {
        report.record(&format!("page in {browser}"), browser_tests(env, driver));
    }
}

/// The runner drives whichever browser it is given a driver of.
fn browser_tests(env: &Env, driver: &str) -> Outcome<Ran> {
    let mut cargo = env.wasm("cargo");
    cargo.args([
        "test",
        "--package",
        "duologue-web",
        "--target",
        WASM,
        "--test",
        "browser",
    ]);
    let runner = env.require(&["wasm-bindgen-test-runner"])?;
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    cargo.env_remove("CHROMEDRIVER").env_remove("GECKODRIVER");
    cargo.env(driver.to_uppercase(), env.require(&[driver])?);
    // Real calls are made in there; the default of 20 s is for sums.
    cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "180");
    listen_to(&mut cargo)
}

fn end_to_end(env: &Env) -> Outcome<Ran> {
    bundle::build(env)?;
    let binary = server::build_checked(env)?;
    let mut cargo = with_browsers(env, env.cargo())?;
    cargo.args(["test", "--no-fail-fast", "--package", "duologue-e2e"]);
    cargo.env("DUOLOGUE_BIN", binary);
    listen_to(&mut cargo)
}

/// Tells a program of the e2e package where the bundle, the browsers and their drivers are.
pub fn with_browsers(env: &Env, mut command: Command) -> Outcome<Command> {
    command.env("DUOLOGUE_DIST", env.dist());
    command.env("CHROMEDRIVER", env.require(&["chromedriver"])?);
    command.env("GECKODRIVER", env.require(&["geckodriver"])?);
    let chromium = env.require(&["chromium", "chromium-browser", "google-chrome"])?;
    command.env("CHROMIUM", chromium);
    command.env("AXE", axe::script(env));
    command.env("FIREFOX", env.require(&["firefox-esr", "firefox"])?);
    Ok(command)
}

struct Ran {
    passed: bool,
    summaries: Vec<String>,
}

#[derive(Default)]
struct Report {
    lines: Vec<String>,
    failed: Vec<String>,
}

impl Report {
    fn package(&mut self, env: &Env, name: &str, package: &str) {
        let mut cargo = env.cargo();
        cargo.args(["test", "--no-fail-fast", "--package", package]);
        self.record(name, listen_to(&mut cargo));
    }

    fn record(&mut self, name: &str, ran: Outcome<Ran>) {
        self.lines.push(format!("{name}:"));
        match ran {
            Ok(ran) => {
                if !ran.passed {
                    self.failed.push(name.to_owned());
                }
                if ran.summaries.is_empty() {
                    self.lines.push("no tests were run".to_owned());
                }
                self.lines.extend(ran.summaries);
            }
            Err(fail) => {
                self.lines.push(fail.to_string());
                self.failed.push(name.to_owned());
            }
        }
    }

    fn close(self, started: Instant) -> Outcome {
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        if self.failed.is_empty() {
            eprintln!("all tests passed ({})", took(started));
            return Ok(());
        }
        let what = format!(
            "tests failed in {} ({})",
            self.failed.join(", "),
            took(started)
        );
        Err(Fail::new(
            what,
            "each failure is described above; run one layer: cargo xtask test LAYER",
        ))
    }
}

/// Runs it, passes on what it prints and keeps the summaries.
fn listen_to(command: &mut Command) -> Outcome<Ran> {
    eprintln!("test: {}", show(command));
    command.stdout(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| run::cannot_start(command, &error, ""))?;
    let mut summaries = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            if line.starts_with(SUMMARY) {
                summaries.push(line)
            } else {
                println!("{line}")
            }
        }
    }
    Ok(Ran {
        passed: child.wait()?.success(),
        summaries,
    })
}
