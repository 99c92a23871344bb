//! Two connections of this page with each other: a call with oneself, directly or through the relay.

use super::{Loopback, Relay, since};
use crate::{
    browser::{
        BrowserError, clock,
        peer_connection::{IceConfig, PeerConnection, PeerEvent},
        unseen::Unseen,
        wait::Flag,
    },
    session::local::Local,
};
use duologue_core::io::ConnEvent;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

const CONNECTING_MS: u64 = 10_000;
/// A relay may answer by a slower way than another one beside it.
const GATHERING_MS: u32 = 2_000;
const FRAME_MS: u64 = 6_000;
/// The middle one of these counts: the first ones find caches cold and timers asleep.
const PINGS: usize = 5;

pub async fn loopback(local: Local) -> Loopback {
    let start = clock::now();
    let seen = Cell::new(false);
    let direct = IceConfig::default();
    let connecting = Pair::connect(&direct, |first| {
        local.with_tracks(|sound, picture| {
            seen.set(picture.is_some());
            first.add_slots(sound, picture);
        });
    });
    let Some(Ok(pair)) = clock::within(CONNECTING_MS, connecting).await else {
        return Loopback::Failed;
    };
    let channel_ms = since(start);
    if !seen.get() {
        return Loopback::Data { channel_ms };
    }
    let unseen = Unseen::look(&pair.second.connection.remote_stream());
    let frame = async {
        match &unseen {
            Ok(unseen) => unseen.first_frame().await,
            Err(_) => std::future::pending().await,
        }
    };
    match clock::within(FRAME_MS, frame).await {
        Some(()) => Loopback::Picture {
            channel_ms,
            frame_ms: since(start),
        },
        None => Loopback::NoFrame { channel_ms },
    }
}

/// `config` has nothing but relays that gave an address.
pub async fn through_relay(config: &IceConfig) -> Relay {
    let trips = async {
        let pair = Pair::connect(config, |_| ()).await?;
        let mut trips = Vec::with_capacity(PINGS);
        for _ in 0..PINGS {
            trips.push(pair.round_trip().await?);
        }
        trips.sort_unstable();
        Ok::<_, BrowserError>(trips[PINGS / 2])
    };
    match clock::within(CONNECTING_MS, trips).await {
        Some(Ok(ms)) => Relay::RoundTrip { ms },
        _ => Relay::Blocked,
    }
}

struct Pair {
    first: End,
    second: End,
}

struct End {
    connection: PeerConnection,
    heard: Rc<Heard>,
}

/// What comes out of one end's channel.
#[derive(Default)]
struct Heard {
    open: Flag,
    texts: RefCell<VecDeque<String>>,
    more: RefCell<Flag>,
}

impl End {
    fn open(config: &IceConfig) -> Result<End, BrowserError> {
        let heard = Rc::new(Heard::default());
        let told = heard.clone();
        let connection = PeerConnection::open(config, move |event| match event {
            PeerEvent::Conn(ConnEvent::ChannelOpen) => told.open.raise(),
            PeerEvent::Conn(ConnEvent::ChannelText(text)) => {
                told.texts.borrow_mut().push_back(text);
                told.more.take().raise();
            }
            _ => {}
        })?;
        Ok(End { connection, heard })
    }

    async fn next_text(&self) -> String {
        loop {
            let next = self.heard.texts.borrow_mut().pop_front();
            match next {
                Some(text) => return text,
                None => {
                    let more = self.heard.more.borrow().clone();
                    more.wait().await;
                }
            }
        }
    }
}

impl Pair {
    /// Until both channels are open. Descriptions carry their candidates: there is nobody to whom they
    /// would have to travel one by one.
    async fn connect(
        config: &IceConfig,
        prepare: impl FnOnce(&PeerConnection),
    ) -> Result<Pair, BrowserError> {
        let pair = Pair {
            first: End::open(config)?,
            second: End::open(config)?,
        };
        let (first, second) = (&pair.first.connection, &pair.second.connection);
        prepare(first);
        first.set_local().await?;
        second.set_remote(first.gather(GATHERING_MS).await?).await?;
        second.set_local().await?;
        first.set_remote(second.gather(GATHERING_MS).await?).await?;
        pair.first.heard.open.wait().await;
        pair.second.heard.open.wait().await;
        Ok(pair)
    }

    async fn round_trip(&self) -> Result<u32, BrowserError> {
        let start = clock::now();
        self.first.connection.send_text("ping")?;
        let text = self.second.next_text().await;
        self.second.connection.send_text(&text)?;
        self.first.next_text().await;
        Ok(since(start))
    }
}
