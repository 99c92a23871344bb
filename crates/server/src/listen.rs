//! Where the server listens, how it accepts, and how it stops. Uses hyper itself instead of
//! `axum::serve`, which cannot be told how long a request's header may take.

use crate::{
    Config, router,
    tls::{self, Secured, TlsError},
    turn::{self, Lending},
};
use axum::Router;
use hyper::server::conn::{http1, http2};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{fmt, io, net::SocketAddr, pin::pin, time::Duration};
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
    Relay(SocketAddr, io::Error),
    Certificate(TlsError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (address, cause, option) = match self {
            StartError::Address(address, cause) => (address, cause, "--listen"),
            StartError::Relay(address, cause) => (address, cause, "--relay-listen"),
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
    stop: watch::Sender<bool>,
    drain: Duration,
    relay: Option<Lending>,
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

    /// Closes every socket with 1001, lets answers under way finish, and comes back when all of that is
    /// done or has taken too long.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        // Each task holds a receiver until its end.
        timeout(self.drain, self.stop.closed()).await.ok();
    }
}

/// Binds all addresses (or none) and serves in the background.
pub async fn start(mut config: Config) -> Result<Running, StartError> {
    let mut listeners = Vec::new();
    let mut addresses = Vec::new();
    for address in &config.listen {
        let failed = |cause| StartError::Address(*address, cause);
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        addresses.push(listener.local_addr().map_err(failed)?);
        listeners.push(listener);
    }
    let look = config.timing.certificate;
    let secured = config.tls.as_ref().map(|it| tls::secure(it, look));
    let secured = secured.transpose().map_err(StartError::Certificate)?;
    let (stop, stopped) = watch::channel(false);
    let mut relay = None;
    if let Some(inside) = config.inside.take() {
        let (lending, offer) = turn::open(inside, secured.as_ref(), stopped.clone()).await?;
        config.relays = config.relays.with(offer);
        relay = Some(lending);
    }
    let (drain, header) = (config.timing.drain, config.timing.header);
    let site = Site {
        router: router::router(config, secured.as_ref(), stopped.clone()),
        elsewhere: router::elsewhere(),
        secured,
        header,
    };
    for listener in listeners {
        tokio::spawn(accept(listener, site.clone(), stopped.clone()));
    }
    Ok(Running {
        addresses,
        stop,
        drain,
        relay,
    })
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

async fn accept(listener: TcpListener, site: Site, mut stopped: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(meet(stream, site.clone(), stopped.clone()));
            }
            Err(_) => sleep(BREATHER).await,
        }
    }
}

/// How a connection fails is the client's affair, and its address nobody's: nothing is logged.
async fn meet(stream: TcpStream, site: Site, stopped: watch::Receiver<bool>) {
    // Signalling is short messages that somebody waits for.
    stream.set_nodelay(true).ok();
    let Some(secured) = site.secured else {
        return serve(stream, site.router, site.header, stopped).await;
    };
    let mut first = [0];
    match timeout(site.header, stream.peek(&mut first)).await {
        Ok(Ok(1)) if first == TLS_HANDSHAKE => {}
        Ok(Ok(1)) => return serve(stream, site.elsewhere, site.header, stopped).await,
        _ => return,
    }
    let Ok(Ok(stream)) = timeout(site.header, secured.acceptor.accept(stream)).await else {
        return;
    };
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => serve_http2(stream, site.router, stopped).await,
        _ => serve(stream, site.router, site.header, stopped).await,
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    header: Duration,
    mut stopped: watch::Receiver<bool>,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        _ = &mut connection => return,
        _ = stopped.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    connection.await.ok();
}

/// The page's files, many at once. Sockets come by connections of their own.
async fn serve_http2(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEADERS)
        .keep_alive_interval(PROBE)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    tokio::select! {
        _ = &mut connection => return,
        _ = stopped.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    connection.await.ok();
}
