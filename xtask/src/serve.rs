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
    server: Vec<OsString>,
}

impl Options {
    pub fn parse(mut args: lexopt::Parser, server: Vec<OsString>) -> Outcome<Self> {
        let mut port = 8080;
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
                lexopt::Arg::Long("lan") => {
                    return Err(Fail::new(
                        "`--lan` comes with a later version: other devices need TLS, which the \
                         server does not speak yet",
                        "without it, the page is there for this machine: cargo xtask serve",
                    ));
                }
                _ => return Err(Fail::new("that argument is not known here", crate::USAGE)),
            }
        }
        Ok(Self { port, server })
    }

    /// On both loopback addresses: `localhost` is one or the other, by machine and browser.
    fn listen(&self) -> Vec<SocketAddr> {
        let v4 = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, self.port));
        let has_v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
        if has_v6 { vec![v4, v6] } else { vec![v4] }
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
    announce_later(options.port)?;
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
fn announce_later(port: u16) -> Outcome {
    let mut shell = Command::new("sh");
    shell.args(["-c", "\"$0\" announce \"$1\" \"$2\" &"]);
    shell
        .arg(std::env::current_exe()?)
        .arg(port.to_string())
        .arg(std::process::id().to_string());
    run::run(&mut shell, "")
}

/// `announce PORT PID`: the line, once the server answers; nothing if it ends first.
pub fn announce(mut args: lexopt::Parser) -> Outcome {
    let port: u16 = args.value()?.to_string_lossy().parse().unwrap_or(8080);
    let server = format!("/proc/{}", args.value()?.to_string_lossy());
    let has_proc = Path::new("/proc/self").exists();
    let started = Instant::now();
    while started.elapsed() < START && (!has_proc || Path::new(&server).exists()) {
        if is_healthy(port) {
            println!("duologue: http://localhost:{port}");
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

fn is_healthy(port: u16) -> bool {
    let mut answer = [0; 12];
    let asked = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).and_then(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        stream.read_exact(&mut answer)
    });
    asked.is_ok() && &answer == b"HTTP/1.1 200"
}
