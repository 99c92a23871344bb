//! Where the server listens, how it accepts, and how it stops. Uses hyper itself instead of
//! `axum::serve`, which cannot be told how long a request's header may take.

use crate::{Config, router};
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{fmt, io, net::SocketAddr, pin::pin, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};

/// After a failed accept, which mostly means that there are no file handles left just now.
const BREATHER: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub struct StartError {
    address: SocketAddr,
    cause: io::Error,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address;
        match self.cause.kind() {
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
            _ => write!(f, "cannot listen on {address}: {}", self.cause),
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
}

impl Running {
    /// In the order of `Config::listen`, with the ports that were really given.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
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
pub async fn start(config: Config) -> Result<Running, StartError> {
    let mut listeners = Vec::new();
    let mut addresses = Vec::new();
    for address in &config.listen {
        let failed = |cause| StartError {
            address: *address,
            cause,
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        addresses.push(listener.local_addr().map_err(failed)?);
        listeners.push(listener);
    }
    let (stop, stopped) = watch::channel(false);
    let (drain, header) = (config.timing.drain, config.timing.header);
    let router = router::router(config, stopped.clone());
    for listener in listeners {
        tokio::spawn(accept(listener, router.clone(), header, stopped.clone()));
    }
    Ok(Running {
        addresses,
        stop,
        drain,
    })
}

async fn accept(
    listener: TcpListener,
    router: Router,
    header: Duration,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, router.clone(), header, stopped.clone()));
            }
            Err(_) => sleep(BREATHER).await,
        }
    }
}

async fn serve(
    stream: TcpStream,
    router: Router,
    header: Duration,
    mut stopped: watch::Receiver<bool>,
) {
    // Signalling is short messages that somebody waits for.
    stream.set_nodelay(true).ok();
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    let mut connection = pin!(connection);
    // How a connection fails is the client's affair, and its address nobody's: nothing is logged.
    tokio::select! {
        _ = &mut connection => return,
        _ = stopped.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    connection.await.ok();
}
