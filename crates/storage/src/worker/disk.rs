//! Folders and files that the browser keeps for this page alone, written and flushed at once; memory
//! in their place where it keeps none (a private window).

use js_sys::{Array, AsyncIterator, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemGetFileOptions, FileSystemReadWriteOptions, FileSystemRemoveOptions,
    FileSystemSyncAccessHandle, StorageEstimate,
};

/// Kept in memory, a file takes it twice when it is handed to the person.
pub const MEMORY_MOST: u64 = 512 * 1024 * 1024;
/// Left over for whatever else the page keeps.
const SPARE: f64 = 16.0 * 1024.0 * 1024.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The disk, or this page's share of it, is full.
    Full,
    /// Another tab has it open.
    Busy,
    Broken,
}

impl From<JsValue> for Fault {
    fn from(error: JsValue) -> Self {
        let name = Reflect::get(&error, &"name".into()).ok();
        match name.and_then(|it| it.as_string()).as_deref() {
            Some("QuotaExceededError") => Fault::Full,
            Some("NoModificationAllowedError") => Fault::Busy,
            _ => Fault::Broken,
        }
    }
}

/// A folder. Nothing in it where the browser keeps nothing.
#[derive(Clone)]
pub struct Folder(Option<FileSystemDirectoryHandle>);

impl Folder {
    /// The page's own. Refused in private windows of some browsers.
    pub async fn top() -> Folder {
        let top = settled::<FileSystemDirectoryHandle>(
            super::scope().navigator().storage().get_directory(),
        )
        .await;
        let Ok(top) = top else { return Folder(None) };
        // Some give a folder and refuse to write: found out before anybody relies on it.
        let folder = Folder(Some(top));
        let writes = match folder.place("probe").await {
            Ok(mut probe) => probe.write_at(0, &[1]).and_then(|()| probe.flush()).is_ok(),
            Err(fault) => fault == Fault::Busy,
        };
        folder.remove("probe").await;
        if writes { folder } else { Folder(None) }
    }

    pub fn is_lasting(&self) -> bool {
        self.0.is_some()
    }

    /// Made where it is not there.
    pub async fn folder(&self, name: &str) -> Result<Folder, Fault> {
        let Some(handle) = &self.0 else {
            return Ok(Folder(None));
        };
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(true);
        let opened = settled(handle.get_directory_handle_with_options(name, &options)).await?;
        Ok(Folder(Some(opened)))
    }

    /// Only where it is there.
    pub async fn existing(&self, name: &str) -> Option<Folder> {
        let handle = self.0.as_ref()?;
        let found = settled(handle.get_directory_handle(name)).await.ok()?;
        Some(Folder(Some(found)))
    }

    /// A file for one tab's use, made where it is not there.
    pub async fn place(&self, name: &str) -> Result<Place, Fault> {
        let Some(handle) = &self.0 else {
            return Ok(Place::Memory(Vec::new()));
        };
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let file: FileSystemFileHandle =
            settled(handle.get_file_handle_with_options(name, &options)).await?;
        Ok(Place::Disk(
            settled(file.create_sync_access_handle()).await?,
        ))
    }

    /// A file as it is on the disk; it is read when it is used.
    pub async fn file(&self, name: &str) -> Option<File> {
        let handle = self.0.as_ref()?;
        let file: FileSystemFileHandle = settled(handle.get_file_handle(name)).await.ok()?;
        settled(file.get_file()).await.ok()
    }

    pub async fn text(&self, name: &str) -> Option<String> {
        let file = self.file(name).await?;
        JsFuture::from(file.text()).await.ok()?.as_string()
    }

    /// With all that is in it.
    pub async fn remove(&self, name: &str) {
        let Some(handle) = &self.0 else { return };
        let options = FileSystemRemoveOptions::new();
        options.set_recursive(true);
        // What is not there need not go; what is open in another tab stays.
        let _ = JsFuture::from(handle.remove_entry_with_options(name, &options)).await;
    }

