//! What goes over a lane: sixteen bytes that say what a message is, and behind them, of `Data`, the
//! bytes themselves. Little endian.

use alloc::vec::Vec;

pub const HEAD: usize = 16;
/// The largest message that is sent; smaller where the other side takes less (RFC 8841's default).
pub const LARGEST: u32 = 64 * 1024;
/// No browser takes less; room enough for every frame without data.
const SMALLEST: u32 = 1024;

/// A stretch of a file, or of the list of its pieces' hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub what: What,
    pub from: u64,
    pub len: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Content,
    /// The hashes of all pieces, one after the other.
    Hashes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// How long does a word take there and back?
    Ping(u32),
    Pong(u32),
    /// Please send this.
    Ask {
        slot: u32,
        span: Span,
    },
    /// Here it is; as many bytes follow as `span` says.
    Data {
        slot: u32,
        span: Span,
    },
}

impl Span {
    pub fn end(self) -> u64 {
        self.from.saturating_add(self.len.into())
    }
}

impl Frame {
    /// The message, or the part of it that stands before the bytes.
    pub fn head(self) -> Vec<u8> {
        let (kind, what, slot, from, len) = match self {
            Frame::Ping(no) => (0, What::Content, no, 0, None),
            Frame::Pong(no) => (1, What::Content, no, 0, None),
            Frame::Ask { slot, span } => (2, span.what, slot, span.from, Some(span.len)),
            Frame::Data { slot, span } => (3, span.what, slot, span.from, None),
        };
        let mut head = Vec::with_capacity(HEAD + 4);
        head.extend([kind, u8::from(what == What::Hashes), 0, 0]);
        head.extend(slot.to_le_bytes());
        head.extend(from.to_le_bytes());
        head.extend(len.into_iter().flat_map(u32::to_le_bytes));
        head
    }

    /// Of a message of `len` bytes the first ones, as many as `head` may have.
    pub fn read(first: &[u8], len: usize) -> Option<Frame> {
        let (head, rest) = first.split_first_chunk::<HEAD>()?;
        let what = match head[1] {
            0 => What::Content,
            1 => What::Hashes,
            _ => return None,
        };
        let slot = u32::from_le_bytes(*head[4..].first_chunk()?);
        let from = u64::from_le_bytes(*head[8..].first_chunk()?);
        let data = u32::try_from(len.checked_sub(HEAD)?).ok()?;
        match head[0] {
            0 if data == 0 => Some(Frame::Ping(slot)),
            1 if data == 0 => Some(Frame::Pong(slot)),
            2 if data == 4 => {
                let len = u32::from_le_bytes(*rest.first_chunk()?);
                let span = Span { what, from, len };
                Some(Frame::Ask { slot, span })
            }
            3 if data > 0 => {
                let span = Span {
                    what,
                    from,
                    len: data,
                };
                Some(Frame::Data { slot, span })
            }
            _ => None,
        }
    }
}

/// How large messages to somebody are who takes so much.
pub fn message_size(takes: Option<u32>) -> u32 {
    takes.unwrap_or(LARGEST).clamp(SMALLEST, LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_frame_reads_back() {
        let span = Span {
            what: What::Hashes,
            from: 1 << 40,
            len: 77,
        };
        for (frame, behind) in [
            (Frame::Ping(7), 0),
            (Frame::Pong(u32::MAX), 0),
            (Frame::Ask { slot: 3, span }, 0),
            (Frame::Data { slot: 3, span }, 77),
        ] {
            let head = frame.head();
            assert_eq!(Frame::read(&head, head.len() + behind), Some(frame));
        }
    }

    #[test]
    fn messages_are_as_large_as_both_take() {
        assert_eq!(message_size(None), LARGEST);
        assert_eq!(message_size(Some(262_144)), LARGEST);
        assert_eq!(message_size(Some(16_384)), 16_384);
        assert_eq!(message_size(Some(0)), SMALLEST);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_not(bytes in prop::collection::vec(any::<u8>(), 0..40), len in 0usize..100_000) {
            if let Some(frame) = Frame::read(&bytes, len) {
                let head = frame.head();
                prop_assert!(head.len() <= HEAD + 4);
            }
        }
    }
}
