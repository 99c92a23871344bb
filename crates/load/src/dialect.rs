//! How one joins each server and reaches one's partner there. Client n's partner is n ^ 1. Knows texts
//! only; sockets are `client`'s.

use anyhow::{Context, Result};
use duologue_core::{
    ids::{PeerToken, RoomId},
    wire::{self, ClientMsg, Sealed, ServerMsg},
};
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Duologue,
    /// A relay that knows nothing but who is whose partner.
    Plain,
    SocketIo,
    PeerJs,
    Matchbox,
}

/// Where a client is with its joining.
pub enum Step {
    Wait,
    Say(String),
    /// Joined, under this name.
    In(String),
}

impl Dialect {
    pub fn path(self, n: u32) -> String {
        match self {
            Dialect::Duologue => "/ws".into(),
            Dialect::Plain => format!("/{n}"),
            Dialect::SocketIo => "/socket.io/?EIO=4&transport=websocket".into(),
            Dialect::PeerJs => format!("/peerjs?key=peerjs&id={n}&token=t{n}&version=1.5.5"),
            Dialect::Matchbox => format!("/pair-{}", n / 2),
        }
    }

    /// What the client does once its socket is open.
    pub fn begin(self, n: u32) -> Step {
        match self {
            Dialect::Duologue => Step::Say(wire::encode(&ClientMsg::Hello {
                version: wire::VERSION,
                token: token(n),
            })),
            Dialect::Plain => Step::In(n.to_string()),
            Dialect::SocketIo | Dialect::PeerJs | Dialect::Matchbox => Step::Wait,
        }
    }

    /// … and after each text that it hears until it is in.
    pub fn hear(self, n: u32, text: &str) -> Result<Step> {
        Ok(match self {
            Dialect::Duologue => match wire::decode(text, wire::MAX_FRAME) {
                Ok(ServerMsg::Welcome { .. }) => Step::Say(wire::encode(&ClientMsg::Join {
                    room: room(n),
                    // The size of a real one: a name and a version, sealed.
                    card: Sealed("A".repeat(120)),
                })),
                Ok(ServerMsg::Room { joined: true, .. }) => Step::In(token(n).id().text()),
                other => anyhow::bail!("not let in: {other:?}"),
            },
            Dialect::Plain => Step::Wait,
            Dialect::SocketIo if text.starts_with('0') => {
                Step::Say(format!("40{}", json!({ "me": n.to_string() })))
            }
            Dialect::SocketIo => Step::In(n.to_string()),
            Dialect::PeerJs => Step::In(n.to_string()),
            Dialect::Matchbox => {
                let said: Value = serde_json::from_str(text)?;
                let id = said["IdAssigned"].as_str().context("an id")?;
                Step::In(id.to_owned())
            }
        })
    }

    /// What comes before and after the payload in a message to `partner`.
    pub fn envelope(self, n: u32, partner: &str) -> (String, String) {
        match self {
            Dialect::Duologue => (
                format!(
                    "{{\"type\":\"send\",\"room\":\"{}\",\"to\":\"{partner}\",\"body\":\"",
                    room(n).text()
                ),
                "\"}".into(),
            ),
            Dialect::Plain => (String::new(), String::new()),
            Dialect::SocketIo => (format!("42[\"to\",\"{partner}\",\""), "\"]".into()),
            Dialect::PeerJs => (
                format!("{{\"type\":\"OFFER\",\"dst\":\"{partner}\",\"payload\":\""),
                "\"}".into(),
            ),
            Dialect::Matchbox => (
                format!("{{\"Signal\":{{\"receiver\":\"{partner}\",\"data\":\""),
                "\"}}".into(),
            ),
        }
    }
}

pub fn token(n: u32) -> PeerToken {
    PeerToken(bytes(n, 1))
}

pub fn room(n: u32) -> RoomId {
    RoomId(bytes(n / 2, 2))
}

fn bytes(n: u32, kind: u8) -> [u8; 16] {
    let mut bytes = [kind; 16];
    bytes[..4].copy_from_slice(&n.to_le_bytes());
    bytes
}
