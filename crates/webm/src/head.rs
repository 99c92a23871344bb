//! The front of a recording, rewritten as it passes on its way to the file: with a Duration to fill in
//! and a table of contents with a free place, so that finishing moves nothing. All else passes as it is.

use crate::cues::{SEEK_HEAD, seek_head};
use crate::ebml::{self, children, id};
use crate::layout::{Found, Layout, find};
use std::borrow::Cow;

/// What is being recorded, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Too few bytes yet.
    Unknown,
    /// It has its new head; the file can be finished.
    Webm,
    /// Anything else, MP4 for one, or WebM that knows its length already. It passes untouched.
    Other,
}

/// Unknown ──first Cluster begins──▶ Webm; Unknown ──can be none──▶ Other.
#[derive(Debug)]
pub struct Head {
    kind: Kind,
    /// The bytes held back while the kind is unknown: less than 16 KiB and a piece.
    held: Vec<u8>,
}

impl Default for Head {
    fn default() -> Self {
        Self::new()
    }
}

impl Head {
    pub fn new() -> Self {
        Head {
            kind: Kind::Unknown,
            held: Vec::new(),
        }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The next bytes of the recording, in any cut; what to append to the file instead of them.
    pub fn take<'a>(&mut self, piece: &'a [u8]) -> Cow<'a, [u8]> {
        if self.kind != Kind::Unknown {
            return Cow::Borrowed(piece);
        }
        self.held.extend(piece);
        let head = match find(&self.held) {
            Found::More => return Cow::Borrowed(&[]),
            Found::Whole(layout) => rewrite(&self.held, &layout),
            Found::NotWebm => None,
        };
        self.kind = if head.is_some() {
            Kind::Webm
        } else {
            Kind::Other
        };
        let held = core::mem::take(&mut self.held);
        Cow::Owned(head.unwrap_or(held))
    }

    /// The recording has ended: what was still held back, as it came.
    pub fn end(self) -> Vec<u8> {
        self.held
    }
}

/// The whole of `bytes` with a new head. None if it is no live recording with Info and Tracks.
fn rewrite(bytes: &[u8], layout: &Layout) -> Option<Vec<u8>> {
    if layout.size.is_some() {
        return None;
    }
    let info = layout.children(bytes).find(|child| child.id == id::INFO)?;
    layout
        .children(bytes)
        .find(|child| child.id == id::TRACKS)?;

    // Info comes first, then the rest, less what would no longer be true.
    let mut rest = Vec::new();
    ebml::put(&mut rest, id::INFO, &with_duration(info.body));
    let mut tracks_at = None;
    for child in layout.children(bytes) {
        match child.id {
            id::INFO | id::SEEK_HEAD | id::CUES | id::VOID | id::CRC_32 => continue,
            id::TRACKS => tracks_at = tracks_at.or(Some(SEEK_HEAD + rest.len())),
            _ => {}
        }
        rest.extend(child.whole);
    }
    let mut head = bytes[..layout.size_at].to_vec();
    head.extend(ebml::size_in(None, ebml::WIDE)?);
    head.extend(seek_head(SEEK_HEAD as u64, tracks_at? as u64, None));
    head.extend(rest);
    head.extend(&bytes[layout.first_cluster..]);
    Some(head)
}

/// Info's fields with a Duration of 0.0 in eight bytes.
fn with_duration(info: &[u8]) -> Vec<u8> {
    let mut fields = Vec::new();
    for field in children(info) {
        if !matches!(field.id, id::DURATION | id::VOID | id::CRC_32) {
            fields.extend(field.whole);
        }
    }
    ebml::put(&mut fields, id::DURATION, &0.0_f64.to_be_bytes());
    fields
}
