//! Which address leads where: the page's files, what the page asks about this server, and the socket.

use crate::{
    Config, Timing,
    assets::{self, Assets},
    headers,
    origin::Origins,
    relay::Relay,
    socket,
};
use axum::{
    Router,
    extract::{State, WebSocketUpgrade},
    http::{HeaderMap, StatusCode, Uri, header},
    middleware::map_response_with_state,
    response::{IntoResponse, Response},
    routing::get,
};
use duologue_core::wire;
use std::sync::Arc;
use tokio::sync::watch;

/// tungstenite would take 128 KiB for each socket; signalling frames are small and rare.
const SOCKET_BUFFER: usize = 4096;

#[derive(Clone)]
struct App(Arc<Shared>);

struct Shared {
    assets: Assets,
    origins: Origins,
    relay: Relay,
    timing: Timing,
    stop: watch::Receiver<bool>,
}

pub(crate) fn router(config: Config, stop: watch::Receiver<bool>) -> Router {
    let policy = config.assets.policy();
    let shared = Shared {
        assets: config.assets,
        origins: config.origins,
        relay: Relay::new(config.limits),
        timing: config.timing,
        stop,
    };
    Router::new()
        .route("/healthz", get(health))
        .route("/config.json", get(settings))
        .route("/ws", get(signalling))
        .fallback(get(asset))
        .layer(map_response_with_state(policy, headers::add))
        .with_state(App(Arc::new(shared)))
}

async fn asset(State(App(shared)): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    shared.assets.answer(uri.path(), &headers)
}

/// Ready, or on its way out: then whoever balances load sends people elsewhere.
async fn health(State(App(shared)): State<App>) -> Response {
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    match *shared.stop.borrow() {
        false => (no_store, "ok").into_response(),
        true => (StatusCode::SERVICE_UNAVAILABLE, no_store, "stopping").into_response(),
    }
}

/// What the page needs to know of its host. docs/protocol.md explains the fields.
async fn settings() -> Response {
    let settings = serde_json::json!({
        "duologue": wire::VERSION,
        "signal": "ws",
        "ice_servers": [],
        "features": [],
    });
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/json".parse().unwrap_or(assets::ASK),
        ),
        (header::CACHE_CONTROL, assets::ASK),
    ];
    (headers, settings.to_string()).into_response()
}

async fn signalling(
    State(App(shared)): State<App>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !shared.origins.accept(&headers) {
        return (StatusCode::FORBIDDEN, "this page may not use this server\n").into_response();
    }
    let stop = shared.stop.clone();
    if *stop.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    upgrade
        .read_buffer_size(SOCKET_BUFFER)
        .write_buffer_size(SOCKET_BUFFER)
        .max_message_size(wire::MAX_FRAME)
        .max_frame_size(wire::MAX_FRAME)
        .on_upgrade(async move |socket| {
            socket::serve(socket, &shared.relay, shared.timing, stop).await
        })
}
