//! A relay of nothing but axum, with small buffers: client n reaches client n ^ 1. What a server of ours
//! costs beyond this is ours to answer for.

use anyhow::{Context, Result};
use axum::{
    Router,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    routing::any,
};
use std::{
    collections::HashMap,
    env,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{net::TcpListener, sync::mpsc};

const BUFFER: usize = 4096;
const QUEUE: usize = 64;

type Clients = Arc<Mutex<HashMap<u32, mpsc::Sender<Message>>>>;

#[tokio::main]
async fn main() -> Result<()> {
    let port: u16 = env::args().nth(1).context("a port")?.parse()?;
    let app = Router::new()
        .route(
            "/{me}",
            any(
                |upgrade: WebSocketUpgrade, Path(me), State(clients)| async move {
                    upgrade
                        .read_buffer_size(BUFFER)
                        .write_buffer_size(BUFFER)
                        .on_upgrade(move |socket| relay(socket, me, clients))
                },
            ),
        )
        .with_state(Clients::default());
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, app).await?)
}

async fn relay(mut socket: WebSocket, me: u32, clients: Clients) {
    let (sender, mut queue) = mpsc::channel(QUEUE);
    with(&clients, |it| it.insert(me, sender));
    loop {
        tokio::select! {
            said = socket.recv() => match said {
                Some(Ok(message @ Message::Text(_))) => {
                    let partner = with(&clients, |it| it.get(&(me ^ 1)).cloned());
                    if let Some(partner) = partner {
                        partner.try_send(message).ok();
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break,
            },
            message = queue.recv() => {
                let Some(message) = message else { break };
                if socket.send(message).await.is_err() {
                    break;
                }
            }
        }
    }
    with(&clients, |it| it.remove(&me));
}

fn with<T>(
    clients: &Clients,
    change: impl FnOnce(&mut HashMap<u32, mpsc::Sender<Message>>) -> T,
) -> T {
    change(&mut clients.lock().unwrap_or_else(PoisonError::into_inner))
}
