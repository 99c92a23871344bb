//! The binary: reads its settings, starts the server, says where it is, takes up other settings, and stops
//! it when asked to.

mod args;
mod inside;
mod settings;
mod welcome;

use args::{Args, Command, Missing, usual_state};
use duologue_server::{
    Config, Running, assets::Assets, log, origin::Origins, passes::Passes, relays::Relays, start,
    tls,
};
use settings::{Settings, Trouble, words};
use std::{
    env,
    ffi::OsString,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::{Duration, SystemTime},
};
use tokio::runtime::Builder;
use welcome::Scheme;

/// Those that are open besides sockets, with room to spare.
const FILES_BESIDE: u64 = 64;
/// What SIGHUP changes. Everything else waits for the next start.
const RELOADED: [&str; 25] = [
    "origin",
    "stun",
    "turn",
    "ticket-hours",
    "ring-seconds",
    "password-file",
    "invite-only",
    "invite-key-file",
    "trusted-proxy",
    "proxy-header",
    "max-clients",
    "max-connections",
    "max-rooms",
    "room-size",
    "room-lookers",
    "rooms-per-client",
    "clients-per-address",
    "connections-per-address",
    "rooms-per-address",
    "client-pace",
    "connection-pace",
    "join-pace",
    "address-join-pace",
    "ticket-pace",
    "password-pace",
];
const HOUR: Duration = Duration::from_secs(60 * 60);
/// With the time for telling everybody, less than the 5 seconds that are promised.
const LAST: Duration = Duration::from_millis(500);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn main() -> ExitCode {
    let said: Vec<OsString> = env::args_os().collect();
    let settings = match Settings::read(&said) {
        Ok(settings) => settings,
        Err(Trouble::Arguments(error)) if error.use_stderr() => {
            write!(io::stderr(), "{}", words(&error)).ok();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1));
        }
        // Help, and the version.
        Err(Trouble::Arguments(error)) => error.exit(),
        Err(Trouble::Sentence(sentence)) => return fail(&sentence),
    };
    let done = match settings.args.command {
        Some(Command::CheckConfig) => check(&settings),
        Some(Command::Invite { days, ref page }) => invite(&settings.args, days, page.as_deref()),
        None => serve(said, settings),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => fail(&sentence),
    }
}

fn fail(sentence: &str) -> ExitCode {
    log::say(sentence);
    ExitCode::FAILURE
}

fn print(text: &str) -> Result<(), String> {
    write!(io::stdout(), "{text}").map_err(|error| format!("cannot print: {error}"))
}

/// Everything but the page, which only a start reads.
fn config(args: &Args, key: Missing) -> Result<Config, String> {
    let tls = (args.tls.clone()).map(|it| it.with(args.state.clone(), args.acme.clone()));
    Ok(Config {
        listen: args.listen.clone(),
        tls: tls.transpose()?,
        assets: Assets::of([]),
        origins: Origins::allow(args.origin.clone()),
        limits: args.limits.limits(),
        relays: Relays::of(args.stun.clone(), args.turn.clone())
            .with_names_for(HOUR * args.ticket_hours.into()),
        inside: (args.inside.clone()).inside(&args.listen, args.tls.as_ref(), args.quotas.quotas()),
        directory: args.directory.into(),
        ring_seconds: args.ring_seconds,
        entry: (args.entry).entry(&args.limits, state(args).as_deref(), key)?,
        metrics: args.metrics,
        cluster: args.cluster.clone().settings()?,
        timing: args.waiting.timing(),
    })
}

fn state(args: &Args) -> Option<PathBuf> {
    args.state.clone().or_else(usual_state)
}

fn assets(args: &Args) -> Result<Assets, String> {
    match &args.static_dir {
        None => Ok(Assets::embedded()),
        Some(directory) => Assets::read(directory)
            .map_err(|error| format!("cannot serve {}: {error}", directory.display())),
    }
}

fn check(settings: &Settings) -> Result<(), String> {
    let args = &settings.args;
    let config = config(args, Missing::Pass)?;
    assets(args)?;
    if let Some(tls) = &config.tls {
        tls::check(tls).map_err(|error| error.to_string())?;
    }
    print(&format!("{}OK\n", settings.show()))
}

fn invite(args: &Args, days: u16, page: Option<&str>) -> Result<(), String> {
    let key = (args.entry).key(state(args).as_deref(), Missing::Refuse)?;
    let pass = Passes::new(key, None).invite(SystemTime::now(), DAY * days.into());
    let pass = pass.ok_or("this machine's clock or its random numbers are out of order")?;
    match page {
        // In the part of an address that no server is sent, and no log shows.
        Some(page) => print(&format!("{}/#/invite/{pass}\n", page.trim_end_matches('/'))),
        None => print(&format!("{pass}\n")),
    }
}

