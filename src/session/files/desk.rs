//! Owns the core's `Files`, the lanes and the storage worker, and carries words between them. What is
//! heard before the page's second file is there waits for it: nothing of a call's beginning is held
//! up by files.

use super::FileLine;
use crate::{
    browser::{
        clock::{self, Timer},
        download::ObjectUrl,
        files::{self, Chosen, Target},
        lane::{Lane, LaneEvent as BrowserEvent},
        peer_connection::IceConfig,
        storage,
        storage_worker::{StorageWorker, Word},
    },
    session::{hiding, rest},
};
use duologue_core::{
    files::{
        Chosen as Named, Files, Found, Input, Kept, LaneEvent, LaneId, Output, Storage, Transfer,
        TransferId, Trouble, frame::What, name,
    },
    ids::{FileRoot, PeerId},
    io::FileNews,
    table::Table,
    time::Millis,
    wire::{About, FileMsg},
};
use duologue_storage::protocol::{self, News, Order};
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

/// Set while something may lie here unfinished, so that no other call starts the worker for nothing.
const UNFINISHED: &str = "duologue.unfinished";

type Tell = Box<dyn Fn(PeerId, FileMsg)>;

pub struct FileDesk {
    this: Weak<FileDesk>,
    files: RefCell<Files>,
    inbox: RefCell<VecDeque<(Input, JsValue)>>,
    pumping: Cell<bool>,
    /// And when it goes off.
    timer: RefCell<Option<(Millis, Timer)>>,
    lanes: RefCell<Table<LaneId, Lane>>,
    worker: RefCell<Option<StorageWorker>>,
    /// What a call lends: where it is, how people are reached, and how they are told something.
    call: RefCell<Option<(String, IceConfig, Tell)>>,
    early: RefCell<Vec<(PeerId, FileNews)>>,
    last_no: Cell<u32>,
    /// Files that are to be saved as soon as the worker has handed them over.
    saving: RefCell<Vec<(About, Target)>>,
    saved: RefCell<Vec<ObjectUrl>>,
    lines: RwSignal<Vec<FileLine>>,
    ready: RwSignal<bool>,
    fleeting: RwSignal<bool>,
    broken: RwSignal<bool>,
    owner: Option<Owner>,
}

impl FileDesk {
    pub fn new(
        lines: RwSignal<Vec<FileLine>>,
        [ready, fleeting, broken]: [RwSignal<bool>; 3],
    ) -> Rc<FileDesk> {
        Rc::new_cyclic(|this| FileDesk {
            this: this.clone(),
            files: RefCell::default(),
            inbox: RefCell::default(),
            pumping: Cell::new(false),
            timer: RefCell::default(),
            lanes: RefCell::default(),
            worker: RefCell::default(),
            call: RefCell::default(),
            early: RefCell::default(),
            last_no: Cell::new(0),
            saving: RefCell::default(),
            saved: RefCell::default(),
            lines,
            ready,
            fleeting,
            broken,
            owner: Owner::current(),
        })
    }

    pub fn attach(&self, place: String, ice: IceConfig, tell: impl Fn(PeerId, FileMsg) + 'static) {
        *self.call.borrow_mut() = Some((place, ice, Box::new(tell)));
    }

    /// The call is over: lanes close, and what is not there does not come.
    pub fn close(&self) {
        self.call.take();
        self.timer.take();
        self.lanes.borrow_mut().clear();
        self.worker.take();
        self.early.take();
    }

    pub fn on_news(&self, peer: PeerId, news: FileNews) {
        let heard = matches!(news, FileNews::Heard(_));
        self.early.borrow_mut().push((peer, news));
        self.catch_up();
        if heard && !rest::is_there() {
            // Somebody speaks of files: by then the call stands.
            let this = self.this.clone();
            spawn_local(async move {
                rest::fetch().await;
                if let Some(desk) = this.upgrade() {
                    desk.catch_up();
                }
            });
        }
    }

