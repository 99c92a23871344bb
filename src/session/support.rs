//! `window.duologue`: read-only, for support and outside checks. Taken away with the call.

use super::{driver::Driver, view::TileState};
use crate::browser::{clock, page::Global};
use duologue_core::call::PeerState;
use serde::Serialize;
use std::rc::Rc;

#[derive(Serialize)]
struct PeerReport {
    id: String,
    name: String,
    state: &'static str,
    /// `host`, `srflx` or `relay`; empty until a path is chosen.
    path: String,
    rtt_ms: f64,
    frames_decoded: f64,
    audio_energy: f64,
}

#[must_use]
pub struct Support {
    _global: Global,
}

impl Support {
    pub fn install(driver: &Rc<Driver>) -> Option<Support> {
        let weak = Rc::downgrade(driver);
        let peers = move || {
            let reports = weak
                .upgrade()
                .map(|driver| reports(&driver))
                .unwrap_or_default();
            serde_wasm_bindgen::to_value(&reports).unwrap_or_default()
        };
        let global =
            Global::install("duologue", env!("CARGO_PKG_VERSION"), peers, clock::marks).ok()?;
        Some(Support { _global: global })
    }
}

fn reports(driver: &Driver) -> Vec<PeerReport> {
    let view = driver.call.borrow().view();
    let samples = driver.samples.borrow();
    let report = |peer: duologue_core::call::PeerView| {
        let stats = peer.conn.and_then(|conn| samples.get(&conn));
        PeerReport {
            id: peer.id.text(),
            name: peer.name,
            state: state(peer.state).name(),
            path: stats.map(|s| s.path.clone()).unwrap_or_default(),
            rtt_ms: stats.map_or(0.0, |s| s.rtt_ms),
            frames_decoded: stats.map_or(0.0, |s| s.frames_decoded),
            audio_energy: stats.map_or(0.0, |s| s.audio_energy),
        }
    };
    view.peers.into_iter().map(report).collect()
}

fn state(state: PeerState) -> TileState {
    super::show::tile_state(state)
}
