//! The connection to NATS: what nodes say goes out, what others say comes in. Each connection begins
//! from nothing, so that nothing that was meant for an earlier time is said late; what was missed meanwhile the
//! machine makes good. Never decides anything about rooms.

use super::{
    People, Reach, Settings,
    rooms::{Rooms, Say},
    seal::Seal,
    store::Shelf,
};
use crate::{relay::Relay, say};
use async_nats::{Client, ConnectOptions, Event, Message, Subject, Subscriber};
use duologue_core::{
    cluster::{
        Bus,
        message::{NodeMsg, Said},
    },
    ids::RoomId,
    wire::{self, MAX_FRAME},
};
use futures_util::{
    StreamExt,
    stream::{AbortHandle, Abortable, SelectAll, abortable},
};
use std::{collections::HashMap, future::pending, pin::pin, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, watch},
    task::yield_now,
    time::{sleep, timeout},
};

/// A NATS that says nothing for three of these is lost.
const PING: Duration = Duration::from_secs(1);
const DIAL: Duration = Duration::from_secs(3);
/// Between two tries to reach it.
const PAUSE: Duration = Duration::from_millis(500);
/// For the last word to leave this machine.
const GOODBYE: Duration = Duration::from_secs(1);
/// Messages that wait here for their turn, of one room or of all.
const WAITING: usize = 4_096;

pub(super) struct Line {
    pub(super) settings: Settings,
    pub(super) rooms: Arc<Relay<Rooms>>,
    pub(super) names: Option<Arc<Relay<People>>>,
    pub(super) reach: Reach,
    pub(super) stop: watch::Receiver<bool>,
}

/// Why a connection ended.
enum End {
    Lost,
    Stopping,
}

/// What the library says of the connection, as far as we care.
enum News {
    Lost,
    Leaky,
}

impl Line {
    /// For as long as the server lives.
    pub(super) async fn keep(self, mut says: mpsc::Receiver<Say>, mut shelf: Option<Shelf>) {
        let mut stop = self.stop.clone();
        let mut is_told = false;
        loop {
            let dialled = tokio::select! {
                dialled = self.dial() => dialled,
                () = stopped(&mut stop) => return,
            };
            match dialled {
                Ok((client, news)) => {
                    // Of before; from now on everything is said anew.
                    while says.try_recv().is_ok() {}
                    self.reach.set(true);
                    if is_told {
                        say("NATS is reached: people here meet those at the other servers");
                    }
                    self.tell(Bus::Up);
                    let end = self.serve(&client, news, &mut says, &mut shelf).await;
                    self.reach.set(false);
                    self.tell(Bus::Down);
                    if let Some(names) = &self.names {
                        names.tell(|it, now| it.store(now, false));
                    }
                    if let End::Stopping = end {
                        return;
                    }
                    say("NATS is lost: until it is back, this server serves its people alone");
                    is_told = true;
                }
                Err(why) if !is_told => {
                    say(&format!(
                        "NATS is not reached ({why}): until it is, this server serves its people alone"
                    ));
                    is_told = true;
                }
                Err(_) => {}
            }
            tokio::select! {
                () = sleep(PAUSE) => {}
                () = stopped(&mut stop) => return,
            }
        }
    }

    async fn dial(&self) -> Result<(Client, mpsc::Receiver<News>), String> {
        let (tell, news) = mpsc::channel(8);
        let mut options = ConnectOptions::new()
            .name("duologue")
            .no_echo()
            .ping_interval(PING)
            .connection_timeout(DIAL)
            .subscription_capacity(WAITING)
            // Each of them once. Later we dial ourselves.
            .max_reconnects(self.settings.servers.len())
            .reconnect_delay_callback(|_| Duration::ZERO)
            .event_callback(move |event| {
                let news = match event {
                    Event::Disconnected | Event::Closed => Some(News::Lost),
                    Event::SlowConsumer(_) => Some(News::Leaky),
                    _ => None,
                };
                // Whoever has eight unread pieces of news will look at all rooms anyway.
                let _ = news.map(|it| tell.try_send(it));
                async {}
            });
        if let Some(file) = &self.settings.credentials {
            options = (options.credentials_file(file).await)
                .map_err(|error| format!("{}: {error}", file.display()))?;
        }
        let dialled = options.connect(&self.settings.servers[..]).await;
        let client = dialled.map_err(|error| error.kind().to_string())?;
        Ok((client, news))
    }