    /// To be called now and then: what was heard early is dealt with when there is time.
    pub fn catch_up(&self) {
        if !rest::is_there() {
            return;
        }
        if self.ready.try_get_untracked() == Some(false) {
            self.ready.set(true);
        }
        if self.early.borrow().is_empty() {
            return;
        }
        if self.worker.borrow().is_none() && storage::local_get(UNFINISHED).is_some() {
            self.order(&Order::Unfinished {
                place: self.place(),
            });
        }
        for (peer, news) in self.early.take() {
            self.dispatch(match news {
                FileNews::Here(name) => Input::Here(peer, name),
                FileNews::Away => Input::Away(peer),
                FileNews::Heard(message) => Input::Heard(peer, message),
            });
        }
    }

    pub fn choose(&self, chosen: Chosen, only: Option<&str>) {
        let to = only.map(PeerId::parse);
        if to == Some(None) {
            return;
        }
        let no = self.last_no.get() + 1;
        self.last_no.set(no);
        let about = About {
            root: FileRoot([0; 32]),
            size: chosen.size(),
            name: name::clean(&chosen.path),
            kind: name::clean_kind(&chosen.kind()).into(),
        };
        self.order_with(&Order::Choose { no }, &chosen.file);
        let to = to.flatten();
        self.dispatch(Input::Chosen { no, about, to });
    }

    pub fn accept(&self, id: TransferId) {
        self.dispatch(Input::Accept(id));
    }

    pub fn cancel(&self, id: TransferId) {
        self.dispatch(Input::Cancel(id));
    }

    pub fn put_away(&self, id: TransferId) {
        self.dispatch(Input::PutAway(id));
    }

    pub fn save(&self, about: &About, target: Target) {
        self.saving.borrow_mut().push((about.clone(), target));
        self.order(&Order::Open { root: about.root });
    }

    fn place(&self) -> String {
        let call = self.call.borrow();
        call.as_ref().map_or_else(String::new, |it| it.0.clone())
    }

    fn order(&self, order: &Order) {
        self.order_with(order, &JsValue::NULL);
    }

    fn order_with(&self, order: &Order, beside: &JsValue) {
        if self.worker.borrow().is_none() {
            let this = self.this.clone();
            let worker = StorageWorker::start(move |word| {
                if let Some(desk) = this.upgrade() {
                    desk.on_word(word);
                }
            });
            match worker {
                Ok(worker) => *self.worker.borrow_mut() = Some(worker),
                Err(_) => return self.on_word(Word::Broken),
            }
        }
        if let Some(worker) = &*self.worker.borrow() {
            worker.order_with(order, beside);
        }
    }

    fn dispatch(&self, input: Input) {
        self.dispatch_with(input, JsValue::NULL);
    }

    /// `message`: what a lane brought, whole.
    fn dispatch_with(&self, input: Input, message: JsValue) {
        self.inbox.borrow_mut().push_back((input, message));
        if self.pumping.replace(true) {
            return;
        }
        let mut changed = false;
        loop {
            let Some((input, message)) = self.inbox.borrow_mut().pop_front() else {
                break;
            };
            let outputs = self.files.borrow_mut().handle(clock::now(), input);
            for output in outputs {
                changed |= output == Output::Changed;
                self.carry_out(output, &message);
            }
        }
        self.pumping.set(false);
        if changed {
            self.show();
        }
        self.arm();
    }

    fn arm(&self) {
        let wake = self.files.borrow().next_wake();
        let mut timer = self.timer.borrow_mut();
        match (wake, &*timer) {
            // One that is early finds nothing due; a new one for every message costs more.
            (Some(wake), Some((armed, _))) if *armed <= wake && *armed > clock::now() => {}
            (Some(wake), _) => {
                let this = self.this.clone();
                let later = Timer::after(wake.since(clock::now()), move || {
                    if let Some(desk) = this.upgrade() {
                        desk.dispatch(Input::Wake);
                    }
                });
                *timer = Some((wake, later));
            }
            (None, _) => *timer = None,
        }
    }

