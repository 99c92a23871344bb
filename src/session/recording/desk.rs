//! The way to the storage worker for all that has to do with recordings. One for the page and for as
//! long as it is open: what a private window has recorded is in the worker's memory alone.

use crate::browser::{
    BrowserError,
    storage_worker::{StorageWorker, Word},
};
use duologue_storage::{
    protocol::{News, Order},
    recordings::{Ask, Tell},
};
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};
use wasm_bindgen::JsValue;

thread_local! {
    static SHARED: RefCell<Option<Rc<Desk>>> = const { RefCell::new(None) };
}

pub enum Heard<'a> {
    /// What is kept outlives the page, or does not.
    Lasting(bool),
    Tell(&'a Tell, &'a JsValue),
    /// The worker is not there, and nothing that was asked of it comes.
    Broken,
}

type Ear = Rc<dyn Fn(&Heard)>;

pub struct Desk {
    worker: RefCell<Option<StorageWorker>>,
    ears: RefCell<Vec<(u32, Ear)>>,
    last_ear: Cell<u32>,
    lasting: Cell<Option<bool>>,
}

impl Desk {
    pub fn shared() -> Result<Rc<Desk>, BrowserError> {
        if let Some(desk) = SHARED.with_borrow(Clone::clone) {
            return Ok(desk);
        }
        let desk = Rc::new(Desk {
            worker: RefCell::default(),
            ears: RefCell::default(),
            last_ear: Cell::default(),
            lasting: Cell::default(),
        });
        let this = Rc::downgrade(&desk);
        let worker = StorageWorker::start(move |word| {
            if let Some(desk) = this.upgrade() {
                desk.on_word(word);
            }
        })?;
        *desk.worker.borrow_mut() = Some(worker);
        SHARED.set(Some(Rc::clone(&desk)));
        Ok(desk)
    }

    pub fn ask(&self, ask: Ask) {
        self.ask_with(ask, &JsValue::NULL);
    }

    pub fn ask_with(&self, ask: Ask, beside: &JsValue) {
        if let Some(worker) = &*self.worker.borrow() {
            worker.order_with(&Order::Recording(ask), beside);
        }
    }

    /// Whoever listens is told at once what is known.
    pub fn hear(self: &Rc<Self>, on: impl Fn(&Heard) + 'static) -> Hearing {
        let no = self.last_ear.get().wrapping_add(1);
        self.last_ear.set(no);
        if let Some(lasting) = self.lasting.get() {
            on(&Heard::Lasting(lasting));
        }
        self.ears.borrow_mut().push((no, Rc::new(on)));
        Hearing {
            desk: Rc::downgrade(self),
            no,
        }
    }

    fn on_word(&self, word: Word) {
        match &word {
            Word::News(News::Ready { lasting }, _) => {
                self.lasting.set(Some(*lasting));
                self.say(&Heard::Lasting(*lasting));
            }
            Word::News(News::Recording(tell), beside) => self.say(&Heard::Tell(tell, beside)),
            Word::News(..) => {}
            Word::Broken => {
                // Whoever asks next gets another.
                SHARED.set(None);
                self.say(&Heard::Broken);
            }
        }
    }

    fn say(&self, heard: &Heard) {
        // Who hears may stop listening, or begin.
        let ears = self.ears.borrow().clone();
        for (_, ear) in ears {
            ear(heard);
        }
    }
}

#[must_use = "dropping it stops the listening"]
pub struct Hearing {
    desk: Weak<Desk>,
    no: u32,
}

impl Drop for Hearing {
    fn drop(&mut self) {
        if let Some(desk) = self.desk.upgrade() {
            desk.ears.borrow_mut().retain(|(no, _)| *no != self.no);
        }
    }
}
