//! What stands before the first Cluster: where the places are that finishing writes to, what the
//! tracks are. Read from bytes in memory; both the writing of a head and its reading go through here.

use crate::cues::SEEK_HEAD;
use crate::ebml::{self, Child, Unread, children, header, id};
use crate::{Error, Store};
use core::time::Duration;

/// The longest head. A browser's has some 300 bytes; with the codec's private data of several tracks
/// it may come to a few thousand.
pub const MAX_HEAD: usize = 16 * 1024;

/// More tracks than this are not looked at. A MediaRecorder writes two.
const MAX_TRACKS: usize = 8;

/// A millisecond in nanoseconds: what a timestamp counts where nothing else is said.
const DEFAULT_SCALE: u64 = 1_000_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Where the Segment's size stands, and how wide it is.
    pub size_at: usize,
    pub size_len: usize,
    pub size: Option<u64>,
    /// The Segment's first child; positions in the file's index count from here.
    pub data_at: usize,
    pub first_cluster: usize,
}

/// What became of reading a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The first Cluster is not there yet.
    More,
    NotWebm,
    Whole(Layout),
}

pub fn find(bytes: &[u8]) -> Found {
    match try_find(bytes) {
        Ok(layout) => Found::Whole(layout),
        Err(Unread::Short) if bytes.len() < MAX_HEAD => Found::More,
        Err(_) => Found::NotWebm,
    }
}

fn try_find(bytes: &[u8]) -> Result<Layout, Unread> {
    // Said at once, of the first byte that differs: an MP4 is not to be held back.
    let magic = id::EBML.to_be_bytes();
    if bytes.iter().zip(magic).any(|(byte, magic)| *byte != magic) {
        return Err(Unread::Wrong);
    }
    let ebml = header(bytes)?;
    let body = whole(bytes, ebml.len(), ebml.size)?;
    let mut kinds = children(body).filter(|child| child.id == id::DOC_TYPE);
    if !kinds.any(|kind| matches!(kind.body, b"webm" | b"matroska")) {
        return Err(Unread::Wrong);
    }
    let segment_at = ebml.len() + body.len();
    let segment = header(&bytes[segment_at..])?;
    if segment.id != id::SEGMENT {
        return Err(Unread::Wrong);
    }
    let data_at = segment_at + segment.len();
    let mut at = data_at;
    loop {
        let rest = bytes.get(at..).ok_or(Unread::Short)?;
        // The Cluster's id is enough; its size may be yet to come.
        if rest.starts_with(&id::CLUSTER.to_be_bytes()) {
            break;
        }
        let child = header(rest)?;
        at += child.len() + whole(rest, child.len(), child.size)?.len();
    }
    Ok(Layout {
        size_at: segment_at + segment.id_len,
        size_len: segment.size_len,
        size: segment.size,
        data_at,
        first_cluster: at,
    })
}

/// The body behind a header of `skip` bytes. One that can never fit in a head is wrong, not short.
fn whole(bytes: &[u8], skip: usize, size: Option<u64>) -> Result<&[u8], Unread> {
    let size = size
        .filter(|size| *size <= MAX_HEAD as u64)
        .ok_or(Unread::Wrong)?;
    bytes.get(skip..skip + size as usize).ok_or(Unread::Short)
}

