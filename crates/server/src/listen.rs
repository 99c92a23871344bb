//! Where the server listens, how it accepts, and how it stops. Uses hyper itself instead of
//! `axum::serve`, which cannot be told how long a request's header may take.

use crate::{
    Config, Metrics, Terms, Timing,
    doors::Shut,
    log,
    meter::Metered,
    metrics::{self, Lost},
    proxy_protocol,
    router::{self, Shared},
    terms::Guest,
    tls::{self, Secured, TlsError, acme},
    turn::{self, Lending, Offer},
};
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{
    convert::Infallible,
    fmt,
    future::pending,
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};

/// After a failed accept, which mostly means that there are no file handles left just now.
pub(crate) const BREATHER: Duration = Duration::from_millis(50);
/// How every TLS connection begins, and neither HTTP nor STUN.
pub(crate) const TLS_HANDSHAKE: [u8; 1] = [22];
/// Of HTTP/2: requests at once on one connection, bytes of one's headers, and how often a connection that
/// says nothing is asked whether it is there.
const STREAMS: u32 = 64;
const HEADERS: u32 = 16 * 1024;
/// Of HTTP/1: a request's line and headers, and the same of what is on its way back. hyper would take 408 KiB.
const REQUEST: usize = 16 * 1024;
const PROBE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub enum StartError {
    Address(SocketAddr, io::Error),
    Relay(SocketAddr, io::Error),
    /// Nobody can say whom the relay has to keep out of.
    Interfaces(io::Error),
    Certificate(TlsError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (address, cause, option) = match self {
            StartError::Address(address, cause) => (address, cause, "--listen"),
            StartError::Relay(address, cause) => (address, cause, "--relay-listen"),
            StartError::Interfaces(cause) => {
                return write!(
                    f,
                    "cannot see which networks this machine is on: {cause}; the relay inside would not \
                     know whom to keep out of, and --relay off starts without it"
                );
            }
            StartError::Certificate(error) => return error.fmt(f),
        };
        match cause.kind() {
            io::ErrorKind::AddrInUse => write!(
                f,
                "{address} is in use already; choose another with {option}"
            ),
            io::ErrorKind::PermissionDenied => {
                write!(
                    f,
                    "{address} may not be used; ports below 1024 need a privilege, choose another with {option}"
                )
            }
            _ => write!(f, "cannot listen on {address}: {cause}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A server at work. Dropping it stops it without ceremony; `stop` is the polite way.
#[must_use]
pub struct Running {
    addresses: Vec<SocketAddr>,
    metrics: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    /// Weak, so that the end of its last user can be awaited.
    shared: Weak<Shared>,
    drain: Duration,
    relay: Option<Lending>,
    /// What the page is told of it.
    offer: Option<Offer>,
}

impl Running {
    /// In the order of `Config::listen`, with the ports that were really given.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The relay inside, if there is one.
    pub fn relay(&self) -> Option<&Lending> {
        self.relay.as_ref()
    }

    /// Where the numbers are told, if they have an address of their own.
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Other terms, for whoever comes from now on. The relay inside stays as it is.
    pub fn change(&self, mut terms: Terms) {
        if let Some(shared) = self.shared.upgrade() {
            if let Some(offer) = &self.offer {
                terms.relays = terms.relays.with(offer.clone());
            }
            shared.change(terms);
        }
    }

    /// Closes every socket with 1001, lets answers under way finish, and comes back when all of that is
    /// done or has taken too long.
    pub async fn stop(self) {
        log::stopping();
        self.stop.send_replace(true);
        // Each task holds a receiver until its end.
        timeout(self.drain, self.stop.closed()).await.ok();
        log::stopped();
    }
}

/// Binds all addresses (or none) and serves in the background.
pub async fn start(mut config: Config) -> Result<Running, StartError> {
    metrics::begin();
    let mut listeners = Vec::new();
    let mut addresses = Vec::new();
    for address in &config.listen {
        let (listener, address) = bind(*address).await?;
        addresses.push(address);
        listeners.push(listener);
    }
    let metrics = match config.metrics {
        Metrics::At(address) => Some(bind(address).await?),
        Metrics::Off | Metrics::Near => None,
    };
    let look = config.timing.certificate;
    let secured = config.tls.as_ref().map(|it| tls::secure(it, look));
    let secured = secured.transpose().map_err(StartError::Certificate)?;
    let (stop, stopped) = watch::channel(false);
    let (mut relay, mut offer) = (None, None);
    if let Some(inside) = config.inside.take() {
        let (lending, offered) = turn::open(inside, secured.as_ref(), stopped.clone()).await?;
        config.relays = config.relays.with(offered.clone());
        (relay, offer) = (Some(lending), Some(offered));
    }
    let timing = config.timing;
    let (router, shared) = router::router(config, secured.as_ref(), stopped.clone());
    let weak = Arc::downgrade(&shared);
    let site = Site {
        router,
        shared,
        elsewhere: router::elsewhere(),
        secured,
        timing,
    };
    log::started(&addresses, site.secured.is_some());
    let numbers = site.plain(metrics::router());
    for listener in listeners {
        tokio::spawn(accept(listener, site.clone(), stopped.clone()));
    }
    let metrics = metrics.map(|(listener, address)| {
        tokio::spawn(accept(listener, numbers, stopped));
        address
    });
    tokio::spawn(log::keep_summing_up());
    Ok(Running {
        addresses,
        metrics,
        stop,
        shared: weak,
        drain: timing.drain,
        relay,
        offer,
    })
}

/// A listener, and the address that it was really given.
async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |cause| StartError::Address(address, cause);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let given = listener.local_addr().map_err(failed)?;
    Ok((listener, given))
}

/// What is served, and how.
#[derive(Clone)]
struct Site {
    router: Router,
    shared: Arc<Shared>,
    /// For whoever says http to a server of https.
    elsewhere: Router,
    secured: Option<Secured>,
    timing: Timing,
}

impl Site {
    /// Something else, on the same terms and without TLS.
    fn plain(&self, router: Router) -> Self {
        Site {
            elsewhere: router.clone(),
            router,
            shared: self.shared.clone(),
            secured: None,
            timing: self.timing,
        }
    }
}

async fn accept(listener: TcpListener, site: Site, mut stopped: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, from)) => {
                log::detail(from.ip(), "connected");
                match site.shared.standing.meet(from.ip()) {
                    Ok(guest) => {
                        tokio::spawn(meet(stream, guest, site.clone(), stopped.clone()));
                    }
                    Err(shut) => refuse(shut),
                }
            }
            Err(_) => sleep(BREATHER).await,
        }
    }
}

