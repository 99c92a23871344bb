//! What the system says of this process, under the names that every Prometheus client gives it. Where there
//! is no /proc, only what needs none.

use std::{
    fmt::{self, Write},
    fs,
    sync::LazyLock,
    time::{SystemTime, UNIX_EPOCH},
};

/// Of proc(5); the unit of times there. Linux has had no other for programs in decades.
const TICKS_A_SECOND: f64 = 100.0;

static STARTED: LazyLock<f64> = LazyLock::new(|| {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0.0, |it| it.as_secs_f64())
});

/// Notes the time: called once, early.
pub(super) fn started() -> f64 {
    *STARTED
}

pub(super) fn write(to: &mut String) -> fmt::Result {
    let mut one = |name: &str, kind: &str, help: &str, value: Option<f64>| match value {
        None => Ok(()),
        Some(value) => writeln!(
            to,
            "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}"
        ),
    };
    one(
        "process_start_time_seconds",
        "gauge",
        "When the server started, in seconds since 1970.",
        Some(started()),
    )?;
    let (processor, virtual_memory) = stat().unzip();
    one(
        "process_cpu_seconds_total",
        "counter",
        "Time that it kept processors busy.",
        processor,
    )?;
    one(
        "process_virtual_memory_bytes",
        "gauge",
        "Addresses that it has reserved.",
        virtual_memory,
    )?;
    one(
        "process_resident_memory_bytes",
        "gauge",
        "Memory that it uses.",
        resident(),
    )?;
    one(
        "process_open_fds",
        "gauge",
        "Files and sockets that it has open.",
        fs::read_dir("/proc/self/fd")
            .ok()
            .map(|it| it.count() as f64),
    )
}

/// Seconds of processors, and bytes of virtual memory.
fn stat() -> Option<(f64, f64)> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is a name in brackets, which may hold anything.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some(((number(11)? + number(12)?) / TICKS_A_SECOND, number(20)?))
}

fn resident() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024.0)
}
