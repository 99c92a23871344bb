//! Waiting for what a browser does in its own time, and counting what it keeps for us.

use duologue_core::capture::Capture;
use duologue_web::browser::{
    BrowserError,
    devices::{self, Which},
    media::Track,
};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::prelude::*;

const LIMIT_MS: u32 = 15_000;
const STEP_MS: u32 = 20;

/// Until `true`; a panic that names what was awaited when it never comes.
pub async fn until(what: &str, mut happened: impl AsyncFnMut() -> bool) {
    for _ in 0..LIMIT_MS / STEP_MS {
        if happened().await {
            return;
        }
        TimeoutFuture::new(STEP_MS).await;
    }
    panic!("never: {what}");
}

/// The next turn of the event loop, when all that was due has been delivered.
pub async fn next_turn() {
    TimeoutFuture::new(0).await;
}

pub async fn any_camera() -> Result<Track, BrowserError> {
    open_camera(&Which::Any).await
}

pub fn open_camera(which: &Which) -> impl Future<Output = Result<Track, BrowserError>> + use<> {
    devices::open_camera(which, Capture::default().sight())
}

pub async fn any_microphone() -> Result<Track, BrowserError> {
    open_microphone(&Which::Any).await
}

pub fn open_microphone(which: &Which) -> impl Future<Output = Result<Track, BrowserError>> + use<> {
    devices::open_microphone(which, Capture::default().sound())
}

/// Microphone, camera.
pub async fn both() -> Result<(Track, Track), BrowserError> {
    let capture = Capture::default();
    devices::open_both(
        (&Which::Any, capture.sound()),
        (&Which::Any, capture.sight()),
    )
    .await
}

#[wasm_bindgen(inline_js = r#"
const connections = [];
let listeners = 0;
let tracks = [];

export function instrument() {
    if (window.duologueInstrumented) return;
    window.duologueInstrumented = true;
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
        constructor(...args) { super(...args); connections.push(this); }
    };
    const known = new WeakMap();
    const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
    const names = (target, listener) => {
        if (!known.has(target)) known.set(target, new Map());
        const of = known.get(target);
        if (!of.has(listener)) of.set(listener, new Set());
        return of.get(listener);
    };
    EventTarget.prototype.addEventListener = function (name, listener, ...rest) {
        if (listener && !names(this ?? window, listener).has(name)) {
            names(this ?? window, listener).add(name);
            listeners += 1;
        }
        return add.call(this, name, listener, ...rest);
    };
    EventTarget.prototype.removeEventListener = function (name, listener, ...rest) {
        if (listener && names(this ?? window, listener).delete(name)) listeners -= 1;
        return remove.call(this, name, listener, ...rest);
    };
    const devices = navigator.mediaDevices;
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
        const stream = await ask(constraints);
        tracks.push(...stream.getTracks());
        return stream;
    };
}
export function made_connections() { return connections.length; }
export function live_connections() {
    return connections.filter((it) => it.signalingState !== 'closed').length;
}
export function live_listeners() { return listeners; }
export function live_sent_tracks() {
    return connections.flatMap((it) => it.getSenders())
        .filter((it) => it.track && it.track.readyState === 'live').length;
}
export function opened_tracks() { return tracks.length; }
export function live_tracks() { return tracks.filter((it) => it.readyState === 'live').length; }
"#)]
extern "C" {
    /// Counts connections, listeners and opened tracks from here on.
    pub fn instrument();
    pub fn made_connections() -> u32;
    pub fn live_connections() -> u32;
    pub fn live_listeners() -> i32;
    /// What senders hold, themselves or a copy of it.
    pub fn live_sent_tracks() -> u32;
    pub fn opened_tracks() -> u32;
    pub fn live_tracks() -> u32;
}
