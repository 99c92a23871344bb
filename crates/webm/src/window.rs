//! A store read through one buffer, so that a walk from head to head does not ask it for every dozen
//! bytes. Counts what it asks: a step of work is measured in that. Must be told of no write: the walk
//! only changes what it has passed.

use crate::Store;

/// Bytes asked of the store at a time.
const SPAN: usize = 64 * 1024;

pub struct Window {
    bytes: Vec<u8>,
    at: u64,
    /// How often the store was asked; may wrap.
    pub reads: u32,
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
