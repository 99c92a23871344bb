//! What web-sys lacks, or declares as if it could not throw.

use js_sys::{Array, Object, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{
    EventTarget, HtmlMediaElement, MediaDevices, MediaStream, MediaStreamTrack, Navigator,
    RtcDataChannel, RtcDataChannelInit, RtcPeerConnection, RtcRtpSender, RtcRtpTransceiver,
    RtcRtpTransceiverInit,
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = RtcPeerConnection, extends = EventTarget, js_name = RTCPeerConnection)]
    pub type Connection;

    #[wasm_bindgen(method, js_name = restartIce)]
    pub fn restart_ice(this: &Connection);

    /// By track or by kind.
    #[wasm_bindgen(catch, method, js_name = addTransceiver)]
    pub fn add_transceiver(
        this: &Connection,
        track_or_kind: &JsValue,
        init: &RtcRtpTransceiverInit,
    ) -> Result<RtcRtpTransceiver, JsValue>;

    #[wasm_bindgen(catch, method, js_name = createDataChannel)]
    pub fn open_channel(
        this: &Connection,
        label: &str,
        init: &RtcDataChannelInit,
    ) -> Result<RtcDataChannel, JsValue>;

    #[wasm_bindgen(method, getter)]
    pub fn sctp(this: &Connection) -> Option<SctpTransport>;

    #[wasm_bindgen(extends = Object)]
    pub type SctpTransport;

    /// May be infinite.
    #[wasm_bindgen(method, getter, js_name = maxMessageSize)]
    pub fn max_message_size(this: &SctpTransport) -> f64;

    #[wasm_bindgen(method, getter)]
    pub fn transport(this: &SctpTransport) -> Option<DtlsTransport>;

    #[wasm_bindgen(extends = Object)]
    pub type DtlsTransport;

    /// The other side's certificate chain in DER, as DTLS saw it: `ArrayBuffer`s. Not in Firefox (140).
    #[wasm_bindgen(catch, method, js_name = getRemoteCertificates)]
    pub fn remote_certificates(this: &DtlsTransport) -> Result<Array, JsValue>;

    #[wasm_bindgen(extends = RtcRtpSender)]
    pub type Sender;

    /// That of its media line; several lines share one. `None` before there is any.
    #[wasm_bindgen(method, getter, js_name = transport)]
    pub fn dtls(this: &Sender) -> Option<DtlsTransport>;

    #[wasm_bindgen(catch, method, js_name = setStreams)]
    pub fn set_streams(this: &Sender, stream: &MediaStream) -> Result<(), JsValue>;

    #[wasm_bindgen(extends = MediaDevices)]
    pub type Displays;

    /// Absent on telephones: then this throws.
    #[wasm_bindgen(catch, method, js_name = getDisplayMedia)]
    pub fn display_media(this: &Displays, options: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(extends = MediaStreamTrack)]
    pub type Hinted;

    #[wasm_bindgen(method, setter, js_name = contentHint)]
    pub fn set_content_hint(this: &Hinted, hint: &str);

    #[wasm_bindgen(extends = HtmlMediaElement)]
    pub type Player;

    /// Absent where a browser cannot choose a loudspeaker: then this throws.
    #[wasm_bindgen(catch, method, js_name = setSinkId)]
    pub fn set_sink_id(this: &Player, id: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(extends = Navigator)]
    pub type Waker;

    /// Absent in older browsers.
    #[wasm_bindgen(method, getter, js_name = wakeLock)]
    pub fn wake_lock(this: &Waker) -> Option<WakeLocks>;

    #[wasm_bindgen(extends = Object)]
    pub type WakeLocks;

    #[wasm_bindgen(catch, method)]
    pub fn request(this: &WakeLocks, what: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(extends = Object)]
    pub type Sentinel;

    #[wasm_bindgen(method)]
    pub fn release(this: &Sentinel);

    #[wasm_bindgen(extends = Navigator)]
    pub type Sharer;

    /// Absent where there is nothing to share with: then this throws.
    #[wasm_bindgen(catch, method, js_name = share)]
    pub fn share(this: &Sharer, data: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, method, js_name = canShare)]
    pub fn can_share(this: &Sharer, data: &JsValue) -> Result<bool, JsValue>;
}
