//! The grammar of EBML (RFC 8794) as far as a recording needs it: the head of an element read, and
//! numbers written in a given width so that they can change in place. Knows no file, only bytes.

/// Elements by their id, under Matroska's names (RFC 9559).
pub mod id {
    pub const EBML: u32 = 0x1A45_DFA3;
    pub const DOC_TYPE: u32 = 0x4282;
    pub const VOID: u32 = 0xEC;
    pub const CRC_32: u32 = 0xBF;
    pub const SEGMENT: u32 = 0x1853_8067;

    pub const SEEK_HEAD: u32 = 0x114D_9B74;
    pub const SEEK: u32 = 0x4DBB;
    pub const SEEK_ID: u32 = 0x53AB;
    pub const SEEK_POSITION: u32 = 0x53AC;

    pub const INFO: u32 = 0x1549_A966;
    pub const TIMESTAMP_SCALE: u32 = 0x2A_D7B1;
    pub const DURATION: u32 = 0x4489;

    pub const TRACKS: u32 = 0x1654_AE6B;
    pub const TRACK_ENTRY: u32 = 0xAE;
    pub const TRACK_NUMBER: u32 = 0xD7;
    pub const TRACK_TYPE: u32 = 0x83;

    pub const CLUSTER: u32 = 0x1F43_B675;
    pub const TIMESTAMP: u32 = 0xE7;
    pub const SILENT_TRACKS: u32 = 0x5854;
    pub const POSITION: u32 = 0xA7;
    pub const PREV_SIZE: u32 = 0xAB;
    pub const SIMPLE_BLOCK: u32 = 0xA3;
    pub const BLOCK_GROUP: u32 = 0xA0;
    pub const BLOCK: u32 = 0xA1;
    pub const BLOCK_DURATION: u32 = 0x9B;
    pub const REFERENCE_BLOCK: u32 = 0xFB;

    pub const CUES: u32 = 0x1C53_BB6B;
    pub const CUE_POINT: u32 = 0xBB;
    pub const CUE_TIME: u32 = 0xB3;
    pub const CUE_TRACK_POSITIONS: u32 = 0xB7;
    pub const CUE_TRACK: u32 = 0xF7;
    pub const CUE_CLUSTER_POSITION: u32 = 0xF1;

    pub const TAGS: u32 = 0x1254_C367;
    pub const CHAPTERS: u32 = 0x1043_A770;
    pub const ATTACHMENTS: u32 = 0x1941_A469;
}

/// The longest head of an element: an id of four bytes and a size of eight.
pub const MAX_HEADER: usize = 12;

/// The width of the sizes written here, and by both browsers where they do not know the size yet.
pub const WIDE: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub id: u32,
    pub id_len: usize,
    pub size_len: usize,
    /// Of the body; None if the writer did not know it.
    pub size: Option<u64>,
}

impl Header {
    pub fn len(&self) -> usize {
        self.id_len + self.size_len
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// More bytes could make it a header.
    Short,
    /// Nothing could.
    Wrong,
}

pub fn header(bytes: &[u8]) -> Result<Header, Unread> {
    let (id, id_len) = number(bytes, 4)?;
    let bits = 7 * id_len;
    // All zeros and all ones are reserved.
    if id == 0 || id == (1 << bits) - 1 {
        return Err(Unread::Wrong);
    }
    let (size, size_len) = number(bytes.get(id_len..).ok_or(Unread::Short)?, WIDE)?;
    Ok(Header {
        id: (id | 1 << bits) as u32,
        id_len,
        size_len,
        size: (size != unknown(size_len)).then_some(size),
    })
}

/// A number that says its own length, without the bit that says it.
pub fn number(bytes: &[u8], most: usize) -> Result<(u64, usize), Unread> {
    let first = *bytes.first().ok_or(Unread::Short)?;
    let len = first.leading_zeros() as usize + 1;
    if len > most {
        return Err(Unread::Wrong);
    }
    let bytes = bytes.get(..len).ok_or(Unread::Short)?;
    Ok((unsigned(bytes) & unknown(len), len))
}

/// All ones: the size that stands for none.
fn unknown(len: usize) -> u64 {
    (1 << (7 * len)) - 1
}

/// A whole body as a number. Of more than eight bytes, the last eight.
pub fn unsigned(body: &[u8]) -> u64 {
    (body.iter()).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

pub fn float(body: &[u8]) -> Option<f64> {
    match body.len() {
        4 => Some(f32::from_bits(unsigned(body) as u32).into()),
        8 => Some(f64::from_bits(unsigned(body))),
        _ => None,
    }
}

/// `size` in exactly `width` bytes; None if it does not fit.
pub fn size_in(size: Option<u64>, width: usize) -> Option<Vec<u8>> {
    let most = unknown(width.clamp(1, WIDE));
    let size = match size {
        Some(size) if size < most => size,
        Some(_) => return None,
        None => most,
    };
    let marked = size | (most + 1);
    Some(marked.to_be_bytes()[WIDE - width.clamp(1, WIDE)..].to_vec())
}

/// Id and body, the size in between in one byte if it fits, else in eight.
pub fn put(to: &mut Vec<u8>, id: u32, body: &[u8]) {
    let id = id.to_be_bytes();
    to.extend(id.iter().skip_while(|byte| **byte == 0));
    let size = Some(body.len() as u64);
    to.extend(
        size_in(size, 1)
            .or_else(|| size_in(size, WIDE))
            .into_iter()
            .flatten(),
    );
    to.extend(body);
}

/// Without leading zeros.
pub fn put_number(to: &mut Vec<u8>, id: u32, number: u64) {
    let skip = (number.leading_zeros() as usize / 8).min(7);
    put(to, id, &number.to_be_bytes()[skip..]);
}

/// The head of a Void element that covers `len` bytes, itself included. None for fewer than two.
pub fn void_head(len: u64) -> Option<Vec<u8>> {
    let width = if len > WIDE as u64 { WIDE } else { 1 };
    let size = len.checked_sub(1 + width as u64)?;
    let mut head = vec![id::VOID as u8];
    head.extend(size_in(Some(size), width)?);
    Some(head)
}

/// One element in bytes that are all at hand.
#[derive(Clone, Copy, Debug)]
pub struct Child<'a> {
    pub id: u32,
    /// Where it begins among the bytes it was found in.
    pub at: usize,
    pub whole: &'a [u8],
    pub body: &'a [u8],
}

impl Child<'_> {
    pub fn body_at(&self) -> usize {
        self.at + self.whole.len() - self.body.len()
    }
}

/// The elements in `bytes` one after another, as long as they are whole.
pub fn children(bytes: &[u8]) -> impl Iterator<Item = Child<'_>> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let header = header(rest).ok()?;
        let len = header
            .len()
            .checked_add(usize::try_from(header.size?).ok()?)?;
        let whole = rest.get(..len)?;
        let child = Child {
            id: header.id,
            at,
            whole,
            body: &whole[header.len()..],
        };
        at += len;
        Some(child)
    })
}
