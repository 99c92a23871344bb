//! Tells encoders what core's `policy` decides, whenever something that it goes by has changed: one
//! more person, a path that has become known, a tile that shrank, a device that cannot keep up. Never by
//! negotiation.

use super::{driver::Driver, rest, view::TileState};
use crate::browser::{
    clock,
    codecs::{self, Way},
    page,
    peer_connection::{PeerConnection, Stats},
    stats::{Flow, Flows},
};
use duologue_core::{
    call::PeerView,
    ids::{ConnId, PeerId},
    io::{Input, Intent},
    policy::{Effort, Loss, Situation, Strain, decide},
    table::Table,
    time::Millis,
    wire::{Codecs, Need, Size},
};
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    rc::Weak,
};
use wasm_bindgen_futures::spawn_local;

/// Browsers have learned by then what a path carries.
const LEARNING: u64 = 500;
/// Whoever looks at another tab for so long does not look at this one.
const AWAY: u64 = 10_000;
/// Nobody is told how large they are seen while pictures are still on their first way.
const ACQUAINTED: u64 = 3_000;
/// Boxes are told in steps of so many pixels: nobody is told of every pixel of a window being dragged.
const STEP: f64 = 80.0;
/// Between two reports that loss is worked out from.
const REPORT_MS: f64 = 900.0;

/// What is known of the ways to the others and of this device.
#[derive(Default)]
pub struct Sending {
    paths: RefCell<Table<ConnId, Path>>,
    strain: RefCell<Strain>,
    hidden_since: Cell<Option<Millis>>,
    /// Since when people are connected.
    met: RefCell<Table<PeerId, Millis>>,
    encodes: Cell<Codecs>,
    asked: Cell<bool>,
}

#[derive(Default)]
struct Path {
    known: bool,
    loss: Loss,
    before: Stats,
    /// Seconds of encoding in a second.
    effort: f32,
    strained: bool,
}

impl Driver {
    /// To everybody.
    pub(super) fn tune_all(&self) {
        let conns = self.conns.borrow();
        let mut paths = self.sending.paths.borrow_mut();
        paths.retain(|conn, _| conns.contains_key(conn));
        drop(paths);
        let peers = self.call.borrow().view().peers;
        for (conn, connection) in conns.iter() {
            self.tune(*conn, connection, &peers);
        }
    }

    fn tune_one(&self, conn: ConnId) {
        let conns = self.conns.borrow();
        if let Some(connection) = conns.get(&conn) {
            self.tune(conn, connection, &self.call.borrow().view().peers);
        }
    }

    fn tune(&self, conn: ConnId, connection: &PeerConnection, peers: &[PeerView]) {
        let peer = peers.iter().find(|peer| peer.conn == Some(conn));
        let (limit, hi_fi) = self.local.sending();
        let mut situation = Situation {
            limit,
            hi_fi,
            people: u32::try_from(self.conns.borrow().len()).unwrap_or(1),
            strain: self.sending.strain.borrow().level(),
            need: peer.and_then(|it| it.need),
            encodes: self.sending.encodes.get(),
            decodes: peer.map(|it| it.light).unwrap_or_default(),
            ..Situation::default()
        };
        if let Some(path) = self.sending.paths.borrow().get(&conn) {
            situation.path_known = path.known;
            situation.path_bits = path.loss.bits();
        }
        self.local.with_tracks(|_, camera| {
            situation.camera = camera.map(|it| pixels(it.size())).unwrap_or_default();
        });
        self.share.with_capture(|capture, _| {
            situation.screen = Some(pixels(capture.video.size()));
        });
        connection.encode(decide(&situation));
    }

    /// It can send from now on. A path that stands already is known.
    pub(super) fn tune_new(&self, conn: ConnId) {
        let conns = self.conns.borrow();
        if conns.get(&conn).is_some_and(PeerConnection::is_connected) {
            self.know(conn);
        }
        drop(conns);
        self.tune_all();
    }

    fn know(&self, conn: ConnId) {
        let mut paths = self.sending.paths.borrow_mut();
        paths.or_insert_with(conn, Path::default).known = true;
    }

    /// A path stands.
    pub(super) fn learn(&self, conn: ConnId) {
        spawn_local(learn(self.this.clone(), conn));
    }