/// Whoever has far too many connections already is not worth an answer.
fn refuse(shut: Shut) {
    let reason = match shut {
        Shut::Full => "server_full",
        Shut::TooMany => "address_full",
        Shut::TooFast => "too_fast",
    };
    metrics::dropped(Lost::Handshake, reason);
}

/// How a connection fails is the client's affair, and its address nobody's: it is counted, and no more.
async fn meet(mut stream: TcpStream, mut guest: Guest, site: Site, stopped: watch::Receiver<bool>) {
    // Signalling is short messages that somebody waits for.
    stream.set_nodelay(true).ok();
    let timing = site.timing;
    if site.shared.standing.is_announced(&guest) {
        let said = timeout(timing.header, proxy_protocol::read(&mut stream)).await;
        let Ok(Ok(said)) = said else {
            return metrics::dropped(Lost::Handshake, "no_proxy_line");
        };
        if let Some(address) = said {
            drop(guest);
            guest = match site.shared.standing.announce(address) {
                Ok(served) => served,
                Err(shut) => return refuse(shut),
            };
        }
    }
    let Some(secured) = site.secured else {
        return serve(stream, guest, site.router, timing, stopped).await;
    };
    let mut first = [0];
    match timeout(timing.header, stream.peek(&mut first)).await {
        Ok(Ok(1)) if first == TLS_HANDSHAKE => {}
        Ok(Ok(1)) => return serve(stream, guest, site.elsewhere, timing, stopped).await,
        _ => return,
    }
    let Ok(Ok(stream)) = timeout(timing.header, secured.acceptor.accept(stream)).await else {
        metrics::tls(false);
        return log::detail(guest.address(), "its TLS handshake failed");
    };
    metrics::tls(true);
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => serve_http2(stream, guest, site.router, timing, stopped).await,
        // It has seen what it wanted to.
        Some(acme::CHALLENGE) => {}
        _ => serve(stream, guest, site.router, timing, stopped).await,
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    guest: Guest,
    router: Router,
    timing: Timing,
    mut stopped: watch::Receiver<bool>,
) {
    let stream = Metered::new(stream, guest.meter());
    // Without a request, the next one's header is what is waited for.
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timing.header)
        .max_buf_size(REQUEST)
        .serve_connection(TokioIo::new(stream), introduce(guest, router, || {}))
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        end = &mut connection => return metrics::served(&end),
        _ = stopped.wait_for(|stop| *stop) => {}
        () = sleep(timing.life) => {}
    }
    connection.as_mut().graceful_shutdown();
    timeout(timing.life, connection).await.ok();
}

