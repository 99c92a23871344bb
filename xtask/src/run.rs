//! Running other programs, and saying in one sentence what went wrong and what to do about it.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub type Outcome<T = ()> = Result<T, Fail>;

/// What went wrong, for the person at the terminal.
#[derive(Debug)]
pub struct Fail {
    what: String,
    remedy: String,
}

impl Fail {
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        if self.remedy.is_empty() {
            Ok(())
        } else {
            write!(f, "\n{}", self.remedy)
        }
    }
}

impl From<lexopt::Error> for Fail {
    fn from(error: lexopt::Error) -> Self {
        Self::new(error.to_string(), "")
    }
}

impl From<std::io::Error> for Fail {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string(), "")
    }
}

/// Runs to the end with the terminal attached; `remedy` is said when it fails.
pub fn run(command: &mut Command, remedy: &str) -> Outcome {
    let shown = show(command);
    let status = command
        .status()
        .map_err(|error| cannot_start(command, &error, remedy))?;
    if status.success() {
        Ok(())
    } else {
        Err(Fail::new(format!("`{shown}` failed ({status})"), remedy))
    }
}

/// What it prints on stdout, or `None` if it cannot be started or fails. Says nothing.
pub fn ask(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

pub fn cannot_start(command: &Command, error: &std::io::Error, remedy: &str) -> Fail {
    Fail::new(
        format!("`{}` cannot be started: {error}", show(command)),
        remedy,
    )
}

/// The command as a person would type it.
pub fn show(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The first executable of that name on `path` (`PATH` in the environment when `None`).
pub fn find(name: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    let path = path
        .map(ToOwned::to_owned)
        .or_else(|| env::var_os("PATH"))?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| is_executable(file))
}

#[cfg(unix)]
pub fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
pub fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// `3 min 20 s`, `1.4 s`.
pub fn took(since: Instant) -> String {
    spell(since.elapsed())
}

fn spell(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds >= 60 {
        format!("{} min {} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spelled_for_people() {
        assert_eq!(spell(Duration::from_millis(1440)), "1.4 s");
        assert_eq!(spell(Duration::from_secs(200)), "3 min 20 s");
    }

    #[test]
    fn a_failure_is_one_sentence_and_a_remedy() {
        let fail = Fail::new("no disk", "buy one");
        assert_eq!(fail.to_string(), "error: no disk\nbuy one");
    }
}
