//! Those who are too many, or too fast.

use super::{Target, address, ending, slow::NUMBERS};
use crate::{
    client,
    dialect::{room, token},
};
use anyhow::Result;
use duologue_core::wire::{self, ClientMsg, Sealed};
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::{
    io::AsyncWriteExt,
    time::{interval, timeout},
};
use tokio_tungstenite::tungstenite::Message;

const PATIENCE: Duration = Duration::from_secs(2);
/// A hundred clients with a thousand each make a hundred thousand a second.
const A_TICK: usize = 10;
const TICK: Duration = Duration::from_millis(10);
const BURST: usize = 20_000;

fn hello(n: u32) -> String {
    wire::encode(&ClientMsg::Hello {
        version: wire::VERSION,
        token: token(NUMBERS + n),
    })
}

fn enter(n: u32) -> String {
    wire::encode(&ClientMsg::Join {
        room: room(NUMBERS + n),
        card: Sealed("A".repeat(120)),
    })
}

/// A new socket for each, as fast as they can be had.
pub async fn connect(target: &Target, n: u32) -> Result<()> {
    let mut socket = client::open(address(n), target.at, "/ws").await?;
    socket.feed(Message::text(hello(n))).await?;
    socket.send(Message::text(enter(n))).await?;
    for _ in 0..2 {
        let Some(Ok(Message::Text(_))) = socket.next().await else {
            target.note("not let in");
            return Ok(());
        };
    }
    target.note("let in");
    Ok(())
}

/// One socket that joins as often as it can.
pub async fn join(target: &Target, n: u32) -> Result<()> {
    let mut socket = target.open(n).await?;
    socket.send(Message::text(hello(n))).await?;
    let all: Vec<u8> = (0..A_TICK).flat_map(|_| frame(&enter(n))).collect();
    let mut ticks = interval(TICK);
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                if socket.get_mut().write_all(&all).await.is_err() {
                    break;
                }
                target.note("tried ten");
            }
            heard = socket.next() => match heard {
                Some(Ok(Message::Close(frame))) => {
                    let code = frame.map(|it| u16::from(it.code).to_string());
                    target.note(code.unwrap_or("closed".into()));
                    break;
                }
                Some(Ok(_)) => {}
                _ => {
                    target.note("cut off");
                    break;
                }
            }
        }
    }
    Ok(())
}

pub async fn burst(target: &Target, n: u32) -> Result<()> {
    let mut socket = target.open(n).await?;
    socket.send(Message::text(hello(n))).await?;
    let ping = frame("{\"type\":\"ping\"}").repeat(BURST);
    socket.get_mut().write_all(&ping).await.ok();
    let how = ending(&mut socket, PATIENCE).await;
    target.note(how);
    Ok(())
}

/// Whose answers nobody reads, until nothing more is taken.
pub async fn ping(target: &Target, n: u32) -> Result<()> {
    let mut socket = target.open(n).await?;
    let head = [0x89, 0x80 | 125, 0, 0, 0, 0];
    let pings = [&head[..], &[b'x'; 125]].concat().repeat(500);
    let all = async { while socket.get_mut().write_all(&pings).await.is_ok() {} };
    if timeout(PATIENCE, all).await.is_err() {
        target.note("left open");
        return Ok(());
    }
    let how = ending(&mut socket, PATIENCE).await;
    target.note(how);
    Ok(())
}

/// A text below 64 KiB, masked by zeroes.
fn frame(text: &str) -> Vec<u8> {
    let length = text.len() as u16;
    let mut frame = vec![0x81];
    match length {
        0..=125 => frame.push(0x80 | length as u8),
        _ => {
            frame.push(0x80 | 126);
            frame.extend(length.to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}
