//! Where the server listens, how it accepts, and how it stops. Uses hyper itself instead of
//! `axum::serve`, which cannot be told how long a request's header may take.

use crate::{
    Config, Metrics, log, metrics, router,
    tls::{self, Secured, TlsError, acme},
};
use axum::{Router, extract::ConnectInfo, response::Response};
use hyper::{
    Request,
    body::Incoming,
    server::conn::{http1, http2},
    service::Service,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{convert::Infallible, fmt, io, net::SocketAddr, pin::pin, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};

/// After a failed accept, which mostly means that there are no file handles left just now.
const BREATHER: Duration = Duration::from_millis(50);
/// How every TLS connection begins, and no HTTP one.
const TLS_HANDSHAKE: [u8; 1] = [22];
/// Of HTTP/2: requests at once on one connection, bytes of one's headers, and how often a connection that
/// says nothing is asked whether it is there.
const STREAMS: u32 = 64;
const HEADERS: u32 = 16 * 1024;
const PROBE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub enum StartError {
    Address(SocketAddr, io::Error),
    Certificate(TlsError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (address, cause) = match self {
            StartError::Address(address, cause) => (address, cause),
            StartError::Certificate(error) => return error.fmt(f),
        };
        match cause.kind() {
            io::ErrorKind::AddrInUse => write!(
                f,
                "{address} is in use already; choose another with --listen"
            ),
            io::ErrorKind::PermissionDenied => {
                write!(
                    f,
                    "{address} may not be used; ports below 1024 need a privilege, choose another with --listen"
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
    drain: Duration,
}

impl Running {
    /// In the order of `Config::listen`, with the ports that were really given.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Where the numbers are told, if they have an address of their own.
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
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
pub async fn start(config: Config) -> Result<Running, StartError> {
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
    let (drain, header) = (config.timing.drain, config.timing.header);
    let site = Site {
        router: router::router(config, secured.as_ref(), stopped.clone()),
        elsewhere: router::elsewhere(),
        secured,
        header,
    };
    log::started(&addresses, site.secured.is_some());
    for listener in listeners {
        tokio::spawn(accept(listener, site.clone(), stopped.clone()));
    }
    let metrics = metrics.map(|(listener, address)| {
        let site = Site::plain(metrics::router(), header);
        tokio::spawn(accept(listener, site, stopped));
        address
    });
    tokio::spawn(log::keep_summing_up());
    Ok(Running {
        addresses,
        metrics,
        stop,
        drain,
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
    /// For whoever says http to a server of https.
    elsewhere: Router,
    secured: Option<Secured>,
    header: Duration,
}

impl Site {
    fn plain(router: Router, header: Duration) -> Self {
        Site {
            elsewhere: router.clone(),
            router,
            secured: None,
            header,
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
            Ok((stream, peer)) => {
                log::detail(peer, "connected");
                tokio::spawn(meet(stream, peer, site.clone(), stopped.clone()));
            }
            Err(_) => sleep(BREATHER).await,
        }
    }
}

/// How a connection fails is the client's affair, and its address nobody's: it is counted, and no more.
async fn meet(stream: TcpStream, peer: SocketAddr, site: Site, stopped: watch::Receiver<bool>) {
    // Signalling is short messages that somebody waits for.
    stream.set_nodelay(true).ok();
    let Some(secured) = site.secured else {
        return serve(stream, Told(site.router, peer), site.header, stopped).await;
    };
    let mut first = [0];
    match timeout(site.header, stream.peek(&mut first)).await {
        Ok(Ok(1)) if first == TLS_HANDSHAKE => {}
        Ok(Ok(1)) => return serve(stream, Told(site.elsewhere, peer), site.header, stopped).await,
        _ => return,
    }
    let Ok(Ok(stream)) = timeout(site.header, secured.acceptor.accept(stream)).await else {
        metrics::tls(false);
        return log::detail(peer, "its TLS handshake failed");
    };
    metrics::tls(true);
    let told = Told(site.router, peer);
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => serve_http2(stream, told, stopped).await,
        // It has seen what it wanted to.
        Some(acme::CHALLENGE) => {}
        _ => serve(stream, told, site.header, stopped).await,
    }
}

/// A router that is told with each request who connects.
#[derive(Clone)]
struct Told(Router, SocketAddr);

impl Service<Request<Incoming>> for Told {
    type Response = Response;
    type Error = Infallible;
    type Future = <Routing as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(ConnectInfo(self.1));
        TowerToHyperService::new(self.0.clone()).call(request)
    }
}

type Routing = TowerToHyperService<Router>;

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Told,
    header: Duration,
    mut stopped: watch::Receiver<bool>,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header)
        .serve_connection(TokioIo::new(stream), router)
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        end = &mut connection => return metrics::served(&end),
        _ = stopped.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    connection.await.ok();
}

/// The page's files, many at once. Sockets come by connections of their own.
async fn serve_http2(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Told,
    mut stopped: watch::Receiver<bool>,
) {
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEADERS)
        .keep_alive_interval(PROBE)
        .serve_connection(TokioIo::new(stream), router);
    let mut connection = pin!(connection);
    tokio::select! {
        _ = &mut connection => return,
        _ = stopped.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    connection.await.ok();
}
