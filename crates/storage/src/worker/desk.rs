//! Which order means what. Orders that wait for the browser run beside each other; each file is one
//! order's at a time, because the page asks for the next only when it has heard of the last.

use super::{
    blobs::{self, Source},
    disk::{Fault, Folder, has_room},
    lock::Lock,
    parts::{ABOUT, CONTENT, HASHES, PIECES, Part},
    recordings::Recordings,
    say, say_with,
};
use crate::protocol::{self, Found, Kept, News, Order, Why};
use duologue_core::{
    files::{
        frame::{Span, What},
        pieces::count,
    },
    ids::FileRoot,
};
use js_sys::{Array, Uint8Array};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, File};

/// What lies here from an earlier day: unfinished, and whole.
const OLD_PART_MS: u64 = 7 * 24 * 3_600_000;
const OLD_FILE_MS: u64 = 24 * 3_600_000;
/// A file that is being read is told of so often.
const TELL_EVERY: u64 = 32 * 1024 * 1024;
/// What came over a lane is told of so often.
const TELL_WRITTEN: u32 = 256 * 1024;

pub struct Desk {
    top: Folder,
    files: Folder,
    parts: RefCell<BTreeMap<FileRoot, Part>>,
    sources: RefCell<BTreeMap<FileRoot, Source>>,
    /// Chosen files that are being read.
    reading: RefCell<Vec<u32>>,
    buffer: RefCell<Vec<u8>>,
    /// Bytes that were dealt with and not told of, by lane.
    written: RefCell<BTreeMap<u32, u32>>,
    recordings: Rc<Recordings>,
}

impl Desk {
    pub async fn open() -> Desk {
        let top = Folder::top().await;
        let files = match top.folder("files").await {
            Ok(files) => files,
            Err(_) => top.clone(),
        };
        Desk {
            recordings: Recordings::open(&top).await,
            top,
            files,
            parts: RefCell::default(),
            sources: RefCell::default(),
            reading: RefCell::default(),
            buffer: RefCell::default(),
            written: RefCell::default(),
        }
    }

    pub fn is_lasting(&self) -> bool {
        self.top.is_lasting()
    }
}

pub fn take(desk: &Rc<Desk>, order: Order, beside: JsValue) {
    let later = Rc::clone(desk);
    match order {
        Order::Keep {
            lane,
            root,
            hashes,
            from,
            len,
        } => desk.keep(lane, root, hashes, from, len, &beside),
        Order::Serve {
            lane,
            root,
            slot,
            hashes,
            from,
            len,
            message,
        } => {
            let what = if hashes { What::Hashes } else { What::Content };
            desk.serve(lane, root, slot, Span { what, from, len }, message);
        }
        Order::Forget { no, root } => desk.forget(no, root),
        Order::Choose { no } => spawn_local(async move { later.choose(no, &beside).await }),
        Order::Look { root } => spawn_local(async move {
            let found = later.look(root).await;
            say(&News::Looked { root, found });
        }),
        Order::Claim { about, from, place } => spawn_local(async move {
            let (root, at) = (about.root, js_sys::Date::now() as u64);
            let kept = Kept {
                about,
                from,
                place,
                at,
            };
            if let Err(why) = later.claim(kept).await {
                say(&News::Failed { root, why });
            }
        }),
        Order::Finish { root } => spawn_local(async move {
            match later.finish(root).await {
                Some(()) => say(&News::Finished { root }),
                None => say(&News::Failed {
                    root,
                    why: Why::Broken,
                }),
            }
        }),
        Order::Remove { root } => {
            desk.parts.borrow_mut().remove(&root);
            desk.forget(None, Some(root));
            spawn_local(async move { later.files.remove(&root.text()).await });
        }
        Order::Unfinished { place } => spawn_local(async move {
            let kept = later.unfinished(&place).await;
            say(&News::Unfinished { kept });
        }),
        Order::Recording(ask) => desk.recordings.take(ask, beside),
        Order::Open { root } => {
            let source = desk.sources.borrow().get(&root).map(|it| it.blob.clone());
            let beside = source.map_or(JsValue::NULL, JsValue::from);
            say_with(&News::Opened { root }, &beside, &Array::new());
        }
    }
}

impl Desk {
    async fn choose(&self, no: u32, beside: &JsValue) {
        let Some(file) = beside.dyn_ref::<File>() else {
            return say(&News::Unreadable {
                no: Some(no),
                root: None,
            });
        };
        self.reading.borrow_mut().push(no);
        let told = std::cell::Cell::new(0);
        let goes_on = |done: u64| {
            if done - told.get() >= TELL_EVERY {
                told.set(done);
                say(&News::Reading { no, done });
            }
            self.reading.borrow().contains(&no)
        };
        let read = blobs::read(file, goes_on).await;
        self.reading.borrow_mut().retain(|it| *it != no);
        match read {
            Ok(Some((root, source))) => {
                self.sources.borrow_mut().insert(root, source);
                say(&News::Read { no, root });
            }
            Ok(None) => {}
            Err(_) => say(&News::Unreadable {
                no: Some(no),
                root: None,
            }),
        }
    }

    fn forget(&self, no: Option<u32>, root: Option<FileRoot>) {
        self.reading.borrow_mut().retain(|it| Some(*it) != no);
        if let Some(root) = root {
            self.sources.borrow_mut().remove(&root);
        }
    }