/// The page's files, many at once. Sockets come by connections of their own.
async fn serve_http2(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    guest: Guest,
    router: Router,
    timing: Timing,
    mut stopped: watch::Receiver<bool>,
) {
    let asked = Arc::new(AtomicU64::new(0));
    let counted = asked.clone();
    let count = move || {
        counted.fetch_add(1, Ordering::Relaxed);
    };
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEADERS)
        .keep_alive_interval(PROBE)
        .serve_connection(TokioIo::new(stream), introduce(guest, router, count));
    let mut connection = pin!(connection);
    tokio::select! {
        _ = &mut connection => return,
        _ = stopped.wait_for(|stop| *stop) => {}
        () = sleep(timing.life) => {}
        () = silence(&asked, timing.idle) => {}
        // It may not even have begun to speak: nothing to be graceful about.
        () = nothing(&asked, timing.header) => return metrics::dropped(Lost::Handshake, "slow_header"),
    }
    connection.as_mut().graceful_shutdown();
    timeout(timing.life, connection).await.ok();
}

/// Comes back when nothing has been asked for after so long, and otherwise never.
async fn nothing(asked: &AtomicU64, first: Duration) {
    sleep(first).await;
    if asked.load(Ordering::Relaxed) > 0 {
        pending::<()>().await;
    }
}

/// Comes back when nothing was asked for so long.
async fn silence(asked: &AtomicU64, idle: Duration) {
    loop {
        let before = asked.load(Ordering::Relaxed);
        sleep(idle).await;
        if asked.load(Ordering::Relaxed) == before {
            return;
        }
    }
}

/// Tells the router with each request whose it is.
fn introduce(
    guest: Guest,
    router: Router,
    asked: impl Fn(),
) -> impl Service<
    Request<Incoming>,
    Response = axum::response::Response,
    Error = Infallible,
    Future = impl Future<Output = Result<axum::response::Response, Infallible>> + Send,
> {
    let site = TowerToHyperService::new(router);
    service_fn(move |mut request: Request<Incoming>| {
        asked();
        request.extensions_mut().insert(guest.clone());
        name_host(&mut request);
        site.call(request)
    })
}

/// HTTP/2 says in the address what HTTP/1.1 says in a header: here it is in both.
fn name_host(request: &mut Request<Incoming>) {
    let host = request.uri().authority().map(|it| it.as_str());
    let host = host.and_then(|it| HeaderValue::from_str(it).ok());
    if let Some(host) = host
        && !request.headers().contains_key(header::HOST)
    {
        request.headers_mut().insert(header::HOST, host);
    }
}
