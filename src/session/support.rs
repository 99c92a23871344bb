//! `window.duologue`: read-only, for support and outside checks. Taken away with the call.

use super::{driver::Driver, show::tile_state};
use crate::browser::{clock, object, page::Global};
use js_sys::Array;
use std::rc::Rc;

#[must_use]
pub struct Support {
    _global: Global,
}

impl Support {
    pub fn install(driver: &Rc<Driver>) -> Option<Support> {
        let weak = Rc::downgrade(driver);
        let peers = move || {
            let reports = weak.upgrade().map(|driver| reports(&driver));
            reports.unwrap_or_default().into()
        };
        let global =
            Global::install("duologue", env!("CARGO_PKG_VERSION"), peers, clock::marks).ok()?;
        Some(Support { _global: global })
    }
}

fn reports(driver: &Driver) -> Array {
    let view = driver.call.borrow().view();
    let samples = driver.samples.borrow();
    let report = |peer: duologue_core::call::PeerView| {
        let stats = peer.conn.and_then(|conn| samples.get(&conn)).cloned();
        let stats = stats.unwrap_or_default();
        let received = stats.received;
        object::new(&[
            ("id", peer.id.text().into()),
            ("name", peer.name.into()),
            ("state", tile_state(peer.state).name().into()),
            // `host`, `srflx` or `relay`; empty until a path is chosen.
            ("path", stats.path.into()),
            ("rtt_ms", stats.rtt_ms.into()),
            ("frames_decoded", received.picture.frames.into()),
            ("audio_energy", received.sound.energy.into()),
            // Of the screen that they show beside themselves.
            ("screen_frames_decoded", received.screen.frames.into()),
            ("screen_audio_energy", received.screen_sound.energy.into()),
        ])
    };
    view.peers.into_iter().map(report).collect()
}
