//! The binary: reads arguments, starts the server, says where it is, and stops it when asked to.

mod args;
mod welcome;

use args::Args;
use clap::Parser;
use duologue_server::{
    Config, Limits, Timing, assets::Assets, origin::Origins, relays::Relays, start,
};
use std::{
    io::{self, Write},
    process::ExitCode,
};
use welcome::Scheme;

/// Those that are open besides sockets, with room to spare.
const FILES_BESIDE: u64 = 64;

#[tokio::main]
async fn main() -> ExitCode {
    match serve(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            writeln!(io::stderr(), "duologue: {sentence}").ok();
            ExitCode::FAILURE
        }
    }
}

async fn serve(args: Args) -> Result<(), String> {
    let assets = match &args.static_dir {
        None => Assets::embedded(),
        Some(directory) => Assets::read(directory)
            .map_err(|error| format!("cannot serve {}: {error}", directory.display()))?,
    };
    let tls = args.tls.map(|it| it.with(args.state)).transpose()?;
    let by = Scheme::of(tls.as_ref());
    let config = Config {
        listen: args.listen,
        tls,
        assets,
        origins: Origins::allow(args.origin),
        limits: Limits {
            clients: args.max_clients,
            ..Limits::default()
        },
        relays: Relays::of(args.stun, args.turn),
        directory: args.directory.into(),
        ring_seconds: args.ring_seconds,
        cluster: args.cluster.settings()?,
        timing: Timing::default(),
    };
    make_room(args.max_clients);
    // Before the first line is out: whoever reads it may ask us to stop at once.
    let asked = asked_to_stop().map_err(|error| format!("cannot wait for signals: {error}"))?;
    let running = start(config).await.map_err(|error| error.to_string())?;
    welcome::say(running.addresses(), by);
    asked.await;
    running.stop().await;
    Ok(())
}

/// A socket is a file: as many as the system lets us have, and a word if that is too few.
fn make_room(clients: usize) {
    let clients = clients as u64;
    let files = rlimit::increase_nofile_limit(2 * clients + FILES_BESIDE).unwrap_or(u64::MAX);
    if files < clients + FILES_BESIDE {
        let places = files.saturating_sub(FILES_BESIDE);
        writeln!(
            io::stderr(),
            "duologue: this system lets it have {files} files open, which is enough for {places} people; \
             raise `ulimit -n`, or LimitNOFILE= of systemd, for {clients}"
        )
        .ok();
    }
}

#[cfg(unix)]
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        tokio::signal::ctrl_c().await.ok();
    })
}
