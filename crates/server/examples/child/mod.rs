//! A server in a process of its own, so that what is measured is the server and not who measures: the
//! example starts itself once more, and that one serves.

use duologue_server::{
    Config, DirectoryKind, Entry, Limits, Metrics, Timing, assets::Assets, origin::Origins,
    relays::Relays, start,
};
use std::{
    env,
    error::Error,
    fs,
    io::{self, BufRead, BufReader, Write},
    process::{self, Command, Stdio},
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async, tungstenite::client::IntoClientRequest,
};

pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const SERVE: &str = "serve";

/// The number that was asked for; `None` in the child, which has served by then.
pub async fn number(default: u32) -> Outcome<Option<u32>> {
    match env::args().nth(1).as_deref() {
        Some(SERVE) => serve().await.map(|()| None),
        Some(number) => Ok(Some(number.parse()?)),
        None => Ok(Some(default)),
    }
}

/// As it is by default, until the parent has done.
async fn serve() -> Outcome<()> {
    let config = Config {
        listen: vec!["127.0.0.1:0".parse()?],
        tls: None,
        assets: Assets::of([]),
        origins: Origins::default(),
        limits: Limits::default(),
        relays: Relays::default(),
        inside: None,
        directory: DirectoryKind::Listed,
        ring_seconds: 45,
        entry: Entry::default(),
        metrics: Metrics::default(),
        cluster: None,
        timing: Timing::default(),
    };
    let running = start(config).await?;
    writeln!(io::stdout(), "{}", running.addresses()[0])?;
    tokio::task::spawn_blocking(|| io::stdin().read_line(&mut String::new())).await??;
    running.stop().await;
    Ok(())
}

pub struct Child {
    process: process::Child,
    address: String,
}

impl Child {
    pub fn start() -> Outcome<Child> {
        let mut process = Command::new(env::current_exe()?)
            .arg(SERVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        let out = process.stdout.take().ok_or("no output of the server")?;
        BufReader::new(out).read_line(&mut address)?;
        let address = address.trim().to_owned();
        Ok(Child { process, address })
    }

    /// A socket at `path`, as the server's own page would open it.
    pub async fn connect(&self, path: &str) -> Outcome<Socket> {
        let mut request = format!("ws://{}/{path}", self.address).into_client_request()?;
        let origin = format!("http://{}", self.address).parse()?;
        request.headers_mut().insert("origin", origin);
        Ok(connect_async(request).await?.0)
    }

    /// Memory, in KiB.
    pub fn resident(&self) -> Outcome<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line
            .and_then(|line| line.split_whitespace().next())
            .ok_or("no VmRSS")?;
        Ok(kib.parse()?)
    }

    pub fn stop(mut self) -> Outcome<()> {
        drop(self.process.stdin.take());
        self.process.wait()?;
        Ok(())
    }
}
