//! The two ways to strangers behind one small face: the server's socket, or the other tabs. (The
//! third, tokens by hand, needs no signaller at all.)

use super::pass;
use crate::browser::{
    broadcast_channel::Broadcast,
    error::BrowserError,
    websocket::{Socket, SocketEvent},
};
use duologue_core::{
    io::SignalEvent,
    tabs::{Tabs, TabsOut},
};
use std::{cell::RefCell, rc::Rc};

/// Everything between tabs goes over one channel; rooms are told apart inside.
const CHANNEL: &str = "duologue";

pub enum Signaller {
    Socket(Socket),
    Tabs(Rc<TabLink>),
}

pub struct TabLink {
    tabs: RefCell<Tabs>,
    broadcast: RefCell<Option<Broadcast>>,
    on_event: Box<dyn Fn(SignalEvent)>,
}

impl Signaller {
    /// Events come later, never from inside this call.
    pub fn dial(
        url: Option<&str>,
        on_event: impl Fn(SignalEvent) + 'static,
    ) -> Result<Self, BrowserError> {
        match url {
            Some(url) => Socket::open(url, pass::shown(), move |event| {
                on_event(match event {
                    SocketEvent::Open => SignalEvent::Open,
                    SocketEvent::Text(text) => SignalEvent::Text(text),
                    SocketEvent::Closed(code) => SignalEvent::Closed(code),
                });
            })
            .map(Signaller::Socket),
            None => TabLink::open(on_event).map(Signaller::Tabs),
        }
    }

    pub fn send(&self, text: &str) {
        match self {
            Signaller::Socket(socket) => socket.send(text),
            Signaller::Tabs(link) => {
                let outs = link.tabs.borrow_mut().on_client(text);
                // Answers come as they would over a socket: after this turn.
                let link = Rc::downgrade(link);
                wasm_bindgen_futures::spawn_local(async move {
                    if let Some(link) = link.upgrade() {
                        link.carry_out(outs);
                    }
                });
            }
        }
    }
}

impl TabLink {
    fn open(on_event: impl Fn(SignalEvent) + 'static) -> Result<Rc<TabLink>, BrowserError> {
        let link = Rc::new(TabLink {
            tabs: RefCell::new(Tabs::new()),
            broadcast: RefCell::default(),
            on_event: Box::new(on_event),
        });
        let weak = Rc::downgrade(&link);
        let broadcast = Broadcast::open(CHANNEL, move |text: String| {
            if let Some(link) = weak.upgrade() {
                let outs = link.tabs.borrow_mut().on_post(&text);
                link.carry_out(outs);
            }
        })?;
        *link.broadcast.borrow_mut() = Some(broadcast);
        let weak = Rc::downgrade(&link);
        wasm_bindgen_futures::spawn_local(async move {
            if let Some(link) = weak.upgrade() {
                (link.on_event)(SignalEvent::Open);
            }
        });
        Ok(link)
    }

    fn carry_out(&self, outs: Vec<TabsOut>) {
        for out in outs {
            match out {
                TabsOut::Post(text) => {
                    if let Some(broadcast) = &*self.broadcast.borrow() {
                        broadcast.post(&text);
                    }
                }
                TabsOut::Deliver(text) => (self.on_event)(SignalEvent::Text(text)),
                TabsOut::Close(code) => (self.on_event)(SignalEvent::Closed(code)),
            }
        }
    }
}
