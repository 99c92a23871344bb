//! What the page orders and what it is told: a line of JSON, and beside it, where the words say so,
//! one thing of the browser's own (a file, bytes), which is handed over and not copied.

use crate::recordings::{Ask, Tell};
use duologue_core::{
    ids::{FileRoot, PeerId},
    json, record, tagged,
    wire::About,
    words,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Read this file and say what it is. Beside it: the `File`.
    Choose {
        no: u32,
    },
    /// It need not be read, or served, any more.
    Forget {
        no: Option<u32>,
        root: Option<FileRoot>,
    },
    /// Cut a stretch into messages for a lane. `hashes`: of the list of hashes, not of the file.
    Serve {
        lane: u32,
        root: FileRoot,
        slot: u32,
        hashes: bool,
        from: u64,
        len: u32,
        message: u32,
    },
    /// What is there of this file?
    Look {
        root: FileRoot,
    },
    /// Make room for it, or open what is there. `place`: the room that it is fetched in.
    Claim {
        about: About,
        from: PeerId,
        place: String,
    },
    /// A message of a lane. Beside it: the whole message, an `ArrayBuffer`.
    Keep {
        lane: u32,
        root: FileRoot,
        hashes: bool,
        from: u64,
        len: u32,
    },
    /// All pieces are here.
    Finish {
        root: FileRoot,
    },
    Remove {
        root: FileRoot,
    },
    /// What was left unfinished in this place?
    Unfinished {
        place: String,
    },
    /// The whole file, for a person to have.
    Open {
        root: FileRoot,
    },
    Recording(Ask),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The worker listens. `lasting`: what it keeps outlives the page.
    Ready {
        lasting: bool,
    },
    Reading {
        no: u32,
        done: u64,
    },
    Read {
        no: u32,
        root: FileRoot,
    },
    Unreadable {
        no: Option<u32>,
        root: Option<FileRoot>,
    },
    /// Beside it: an `Array` of messages, each an `ArrayBuffer`.
    Served {
        lane: u32,
        len: u32,
    },
    Looked {
        root: FileRoot,
        found: Found,
    },
    /// Beside it: a `Uint8Array`, a byte a piece.
    Claimed {
        root: FileRoot,
        hashes: bool,
    },
    Wrote {
        lane: u32,
        len: u32,
    },
    Piece {
        root: FileRoot,
        index: u32,
        good: bool,
    },
    Hashes {
        root: FileRoot,
        good: bool,
    },
    Finished {
        root: FileRoot,
    },
    Failed {
        root: FileRoot,
        why: Why,
    },
    Unfinished {
        kept: Vec<Kept>,
    },
    /// Beside it: the `File`, or nothing where it is not there.
    Opened {
        root: FileRoot,
    },
    Recording(Tell),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Nothing,
    Part,
    Whole,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    NoRoom,
    Busy,
    Broken,
}

/// What is written beside what is kept of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub about: About,
    pub from: PeerId,
    pub place: String,
    /// When it was begun, in milliseconds since 1970.
    pub at: u64,
}

tagged!(Order by "do" {
    Choose { no } = "choose",
    Forget { no, root } = "forget",
    Serve { lane, root, slot, hashes, from, len, message } = "serve",
    Look { root } = "look",
    Claim { about, from, place } = "claim",
    Keep { lane, root, hashes, from, len } = "keep",
    Finish { root } = "finish",
    Remove { root } = "remove",
    Unfinished { place } = "unfinished",
    Open { root } = "open",
    Recording(it) = "recording",
});

tagged!(News by "news" {
    Ready { lasting } = "ready",
    Reading { no, done } = "reading",
    Read { no, root } = "read",
    Unreadable { no, root } = "unreadable",
    Served { lane, len } = "served",
    Looked { root, found } = "looked",
    Claimed { root, hashes } = "claimed",
    Wrote { lane, len } = "wrote",
    Piece { root, index, good } = "piece",
    Hashes { root, good } = "hashes",
    Finished { root } = "finished",
    Failed { root, why } = "failed",
    Unfinished { kept } = "unfinished",
    Opened { root } = "opened",
    Recording(it) = "recording",
});

words!(Found { Nothing = "nothing", Part = "part", Whole = "whole" });
words!(Why { NoRoom = "no_room", Busy = "busy", Broken = "broken" });
record!(Kept {
    about,
    from,
    place,
    at
});

/// Of either kind; nothing where it is none.
pub fn read<T: json::Json>(text: &str) -> Option<T> {
    json::parse(text).and_then(T::read)
}

pub fn write<T: json::Json>(words: &T) -> String {
    json::write(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_news_read_back() {
        let root = FileRoot([3; 32]);
        let about = About {
            root,
            size: u64::MAX,
            name: "a \"b\".txt".into(),
            kind: "text/plain".into(),
        };
        let (from, place) = (PeerId([1; 16]), String::from("here"));
        for order in [
            Order::Forget {
                no: None,
                root: Some(root),
            },
            Order::Claim {
                about: about.clone(),
                from,
                place: place.clone(),
            },
            Order::Keep {
                lane: 1,
                root,
                hashes: true,
                from: 1 << 50,
                len: 9,
            },
        ] {
            assert_eq!(read::<Order>(&write(&order)), Some(order));
        }
        let kept = vec![Kept {
            about,
            from,
            place,
            at: 1_700_000_000_000,
        }];
        for news in [
            News::Unfinished { kept },
            News::Failed {
                root,
                why: Why::NoRoom,
            },
        ] {
            assert_eq!(read::<News>(&write(&news)), Some(news));
        }
        assert_eq!(read::<News>("[]"), None);
    }
}
