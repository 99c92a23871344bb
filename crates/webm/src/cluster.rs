//! A Cluster and what is in it, on the way through: its size put right, a block's own head, and the
//! bytes by which a Cluster is known where nothing else is.

use crate::Store;
use crate::ebml::{self, Header, MAX_HEADER, id};

/// A block's own head: its track in up to eight bytes, its time, its flags.
pub const BLOCK_HEAD: usize = 11;

/// Bytes that tell a Cluster from chance: its head, and the head of the timestamp that comes first.
pub const START: usize = 2 * MAX_HEADER;

#[derive(Clone, Copy)]
pub struct Cluster {
    pub at: u64,
    pub header: Header,
    pub time: u64,
    pub has_blocks: bool,
}

/// A BlockGroup, as far as it has been read.
#[derive(Clone, Copy)]
pub struct Group {
    pub at: u64,
    pub end: u64,
    pub block: Option<BlockHead>,
    /// A block that refers to none is a key frame.
    pub is_key: bool,
    pub lasts: Option<u64>,
}

#[derive(Clone, Copy)]
pub struct BlockHead {
    pub track: u64,
    /// After the Cluster's time.
    pub after: i16,
    pub is_key: bool,
}

impl Cluster {
    pub fn new(at: u64, header: Header) -> Self {
        Cluster {
            at,
            header,
            time: 0,
            has_blocks: false,
        }
    }

    /// It ends at `end`. Its size is written if it says another; if its width has no room for it, it
    /// stays unknown, which players take too. True if something was written.
    pub fn close<S: Store>(&self, store: &mut S, end: u64) -> Result<bool, S::Error> {
        let size = end.checked_sub(self.at + self.header.len() as u64);
        if size == self.header.size {
            return Ok(false);
        }
        let bytes = ebml::size_in(size, self.header.size_len)
            .or_else(|| ebml::size_in(None, self.header.size_len));
        store.write_at(
            self.at + self.header.id_len as u64,
            &bytes.unwrap_or_default(),
        )?;
        Ok(true)
    }
}

impl BlockHead {
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (track, skip) = ebml::number(bytes, 8).ok()?;
        let [high, low, flags] = *bytes.get(skip..)?.first_chunk()?;
        let after = i16::from_be_bytes([high, low]);
        Some(BlockHead {
            track,
            after,
            is_key: flags & 0x80 != 0,
        })
    }
}

/// Where in `bytes` a Cluster begins; looks at all but the last [`START`] bytes.
pub fn find(bytes: &[u8]) -> Option<usize> {
    bytes.windows(START).position(begins)
}

fn begins(bytes: &[u8]) -> bool {
    if !bytes.starts_with(&id::CLUSTER.to_be_bytes()) {
        return false;
    }
    let first = ebml::header(bytes)
        .ok()
        .and_then(|cluster| bytes.get(cluster.len()..));
    let first = first.and_then(|bytes| ebml::header(bytes).ok());
    first.is_some_and(|first| first.id == id::TIMESTAMP && first.size.is_some_and(|size| size <= 8))
}
