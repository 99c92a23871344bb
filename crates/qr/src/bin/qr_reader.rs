//! The worker. Says `[0]` when it listens; answers each `[id, width, height, greys]` with
//! `[id, text or null]`. `src/browser/qr_reader.rs` is the other end.

use js_sys::{Array, Uint8Array};
use std::cell::OnceCell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

thread_local! {
    /// Lives as long as the worker.
    static LISTENER: OnceCell<Closure<dyn Fn(MessageEvent)>> = const { OnceCell::new() };
}

fn main() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let to = scope.clone();
    let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(answer) = answer(&event.data()) {
            // Throws only for what cannot be copied.
            let _ = to.post_message(&answer);
        }
    });
    LISTENER.with(|cell| {
        let listener = cell.get_or_init(|| listener);
        scope.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    });
    let _ = scope.post_message(&Array::of1(&0.into()));
}

fn answer(question: &JsValue) -> Option<Array> {
    let question = question.dyn_ref::<Array>()?;
    let number = |at| question.get(at).as_f64().map(|it| it as usize);
    let pixels = question.get(3).dyn_into::<Uint8Array>().ok()?.to_vec();
    let text = duologue_qr::read(number(1)?, number(2)?, &pixels);
    Some(Array::of2(
        &question.get(0),
        &text.map_or(JsValue::NULL, JsValue::from),
    ))
}
