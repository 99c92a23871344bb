//! Asking: lanes to those who have what is missing, as many as the way to them is long, and on each
//! of them as much asked for as keeps it busy.

use super::{
    Files, LaneEvent, LaneId, Output, Person, Storage, TELL, Trouble,
    frame::Frame,
    incoming::State,
    lane::{Came, Lane},
    talk::MOST_SERVED_LANES,
};
use crate::{ids::PeerId, time::Millis, wire::FileMsg};
use alloc::vec::Vec;

/// One connection is as fast as its window lets it be: where a word takes longer than this there and
/// back, several carry more.
const FAR: u64 = 15;
/// Not worth a second connection.
const SMALL: u64 = 8 * 1024 * 1024;
const MOST_LANES: usize = 4;
/// After a lane that came to nothing: doubled each time.
const RETRY: u64 = 500;
const RETRY_MOST: u64 = 8_000;
/// Lanes in a row over which nothing came: there will be no more.
const TRIES: u32 = 8;
pub(super) const AT_ONCE: Millis = Millis(0);

impl Files {
    /// Whatever can go on now, goes on; and what is due.
    pub(super) fn work(&mut self, now: Millis, out: &mut Vec<Output>) {
        let due: Vec<LaneId> = self
            .lanes
            .iter()
            .filter(|(_, it)| it.is_due(now))
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            let failed = self.lanes.get(&id).is_some_and(Lane::is_busy);
            self.close_lane(now, id, failed, out);
        }
        for person in self.people.values_mut().filter(|it| it.next_lane <= now) {
            person.next_lane = AT_ONCE;
        }
        for peer in self.here() {
            self.open_lanes(now, peer, out);
        }
        let lanes: Vec<LaneId> = self
            .lanes
            .iter()
            .filter(|(_, it)| it.mine && it.open)
            .map(|(id, _)| *id)
            .collect();
        for id in lanes {
            self.fill(now, id, out);
        }
        self.finish_whole(out);
        self.tell_progress(now, out);
    }

    /// How much is still to come that this person has.
    fn left_from(&self, peer: PeerId) -> u64 {
        let fetching = self
            .incoming
            .iter()
            .filter(|it| it.is_fetching() && it.has(peer));
        fetching.map(super::incoming::Incoming::left).sum()
    }

    fn open_lanes(&mut self, now: Millis, peer: PeerId, out: &mut Vec<Output>) {
        let left = self.left_from(peer);
        let Some(person) = self
            .people
            .get(&peer)
            .filter(|it| left > 0 && it.next_lane <= now)
        else {
            return;
        };
        let wanted = match person.rtt {
            Some(rtt) if rtt > FAR && left > 2 * SMALL => MOST_LANES,
            Some(rtt) if rtt > FAR && left > SMALL => 2,
            _ => 1,
        };
        let mine = |it: &&Lane| it.mine && it.peer == peer;
        let there = self.lanes.values().filter(mine).count();
        for _ in there..wanted {
            self.last_lane += 1;
            let id = LaneId(self.last_lane);
            self.lanes.insert(id, Lane::new(now, peer, id.0, true));
            out.push(Output::OpenLane(id, None));
        }
    }

    fn fill(&mut self, now: Millis, id: LaneId, out: &mut Vec<Output>) {
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        loop {
            if lane.wants_job() {
                let peer = lane.peer;
                let next = self.incoming.iter_mut().find_map(|it| {
                    let (job, span) = it.take(peer)?;
                    Some((it.id.0, job, span))
                });
                if let Some((slot, job, span)) = next {
                    lane.give(now, slot, job, span);
                }
            }
            let Some(frame) = lane.ask() else {
                return;
            };
            out.push(Output::Frame(id, frame.head()));
        }
    }

    /// Its jobs are anybody's again.
    pub(super) fn close_lane(
        &mut self,
        now: Millis,
        id: LaneId,
        failed: bool,
        out: &mut Vec<Output>,
    ) {
        let Some(lane) = self.lanes.remove(&id) else {
            return;
        };
        for (slot, job) in lane.unfinished() {
            if let Some(incoming) = self.by_slot(slot) {
                incoming.put_back(job);
            }
        }
        if failed
            && lane.mine
            && let Some(person) = self.people.get_mut(&lane.peer)
        {
            person.on_failure(now);
            if person.failures >= TRIES {
                for incoming in self.incoming.iter_mut().filter(|it| it.has(lane.peer)) {
                    incoming.bar(lane.peer, Trouble::Silent);
                }
                out.push(Output::Changed);
            }
        }
        out.push(Output::CloseLane(id));
    }

    pub(super) fn on_lane(
        &mut self,
        now: Millis,
        id: LaneId,
        event: LaneEvent,
        out: &mut Vec<Output>,
    ) {
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        let (peer, no, mine) = (lane.peer, lane.no, lane.mine);
        let candidate = |candidate| FileMsg::LaneCandidate {
            lane: no,
            mine,
            candidate,
        };
        match event {
            LaneEvent::Described(sdp) => {
                let early = lane.early.take().unwrap_or_default();
                let said = match mine {
                    true => FileMsg::LaneOffer { lane: no, sdp },
                    false => FileMsg::LaneAnswer { lane: no, sdp },
                };
                let said = [said].into_iter().chain(early.into_iter().map(candidate));
                out.extend(said.map(|it| Output::Tell(peer, it)));
            }
            LaneEvent::Candidate(it) => match &mut lane.early {
                Some(early) => early.push(it),
                None => out.push(Output::Tell(peer, candidate(it))),
            },
            LaneEvent::Open(takes) => {
                let ping = lane.on_open(now, takes);
                out.extend(ping.map(|it| Output::Frame(id, it.head())));
            }
            LaneEvent::Closed => self.close_lane(now, id, true, out),
            LaneEvent::Sent(len) => {
                lane.leaving = lane.leaving.saturating_sub(len.into());
                self.serve(id, out);
            }
            LaneEvent::Message { head, len } => match Frame::read(&head, len) {
                Some(frame) => self.on_frame(now, id, frame, out),
                None => self.close_lane(now, id, true, out),
            },
        }
    }

    fn on_frame(&mut self, now: Millis, id: LaneId, frame: Frame, out: &mut Vec<Output>) {
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        match frame {
            Frame::Ping(no) => out.push(Output::Frame(id, Frame::Pong(no).head())),
            Frame::Pong(no) => {
                let again = lane.on_pong(now, no);
                out.extend(again.map(|it| Output::Frame(id, it.head())));
                let (peer, rtt) = (lane.peer, lane.rtt);
                if let Some(person) = self.people.get_mut(&peer) {
                    person.rtt = rtt;
                }
            }
            Frame::Ask { slot, span } => self.on_ask(now, id, slot, span, out),
            Frame::Data { slot, span } => match lane.on_data(now, slot, span) {
                Came::Due { slot } => {
                    let peer = lane.peer;
                    if let Some(person) = self.people.get_mut(&peer) {
                        person.failures = 0;
                    }
                    let fetching = self.by_slot(slot).filter(|it| it.is_fetching());
                    match fetching.map(|it| it.about.root) {
                        Some(root) => out.push(Output::Keep {
                            lane: id,
                            root,
                            span,
                        }),
                        // Not wanted any more: as good as written.
                        None => {
                            if let Some(lane) = self.lanes.get_mut(&id) {
                                lane.on_written(now, span.len);
                            }
                        }
                    }
                }
                Came::Unasked => {
                    let peer = lane.peer;
                    self.close_lane(now, id, true, out);
                    for incoming in self.incoming.iter_mut().filter(|it| it.has(peer)) {
                        incoming.bar(peer, Trouble::Unasked);
                    }
                    self.drop_ended(out);
                }
            },
        }
    }

    pub(super) fn on_storage(&mut self, now: Millis, said: Storage, out: &mut Vec<Output>) {
        match said {
            // Many times a second: what there is to see of it is shown with the progress.
            Storage::Wrote { lane, len } => {
                if let Some(lane) = self.lanes.get_mut(&lane) {
                    lane.on_written(now, len);
                }
                return;
            }
            Storage::Piece { root, index, good } => {
                if let Some(incoming) = self.incoming_of(root) {
                    incoming.on_piece(index, good);
                    let here = incoming.here();
                    incoming.speed.on_progress(now, here);
                    if !good {
                        self.drop_ended(out);
                    }
                }
                return;
            }
            Storage::Hashes { root, good } => {
                if let Some(incoming) = self.incoming_of(root) {
                    incoming.on_hashes(good);
                    self.drop_ended(out);
                }
            }
            Storage::Claimed {
                root,
                pieces,
                hashes,
            } => {
                if let Some(incoming) = self.incoming_of(root)
                    && incoming.state == State::Claiming
                {
                    incoming.begin(&pieces, hashes);
                    let id = incoming.id;
                    self.want(id, out);
                    self.next_tell = Some(now.after(TELL));
                }
            }
            Storage::Finished(root) => {
                if let Some(incoming) = self.incoming_of(root)
                    && incoming.state == State::Finishing
                {
                    incoming.state = State::Done;
                    let (from, have) = (incoming.from, incoming.about.size);
                    out.push(Output::Tell(from, FileMsg::Progress { root, have }));
                }
            }
            Storage::Failed(root, why) => {
                if let Some(incoming) = self.incoming_of(root) {
                    incoming.state = State::Ended(why);
                    let from = incoming.from;
                    out.push(Output::Tell(from, FileMsg::Refuse { root }));
                }
            }
            other => self.on_chosen_news(now, other, out),
        }
        out.push(Output::Changed);
    }

    /// What has been given up takes no room.
    fn drop_ended(&mut self, out: &mut Vec<Output>) {
        for incoming in self.incoming.iter_mut() {
            let dishonest = matches!(
                incoming.state,
                State::Ended(Trouble::Altered | Trouble::Unasked)
            );
            if dishonest && !incoming.sources.is_empty() {
                incoming.sources.clear();
                let root = incoming.about.root;
                out.push(Output::Remove(root));
                out.push(Output::Tell(incoming.from, FileMsg::Refuse { root }));
                out.push(Output::Changed);
            }
        }
    }

    fn finish_whole(&mut self, out: &mut Vec<Output>) {
        for incoming in &mut self.incoming {
            if incoming.is_fetching() && incoming.are_pieces_whole() {
                incoming.state = State::Finishing;
                out.push(Output::Finish(incoming.about.root));
            }
        }
    }

    fn tell_progress(&mut self, now: Millis, out: &mut Vec<Output>) {
        if self.next_tell.is_none_or(|at| at > now) {
            return;
        }
        let mut any = false;
        for incoming in self.incoming.iter().filter(|it| it.is_fetching()) {
            any = true;
            let (root, have) = (incoming.about.root, incoming.here());
            if incoming.has(incoming.from) {
                out.push(Output::Tell(
                    incoming.from,
                    FileMsg::Progress { root, have },
                ));
            }
        }
        out.push(Output::Changed);
        self.next_tell = any.then(|| now.after(TELL));
    }

    /// Lanes that somebody else opened.
    pub(super) fn lanes_of(&self, peer: PeerId) -> usize {
        let theirs = |it: &&Lane| !it.mine && it.peer == peer;
        self.lanes
            .values()
            .filter(theirs)
            .count()
            .min(MOST_SERVED_LANES)
    }
}

impl Person {
    fn on_failure(&mut self, now: Millis) {
        let wait = RETRY << self.failures.min(4);
        self.failures += 1;
        self.next_lane = now.after(wait.min(RETRY_MOST));
    }
}
