//! The server that is measured: a process of its own, kept to one processor while whoever measures keeps
//! to the other. Memory, time on the processor and what it writes to stderr, from outside.

use anyhow::{Context, Result};
use nix::{
    sched::{CpuSet, sched_setaffinity},
    unistd::Pid,
};
use std::{
    fs,
    io::Read,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};

const OURS: usize = 1;
const THEIRS: usize = 0;
const PATIENCE: Duration = Duration::from_secs(20);

#[must_use]
pub struct Process {
    child: Child,
    at: SocketAddr,
    said: Arc<AtomicU64>,
}

/// We measure from here on; what we start is measured. On a machine with one processor they share it. Both
/// come before whatever else runs on this machine, if we may say so.
pub fn keep_apart() {
    let mut set = CpuSet::new();
    if set.set(OURS).is_ok() {
        sched_setaffinity(Pid::from_raw(0), &set).ok();
    }
    let own = std::process::id().to_string();
    let mut renice = Command::new("renice");
    renice.args(["--priority", "-20", "--pid", &own]);
    renice
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok();
}

pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

impl Process {
    /// Back when the port is open.
    pub async fn start(program: &Path, args: &[String], port: u16, folder: &Path) -> Result<Self> {
        let name = program.display();
        let mut child = Command::new("taskset")
            .args(["--cpu-list", &THEIRS.to_string()])
            .arg(program)
            .args(args)
            .current_dir(folder)
            // Of matchbox_server: it writes several lines for each client otherwise.
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name} by `taskset`"))?;
        let said = Arc::new(AtomicU64::new(0));
        if let Some(mut stderr) = child.stderr.take() {
            let said = said.clone();
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = stderr.read(&mut buffer) {
                    said.fetch_add(read as u64, Ordering::Relaxed);
                }
            });
        }
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let process = Process { child, at, said };
        let open = async {
            while TcpStream::connect(at).await.is_err() {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, open)
            .await
            .with_context(|| format!("{name} does not answer"))?;
        Ok(process)
    }

    pub fn at(&self) -> SocketAddr {
        self.at
    }

    /// Bytes it has written to stderr.
    pub fn said(&self) -> u64 {
        self.said.load(Ordering::Relaxed)
    }

    /// Memory, in KiB.
    pub fn resident(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next());
        Ok(kib.context("no VmRSS")?.parse()?)
    }

    /// What all its threads have kept a processor busy for. By the scheduler's own clock: proc(5)'s ticks
    /// are too coarse for a calm second.
    pub fn busy(&self) -> Result<Duration> {
        let mut nanos = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            let first = text
                .split_whitespace()
                .next()
                .context("an empty schedstat")?;
            nanos += first.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }
}

/// Processor time that this machine was owed and its host gave to others, and all time, in ticks. Where
/// there is much of the first, lateness says more of the host than of a server.
pub fn stolen() -> Result<(u64, u64)> {
    let text = fs::read_to_string("/proc/stat")?;
    let line = text.lines().next().context("an empty /proc/stat")?;
    let numbers = line.split_whitespace().skip(1).map(str::parse);
    let numbers: Vec<u64> = numbers.collect::<Result<_, _>>()?;
    let stolen = numbers.get(7).copied().unwrap_or(0);
    Ok((stolen, numbers.iter().take(8).sum()))
}

impl Drop for Process {
    fn drop(&mut self) {
        // Fails for what has ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