impl Layout {
    /// The Segment's children before the first Cluster.
    pub fn children<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = Child<'a>> + use<'a> {
        let data_at = self.data_at;
        let head = bytes.get(data_at..self.first_cluster).unwrap_or_default();
        children(head).map(move |child| Child {
            at: child.at + data_at,
            ..child
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackKind {
    Video,
    Audio,
}

/// What finishing and [`examine`] want of a head.
#[derive(Clone, Debug)]
pub struct Facts {
    pub layout: Layout,
    /// The first child is a table of contents as [`crate::Head`] leaves it.
    pub has_room: bool,
    pub info_at: usize,
    pub tracks_at: usize,
    /// The Duration's body, from and to.
    pub duration_at: Option<(usize, usize)>,
    /// As it stands, in timestamps.
    pub duration: f64,
    /// Nanoseconds that a timestamp counts.
    pub scale: u64,
    pub tracks: Vec<(u64, TrackKind)>,
}

impl Facts {
    pub fn read<S: Store>(store: &mut S) -> Result<Self, Error<S::Error>> {
        let bytes = front(store)?;
        match find(&bytes) {
            Found::Whole(layout) => Self::of(&bytes, layout).ok_or(Error::NotWebm),
            Found::More => Err(Error::Empty),
            Found::NotWebm => Err(Error::NotWebm),
        }
    }

    /// None without Info or Tracks.
    pub fn of(bytes: &[u8], layout: Layout) -> Option<Self> {
        let first = layout.children(bytes).next()?;
        let info = layout.children(bytes).find(|child| child.id == id::INFO)?;
        let tracks = layout
            .children(bytes)
            .find(|child| child.id == id::TRACKS)?;
        let scale = children(info.body).find(|child| child.id == id::TIMESTAMP_SCALE);
        let scale = scale
            .map(|scale| ebml::unsigned(scale.body))
            .filter(|scale| *scale != 0);
        let stated = children(info.body).find(|child| child.id == id::DURATION);
        let stated = stated.and_then(|child| Some((child, ebml::float(child.body)?)));
        Some(Facts {
            has_room: first.id == id::SEEK_HEAD && first.whole.len() == SEEK_HEAD,
            info_at: info.at,
            tracks_at: tracks.at,
            duration_at: stated.map(|(child, _)| {
                let from = info.body_at() + child.body_at();
                (from, from + child.body.len())
            }),
            duration: stated.map_or(0.0, |(_, value)| value),
            scale: scale.unwrap_or(DEFAULT_SCALE),
            tracks: children(tracks.body)
                .filter_map(track)
                .take(MAX_TRACKS)
                .collect(),
            layout,
        })
    }

    pub fn what(&self, file: u64) -> What {
        let has = |kind| self.tracks.iter().any(|(_, one)| *one == kind);
        let duration = self.time(self.duration);
        let end = self
            .layout
            .size
            .and_then(|size| size.checked_add(self.layout.data_at as u64));
        What {
            has_video: has(TrackKind::Video),
            has_audio: has(TrackKind::Audio),
            // The Segment's size is the last thing that finishing writes.
            finished: duration.is_some() && end == Some(file),
            duration,
        }
    }

    fn time(&self, timestamps: f64) -> Option<Duration> {
        let seconds = timestamps * self.scale as f64 / 1e9;
        let time = Duration::try_from_secs_f64(seconds).ok()?;
        (!time.is_zero()).then_some(time)
    }
}

fn track(entry: Child<'_>) -> Option<(u64, TrackKind)> {
    if entry.id != id::TRACK_ENTRY {
        return None;
    }
    let field = |id| children(entry.body).find(|child| child.id == id);
    let kind = match ebml::unsigned(field(id::TRACK_TYPE)?.body) {
        1 => TrackKind::Video,
        2 => TrackKind::Audio,
        _ => return None,
    };
    Some((ebml::unsigned(field(id::TRACK_NUMBER)?.body), kind))
}

fn front<S: Store>(store: &mut S) -> Result<Vec<u8>, S::Error> {
    let mut bytes = vec![0; MAX_HEAD];
    let mut read = 0;
    while read < bytes.len() {
        let to = &mut bytes[read..];
        let most = to.len();
        match store.read_at(read as u64, to)? {
            0 => break,
            more => read += more.min(most),
        }
    }
    bytes.truncate(read);
    Ok(bytes)
}

/// What a file is, by its head alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct What {
    /// None as long as nobody has written it there.
    pub duration: Option<Duration>,
    pub has_video: bool,
    pub has_audio: bool,
    /// It has its duration and its index, and no byte more or less than it says.
    pub finished: bool,
}

/// Reads the first 16 KiB and nothing else.
pub fn examine<S: Store>(store: &mut S) -> Result<What, Error<S::Error>> {
    let facts = Facts::read(store)?;
    Ok(facts.what(store.size()?))
}
