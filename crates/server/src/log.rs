//! What the server tells whoever runs it, on standard error: sentences about trouble, and when asked for it
//! a line for each event, for people or as JSON. No line has a room, a name or an address of somebody in it,
//! except addresses when they are asked for; and nobody outside can make it write as much as they like.

use crate::metrics;
use std::{
    fmt::Display,
    io::{self, Write},
    net::{IpAddr, SocketAddr},
    panic,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tokio::time::{MissedTickBehavior, interval};
use tracing::{Level, error, info, warn};
use tracing_subscriber::{
    Layer, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

/// Between two summaries of what was refused.
const SUMMARY: Duration = Duration::from_secs(60);
/// Lines about single connections in that time; of the others only the number is told.
const MOST_DETAILS: u32 = 1_000;

/// How much is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Log {
    /// Trouble alone, in plain sentences.
    #[default]
    Off,
    /// Every event, with its time, a line each.
    Text,
    /// The same as JSON.
    Json,
}

static LOG: OnceLock<Log> = OnceLock::new();
static DETAILS: OnceLock<()> = OnceLock::new();
static TOLD: AtomicU32 = AtomicU32::new(0);
static SUMMED: Mutex<Option<Summed>> = Mutex::new(None);

/// What had been refused at the last summary.
struct Summed {
    at: Instant,
    drops: metrics::Drops,
}

/// Once, before anything is said. `details` lets addresses appear.
pub fn begin(log: Log, details: bool) {
    if LOG.set(log).is_err() {
        return;
    }
    // What was at hand when it panicked is nobody's to read.
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string);
        match is_on() {
            true => error!(at = place, "panicked"),
            false => plain(&format!("panicked at {}", place.unwrap_or_default())),
        }
    }));
    if log == Log::Off {
        return;
    }
    if details {
        DETAILS.get_or_init(|| ());
    }
    // Of our own lines alone: crates below tell more than is wanted.
    let ours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), Level::INFO);
    let layer = fmt::layer().with_writer(io::stderr).with_target(false);
    let layer = match log {
        Log::Json => layer.json().flatten_event(true).boxed(),
        _ => layer.with_ansi(false).boxed(),
    };
    tracing_subscriber::registry()
        .with(layer.with_filter(ours))
        .init();
}

/// To whoever runs this, however much they want to read.
pub fn say(sentence: &str) {
    match is_on() {
        true => warn!("{sentence}"),
        false => plain(sentence),
    }
}

fn plain(sentence: &str) {
    writeln!(io::stderr(), "duologue: {sentence}").ok();
}

/// Good news that somebody waits for, however much they want to read.
pub(crate) fn tell(sentence: &str) {
    match is_on() {
        true => info!("{sentence}"),
        false => plain(sentence),
    }
}

/// Something that went well, for those who read every event.
pub(crate) fn note(sentence: &str) {
    info!("{sentence}");
}

pub(crate) fn started(listening: &[SocketAddr], https: bool) {
    let version = env!("CARGO_PKG_VERSION");
    let scheme = if https { "https" } else { "http" };
    let listening: Vec<String> = listening.iter().map(ToString::to_string).collect();
    info!(version, scheme, listen = listening.join(" "), "started");
}

pub(crate) fn stopping() {
    info!(connections = metrics::connections(), "stopping");
}

/// The last words.
pub(crate) fn stopped() {
    sum_up();
    info!("stopped");
}

/// About one connection, for those who asked for details.
pub(crate) fn detail(peer: IpAddr, what: impl Display) {
    if DETAILS.get().is_some() && TOLD.fetch_add(1, Relaxed) < MOST_DETAILS {
        info!(peer = %peer, "{what}");
    }
}

fn is_on() -> bool {
    LOG.get().is_some_and(|log| *log != Log::Off)
}

/// Tells now and then what was refused, for as long as the process lives; once is enough for it.
pub(crate) async fn keep_summing_up() {
    if !is_on() || SUMMED.lock().is_ok_and(|it| it.is_some()) {
        return;
    }
    let mut ticks = interval(SUMMARY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        sum_up();
    }
}

/// A line for each reason that there was since the last time: as many at most as there are reasons.
fn sum_up() {
    if !is_on() {
        return;
    }
    let mut summed = SUMMED.lock().unwrap_or_else(PoisonError::into_inner);
    let (at, drops) = (Instant::now(), metrics::drops());
    if let Some(before) = summed.as_ref() {
        let seconds = at.duration_since(before.at).as_secs();
        for (what, reason, count) in since(&before.drops, &drops) {
            let what = what.word();
            warn!(what, reason, count, seconds, "refused");
        }
    }
    let untold = TOLD.swap(0, Relaxed).saturating_sub(MOST_DETAILS);
    if untold > 0 {
        info!(count = untold, "more details than are written");
    }
    *summed = Some(Summed { at, drops });
}

fn since<'a>(
    before: &'a metrics::Drops,
    now: &'a metrics::Drops,
) -> impl Iterator<Item = (metrics::Lost, &'static str, u64)> + 'a {
    now.iter().filter_map(|(key, count)| {
        let fresh = count - before.get(key).unwrap_or(&0);
        (fresh > 0).then_some((key.0, key.1, fresh))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics::Lost;
    use std::{env, process::Command, thread};

    const CHILD: &str = "DUOLOGUE_TEST_PANICS_WITH";

    #[test]
    fn where_it_panicked_is_told_and_not_with_what() {
        let log = match env::var(CHILD).as_deref() {
            Ok("off") => Log::Off,
            Ok("json") => Log::Json,
            _ => return in_processes_of_their_own(),
        };
        begin(log, false);
        let died = thread::spawn(|| "x".parse::<u8>().expect("Zacharias"));
        assert!(died.join().is_err());
    }

    /// The hook is the whole process's, and other tests want to say what went wrong.
    fn in_processes_of_their_own() {
        for log in ["off", "json"] {
            let ended = Command::new(env::current_exe().unwrap())
                .args(["--exact", "--nocapture"])
                .arg("log::tests::where_it_panicked_is_told_and_not_with_what")
                .env(CHILD, log)
                .output()
                .unwrap();
            let said = String::from_utf8(ended.stderr).unwrap();
            assert!(
                ended.status.success() && said.contains("panicked"),
                "{said}"
            );
            assert!(said.contains("log.rs"), "{said}");
            assert!(!said.contains("Zacharias"), "{said}");
        }
    }

    #[test]
    fn only_what_is_new_is_summed_up() {
        let before = [
            ((Lost::Message, "too_fast"), 3),
            ((Lost::Handshake, "origin"), 1),
        ];
        let now = [
            ((Lost::Message, "too_fast"), 5),
            ((Lost::Handshake, "origin"), 1),
            ((Lost::Connection, "silent"), 2),
        ];
        let (before, now) = (before.into(), now.into());
        let fresh: Vec<_> = since(&before, &now).collect();
        assert_eq!(
            fresh,
            [
                (Lost::Message, "too_fast", 2),
                (Lost::Connection, "silent", 2)
            ]
        );
    }
}