    fn show(&self) {
        let now = self.files.borrow().transfers();
        if self.lines.is_disposed() {
            return;
        }
        let known: Vec<FileLine> = self.lines.get_untracked();
        let line = |it: &Transfer| known.iter().find(|line| line.id == it.id).copied();
        let new_line = |it: &Transfer| {
            let signal = || RwSignal::new(it.clone());
            let now = self
                .owner
                .as_ref()
                .map_or_else(signal, |owner| owner.with(signal));
            FileLine { id: it.id, now }
        };
        let mut lines = Vec::with_capacity(now.len());
        for transfer in now {
            match line(&transfer) {
                Some(line) => {
                    crate::session::show::set(line.now, transfer);
                    lines.push(line);
                }
                None => lines.push(new_line(&transfer)),
            }
        }
        if lines != known {
            self.lines.set(lines);
        }
    }

    fn carry_out(&self, output: Output, message: &JsValue) {
        match output {
            Output::Tell(peer, message) => {
                if let Some((_, _, tell)) = &*self.call.borrow() {
                    tell(peer, message);
                }
            }
            Output::OpenLane(lane, offer) => self.open_lane(lane, offer),
            Output::AnswerLane(lane, sdp) => self.on_lane(lane, |it| it.answer(sdp)),
            Output::AddCandidate(lane, candidate) => {
                self.on_lane(lane, |it| it.add_candidate(&candidate))
            }
            Output::CloseLane(lane) => {
                let closed = self.lanes.borrow_mut().remove(&lane);
                drop(closed);
            }
            Output::Frame(lane, head) => self.on_lane(lane, |it| it.send_frame(&head)),
            Output::Serve(lane, it) => self.order(&Order::Serve {
                lane: lane.0,
                root: it.root,
                slot: it.slot,
                hashes: it.span.what == What::Hashes,
                from: it.span.from,
                len: it.span.len,
                message: it.message,
            }),
            Output::Keep { lane, root, span } => {
                let order = Order::Keep {
                    lane: lane.0,
                    root,
                    hashes: span.what == What::Hashes,
                    from: span.from,
                    len: span.len,
                };
                self.order_with(&order, message);
            }
            Output::Look(root) => self.order(&Order::Look { root }),
            Output::Claim(about, from) => {
                storage::local_set(UNFINISHED, "yes");
                let place = self.place();
                self.order(&Order::Claim { about, from, place });
            }
            Output::Finish(root) => self.order(&Order::Finish { root }),
            Output::Remove(root) => self.order(&Order::Remove { root }),
            Output::Forget(which) => {
                let (no, root) = match which {
                    Named::Number(no) => (Some(no), None),
                    Named::Root(root) => (None, Some(root)),
                };
                self.order(&Order::Forget { no, root });
            }
            Output::Changed => {}
        }
    }

    fn on_lane(&self, lane: LaneId, act: impl FnOnce(&Lane)) {
        if let Some(lane) = self.lanes.borrow().get(&lane) {
            act(lane);
        }
    }

    fn open_lane(&self, id: LaneId, offer: Option<String>) {
        let this = self.this.clone();
        let on = move |event: BrowserEvent| {
            let Some(desk) = this.upgrade() else { return };
            let (event, message) = match event {
                BrowserEvent::Described(sdp) => (LaneEvent::Described(sdp), JsValue::NULL),
                BrowserEvent::Candidate(it) => (LaneEvent::Candidate(it), JsValue::NULL),
                BrowserEvent::Open(takes) => (LaneEvent::Open(takes), JsValue::NULL),
                BrowserEvent::Closed => (LaneEvent::Closed, JsValue::NULL),
                BrowserEvent::Sent(len) => (LaneEvent::Sent(len), JsValue::NULL),
                BrowserEvent::Message(head, message) => {
                    let len = message.byte_length() as usize;
                    (LaneEvent::Message { head, len }, message.into())
                }
            };
            desk.dispatch_with(Input::Lane(id, event), message);
        };
        let ice = self
            .call
            .borrow()
            .as_ref()
            .map(|it| hiding::by(&it.1))
            .unwrap_or_default();
        match Lane::open(&ice, offer, on) {
            Ok(lane) => drop(self.lanes.borrow_mut().insert(id, lane)),
            Err(_) => self.dispatch(Input::Lane(id, LaneEvent::Closed)),
        }
    }

