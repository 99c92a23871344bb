//! What leptos' server functions need of wasm-streams in order to compile, and nothing behind it: a
//! page that has no server functions streams nothing. The real crate exports three classes to
//! JavaScript, which no linker may drop, so everybody who opens the page would load them.

use futures_core::Stream;
use futures_util::stream;
use wasm_bindgen::JsValue;

#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        ReadableStream(raw)
    }

    /// An empty stream. Reached from a server function alone.
    #[allow(
        clippy::expect_used,
        reason = "without arguments the constructor throws nowhere"
    )]
    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        ReadableStream(web_sys::ReadableStream::new().expect("an empty stream"))
    }

    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// Nothing. Reached from a server function alone.
    pub fn into_stream(self) -> impl Stream<Item = Result<JsValue, JsValue>> + 'static {
        stream::empty()
    }
}
