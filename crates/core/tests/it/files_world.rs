//! People with files, a disk each, and ways between them that take time and can be cut. Time is
//! virtual; what a disk says of a piece, it says by comparing it with what was really sent.

use crate::files_disk::{Part, hashes_of, root_of};
use duologue_core::{
    files::{
        Chosen, Files, Found, Input, Kept, LaneEvent, LaneId, Output, Stage, Storage, Stretch,
        Transfer, TransferId,
        frame::{Frame, HEAD, Span, What},
    },
    ids::{FileRoot, PeerId},
    time::Millis,
    wire::{About, FileMsg},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

pub struct Side {
    pub id: PeerId,
    pub name: String,
    pub files: Files,
    pub disk: BTreeMap<FileRoot, Part>,
    chosen: BTreeMap<u32, Vec<u8>>,
    offered: BTreeMap<FileRoot, Vec<u8>>,
    /// Data messages of theirs that arrive with a byte turned over.
    pub spoils: u32,
    /// Serves nothing.
    pub is_mute: bool,
    /// Bytes of content that left here.
    pub sent: u64,
    pub lanes_opened: u32,
    pub most_leaving: u64,
    lanes: BTreeMap<LaneId, (usize, LaneId)>,
}

enum Event {
    Give(usize, Input),
    Bytes(usize, LaneId, Vec<u8>),
}

pub struct World {
    pub now: Millis,
    pub sides: Vec<Side>,
    /// One way, in milliseconds.
    pub delay: u64,
    queue: BinaryHeap<Reverse<(Millis, u64)>>,
    events: BTreeMap<u64, Event>,
    serial: u64,
    cut: Vec<(usize, usize)>,
    last_no: u32,
    truth: BTreeMap<FileRoot, Vec<u8>>,
}

/// Who made an offer, and what they call the lane.
fn caller(offer: &str) -> Option<(usize, LaneId)> {
    let (side, lane) = offer.split_once(' ')?;
    Some((side.parse().ok()?, LaneId(lane.parse().ok()?)))
}

impl World {
    pub fn new(people: usize, delay: u64) -> Self {
        let side = |at: usize| Side {
            id: PeerId([at as u8 + 1; 16]),
            name: ["Ana", "Ben", "Cem", "Dua"][at].into(),
            files: Files::default(),
            disk: BTreeMap::new(),
            chosen: BTreeMap::new(),
            offered: BTreeMap::new(),
            spoils: 0,
            is_mute: false,
            sent: 0,
            lanes_opened: 0,
            most_leaving: 0,
            lanes: BTreeMap::new(),
        };
        let mut world = World {
            now: Millis(1_000),
            sides: (0..people).map(side).collect(),
            delay,
            queue: BinaryHeap::new(),
            events: BTreeMap::new(),
            serial: 0,
            cut: (0..people)
                .flat_map(|a| (0..a).map(move |b| (b, a)))
                .collect(),
            last_no: 0,
            truth: BTreeMap::new(),
        };
        for (a, b) in world.cut.clone() {
            world.join(a, b);
        }
        world
    }

    fn later(&mut self, delay: u64, event: Event) {
        self.serial += 1;
        self.queue
            .push(Reverse((self.now.after(delay), self.serial)));
        self.events.insert(self.serial, event);
    }

    pub fn are_joined(&self, a: usize, b: usize) -> bool {
        !self.cut.contains(&(a.min(b), a.max(b)))
    }

    pub fn join(&mut self, a: usize, b: usize) {
        if self.are_joined(a, b) {
            return;
        }
        self.cut.retain(|it| *it != (a.min(b), a.max(b)));
        for (one, other) in [(a, b), (b, a)] {
            let (id, name) = (self.sides[other].id, self.sides[other].name.clone());
            self.give(one, Input::Here(id, name));
        }
    }

    pub fn cut(&mut self, a: usize, b: usize) {
        if !self.are_joined(a, b) {
            return;
        }
        self.cut.push((a.min(b), a.max(b)));
        self.cut_lanes(a, b);
        for (one, other) in [(a, b), (b, a)] {
            let id = self.sides[other].id;
            self.give(one, Input::Away(id));
        }
    }

    /// The connections for bytes fail, and nothing else does.
    pub fn cut_lanes(&mut self, a: usize, b: usize) {
        for (one, other) in [(a, b), (b, a)] {
            let lanes = &mut self.sides[one].lanes;
            let gone: Vec<LaneId> = lanes
                .iter()
                .filter(|(_, it)| it.0 == other)
                .map(|(id, _)| *id)
                .collect();
            for lane in gone {
                self.sides[one].lanes.remove(&lane);
                self.give(one, Input::Lane(lane, LaneEvent::Closed));
            }
        }
    }

    /// The page begins anew: what is on the disk is all that is left.
    pub fn reload(&mut self, at: usize) {
        let others: Vec<usize> = (0..self.sides.len())
            .filter(|it| self.are_joined(at, *it) && *it != at)
            .collect();
        for other in &others {
            self.cut(at, *other);
        }
        let side = &mut self.sides[at];
        side.files = Files::default();
        side.chosen.clear();
        side.offered.clear();
        side.lanes.clear();
        let mine =
            |event: &Event| matches!(event, Event::Give(it, _) | Event::Bytes(it, ..) if *it == at);
        self.events.retain(|_, event| !mine(event));
        let side = &mut self.sides[at];
        side.disk.values_mut().for_each(Part::on_crash);
        let unfinished = side.disk.values().filter(|it| !it.whole);
        let kept = unfinished
            .map(|it| Kept {
                about: it.about.clone(),
                from: it.from,
            })
            .collect();
        self.give(at, Input::Storage(Storage::Unfinished(kept)));
        for other in others {
            self.join(at, other);
        }
    }

    pub fn give(&mut self, at: usize, input: Input) {
        let outputs = self.sides[at].files.handle(self.now, input);
        for output in outputs {
            self.carry_out(at, output);
        }
    }

    /// Chooses a file, and has it read.
    pub fn send(&mut self, from: usize, to: Option<usize>, name: &str, content: &[u8]) -> FileRoot {
        self.last_no += 1;
        let (no, root) = (self.last_no, root_of(content));
        self.truth.insert(root, content.to_vec());
        self.sides[from].chosen.insert(no, content.to_vec());
        let about = About {
            root: FileRoot([0; 32]),
            size: content.len() as u64,
            name: name.into(),
            kind: String::new(),
        };
        let to = to.map(|it| self.sides[it].id);
        self.give(from, Input::Chosen { no, about, to });
        self.sides[from].offered.insert(root, content.to_vec());
        self.give(from, Input::Storage(Storage::Read { no, root }));
        root
    }

    pub fn tell(&mut self, from: usize, to: usize, message: FileMsg) {
        let id = self.sides[from].id;
        self.later(self.delay, Event::Give(to, Input::Heard(id, message)));
    }

    fn carry_out(&mut self, at: usize, output: Output) {
        match output {
            Output::Tell(to, message) => {
                let to = self.sides.iter().position(|it| it.id == to);
                if let Some(to) = to.filter(|to| self.are_joined(at, *to)) {
                    self.tell(at, to, message);
                }
            }
            Output::OpenLane(lane, offer) => {
                self.sides[at].lanes_opened += 1;
                let caller = offer.as_deref().and_then(caller);
                if let Some((other, theirs)) = caller {
                    self.sides[at].lanes.insert(lane, (other, theirs));
                    self.sides[other].lanes.insert(theirs, (at, lane));
                }
                let described = LaneEvent::Described(format!("{at} {}", lane.0));
                self.later(1, Event::Give(at, Input::Lane(lane, described)));
            }
            Output::AnswerLane(lane, _) => {
                if let Some((other, theirs)) = self.sides[at].lanes.get(&lane).copied() {
                    for (side, lane) in [(at, lane), (other, theirs)] {
                        let open = Input::Lane(lane, LaneEvent::Open(Some(65_536)));
                        self.later(self.delay, Event::Give(side, open));
                    }
                }
            }
            Output::AddCandidate(..) | Output::Changed => {}
            Output::CloseLane(lane) => {
                if let Some((other, theirs)) = self.sides[at].lanes.remove(&lane) {
                    self.sides[other].lanes.remove(&theirs);
                    let closed = Input::Lane(theirs, LaneEvent::Closed);
                    self.later(self.delay, Event::Give(other, closed));
                }
            }
            Output::Frame(lane, head) => self.post(at, lane, head),
            Output::Serve(..) if self.sides[at].is_mute => {}
            Output::Serve(lane, stretch) => self.serve(at, lane, stretch),
            Output::Keep { lane, root, span } => {
                unreachable!("{at} {lane:?} {root:?} {span:?}: kept where the bytes are at hand")
            }
            Output::Look(root) => {
                let part = self.sides[at].disk.get(&root);
                let found = match part {
                    Some(part) if part.whole => Found::Whole,
                    Some(_) => Found::Part,
                    None => Found::Nothing,
                };
                self.say(at, Storage::Looked(root, found));
            }
            Output::Claim(about, from) => {
                let root = about.root;
                let part = self.sides[at]
                    .disk
                    .entry(root)
                    .or_insert_with(|| Part::new(about, from));
                let (pieces, hashes) = (part.pieces.clone(), part.has_hashes);
                self.say(
                    at,
                    Storage::Claimed {
                        root,
                        pieces,
                        hashes,
                    },
                );
            }
            Output::Finish(root) => {
                if let Some(part) = self.sides[at].disk.get_mut(&root) {
                    part.whole = true;
                }
                self.say(at, Storage::Finished(root));
            }
            Output::Remove(root) => drop(self.sides[at].disk.remove(&root)),
            Output::Forget(Chosen::Root(root)) => drop(self.sides[at].offered.remove(&root)),
            Output::Forget(Chosen::Number(no)) => drop(self.sides[at].chosen.remove(&no)),
        }
    }

    fn say(&mut self, at: usize, said: Storage) {
        self.later(1, Event::Give(at, Input::Storage(said)));
    }

    pub fn post(&mut self, at: usize, lane: LaneId, bytes: Vec<u8>) {
        if let Some((other, theirs)) = self.sides[at].lanes.get(&lane).copied() {
            self.later(self.delay, Event::Bytes(other, theirs, bytes));
        }
    }

    fn serve(&mut self, at: usize, lane: LaneId, stretch: Stretch) {
        let Stretch {
            root,
            slot,
            span,
            message,
        } = stretch;
        let side = &self.sides[at];
        let content = side
            .offered
            .get(&root)
            .or_else(|| Some(&side.disk.get(&root)?.content));
        let content = content.cloned().unwrap_or_default();
        let all = match span.what {
            What::Content => content,
            What::Hashes => hashes_of(root, content.len() as u64),
        };
        let bytes = &all[span.from as usize..span.end() as usize];
        self.sides[at].sent += if span.what == What::Content {
            bytes.len() as u64
        } else {
            0
        };
        self.sides[at].most_leaving = self.sides[at].most_leaving.max(u64::from(span.len));
        for (nth, part) in bytes.chunks(message as usize - HEAD).enumerate() {
            let from = span.from + (nth * (message as usize - HEAD)) as u64;
            let span = Span {
                from,
                len: part.len() as u32,
                ..span
            };
            let mut bytes = Frame::Data { slot, span }.head();
            bytes.extend(part);
            let side = &mut self.sides[at];
            if side.spoils > 0 {
                side.spoils -= 1;
                if let Some(last) = bytes.last_mut() {
                    *last ^= 1;
                }
            }
            self.post(at, lane, bytes);
        }
        let sent = Input::Lane(lane, LaneEvent::Sent(span.len));
        self.later(self.delay, Event::Give(at, sent));
    }

    /// A message on a lane: what is to be kept of it is at hand.
    fn on_bytes(&mut self, at: usize, lane: LaneId, bytes: Vec<u8>) {
        if !self.sides[at].lanes.contains_key(&lane) {
            return;
        }
        let head = bytes[..bytes.len().min(HEAD + 4)].to_vec();
        let message = LaneEvent::Message {
            head,
            len: bytes.len(),
        };
        let outputs = self.sides[at]
            .files
            .handle(self.now, Input::Lane(lane, message));
        for output in outputs {
            match output {
                Output::Keep { lane, root, span } => {
                    self.keep(at, lane, root, span, &bytes[HEAD..])
                }
                other => self.carry_out(at, other),
            }
        }
    }

    fn keep(&mut self, at: usize, lane: LaneId, root: FileRoot, span: Span, bytes: &[u8]) {
        let truth = self.truth.get(&root).cloned().unwrap_or_default();
        let Some(part) = self.sides[at].disk.get_mut(&root) else {
            return;
        };
        let verdict = part.keep(span, bytes, &truth);
        let len = span.len;
        self.say(at, Storage::Wrote { lane, len });
        if let Some(it) = verdict {
            self.say(at, it);
        }
    }

    /// Until nothing more happens, or `most` milliseconds are over.
    pub fn run(&mut self, most: u64) {
        let end = self.now.after(most);
        while self.step(end) {}
        self.now = self.now.max(end);
    }

    /// The next thing, unless it lies beyond `end`.
    pub fn step(&mut self, end: Millis) -> bool {
        let event = self.queue.peek().map(|Reverse((at, _))| *at);
        let wake = (0..self.sides.len())
            .filter_map(|at| Some((self.sides[at].files.next_wake()?, at)))
            .min();
        let due = [event, wake.map(|(at, _)| at)].into_iter().flatten().min();
        let Some(due) = due.filter(|it| *it <= end) else {
            return false;
        };
        self.now = self.now.max(due);
        if event == Some(due) {
            let Some(Reverse((_, serial))) = self.queue.pop() else {
                return false;
            };
            match self.events.remove(&serial) {
                Some(Event::Give(at, input)) => self.give(at, input),
                Some(Event::Bytes(at, lane, bytes)) => self.on_bytes(at, lane, bytes),
                None => {}
            }
        } else if let Some((_, at)) = wake {
            self.give(at, Input::Wake);
        }
        true
    }

    pub fn transfers(&self, at: usize) -> Vec<Transfer> {
        self.sides[at].files.transfers()
    }

    pub fn the(&self, at: usize) -> Transfer {
        let all = self.transfers(at);
        assert_eq!(all.len(), 1, "{all:?}");
        all[0].clone()
    }

    pub fn accept_all(&mut self, at: usize) {
        let offered: Vec<TransferId> = self
            .transfers(at)
            .iter()
            .filter(|it| !it.mine && it.stage == Stage::Offered)
            .map(|it| it.id)
            .collect();
        for id in offered {
            self.give(at, Input::Accept(id));
        }
    }

    pub fn got(&self, at: usize, root: FileRoot) -> Option<&[u8]> {
        let part = self.sides[at].disk.get(&root).filter(|it| it.whole);
        part.map(|it| it.content.as_slice())
    }
}
