//! A file in pieces: how large they are, and which of them are here.

use alloc::{vec, vec::Vec};

/// A piece is what is checked, kept and asked for anew as a whole.
const SMALLEST: u64 = 256 * 1024;
/// The list of their hashes stays half a megabyte at the most, however large the file.
const MOST: u64 = 16 * 1024;
/// More than any disk that a browser writes to.
pub const LARGEST_FILE: u64 = 1 << 42;

/// A power of two, so that each piece is a subtree of the file's hash.
pub const fn piece_size(file: u64) -> u64 {
    let mut size = SMALLEST;
    while file.div_ceil(size) > MOST {
        size *= 2;
    }
    size
}

/// How many there are. None in an empty file.
pub const fn count(file: u64) -> u32 {
    file.div_ceil(piece_size(file)) as u32
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Missing,
    /// Asked for, or come and not yet checked.
    Taken,
    Here,
}

#[derive(Debug)]
pub struct Pieces {
    file: u64,
    all: Vec<Piece>,
    here: u64,
    /// No piece before this one is missing.
    first: usize,
}

impl Pieces {
    pub fn new(file: u64) -> Self {
        Pieces {
            file,
            all: vec![Piece::Missing; count(file) as usize],
            here: 0,
            first: 0,
        }
    }

    /// With what was kept before: a byte a piece, 1 where it is here.
    pub fn with(file: u64, kept: &[u8]) -> Self {
        let mut pieces = Pieces::new(file);
        for (index, _) in (0..).zip(kept).filter(|(_, it)| **it == 1) {
            pieces.set_here(index);
        }
        pieces
    }

    /// From where to where it reaches in the file.
    pub fn range(&self, index: u32) -> (u64, u64) {
        let size = piece_size(self.file);
        let from = u64::from(index) * size;
        (from, (from + size).min(self.file))
    }

    /// The first missing one, which is taken now.
    pub fn take(&mut self) -> Option<u32> {
        while *self.all.get(self.first)? != Piece::Missing {
            self.first += 1;
        }
        self.all[self.first] = Piece::Taken;
        Some(self.first as u32)
    }

    pub fn put_back(&mut self, index: u32) {
        let at = index as usize;
        if self.all.get(at) == Some(&Piece::Taken) {
            self.all[at] = Piece::Missing;
            self.first = self.first.min(at);
        }
    }

    pub fn set_here(&mut self, index: u32) {
        let (from, to) = self.range(index);
        if let Some(piece) = self.all.get_mut(index as usize)
            && *piece != Piece::Here
        {
            *piece = Piece::Here;
            self.here += to - from;
        }
    }

    /// Bytes that are here.
    pub fn here(&self) -> u64 {
        self.here
    }

    pub fn are_whole(&self) -> bool {
        self.here == self.file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_grow_with_the_file_so_that_their_list_does_not() {
        assert_eq!((piece_size(0), count(0)), (SMALLEST, 0));
        assert_eq!((piece_size(1), count(1)), (SMALLEST, 1));
        assert_eq!(count(SMALLEST + 1), 2);
        let most = MOST * SMALLEST;
        assert_eq!((piece_size(most), count(most)), (SMALLEST, 16_384));
        assert_eq!(
            (piece_size(most + 1), count(most + 1)),
            (2 * SMALLEST, 8_193)
        );
        assert!(u64::from(count(LARGEST_FILE)) <= MOST);
    }

    #[test]
    fn each_piece_is_taken_once_and_again_when_it_came_back() {
        let file = 2 * SMALLEST + 5;
        let mut pieces = Pieces::with(file, &[0, 1, 0]);
        assert_eq!(pieces.range(2), (2 * SMALLEST, file));
        assert_eq!(pieces.here(), SMALLEST);
        assert_eq!(
            [pieces.take(), pieces.take(), pieces.take()],
            [Some(0), Some(2), None]
        );
        pieces.put_back(0);
        pieces.put_back(1);
        assert_eq!([pieces.take(), pieces.take()], [Some(0), None]);
        pieces.set_here(0);
        pieces.set_here(2);
        pieces.set_here(2);
        assert!(pieces.are_whole());
        pieces.put_back(2);
        pieces.set_here(99);
        assert_eq!((pieces.take(), pieces.here()), (None, file));
    }
}
