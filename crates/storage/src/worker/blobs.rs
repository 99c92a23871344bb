//! Reading: what a person chose, from beginning to end, to know it by its content; and stretches of it,
//! or of what has come whole, as messages for a lane.

use crate::{protocol::News, tree::Piece};
use duologue_core::{
    files::{
        frame::{Frame, HEAD, Span, What},
        pieces::piece_size,
    },
    ids::FileRoot,
};
use js_sys::{Array, ArrayBuffer, Promise, Uint8Array};
use std::{cell::RefCell, collections::VecDeque};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FileReaderSync};

/// Read at once: other orders wait so long, a few milliseconds.
const AT_ONCE: u64 = 4 * 1024 * 1024;

/// Stretches that are read ahead at a time.
const LANES: usize = 4;
/// What is read ahead of a file that is served: a read costs much, whatever its length.
const AHEAD: u64 = 1024 * 1024;

/// What can be served.
pub struct Source {
    pub blob: Blob,
    pub hashes: Vec<u8>,
    /// Read ahead, each from its place on: lanes ask for different parts of the file.
    ahead: RefCell<VecDeque<(u64, Uint8Array)>>,
}

impl Source {
    pub fn new(blob: Blob, hashes: Vec<u8>) -> Self {
        Source {
            blob,
            hashes,
            ahead: RefCell::default(),
        }
    }

    fn content(&self, from: u64, to: u64) -> Result<Uint8Array, Unreadable> {
        let mut ahead = self.ahead.borrow_mut();
        let has =
            |(at, bytes): &(u64, Uint8Array)| *at <= from && to <= at + u64::from(bytes.length());
        if let Some((at, bytes)) = ahead.iter().find(|it| has(it)) {
            return Ok(bytes.subarray((from - at) as u32, (to - at) as u32));
        }
        let end = to.max((from + AHEAD).min(self.blob.size() as u64));
        let bytes = bytes_of(&self.blob, from, end)?;
        while ahead.len() >= LANES
            && let Some((_, old)) = ahead.pop_back()
        {
            let_go(&old.buffer());
        }
        ahead.push_front((from, bytes.clone()));
        Ok(bytes.subarray(0, (to - from) as u32))
    }
}

/// It has changed since it was chosen, or is gone.
#[derive(Debug)]
pub struct Unreadable;

fn bytes_of(blob: &Blob, from: u64, to: u64) -> Result<Uint8Array, Unreadable> {
    let slice = blob.slice_with_f64_and_f64(from as f64, to as f64);
    let read = slice.and_then(|slice| FileReaderSync::new()?.read_as_array_buffer(&slice));
    let read: ArrayBuffer = read.map_err(|_| Unreadable)?;
    let bytes = Uint8Array::new(&read);
    (u64::from(bytes.length()) == to - from)
        .then_some(bytes)
        .ok_or(Unreadable)
}

/// The hashes of its pieces. `goes_on` is told how far it is, and may stop it.
pub async fn read(
    blob: &Blob,
    goes_on: impl Fn(u64) -> bool,
) -> Result<Option<(FileRoot, Source)>, Unreadable> {
    let size = blob.size() as u64;
    let (piece_size, mut hashes) = (piece_size(size), Vec::new());
    let mut buffer = vec![0; AT_ONCE.min(size) as usize];
    let mut piece = None;
    let mut at = 0;
    while at < size {
        let to = (at + AT_ONCE).min(size);
        let bytes = &mut buffer[..(to - at) as usize];
        let read = bytes_of(blob, at, to)?;
        read.copy_to(bytes);
        let_go(&read.buffer());
        let parts = Parts {
            at,
            end: to,
            size: piece_size,
        };
        for (from, end) in parts {
            let bytes = &bytes[(from - at) as usize..(end - at) as usize];
            let index = (from / piece_size) as u32;
            piece
                .get_or_insert_with(|| Piece::new(size, index))
                .add(bytes);
            if (end.is_multiple_of(piece_size) || end == size)
                && let Some(piece) = piece.take()
            {
                hashes.extend(piece.done());
            }
        }
        at = to;
        if !goes_on(at) {
            return Ok(None);
        }
        breathe().await;
    }
    let root = crate::tree::root(size, &hashes).ok_or(Unreadable)?;
    let blob = blob.clone();
    Ok(Some((root, Source::new(blob, hashes))))
}

/// Parts of a stretch that lie in one piece each.
struct Parts {
    at: u64,
    end: u64,
    size: u64,
}

impl Iterator for Parts {
    type Item = (u64, u64);

    fn next(&mut self) -> Option<(u64, u64)> {
        let from = self.at;
        self.at = ((from / self.size + 1) * self.size).min(self.end);
        (from < self.end).then_some((from, self.at))
    }
}

/// Cuts a stretch into messages for `lane`, and hands them over.
pub fn serve(
    source: &Source,
    lane: u32,
    slot: u32,
    span: Span,
    message: u32,
) -> Result<(), Unreadable> {
    let bytes = match span.what {
        What::Content => source.content(span.from, span.end())?,
        What::Hashes => {
            let stretch = source.hashes.get(span.from as usize..span.end() as usize);
            Uint8Array::from(stretch.ok_or(Unreadable)?)
        }
    };
    let most = message as usize - HEAD;
    let messages = Array::new();
    let mut at = 0;
    while at < span.len {
        let len = (span.len - at).min(most as u32);
        let part = Span {
            from: span.from + u64::from(at),
            len,
            ..span
        };
        let whole = Uint8Array::new_with_length(HEAD as u32 + len);
        whole.set(
            &Uint8Array::from(Frame::Data { slot, span: part }.head().as_slice()),
            0,
        );
        whole.set(&bytes.subarray(at, at + len), HEAD as u32);
        messages.push(&whole.buffer());
        at += len;
    }
    let news = News::Served {
        lane,
        len: span.len,
    };
    super::say_with(&news, &messages, &messages);
    Ok(())
}

/// Lets other orders come in between.
pub async fn breathe() {
    let turn = Promise::new(&mut |resolve, _| {
        let _ = super::scope().set_timeout_with_callback(&resolve);
    });
    let _ = JsFuture::from(turn).await;
}

/// Its memory is free at once: browsers would wait until dozens of megabytes of it are worth a look.
pub fn let_go(bytes: &ArrayBuffer) {
    // Older browsers lack it, and collect it some day.
    let _ = bytes.transfer_with_length(0);
}

/// The bytes of a message behind its head.
pub fn behind_head(message: &JsValue) -> Option<Uint8Array> {
    let message = message.dyn_ref::<ArrayBuffer>()?;
    (message.byte_length() as usize > HEAD)
        .then(|| Uint8Array::new_with_byte_offset(message, HEAD as u32))
}
