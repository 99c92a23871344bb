//! A client of a relay: as much of one as it takes to ask for everything, and to be refused.

#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a broken expectation is how a test fails"
)]

use std::{collections::VecDeque, net::SocketAddr, time::Duration};
use stun_types::{
    attribute::{ErrorCode, Nonce, Realm, Username, XorMappedAddress},
    message::{
        BINDING, IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass, MessageHeader,
        MessageWriteVec, Method, TransactionId,
    },
    prelude::{AttributeWrite, MessageWrite, MessageWriteExt},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};
use turn_types::{
    AddressFamily,
    attribute::{
        ChannelNumber, Data, Lifetime, RequestedAddressFamily, RequestedTransport, XorPeerAddress,
        XorRelayedAddress,
    },
    channel::ChannelData,
    message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, DATA, REFRESH, SEND},
};

/// Longer than anything takes; only a broken relay comes near.
const PATIENCE: Duration = Duration::from_secs(10);

pub trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

pub enum Wire {
    Datagrams(UdpSocket),
    Stream(Box<dyn Duplex>),
}

impl Wire {
    pub async fn udp(relay: SocketAddr) -> Wire {
        let socket = UdpSocket::bind((relay.ip(), 0)).await.unwrap();
        socket.connect(relay).await.unwrap();
        Wire::Datagrams(socket)
    }

    pub async fn tcp(relay: SocketAddr) -> Wire {
        Wire::Stream(Box::new(TcpStream::connect(relay).await.unwrap()))
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        match self {
            Wire::Datagrams(socket) => drop(socket.send(bytes).await.unwrap()),
            Wire::Stream(stream) => {
                let mut padded = bytes.to_vec();
                padded.resize(bytes.len().next_multiple_of(4), 0);
                stream.write_all(&padded).await.unwrap();
                stream.flush().await.unwrap();
            }
        }
    }

    /// One whole message or packet; nothing when the connection has ended.
    pub async fn hear(&mut self) -> Option<Vec<u8>> {
        timeout(PATIENCE, self.next()).await.unwrap()
    }

