//! A connection that carries bytes and nothing else: one channel, and messages that leave no faster
//! than it takes them. Dropping it closes it.

use super::{
    BrowserError, Listener, description as translate, peer_connection::IceConfig, sys::Connection,
    wait::unheard,
};
use duologue_core::{
    io::{Sdp, SdpKind},
    wire::Candidate,
};
use js_sys::{Array, ArrayBuffer, Uint8Array};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Event, MessageEvent, RtcDataChannel, RtcDataChannelInit, RtcDataChannelState,
    RtcDataChannelType, RtcPeerConnection, RtcPeerConnectionIceEvent, RtcPeerConnectionState,
    RtcSessionDescriptionInit,
};

/// What the browser holds ready to send. More buys nothing on one connection.
const FULL: u32 = 256 * 1024;
const LOW: u32 = 64 * 1024;
/// A head may have so many bytes.
const HEAD: u32 = 20;

pub enum LaneEvent {
    Described(String),
    Candidate(Candidate),
    /// The largest message that the other side takes.
    Open(Option<u32>),
    Closed,
    /// Its first bytes, and all of it.
    Message(Vec<u8>, ArrayBuffer),
    /// So many bytes of what was given to `send` have left.
    Sent(u32),
}

#[must_use = "dropping a lane closes it"]
pub struct Lane {
    connection: RtcPeerConnection,
    line: Rc<Line>,
    _listeners: [Listener; 6],
}

/// What waits to be sent. `credit` is told when its last message has gone.
struct Line {
    channel: RtcDataChannel,
    waiting: RefCell<VecDeque<Waiting>>,
    pumping: Cell<bool>,
    on: Box<dyn Fn(LaneEvent)>,
}

struct Waiting {
    message: ArrayBuffer,
    credit: u32,
}

impl Lane {
    /// With an offer of its own, or answering one.
    pub fn open(
        ice: &IceConfig,
        offer: Option<String>,
        on: impl Fn(LaneEvent) + 'static,
    ) -> Result<Lane, BrowserError> {
        let connection =
            RtcPeerConnection::new_with_configuration(ice.to_browser().unchecked_ref())?;
        let init = RtcDataChannelInit::new();
        init.set_negotiated(true);
        init.set_id(0);
        let channel = connection
            .unchecked_ref::<Connection>()
            .open_channel("bytes", &init)?;
        channel.set_binary_type(RtcDataChannelType::Arraybuffer);
        channel.set_buffered_amount_low_threshold(LOW);
        let line = Rc::new(Line {
            channel: channel.clone(),
            waiting: RefCell::default(),
            pumping: Cell::new(false),
            on: Box::new(on),
        });
        let listeners = listeners(&connection, &channel, &line);
        spawn_local(describe(connection.clone(), offer, Rc::downgrade(&line)));
        Ok(Lane {
            connection,
            line,
            _listeners: listeners,
        })
    }

    pub fn answer(&self, sdp: String) {
        let answer = Sdp {
            kind: SdpKind::Answer,
            text: sdp,
        };
        // A description that makes no sense leaves a lane that never opens.
        unheard(
            self.connection
                .set_remote_description(&translate::to_browser(&answer)),
        );
    }

    pub fn add_candidate(&self, candidate: &Candidate) {
        let init = translate::candidate_to_browser(candidate);
        unheard(
            self.connection
                .add_ice_candidate_with_opt_rtc_ice_candidate_init(init.as_ref()),
        );
    }

    /// A word among the bytes.
    pub fn send_frame(&self, frame: &[u8]) {
        self.line.push(Uint8Array::from(frame).buffer(), 0);
    }

    /// Messages of `credit` bytes of content in all.
    pub fn send(&self, messages: &Array, credit: u32) {
        let last = messages.length().saturating_sub(1);
        for (at, message) in (0..).zip(messages.iter()) {
            let credit = if at == last { credit } else { 0 };
            self.line.push(message.unchecked_into(), credit);
        }
    }
}

