//! The worker: takes orders one after the other, and answers.
//!
//! | module   | owns |
//! |----------|------|
//! | `disk`   | folders and files of the browser's own for this page (OPFS), or memory in their place |
//! | `lock`   | one tab at a time |
//! | `blobs`  | reading what a person chose, and what has come whole |
//! | `parts`  | files that come, piece by piece |
//! | `beat`   | a timer that keeps its pace |
//! | `tape`   | a recording while it is written, and how one is made whole |
//! | `recordings` | what is done with recordings |
//! | `desk`   | which order means what |

mod beat;
mod blobs;
mod desk;
mod disk;
mod lock;
mod parts;
mod recordings;
mod tape;

use crate::protocol::{self, News};
use desk::Desk;
use js_sys::Array;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

type Ear = Closure<dyn Fn(MessageEvent)>;

thread_local! {
    /// Lives as long as the worker.
    static LISTENER: RefCell<Option<Ear>> = const { RefCell::new(None) };
}

pub fn start() {
    spawn_local(async {
        let desk = Rc::new(Desk::open().await);
        let taking = Rc::clone(&desk);
        let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let Ok(message) = event.data().dyn_into::<Array>() else {
                return;
            };
            let order = message.get(0).as_string();
            if let Some(order) = order.as_deref().and_then(protocol::read) {
                desk::take(&taking, order, message.get(1));
            }
        });
        scope().set_onmessage(Some(listener.as_ref().unchecked_ref()));
        LISTENER.set(Some(listener));
        say(&News::Ready {
            lasting: desk.is_lasting(),
        });
    });
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn say(news: &News) {
    say_with(news, &JsValue::NULL, &Array::new());
}

/// Hands over what `beside` holds of `moved`.
fn say_with(news: &News, beside: &JsValue, moved: &Array) {
    let message = Array::of2(&protocol::write(news).into(), beside);
    // Throws only for what cannot be copied.
    let _ = scope().post_message_with_transfer(&message, moved);
}
