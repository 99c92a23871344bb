//! A server on a free port, a WebSocket client that speaks the protocol, and a plain HTTP request.

#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

use duologue_core::{
    ids::{PeerId, PeerToken, RoomId},
    json::Json,
    wire::{ClientMsg, MAX_FRAME, Sealed, ServerMsg, decode, encode},
};
use duologue_server::{
    Config, DirectoryKind, Entry, Limits, Metrics, Running, Timing, assets::Assets,
    origin::Origins, relays::Relays, start,
};
use futures_util::{SinkExt, StreamExt};
use std::{marker::PhantomData, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        http::{HeaderName, HeaderValue},
    },
};

pub const ROOM: RoomId = RoomId([1; 16]);
/// Longer than anything takes; only a broken server comes near.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub fn config() -> Config {
    Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        tls: None,
        assets: Assets::of([]),
        origins: Origins::default(),
        limits: Limits::default(),
        relays: Relays::default(),
        inside: None,
        directory: DirectoryKind::Listed,
        ring_seconds: 45,
        entry: Entry::default(),
        metrics: Metrics::default(),
        cluster: None,
        timing: Timing::default(),
    }
}

pub async fn serve(config: Config) -> (Running, SocketAddr) {
    let running = start(config).await.unwrap();
    let address = running.addresses()[0];
    (running, address)
}

pub fn token(n: u8) -> PeerToken {
    PeerToken([n; 16])
}

pub fn sealed(text: &str) -> Sealed {
    Sealed(text.into())
}

pub fn join(room: RoomId) -> ClientMsg {
    ClientMsg::Join {
        room,
        card: sealed("card"),
    }
}

/// On a socket where the server says `Said`.
pub struct Client<Said = ServerMsg>(
    pub WebSocketStream<MaybeTlsStream<TcpStream>>,
    PhantomData<Said>,
);

impl Client {
    /// The socket only, opened by a page of `origin`.
    pub async fn open_from(address: SocketAddr, origin: Option<&str>) -> Result<Client, Error> {
        Client::open_at(address, "ws", origin).await
    }

    pub async fn open(address: SocketAddr) -> Client {
        Client::open_from(address, Some(&format!("http://{address}")))
            .await
            .unwrap()
    }

    /// Has said hello and been welcomed.
    pub async fn welcomed(address: SocketAddr, n: u8) -> (Client, PeerId) {
        let mut client = Client::open(address).await;
        client
            .say(&ClientMsg::Hello {
                version: 1,
                token: token(n),
            })
            .await;
        let ServerMsg::Welcome { you, .. } = client.hear().await else {
            panic!("not welcomed")
        };
        (client, you)
    }
}

impl<Said: Json> Client<Said> {
    pub async fn open_at(
        address: SocketAddr,
        path: &str,
        origin: Option<&str>,
    ) -> Result<Self, Error> {
        let stream = TcpStream::connect(address).await?;
        Self::open_over(stream, address, path, origin).await
    }

    /// Over a connection that is there already.
    pub async fn open_over(
        stream: TcpStream,
        address: SocketAddr,
        path: &str,
        origin: Option<&str>,
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/{path}").into_client_request()?;
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("origin", HeaderValue::from_str(origin).unwrap());
        }
        let stream = MaybeTlsStream::Plain(stream);
        Ok(Client(client_async(request, stream).await?.0, PhantomData))
    }

    /// Opened by the server's own page, with these headers too.
    pub async fn open_with(
        address: SocketAddr,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/{path}").into_client_request()?;
        let origin = format!("http://{address}");
        for (name, value) in headers.iter().chain(&[("origin", origin.as_str())]) {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            let value = HeaderValue::from_str(value).unwrap();
            request.headers_mut().insert(name, value);
        }
        Ok(Client(connect_async(request).await?.0, PhantomData))
    }

    /// By the server's own page, on a connection that is there already.
    pub async fn open_on(stream: TcpStream, address: SocketAddr) -> Result<Self, Error> {
        let origin = format!("http://{address}");
        Self::open_over(stream, address, "ws", Some(&origin)).await
    }

    /// The next message, or the code that came instead of it.
    pub async fn heard_or_closed(&mut self) -> Result<Said, u16> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.unwrap() {
                Some(Ok(Message::Text(text))) => return Ok(decode(&text, MAX_FRAME).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code.into()),
                Some(Ok(_)) => {}
                end => panic!("neither a message nor a close code: {end:?}"),
            }
        }
    }

    pub async fn say(&mut self, message: &impl Json) {
        self.send(Message::text(encode(message))).await;
    }

    pub async fn send(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// The next message of the server; its pings are answered on the way.
    pub async fn hear(&mut self) -> Said {
        loop {
            match timeout(PATIENCE, self.0.next())
                .await
                .unwrap()
                .unwrap()
                .unwrap()
            {
                Message::Text(text) => return decode(&text, MAX_FRAME).unwrap(),
                Message::Ping(_) => {}
                other => panic!("expected a message, got {other:?}"),
            }
        }
    }

    /// The code with which the server closes, whatever else it says before.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match timeout(PATIENCE, self.0.next()).await.unwrap() {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(_)) => {}
                end => panic!("no close code: {end:?}"),
            }
        }
    }
}

/// Of less than 126 bytes, masked by zeroes.
pub fn frame(head: u8, payload: &[u8]) -> Vec<u8> {
    let length = 0x80 | payload.len() as u8;
    [&[head, length, 0, 0, 0, 0], payload].concat()
}

/// Asks until there is something.
pub async fn until_some<T>(ask: impl AsyncFn() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(it) = ask().await {
                return it;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, asking).await.unwrap()
}

pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    headers: Vec<(String, String)>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(given, _)| given == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice");
        value
    }
}

/// `request` is like `GET /healthz`, `headers` are whole lines.
pub async fn http(address: SocketAddr, request: &str, headers: &[&str]) -> Reply {
    let stream = TcpStream::connect(address).await.unwrap();
    http_over(stream, address, request, headers).await
}

pub async fn http_with_body(
    address: SocketAddr,
    request: &str,
    headers: &[&str],
    body: &str,
) -> Reply {
    let stream = TcpStream::connect(address).await.unwrap();
    http_whole(stream, address, request, headers, body).await
}

pub async fn http_over(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    address: SocketAddr,
    request: &str,
    headers: &[&str],
) -> Reply {
    http_whole(stream, address, request, headers, "").await
}

async fn http_whole(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    address: SocketAddr,
    request: &str,
    headers: &[&str],
    body: &str,
) -> Reply {
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let text =
        format!("{request} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{lines}\r\n{body}");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers
        .map(|(name, value)| (name.to_lowercase(), value.to_string()))
        .collect();
    Reply {
        status,
        body: answer[end + 4..].to_vec(),
        headers,
    }
}
