//! One client's socket, from an address of its own: a server that counts connections by address sees as
//! many people as there are.

use crate::dialect::{Dialect, Step};
use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

pub type Socket = WebSocketStream<TcpStream>;

const BUFFER: usize = 4096;
/// Longer than a server that works takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Of client n: in 127.16.0.0/12, which all leads to this machine.
pub fn address(n: u32) -> Ipv4Addr {
    let [_, high, middle, low] = n.to_be_bytes();
    Ipv4Addr::new(127, 16 + (high & 15), middle, low)
}

pub async fn connect(from: Ipv4Addr, to: SocketAddr) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// As a page of the server itself would open it.
pub async fn open(from: Ipv4Addr, to: SocketAddr, path: &str) -> Result<Socket> {
    let mut request = format!("ws://{to}{path}").into_client_request()?;
    let origin = format!("http://{to}").parse()?;
    request.headers_mut().insert("origin", origin);
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER)
        .write_buffer_size(0);
    let stream = connect(from, to).await?;
    let (socket, _) = client_async_with_config(request, stream, Some(config)).await?;
    Ok(socket)
}

/// A client that is in, and the name it has there.
pub async fn join(dialect: Dialect, to: SocketAddr, n: u32) -> Result<(Socket, String)> {
    let joining = async {
        let mut socket = open(address(n), to, &dialect.path(n)).await?;
        let mut step = dialect.begin(n);
        loop {
            match step {
                Step::In(name) => return Ok((socket, name)),
                Step::Say(text) => socket.send(Message::text(text)).await?,
                Step::Wait => {}
            }
            step = loop {
                match socket.next().await.context("the server closed")?? {
                    Message::Text(text) => break dialect.hear(n, &text)?,
                    Message::Close(frame) => bail!("the server closed: {frame:?}"),
                    _ => {}
                }
            };
        }
    };
    let joined = timeout(PATIENCE, joining).await;
    joined
        .context("no answer")
        .flatten()
        .with_context(|| format!("client {n}"))
}
