//! The worker that keeps files and recordings (`crates/storage`): off the page's thread and outside
//! its first load. It is fetched when it is first wanted.

use super::{BrowserError, Listener};
use duologue_storage::protocol::{self, News, Order};
use js_sys::Array;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Worker};

/// Beside the page; Trunk names a worker after its binary, without a hash.
const LOADER: &str = "storage_loader.js";

#[must_use = "dropping it ends the worker"]
pub struct StorageWorker {
    worker: Worker,
    _listeners: [Listener; 2],
    early: Rc<Early>,
}

/// What was said before the worker listened.
#[derive(Default)]
struct Early {
    ready: Cell<bool>,
    orders: RefCell<Vec<(Array, Array)>>,
}

pub enum Word {
    /// News, and what came beside it.
    News(News, JsValue),
    /// It could not be fetched or started, or it has died.
    Broken,
}

impl StorageWorker {
    pub fn start(on: impl Fn(Word) + 'static) -> Result<StorageWorker, BrowserError> {
        let worker = Worker::new(LOADER)?;
        let early = Rc::new(Early::default());
        let on = Rc::new(on);
        let (waiting, to, heard) = (Rc::clone(&early), worker.clone(), Rc::clone(&on));
        let listeners = [
            Listener::new(&worker, "message", move |event: MessageEvent| {
                let Ok(message) = event.data().dyn_into::<Array>() else {
                    return;
                };
                let news = message.get(0).as_string();
                let Some(news) = news.as_deref().and_then(protocol::read) else {
                    return;
                };
                if matches!(news, News::Ready { .. }) {
                    waiting.ready.set(true);
                    for (order, moved) in waiting.orders.take() {
                        post(&to, &order, &moved);
                    }
                }
                heard(Word::News(news, message.get(1)));
            }),
            Listener::new(&worker, "error", move |event: Event| {
                event.prevent_default();
                on(Word::Broken);
            }),
        ];
        Ok(StorageWorker {
            worker,
            _listeners: listeners,
            early,
        })
    }

    pub fn order(&self, order: &Order) {
        self.order_with(order, &JsValue::NULL);
    }

    /// Bytes beside it are handed over: the page has them no more.
    pub fn order_with(&self, order: &Order, beside: &JsValue) {
        let message = Array::of2(&protocol::write(order).into(), beside);
        let moved = match beside.is_instance_of::<js_sys::ArrayBuffer>() {
            true => Array::of1(beside),
            false => Array::new(),
        };
        match self.early.ready.get() {
            true => post(&self.worker, &message, &moved),
            false => self.early.orders.borrow_mut().push((message, moved)),
        }
    }
}

fn post(worker: &Worker, message: &Array, moved: &Array) {
    // Throws only for what cannot be copied.
    let _ = worker.post_message_with_transfer(message, moved);
}

impl Drop for StorageWorker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
