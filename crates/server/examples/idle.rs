//! How much memory a connected, idle client costs: opens sockets to a server in a process of its own,
//! each in a room of two, and prints KiB per connection. `cargo run --example idle -- 1000` (Linux: the
//! figure is read from /proc). Every socket takes two file handles in all: see `ulimit -n`.

use duologue_core::{
    ids::{PeerToken, RoomId},
    wire::{ClientMsg, Sealed, encode},
};
use duologue_server::{
    Config, DirectoryKind, Limits, Timing, assets::Assets, origin::Origins, start,
};
use futures_util::{SinkExt, StreamExt};
use std::{
    env,
    error::Error,
    fs,
    io::{self, BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Before counting: what the first connections cost once is not theirs.
const WARM_UP: u32 = 20;

#[tokio::main]
async fn main() -> Outcome<()> {
    match env::args().nth(1).as_deref() {
        Some("serve") => serve().await,
        count => measure(count.unwrap_or("1000").parse()?).await,
    }
}

/// The child: a server as it is by default, until the parent has done.
async fn serve() -> Outcome<()> {
    let config = Config {
        listen: vec!["127.0.0.1:0".parse()?],
        assets: Assets::of([]),
        origins: Origins::default(),
        limits: Limits::default(),
        directory: DirectoryKind::Off,
        ring_seconds: 45,
        timing: Timing::default(),
    };
    let running = start(config).await?;
    writeln!(io::stdout(), "{}", running.addresses()[0])?;
    tokio::task::spawn_blocking(|| io::stdin().read_line(&mut String::new())).await??;
    running.stop().await;
    Ok(())
}

async fn measure(count: u32) -> Outcome<()> {
    let mut child = Command::new(env::current_exe()?)
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut address = String::new();
    let out = child.stdout.take().ok_or("no output of the server")?;
    BufReader::new(out).read_line(&mut address)?;
    let address = address.trim();

    let mut clients = Vec::new();
    for n in 0..WARM_UP {
        clients.push(connect(address, n).await?);
    }
    let before = resident(&child)?;
    for n in WARM_UP..WARM_UP + count {
        clients.push(connect(address, n).await?);
    }
    let after = resident(&child)?;
    let each = (after - before) as f64 / f64::from(count);
    writeln!(
        io::stdout(),
        "{count} idle clients: {before} KiB before, {after} KiB after, {each:.1} KiB each"
    )?;
    drop(child.stdin.take());
    child.wait()?;
    Ok(())
}

async fn connect(address: &str, n: u32) -> Outcome<impl StreamExt + use<>> {
    let mut request = format!("ws://{address}/ws").into_client_request()?;
    request
        .headers_mut()
        .insert("origin", format!("http://{address}").parse()?);
    let (mut socket, _) = connect_async(request).await?;
    let bytes = |n: u32| {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&n.to_le_bytes());
        bytes
    };
    // The size of a real one: a name and a version, sealed.
    let card = Sealed("A".repeat(120));
    let hello = ClientMsg::Hello {
        version: 1,
        token: PeerToken(bytes(n)),
    };
    let join = ClientMsg::Join {
        room: RoomId(bytes(n / 2)),
        card,
    };
    for message in [encode(&hello), encode(&join)] {
        socket.send(Message::text(message)).await?;
        socket.next().await.ok_or("the server closed")??;
    }
    Ok(socket)
}

fn resident(child: &Child) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line
        .and_then(|line| line.split_whitespace().next())
        .ok_or("no VmRSS")?;
    Ok(kib.parse()?)
}
