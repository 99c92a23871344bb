//! Files that a person chooses, drops or pastes, folders and all; and what came for them, saved where
//! they want it.

use super::{BrowserError, download::ObjectUrl, object, page, wait::Flag};
use js_sys::{Array, Function, Promise, Reflect};
use std::{cell::RefCell, future::Future, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, ClipboardEvent, DragEvent, Event, File, FileList, FileSystemDirectoryEntry,
    FileSystemEntry, FileSystemFileEntry, HtmlInputElement,
};

/// Of one drop; a whole disk is a slip of the hand.
const MOST: usize = 500;
const DEEPEST: usize = 12;

/// A file, and where it lay in what was chosen.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub file: File,
    pub path: String,
}

impl Chosen {
    fn of(file: File) -> Chosen {
        // Chosen as part of a folder, it says so.
        let path = object::text(&file, "webkitRelativePath");
        let path = if path.is_empty() { file.name() } else { path };
        Chosen { file, path }
    }

    pub fn size(&self) -> u64 {
        self.file.size() as u64
    }

    pub fn kind(&self) -> String {
        self.file.type_()
    }
}

/// What has been chosen in a field, which is empty again after that.
pub fn of_field(event: &Event) -> Vec<Chosen> {
    let field = event
        .target()
        .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    let Some(field) = field else {
        return Vec::new();
    };
    let chosen = of_list(field.files());
    field.set_value("");
    chosen
}

pub fn of_paste(event: &ClipboardEvent) -> Vec<Chosen> {
    of_list(event.clipboard_data().and_then(|it| it.files()))
}

fn of_list(list: Option<FileList>) -> Vec<Chosen> {
    let list = list
        .iter()
        .flat_map(|list| (0..list.length()).filter_map(|at| list.get(at)));
    list.take(MOST).map(Chosen::of).collect()
}

/// Does it carry files, and not a piece of text?
pub fn has_files(event: &DragEvent) -> bool {
    let kinds = event.data_transfer().map(|it| it.types());
    kinds.is_some_and(|it| it.includes(&"Files".into(), 0))
}

/// What has been dropped. Asked for at once: after the event it is not to be had any more.
pub fn of_drop(event: &DragEvent) -> impl Future<Output = Vec<Chosen>> + use<> {
    let data = event.data_transfer();
    let items = data.as_ref().map(|it| it.items());
    let items = items
        .iter()
        .flat_map(|it| (0..it.length()).filter_map(|at| it.get(at)));
    let entries: Vec<FileSystemEntry> = items
        .filter_map(|it| it.webkit_get_as_entry().ok()?)
        .collect();
    let plain = of_list(data.and_then(|it| it.files()));
    async move {
        if entries.is_empty() {
            return plain;
        }
        let mut chosen = Vec::new();
        let mut folders: Vec<(FileSystemEntry, usize)> =
            entries.into_iter().map(|it| (it, 0)).collect();
        while let Some((entry, depth)) = folders.pop() {
            if chosen.len() >= MOST {
                break;
            }
            if entry.is_file() {
                let path = entry.full_path().trim_start_matches('/').to_string();
                let file = file_of(entry.unchecked_ref()).await;
                chosen.extend(file.map(|file| Chosen { file, path }));
            } else if depth < DEEPEST {
                let inside = entries_of(entry.unchecked_ref()).await;
                folders.extend(inside.into_iter().map(|it| (it, depth + 1)));
            }
        }
        chosen
    }
}

async fn file_of(entry: &FileSystemFileEntry) -> Option<File> {
    let found = answered(|yes, no| entry.file_with_callback_and_callback(yes, no)).await?;
    found.dyn_into().ok()
}

async fn entries_of(folder: &FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = folder.create_reader();
    let mut all = Vec::new();
    // A reader gives some at a time, and none at the end.
    loop {
        let asked = |yes: &Function, no: &Function| {
            // Throws for what is no function.
            let _ = reader.read_entries_with_callback_and_callback(yes, no);
        };
        let some = answered(asked)
            .await
            .and_then(|it| it.dyn_into::<Array>().ok());
        match some.filter(|it| it.length() > 0 && all.len() < MOST) {
            Some(some) => all.extend(some.iter().map(|it| it.unchecked_into::<FileSystemEntry>())),
            None => return all,
        }
    }
}

/// Of an interface with one function for yes and one for no.
async fn answered(ask: impl FnOnce(&Function, &Function)) -> Option<JsValue> {
    let answer = Rc::new(RefCell::new(None));
    let there = Flag::default();
    let (kept, came, refused) = (Rc::clone(&answer), there.clone(), there.clone());
    let yes = Closure::<dyn Fn(JsValue)>::new(move |it| {
        kept.replace(Some(it));
        came.raise();
    });
    let no = Closure::<dyn Fn(JsValue)>::new(move |_| refused.raise());
    ask(yes.as_ref().unchecked_ref(), no.as_ref().unchecked_ref());
    there.wait().await;
    answer.take()
}

/// Where a person wants something to be: a place that they were asked for, or the browser's folder
/// for downloads.
pub enum Target {
    Picked(JsValue),
    Downloads,
}

/// Asks, where the browser can. In the handling of a press. `Abort`: they changed their mind.
pub fn pick(name: &str) -> impl Future<Output = Result<Target, BrowserError>> + use<> {
    let asked = page::window().and_then(|window| {
        let picker: Function = object::get(&window, "showSaveFilePicker").dyn_into().ok()?;
        let options = object::new(&[("suggestedName", name.into())]);
        let asked: Promise = picker.call1(&window, &options).ok()?.unchecked_into();
        Some(JsFuture::from(asked))
    });
    async move {
        Ok(match asked {
            Some(asked) => Target::Picked(asked.await?),
            None => Target::Downloads,
        })
    }
}

/// From disk to disk. What it returns is to be kept until the browser has read it.
pub async fn save(
    file: &Blob,
    name: &str,
    target: Target,
) -> Result<Option<ObjectUrl>, BrowserError> {
    match target {
        Target::Downloads => super::download::save_blob(name, file).map(Some),
        Target::Picked(handle) => {
            let writable = called(&handle, "createWritable", &[]).await?;
            let stream = object::get(file, "stream")
                .unchecked_into::<Function>()
                .call0(file)?;
            called(&stream, "pipeTo", &[&writable]).await?;
            Ok(None)
        }
    }
}

async fn called(on: &JsValue, name: &str, with: &[&JsValue]) -> Result<JsValue, BrowserError> {
    let function: Function = Reflect::get(on, &name.into())?.unchecked_into();
    let with: Array = with.iter().copied().collect();
    let promise: Promise = function.apply(on, &with)?.unchecked_into();
    Ok(JsFuture::from(promise).await?)
}

/// Asks the browser not to clear what this page keeps when the disk is full.
pub fn keep_what_is_here() {
    let storage = page::window().map(|it| object::get(&it.navigator(), "storage"));
    let persist = storage.as_ref().map(|it| object::get(it, "persist"));
    if let (Some(storage), Some(Ok(persist))) =
        (&storage, persist.map(JsCast::dyn_into::<Function>))
        && let Ok(asked) = persist.call0(storage)
    {
        super::wait::unheard(asked.unchecked_into());
    }
}
