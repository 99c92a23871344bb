//! A file's hash as a tree: the root names the file, the hashes of its pieces let each of them be
//! checked as it comes. BLAKE3 is such a tree already; a piece is one of its branches.

use blake3::{
    CHUNK_LEN, Hasher,
    hazmat::{ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root},
};
use duologue_core::{
    files::pieces::{count, piece_size},
    ids::FileRoot,
};

pub const HASH: usize = 32;
const _: () = assert!(piece_size(0).is_multiple_of(CHUNK_LEN as u64));

/// One piece on its way, from its first byte on.
pub struct Piece {
    hasher: Hasher,
    /// The only one is the file: its hash is the root.
    only: bool,
}

impl Piece {
    pub fn new(file: u64, index: u32) -> Self {
        let mut hasher = Hasher::new();
        hasher.set_input_offset(u64::from(index) * piece_size(file));
        Piece {
            hasher,
            only: count(file) <= 1,
        }
    }

    pub fn add(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    pub fn done(self) -> [u8; HASH] {
        match self.only {
            true => *self.hasher.finalize().as_bytes(),
            false => self.hasher.finalize_non_root(),
        }
    }
}

/// What the hashes of all pieces come to; nothing where their number is not the file's.
pub fn root(file: u64, hashes: &[u8]) -> Option<FileRoot> {
    let hashes: (&[[u8; HASH]], &[u8]) = hashes.as_chunks();
    let (hashes, []) = hashes else { return None };
    match hashes {
        [] if file == 0 => Some(FileRoot(*blake3::hash(&[]).as_bytes())),
        [only] if count(file) == 1 => Some(FileRoot(*only)),
        many if many.len() == count(file) as usize && many.len() > 1 => {
            let (left, right) = many.split_at(left_of(many.len()));
            let root = merge_subtrees_root(&branch(left), &branch(right), Mode::Hash);
            Some(FileRoot(*root.as_bytes()))
        }
        _ => None,
    }
}

/// All pieces but the last are of one size, a power of two; so the tree over them is BLAKE3's.
fn left_of(pieces: usize) -> usize {
    pieces.next_power_of_two() / 2
}

fn branch(pieces: &[[u8; HASH]]) -> ChainingValue {
    match pieces {
        [] => [0; HASH],
        [one] => *one,
        many => {
            let (left, right) = many.split_at(left_of(many.len()));
            merge_subtrees_non_root(&branch(left), &branch(right), Mode::Hash)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hashes(content: &[u8]) -> Vec<u8> {
        let size = content.len() as u64;
        let pieces = content.chunks(piece_size(size) as usize).enumerate();
        let hash = |(index, bytes): (usize, &[u8])| {
            let mut piece = Piece::new(size, index as u32);
            // As it comes: in messages.
            bytes.chunks(65_520).for_each(|part| piece.add(part));
            piece.done()
        };
        pieces.flat_map(hash).collect()
    }

    #[test]
    fn the_root_is_blake3_of_the_whole() {
        let piece = piece_size(0) as usize;
        for len in [
            0,
            1,
            1024,
            piece - 1,
            piece,
            piece + 1,
            2 * piece,
            3 * piece + 5,
            7 * piece,
        ] {
            let content: Vec<u8> = (0..len).map(|at| (at / 7) as u8).collect();
            let whole = FileRoot(*blake3::hash(&content).as_bytes());
            assert_eq!(root(len as u64, &hashes(&content)), Some(whole), "{len}");
        }
    }

    #[test]
    fn a_list_of_another_length_has_no_root() {
        let file = 3 * piece_size(0);
        for len in [0, 31, 32, 64, 95, 97, 128] {
            assert_eq!(root(file, &vec![0; len]), None, "{len}");
        }
        assert_eq!(root(0, &[0; 32]), None);
        assert_eq!(root(5, &[]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

        #[test]
        fn one_bit_of_difference_is_seen(len in 1usize..1_500_000, at: prop::sample::Index) {
            let mut content = vec![9; len];
            let before = hashes(&content);
            content[at.index(len)] ^= 1;
            let after = hashes(&content);
            prop_assert_eq!(before.chunks(HASH).zip(after.chunks(HASH)).filter(|(a, b)| a != b).count(), 1);
            prop_assert_ne!(root(len as u64, &before), root(len as u64, &after));
        }
    }
}
