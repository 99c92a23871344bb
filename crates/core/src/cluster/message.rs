//! What nodes say to each other: JSON, versioned, parsed whole or not at all. Who may say it, and that
//! nobody altered it on the way, the shell has made sure of.

use crate::{
    ids::{NodeId, PeerId, RoomId},
    json::{Fields, Record, Writer},
    record, tagged,
    wire::{Sealed, names::LetterKey},
};
use alloc::{string::String, vec::Vec};

/// Nodes of another version are not understood, and not guessed at.
pub const VERSION: u16 = 1;

/// A message of one node to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeMsg {
    pub node: NodeId,
    /// By the time of all nodes.
    pub at: u64,
    pub said: Said,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// I am here. What I said of rooms under a number below `floor` may have got lost, or its end: forget it.
    Beat { floor: u64 },
    /// I am about to stop.
    Going,
    /// All who are connected to me in that room: nobody else is, and what I said before counts no
    /// more. `no` rises with everything that a node says of rooms. `ask`: say the same of yourself.
    Part {
        room: RoomId,
        no: u64,
        members: Vec<Seated>,
        ask: bool,
    },
    /// From somebody in that room at my node to somebody in it at yours.
    Letter {
        room: RoomId,
        from: PeerId,
        to: PeerId,
        body: Sealed,
    },
    /// From somebody signed in at my node to whoever is signed in at yours under the name `to`. Names are
    /// folded, but `from`, which is as others see it.
    Tell {
        to: String,
        by: String,
        from: String,
        key: LetterKey,
        letter: Sealed,
    },
}

/// Whose a name is, as the store keeps it. Where several write at once the store takes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Folded: by it the store finds it.
    pub name: String,
    pub shown: String,
    pub owner: PeerId,
    pub key: LetterKey,
    /// Where its owner has tabs. Nowhere: they were here a moment ago.
    pub holders: Vec<Holder>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    pub node: NodeId,
    pub busy: bool,
}

/// Somebody in a room, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seated {
    pub peer: PeerId,
    pub card: Sealed,
    pub since: u64,
}

impl Record for NodeMsg {
    fn take(fields: &mut Fields) -> Option<Self> {
        (fields.read("version") == Some(VERSION)).then_some(())?;
        Some(NodeMsg {
            node: fields.read("node")?,
            at: fields.read("at")?,
            said: Said::take(fields)?,
        })
    }

    fn put(&self, to: &mut Writer) {
        to.field("version", &VERSION);
        to.field("node", &self.node);
        to.field("at", &self.at);
        self.said.put(to);
    }
}

tagged!(Said by "type" {
    Beat { floor } = "beat",
    Going {} = "going",
    Part { room, no, members, ask } = "part",
    Letter { room, from, to, body } = "letter",
    Tell { to, by, from, key, letter } = "tell",
});

record!(Claimed {
    name,
    shown,
    owner,
    key,
    holders
});
record!(Holder { node, busy });

record!(Seated { peer, card, since });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{decode, encode};
    use alloc::{format, string::String};

    fn read(text: &str) -> Option<NodeMsg> {
        decode(text, 1_000).ok()
    }

    fn text(version: u16, said: &str) -> String {
        format!(r#"{{"version":{version},"node":"AQEBAQEBAQEBAQEBAQEBAQ","at":7,{said}}}"#)
    }

    #[test]
    fn messages_are_these_and_read_back() {
        let (room, peer) = (RoomId([2; 16]), PeerId([3; 16]));
        let card = || Sealed("c2VhbGVk".into());
        let member = Seated {
            peer,
            card: card(),
            since: 5,
        };
        for (said, golden) in [
            (Said::Beat { floor: 4 }, r#""type":"beat","floor":4"#),
            (Said::Going, r#""type":"going""#),
            (
                Said::Part {
                    room,
                    no: 9,
                    members: [member].into(),
                    ask: true,
                },
                r#""type":"part","room":"AgICAgICAgICAgICAgICAg","no":9,"members":[{"peer":"AwMDAwMDAwMDAwMDAwMDAw","card":"c2VhbGVk","since":5}],"ask":true"#,
            ),
            (
                Said::Letter {
                    room,
                    from: peer,
                    to: PeerId([4; 16]),
                    body: card(),
                },
                r#""type":"letter","room":"AgICAgICAgICAgICAgICAg","from":"AwMDAwMDAwMDAwMDAwMDAw","to":"BAQEBAQEBAQEBAQEBAQEBA","body":"c2VhbGVk""#,
            ),
            (
                Said::Tell {
                    to: "ben".into(),
                    by: "ana".into(),
                    from: "Ana".into(),
                    key: LetterKey([3; 32]),
                    letter: card(),
                },
                r#""type":"tell","to":"ben","by":"ana","from":"Ana","key":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM","letter":"c2VhbGVk""#,
            ),
        ] {
            let message = NodeMsg {
                node: NodeId([1; 16]),
                at: 7,
                said,
            };
            assert_eq!(encode(&message), text(VERSION, golden));
            assert_eq!(read(&text(VERSION, golden)), Some(message));
        }
    }

    #[test]
    fn other_versions_and_other_things_are_not_understood() {
        for wrong in [
            text(2, r#""type":"going""#),
            text(1, r#""type":"fly""#),
            text(1, r#""type":"beat","floor":-1"#),
            r#"{"type":"going"}"#.into(),
            String::new(),
        ] {
            assert_eq!(read(&wrong), None, "{wrong}");
        }
    }
}