fn serve(said: Vec<OsString>, settings: Settings) -> Result<(), String> {
    let until_stopped = keep_serving(said, settings);
    on_a_runtime(until_stopped).map_err(|error| format!("cannot begin: {error}"))?
}

/// Does that, and does not wait for long for what was begun beside it: the system may be asked for an
/// address, and take its time.
fn on_a_runtime<T>(work: impl Future<Output = T>) -> io::Result<T> {
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(LAST);
    Ok(done)
}

async fn keep_serving(said: Vec<OsString>, settings: Settings) -> Result<(), String> {
    let args = &settings.args;
    log::begin(args.log.into(), args.log_details);
    let config = Config {
        assets: assets(args)?,
        ..config(args, Missing::Make)?
    };
    let by = Scheme::of(config.tls.as_ref());
    let relayed = (config.inside.as_ref()).map_or(0, |it| it.quotas.lent + it.quotas.streams);
    make_room(args.limits.max_clients, relayed);
    // Before the first line is out: whoever reads it may ask us to stop at once.
    let mut asked = Asked::listen().map_err(|error| format!("cannot wait for signals: {error}"))?;
    let running = start(config).await.map_err(|error| error.to_string())?;
    welcome::say(running.addresses(), by, running.relay());
    if let Some(address) = running.metrics() {
        print(&format!("duologue: metrics at http://{address}/metrics\n")).ok();
    }
    while let Wish::Reload = asked.next().await {
        let line = match reload(&said, &settings, &running) {
            Ok(line) => line,
            Err(sentence) => format!("nothing was changed: {sentence}"),
        };
        log::say(&line);
    }
    running.stop().await;
    Ok(())
}

/// Reads everything again, and takes up what can be taken up; or nothing, where something is wrong. Says
/// what differs from the start and waits for the next one.
fn reload(said: &[OsString], started: &Settings, running: &Running) -> Result<String, String> {
    let fresh = Settings::read(said).map_err(|trouble| match trouble {
        Trouble::Arguments(error) => words(&error),
        Trouble::Sentence(sentence) => sentence,
    })?;
    running.change(config(&fresh.args, Missing::Make)?.terms());
    let mut waits = fresh.changed(started);
    waits.retain(|it| !RELOADED.contains(&it.as_str()));
    match waits.as_slice() {
        [] => Ok("the settings were read again".to_owned()),
        _ => Ok(format!(
            "the settings were read again; what changed of {} waits for the next start",
            waits.join(", ")
        )),
    }
}

/// A socket is a file: as many as the system lets us have, and a word if that is too few.
fn make_room(clients: usize, relayed: usize) {
    let (clients, beside) = (clients as u64, FILES_BESIDE + relayed as u64);
    let files = rlimit::increase_nofile_limit(2 * clients + beside).unwrap_or(u64::MAX);
    if files < clients + beside {
        let places = files.saturating_sub(beside);
        log::say(&format!(
            "this system lets it have {files} files open, which is enough for {places} people; \
             raise `ulimit -n`, or LimitNOFILE= of systemd, for {clients}"
        ));
    }
}

/// What whoever runs this wants of it.
enum Wish {
    Stop,
    #[cfg_attr(not(unix), allow(dead_code, reason = "no such signal"))]
    Reload,
}

#[cfg(unix)]
struct Asked {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Asked {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Asked {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.terminate.recv() => Wish::Stop,
            _ = self.interrupt.recv() => Wish::Stop,
            _ = self.hang_up.recv() => Wish::Reload,
        }
    }
}

#[cfg(not(unix))]
struct Asked;

#[cfg(not(unix))]
impl Asked {
    fn listen() -> io::Result<Self> {
        Ok(Asked)
    }

    async fn next(&mut self) -> Wish {
        tokio::signal::ctrl_c().await.ok();
        Wish::Stop
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use duologue_server::Timing;
    use std::{sync::mpsc, time::Instant};
    use tokio::task::spawn_blocking;

    #[test]
    fn the_end_does_not_wait_for_the_system() {
        let begun = Instant::now();
        let (answers, answer) = mpsc::channel::<()>();
        let done = on_a_runtime(async {
            drop(spawn_blocking(move || answer.recv()));
            7
        });
        assert_eq!(done.unwrap(), 7);
        assert!(begun.elapsed() < Duration::from_secs(5) - Timing::default().drain);
        drop(answers);
    }

    #[test]
    fn what_can_be_reloaded_is_an_option() {
        let command = Args::command();
        for name in RELOADED {
            let mut all = command.get_arguments();
            assert!(all.any(|it| it.get_long() == Some(name)), "{name}");
        }
    }
}
