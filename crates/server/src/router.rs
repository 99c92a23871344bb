//! Which address leads where: the page's files, what the page asks about this server, and the socket.

use crate::{
    Config, DirectoryKind, Entry, Metrics, Rate, Timing,
    assets::{self, Assets},
    cluster::{self, Machines, People, Reach, Rooms},
    cross,
    headers::{self, Policies},
    log,
    metrics::{self, Lost},
    names, origin,
    relay::Relay,
    socket,
    terms::{Answer, Guest, PROTOCOL, Standing, Terms, Visit},
    tls::Secured,
};
use axum::{
    Router,
    body::Bytes,
    extract::{
        DefaultBodyLimit, Extension, FromRequest, Request, State, WebSocketUpgrade, ws::WebSocket,
    },
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware::map_response_with_state,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use duologue_core::{directory::Rules, wire};
use std::{future::ready, sync::Arc, time::SystemTime};
use tokio::{sync::watch, time::timeout};

/// tungstenite would take 128 KiB for each socket; signalling frames are small and rare, and a large one
/// is read in several turns. What has been read of the buffer is not used again before it is full: twice
/// the usual frame would mean two turns for every second one.
const READ_BUFFER: usize = 2048;
const WRITE_BUFFER: usize = 1024;
/// What the library keeps for somebody who does not read: its answers to their pings, and one text of ours.
/// Without a limit it would be all answers to all pings.
const UNREAD: usize = 2 * wire::MAX_FRAME;

#[derive(Clone)]
struct App(Arc<Shared>);

pub(crate) struct Shared {
    assets: Assets,
    pub(crate) standing: Standing,
    rooms: Arc<Relay<Rooms>>,
    /// Whether the other servers of a cluster are in reach, if there are any.
    others: Option<Reach>,
    /// Who is signed in under which name, unless the host wants none of that.
    names: Option<Arc<Relay<People>>>,
    metrics: Metrics,
    timing: Timing,
    stop: watch::Receiver<bool>,
}

pub(crate) fn router(
    config: Config,
    secured: Option<&Secured>,
    stop: watch::Receiver<bool>,
) -> (Router, Arc<Shared>) {
    let policies = Policies {
        content: config.assets.policy(),
        https_only: secured.is_some_and(|it| it.is_lasting),
    };
    let authority = secured.and_then(|it| it.authority.clone());
    let standing = Standing::new(config.terms());
    let rules = directory(&config);
    let Machines {
        rooms,
        names,
        others,
    } = cluster::start(config.limits, rules, config.cluster, stop.clone());
    let shared = Arc::new(Shared {
        standing,
        rooms,
        others,
        names,
        assets: config.assets,
        metrics: config.metrics,
        timing: config.timing,
        stop,
    });
    let mut router = Router::new();
    if let Some(authority) = authority {
        router = router.route(AUTHORITY, get(move || ready(install(&authority))));
    }
    let router = router
        .route("/healthz", get(health))
        .route("/config.json", get(settings).options(preflight))
        .route("/metrics", get(numbers))
        .route("/ws", get(signalling))
        .route("/names", get(directory_socket))
        .route(
            "/pass",
            post(password)
                .options(preflight)
                .layer(DefaultBodyLimit::max(PASSWORD)),
        )
        .fallback(get(asset))
        .layer(map_response_with_state(policies, headers::add))
        .with_state(App(Arc::clone(&shared)));
    (router, shared)
}

impl Shared {
    /// Other terms, for whoever comes from now on.
    pub(crate) fn change(&self, terms: Terms) {
        let limits = terms.limits.clone();
        if let Some(names) = &self.names {
            let changes = changes(&terms.entry);
            names.change(|it| it.allow(limits.clients, changes));
        }
        self.rooms.change(|it| it.allow(limits));
        self.standing.change(terms);
    }
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
        // Nobody here is worse off for being alone: no reason to send people elsewhere.
        false => {
            let word = shared.others.as_ref().map_or("ok", Reach::word);
            (no_store, word).into_response()
        }
        true => (StatusCode::SERVICE_UNAVAILABLE, no_store, "stopping").into_response(),
    }
}

async fn numbers(
    State(App(shared)): State<App>,
    Extension(guest): Extension<Guest>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    metrics::answer(shared.metrics, guest.address(), &uri, &headers)
}

fn directory(config: &Config) -> Option<Rules> {
    let listed = match config.directory {
        DirectoryKind::Off => return None,
        DirectoryKind::Unlisted => false,
        DirectoryKind::Listed => true,
    };
    Some(Rules {
        tabs: config.limits.clients,
        changes: changes(&config.entry),
        listed,
        fold: names::fold,
    })
}

/// Whoever may come from one address may also sign in, and take part in a call.
fn changes(entry: &Entry) -> Rate {
    let Rate { burst, a_minute } = entry.sockets.pace;
    Rate {
        burst: burst.saturating_mul(2),
        a_minute: a_minute.saturating_mul(2),
    }
}

