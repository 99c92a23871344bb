//! What the page orders of recordings, and what it is told of them. A recording's id names its folder
//! and its lock; the bytes go beside the words, as the browser gives them.

use duologue_core::{record, tagged, words};

/// Of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Make a place for it.
    Begin {
        about: About,
    },
    /// The next bytes. Beside it: a `Blob`.
    Piece {
        id: String,
    },
    /// No more bytes come. `millis`: how long it is by the page's own clock.
    End {
        id: String,
        millis: u64,
    },
    /// All that are here.
    List,
    Rename {
        id: String,
        name: String,
    },
    Remove {
        id: String,
    },
    /// For a person to have, or to see.
    Open {
        id: String,
    },
    /// One that was found after a crash.
    Repair {
        id: String,
    },
    /// Say `Beat` so often from now on; 0: no more.
    Beat {
        hertz: u32,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tell {
    Begun {
        id: String,
    },
    /// It is on the disk as far as this.
    Kept {
        id: String,
        size: u64,
    },
    /// How much room is left for what comes.
    Room {
        left: Option<u64>,
    },
    Ended {
        id: String,
    },
    Failed {
        id: String,
        why: Trouble,
    },
    All {
        all: Vec<Shown>,
        used: Option<u64>,
        left: Option<u64>,
    },
    /// Beside it: the `File` or `Blob`, or nothing where it cannot be had.
    Opened {
        id: String,
    },
    /// Being made whole: so many of so many bytes looked at.
    Repairing {
        id: String,
        done: u64,
        of: u64,
    },
    Repaired {
        id: String,
    },
    Beat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The disk, or this page's share of it, is full.
    NoRoom,
    /// Another tab has it.
    Busy,
    /// There is nothing in it that could be played.
    Empty,
    Broken,
}

/// What is written beside a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    pub id: String,
    pub name: String,
    /// As the browser calls the kind of file: `video/webm`.
    pub kind: String,
    /// When it was begun, in milliseconds since 1970.
    pub at: u64,
    /// How long it is; 0 until it has ended.
    pub millis: u64,
    /// It has ended as it should, or has been repaired.
    pub whole: bool,
}

/// As it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub about: About,
    pub size: u64,
    /// A tab is writing it now.
    pub busy: bool,
}

tagged!(Ask by "ask" {
    Begin { about } = "begin",
    Piece { id } = "piece",
    End { id, millis } = "end",
    List {} = "list",
    Rename { id, name } = "rename",
    Remove { id } = "remove",
    Open { id } = "open",
    Repair { id } = "repair",
    Beat { hertz } = "beat",
});

tagged!(Tell by "tell" {
    Begun { id } = "begun",
    Kept { id, size } = "kept",
    Room { left } = "room",
    Ended { id } = "ended",
    Failed { id, why } = "failed",
    All { all, used, left } = "all",
    Opened { id } = "opened",
    Repairing { id, done, of } = "repairing",
    Repaired { id } = "repaired",
    Beat {} = "beat",
});

words!(Trouble {
    NoRoom = "no_room",
    Busy = "busy",
    Empty = "empty",
    Broken = "broken",
});
record!(About {
    id,
    name,
    kind,
    at,
    millis,
    whole,
});
record!(Shown { about, size, busy });

/// Fit for a folder's and a lock's name: what the page makes, and nothing else.
pub fn is_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|it| it.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{News, Order, read, write};

    fn about() -> About {
        About {
            id: "0123456789abcdef0123456789abcdef".into(),
            name: "With \"Ana\", ünd".into(),
            kind: "video/webm".into(),
            at: 1_800_000_000_000,
            millis: 0,
            whole: false,
        }
    }

    #[test]
    fn words_of_recordings_read_back_among_the_others() {
        let id = about().id;
        for ask in [
            Ask::Begin { about: about() },
            Ask::End {
                id: id.clone(),
                millis: 7,
            },
            Ask::List,
            Ask::Beat { hertz: 30 },
        ] {
            let order = Order::Recording(ask);
            assert_eq!(read::<Order>(&write(&order)), Some(order));
        }
        let shown = Shown {
            about: about(),
            size: 1 << 40,
            busy: true,
        };
        for tell in [
            Tell::All {
                all: vec![shown],
                used: None,
                left: Some(9),
            },
            Tell::Failed {
                id,
                why: Trouble::Empty,
            },
            Tell::Room { left: None },
            Tell::Beat,
        ] {
            let news = News::Recording(tell);
            assert_eq!(read::<News>(&write(&news)), Some(news));
        }
    }

    #[test]
    fn an_id_leads_nowhere_else() {
        assert!(is_id(&about().id));
        for bad in ["", "..", "../0123456789abcdef0123456789abc", "0123"] {
            assert!(!is_id(bad), "{bad}");
        }
    }
}
