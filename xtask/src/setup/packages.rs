//! The distribution's packages, as root or through sudo.
//!
//! Knows apt; on any other machine it says what to install and leaves it to the person.

use std::process::Command;

use crate::env::Env;
use crate::run::{self, Fail, Outcome, ask, find, show};

/// Each browser with its driver, and a display for what has no headless mode.
const BROWSERS: &[(&[&str], &str)] = &[
    (
        &["chromium", "chromium-browser", "google-chrome"],
        "chromium",
    ),
    (&["chromedriver"], "chromium-driver"),
    (&["firefox-esr", "firefox"], "firefox-esr"),
    (&["Xvfb"], "xvfb"),
];

pub fn browsers_missing(env: &Env) -> Option<String> {
    let missing = missing_browser_packages(env);
    (!missing.is_empty()).then(|| format!("{} not installed", missing.join(", ")))
}

pub fn install_browsers(env: &Env) -> Outcome {
    install(&missing_browser_packages(env))
}

fn missing_browser_packages(env: &Env) -> Vec<&'static str> {
    let absent = BROWSERS
        .iter()
        .filter(|(names, _)| env.find(names).is_none());
    absent.map(|(_, package)| *package).collect()
}

/// Whether this is a machine whose packages `install` can handle.
pub fn has_apt() -> bool {
    find("apt-get", None).is_some()
}

pub fn install(packages: &[&str]) -> Outcome {
    let list = packages.join(" ");
    if !has_apt() {
        return Err(Fail::new(
            format!("this machine has no apt-get to install {list} with"),
            "install them (Debian's names) with your package manager, then run this again",
        ));
    }
    let remedy = format!(
        "look at what apt-get says above; by hand: apt-get install -y --no-install-recommends {list}"
    );
    let attempt = || -> Outcome {
        let mut command = as_root("apt-get")?;
        command
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages);
        run::run(&mut command, &remedy)
    };
    if attempt().is_ok() {
        return Ok(());
    }
    // A fresh image has no package lists, an old one lists files that are gone.
    run::run(
        as_root("apt-get")?.args(["update", "-qq"]),
        "check the machine's package sources",
    )?;
    attempt()
}

/// `program` with the rights to change the system; output goes to stderr.
pub fn as_root(program: &str) -> Outcome<Command> {
    let is_root = ask(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
    let mut command = if is_root {
        Command::new("env")
    } else if find("sudo", None).is_some() {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    } else {
        return Err(Fail::new(
            format!("`{program}` needs root, and this machine has no sudo"),
            "run `cargo xtask setup` once as root, then go on as yourself",
        ));
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", program]);
    command.stdout(std::io::stderr());
    eprintln!("setup: running {}…", show(&command));
    Ok(command)
}
