//! Between the sockets and the lender: brings it what came, and does what it says. Everything that waits
//! to be sent is bounded; what finds no room is lost, as packets are.

use super::{
    Inside,
    doors::Sockets,
    lender::{By, Client, Deed, Lender, Now},
    quota::{Quotas, Tally},
};
use crate::{
    listen::BREATHER,
    metrics::{self, Lost},
    network::Network,
    say,
};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};
use tokio::{
    net::UdpSocket,
    sync::{mpsc, watch},
    time::{MissedTickBehavior, interval, sleep},
};
use tokio_rustls::TlsAcceptor;

/// Bytes of the longest message or packet that is carried. Those of calls are below 1,500.
pub(super) const MOST: usize = 4_096;
/// Packets that wait for a slow connection: a tenth of a second of a call.
const QUEUE: usize = 64;
const TICK: Duration = Duration::from_secs(5);

pub(super) struct Hall {
    lender: Mutex<Lender<Sockets>>,
    pub(super) quotas: Quotas,
    datagrams: Vec<Arc<UdpSocket>>,
    streams: Mutex<Streams>,
    pub(super) acceptor: Option<TlsAcceptor>,
    started: Instant,
}

/// Connections by TCP and TLS, and what waits for each.
struct Streams {
    each: HashMap<u64, mpsc::Sender<Vec<u8>>>,
    networks: Tally<Network>,
    next: u64,
}

/// A connection that was let in. Gives its place back, and what it had borrowed.
pub(super) struct Place {
    pub(super) client: Client,
    hall: Arc<Hall>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut streams = lock(&self.hall.streams);
        if let By::Stream(id) = self.client.by {
            streams.each.remove(&id);
        }
        (streams.networks).take_off(&Network::of(self.client.at.ip()));
        metrics::LENDING.connect(streams.each.len());
        drop(streams);
        lock(&self.hall.lender).end(self.client);
    }
}

impl Hall {
    pub(super) fn new(
        lender: Lender<Sockets>,
        quotas: Quotas,
        datagrams: Vec<Arc<UdpSocket>>,
        acceptor: Option<TlsAcceptor>,
    ) -> Self {
        let streams = Streams {
            each: HashMap::new(),
            networks: Tally::new(),
            next: 0,
        };
        Hall {
            lender: Mutex::new(lender),
            quotas,
            datagrams,
            streams: Mutex::new(streams),
            acceptor,
            started: Instant::now(),
        }
    }

    pub(super) fn lent(&self) -> usize {
        lock(&self.lender).count()
    }

    pub(super) fn streams(&self) -> usize {
        lock(&self.streams).each.len()
    }

    pub(super) fn lends_to(&self, client: Client) -> bool {
        lock(&self.lender).lends_to(client)
    }

    /// A place for a connection, and what is to be written to it; nothing if there are too many.
    pub(super) fn let_in(
        self: &Arc<Self>,
        at: SocketAddr,
    ) -> Option<(Place, mpsc::Receiver<Vec<u8>>)> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let mut streams = lock(&self.streams);
        let from = Network::of(at.ip());
        if streams.each.len() >= self.quotas.streams
            || streams.networks.of(&from) >= self.quotas.streams_of_address
        {
            metrics::dropped(Lost::Relay, "connections");
            return None;
        }
        let id = streams.next;
        streams.next += 1;
        streams.each.insert(id, sender);
        streams.networks.add(from);
        metrics::LENDING.connect(streams.each.len());
        let client = Client {
            by: By::Stream(id),
            at,
        };
        let place = Place {
            client,
            hall: self.clone(),
        };
        Some((place, receiver))
    }

    /// What a client says, one whole message or packet.
    pub(super) fn hear(&self, client: Client, said: &[u8]) {
        let deed = lock(&self.lender).hear(self.now(), client, said);
        match deed {
            Deed::Nothing => {}
            Deed::Answer(bytes) => self.tell(client, bytes),
            Deed::Hand(other, bytes) => self.tell(other, bytes),
            Deed::Send(door, to, range) => door.send(to, &said[range]),
        }
    }

    pub(super) fn hear_peer(&self, relayed: SocketAddr, peer: SocketAddr, data: &[u8]) {
        let wrapped = lock(&self.lender).hear_peer(self.now(), relayed, peer, data);
        if let Some((client, bytes)) = wrapped {
            self.tell(client, bytes);
        }
    }

    fn tell(&self, client: Client, bytes: Vec<u8>) {
        match client.by {
            By::Datagrams(n) => {
                if let Some(socket) = self.datagrams.get(n) {
                    socket.try_send_to(&bytes, client.at).ok();
                }
            }
            By::Stream(id) => {
                if let Some(queue) = lock(&self.streams).each.get(&id) {
                    queue.try_send(bytes).ok();
                }
            }
        }
    }

    fn now(&self) -> Now {
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Now {
            steady: self.started.elapsed(),
            wall: wall.map_or(0, |it| it.as_secs()),
        }
    }
}

/// Should it ever break half-way, a relay that has lost count serves people better than none.
fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads one of our UDP sockets until the server stops.
pub(super) async fn datagrams(hall: Arc<Hall>, n: usize, mut stopped: watch::Receiver<bool>) {
    let Some(socket) = hall.datagrams.get(n).cloned() else {
        return;
    };
    let mut packet = vec![0; MOST + 1];
    loop {
        let received = tokio::select! {
            received = socket.recv_from(&mut packet) => received,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        match received {
            Ok((length, at)) if length <= MOST => {
                let by = By::Datagrams(n);
                hall.hear(Client { by, at }, &packet[..length]);
            }
            Ok(_) => {}
            Err(_) => sleep(BREATHER).await,
        }
    }
}

/// Ends what has had its time, and looks at the interfaces anew.
pub(super) async fn look_after(
    hall: Arc<Hall>,
    inside: Inside,
    mut stopped: watch::Receiver<bool>,
) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_blind = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        let found = inside.whom.now(&inside.addresses);
        if found.is_err() != is_blind {
            is_blind = !is_blind;
            if is_blind {
                say("this machine's interfaces cannot be seen; the relay goes by what they were");
            }
        }
        let mut lender = lock(&hall.lender);
        lender.peers.renew(found);
        lender.sweep(hall.now());
    }
}
