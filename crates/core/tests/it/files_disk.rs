//! A disk as the machine for files sees it: what is kept of a file that comes, and what is said of it by
//! comparing it with what was really sent.

use duologue_core::{
    files::{
        Storage,
        frame::{Span, What},
        pieces,
    },
    ids::{FileRoot, PeerId},
    wire::About,
};
use std::collections::BTreeMap;

/// What is kept of a file that comes.
#[derive(Clone)]
pub struct Part {
    pub about: About,
    pub from: PeerId,
    pub content: Vec<u8>,
    pub pieces: Vec<u8>,
    came: BTreeMap<u32, u64>,
    hashes: Vec<u8>,
    pub has_hashes: bool,
    pub whole: bool,
}

pub fn content(seed: u8, len: usize) -> Vec<u8> {
    (0..len)
        .map(|at| (at as u64 * 31 + at as u64 / 251) as u8 ^ seed)
        .collect()
}

pub fn root_of(content: &[u8]) -> FileRoot {
    let mut root = [content.len() as u8; 32];
    for (at, byte) in content.iter().enumerate() {
        root[at % 32] = root[at % 32].rotate_left(3) ^ byte.wrapping_add(at as u8);
    }
    FileRoot(root)
}

/// Stands for the hash of a piece: what matters is that it is of the truth.
pub fn hashes_of(root: FileRoot, size: u64) -> Vec<u8> {
    (0..pieces::count(size) as usize * 32)
        .map(|at| root.0[at % 32] ^ (at / 32) as u8)
        .collect()
}

impl Part {
    pub fn new(about: About, from: PeerId) -> Self {
        Part {
            content: vec![0; about.size as usize],
            pieces: vec![0; pieces::count(about.size) as usize],
            about,
            from,
            came: BTreeMap::new(),
            hashes: Vec::new(),
            has_hashes: false,
            whole: false,
        }
    }

    /// What was under way is lost.
    pub fn on_crash(&mut self) {
        self.came.clear();
    }

    /// A verdict, where something has come whole.
    pub fn keep(&mut self, span: Span, bytes: &[u8], truth: &[u8]) -> Option<Storage> {
        let root = self.about.root;
        match span.what {
            What::Hashes => {
                if span.from == 0 {
                    self.hashes.clear();
                }
                self.hashes.extend(bytes);
                (self.hashes.len() == self.pieces.len() * 32).then(|| {
                    let good = self.hashes == hashes_of(root, self.about.size);
                    self.has_hashes = good;
                    Storage::Hashes { root, good }
                })
            }
            What::Content => {
                let size = pieces::piece_size(self.about.size);
                let index = (span.from / size) as u32;
                let begin = u64::from(index) * size;
                let end = (begin + size).min(self.about.size);
                if span.from == begin {
                    self.came.insert(index, begin);
                }
                assert_eq!(self.came.get(&index), Some(&span.from), "in order");
                self.came.insert(index, span.end());
                self.content[span.from as usize..span.end() as usize].copy_from_slice(bytes);
                (span.end() == end).then(|| {
                    let range = begin as usize..end as usize;
                    let good = truth.get(range.clone()) == Some(&self.content[range]);
                    self.pieces[index as usize] = u8::from(good);
                    Storage::Piece { root, index, good }
                })
            }
        }
    }
}
