//! What a browser says about STUN and TURN servers that do not do what they are there for. Firefox
//! says nothing.

use super::{Listener, object, peer_connection::PeerConnection};
use js_sys::Reflect;
use web_sys::Event;

/// Whether this browser says anything at all.
pub fn is_reported(connection: &PeerConnection) -> bool {
    Reflect::has(connection.raw(), &"onicecandidateerror".into()).unwrap_or_default()
}

/// Called with STUN's error code, or 701 for a server that was not reached; more than once for each
/// server, as there are more networks than one.
pub fn on_report(connection: &PeerConnection, on: impl Fn(u16) + 'static) -> Listener {
    Listener::new(
        connection.raw(),
        "icecandidateerror",
        move |event: Event| {
            on(object::number(&event, "errorCode") as u16);
        },
    )
}