    fn on_word(&self, word: Word) {
        let (news, beside) = match word {
            Word::News(news, beside) => (news, beside),
            Word::Broken => {
                self.broken.try_set(true);
                return;
            }
        };
        let said = match news {
            News::Ready { lasting } => {
                self.fleeting.try_set(!lasting);
                return;
            }
            News::Served { lane, len } => {
                let messages: js_sys::Array = beside.unchecked_into();
                return self.on_lane(LaneId(lane), |it| it.send(&messages, len));
            }
            News::Opened { root } => return self.on_opened(root, beside),
            News::Claimed { root, hashes } => {
                let pieces = beside.dyn_into::<js_sys::Uint8Array>();
                let pieces = pieces.map(|it| it.to_vec()).unwrap_or_default();
                Storage::Claimed {
                    root,
                    pieces,
                    hashes,
                }
            }
            News::Unfinished { kept } => {
                if kept.is_empty() {
                    storage::local_remove(UNFINISHED);
                }
                let kept = kept.into_iter().map(|it| Kept {
                    about: it.about,
                    from: it.from,
                });
                Storage::Unfinished(kept.collect())
            }
            News::Reading { no, done } => Storage::Reading { no, done },
            News::Read { no, root } => Storage::Read { no, root },
            News::Unreadable { no: Some(no), .. } => Storage::Unreadable(Named::Number(no)),
            News::Unreadable {
                root: Some(root), ..
            } => Storage::Unreadable(Named::Root(root)),
            News::Unreadable { .. } => return,
            News::Looked { root, found } => Storage::Looked(root, found_to_core(found)),
            News::Wrote { lane, len } => Storage::Wrote {
                lane: LaneId(lane),
                len,
            },
            News::Piece { root, index, good } => Storage::Piece { root, index, good },
            News::Hashes { root, good } => Storage::Hashes { root, good },
            News::Finished { root } => Storage::Finished(root),
            News::Failed { root, why } => Storage::Failed(root, why_to_core(why)),
            // Recordings have a worker of their own.
            News::Recording(_) => return,
        };
        self.dispatch(Input::Storage(said));
    }

    fn on_opened(&self, root: FileRoot, beside: JsValue) {
        let mut saving = self.saving.borrow_mut();
        let Some(at) = saving.iter().position(|(about, _)| about.root == root) else {
            return;
        };
        let (about, target) = saving.remove(at);
        drop(saving);
        let Ok(file) = beside.dyn_into::<web_sys::Blob>() else {
            return;
        };
        let this = self.this.clone();
        spawn_local(async move {
            let saved = files::save(&file, name::last(&about.name), target).await;
            if let (Ok(Some(url)), Some(desk)) = (saved, this.upgrade()) {
                desk.saved.borrow_mut().push(url);
            }
        });
    }
}

fn found_to_core(found: protocol::Found) -> Found {
    match found {
        protocol::Found::Nothing => Found::Nothing,
        protocol::Found::Part => Found::Part,
        protocol::Found::Whole => Found::Whole,
    }
}

fn why_to_core(why: protocol::Why) -> Trouble {
    match why {
        protocol::Why::NoRoom => Trouble::NoRoom,
        protocol::Why::Busy => Trouble::Busy,
        protocol::Why::Broken => Trouble::Storage,
    }
}
