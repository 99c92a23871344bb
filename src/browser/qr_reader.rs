//! The worker that reads QR codes: off the page's thread and outside its first load. The first
//! question fetches and starts it; when no more come it ends.

use super::{BrowserError, Listener, clock::Timer, image::Pixels, wait::Flag};
use js_sys::{Array, Uint8Array};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Worker};

/// Beside the page; Trunk names a worker after its binary, without a hash.
const LOADER: &str = "qr_reader_loader.js";

/// A camera that is being scanned asks several times a second.
const IDLE_MS: u64 = 10_000;

thread_local! {
    static SHARED: RefCell<Option<Shared>> = const { RefCell::new(None) };
}

struct Shared {
    reader: Rc<QrReader>,
    _idle: Timer,
}

/// What the code in the picture says; `None` when there is none that can be read. One question at a
/// time: another one before the answer makes this one answer `Abort`.
pub async fn read(picture: Pixels) -> Result<Option<String>, BrowserError> {
    let reader = match SHARED.take() {
        Some(shared) => shared.reader,
        None => Rc::new(QrReader::start()?),
    };
    SHARED.set(Some(Shared {
        reader: Rc::clone(&reader),
        _idle: Timer::after(IDLE_MS, || drop(SHARED.take())),
    }));
    let answer = reader.read(&picture).await;
    if answer == Err(BrowserError::Operation) {
        // It is broken, or never came: the next question starts another.
        SHARED.set(None);
    }
    answer
}

#[must_use = "dropping the reader ends its worker"]
struct QrReader {
    worker: Worker,
    _listeners: [Listener; 2],
    answers: Rc<Answers>,
}

#[derive(Default)]
struct Answers {
    /// The worker listens.
    ready: Flag,
    /// It could not be fetched or started, or it failed.
    broken: Flag,
    last_id: Cell<u32>,
    /// The question that was asked last.
    asked: RefCell<Option<Asked>>,
}

struct Asked {
    id: u32,
    answered: Flag,
    answer: Rc<RefCell<Option<Option<String>>>>,
}

impl Answers {
    /// `[id, text or null]`; id 0 says that the worker listens.
    fn take(&self, message: &JsValue) {
        let Some(message) = message.dyn_ref::<Array>() else {
            return;
        };
        let id = message.get(0).as_f64().unwrap_or_default() as u32;
        if id == 0 {
            return self.ready.raise();
        }
        if let Some(asked) = self.asked.borrow_mut().take_if(|it| it.id == id) {
            asked.answer.replace(Some(message.get(1).as_string()));
            asked.answered.raise();
        }
    }

    fn ask(&self) -> Asked {
        self.last_id.set(self.last_id.get().wrapping_add(1).max(1));
        let asked = Asked {
            id: self.last_id.get(),
            answered: Flag::default(),
            answer: Rc::default(),
        };
        let again = Asked {
            id: asked.id,
            answered: asked.answered.clone(),
            answer: Rc::clone(&asked.answer),
        };
        if let Some(earlier) = self.asked.borrow_mut().replace(again) {
            earlier.answered.raise();
        }
        asked
    }
}

impl QrReader {
    fn start() -> Result<QrReader, BrowserError> {
        let worker = Worker::new(LOADER)?;
        let answers = Rc::new(Answers::default());
        let (heard, failed) = (Rc::clone(&answers), Rc::clone(&answers));
        let listeners = [
            Listener::new(&worker, "message", move |event: MessageEvent| {
                heard.take(&event.data());
            }),
            Listener::new(&worker, "error", move |event: Event| {
                event.prevent_default();
                failed.broken.raise();
            }),
        ];
        Ok(QrReader {
            worker,
            _listeners: listeners,
            answers,
        })
    }

    async fn read(&self, picture: &Pixels) -> Result<Option<String>, BrowserError> {
        let answers = &self.answers;
        answers
            .broken
            .unless(answers.ready.wait())
            .await
            .ok_or(BrowserError::Operation)?;
        let asked = answers.ask();
        let question = Array::of4(
            &asked.id.into(),
            &picture.width.into(),
            &picture.height.into(),
            &Uint8Array::from(picture.grey.as_slice()),
        );
        self.worker.post_message(&question)?;
        answers
            .broken
            .unless(asked.answered.wait())
            .await
            .ok_or(BrowserError::Operation)?;
        asked.answer.take().ok_or(BrowserError::Abort)
    }
}

impl Drop for QrReader {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
