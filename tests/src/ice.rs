//! STUN and TURN servers for browsers on this machine: one that answers as if a router stood between,
//! one that relays, and one that keeps silent. Browsers do not look for servers on the loopback
//! interface, so they are at the machine's own address.

use anyhow::{Context, Result};
use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{net::UdpSocket, task::JoinHandle};
use turn::{
    Error,
    auth::{AuthHandler, generate_auth_key},
    relay::relay_static::RelayAddressGeneratorStatic,
    server::{
        Server,
        config::{ConnConfig, ServerConfig},
    },
};
use webrtc_util::vnet::net::Net;

/// What the STUN server says everybody looks like from outside: an address for examples (RFC 5737).
pub const OUTSIDE: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);
/// Whom the relay serves.
pub const USER: &str = "1795000000:somebody";
pub const PASSWORD: &str = "open sesame";

const REALM: &str = "duologue";
const MAGIC: u32 = 0x2112_a442;
const HEADER: usize = 20;

/// By which the machine is reached; the loopback address where there is no network at all.
pub fn own_address() -> IpAddr {
    let asked = std::net::UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        // Nothing is sent: it only chooses a way.
        socket.connect("198.51.100.1:9")?;
        socket.local_addr()
    });
    asked.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |it| it.ip())
}

async fn listen() -> Result<(UdpSocket, SocketAddr)> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    let port = socket.local_addr()?.port();
    Ok((socket, SocketAddr::new(own_address(), port)))
}

#[must_use]
pub struct Stun {
    place: SocketAddr,
    task: JoinHandle<()>,
}

impl Stun {
    pub async fn start() -> Result<Self> {
        let (socket, place) = listen().await?;
        let task = tokio::spawn(async move {
            let mut packet = [0; 1500];
            // Ends with its guard, or with the socket.
            while let Ok((length, from)) = socket.recv_from(&mut packet).await {
                if let Some(answer) = answer(&packet[..length], from.port()) {
                    // A lost packet is a lost packet: the browser asks again.
                    let _ = socket.send_to(&answer, from).await;
                }
            }
        });
        Ok(Stun { place, task })
    }

    pub fn url(&self) -> String {
        format!("stun:{}", self.place)
    }
}

impl Drop for Stun {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A binding response with XOR-MAPPED-ADDRESS (RFC 8489 §14.2), to a binding request.
fn answer(request: &[u8], port: u16) -> Option<Vec<u8>> {
    let header = request.get(..HEADER)?;
    if header[..2] != [0, 1] || header[4..8] != MAGIC.to_be_bytes() {
        return None;
    }
    let mut answer = vec![1, 1, 0, 12];
    answer.extend(&header[4..]);
    answer.extend([0, 0x20, 0, 8, 0, 1]);
    answer.extend((port ^ (MAGIC >> 16) as u16).to_be_bytes());
    answer.extend((u32::from(OUTSIDE) ^ MAGIC).to_be_bytes());
    Some(answer)
}

/// A relay by UDP that knows one name and one password.
#[must_use]
pub struct Turn {
    place: SocketAddr,
    _server: Server,
}

struct Doorkeeper;

impl AuthHandler for Doorkeeper {
    fn auth_handle(&self, user: &str, realm: &str, _from: SocketAddr) -> Result<Vec<u8>, Error> {
        match user {
            USER => Ok(generate_auth_key(USER, realm, PASSWORD)),
            _ => Err(Error::ErrNoSuchUser),
        }
    }
}

/// Knows nobody: whoever has a name that has not ended, and the password that goes with it by the secret,
/// has them from somebody who knows the secret.
struct ByTicket(String);

impl AuthHandler for ByTicket {
    fn auth_handle(&self, user: &str, realm: &str, _from: SocketAddr) -> Result<Vec<u8>, Error> {
        let until = user.split(':').next().and_then(|it| it.parse().ok());
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |it| it.as_secs());
        if until.is_none_or(|until: u64| until < now) {
            return Err(Error::ErrNoSuchUser);
        }
        let mac =
            Hmac::<Sha1>::new_from_slice(self.0.as_bytes()).map_err(|_| Error::ErrNoSuchUser)?;
        let password = mac.chain_update(user.as_bytes()).finalize().into_bytes();
        Ok(generate_auth_key(
            user,
            realm,
            &Base64::encode_string(&password),
        ))
    }
}

impl Turn {
    pub async fn start() -> Result<Self> {
        Turn::start_with(Arc::new(Doorkeeper)).await
    }

    pub async fn by_secret(secret: &str) -> Result<Self> {
        Turn::start_with(Arc::new(ByTicket(secret.to_owned()))).await
    }

    async fn start_with(auth_handler: Arc<dyn AuthHandler + Send + Sync>) -> Result<Self> {
        let (socket, place) = listen().await?;
        let relay_addr_generator = Box::new(RelayAddressGeneratorStatic {
            relay_address: place.ip(),
            address: "0.0.0.0".to_owned(),
            net: Arc::new(Net::new(None)),
        });
        let server = Server::new(ServerConfig {
            conn_configs: vec![ConnConfig {
                conn: Arc::new(socket),
                relay_addr_generator,
            }],
            realm: REALM.to_owned(),
            auth_handler,
            channel_bind_timeout: Duration::ZERO,
            alloc_close_notify: None,
        });
        let server = server.await.context("a TURN server")?;
        Ok(Turn {
            place,
            _server: server,
        })
    }

    pub fn url(&self) -> String {
        format!("turn:{}?transport=udp", self.place)
    }
}

/// It takes every packet and answers none.
#[must_use]
pub struct Silent {
    place: SocketAddr,
    _socket: UdpSocket,
}

impl Silent {
    pub async fn start() -> Result<Self> {
        let (socket, place) = listen().await?;
        Ok(Silent {
            place,
            _socket: socket,
        })
    }

    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}:{}", self.place)
    }
}
