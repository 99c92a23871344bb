//! A child process that cannot outlive its guard: own process group, killed whole on drop (a panic
//! drops too), and by a leash when these tests are gone without a drop. Its output is kept, because
//! browsers print their console there.

use anyhow::{Context, Result};
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Output beyond this is dropped from the front: nobody reads megabytes of a browser's chatter.
const MOST_OUTPUT: usize = 1 << 20;
/// Waits until its input ends, as it does with whoever holds it, and then kills that group.
const LEASH: &str = "read end; kill -9 \"-$0\"";

#[must_use]
pub struct Process {
    child: Child,
    leash: Child,
    output: Output,
}

impl Process {
    pub fn spawn(mut command: Command) -> Result<Self> {
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let output = Output::default();
        if let Some(stdout) = child.stdout.take() {
            output.keep(stdout);
        }
        if let Some(stderr) = child.stderr.take() {
            output.keep(stderr);
        }
        let mut leash = Command::new("sh");
        leash.args(["-c", LEASH]).arg(child.id().to_string());
        leash
            .process_group(0)
            .stdin(Stdio::piped())
            .stderr(Stdio::null());
        let leash = match leash.spawn() {
            Ok(leash) => leash,
            Err(error) => {
                child.kill()?;
                return Err(error).context("cannot start sh");
            }
        };
        Ok(Process {
            child,
            leash,
            output,
        })
    }

    /// What follows `marker` on the first line that has it.
    pub async fn announces(&self, marker: &str, deadline: Duration) -> Result<String> {
        let what = format!("a process to print {marker:?}");
        crate::until(&what, deadline, async || {
            let text = self.output.text();
            let line = text.lines().find_map(|line| line.split_once(marker));
            line.map(|(_, rest)| rest.trim().to_string()).context(text)
        })
        .await
    }

    pub fn output(&self) -> Output {
        self.output.clone()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// All of its group, at once.
    pub fn kill(&self) {
        // Fails only when the group is already gone.
        let _ = killpg(
            Pid::from_raw(self.child.id().cast_signed()),
            Signal::SIGKILL,
        );
    }

    /// What it and all that it started have kept processors busy for, in seconds. What has ended by
    /// now does not count.
    pub fn processor_seconds(&self) -> Result<f64> {
        let all = all_stats()?;
        let family = self.family(&all);
        let mut ticks = 0;
        for stat in all.iter().filter(|stat| family.contains(&stat.id)) {
            ticks += stat.ticks;
        }
        let a_second = nix::unistd::sysconf(nix::unistd::SysconfVar::CLK_TCK)?.unwrap_or(100);
        Ok(ticks as f64 / a_second as f64)
    }
}

impl Process {
    /// It, and all that it started.
    fn family(&self, all: &[Stat]) -> Vec<u32> {
        let mut family = vec![self.child.id()];
        // Parents come before their children often, but not always.
        loop {
            let before = family.len();
            for stat in all {
                if family.contains(&stat.parent) && !family.contains(&stat.id) {
                    family.push(stat.id);
                }
            }
            if family.len() == before {
                return family;
            }
        }
    }

    /// Bytes of memory that processes of this family hold for themselves whose command line has
    /// `word` in it.
    pub fn memory_of(&self, word: &str) -> Result<Vec<(u32, u64)>> {
        let all = all_stats()?;
        let held = |id: u32| {
            let line = std::fs::read_to_string(format!("/proc/{id}/cmdline")).ok()?;
            let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
            let own = status.lines().find_map(|it| it.strip_prefix("RssAnon:"))?;
            let kilobytes: u64 = own.trim().strip_suffix("kB")?.trim().parse().ok()?;
            line.contains(word).then_some((id, kilobytes * 1024))
        };
        Ok(self.family(&all).into_iter().filter_map(held).collect())
    }
}

/// Of one process, out of proc(5).
struct Stat {
    id: u32,
    parent: u32,
    ticks: u64,
}

fn all_stats() -> Result<Vec<Stat>> {
    let entries = std::fs::read_dir("/proc")?.flatten();
    // What ends while the list is read is not on it.
    let read = |entry: std::fs::DirEntry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let text = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // The second field is a name in brackets, which may hold anything.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        Some(Stat {
            id,
            parent: u32::try_from(number(1)?).ok()?,
            ticks: number(11)? + number(12)?,
        })
    };
    Ok(entries.filter_map(read).collect())
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        // Its group is gone when the leash ends, and its number not yet another's: it is waited for last.
        drop(self.leash.stdin.take());
        let _ = self.leash.wait();
        // Fails for what has been waited for already.
        let _ = self.child.wait();
    }
}

/// All that a process has printed so far.
#[derive(Clone, Default)]
pub struct Output(Arc<Mutex<String>>);

impl Output {
    pub fn text(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub fn forget(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clear();
    }

    /// A thread, not a task: the pipe must be drained even while a test blocks its runtime. It ends
    /// with the process.
    fn keep(&self, from: impl Read + Send + 'static) {
        let kept = self.0.clone();
        std::thread::spawn(move || {
            let mut from = BufReader::new(from);
            let mut line = Vec::new();
            while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.push_str(&String::from_utf8_lossy(&line));
                line.clear();
                if kept.len() > MOST_OUTPUT {
                    let half = kept.ceil_char_boundary(MOST_OUTPUT / 2);
                    kept.drain(..half);
                }
            }
        });
    }
}
