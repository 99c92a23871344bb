//! How much memory a connected, idle client costs: opens sockets to a server in a process of its own,
//! each in a room of two, and prints KiB per connection. `cargo run --example idle -- 1000` (Linux: the
//! figure is read from /proc). Every socket takes two file handles in all: see `ulimit -n`.

mod child;

use child::{Child, Outcome, Socket};
use duologue_core::{
    ids::{PeerToken, RoomId},
    wire::{ClientMsg, Sealed, encode},
};
use futures_util::{SinkExt, StreamExt};
use std::io::{self, Write};
use tokio_tungstenite::tungstenite::Message;

/// Before counting: what the first connections cost once is not theirs.
const WARM_UP: u32 = 20;

#[tokio::main]
async fn main() -> Outcome<()> {
    match child::number(1_000).await? {
        Some(count) => measure(count).await,
        None => Ok(()),
    }
}

async fn measure(count: u32) -> Outcome<()> {
    let child = Child::start()?;
    let mut clients = Vec::new();
    for n in 0..WARM_UP {
        clients.push(join(&child, n).await?);
    }
    let before = child.resident()?;
    for n in WARM_UP..WARM_UP + count {
        clients.push(join(&child, n).await?);
    }
    let after = child.resident()?;
    let each = (after - before) as f64 / f64::from(count);
    writeln!(
        io::stdout(),
        "{count} idle clients: {before} KiB before, {after} KiB after, {each:.1} KiB each"
    )?;
    child.stop()
}

async fn join(child: &Child, n: u32) -> Outcome<Socket> {
    let mut socket = child.connect("ws").await?;
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
