//! Those who say that they are somebody else.

use super::{Target, address, slow::NUMBERS};
use crate::{
    client,
    dialect::{Dialect, room, token},
};
use anyhow::{Context, Result};
use duologue_core::{
    ids::{PeerId, PeerToken},
    wire::{self, ClientMsg, ServerMsg},
};
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

const PATIENCE: Duration = Duration::from_secs(2);
/// Below the pace at which everybody is slowed down.
const PACE: Duration = Duration::from_millis(25);

/// To a friend, in the name of somebody honest; and to somebody honest, in whose room one is not.
pub async fn forge(target: &Target, n: u32) -> Result<()> {
    let me = NUMBERS + 2 * n;
    let (mut friend, its_name) = client::join(Dialect::Duologue, target.at, me).await?;
    let (mut liar, own_name) = client::join(Dialect::Duologue, target.at, me + 1).await?;
    let victim = token(n).id();
    loop {
        for (room, to) in [
            (room(me).text(), &its_name),
            (room(n).text(), &victim.text()),
        ] {
            let victim = victim.text();
            let text = format!(
                "{{\"type\":\"send\",\"room\":\"{room}\",\"to\":\"{to}\",\"from\":\"{victim}\",\"body\":\"AAAA\"}}"
            );
            liar.send(Message::text(text)).await?;
        }
        let told = hear(&mut friend, |it| matches!(it, ServerMsg::Relayed { .. })).await?;
        if let ServerMsg::Relayed { from, .. } = told {
            let honest = Some(from) == PeerId::parse(&own_name);
            target.note(if honest {
                "told as the liar's own"
            } else {
                "BELIEVED"
            });
        }
        let told = hear(&mut liar, |it| matches!(it, ServerMsg::Refused { .. })).await?;
        if let ServerMsg::Refused { code, .. } = told {
            target.note(format!("{code:?}"));
        }
        sleep(PACE).await;
    }
}

/// Everybody in a room knows the ids of the others; a guess is as good.
pub async fn steal(target: &Target, n: u32) -> Result<()> {
    let victim = token(n).id();
    let mut socket = target.open(n).await?;
    let hello = ClientMsg::Hello {
        version: wire::VERSION,
        token: PeerToken(victim.0),
    };
    socket.send(Message::text(wire::encode(&hello))).await?;
    let told = hear(&mut socket, |it| matches!(it, ServerMsg::Welcome { .. })).await?;
    if let ServerMsg::Welcome { you, .. } = told {
        target.note(if you == victim {
            "BECAME THEM"
        } else {
            "somebody else"
        });
    }
    sleep(PACE).await;
    Ok(())
}

/// By a visitor's browser, from somebody else's page.
pub async fn foreign(target: &Target, n: u32) -> Result<()> {
    let origins = [
        "https://evil.example",
        "null",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1:1",
    ];
    let mut request = format!("ws://{}/ws", target.at).into_client_request()?;
    let origin = origins[n as usize % origins.len()].parse()?;
    request.headers_mut().insert("origin", origin);
    let stream = client::connect(address(n), target.at).await?;
    match client_async(request, stream).await {
        Ok(_) => target.note("LET IN"),
        Err(Error::Http(answer)) => target.note(answer.status().as_u16().to_string()),
        Err(other) => return Err(other.into()),
    }
    Ok(())
}

async fn hear(
    socket: &mut client::Socket,
    wanted: impl Fn(&ServerMsg) -> bool,
) -> Result<ServerMsg> {
    let hearing = async {
        loop {
            let message = socket.next().await.context("closed")??;
            let Message::Text(text) = message else {
                continue;
            };
            if let Ok(said) = wire::decode(&text, wire::MAX_FRAME)
                && wanted(&said)
            {
                return Ok(said);
            }
        }
    };
    timeout(PATIENCE, hearing).await.context("no answer")?
}
