//! What a connection and its control channel report, as `PeerEvent`s.

use super::{
    Listener, description as translate,
    media::{MediaKind, Stream},
    peer_connection::first,
};
use duologue_core::io::{ConnEvent, ConnState};
use std::rc::Rc;
use web_sys::{
    Event, MessageEvent, RtcDataChannel, RtcPeerConnection, RtcPeerConnectionIceEvent,
    RtcPeerConnectionState, RtcTrackEvent,
};

#[derive(Clone, Debug, PartialEq)]
pub enum PeerEvent {
    Conn(ConnEvent),
    /// A track of the other side; it is in `remote_stream` already.
    Track(MediaKind),
    /// A track of the other side's screen; it is in `remote_screen` already.
    ScreenTrack,
}

pub(super) fn of_connection(
    connection: &RtcPeerConnection,
    on: &Rc<dyn Fn(PeerEvent)>,
) -> [Listener; 3] {
    let (needed, candidate, state) = (on.clone(), on.clone(), on.clone());
    let watched = connection.clone();
    [
        Listener::new(connection, "negotiationneeded", move |_: Event| {
            needed(PeerEvent::Conn(ConnEvent::NegotiationNeeded));
        }),
        Listener::new(
            connection,
            "icecandidate",
            move |event: RtcPeerConnectionIceEvent| {
                if let Some(it) = translate::candidate_to_core(event.candidate()) {
                    candidate(PeerEvent::Conn(ConnEvent::Candidate(it)));
                }
            },
        ),
        Listener::new(connection, "connectionstatechange", move |_: Event| {
            if let Some(it) = state_to_core(watched.connection_state()) {
                state(PeerEvent::Conn(ConnEvent::State(it)));
            }
        }),
    ]
}

/// The first of each kind are the person, all later ones their screen.
pub(super) fn of_tracks(
    connection: &RtcPeerConnection,
    person: &Stream,
    screen: &Stream,
    on: Rc<dyn Fn(PeerEvent)>,
) -> Listener {
    let (watched, person, screen) = (connection.clone(), person.clone(), screen.clone());
    Listener::new(connection, "track", move |event: RtcTrackEvent| {
        let track = event.track();
        let kind = track.kind();
        if first(&watched, &kind) != Some(event.transceiver()) {
            screen.add(&track);
            on(PeerEvent::ScreenTrack);
        } else if let Some(kind) = MediaKind::from_name(&kind) {
            person.add(&track);
            on(PeerEvent::Track(kind));
        }
    })
}

pub(super) fn of_channel(channel: &RtcDataChannel, on: &Rc<dyn Fn(PeerEvent)>) -> [Listener; 3] {
    let (open, closed, text) = (on.clone(), on.clone(), on.clone());
    [
        Listener::new(channel, "open", move |_: Event| {
            open(PeerEvent::Conn(ConnEvent::ChannelOpen));
        }),
        Listener::new(channel, "close", move |_: Event| {
            closed(PeerEvent::Conn(ConnEvent::ChannelClosed));
        }),
        Listener::new(channel, "message", move |event: MessageEvent| {
            // Bytes are not part of the control protocol.
            if let Some(it) = event.data().as_string() {
                text(PeerEvent::Conn(ConnEvent::ChannelText(it)));
            }
        }),
    ]
}

fn state_to_core(state: RtcPeerConnectionState) -> Option<ConnState> {
    match state {
        RtcPeerConnectionState::Connecting => Some(ConnState::Connecting),
        RtcPeerConnectionState::Connected => Some(ConnState::Connected),
        RtcPeerConnectionState::Disconnected => Some(ConnState::Disconnected),
        RtcPeerConnectionState::Failed => Some(ConnState::Failed),
        _ => None,
    }
}
