//! A file that comes: written where it belongs as it comes, each piece checked when it is whole, and
//! what is checked and flushed marked as kept. A crash costs what came since the last flush.

use super::{
    disk::{Fault, Folder, Place},
    lock::Lock,
};
use crate::{
    protocol::{Kept, News},
    tree::{HASH, Piece, root},
};
use duologue_core::{
    files::pieces::{count, piece_size},
    ids::FileRoot,
};
use std::collections::BTreeMap;

/// What is written is flushed at least so often.
const FLUSH_MS: f64 = 1_000.0;

pub const CONTENT: &str = "content";
pub const HASHES: &str = "hashes";
pub const PIECES: &str = "pieces";
pub const ABOUT: &str = "about.json";

pub struct Part {
    pub kept: Kept,
    pub content: Place,
    marks: Place,
    hashes: Place,
    /// A byte a piece: 1 where it is kept.
    pub pieces: Vec<u8>,
    /// The list as far as it has come; whole where `has_hashes`.
    list: Vec<u8>,
    pub has_hashes: bool,
    /// Pieces on their way, and how far each is.
    coming: BTreeMap<u32, (Piece, u64)>,
    unflushed: Vec<u32>,
    flushed: f64,
    _lock: Lock,
}

impl Part {
    /// Opens what is there of it, or begins it.
    pub async fn open(folder: &Folder, kept: Kept, lock: Lock) -> Result<Part, Fault> {
        let size = kept.about.size;
        if folder.text(ABOUT).await.is_none() {
            let mut about = folder.place(ABOUT).await?;
            about.write_at(0, crate::protocol::write(&kept).as_bytes())?;
            about.flush()?;
        }
        let (content, marks) = (folder.place(CONTENT).await?, folder.place(PIECES).await?);
        let hashes = folder.place(HASHES).await?;
        let (mut pieces, list) = (marks.read_all()?, hashes.read_all()?);
        pieces.resize(count(size) as usize, 0);
        // Only a list that belongs to the root is worth anything.
        let has_hashes = count(size) <= 1 || root(size, &list) == Some(kept.about.root);
        Ok(Part {
            kept,
            content,
            marks,
            hashes,
            pieces,
            list: if has_hashes { list } else { Vec::new() },
            has_hashes,
            coming: BTreeMap::new(),
            unflushed: Vec::new(),
            flushed: js_sys::Date::now(),
            _lock: lock,
        })
    }

    fn root(&self) -> FileRoot {
        self.kept.about.root
    }

    pub fn hashes(&self) -> &[u8] {
        &self.list
    }

    /// The list of hashes, as it comes.
    pub fn keep_hashes(&mut self, from: u64, bytes: &[u8]) -> Result<Option<News>, Fault> {
        let size = self.kept.about.size;
        if from == 0 {
            self.list.clear();
        }
        let whole = count(size) as usize * HASH;
        if self.has_hashes
            || from != self.list.len() as u64
            || self.list.len() + bytes.len() > whole
        {
            return Ok(None);
        }
        self.list.extend_from_slice(bytes);
        if self.list.len() < whole {
            return Ok(None);
        }
        let good = root(size, &self.list) == Some(self.root());
        if good {
            self.hashes.write_at(0, &self.list)?;
            self.hashes.flush()?;
            self.has_hashes = true;
        } else {
            self.list.clear();
        }
        let root = self.root();
        Ok(Some(News::Hashes { root, good }))
    }

    /// Bytes of one piece, in their order.
    pub fn keep(&mut self, from: u64, bytes: &[u8]) -> Result<Option<News>, Fault> {
        let size = self.kept.about.size;
        let piece_size = piece_size(size);
        let index = (from / piece_size) as u32;
        let begin = u64::from(index) * piece_size;
        let (end, to) = ((begin + piece_size).min(size), from + bytes.len() as u64);
        if to > end || !self.has_hashes {
            return Ok(None);
        }
        if from == begin {
            self.coming.insert(index, (Piece::new(size, index), begin));
        }
        let Some((piece, at)) = self.coming.get_mut(&index).filter(|(_, at)| *at == from) else {
            return Ok(None);
        };
        piece.add(bytes);
        *at = to;
        self.content.write_at(from, bytes)?;
        if to < end {
            return Ok(None);
        }
        let Some((piece, _)) = self.coming.remove(&index) else {
            return Ok(None);
        };
        let good = self.is_good(index, piece.done());
        if good {
            self.unflushed.push(index);
            if js_sys::Date::now() - self.flushed >= FLUSH_MS {
                self.flush()?;
            }
        }
        let root = self.root();
        Ok(Some(News::Piece { root, index, good }))
    }

    fn is_good(&self, index: u32, hash: [u8; HASH]) -> bool {
        if count(self.kept.about.size) == 1 {
            return hash == self.root().0;
        }
        let at = index as usize * HASH;
        self.list.get(at..at + HASH) == Some(&hash[..])
    }

    /// The bytes first, and then the word that they are there.
    pub fn flush(&mut self) -> Result<(), Fault> {
        self.flushed = js_sys::Date::now();
        if self.unflushed.is_empty() {
            return Ok(());
        }
        self.content.flush()?;
        for index in self.unflushed.drain(..) {
            self.pieces[index as usize] = 1;
            self.marks.write_at(u64::from(index), &[1])?;
        }
        self.marks.flush()
    }

    pub fn is_whole(&self) -> bool {
        self.pieces.iter().all(|it| *it == 1)
    }
}