/// What the page needs to know of its host. docs/protocol.md explains the fields. Passwords for relays go
/// to pages that may use this server, and to nobody who cannot say that it is one.
async fn settings(
    State(App(shared)): State<App>,
    Extension(guest): Extension<Guest>,
    headers: HeaderMap,
) -> Response {
    let terms = shared.standing.terms();
    let by_origin = terms.origins.accept(&headers);
    let by_page =
        by_origin || !headers.contains_key(header::ORIGIN) && origin::is_own_page(&headers);
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    let may_borrow = by_page && terms.relays.have_passwords() && terms.has_pass(&headers);
    let ticket = may_borrow.then(|| shared.standing.ticket(&guest, &headers));
    let passes = terms.entry.passes.as_ref();
    let mut features = Vec::new();
    features.extend(shared.names.as_ref().map(|_| "names"));
    features.extend(passes.map(|_| "passes"));
    features.extend(passes.filter(|it| it.have_password()).map(|_| "password"));
    let said = serde_json::json!({
        "duologue": wire::VERSION,
        "signal": "ws",
        "ice_servers": terms.relays.offer(ticket, SystemTime::now(), host),
        "features": features,
        "ring_seconds": terms.ring_seconds,
    });
    let json = HeaderValue::from_static("application/json");
    let kept = match terms.relays.have_passwords() {
        true => HeaderValue::from_static("no-store"),
        false => assets::ASK,
    };
    let response = (
        [(header::CONTENT_TYPE, json), (header::CACHE_CONTROL, kept)],
        said.to_string(),
    );
    cross::readable(response.into_response(), &terms.origins, &headers)
}

async fn preflight(State(App(shared)): State<App>, headers: HeaderMap) -> Response {
    cross::preflight(&shared.standing.terms().origins, &headers)
}

async fn signalling(
    State(App(shared)): State<App>,
    Extension(guest): Extension<Guest>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let serving = shared.clone();
    let serve = move |socket, visit, stop| async move {
        socket::serve(socket, &serving.rooms, visit, serving.timing, stop).await;
    };
    open(&shared, guest, &headers, upgrade, serve)
}

async fn directory_socket(
    State(App(shared)): State<App>,
    Extension(guest): Extension<Guest>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(names) = shared.names.clone() else {
        return (StatusCode::NOT_FOUND, "this host has no directory\n").into_response();
    };
    let timing = shared.timing;
    let serve = move |socket, visit, stop| async move {
        socket::serve(socket, &names, visit, timing, stop).await;
    };
    open(&shared, guest, &headers, upgrade, serve)
}

/// More than any password.
const PASSWORD: usize = 1024;

/// A pass for whoever says the host's password, to pages that may use this server.
async fn password(
    State(App(shared)): State<App>,
    Extension(guest): Extension<Guest>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    let terms = shared.standing.terms();
    if !terms.origins.accept(&headers) {
        return (StatusCode::FORBIDDEN, "this page may not use this server\n").into_response();
    }
    let word = timeout(shared.timing.header, Bytes::from_request(request, &())).await;
    let (status, text) = match word {
        Ok(Ok(word)) => {
            let word = String::from_utf8_lossy(&word);
            match shared.standing.try_password(&guest, &headers, &word) {
                Answer::Pass(pass) => (StatusCode::OK, pass),
                Answer::Wrong => (StatusCode::FORBIDDEN, String::new()),
                Answer::TooFast => (StatusCode::TOO_MANY_REQUESTS, String::new()),
            }
        }
        _ => (StatusCode::BAD_REQUEST, "say the password\n".to_owned()),
    };
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    let response = (status, no_store, text).into_response();
    cross::readable(response, &terms.origins, &headers)
}

/// A socket, for a page that may have one. Whoever is not let in is told so over it.
fn open<F: Future<Output = ()> + Send + 'static>(
    shared: &Shared,
    guest: Guest,
    headers: &HeaderMap,
    upgrade: WebSocketUpgrade,
    serve: impl FnOnce(WebSocket, Visit, watch::Receiver<bool>) -> F + Send + 'static,
) -> Response {
    if !shared.standing.terms().origins.accept(headers) {
        metrics::dropped(Lost::Handshake, "origin");
        log::detail(guest.address(), "a page of another origin was refused");
        return (StatusCode::FORBIDDEN, "this page may not use this server\n").into_response();
    }
    let stop = shared.stop.clone();
    if *stop.borrow() {
        metrics::dropped(Lost::Handshake, "stopping");
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    let entered = shared.standing.enter(&guest, headers);
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(UNREAD)
        .max_message_size(wire::MAX_FRAME)
        .max_frame_size(wire::MAX_FRAME)
        .on_upgrade(|socket| async move {
            match entered {
                Ok(visit) => serve(socket, visit, stop).await,
                Err(code) => socket::turn_away(socket, code).await,
            }
            // Until here it is somebody's connection.
            drop(guest);
        })
}
