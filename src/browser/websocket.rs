//! A WebSocket as events. Text that is sent while it is closing is lost without a word: the `Closed`
//! event is what to trust.

use super::BrowserError;
use futures_core::Stream;
use futures_sink::Sink;
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use js_sys::Array;
use std::{
    cell::RefCell,
    future::poll_fn,
    pin::Pin,
    rc::{Rc, Weak},
    task::{Context, Poll},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// RFC 6455 §7.1.5: the connection just went.
const ABNORMAL: u16 = 1006;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    Open,
    Text(String),
    /// The last event, with the close code.
    Closed(u16),
}

/// Dropping it closes the socket, and no event comes any more.
#[must_use = "dropping a socket closes it"]
pub struct Socket(Rc<RefCell<WebSocket>>);

impl Socket {
    /// With a pass, where somebody has one.
    pub fn open(
        url: &str,
        pass: Option<String>,
        on: impl Fn(SocketEvent) + 'static,
    ) -> Result<Socket, BrowserError> {
        let socket = match pass {
            // The one reason for which the constructor throws: an address that is none.
            None => WebSocket::open(url).map_err(|_| BrowserError::Type)?,
            Some(pass) => with_pass(url, &pass)?,
        };
        let socket = Rc::new(RefCell::new(socket));
        spawn_local(watch(Rc::downgrade(&socket), on));
        Ok(Socket(socket))
    }

    /// Text for a socket that is not open goes nowhere; its `Closed` says so.
    pub fn send(&self, text: &str) {
        let _ = Pin::new(&mut *self.0.borrow_mut()).start_send(Message::Text(text.to_owned()));
    }
}

/// The names of protocols are all that a page can say with the request for a socket.
#[inline(never)]
fn with_pass(url: &str, pass: &str) -> Result<WebSocket, BrowserError> {
    let names = ["duologue", &["pass.", pass].concat()].map(JsValue::from_str);
    let names = names.iter().collect::<Array>();
    let socket = web_sys::WebSocket::new_with_str_sequence(url, &names);
    // A pass with letters in it that no name has; it was typed into the address.
    let socket = socket.map_err(|_| BrowserError::Type)?;
    WebSocket::try_from(socket).map_err(|_| BrowserError::Type)
}

/// Ends with the socket: a task that nothing wakes any more is dropped with its last waker.
async fn watch(socket: Weak<RefCell<WebSocket>>, on: impl Fn(SocketEvent)) {
    let mut opened = false;
    while let Some(event) = poll_fn(|cx| poll_event(&socket, &mut opened, cx)).await {
        let last = matches!(event, SocketEvent::Closed(_));
        // Nothing is borrowed here: the handler may send, and may drop the socket.
        on(event);
        if last {
            return;
        }
    }
}

fn poll_event(
    socket: &Weak<RefCell<WebSocket>>,
    opened: &mut bool,
    cx: &mut Context<'_>,
) -> Poll<Option<SocketEvent>> {
    let Some(socket) = socket.upgrade() else {
        return Poll::Ready(None);
    };
    let mut socket = socket.borrow_mut();
    if !*opened && Pin::new(&mut *socket).poll_ready(cx).is_ready() {
        *opened = true;
        if matches!(socket.state(), gloo_net::websocket::State::Open) {
            return Poll::Ready(Some(SocketEvent::Open));
        }
    }
    loop {
        let event = match Pin::new(&mut *socket).poll_next(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Some(Ok(Message::Text(text)))) => SocketEvent::Text(text),
            Poll::Ready(Some(Err(WebSocketError::ConnectionClose(close)))) => {
                SocketEvent::Closed(close.code)
            }
            Poll::Ready(None) => SocketEvent::Closed(ABNORMAL),
            // Bytes are not part of the protocol; an error is followed by the close.
            Poll::Ready(Some(_)) => continue,
        };
        return Poll::Ready(Some(event));
    }
}