impl Line {
    fn push(&self, message: ArrayBuffer, credit: u32) {
        self.waiting
            .borrow_mut()
            .push_back(Waiting { message, credit });
        self.pump();
    }

    fn pump(&self) {
        // What is told below may push the next.
        if self.pumping.replace(true) {
            return;
        }
        while self.channel.ready_state() == RtcDataChannelState::Open
            && self.channel.buffered_amount() < FULL
        {
            let Some(next) = self.waiting.borrow_mut().pop_front() else {
                break;
            };
            // Throws for a channel that closes just now, which says so in its own event.
            let _ = self.channel.send_with_array_buffer(&next.message);
            // It was copied. Its own memory is free at once where the browser can do that: else dozens
            // of megabytes of it pile up before it is collected.
            let _ = next.message.transfer_with_length(0);
            if next.credit > 0 {
                (self.on)(LaneEvent::Sent(next.credit));
            }
        }
        self.pumping.set(false);
    }
}

fn listeners(
    connection: &RtcPeerConnection,
    channel: &RtcDataChannel,
    line: &Rc<Line>,
) -> [Listener; 6] {
    let weak = Rc::downgrade(line);
    let tell = move |event: LaneEvent| {
        if let Some(line) = weak.upgrade() {
            (line.on)(event);
        }
    };
    let (candidate, failed, opened, closed, heard) =
        (tell.clone(), tell.clone(), tell.clone(), tell.clone(), tell);
    let (watched, sctp, low) = (connection.clone(), connection.clone(), Rc::downgrade(line));
    [
        Listener::new(
            connection,
            "icecandidate",
            move |event: RtcPeerConnectionIceEvent| {
                if let Some(it) = translate::candidate_to_core(event.candidate()) {
                    candidate(LaneEvent::Candidate(it));
                }
            },
        ),
        Listener::new(connection, "connectionstatechange", move |_: Event| {
            if watched.connection_state() == RtcPeerConnectionState::Failed {
                failed(LaneEvent::Closed);
            }
        }),
        Listener::new(channel, "open", move |_: Event| {
            let takes = sctp
                .unchecked_ref::<Connection>()
                .sctp()
                .map(|it| it.max_message_size());
            // No limit is infinite; a number beyond 32 bits is as good.
            opened(LaneEvent::Open(takes.map(|it| it as u32)));
        }),
        Listener::new(channel, "close", move |_: Event| closed(LaneEvent::Closed)),
        Listener::new(channel, "bufferedamountlow", move |_: Event| {
            if let Some(line) = low.upgrade() {
                line.pump();
            }
        }),
        Listener::new(channel, "message", move |event: MessageEvent| {
            // Text has no place here.
            if let Ok(message) = event.data().dyn_into::<ArrayBuffer>() {
                let len = message.byte_length().min(HEAD);
                let head = Uint8Array::new_with_byte_offset_and_length(&message, 0, len).to_vec();
                heard(LaneEvent::Message(head, message));
            }
        }),
    ]
}

/// The offer, or the answer to one. Where it cannot be made the lane is closed.
async fn describe(connection: RtcPeerConnection, offer: Option<String>, line: std::rc::Weak<Line>) {
    let described = async {
        let made = match offer {
            None => connection.create_offer(),
            Some(text) => {
                let offer = Sdp {
                    kind: SdpKind::Offer,
                    text,
                };
                JsFuture::from(connection.set_remote_description(&translate::to_browser(&offer)))
                    .await?;
                connection.create_answer()
            }
        };
        let made: RtcSessionDescriptionInit = JsFuture::from(made).await?.unchecked_into();
        JsFuture::from(connection.set_local_description(&made)).await?;
        Ok::<_, JsValue>(connection.local_description().map(|it| it.sdp()))
    };
    let event = match described.await {
        Ok(Some(sdp)) => LaneEvent::Described(sdp),
        _ => LaneEvent::Closed,
    };
    if let Some(line) = line.upgrade() {
        (line.on)(event);
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.connection.close();
    }
}
