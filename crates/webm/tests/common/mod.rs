//! A file in memory that counts and can fail, the fixtures, and a reader of its own, so that what the
//! crate writes is not judged by what the crate reads.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "each test file uses its part")]

pub mod reader;

use duologue_webm::{Error, Finisher, Head, Step, Store, What};
use std::path::PathBuf;

pub const FIXTURES: [&str; 7] = [
    "chromium-vp8.webm",
    "chromium-vp9.webm",
    "chromium-h264.mkv",
    "chromium-alpha.webm",
    "chromium-sound.webm",
    "firefox-vp8.webm",
    "firefox-sound.webm",
];

pub fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

#[derive(Clone, Debug, Default)]
pub struct Memory {
    pub bytes: Vec<u8>,
    pub reads: usize,
    pub writes: usize,
    /// What can still be written before the power goes; each byte of a write and each cut is one.
    pub power: Option<usize>,
    /// Reads give no more than this at a time.
    pub sip: Option<usize>,
    /// Every so many calls one fails, and does nothing.
    pub stumbles: Option<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct PowerCut;

impl Memory {
    pub fn of(bytes: Vec<u8>) -> Self {
        Memory {
            bytes,
            ..Memory::default()
        }
    }

    fn stumble(&self) -> Result<(), PowerCut> {
        let calls = self.reads + self.writes;
        match self.stumbles {
            Some(every) if calls.is_multiple_of(every) => Err(PowerCut),
            _ => Ok(()),
        }
    }

    fn draw(&mut self, wanted: usize) -> usize {
        let Some(power) = &mut self.power else {
            return wanted;
        };
        let given = wanted.min(*power);
        *power -= given;
        given
    }
}

impl Store for Memory {
    type Error = PowerCut;

    fn size(&mut self) -> Result<u64, PowerCut> {
        Ok(self.bytes.len() as u64)
    }

    fn read_at(&mut self, at: u64, to: &mut [u8]) -> Result<usize, PowerCut> {
        self.reads += 1;
        self.stumble()?;
        let from = usize::try_from(at).unwrap().min(self.bytes.len());
        let len = to
            .len()
            .min(self.bytes.len() - from)
            .min(self.sip.unwrap_or(usize::MAX));
        to[..len].copy_from_slice(&self.bytes[from..from + len]);
        Ok(len)
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> Result<(), PowerCut> {
        self.writes += 1;
        self.stumble()?;
        let len = self.draw(bytes.len());
        let at = at as usize;
        assert!(at <= self.bytes.len(), "a hole would be made");
        self.bytes.resize(self.bytes.len().max(at + len), 0);
        self.bytes[at..at + len].copy_from_slice(&bytes[..len]);
        if len == bytes.len() {
            Ok(())
        } else {
            Err(PowerCut)
        }
    }

    fn truncate(&mut self, to: u64) -> Result<(), PowerCut> {
        self.writes += 1;
        self.stumble()?;
        if self.draw(1) == 0 {
            return Err(PowerCut);
        }
        self.bytes.truncate(to as usize);
        Ok(())
    }
}

/// As the recording would lie in the file: through `Head`, in pieces of `cut` bytes.
pub fn recorded(bytes: &[u8], cut: usize) -> Vec<u8> {
    let mut head = Head::new();
    let mut file = Vec::new();
    for piece in bytes.chunks(cut) {
        file.extend(head.take(piece).iter());
    }
    file.extend(head.end());
    file
}

pub fn finished(bytes: Vec<u8>) -> Result<(Memory, What), Error<PowerCut>> {
    let mut store = Memory::of(bytes);
    let what = duologue_webm::finish(&mut store)?;
    Ok((store, what))
}

/// In steps, each held to its bounds.
pub fn finished_in_steps(mut store: Memory) -> Result<Memory, Error<PowerCut>> {
    let mut finisher = Finisher::new(&mut store)?;
    loop {
        let (reads, writes) = (store.reads, store.writes);
        let step = finisher.step(&mut store)?;
        assert!(store.reads - reads <= 64 && store.writes - writes <= 64);
        match step {
            Step::Working { done, of } => assert!(done <= of),
            Step::Done(_) => return Ok(store),
        }
    }
}
