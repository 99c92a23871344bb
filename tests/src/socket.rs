//! A WebSocket of whoever is no browser.

use anyhow::{Context, Result};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{client::IntoClientRequest, http::HeaderValue},
};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// As a page of `origin` would open it.
pub(crate) async fn open(url: &str, origin: &str) -> Result<Socket> {
    let mut request = url.into_client_request()?;
    let origin = HeaderValue::from_str(origin)?;
    request.headers_mut().insert("Origin", origin);
    let (socket, _) = connect_async(request).await.context("a socket")?;
    Ok(socket)
}
