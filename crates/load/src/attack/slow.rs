//! Those who take their time: headers that never end, one byte a second, and who never reads.

use super::{Target, address, ending};
use crate::{
    client,
    dialect::{Dialect, room},
};
use anyhow::{Context, Result};
use duologue_core::wire::{self, ClientMsg, Sealed};
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, interval, timeout},
};
use tokio_tungstenite::tungstenite::Message;

/// Longer than the server waits for anything.
const PATIENCE: Duration = Duration::from_secs(12);
const HEADER: &str = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nX-Slow: ";
/// Nobody honest has numbers so high, and all of them stay below 2^20: rooms and ids are their own.
pub const NUMBERS: u32 = 900_000;
/// As long as a sealed body may be.
const BODY: usize = 48 * 1024;

pub async fn half_open(target: &Target, n: u32) -> Result<()> {
    let mut stream = client::connect(address(n), target.at).await?;
    stream.write_all(HEADER.as_bytes()).await?;
    let begun = Instant::now();
    let mut answer = Vec::new();
    let end = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    target.note(match end {
        Ok(_) => format!("closed after {} s", begun.elapsed().as_secs()),
        Err(_) => "left open".into(),
    });
    Ok(())
}

/// One half before the socket is open, the other half within a frame.
pub async fn drip(target: &Target, n: u32) -> Result<()> {
    let begun = Instant::now();
    let mut ticks = interval(Duration::from_secs(1));
    if n.is_multiple_of(2) {
        let mut stream = client::connect(address(n), target.at).await?;
        for byte in HEADER.as_bytes() {
            ticks.tick().await;
            if stream.write_all(&[*byte]).await.is_err() {
                break;
            }
        }
        target.note(format!(
            "header: closed after {} s",
            begun.elapsed().as_secs()
        ));
        return Ok(());
    }
    let mut socket = target.open(n).await?;
    // A text of a hundred bytes, masked by zeroes.
    let frame = [&[0x81, 0x80 | 100, 0, 0, 0, 0][..], &[b' '; 100]].concat();
    for byte in frame {
        ticks.tick().await;
        if socket.get_mut().write_all(&[byte]).await.is_err() {
            break;
        }
        if begun.elapsed() > PATIENCE {
            break;
        }
    }
    let how = ending(&mut socket, Duration::from_secs(1)).await;
    target.note(format!("frame: {how}"));
    Ok(())
}

/// Two who know each other: one sends as much as it may, the other reads nothing of it.
pub async fn never_read(target: &Target, n: u32) -> Result<()> {
    let me = NUMBERS + 2 * n;
    let (_deaf, its_name) = client::join(Dialect::Duologue, target.at, me).await?;
    let (mut talker, _) = client::join(Dialect::Duologue, target.at, me + 1).await?;
    let send = wire::encode(&ClientMsg::Send {
        room: room(me),
        to: duologue_core::ids::PeerId::parse(&its_name).context("an id")?,
        body: Sealed("A".repeat(BODY)),
    });
    let mut ticks = interval(Duration::from_millis(21));
    loop {
        tokio::select! {
            _ = ticks.tick() => talker.send(Message::text(send.clone())).await?,
            heard = talker.next() => {
                let heard = heard.context("the talker was closed")??;
                if heard.to_text().is_ok_and(|it| it.contains("\"left\"")) {
                    target.note("who does not read was let go");
                    return Ok(());
                }
            }
        }
    }
}
