//! A child process that cannot outlive its guard: own process group, killed whole on drop (a panic
//! drops too). Its output is kept, because browsers print their console there.

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

#[must_use]
pub struct Process {
    child: Child,
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
        Ok(Process { child, output })
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
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when the group is already gone.
        let _ = killpg(
            Pid::from_raw(self.child.id().cast_signed()),
            Signal::SIGKILL,
        );
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
