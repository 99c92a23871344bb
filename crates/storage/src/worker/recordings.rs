//! What is done with recordings: one folder each, one lock each while a tab writes or mends it. Where
//! the browser keeps no files they are in memory, for as long as the worker lives.

use super::{
    beat::Beat,
    blobs::let_go,
    disk::{Folder, MEMORY_MOST, room},
    lock::Lock,
    say, say_with,
    tape::{ABOUT, CONTENT, Kept, Tape, make_whole, trouble, write_about},
};
use crate::{
    protocol::{self, News},
    recordings::{About, Ask, Shown, Tell, Trouble, is_id},
};
use js_sys::{Array, ArrayBuffer, Uint8Array};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, FileReaderSync};

/// While something is recorded the room that is left is told so often.
const ROOM_MS: f64 = 3_000.0;

pub struct Recordings {
    folder: Folder,
    tapes: RefCell<BTreeMap<String, Tape>>,
    /// Those that are nowhere else.
    in_memory: RefCell<BTreeMap<String, (About, Blob)>>,
    told_room: Cell<f64>,
    beat: RefCell<Option<Beat>>,
}

impl Recordings {
    pub async fn open(top: &Folder) -> Rc<Recordings> {
        let folder = match top.folder("recordings").await {
            Ok(folder) => folder,
            Err(_) => top.clone(),
        };
        Rc::new(Recordings {
            folder,
            tapes: RefCell::default(),
            in_memory: RefCell::default(),
            told_room: Cell::default(),
            beat: RefCell::default(),
        })
    }

    pub fn take(self: &Rc<Self>, ask: Ask, beside: JsValue) {
        let this = Rc::clone(self);
        match ask {
            Ask::Begin { about } => spawn_local(async move {
                let id = about.id.clone();
                tell(match this.begin(about).await {
                    Ok(()) => Tell::Begun { id },
                    Err(why) => Tell::Failed { id, why },
                });
                this.tell_room().await;
            }),
            // At once: the order of pieces is the order of orders.
            Ask::Piece { id } => self.keep(id, &beside),
            Ask::End { id, millis } => spawn_local(async move {
                tell(match this.end(&id, millis).await {
                    Ok(()) => Tell::Ended { id },
                    Err(why) => Tell::Failed { id, why },
                });
            }),
            Ask::List => spawn_local(async move { this.list().await }),
            Ask::Rename { id, name } => spawn_local(async move {
                this.rename(&id, name).await;
                this.list().await;
            }),
            Ask::Remove { id } => spawn_local(async move {
                if let Err(why) = this.remove(&id).await {
                    tell(Tell::Failed { id, why });
                }
                this.list().await;
            }),
            Ask::Open { id } => spawn_local(async move {
                let blob = this.blob(&id).await;
                let beside = blob.map_or(JsValue::NULL, JsValue::from);
                let news = News::Recording(Tell::Opened { id });
                say_with(&news, &beside, &Array::new());
            }),
            Ask::Repair { id } => spawn_local(async move {
                match this.repair(&id).await {
                    Ok(()) => tell(Tell::Repaired { id }),
                    Err(why) => tell(Tell::Failed { id, why }),
                }
                this.list().await;
            }),
            Ask::Beat { hertz } => {
                let beat = (hertz > 0).then(|| Beat::start(hertz, || tell(Tell::Beat)));
                *self.beat.borrow_mut() = beat;
            }
        }
    }

    async fn begin(&self, about: About) -> Result<(), Trouble> {
        let id = about.id.clone();
        if !is_id(&id) {
            return Err(Trouble::Broken);
        }
        let lock = lock(&id).await?;
        let folder = self.folder.folder(&id).await.map_err(trouble)?;
        let tape = Tape::begin(folder, about, lock).await.map_err(trouble)?;
        self.tapes.borrow_mut().insert(id, tape);
        Ok(())
    }

    fn keep(self: &Rc<Self>, id: String, beside: &JsValue) {
        let mut tapes = self.tapes.borrow_mut();
        let (Some(tape), Some(blob)) = (tapes.get_mut(&id), beside.dyn_ref::<Blob>()) else {
            return;
        };
        let kept = match bytes_of(blob) {
            Some(bytes) => tape.keep(&bytes).map_err(trouble),
            None => Err(Trouble::Broken),
        };
        let size = tape.size;
        drop(tapes);
        tell(match kept {
            Ok(()) => Tell::Kept { id, size },
            Err(why) => Tell::Failed { id, why },
        });
        let now = js_sys::Date::now();
        if now - self.told_room.get() >= ROOM_MS {
            self.told_room.set(now);
            let this = Rc::clone(self);
            spawn_local(async move { this.tell_room().await });
        }
    }

    async fn end(&self, id: &str, millis: u64) -> Result<(), Trouble> {
        let tape = self.tapes.borrow_mut().remove(id);
        let Some(tape) = tape else {
            return Err(Trouble::Broken);
        };
        let ended = tape.end(millis, |done, of| repairing(id, done, of)).await;
        match ended {
            Ok((about, Kept::InMemory(place))) => {
                let blob = place.memory().ok_or(Trouble::Broken)?;
                let blob = typed(&blob, &about.kind);
                let kept = (about, blob);
                self.in_memory.borrow_mut().insert(id.to_owned(), kept);
                Ok(())
            }
            Ok((_, Kept::OnDisk)) => Ok(()),
            Err(Trouble::Empty) => {
                self.folder.remove(id).await;
                Err(Trouble::Empty)
            }
            Err(why) => Err(why),
        }
    }

