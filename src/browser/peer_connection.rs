//! One `RTCPeerConnection` with the control channel in it. Dropping it takes the listeners off, tells
//! what is still being awaited that it is closed, and closes it.
//!
//! Every operation is started by the call itself, in the order of the calls, not by the first poll of
//! its future; a future owns what it needs and answers `InvalidState` once the connection is dropped.

use super::{
    BrowserError, Listener, description as translate,
    encoder::{limit, tune},
    gather::gather,
    media::{MediaKind, Stream, Track},
    object, peer_events,
    screen::{Capture, Detail, ScreenSlots},
    stats::Lines,
    swaps::Swaps,
    sys::{Connection, DtlsTransport, Sender},
    wait::Flag,
};
pub use super::{peer_events::PeerEvent, stats::Stats};
use duologue_core::{
    io::{Sdp, SdpKind},
    policy::Encoding,
    record,
    roles::kept,
    stereo::in_stereo,
    verify::Theirs,
    wire::Candidate,
};
use js_sys::{Array, Promise};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    MediaStream, RtcDataChannel, RtcDataChannelInit, RtcPeerConnection, RtcPeerConnectionState,
    RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcRtpTransceiverInit, RtcSessionDescription,
    RtcSessionDescriptionInit,
};

/// As `config.json` lists them, and as `RTCConfiguration` takes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IceServer {
    pub urls: Vec<String>,
    pub username: Option<String>,
    pub credential: Option<String>,
}

record!(IceServer {
    urls,
    username,
    credential
});

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IceConfig {
    pub ice_servers: Vec<IceServer>,
    /// Nothing but what a TURN server passes on.
    pub relayed_only: bool,
}

impl IceConfig {
    pub(super) fn to_browser(&self) -> JsValue {
        let servers = self.ice_servers.iter().map(|it| {
            let urls = it.urls.iter().map(JsValue::from);
            let mut fields = vec![("urls", urls.collect::<Array>().into())];
            // Present but undefined is not absent to every browser.
            fields.extend(it.username.as_ref().map(|it| ("username", it.into())));
            fields.extend(it.credential.as_ref().map(|it| ("credential", it.into())));
            object::new(&fields)
        });
        let mut fields = vec![("iceServers", servers.collect::<Array>().into())];
        if self.relayed_only {
            fields.push(("iceTransportPolicy", "relay".into()));
        }
        object::new(&fields)
    }
}

#[must_use = "dropping a connection closes it"]
pub struct PeerConnection {
    connection: RtcPeerConnection,
    channel: RtcDataChannel,
    remote: Stream,
    remote_screen: Stream,
    /// Never holds a track: its id groups our tracks for the other side, which keeps lips in step.
    group: MediaStream,
    slots: RefCell<Option<Slots>>,
    screen: RefCell<Option<ScreenSlots>>,
    swaps: Swaps,
    listeners: Vec<Listener>,
    closed: Flag,
}

struct Slots {
    audio: RtcRtpTransceiver,
    video: RtcRtpTransceiver,
}

impl PeerConnection {
    pub fn open(
        config: &IceConfig,
        on_event: impl Fn(PeerEvent) + 'static,
    ) -> Result<PeerConnection, BrowserError> {
        let connection =
            RtcPeerConnection::new_with_configuration(config.to_browser().unchecked_ref())?;
        let init = RtcDataChannelInit::new();
        init.set_negotiated(true);
        init.set_id(0);
        init.set_ordered(true);
        let channel = connection
            .unchecked_ref::<Connection>()
            .open_channel("control", &init)?;
        let (remote, remote_screen) = (Stream::of(&[]), Stream::of(&[]));
        let on: Rc<dyn Fn(PeerEvent)> = Rc::new(on_event);
        let mut listeners = Vec::from(peer_events::of_connection(&connection, &on));
        listeners.push(peer_events::of_tracks(
            &connection,
            &remote,
            &remote_screen,
            on.clone(),
        ));
        listeners.extend(peer_events::of_channel(&channel, &on));
        Ok(PeerConnection {
            connection,
            channel,
            remote,
            remote_screen,
            group: MediaStream::new()?,
            slots: RefCell::default(),
            screen: RefCell::default(),
            swaps: Swaps::default(),
            listeners,
            closed: Flag::default(),
        })
    }

    pub(super) fn raw(&self) -> &RtcPeerConnection {
        &self.connection
    }

    /// What the other side sends, in one stream for as long as the connection lives.
    pub fn remote_stream(&self) -> Stream {
        self.remote.clone()
    }

    /// The same of the other side's screen.
    pub fn remote_screen(&self) -> Stream {
        self.remote_screen.clone()
    }

