//! Which address leads where: the page's files, what the page asks about this server, and the socket.

use crate::{
    Config, DirectoryKind, Timing,
    assets::{self, Assets},
    headers::{self, Policies},
    names,
    origin::{self, Origins},
    relay::Relay,
    relays::Relays,
    socket,
    tls::Secured,
};
use axum::{
    Router,
    extract::{State, WebSocketUpgrade, ws::WebSocket},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware::map_response_with_state,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use duologue_core::{
    directory::{Directory, Rules},
    hub::Hub,
    wire,
};
use std::{future::ready, sync::Arc, time::SystemTime};
use tokio::sync::watch;

/// tungstenite would take 128 KiB for each socket; signalling frames are small and rare, and a large one
/// is read in several turns.
const SOCKET_BUFFER: usize = 1024;

#[derive(Clone)]
struct App(Arc<Shared>);

struct Shared {
    assets: Assets,
    origins: Origins,
    rooms: Relay<Hub>,
    /// Who is signed in under which name, unless the host wants none of that.
    names: Option<Arc<Relay<Directory>>>,
    relays: Relays,
    ring_seconds: u16,
    timing: Timing,
    stop: watch::Receiver<bool>,
}

pub(crate) fn router(
    config: Config,
    secured: Option<&Secured>,
    stop: watch::Receiver<bool>,
) -> Router {
    let policies = Policies {
        content: config.assets.policy(),
        https_only: secured.is_some_and(|it| it.is_lasting),
    };
    let authority = secured.and_then(|it| it.authority.clone());
    let shared = Shared {
        rooms: Relay::new(Hub::new(config.limits.clone())),
        names: directory(&config),
        relays: config.relays,
        ring_seconds: config.ring_seconds,
        assets: config.assets,
        origins: config.origins,
        timing: config.timing,
        stop,
    };
    let mut router = Router::new();
    if let Some(authority) = authority {
        router = router.route(AUTHORITY, get(move || ready(install(&authority))));
    }
    router
        .route("/healthz", get(health))
        .route("/config.json", get(settings))
        .route("/ws", get(signalling))
        .route("/names", get(directory_socket))
        .fallback(get(asset))
        .layer(map_response_with_state(policies, headers::add))
        .with_state(App(Arc::new(shared)))
}

/// Where people get the authority that they may install. Their devices take it for what it is by the type.
pub const AUTHORITY: &str = "/authority.crt";

fn install(authority: &[u8]) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/x-x509-ca-cert")];
    (headers, authority.to_vec()).into_response()
}

/// For whoever says http where https is spoken: the same address, by https.
pub(crate) fn elsewhere() -> Router {
    Router::new().fallback(|headers: HeaderMap, uri: Uri| async move {
        let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
        match host {
            Some(host) => Redirect::permanent(&format!("https://{host}{uri}")).into_response(),
            None => StatusCode::BAD_REQUEST.into_response(),
        }
    })
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

/// Wakes itself, for as long as the server lives.
fn directory(config: &Config) -> Option<Arc<Relay<Directory>>> {
    let listed = match config.directory {
        DirectoryKind::Off => return None,
        DirectoryKind::Unlisted => false,
        DirectoryKind::Listed => true,
    };
    let rules = Rules {
        tabs: config.limits.clients,
        listed,
        fold: names::fold,
    };
    let relay = Arc::new(Relay::new(Directory::new(rules)));
    tokio::spawn(Relay::tick(Arc::downgrade(&relay)));
    Some(relay)
}

/// What the page needs to know of its host. docs/protocol.md explains the fields. Passwords for relays go
/// to pages that may use this server, and to nobody who cannot say that it is one.
async fn settings(State(App(shared)): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let by_origin = shared.origins.accept(&headers);
    let trusted =
        by_origin || !headers.contains_key(header::ORIGIN) && origin::is_own_page(&headers);
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    // HTTP/2 has it elsewhere.
    let host = host.or_else(|| uri.authority().map(|it| it.as_str()));
    let features: &[&str] = match shared.names {
        None => &[],
        Some(_) => &["names"],
    };
    let said = serde_json::json!({
        "duologue": wire::VERSION,
        "signal": "ws",
        "ice_servers": shared.relays.offer(trusted, SystemTime::now(), host),
        "features": features,
        "ring_seconds": shared.ring_seconds,
    });
    let json = HeaderValue::from_static("application/json");
    let kept = match shared.relays.have_passwords() {
        true => HeaderValue::from_static("no-store"),
        false => assets::ASK,
    };
    let mut response = (
        [(header::CONTENT_TYPE, json), (header::CACHE_CONTROL, kept)],
        said.to_string(),
    )
        .into_response();
    if let Some(origin) = headers.get(header::ORIGIN).filter(|_| by_origin) {
        let allowed = header::ACCESS_CONTROL_ALLOW_ORIGIN;
        response.headers_mut().insert(allowed, origin.clone());
    }
    let by = HeaderValue::from_static("origin, sec-fetch-site");
    response.headers_mut().insert(header::VARY, by);
    response
}

async fn signalling(
    State(App(shared)): State<App>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let serving = shared.clone();
    open(&shared, &headers, upgrade, move |socket, stop| async move {
        socket::serve(socket, &serving.rooms, serving.timing, stop).await;
    })
}

async fn directory_socket(
    State(App(shared)): State<App>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(names) = shared.names.clone() else {
        return (StatusCode::NOT_FOUND, "this host has no directory\n").into_response();
    };
    let timing = shared.timing;
    open(&shared, &headers, upgrade, move |socket, stop| async move {
        socket::serve(socket, &names, timing, stop).await;
    })
}

/// A socket, for a page that may have one.
fn open<F: Future<Output = ()> + Send + 'static>(
    shared: &Shared,
    headers: &HeaderMap,
    upgrade: WebSocketUpgrade,
    serve: impl FnOnce(WebSocket, watch::Receiver<bool>) -> F + Send + 'static,
) -> Response {
    if !shared.origins.accept(headers) {
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
        .on_upgrade(|socket| serve(socket, stop))
}