    async fn list(&self) {
        let mut all = Vec::new();
        for id in self.folder.names().await {
            if let Some(shown) = self.look(&id).await {
                all.push(shown);
            }
        }
        for (about, blob) in self.in_memory.borrow().values() {
            all.push(Shown {
                about: about.clone(),
                size: blob.size() as u64,
                busy: false,
            });
        }
        all.sort_by(|a, b| {
            b.about
                .at
                .cmp(&a.about.at)
                .then(b.about.id.cmp(&a.about.id))
        });
        let room = self.room().await;
        tell(Tell::All {
            all,
            used: room.map(|it| it.0),
            left: room.map(|it| it.1),
        });
    }

    async fn look(&self, id: &str) -> Option<Shown> {
        if !is_id(id) {
            return None;
        }
        let folder = self.folder.existing(id).await?;
        let content = folder.file(CONTENT).await;
        let size = content.as_ref().map_or(0, |it| it.size() as u64);
        let at = content.map_or(0.0, |it| it.last_modified()) as u64;
        let about = about(&folder, id, at).await;
        let ours = self.tapes.borrow().contains_key(id);
        let busy = ours || (!about.whole && lock(id).await.is_err());
        if size == 0 && !busy {
            // It crashed before there was anything to keep.
            self.folder.remove(id).await;
            return None;
        }
        Some(Shown { about, size, busy })
    }

    async fn rename(&self, id: &str, name: String) {
        if let Some((about, _)) = self.in_memory.borrow_mut().get_mut(id) {
            about.name = name;
            return;
        }
        if let Some(folder) = self.folder.existing(id).await {
            let about = about(&folder, id, 0).await;
            // What another tab has open keeps its name.
            let _ = write_about(&folder, &About { name, ..about }).await;
        }
    }

    async fn remove(&self, id: &str) -> Result<(), Trouble> {
        if self.in_memory.borrow_mut().remove(id).is_some() {
            return Ok(());
        }
        let _lock = lock(id).await?;
        self.folder.remove(id).await;
        Ok(())
    }

    /// Of the kind that it is, for a player to know.
    async fn blob(&self, id: &str) -> Option<Blob> {
        if let Some((_, blob)) = self.in_memory.borrow().get(id) {
            return Some(blob.clone());
        }
        let folder = self.folder.existing(id).await?;
        let content = folder.file(CONTENT).await?;
        let about = about(&folder, id, 0).await;
        Some(typed(&content, &about.kind))
    }

    async fn repair(&self, id: &str) -> Result<(), Trouble> {
        let _lock = lock(id).await?;
        let folder = self.folder.existing(id).await.ok_or(Trouble::Broken)?;
        let at = folder
            .file(CONTENT)
            .await
            .map_or(0.0, |it| it.last_modified());
        let mut about = about(&folder, id, at as u64).await;
        let mut content = folder.place(CONTENT).await.map_err(trouble)?;
        let progress = |done, of| repairing(id, done, of);
        about.millis = make_whole(&mut content, &about.kind, progress).await?;
        about.whole = true;
        drop(content);
        write_about(&folder, &about).await.map_err(trouble)
    }

    async fn room(&self) -> Option<(u64, u64)> {
        if self.folder.is_lasting() {
            return room().await;
        }
        let kept = self.in_memory.borrow();
        let kept: f64 = kept.values().map(|(_, blob)| blob.size()).sum();
        let tapes = self.tapes.borrow();
        let used = kept as u64 + tapes.values().map(|tape| tape.size).sum::<u64>();
        Some((used, MEMORY_MOST.saturating_sub(used)))
    }

    async fn tell_room(&self) {
        let left = self.room().await.map(|it| it.1);
        tell(Tell::Room { left });
    }
}

async fn lock(id: &str) -> Result<Lock, Trouble> {
    let lock = Lock::take(&["duologue-recording-", id].concat()).await;
    lock.ok_or(Trouble::Busy)
}

/// A crash in the middle of writing it may have spoilt it; the recording is there all the same.
async fn about(folder: &Folder, id: &str, at: u64) -> About {
    let text = folder.text(ABOUT).await.unwrap_or_default();
    protocol::read(&text).unwrap_or_else(|| About {
        id: id.to_owned(),
        name: String::new(),
        kind: "video/webm".to_owned(),
        at,
        millis: 0,
        whole: false,
    })
}

fn bytes_of(blob: &Blob) -> Option<Vec<u8>> {
    let reader = FileReaderSync::new().ok()?;
    let read: ArrayBuffer = reader.read_as_array_buffer(blob).ok()?;
    let bytes = Uint8Array::new(&read).to_vec();
    let_go(&read);
    Some(bytes)
}

fn typed(blob: &Blob, kind: &str) -> Blob {
    let typed = blob.slice_with_f64_and_f64_and_content_type(0.0, blob.size(), kind);
    typed.unwrap_or_else(|_| blob.clone())
}

fn repairing(id: &str, done: u64, of: u64) {
    let id = id.to_owned();
    tell(Tell::Repairing { id, done, of });
}

fn tell(news: Tell) {
    say(&News::Recording(news));
}
