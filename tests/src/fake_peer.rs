//! Somebody in a room who is only a socket: takes a place, says nothing, costs nothing. Their card
//! is noise, so nobody who checks envelopes ever takes them for a person.

use crate::{
    socket::{Socket, open},
    within,
};
use anyhow::{Context, Result, bail};
use duologue_core::{
    ids::{PeerToken, RoomId},
    wire::{self, ClientMsg, Sealed, ServerMsg},
};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

#[must_use]
pub struct FakePeer {
    socket: Socket,
}

impl FakePeer {
    /// In `room` once this returns. `number` tells one fake peer from another.
    pub async fn join(socket: &str, origin: &str, room: RoomId, number: u8) -> Result<Self> {
        let socket = open(socket, origin).await?;
        let mut peer = FakePeer { socket };
        peer.say(&ClientMsg::Hello {
            version: wire::VERSION,
            token: PeerToken([number; 16]),
        })
        .await?;
        peer.say(&ClientMsg::Join {
            room,
            card: Sealed("A".repeat(120)),
        })
        .await?;
        tokio::time::timeout(within(10), peer.joined(room))
            .await
            .context("no answer to join")??;
        Ok(peer)
    }

    async fn say(&mut self, message: &ClientMsg) -> Result<()> {
        Ok(self
            .socket
            .send(Message::text(wire::encode(message)))
            .await?)
    }

    async fn joined(&mut self, room: RoomId) -> Result<()> {
        while let Some(message) = self.socket.next().await {
            let Message::Text(text) = message? else {
                continue;
            };
            match wire::decode(&text, wire::MAX_FRAME) {
                Ok(ServerMsg::Room {
                    room: of,
                    joined: true,
                    ..
                }) if of == room => return Ok(()),
                Ok(ServerMsg::Refused { code, .. }) => bail!("refused: {code:?}"),
                _ => {}
            }
        }
        bail!("the server closed the socket")
    }
}
