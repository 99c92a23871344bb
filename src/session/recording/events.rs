//! What a studio hears: of the worker, how its files fare; of the browser's recorders, their bytes.

use super::{
    RecordState, RecordTrouble, Recorded,
    desk::Heard,
    studio::{Stage, Studio},
};
use crate::browser::{clock, recorder::Piece};
use duologue_core::io::Intent;
use duologue_storage::recordings::{Ask, Tell, Trouble};
use leptos::prelude::*;

/// Less room than this is told: in bytes, and in seconds of this recording.
const LOW_BYTES: u64 = 200_000_000;
const LOW_SECONDS: u64 = 60;
/// With less than this it ends while it can still be made whole.
const LEAST_BYTES: u64 = 20_000_000;

impl Studio {
    pub(super) fn on_heard(&self, heard: &Heard) {
        match heard {
            Heard::Lasting(lasting) => {
                self.recording.fleeting.try_set(!*lasting);
            }
            Heard::Broken => {
                self.end();
                self.takes.take();
                self.trouble(RecordTrouble::Broken);
                self.close();
            }
            Heard::Tell(tell, _) => match tell {
                Tell::Begun { id } => self.on_begun(id),
                Tell::Kept { id, size } => self.on_kept(id, *size),
                Tell::Room { left } => self.on_room(*left),
                Tell::Ended { id } => self.on_ended(id),
                Tell::Failed { id, why } => self.on_failed(id, *why),
                _ => {}
            },
        }
    }

    fn on_begun(&self, id: &str) {
        let Some(take) = self.take(id) else { return };
        if self.stage.get() == Stage::Starting {
            // Everybody is told, and then it begins.
            self.stage.set(Stage::On);
            self.call.send(Intent::Record(Recorded::On));
            self.look();
            self.watch.borrow_mut().run(clock::now().0);
            self.start_beat();
            self.recording.state.try_set(RecordState::On);
        }
        if self.stage.get() == Stage::Ending {
            return self.on_piece(id, Piece::Ended);
        }
        let guests = self.guests.borrow();
        take.draw(&guests, &self.showings.borrow());
        let (this, of) = (self.this.clone(), id.to_owned());
        let started = take.start(self.kind, &guests, move |piece| {
            if let Some(studio) = this.upgrade() {
                studio.on_piece(&of, piece);
            }
        });
        drop(guests);
        if started.is_err() {
            self.on_piece(id, Piece::Ended);
            self.trouble(RecordTrouble::Broken);
            self.end();
        } else if self.stage.get() == Stage::Paused {
            take.hold(true);
        }
    }

    fn on_piece(&self, id: &str, piece: Piece) {
        let Some(take) = self.take(id) else { return };
        let id = id.to_owned();
        match piece {
            Piece::Bytes(bytes) => self.desk.ask_with(Ask::Piece { id }, &bytes),
            Piece::Ended => {
                take.end();
                let millis = take.millis();
                self.desk.ask(Ask::End { id, millis });
                // By itself: the browser could not go on.
                if take.whom.is_none() {
                    self.end();
                }
            }
        }
    }

    fn on_kept(&self, id: &str, size: u64) {
        if let Some(take) = self.take(id) {
            take.size.set(size);
            let all = self.takes().iter().map(|it| it.size.get()).sum();
            self.recording.bytes.try_set(all);
        }
    }

    fn on_room(&self, left: Option<u64>) {
        let Some(left) = left else { return };
        let bytes: u64 = self.takes().iter().map(|it| it.size.get()).sum();
        let millis = self.watch.borrow().millis(clock::now().0).max(1_000);
        // As it begins nothing is known of how much it will be: as much as it may be.
        let a_second = (bytes * 1_000 / millis).max(100_000);
        let seconds = left.saturating_sub(LEAST_BYTES) / a_second;
        let low = left < LOW_BYTES || seconds < LOW_SECONDS;
        self.recording.low.try_set(low.then_some(seconds));
        if left < LEAST_BYTES {
            self.trouble(RecordTrouble::NoRoom);
            self.end();
        }
    }

    fn on_ended(&self, id: &str) {
        self.recording.kept.try_set(true);
        self.forget(id);
    }

    fn on_failed(&self, id: &str, why: Trouble) {
        let Some(take) = self.take(id) else { return };
        let trouble = match why {
            Trouble::NoRoom => RecordTrouble::NoRoom,
            Trouble::Busy | Trouble::Empty | Trouble::Broken => RecordTrouble::Broken,
        };
        // Ended before anything came: nothing is missed.
        if why != Trouble::Empty {
            self.trouble(trouble);
        }
        let over = self.stage.get() == Stage::Ending;
        if !over && take.runs() {
            // What there is of it is made whole.
            return self.end();
        }
        self.forget(id);
        if !over && take.whom.is_none() {
            self.end();
            self.close_if_done();
        }
    }

    fn forget(&self, id: &str) {
        self.takes.borrow_mut().retain(|it| it.id != id);
        self.close_if_done();
    }

    fn close_if_done(&self) {
        if self.stage.get() == Stage::Ending && self.takes.borrow().is_empty() {
            self.close();
        }
    }

    fn close(&self) {
        self.recording.state.try_set(RecordState::Off);
        self.recording.studio.try_set_value(None);
        let hearing = self.hearing.take();
        drop(hearing);
    }

    pub(super) fn trouble(&self, trouble: RecordTrouble) {
        self.recording.trouble.try_set(Some(trouble));
    }
}
