//! Connections: two of them in one page find each other, and none stays behind.

use crate::support::{
    any_camera, both, instrument, live_connections, live_listeners, live_sent_tracks,
    made_connections, next_turn, until,
};
use duologue_core::{
    io::{ConnEvent, ConnState, Sdp, SdpKind},
    policy::{Encoding, Picture, WHOLE},
    verify::Certificates,
    wire::Candidate,
};
use duologue_web::browser::{
    BrowserError, clock,
    media::{MediaKind, Track},
    page,
    peer_connection::{IceConfig, IceServer, PeerConnection, PeerEvent},
    stats::Stats,
    video,
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlVideoElement;

/// A connection and all that it said.
struct End {
    connection: PeerConnection,
    events: Rc<RefCell<Vec<PeerEvent>>>,
}

impl End {
    fn open() -> End {
        let events = Rc::new(RefCell::new(Vec::new()));
        let log = Rc::downgrade(&events);
        let connection = PeerConnection::open(&IceConfig::default(), move |event| {
            if let Some(log) = log.upgrade() {
                log.borrow_mut().push(event);
            }
        })
        .unwrap();
        End { connection, events }
    }

    async fn hears(&self, what: &str, is_it: impl Fn(&PeerEvent) -> bool) {
        until(what, async || self.events.borrow().iter().any(&is_it)).await;
    }

    async fn hears_conn(&self, event: ConnEvent) {
        self.hears(&format!("{event:?}"), |it| {
            *it == PeerEvent::Conn(event.clone())
        })
        .await;
    }

    async fn stats(&self) -> Stats {
        self.connection.stats().await.unwrap()
    }

    async fn sees_video(&self) {
        let frames = async || self.stats().await.received.picture.frames;
        until("a frame", async || frames().await > 0.0).await;
        let before = frames().await;
        until("more frames", async || frames().await > before + 3.0).await;
    }
}

/// Offer and answer with all candidates inside; the answering end adopts the slots.
async fn connect(a: &End, b: &End, audio: Option<&Track>, video: Option<&Track>) {
    a.connection.set_local().await.unwrap();
    let offer = a.connection.gather(5_000).await.unwrap();
    assert_eq!(offer.kind, SdpKind::Offer);
    assert!(offer.text.contains("a=candidate:"));
    b.connection.set_remote(offer.clone()).await.unwrap();
    if offer.text.contains("m=video") {
        b.connection.adopt_slots(audio, video);
    }
    b.connection.set_local().await.unwrap();
    let answer = b.connection.gather(5_000).await.unwrap();
    assert_eq!(answer.kind, SdpKind::Answer);
    a.connection.set_remote(answer).await.unwrap();
    for end in [a, b] {
        end.hears_conn(ConnEvent::State(ConnState::Connected)).await;
        end.hears_conn(ConnEvent::ChannelOpen).await;
    }
}

#[wasm_bindgen_test]
async fn two_ends_connect_and_text_goes_both_ways() {
    let (a, b) = (End::open(), End::open());
    assert_eq!(
        a.connection.send_text("too early"),
        Err(BrowserError::InvalidState)
    );
    connect(&a, &b, None, None).await;
    a.connection.send_text("from a").unwrap();
    b.connection.send_text("from b: ü 🌍").unwrap();
    b.hears_conn(ConnEvent::ChannelText("from a".to_owned()))
        .await;
    a.hears_conn(ConnEvent::ChannelText("from b: ü 🌍".to_owned()))
        .await;
    until("a path", async || a.stats().await.path == "host").await;
    assert!(
        a.connection
            .max_message_size()
            .is_some_and(|it| it >= 65_536.0)
    );
    assert!(
        a.connection
            .local_sdp()
            .is_some_and(|it| it.contains("a=fingerprint:sha-256 "))
    );
    // Words, sound and picture go by one transport, or at least to one end; and that is the other one.
    let used = |end: &End| {
        let theirs = end.connection.theirs().unwrap();
        Certificates::of(&end.connection.local_sdp().unwrap(), &theirs).unwrap()
    };
    let (used_here, used_there) = (used(&a), used(&b));
    assert_eq!(used_here.own, used_there.theirs);
    assert_eq!(used_here.theirs, used_there.own);
    assert_ne!(used_here.own, used_here.theirs);
    drop(a);
    b.hears_conn(ConnEvent::ChannelClosed).await;
}

#[wasm_bindgen_test]
async fn candidates_can_follow_one_by_one() {
    let (a, b) = (End::open(), End::open());
    let offer = a.connection.set_local().await.unwrap();
    b.connection.set_remote(offer.clone()).await.unwrap();
    let answer = b.connection.set_local().await.unwrap();
    a.connection.set_remote(answer).await.unwrap();
    for (from, to) in [(&a, &b), (&b, &a)] {
        let end = PeerEvent::Conn(ConnEvent::Candidate(Candidate::default()));
        from.hears("the end of candidates", |it| *it == end).await;
        let all = from.events.borrow().clone();
        for event in all {
            if let PeerEvent::Conn(ConnEvent::Candidate(it)) = event {
                to.connection.add_candidate(it).await.unwrap();
            }
        }
    }
    a.hears_conn(ConnEvent::ChannelOpen).await;
}

#[wasm_bindgen_test]
async fn video_advances_sound_is_heard_and_a_late_camera_needs_no_negotiation() {
    let (a, b) = (End::open(), End::open());
    let (microphone, camera) = both().await.unwrap();
    a.connection.add_slots(Some(&microphone), Some(&camera));
    a.hears_conn(ConnEvent::NegotiationNeeded).await;
    connect(&a, &b, None, None).await;
    for kind in [MediaKind::Audio, MediaKind::Video] {
        let is_it = |it: &PeerEvent| matches!(it, PeerEvent::Track(it) if *it == kind);
        b.hears("a track", is_it).await;
        a.hears("a track", is_it).await;
        assert!(b.connection.remote_stream().has(kind));
    }
    b.sees_video().await;
    // Chromium decodes sound only for somebody who listens.
    let element: HtmlVideoElement = page::window()
        .unwrap()
        .document()
        .unwrap()
        .create_element("video")
        .unwrap()
        .unchecked_into();
    video::show(&element, Some(&b.connection.remote_stream()))
        .await
        .unwrap();
    let energy = async || b.stats().await.received.sound.energy;
    until("sound", async || energy().await > 0.0).await;
    assert_eq!(a.stats().await.received.picture.frames, 0.0);

    a.events.borrow_mut().clear();
    b.events.borrow_mut().clear();
    let late = any_camera().await.unwrap();
    b.connection.replace_video(Some(&late));
    a.sees_video().await;
    a.connection.replace_video(None);
    let asked = PeerEvent::Conn(ConnEvent::NegotiationNeeded);
    assert!(!a.events.borrow().contains(&asked) && !b.events.borrow().contains(&asked));
}

const ALL: Encoding = Encoding {
    sound_bits: 40_000,
    camera: WHOLE,
    screen: WHOLE,
    codec: None,
};
const SMALL: Encoding = Encoding {
    camera: Picture {
        shrink: 4.0,
        ..WHOLE
    },
    ..ALL
};
const NOTHING: Encoding = Encoding {
    camera: Picture {
        sent: false,
        ..WHOLE
    },
    ..ALL
};

#[wasm_bindgen_test]
async fn a_picture_starts_small_and_grows_without_negotiation() {
    let (a, b) = (End::open(), End::open());
    let camera = any_camera().await.unwrap();
    a.connection.encode(SMALL);
    a.connection.add_slots(None, Some(&camera));
    a.connection.encode(SMALL);
    assert!(!a.connection.is_connected());
    connect(&a, &b, None, Some(&camera)).await;
    assert!(a.connection.is_connected());
    b.connection.encode(SMALL);
    b.sees_video().await;
    assert_eq!(b.stats().await.received.picture.width, 320.0);
    a.events.borrow_mut().clear();
    a.connection.encode(ALL);
    until("a bigger picture", async || {
        b.stats().await.received.picture.width > 320.0
    })
    .await;
    let asked = PeerEvent::Conn(ConnEvent::NegotiationNeeded);
    assert!(!a.events.borrow().contains(&asked));
}

#[wasm_bindgen_test]
async fn a_picture_that_nobody_sees_is_not_sent_until_somebody_does() {
    let (a, b) = (End::open(), End::open());
    let camera = any_camera().await.unwrap();
    a.connection.add_slots(None, Some(&camera));
    connect(&a, &b, None, Some(&camera)).await;
    b.sees_video().await;
    a.events.borrow_mut().clear();
    let sent = async || a.stats().await.sent.picture.frames;
    a.connection.encode(NOTHING);
    until("stillness", async || {
        let before = sent().await;
        clock::pause(500).await;
        sent().await == before
    })
    .await;
    let before = sent().await;
    a.connection.encode(ALL);
    until("frames again", async || sent().await > before + 5.0).await;
    let asked = PeerEvent::Conn(ConnEvent::NegotiationNeeded);
    assert!(!a.events.borrow().contains(&asked));
}

#[wasm_bindgen_test]
async fn a_device_that_is_sent_goes_dark_with_its_track() {
    instrument();
    let a = End::open();
    let camera = any_camera().await.unwrap();
    let before = live_sent_tracks();
    a.connection.add_slots(None, Some(&camera));
    assert_eq!(live_sent_tracks(), before + 1);
    drop(camera);
    assert_eq!(live_sent_tracks(), before, "a copy of the track stayed on");
}

#[wasm_bindgen_test]
async fn a_restart_asks_for_negotiation_with_new_credentials() {
    let (a, b) = (End::open(), End::open());
    connect(&a, &b, None, None).await;
    let password = |sdp: &Sdp| {
        sdp.text
            .lines()
            .find(|it| it.starts_with("a=ice-pwd:"))
            .map(str::to_owned)
            .unwrap()
    };
    let before = a.connection.gather(0).await.unwrap();
    a.events.borrow_mut().clear();
    a.connection.restart_ice();
    a.hears_conn(ConnEvent::NegotiationNeeded).await;
    let after = a.connection.set_local().await.unwrap();
    assert_ne!(password(&before), password(&after));
}

/// Chromium threw the tab away for this.
#[wasm_bindgen_test]
async fn a_track_that_is_given_while_two_restarts_collide_is_sent_afterwards() {
    let (a, b) = (End::open(), End::open());
    let (first, second) = (any_camera().await.unwrap(), any_camera().await.unwrap());
    a.connection.add_slots(None, Some(&first));
    connect(&a, &b, None, Some(&first)).await;
    a.sees_video().await;

    a.connection.restart_ice();
    b.connection.restart_ice();
    let offer = a.connection.set_local().await.unwrap();
    b.connection.set_local().await.unwrap();
    // B gives its own offer up for this one.
    b.connection.set_remote(offer).await.unwrap();
    b.connection.adopt_slots(None, Some(&second));
    b.connection.replace_video(None);
    b.connection.replace_video(Some(&second));
    let answer = b.connection.set_local().await.unwrap();
    a.connection.set_remote(answer).await.unwrap();
    let frames = async || a.stats().await.received.picture.frames;
    let before = frames().await;
    until("more frames", async || frames().await > before + 5.0).await;
}

/// Chromium sent nothing any more once an encoder had been told anything.
#[wasm_bindgen_test]
async fn what_is_sent_goes_on_when_two_offers_collide() {
    let (a, b) = (End::open(), End::open());
    let (first, second) = (any_camera().await.unwrap(), any_camera().await.unwrap());
    a.connection.add_slots(None, Some(&first));
    connect(&a, &b, None, Some(&second)).await;
    a.sees_video().await;
    b.connection.encode(SMALL);
    // Only once it is so can it be lost.
    until("a small picture", async || {
        a.stats().await.received.picture.width <= 320.0
    })
    .await;

    b.connection.restart_ice();
    let offer = a.connection.set_local().await.unwrap();
    b.connection.set_local().await.unwrap();
    b.connection.set_remote(offer).await.unwrap();
    let answer = b.connection.set_local().await.unwrap();
    a.connection.set_remote(answer).await.unwrap();
    for end in [&a, &b] {
        let frames = async || end.stats().await.received.picture.frames;
        let before = frames().await;
        until("more frames", async || frames().await > before + 5.0).await;
    }
}

#[wasm_bindgen_test]
async fn what_a_browser_cannot_read_is_an_error_and_not_a_panic() {
    let end = End::open();
    let nonsense = Sdp {
        kind: SdpKind::Offer,
        text: "v=0\r\nnonsense".to_owned(),
    };
    assert!(end.connection.set_remote(nonsense).await.is_err());
    let answer = Sdp {
        kind: SdpKind::Answer,
        text: "v=0\r\n".to_owned(),
    };
    assert!(end.connection.set_remote(answer).await.is_err());
    let candidate = Candidate {
        candidate: "candidate:nonsense".to_owned(),
        mid: Some("0".to_owned()),
        line: Some(0),
    };
    assert!(end.connection.add_candidate(candidate).await.is_err());
    // No media lines, no slots.
    end.connection.adopt_slots(None, None);
    end.connection.replace_video(None);
    let servers = vec![IceServer {
        urls: vec!["http://no".to_owned()],
        ..IceServer::default()
    }];
    let refused = PeerConnection::open(
        &IceConfig {
            ice_servers: servers,
            relayed_only: false,
        },
        |_| {},
    );
    assert_eq!(refused.err(), Some(BrowserError::Type));
}

#[wasm_bindgen_test]
async fn what_is_awaited_when_a_connection_is_dropped_answers_at_once() {
    let end = End::open();
    let (local, stats) = (end.connection.set_local(), end.connection.stats());
    let gathered = end.connection.gather(60_000);
    drop(end);
    assert_eq!(local.await, Err(BrowserError::InvalidState));
    assert_eq!(gathered.await, Err(BrowserError::InvalidState));
    assert_eq!(stats.await.err(), Some(BrowserError::InvalidState));
}

#[wasm_bindgen_test]
async fn fifty_connections_leave_none_alive_and_no_listener() {
    instrument();
    next_turn().await;
    let (listeners, made) = (live_listeners(), made_connections());
    for round in 0..25 {
        let (a, b) = (End::open(), End::open());
        a.connection.add_slots(None, None);
        let offer = a.connection.set_local().await.unwrap();
        b.connection.set_remote(offer.clone()).await.unwrap();
        b.connection.adopt_slots(None, None);
        if round % 2 == 0 {
            let answer = b.connection.set_local().await.unwrap();
            a.connection.set_remote(answer).await.unwrap();
        } else {
            // Closed with an operation under way.
            wasm_bindgen_futures::spawn_local({
                let answer = b.connection.set_local();
                async move {
                    let _ = answer.await;
                }
            });
            let _ = a.connection.gather(60_000);
        }
    }
    next_turn().await;
    assert_eq!(made_connections() - made, 50);
    assert_eq!(live_connections(), 0);
    assert_eq!(live_listeners(), listeners);
}
