//! A signaller that lies: the real rooms behind it, the real page in front, and in between whatever
//! a test thinks up. What arrives at a page has been relayed, altered, repeated, swapped or invented.

use crate::{paths, static_host};
use anyhow::Result;
use axum::{
    Json,
    extract::{
        State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    response::Response,
    routing::get,
};
use duologue_core::{
    hub::{ClientKey, Effect, Hub, Limits},
    ids::PeerId,
    time::Millis,
    wire::{self, ServerMsg},
};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedSender, unbounded_channel},
    task::JoinHandle,
};

/// What one client is told, in place of one honest message: texts, so that it need not even parse.
pub type Mischief = Box<dyn FnMut(ClientKey, ServerMsg) -> Vec<(ClientKey, String)> + Send>;

/// No mischief at all, the starting point of every other.
pub fn honest(to: ClientKey, message: &ServerMsg) -> (ClientKey, String) {
    (to, wire::encode(message))
}

#[must_use]
pub struct Hostile {
    port: u16,
    rooms: Rooms,
    task: JoinHandle<()>,
}

type Rooms = Arc<Mutex<Inner>>;

struct Inner {
    hub: Hub,
    mischief: Mischief,
    clients: BTreeMap<ClientKey, UnboundedSender<Out>>,
    /// Who was let in, in this order.
    welcomed: Vec<PeerId>,
    last: u64,
    start: Instant,
}

enum Out {
    Text(String),
    Close(u16),
}

impl Hostile {
    pub async fn start(mischief: Mischief) -> Result<Self> {
        Self::start_with(mischief, json!([])).await
    }

    /// No mischief, and a page that is told of these ICE servers.
    pub async fn offering(ice_servers: Value) -> Result<Self> {
        let mischief = |to, message| vec![honest(to, &message)];
        Self::start_with(Box::new(mischief), ice_servers).await
    }

    async fn start_with(mischief: Mischief, ice_servers: Value) -> Result<Self> {
        let rooms = Arc::new(Mutex::new(Inner {
            hub: Hub::new(Limits::default()),
            mischief,
            clients: BTreeMap::new(),
            welcomed: Vec::new(),
            last: 0,
            start: Instant::now(),
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let config = json!({
            "duologue": wire::VERSION,
            "signal": "ws",
            "ice_servers": ice_servers,
            "features": [],
        });
        let router = axum::Router::new()
            .route("/ws", get(upgrade))
            .with_state(rooms.clone())
            .route(
                "/config.json",
                get(move || std::future::ready(Json(config))),
            )
            .merge(static_host::router(paths::bundle(), ""));
        let task = tokio::spawn(async move {
            // Ends with the test's runtime.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Hostile { port, rooms, task })
    }

    pub fn page(&self) -> String {
        format!("http://localhost:{}/", self.port)
    }

    /// What nobody else sent, to one client.
    pub fn say(&self, to: ClientKey, message: &ServerMsg) {
        let (to, text) = honest(to, message);
        lock(&self.rooms).tell(to, Out::Text(text));
    }

    /// Ids of those who said hello, in the order of their first.
    pub fn welcomed(&self) -> Vec<String> {
        lock(&self.rooms)
            .welcomed
            .iter()
            .map(PeerId::text)
            .collect()
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(rooms: &Rooms) -> MutexGuard<'_, Inner> {
    rooms.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(to, message) => {
                    if let ServerMsg::Welcome { you, .. } = &message
                        && !self.welcomed.contains(you)
                    {
                        self.welcomed.push(*you);
                    }
                    for (to, text) in (self.mischief)(to, message) {
                        self.tell(to, Out::Text(text));
                    }
                }
                Effect::Close(key, code) => {
                    self.tell(key, Out::Close(code));
                    self.clients.remove(&key);
                }
            }
        }
    }

    fn tell(&self, to: ClientKey, out: Out) {
        if let Some(client) = self.clients.get(&to) {
            // A client that has just gone needs to hear nothing.
            let _ = client.send(out);
        }
    }
}

async fn upgrade(State(rooms): State<Rooms>, socket: WebSocketUpgrade) -> Response {
    socket.on_upgrade(move |socket| serve(rooms, socket))
}

async fn serve(rooms: Rooms, socket: WebSocket) {
    let (to_client, mut outs) = unbounded_channel();
    let key = {
        let mut inner = lock(&rooms);
        inner.last += 1;
        let key = ClientKey(inner.last);
        inner.clients.insert(key, to_client);
        let effects = inner.hub.connect(key);
        inner.carry_out(effects);
        key
    };
    let (mut sink, mut stream) = socket.split();
    loop {
        tokio::select! {
            out = outs.recv() => match out {
                Some(Out::Text(text)) => {
                    if sink.send(Message::text(text)).await.is_err() {
                        break;
                    }
                }
                Some(Out::Close(code)) => {
                    let frame = axum::extract::ws::CloseFrame { code, reason: "".into() };
                    // The other side may be gone already.
                    let _ = sink.send(Message::Close(Some(frame))).await;
                    break;
                }
                None => break,
            },
            message = stream.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let mut inner = lock(&rooms);
                    let now = Millis(inner.start.elapsed().as_millis() as u64);
                    let effects = inner.hub.text(now, key, &text);
                    inner.carry_out(effects);
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
    let mut inner = lock(&rooms);
    inner.clients.remove(&key);
    let effects = inner.hub.disconnect(key);
    inner.carry_out(effects);
}
