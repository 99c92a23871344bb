//! A store read through one buffer, so that a walk from head to head does not ask it for every dozen
//! bytes; and what a walk asks it: what comes next, a number, a block's head. Counts what it asks of the
//! store: a step of work is measured in that. Not told of writes: the walk changes only what it has
//! passed.

use crate::Store;
use crate::cluster::{BLOCK_HEAD, BlockHead};
use crate::ebml::{self, Header, MAX_HEADER, id};

/// Bytes asked of the store at a time.
const SPAN: usize = 64 * 1024;

pub struct Window {
    bytes: Vec<u8>,
    at: u64,
    /// How often the store was asked; may wrap.
    pub reads: u32,
}

/// What comes next.
pub enum Next {
    /// An element that is whole, and where it ends.
    Element(Header, u64),
    /// A Cluster begins, whole or not.
    Cluster(Header),
    End,
    Damage,
}

impl Window {
    pub fn new() -> Self {
        Window {
            bytes: Vec::new(),
            at: 0,
            reads: 0,
        }
    }

    /// The bytes from `at` on: `len` of them, or more that are at hand; fewer only at the end of the
    /// store.
    pub fn from<S: Store>(
        &mut self,
        store: &mut S,
        at: u64,
        len: usize,
    ) -> Result<&[u8], S::Error> {
        let len = len.min(SPAN);
        if self.held(at).len() < len {
            self.fill(store, at)?;
        }
        Ok(self.held(at))
    }

    /// What begins at `at` and must end by `limit`.
    pub fn next<S: Store>(&mut self, store: &mut S, at: u64, limit: u64) -> Result<Next, S::Error> {
        if at >= limit {
            return Ok(Next::End);
        }
        let Ok(header) = ebml::header(self.from(store, at, MAX_HEADER)?) else {
            return Ok(Next::Damage);
        };
        if header.id == id::CLUSTER {
            return Ok(Next::Cluster(header));
        }
        let len = header
            .size
            .and_then(|size| size.checked_add(header.len() as u64));
        let end = len.and_then(|len| len.checked_add(at));
        let end = end.filter(|end| *end <= limit);
        Ok(end.map_or(Next::Damage, |end| Next::Element(header, end)))
    }

    /// A body's first eight bytes, or all of it.
    pub fn number<S: Store>(&mut self, store: &mut S, at: u64, end: u64) -> Result<u64, S::Error> {
        Ok(ebml::unsigned(self.at_most(store, at, end, 8)?))
    }

    /// None if the body is too short to be a block.
    pub fn block_head<S: Store>(
        &mut self,
        store: &mut S,
        at: u64,
        end: u64,
    ) -> Result<Option<BlockHead>, S::Error> {
        Ok(BlockHead::read(self.at_most(store, at, end, BLOCK_HEAD)?))
    }

    fn at_most<S: Store>(
        &mut self,
        store: &mut S,
        at: u64,
        end: u64,
        most: usize,
    ) -> Result<&[u8], S::Error> {
        let len = end.saturating_sub(at).min(most as u64) as usize;
        let bytes = self.from(store, at, len)?;
        Ok(&bytes[..len.min(bytes.len())])
    }

    fn held(&self, at: u64) -> &[u8] {
        let skip = at
            .checked_sub(self.at)
            .and_then(|skip| usize::try_from(skip).ok());
        skip.and_then(|skip| self.bytes.get(skip..))
            .unwrap_or_default()
    }

    fn fill<S: Store>(&mut self, store: &mut S, at: u64) -> Result<(), S::Error> {
        self.bytes.resize(SPAN, 0);
        self.at = at;
        let mut filled = 0;
        while filled < SPAN {
            self.reads = self.reads.wrapping_add(1);
            let to = &mut self.bytes[filled..];
            let most = to.len();
            let read = store.read_at(at.saturating_add(filled as u64), to);
            match read {
                Ok(0) => break,
                Ok(read) => filled += read.min(most),
                Err(error) => {
                    self.bytes.clear();
                    return Err(error);
                }
            }
        }
        self.bytes.truncate(filled);
        Ok(())
    }
}