    /// Two transceivers, audio then video, that send and receive; a slot without a track sends silence
    /// or nothing until it is given one.
    pub fn add_slots(&self, audio: Option<&Track>, video: Option<&Track>) {
        let add = |kind: MediaKind, track: Option<&Track>| {
            let init = RtcRtpTransceiverInit::new();
            init.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            init.set_streams(&Array::of1(&self.group));
            let what = track.map_or_else(|| kind.name().into(), |it| it.raw().into());
            let connection = self.connection.unchecked_ref::<Connection>();
            // Throws on a closed connection alone, and this one is open as long as it is there.
            connection.add_transceiver(&what, &init).ok()
        };
        let slots = add(MediaKind::Audio, audio).zip(add(MediaKind::Video, video));
        *self.slots.borrow_mut() = slots.map(|(audio, video)| Slots { audio, video });
    }

    /// After the first remote offer: its transceivers, by order, become the slots. Nothing happens
    /// when it has no media line for one of them.
    pub fn adopt_slots(&self, audio: Option<&Track>, video: Option<&Track>) {
        let first = |kind: MediaKind| first(&self.connection, kind.name());
        let Some((sound, sight)) = first(MediaKind::Audio).zip(first(MediaKind::Video)) else {
            return;
        };
        for slot in [&sound, &sight] {
            slot.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            // A browser without it only loses the grouping.
            let _ = slot
                .sender()
                .unchecked_ref::<Sender>()
                .set_streams(&self.group);
        }
        *self.slots.borrow_mut() = Some(Slots {
            audio: sound,
            video: sight,
        });
        self.replace_audio(audio);
        self.replace_video(video);
    }

    /// Another microphone, or none, without renegotiation. Nothing happens while there are no slots.
    pub fn replace_audio(&self, track: Option<&Track>) {
        if let Some(slots) = &*self.slots.borrow() {
            self.swaps.swap(slots.audio.sender(), track.map(Track::raw));
        }
    }

    pub fn replace_video(&self, track: Option<&Track>) {
        if let Some(slots) = &*self.slots.borrow() {
            self.swaps.swap(slots.video.sender(), track.map(Track::raw));
        }
    }

    /// What encoders are told from the next frame on. Nothing happens while there are no slots.
    pub fn encode(&self, encoding: Encoding) {
        if let Some(slots) = &*self.slots.borrow() {
            limit(&slots.audio.sender(), encoding.sound_bits);
            let sender = slots.video.sender();
            tune(&sender, encoding.camera, encoding.codec, None);
        }
        if let Some(slots) = &*self.screen.borrow() {
            slots.tune(encoding.screen, encoding.codec);
        }
    }

    /// Sends this screen, by transceivers of its own that are made the first time.
    pub fn send_screen(&self, capture: &Capture, detail: Detail) {
        let mut screen = self.screen.borrow_mut();
        match &*screen {
            Some(slots) => slots.send(Some(capture), &self.swaps),
            None => *screen = ScreenSlots::add(&self.connection, capture),
        }
        if let Some(slots) = &*screen {
            slots.prefer(detail);
        }
    }

    pub fn drop_screen(&self) {
        if let Some(slots) = &*self.screen.borrow() {
            slots.send(None, &self.swaps);
        }
    }

    pub fn prefer_of_screen(&self, detail: Detail) {
        if let Some(slots) = &*self.screen.borrow() {
            slots.prefer(detail);
        }
    }

    pub fn is_connected(&self) -> bool {
        self.connection.connection_state() == RtcPeerConnectionState::Connected
    }

    /// Makes and sets the offer or answer that is due; answers with what became local.
    pub fn set_local(&self) -> impl Future<Output = Result<Sdp, BrowserError>> + use<> {
        let (connection, closed) = (self.connection.clone(), self.closed.clone());
        let swaps = self.swaps.clone();
        let asked = object::text(&connection, "signalingState") == "have-remote-offer";
        let made = JsFuture::from(if asked {
            connection.create_answer()
        } else {
            connection.create_offer()
        });
        async move {
            let settled = closed.unless(async {
                let made: RtcSessionDescriptionInit = made.await?.unchecked_into();
                if let Some(sdp) = in_stereo(&object::text(&made, "sdp")) {
                    made.set_sdp(&sdp);
                }
                JsFuture::from(connection.set_local_description(&made)).await
            });
            let settled = settled.await;
            swaps.release();
            settled.ok_or(BrowserError::InvalidState)??;
            let sdp = local(&connection)?;
            Ok(match connection.current_local_description() {
                Some(agreed) if !asked => renewed(&connection, &agreed, sdp),
                _ => sdp,
            })
        }
    }

    pub fn set_remote(&self, sdp: Sdp) -> impl Future<Output = Result<(), BrowserError>> + use<> {
        // The first answer is made of what is swapped before it.
        if sdp.kind == SdpKind::Offer && self.connection.current_local_description().is_some() {
            self.swaps.hold(&self.connection);
        }
        self.settled(
            self.connection
                .set_remote_description(&translate::to_browser(&sdp)),
        )
    }

    pub fn add_candidate(
        &self,
        candidate: Candidate,
    ) -> impl Future<Output = Result<(), BrowserError>> + use<> {
        let init = translate::candidate_to_browser(&candidate);
        self.settled(
            self.connection
                .add_ice_candidate_with_opt_rtc_ice_candidate_init(init.as_ref()),
        )
    }

