//! Everything from nothing: set-up, bundle, server, and one line when a call can be made.
//!
//! On Unix this process becomes the server, so that whatever stops `cargo xtask serve` stops the
//! server, however it was sent. The line is printed by a short-lived process that waits for
//! `/healthz`.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::run::{self, Fail, Outcome};
use crate::setup::{self, Need};
use crate::{bundle, server};

/// A server that is not up by then has said why on stderr.
const START: Duration = Duration::from_secs(30);
/// A start takes a few of these; nothing tells us of it but an answer.
const PAUSE: Duration = Duration::from_millis(20);

pub struct Options {
    port: u16,
    /// For the other devices on the network too, by https.
    lan: bool,
    server: Vec<OsString>,
}

impl Options {
    pub fn parse(mut args: lexopt::Parser, server: Vec<OsString>) -> Outcome<Self> {
        let (mut port, mut lan) = (8080, false);
        while let Some(arg) = args.next()? {
            match arg {
                lexopt::Arg::Long("port") => {
                    let text = args.value()?.to_string_lossy().into_owned();
                    port = text.parse().ok().filter(|port| *port != 0).ok_or_else(|| {
                        Fail::new(
                            format!("`{text}` is no port"),
                            "say for example --port 8081",
                        )
                    })?;
                }
                lexopt::Arg::Long("lan") => lan = true,
                _ => return Err(Fail::new("that argument is not known here", crate::USAGE)),
            }
        }
        Ok(Self { port, lan, server })
    }

    /// On both loopback addresses: `localhost` is one or the other, by machine and browser. Or on all
    /// addresses that there are, of which one of IPv6 takes those of IPv4 along.
    fn listen(&self) -> Vec<SocketAddr> {
        let has_v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
        let v4 = |ip: Ipv4Addr| SocketAddr::from((ip, self.port));
        let v6 = |ip: Ipv6Addr| SocketAddr::from((ip, self.port));
        match (self.lan, has_v6) {
            (true, true) => vec![v6(Ipv6Addr::UNSPECIFIED)],
            (true, false) => vec![v4(Ipv4Addr::UNSPECIFIED)],
            (false, true) => vec![v4(Ipv4Addr::LOCALHOST), v6(Ipv6Addr::LOCALHOST)],
            (false, false) => vec![v4(Ipv4Addr::LOCALHOST)],
        }
    }

    fn scheme(&self) -> &'static str {
        if self.lan { "https" } else { "http" }
    }
}

pub fn run(options: &Options) -> Outcome {
    // Before minutes of building, not after.
    for address in options.listen() {
        TcpListener::bind(address).map_err(|error| {
            let what = format!("cannot listen on {address}: {error}");
            Fail::new(
                what,
                format!(
                    "try another: cargo xtask serve --port {}",
                    next(options.port)
                ),
            )
        })?;
    }
    let env = setup::run(Need::Serve)?;
    bundle::build(&env)?;
    let binary = server::build(&env)?;
    announce_later(options)?;
    let mut command = env.command(&binary);
    // The caller's own addresses replace ours.
    let listens = options
        .server
        .iter()
        .any(|arg| arg.to_string_lossy().starts_with("--listen"));
    if !listens {
        for address in options.listen() {
            command.arg("--listen").arg(address.to_string());
        }
    }
    if options.lan {
        command.args(["--tls", "self-signed"]);
    }
    command.args(&options.server);
    // Its own news is for people; stdout carries the one line that scripts wait for.
    command.stdout(std::io::stderr());
    become_it(command)
}

fn next(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(8080)
}

#[cfg(unix)]
fn become_it(mut command: Command) -> Outcome {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(run::cannot_start(
        &command,
        &error,
        "run `cargo xtask dist` to see whether it builds",
    ))
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> Outcome {
    run::run(&mut command, "the server's message is above")
}

/// Starts `announce` through a shell that ends at once: the server is nobody's parent then.
fn announce_later(options: &Options) -> Outcome {
    let mut shell = Command::new("sh");
    shell.args(["-c", "\"$0\" announce \"$@\" &"]);
    shell
        .arg(std::env::current_exe()?)
        .arg(options.port.to_string())
        .arg(std::process::id().to_string())
        .arg(options.scheme());
    run::run(&mut shell, "")
}

/// `announce PORT PID SCHEME`: the line, once the server answers; nothing if it ends first.
pub fn announce(mut args: lexopt::Parser) -> Outcome {
    let port: u16 = args.value()?.to_string_lossy().parse().unwrap_or(8080);
    let server = format!("/proc/{}", args.value()?.to_string_lossy());
    let scheme = args.value()?.to_string_lossy().into_owned();
    let has_proc = Path::new("/proc/self").exists();
    let started = Instant::now();
    while started.elapsed() < START && (!has_proc || Path::new(&server).exists()) {
        if answers(port) {
            println!("duologue: {scheme}://localhost:{port}");
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Ready, or, where it speaks https, ready to say so to whoever says http.
fn answers(port: u16) -> bool {
    let mut answer = [0; 12];
    let asked = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).and_then(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        stream.read_exact(&mut answer)
    });
    asked.is_ok() && matches!(&answer, b"HTTP/1.1 200" | b"HTTP/1.1 308")
}
