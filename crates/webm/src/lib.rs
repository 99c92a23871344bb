//! Makes a recording of a MediaRecorder (WebM or Matroska) play and seek, in the file it lies in. Such
//! a file has no duration and no index, and a crash ends it in the middle of a block. Three things in
//! the order they are used: [`Head`] leaves room at the front while the recording is written,
//! [`Finisher`] (or [`finish`]) fills it in afterwards, [`examine`] says what a file holds.
//!
//! No I/O of its own: whoever calls brings a [`Store`]. Whatever the bytes are, nothing here panics,
//! loops or reserves memory by a number it has read.
//!
//! EBML is read by hand, in `ebml`. The crate `mkv-element` (0.4) knows an unknown size only in its
//! one-byte spelling, where both browsers write eight bytes; it cannot write a size in a given width,
//! which is what changing one in place takes; and it brings an XML reader and a template engine.

mod cluster;
mod cues;
mod ebml;
mod finish;
mod head;
mod layout;
mod tracks;
mod walk;
mod window;

pub use finish::{Finisher, Step, finish};
pub use head::{Head, Kind};
pub use layout::{What, examine};

/// A file, or what serves as one. Nobody else may write to it while it is being finished.
pub trait Store {
    type Error;

    fn size(&mut self) -> Result<u64, Self::Error>;

    /// Reads into `to` and says how many bytes; may be fewer than asked, 0 only at the end.
    fn read_at(&mut self, at: u64, to: &mut [u8]) -> Result<usize, Self::Error>;

    /// Writes them all.
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> Result<(), Self::Error>;

    fn truncate(&mut self, to: u64) -> Result<(), Self::Error>;

    /// What was written is safe before what is written next. Called twice for a file; a store that
    /// cannot promise it may leave this as it is.
    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// Why a file was not finished, or not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error<E> {
    /// The store's own. The file may be half finished; finishing it again heals it.
    Store(E),
    /// Neither WebM nor Matroska, or of a shape no browser records. Untouched.
    NotWebm,
    /// No room at the front: it was not written through [`Head`]. Untouched.
    NoRoom,
    /// Not one whole block in it, so nothing to play. Nothing was cut off.
    Empty,
}

impl<E> From<E> for Error<E> {
    fn from(error: E) -> Self {
        Error::Store(error)
    }
}