    /// The local description with all its candidates, or with those found when `limit_ms` is over;
    /// with none found by then, as soon as there is one.
    pub fn gather(&self, limit_ms: u32) -> impl Future<Output = Result<Sdp, BrowserError>> + use<> {
        let (connection, closed) = (self.connection.clone(), self.closed.clone());
        async move {
            closed
                .unless(gather(&connection, limit_ms.into()))
                .await
                .ok_or(BrowserError::InvalidState)?;
            local(&connection)
        }
    }

    /// Makes `NegotiationNeeded` come; the next offer has new credentials.
    pub fn restart_ice(&self) {
        self.connection.unchecked_ref::<Connection>().restart_ice();
    }

    /// Over the control channel. `InvalidState` while it is not open.
    pub fn send_text(&self, text: &str) -> Result<(), BrowserError> {
        Ok(self.channel.send_with_str(text)?)
    }

    /// The largest message that the other side takes; `None` before it is known.
    pub fn max_message_size(&self) -> Option<f64> {
        Some(
            self.connection
                .unchecked_ref::<Connection>()
                .sctp()?
                .max_message_size(),
        )
    }

    /// The other side's certificate as DTLS really saw it, on the control channel's transport and on that
    /// of every media line, which may be the same one. `None` before there is a transport.
    pub fn theirs(&self) -> Option<Theirs> {
        let control = self.connection.unchecked_ref::<Connection>().sctp();
        let control = control.and_then(|it| it.transport())?;
        if control.remote_certificates().is_err() {
            let named = self.connection.current_remote_description()?;
            return Some(Theirs::Named(named.sdp()));
        }
        let mut found = vec![certificate(&control)];
        for line in self.connection.get_transceivers().iter() {
            let sender = line.unchecked_into::<RtcRtpTransceiver>().sender();
            // A line that was never agreed on goes nowhere.
            found.extend(
                sender
                    .unchecked_ref::<Sender>()
                    .dtls()
                    .map(|it| certificate(&it)),
            );
        }
        Some(Theirs::Seen(found))
    }

    /// One's own description, whoever made the other one.
    pub fn local_sdp(&self) -> Option<String> {
        self.connection.local_description().map(|it| it.sdp())
    }

    pub fn stats(&self) -> impl Future<Output = Result<Stats, BrowserError>> + use<> {
        let slots = self.slots.borrow();
        let lines = slots.as_ref().map_or_else(Lines::default, |slots| Lines {
            sound: slots.audio.mid(),
            picture: slots.video.mid(),
        });
        let (report, closed) = (
            JsFuture::from(self.connection.get_stats()),
            self.closed.clone(),
        );
        async move {
            let report = closed
                .unless(report)
                .await
                .ok_or(BrowserError::InvalidState)??;
            Ok(Stats::from_report(report.unchecked_ref(), &lines))
        }
    }

    /// A promise of this connection. A browser never settles those that are under way at a close.
    fn settled(&self, promise: Promise) -> impl Future<Output = Result<(), BrowserError>> + use<> {
        let (done, closed) = (JsFuture::from(promise), self.closed.clone());
        async move {
            closed
                .unless(done)
                .await
                .ok_or(BrowserError::InvalidState)??;
            Ok(())
        }
    }
}

impl Drop for PeerConnection {
    fn drop(&mut self) {
        self.listeners.clear();
        self.connection.close();
        self.closed.raise();
    }
}

fn certificate(transport: &DtlsTransport) -> Option<Vec<u8>> {
    let first = transport.remote_certificates().ok()?.get(0);
    Some(js_sys::Uint8Array::new(first.dyn_ref::<js_sys::ArrayBuffer>()?).to_vec())
}

pub(super) fn first(connection: &RtcPeerConnection, kind: &str) -> Option<RtcRtpTransceiver> {
    let all = connection.get_transceivers();
    all.iter()
        .map(|it| it.unchecked_into::<RtcRtpTransceiver>())
        .find(|it| it.receiver().track().kind() == kind)
}

/// An offer in a connection that stands, as the other side is to see it.
#[inline(never)]
fn renewed(connection: &RtcPeerConnection, local: &RtcSessionDescription, mut offer: Sdp) -> Sdp {
    let remote = connection.current_remote_description();
    let agreed = [(Some(local.clone()), true), (remote, false)];
    for (agreed, mine) in agreed {
        let agreed = agreed.as_ref().and_then(translate::to_core);
        if let Some(text) = agreed.and_then(|it| kept(&offer.text, &it, mine)) {
            offer.text = text;
        }
    }
    offer
}

fn local(connection: &RtcPeerConnection) -> Result<Sdp, BrowserError> {
    let description = connection
        .local_description()
        .ok_or(BrowserError::InvalidState)?;
    translate::to_core(&description).ok_or(BrowserError::InvalidState)
}