    async fn serve(
        &self,
        client: &Client,
        mut news: mpsc::Receiver<News>,
        says: &mut mpsc::Receiver<Say>,
        shelf: &mut Option<Shelf>,
    ) -> End {
        let seal = Seal::new(self.settings.secret.as_deref());
        let mut names = pin!(async {
            match shelf {
                Some(shelf) => shelf.serve(client, &seal).await,
                None => pending().await,
            }
        });
        let mut talk = Talk::new(client, &self.settings.name, &seal);
        let Ok(mut all) = client.subscribe(talk.subject(None)).await else {
            return End::Lost;
        };
        let mut stop = self.stop.clone();
        loop {
            let done = tokio::select! {
                say = says.recv() => match say {
                    Some(say) => talk.say(say).await,
                    None => return End::Stopping,
                },
                message = all.next() => match message {
                    Some(message) => {
                        self.hear(&seal, &message).await;
                        Ok(())
                    }
                    None => return End::Lost,
                },
                Some(message) = talk.rooms.next(), if !talk.rooms.is_empty() => {
                    self.hear(&seal, &message).await;
                    Ok(())
                }
                never = &mut names => match never {},
                news = news.recv() => match news {
                    Some(News::Leaky) => {
                        self.tell(Bus::Leaky);
                        Ok(())
                    }
                    Some(News::Lost) | None => return End::Lost,
                },
                () = stopped(&mut stop) => {
                    self.rooms.tell(Rooms::go);
                    let last = async {
                        while let Ok(say) = says.try_recv() {
                            if talk.say(say).await.is_err() {
                                return;
                            }
                        }
                        client.flush().await.ok();
                    };
                    timeout(GOODBYE, last).await.ok();
                    return End::Stopping;
                }
            };
            if done.is_err() {
                return End::Lost;
            }
        }
    }

    async fn hear(&self, seal: &Seal, message: &Message) {
        let Some(text) = seal.open(&message.subject, &message.payload) else {
            return;
        };
        let Ok(message) = wire::decode::<NodeMsg>(text, MAX_FRAME) else {
            return;
        };
        if let Some(names) = &self.names
            && matches!(
                message.said,
                Said::Beat { .. } | Said::Going | Said::Tell { .. }
            )
        {
            let message = message.clone();
            names.tell(|names, now| names.heard(now, message));
        }
        self.rooms.tell(|rooms, now| rooms.heard(now, message));
        // Those it was for come to empty their queues before a burst, already here, has filled them.
        yield_now().await;
    }

    fn tell(&self, bus: Bus) {
        self.rooms.tell(|rooms, now| rooms.bus(now, bus));
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    stop.wait_for(|stop| *stop).await.ok();
}

/// One connection, and the rooms that are listened to on it.
struct Talk<'a> {
    client: &'a Client,
    name: &'a str,
    seal: &'a Seal,
    /// In order within each room. One that is let go of ends.
    rooms: SelectAll<Abortable<Subscriber>>,
    followed: HashMap<RoomId, AbortHandle>,
}

/// The connection takes nothing any more.
struct Gone;

impl<'a> Talk<'a> {
    fn new(client: &'a Client, name: &'a str, seal: &'a Seal) -> Self {
        Talk {
            client,
            name,
            seal,
            rooms: SelectAll::new(),
            followed: HashMap::new(),
        }
    }

    fn subject(&self, room: Option<RoomId>) -> Subject {
        let name = self.name;
        match room {
            None => format!("duologue.{name}.all").into(),
            Some(room) => format!("duologue.{name}.room.{}", room.text()).into(),
        }
    }

    async fn say(&mut self, say: Say) -> Result<(), Gone> {
        match say {
            Say::All(message) => self.publish(None, &message).await,
            Say::Room(room, message) => self.publish(Some(room), &message).await,
            Say::Follow(room) if self.followed.contains_key(&room) => Ok(()),
            Say::Follow(room) => {
                let subscriber = self.client.subscribe(self.subject(Some(room))).await;
                let (listened, handle) = abortable(subscriber.map_err(|_| Gone)?);
                self.rooms.push(listened);
                self.followed.insert(room, handle);
                Ok(())
            }
            Say::Unfollow(room) => {
                if let Some(handle) = self.followed.remove(&room) {
                    handle.abort();
                }
                Ok(())
            }
        }
    }

    async fn publish(&self, room: Option<RoomId>, message: &NodeMsg) -> Result<(), Gone> {
        let subject = self.subject(room);
        let sealed = self.seal.close(&subject, &wire::encode(message));
        let sent = self.client.publish(subject, sealed.into()).await;
        sent.map_err(|_| Gone)
    }
}
