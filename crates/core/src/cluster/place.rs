//! One room as a node knows it: who is in it here and since when, and what each other node said last.
//! Owned by `cluster`. Whoever has heard the same comes to the same end, in whatever order it came.

use super::message::Seated;
use crate::{
    ids::{NodeId, PeerId},
    time::Millis,
    wire::Sealed,
};
use alloc::{collections::BTreeMap, vec::Vec};

#[derive(Debug, Default)]
pub(super) struct Place {
    here: BTreeMap<PeerId, (u64, Sealed)>,
    parts: BTreeMap<NodeId, Part>,
}

/// What another node said of itself.
#[derive(Debug)]
struct Part {
    no: u64,
    heard: Millis,
    members: Vec<Seated>,
}

/// What follows from all that is known.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) elsewhere: BTreeMap<PeerId, (NodeId, Sealed)>,
    /// Here, and connected to another node since.
    pub(super) replaced: Vec<PeerId>,
    /// Here, and later than those who fill the room.
    pub(super) beyond: Vec<PeerId>,
}

impl Place {
    /// Who is connected here from now on; whether that is another thing than before.
    pub(super) fn set_here(
        &mut self,
        here: BTreeMap<PeerId, Sealed>,
        mut stamp: impl FnMut() -> u64,
    ) -> bool {
        let mut before = core::mem::take(&mut self.here);
        let mut is_news = false;
        for (peer, card) in here {
            let since = match before.remove(&peer) {
                Some((since, old)) => {
                    is_news |= old != card;
                    since
                }
                None => {
                    is_news = true;
                    stamp()
                }
            };
            self.here.insert(peer, (since, card));
        }
        is_news || !before.is_empty()
    }

    pub(super) fn members(&self) -> Vec<Seated> {
        let here = self.here.iter();
        here.map(|(peer, (since, card))| Seated {
            peer: *peer,
            card: card.clone(),
            since: *since,
        })
        .collect()
    }

    /// False for what was known already, or taken back since.
    pub(super) fn hear(
        &mut self,
        now: Millis,
        node: NodeId,
        no: u64,
        members: Vec<Seated>,
    ) -> bool {
        let is_known = match self.parts.get(&node) {
            Some(known) if no <= known.no => return false,
            Some(known) => known.members == members,
            None => false,
        };
        let part = Part {
            no,
            heard: now,
            members,
        };
        self.parts.insert(node, part);
        !is_known
    }

    /// Whether there was anything to forget.
    pub(super) fn forget(&mut self, node: NodeId, below: u64) -> bool {
        let is_old = self.parts.get(&node).is_some_and(|it| it.no < below);
        is_old && self.parts.remove(&node).is_some()
    }

    /// What was not said again for too long.
    pub(super) fn forget_silent(&mut self, since: Millis) -> bool {
        let before = self.parts.len();
        self.parts.retain(|_, part| part.heard >= since);
        self.parts.len() != before
    }

    /// Of one peer at two nodes, the one that came later is right; of too many, those who came first.
    pub(super) fn verdict(&self, me: NodeId, room: usize) -> Verdict {
        let here = (self.here.iter()).map(|(peer, (since, card))| (*peer, (*since, me, card)));
        let mut all: BTreeMap<PeerId, (u64, NodeId, &Sealed)> = BTreeMap::new();
        let mut verdict = Verdict::default();
        let elsewhere = self.parts.iter().flat_map(|(node, part)| {
            let said = part.members.iter();
            said.map(move |it| (it.peer, (it.since, *node, &it.card)))
        });
        for (peer, seat) in here.chain(elsewhere) {
            let (since, node, _) = seat;
            match all.get(&peer) {
                Some(known) if (known.0, known.1) >= (since, node) => {}
                _ => drop(all.insert(peer, seat)),
            }
        }
        let lost = |peer: &&PeerId| all.get(*peer).is_some_and(|it| it.1 != me);
        verdict.replaced = self.here.keys().filter(lost).copied().collect();
        let mut order: Vec<_> = all
            .into_iter()
            .map(|(peer, (since, node, card))| (since, peer, node, card))
            .collect();
        order.sort_by_key(|it| (it.0, it.1));
        for (at, (_, peer, node, card)) in order.into_iter().enumerate() {
            match (node == me, at < room) {
                (true, true) | (false, false) => {}
                (true, false) => verdict.beyond.push(peer),
                (false, true) => drop(verdict.elsewhere.insert(peer, (node, card.clone()))),
            }
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: NodeId = NodeId([1; 16]);
    const OTHER: NodeId = NodeId([2; 16]);

    fn peer(n: u8) -> PeerId {
        PeerId([n; 16])
    }

    fn card() -> Sealed {
        Sealed("c".into())
    }

    fn with(here: &[(u8, u64)], there: &[(u8, u64)]) -> Place {
        let mut place = Place::default();
        for (n, since) in here {
            place.here.insert(peer(*n), (*since, card()));
        }
        let seated = |(n, since): &(u8, u64)| Seated {
            peer: peer(*n),
            card: card(),
            since: *since,
        };
        let said = there.iter().map(seated).collect();
        assert!(place.hear(Millis(0), OTHER, 1, said));
        place
    }

    #[test]
    fn a_peer_is_where_it_came_last() {
        let verdict = with(&[(1, 5), (2, 9)], &[(1, 6), (2, 8)]).verdict(ME, 8);
        assert_eq!(verdict.replaced, [peer(1)]);
        assert!(verdict.elsewhere.keys().eq([&peer(1)]));
    }

    #[test]
    fn a_room_that_two_filled_at_once_keeps_those_who_came_first() {
        let verdict = with(&[(1, 1), (2, 4)], &[(3, 2), (4, 3), (5, 9)]).verdict(ME, 3);
        assert_eq!(verdict.beyond, [peer(2)]);
        assert!(verdict.elsewhere.keys().eq([&peer(3), &peer(4)]));
    }

    #[test]
    fn what_is_older_than_the_last_word_is_no_word() {
        let mut place = with(&[], &[(1, 1)]);
        assert!(place.hear(Millis(1), OTHER, 7, Vec::new()));
        for late in [1, 6, 7] {
            let members = with(&[(1, 1)], &[]).members();
            assert!(!place.hear(Millis(2), OTHER, late, members), "{late}");
        }
        assert!(!place.forget(OTHER, 7));
        assert!(place.forget(OTHER, 8));
    }
}