    /// What statistics say of a path and of this device's work.
    pub(super) fn weigh(&self, conn: ConnId, stats: &Stats) {
        if !rest::is_there() {
            return;
        }
        let mut paths = self.sending.paths.borrow_mut();
        let path = paths.or_insert_with(conn, Path::default);
        let ms = stats.at - path.before.at;
        if ms < REPORT_MS {
            return;
        }
        let mut changed = false;
        // Of the first sample nobody knows in what time it came about.
        if path.before.at > 0.0 {
            changed = path.weigh(stats, ms);
        }
        path.before = stats.clone();
        let effort = Effort {
            share: paths.values().map(|path| path.effort).sum(),
            limited: paths.values().any(|path| path.strained),
        };
        drop(paths);
        changed |= self.sending.strain.borrow_mut().feel(clock::now(), effort);
        if changed {
            self.tune_all();
        } else {
            // What a browser did not take because it was busy with another wish is asked for again.
            self.tune_one(conn);
        }
    }

    /// How large everybody is shown here. What is told twice is for the core to know.
    pub(super) fn tell_needs(&self) {
        if !rest::is_there() {
            return;
        }
        let sending = &self.sending;
        let since = page::is_hidden().then(|| sending.hidden_since.get().unwrap_or(clock::now()));
        sending.hidden_since.set(since);
        if since.is_some_and(|since| clock::now().since(since) < AWAY) {
            return;
        }
        // All looked at before the first is told: what is told may take somebody off the page.
        let seen = self.look_at_tiles();
        for (id, need) in seen {
            self.dispatch(Input::User(Intent::Need(id, need)));
        }
    }

    /// How large those are shown who have been connected for a while.
    fn look_at_tiles(&self) -> Vec<(PeerId, Need)> {
        let mut met = self.sending.met.borrow_mut();
        let tiles = self.show.tiles();
        met.retain(|id, _| tiles.iter().any(|(here, _)| here == id));
        let mut seen = Vec::new();
        for (id, tile) in tiles {
            if tile.state.get_untracked() != TileState::Connected {
                met.remove(&id);
                continue;
            }
            let since = *met.or_insert_with(id, clock::now);
            if clock::now().since(since) >= ACQUAINTED {
                let need = Need {
                    camera: tile.viewers.with_value(|it| shown(it.largest())),
                    screen: tile.screen_viewers.with_value(|it| shown(it.largest())),
                };
                seen.push((id, need));
            }
        }
        seen
    }
}

impl Path {
    /// True when it is to be given more or less than before.
    fn weigh(&mut self, stats: &Stats, ms: f64) -> bool {
        let sum = |flows: &Flows, pick: fn(&Flow) -> f64| {
            pick(&flows.picture) + pick(&flows.screen) + pick(&flows.sound)
        };
        let (before, now) = (&self.before.sent, &stats.sent);
        let grown = |pick: fn(&Flow) -> f64| (sum(now, pick) - sum(before, pick)).max(0.0);
        self.effort = (grown(|it| it.encoding) / ms * 1000.0) as f32;
        self.strained = now.picture.strained || now.screen.strained;
        let (packets, lost) = (grown(|it| it.packets), grown(|it| it.lost));
        if packets == 0.0 {
            return false;
        }
        let bits = (grown(|it| it.bytes) * 8.0 / ms * 1000.0) as u32;
        self.loss
            .hear(clock::now(), (lost / packets).min(1.0) as f32, bits)
    }
}

async fn learn(driver: Weak<Driver>, conn: ConnId) {
    clock::pause(LEARNING).await;
    let Some(known) = driver.upgrade() else {
        return;
    };
    known.know(conn);
    known.tune_all();
    if known.sending.asked.replace(true) {
        return;
    }
    drop(known);
    // Nobody waits for it, and it takes a while: after the first picture.
    rest::fetch_in_time().await;
    let encodes = codecs::easy(Way::Encode).await;
    let decodes = codecs::easy(Way::Decode).await;
    if let Some(driver) = driver.upgrade() {
        driver.sending.encodes.set(encodes);
        driver.dispatch(Input::User(Intent::Light(decodes)));
        driver.tune_all();
    }
}

fn pixels((width, height): (u32, u32)) -> Size {
    let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
    Size {
        width: side(width),
        height: side(height),
    }
}

/// What has no place yet is to come whole: it is about to be given one.
fn shown(largest: Option<(f64, f64)>) -> Size {
    let side = |side: f64| ((side / STEP).ceil() * STEP) as u16;
    match largest {
        Some((width, height)) => Size {
            width: side(width),
            height: side(height),
        },
        None => Size {
            width: u16::MAX,
            height: u16::MAX,
        },
    }
}
