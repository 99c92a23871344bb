//! A way between two browsers of this machine that takes its time. Pages are made to believe that
//! whoever they talk to is at one of its ports (browsers do not use the loopback interface); what comes in goes on a while later.

use crate::{Person, ice::own_address};
use anyhow::Result;
use serde_json::json;
use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::UdpSocket,
    sync::{Mutex, mpsc},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

/// Pages are asked so often what they want.
const LOOK: Duration = Duration::from_millis(200);
/// Holds back candidates until their port has been exchanged for one of ours; those in descriptions
/// are left out.
const HOOK: &str = r"
    const address = arguments[0];
    const add = RTCPeerConnection.prototype.addIceCandidate;
    const set = RTCPeerConnection.prototype.setRemoteDescription;
    window.farPorts = new Map();
    window.farWanted = [];
    const far = async (port) => {
        window.farWanted.push(port);
        while (!window.farPorts.has(port)) await new Promise((go) => setTimeout(go, 5));
        return window.farPorts.get(port);
    };
    RTCPeerConnection.prototype.addIceCandidate = async function (it) {
        if (!it?.candidate) return;
        const words = it.candidate.split(' ');
        if (words[2].toLowerCase() !== 'udp') return;
        words[4] = address;
        words[5] = await far(Number(words[5]));
        return add.call(this, { candidate: words.join(' '), sdpMid: it.sdpMid, sdpMLineIndex: it.sdpMLineIndex });
    };
    RTCPeerConnection.prototype.setRemoteDescription = function (it) {
        const sdp = it.sdp.replace(/a=candidate:.*\r\n/g, '');
        return set.call(this, { type: it.type, sdp });
    };
    return null";

#[must_use]
pub struct Far {
    one_way: Duration,
    ports: Mutex<HashMap<u16, u16>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Far {
    pub fn new(one_way: Duration) -> Arc<Far> {
        Arc::new(Far {
            one_way,
            ports: Mutex::default(),
            tasks: Mutex::default(),
        })
    }

    /// From now on this page's new connections go by us. Ends with the guard.
    pub async fn stand_before(self: &Arc<Self>, person: &Person) -> Result<()> {
        let address = own_address().to_string();
        person.script::<()>(HOOK, vec![json!(address)]).await?;
        let (far, person) = (self.clone(), person.clone());
        let task = tokio::spawn(async move {
            // A page that has gone wants nothing.
            while far.exchange(&person).await.is_ok() {
                tokio::time::sleep(LOOK).await;
            }
        });
        self.tasks.lock().await.push(task);
        Ok(())
    }

    async fn exchange(&self, person: &Person) -> Result<()> {
        let wanted: Vec<u16> = person
            .script("return window.farWanted.splice(0)", vec![])
            .await?;
        for port in wanted {
            let ours = self.port_for(port).await?;
            let script = "window.farPorts.set(arguments[0], arguments[1]); return null";
            person
                .script::<()>(script, vec![json!(port), json!(ours)])
                .await?;
        }
        Ok(())
    }

    async fn port_for(&self, port: u16) -> Result<u16> {
        let mut ports = self.ports.lock().await;
        if let Some(known) = ports.get(&port) {
            return Ok(*known);
        }
        let door = Arc::new(UdpSocket::bind((own_address(), 0)).await?);
        let ours = door.local_addr()?.port();
        ports.insert(port, ours);
        let to = SocketAddr::from((own_address(), port));
        self.tasks
            .lock()
            .await
            .push(tokio::spawn(carry(door, to, self.one_way)));
        Ok(ours)
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        self.tasks.get_mut().iter().for_each(JoinHandle::abort);
    }
}

/// Each sender gets a socket of its own, so that answers find their way back.
async fn carry(door: Arc<UdpSocket>, to: SocketAddr, one_way: Duration) {
    let mut senders: HashMap<SocketAddr, mpsc::UnboundedSender<(Instant, Vec<u8>)>> =
        HashMap::new();
    let mut packet = vec![0; 2048];
    while let Ok((len, from)) = door.recv_from(&mut packet).await {
        let due = Instant::now() + one_way;
        let sender = match senders.get(&from) {
            Some(sender) => sender.clone(),
            None => {
                let Ok(back) = UdpSocket::bind((own_address(), 0)).await else {
                    return;
                };
                let back = Arc::new(back);
                let (sender, waiting) = mpsc::unbounded_channel();
                tokio::spawn(deliver(waiting, back.clone(), to));
                tokio::spawn(answer(back, door.clone(), from, one_way));
                senders.insert(from, sender.clone());
                sender
            }
        };
        if sender.send((due, packet[..len].to_vec())).is_err() {
            return;
        }
    }
}

async fn deliver(
    mut waiting: mpsc::UnboundedReceiver<(Instant, Vec<u8>)>,
    by: Arc<UdpSocket>,
    to: SocketAddr,
) {
    while let Some((due, packet)) = waiting.recv().await {
        sleep_until(due).await;
        // A lost packet is a lost packet.
        let _ = by.send_to(&packet, to).await;
    }
}

/// What comes back to a sender's socket goes to the sender, from the door that it knows.
async fn answer(back: Arc<UdpSocket>, door: Arc<UdpSocket>, sender: SocketAddr, one_way: Duration) {
    let (later, waiting) = mpsc::unbounded_channel();
    tokio::spawn(deliver(waiting, door, sender));
    let mut packet = vec![0; 2048];
    while let Ok((len, _)) = back.recv_from(&mut packet).await {
        if later
            .send((Instant::now() + one_way, packet[..len].to_vec()))
            .is_err()
        {
            return;
        }
    }
}
