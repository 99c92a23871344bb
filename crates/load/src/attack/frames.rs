//! Frames that are too big, and bytes that are no frames.

use super::{Target, address, ending};
use crate::client;
use anyhow::Result;
use futures_util::SinkExt;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::{Bytes, Message};

const HUGE: u64 = 1 << 30;
const PIECE: usize = 32 * 1024;
const PATIENCE: Duration = Duration::from_secs(2);

/// One frame whose head says a gibibyte, and as much of it as is taken.
pub async fn announce(target: &Target, n: u32) -> Result<()> {
    let mut socket = target.open(n).await?;
    let mut head = vec![0x81, 0x80 | 127];
    head.extend(HUGE.to_be_bytes());
    head.extend([0; 4]);
    socket.get_mut().write_all(&head).await?;
    pour(target, &mut socket, &[b'A'; PIECE]).await
}

/// One message in frames of a fair size, without an end.
pub async fn stream(target: &Target, n: u32) -> Result<()> {
    let mut socket = target.open(n).await?;
    let frame = |opcode: u8| {
        let mut frame = vec![opcode, 0x80 | 126];
        frame.extend((PIECE as u16).to_be_bytes());
        frame.extend([0; 4]);
        frame.extend([b'A'; PIECE]);
        frame
    };
    socket.get_mut().write_all(&frame(1)).await?;
    pour(target, &mut socket, &frame(0)).await
}

async fn pour(target: &Target, socket: &mut client::Socket, piece: &[u8]) -> Result<()> {
    let mut poured = 0;
    while poured < HUGE {
        if socket.get_mut().write_all(piece).await.is_err() {
            break;
        }
        poured += piece.len() as u64;
        // What is on its way has been said: look for the answer before more.
        if poured > 4 << 20 {
            break;
        }
    }
    let how = ending(socket, PATIENCE).await;
    target.note(how);
    Ok(())
}

pub async fn rubbish(target: &Target, n: u32) -> Result<()> {
    let bytes: Vec<u8> = (0..600_u32)
        .map(|it| (it.wrapping_mul(2_654_435_761 + n) >> 11) as u8)
        .collect();
    if n.is_multiple_of(4) {
        let mut stream = client::connect(address(n), target.at).await?;
        stream.write_all(&bytes).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let first = String::from_utf8_lossy(&answer);
        let status = first
            .split_whitespace()
            .nth(1)
            .unwrap_or("closed")
            .to_owned();
        target.note(format!("HTTP {status}"));
        return Ok(());
    }
    let mut socket = target.open(n).await?;
    match n % 4 {
        1 => socket.send(Message::Binary(Bytes::from(bytes))).await?,
        2 => socket.get_mut().write_all(&bytes).await?,
        _ => {
            for _ in 0..20 {
                socket
                    .feed(Message::text("{\"type\":\"open_sesame\"}"))
                    .await?;
            }
            socket.flush().await?;
        }
    }
    let how = ending(&mut socket, PATIENCE).await;
    target.note(how);
    Ok(())
}