    fn serve(&self, lane: u32, root: FileRoot, slot: u32, span: Span, message: u32) {
        let sources = self.sources.borrow();
        let source = sources.get(&root);
        let served = source.map(|source| blobs::serve(source, lane, slot, span, message));
        if !matches!(served, Some(Ok(()))) {
            say(&News::Unreadable {
                no: None,
                root: Some(root),
            });
        }
    }

    async fn look(&self, root: FileRoot) -> Found {
        if self.sources.borrow().contains_key(&root) {
            return Found::Whole;
        }
        if self.parts.borrow().contains_key(&root) {
            return Found::Part;
        }
        let Some(folder) = self.files.existing(&root.text()).await else {
            return Found::Nothing;
        };
        let Some(kept) = about(&folder).await else {
            return Found::Nothing;
        };
        match self.whole(&folder, &kept).await {
            Some(source) => {
                self.sources.borrow_mut().insert(root, source);
                Found::Whole
            }
            None => Found::Part,
        }
    }

    /// What can be served of it, if it is all there.
    async fn whole(&self, folder: &Folder, kept: &Kept) -> Option<Source> {
        let size = kept.about.size;
        let (content, marks) = (folder.file(CONTENT).await?, folder.file(PIECES).await?);
        let marks = marks.text();
        let marks = wasm_bindgen_futures::JsFuture::from(marks)
            .await
            .ok()?
            .as_string()?;
        let all = marks.len() == count(size) as usize && marks.bytes().all(|it| it == 1);
        if !all || content.size() as u64 != size {
            return None;
        }
        let hashes = match folder.place(HASHES).await {
            Ok(hashes) => hashes.read_all().ok()?,
            Err(_) => return None,
        };
        Some(Source::new(content.into(), hashes))
    }

    async fn claim(&self, kept: Kept) -> Result<(), Why> {
        let root = kept.about.root;
        let name = root.text();
        let lock = Lock::take(&format!("duologue-file-{name}"))
            .await
            .ok_or(Why::Busy)?;
        let part = async {
            let folder = self.files.folder(&name).await?;
            Part::open(&folder, kept, lock).await
        };
        let part = part.await.map_err(why)?;
        let here = part.content.size().unwrap_or(0);
        if !has_room(part.kept.about.size.saturating_sub(here)).await {
            return Err(Why::NoRoom);
        }
        let (pieces, hashes) = (Uint8Array::from(part.pieces.as_slice()), part.has_hashes);
        self.parts.borrow_mut().insert(root, part);
        say_with(&News::Claimed { root, hashes }, &pieces, &Array::new());
        Ok(())
    }

    fn keep(&self, lane: u32, root: FileRoot, hashes: bool, from: u64, len: u32, beside: &JsValue) {
        let mut buffer = self.buffer.borrow_mut();
        let kept = blobs::behind_head(beside)
            .filter(|it| it.length() == len)
            .and_then(|bytes| {
                buffer.resize(len as usize, 0);
                bytes.copy_to(&mut buffer);
                let mut parts = self.parts.borrow_mut();
                let part = parts.get_mut(&root)?;
                Some(match hashes {
                    true => part.keep_hashes(from, &buffer),
                    false => part.keep(from, &buffer),
                })
            });
        if let Some(message) = beside.dyn_ref() {
            blobs::let_go(message);
        }
        // Told by pieces, and before those are full by so much: a word for every message is many.
        let done = !matches!(kept, Some(Ok(None)));
        let mut written = self.written.borrow_mut();
        let sum = written.entry(lane).or_insert(0);
        *sum += len;
        if done || *sum >= TELL_WRITTEN {
            let len = std::mem::take(sum);
            say(&News::Wrote { lane, len });
        }
        match kept {
            Some(Ok(Some(news))) => say(&news),
            Some(Err(fault)) => {
                self.parts.borrow_mut().remove(&root);
                say(&News::Failed {
                    root,
                    why: why(fault),
                });
            }
            Some(Ok(None)) | None => {}
        }
    }

    async fn finish(&self, root: FileRoot) -> Option<()> {
        let mut part = self.parts.borrow_mut().remove(&root)?;
        part.flush().ok()?;
        if !part.is_whole() {
            return None;
        }
        let hashes = part.hashes().to_vec();
        let memory = part.content.memory();
        drop(part);
        let blob: Blob = match memory {
            Some(memory) => memory,
            None => {
                let folder = self.files.existing(&root.text()).await?;
                folder.file(CONTENT).await?.into()
            }
        };
        self.sources
            .borrow_mut()
            .insert(root, Source::new(blob, hashes));
        Some(())
    }

    /// And throws away what is too old to be missed.
    async fn unfinished(&self, place: &str) -> Vec<Kept> {
        let mut unfinished = Vec::new();
        let now = js_sys::Date::now() as u64;
        for name in self.files.names().await {
            let Some(folder) = self.files.existing(&name).await else {
                continue;
            };
            let Some(kept) = about(&folder).await else {
                self.files.remove(&name).await;
                continue;
            };
            let whole = self.whole(&folder, &kept).await.is_some();
            let age = now.saturating_sub(kept.at);
            if age > if whole { OLD_FILE_MS } else { OLD_PART_MS } {
                self.files.remove(&name).await;
            } else if !whole
                && kept.place == place
                && !self.parts.borrow().contains_key(&kept.about.root)
            {
                unfinished.push(kept);
            }
        }
        unfinished
    }
}

async fn about(folder: &Folder) -> Option<Kept> {
    protocol::read(&folder.text(ABOUT).await?)
}

fn why(fault: Fault) -> Why {
    match fault {
        Fault::Full => Why::NoRoom,
        Fault::Busy => Why::Busy,
        Fault::Broken => Why::Broken,
    }
}
