//! The distribution's packages, as root or through sudo.
//!
//! Knows apt; on any other machine it says what to install and leaves it to the person.

use std::process::Command;

use crate::env::Env;
use crate::run::{self, Fail, Outcome, ask, find};

/// Each browser with its driver, a display for what has no headless mode, what looks at recordings, a
/// relay of others, the proxies that hosts put before the server, an authority for certificates, and what
/// servers of a cluster speak through.
const BROWSERS: &[(&[&str], &str)] = &[
    (
        &["chromium", "chromium-browser", "google-chrome"],
        "chromium",
    ),
    (&["chromedriver"], "chromium-driver"),
    (&["firefox-esr", "firefox"], "firefox-esr"),
    (&["Xvfb"], "xvfb"),
    (&["ffprobe"], "ffmpeg"),
    (&["turnserver"], "coturn"),
    (&["nginx"], "nginx"),
    (&["caddy"], "caddy"),
    (&["pebble"], "pebble"),
    // Debian puts it where not everybody looks.
    (&["nats-server", "/usr/sbin/nats-server"], "nats-server"),
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
    let mut words = vec!["apt-get", "install", "-y", "-qq", "--no-install-recommends"];
    words.extend(packages);
    if run::run(&mut as_root(&words)?, &remedy).is_ok() {
        return Ok(());
    }
    // A fresh image has no package lists, an old one lists files that are gone.
    let mut update = as_root(&["apt-get", "update", "-qq"])?;
    run::run(&mut update, "check the machine's package sources")?;
    run::run(&mut as_root(&words)?, &remedy)
}

/// A command with the rights to change the system; says what it is, and writes to stderr.
pub fn as_root(words: &[&str]) -> Outcome<Command> {
    let shown = words.join(" ");
    let is_root = ask(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
    let mut command = if is_root {
        Command::new("env")
    } else if find("sudo", None).is_some() {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    } else {
        return Err(Fail::new(
            "this step needs root, and this machine has no sudo",
            format!("run as root, then `cargo xtask setup` again: {shown}"),
        ));
    };
    // Nobody is there to answer a package's questions.
    command.arg("DEBIAN_FRONTEND=noninteractive").args(words);
    command.stdout(std::io::stderr());
    eprintln!("setup: as root: {}", shorten(&shown));
    Ok(command)
}

/// A line of the terminal is enough to know what happens.
fn shorten(text: &str) -> String {
    const ENOUGH: usize = 100;
    if text.chars().count() <= ENOUGH {
        return text.to_owned();
    }
    text.chars().take(ENOUGH).chain(['…']).collect()
}