    async fn next(&mut self) -> Option<Vec<u8>> {
        match self {
            Wire::Datagrams(socket) => {
                let mut bytes = vec![0; 65_536];
                let length = socket.recv(&mut bytes).await.unwrap();
                bytes.truncate(length);
                Some(bytes)
            }
            Wire::Stream(stream) => {
                let mut bytes = vec![0; 4];
                stream.read_exact(&mut bytes).await.ok()?;
                let said = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
                let length = match bytes[0] {
                    0..=3 => MessageHeader::LENGTH + said,
                    _ => 4 + said,
                };
                bytes.resize(length.next_multiple_of(4), 0);
                stream.read_exact(&mut bytes[4..]).await.ok()?;
                bytes.truncate(length);
                Some(bytes)
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub enum Packet {
    Channel(u16, Vec<u8>),
    Indication(SocketAddr, Vec<u8>),
}

pub struct Client {
    pub wire: Wire,
    pub name: String,
    pub password: String,
    pub nonce: String,
    /// What came while an answer was waited for.
    pub packets: VecDeque<Packet>,
}

type Attributes = Vec<Box<dyn AttributeWrite>>;

impl Client {
    pub fn new(wire: Wire, (name, password): (String, String)) -> Client {
        Client {
            wire,
            name,
            password,
            nonce: String::new(),
            packets: VecDeque::new(),
        }
    }

    /// Signed with what is known by now.
    pub fn request(
        &self,
        method: Method,
        id: Option<TransactionId>,
        attributes: impl FnOnce(TransactionId) -> Attributes,
    ) -> Vec<u8> {
        let mut request = Message::builder_request(method, MessageWriteVec::new());
        if let Some(id) = id {
            let id: u128 = id.into();
            request.mut_data()[8..20].copy_from_slice(&id.to_be_bytes()[4..]);
        }
        let id = request.transaction_id();
        for attribute in attributes(id) {
            request.add_attribute(&*attribute).unwrap();
        }
        if !self.nonce.is_empty() {
            let credentials = LongTermKeyCredentials::new(
                self.name.clone(),
                self.password.clone(),
                "duologue".into(),
            );
            request
                .add_attribute(&Username::new(&self.name).unwrap())
                .unwrap();
            request
                .add_attribute(&Realm::new("duologue").unwrap())
                .unwrap();
            request
                .add_attribute(&Nonce::new(&self.nonce).unwrap())
                .unwrap();
            let key = credentials.make_key(IntegrityAlgorithm::Sha1);
            request
                .add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1)
                .unwrap();
        }
        request.finish()
    }

    /// The answer to a request, and packets put by.
    pub async fn answer(&mut self) -> Vec<u8> {
        loop {
            let bytes = self
                .wire
                .hear()
                .await
                .expect("the relay closed the connection");
            match packet(&bytes) {
                Some(packet) => self.packets.push_back(packet),
                None => return bytes,
            }
        }
    }

    async fn ask(
        &mut self,
        method: Method,
        attributes: impl Fn(TransactionId) -> Attributes,
    ) -> Result<Vec<u8>, u16> {
        if self.nonce.is_empty() {
            let request = self.request(method, None, &attributes);
            self.wire.send(&request).await;
            let answer = self.answer().await;
            let answer = Message::from_bytes(&answer).unwrap();
            assert_eq!(answer.attribute::<ErrorCode>().unwrap().code(), 401);
            self.nonce = answer.attribute::<Nonce>().unwrap().nonce().to_owned();
        }
        let request = self.request(method, None, &attributes);
        self.wire.send(&request).await;
        let bytes = self.answer().await;
        let answer = Message::from_bytes(&bytes).unwrap();
        let asked = Message::from_bytes(&request).unwrap();
        assert_eq!(answer.transaction_id(), asked.transaction_id());
        match answer.class() {
            MessageClass::Success => Ok(bytes),
            _ => Err(answer.attribute::<ErrorCode>().unwrap().code()),
        }
    }

    pub async fn allocate(&mut self) -> Result<SocketAddr, u16> {
        self.allocate_with(|| vec![udp()]).await
    }

    pub async fn allocate_ipv6(&mut self) -> Result<SocketAddr, u16> {
        let family = || -> Box<dyn AttributeWrite> {
            Box::new(RequestedAddressFamily::new(AddressFamily::IPV6))
        };
        self.allocate_with(|| vec![udp(), family()]).await
    }

    pub async fn allocate_with(
        &mut self,
        attributes: impl Fn() -> Attributes,
    ) -> Result<SocketAddr, u16> {
        let answer = self.ask(ALLOCATE, |_| attributes()).await?;
        Ok(relayed(&answer))
    }

    pub async fn permit(&mut self, peers: &[SocketAddr]) -> Result<(), u16> {
        let all = |id| peers.iter().map(|it| peer(*it, id)).collect();
        self.ask(CREATE_PERMISSION, all).await.map(drop)
    }

    pub async fn bind(&mut self, number: u16, to: SocketAddr) -> Result<(), u16> {
        let both = |id| -> Attributes { vec![Box::new(ChannelNumber::new(number)), peer(to, id)] };
        self.ask(CHANNEL_BIND, both).await.map(drop)
    }

    /// The seconds that were granted.
    pub async fn refresh(&mut self, seconds: u32) -> Result<u32, u16> {
        let lifetime = |_| -> Attributes { vec![Box::new(Lifetime::new(seconds))] };
        let answer = self.ask(REFRESH, lifetime).await?;
        let answer = Message::from_bytes(&answer).unwrap();
        Ok(answer.attribute::<Lifetime>().unwrap().seconds())
    }

    pub async fn send(&mut self, to: SocketAddr, data: &[u8]) {
        let mut indication = Message::builder_indication(SEND, MessageWriteVec::new());
        let id = indication.transaction_id();
        indication.add_attribute(&*peer(to, id)).unwrap();
        indication.add_attribute(&Data::new(data)).unwrap();
        self.wire.send(&indication.finish()).await;
    }

    pub async fn send_by(&mut self, number: u16, data: &[u8]) {
        let mut packet = vec![0; 4 + data.len()];
        ChannelData::new(number, data).write_into_unchecked(&mut packet);
        self.wire.send(&packet).await;
    }

    pub async fn next_packet(&mut self) -> Packet {
        if let Some(packet) = self.packets.pop_front() {
            return packet;
        }
        let bytes = self
            .wire
            .hear()
            .await
            .expect("the relay closed the connection");
        packet(&bytes).expect("a packet")
    }

    /// What the relay says who we are; when it comes, all that was sent before has been dealt with.
    pub async fn who_am_i(&mut self) -> SocketAddr {
        let request = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
        self.wire.send(&request).await;
        let answer = self.answer().await;
        let answer = Message::from_bytes(&answer).unwrap();
        let seen = answer.attribute::<XorMappedAddress>().unwrap();
        seen.addr(answer.transaction_id())
    }
}

pub fn udp() -> Box<dyn AttributeWrite> {
    Box::new(RequestedTransport::new(RequestedTransport::UDP))
}

pub fn relayed(answer: &[u8]) -> SocketAddr {
    let answer = Message::from_bytes(answer).unwrap();
    let relayed = answer.attribute::<XorRelayedAddress>().unwrap();
    relayed.addr(answer.transaction_id())
}

fn peer(at: SocketAddr, id: TransactionId) -> Box<dyn AttributeWrite> {
    Box::new(XorPeerAddress::new(at, id))
}

fn packet(bytes: &[u8]) -> Option<Packet> {
    if bytes[0] >= 0x40 {
        let channel = ChannelData::parse(bytes).unwrap();
        return Some(Packet::Channel(channel.id(), channel.data().to_vec()));
    }
    let message = Message::from_bytes(bytes).unwrap();
    (message.class() == MessageClass::Indication).then(|| {
        assert_eq!(message.method(), DATA);
        let from = message.attribute::<XorPeerAddress>().unwrap();
        let data = message.attribute::<Data>().unwrap().data().to_vec();
        Packet::Indication(from.addr(message.transaction_id()), data)
    })
}
