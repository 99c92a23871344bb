//! Waiting for a connection's own candidates, for a description that has to carry them itself.

use super::{Listener, clock::Timer, wait::Flag};
use web_sys::{Event, RtcIceGatheringState, RtcPeerConnection};

/// When nothing at all has been found within the limit, it gets this long.
const LONGEST_MS: u64 = 10_000;

/// Until all candidates are there, or `limit_ms` is over and there is one.
pub async fn gather(connection: &RtcPeerConnection, limit_ms: u64) {
    until(connection, limit_ms, is_complete).await;
    until(connection, LONGEST_MS, |it| {
        is_complete(it) || has_candidate(it)
    })
    .await;
}

fn is_complete(connection: &RtcPeerConnection) -> bool {
    connection.ice_gathering_state() == RtcIceGatheringState::Complete
}

fn has_candidate(connection: &RtcPeerConnection) -> bool {
    connection
        .local_description()
        .is_some_and(|it| it.sdp().contains("a=candidate:"))
}

/// Until it is `enough`, or the time is up.
async fn until(
    connection: &RtcPeerConnection,
    limit_ms: u64,
    enough: impl Fn(&RtcPeerConnection) -> bool + Copy + 'static,
) {
    if enough(connection) {
        return;
    }
    let over = Flag::default();
    let watch = |name| {
        let (over, watched) = (over.clone(), connection.clone());
        Listener::new(connection, name, move |_: Event| {
            if enough(&watched) {
                over.raise();
            }
        })
    };
    let _listeners = [watch("icegatheringstatechange"), watch("icecandidate")];
    let late = over.clone();
    let _timer = Timer::after(limit_ms, move || late.raise());
    over.wait().await;
}