    pub async fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let Some(handle) = &self.0 else { return names };
        let keys: AsyncIterator = handle.keys();
        while let Ok(next) = keys.next() {
            let Ok(next) = JsFuture::from(next).await else {
                break;
            };
            let value = Reflect::get(&next, &"value".into()).ok();
            match value.and_then(|it| it.as_string()) {
                Some(name) => names.push(name),
                None => break,
            }
        }
        names
    }
}

/// Is there room for so many bytes more?
pub async fn has_room(bytes: u64) -> bool {
    room().await.is_none_or(|(_, left)| left > bytes)
}

/// Bytes that this page uses, and those that are left for it, where the browser tells.
pub async fn room() -> Option<(u64, u64)> {
    let asked = super::scope().navigator().storage().estimate().ok()?;
    let estimate = settled::<StorageEstimate>(asked).await.ok()?;
    let (quota, usage) = (estimate.get_quota()?, estimate.get_usage()?);
    Some((usage as u64, (quota - usage - SPARE).max(0.0) as u64))
}

/// One file, open.
pub enum Place {
    Disk(FileSystemSyncAccessHandle),
    Memory(Vec<u8>),
}

impl Place {
    pub fn size(&self) -> Result<u64, Fault> {
        match self {
            Place::Disk(handle) => Ok(handle.get_size()? as u64),
            Place::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    pub fn write_at(&mut self, at: u64, bytes: &[u8]) -> Result<(), Fault> {
        match self {
            Place::Disk(handle) => {
                let written = handle.write_with_u8_array_and_options(bytes, &options(at))?;
                // A full disk is told by some browsers in this way alone.
                (written as usize == bytes.len())
                    .then_some(())
                    .ok_or(Fault::Full)
            }
            Place::Memory(all) => {
                let end = at + bytes.len() as u64;
                if end > MEMORY_MOST {
                    return Err(Fault::Full);
                }
                let (at, end) = (at as usize, end as usize);
                if all.len() < end {
                    all.resize(end, 0);
                }
                all[at..end].copy_from_slice(bytes);
                Ok(())
            }
        }
    }

    pub fn truncate(&mut self, to: u64) -> Result<(), Fault> {
        match self {
            Place::Disk(handle) => Ok(handle.truncate_with_f64(to as f64)?),
            Place::Memory(all) => {
                all.truncate(to as usize);
                Ok(())
            }
        }
    }

    pub fn read_at(&self, at: u64, to: &mut [u8]) -> Result<usize, Fault> {
        match self {
            Place::Disk(handle) => {
                Ok(handle.read_with_u8_array_and_options(to, &options(at))? as usize)
            }
            Place::Memory(all) => {
                let from = all.get(at as usize..).unwrap_or_default();
                let len = from.len().min(to.len());
                to[..len].copy_from_slice(&from[..len]);
                Ok(len)
            }
        }
    }

    pub fn read_all(&self) -> Result<Vec<u8>, Fault> {
        let mut all = vec![0; self.size()? as usize];
        let len = self.read_at(0, &mut all)?;
        all.truncate(len);
        Ok(all)
    }

    pub fn flush(&mut self) -> Result<(), Fault> {
        match self {
            Place::Disk(handle) => Ok(handle.flush()?),
            Place::Memory(_) => Ok(()),
        }
    }

    /// What is in memory, as a person may have it.
    pub fn memory(&self) -> Option<Blob> {
        match self {
            Place::Disk(_) => None,
            Place::Memory(bytes) => {
                Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes.as_slice())))
                    .ok()
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Place::Disk(handle) = self {
            handle.close();
        }
    }
}

fn options(at: u64) -> FileSystemReadWriteOptions {
    let options = FileSystemReadWriteOptions::new();
    options.set_at(at as f64);
    options
}

async fn settled<T: JsCast>(promise: Promise) -> Result<T, Fault> {
    Ok(JsFuture::from(promise).await?.unchecked_into())
}
