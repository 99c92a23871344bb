//! Another track for a sender, without negotiation. While an offer of the other side is being taken into
//! a connection that stands, nothing is swapped: where that offer takes the place of one of ours, Chromium
//! (148) throws the senders' streams away and makes them anew with the answer, and a track that is given to
//! a sender in between ends the tab.

use super::wait::unheard;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use web_sys::{MediaStreamTrack, RtcRtpSender};

#[derive(Clone, Default)]
pub(super) struct Swaps(Rc<Shared>);

#[derive(Default)]
struct Shared {
    held: Cell<bool>,
    /// The last wish for each sender.
    wishes: RefCell<Vec<(RtcRtpSender, Option<MediaStreamTrack>)>>,
}

impl Swaps {
    pub fn swap(&self, sender: RtcRtpSender, track: Option<&MediaStreamTrack>) {
        if !self.0.held.get() {
            return swap(&sender, track);
        }
        let mut wishes = self.0.wishes.borrow_mut();
        wishes.retain(|(it, _)| *it != sender);
        wishes.push((sender, track.cloned()));
    }

    pub fn hold(&self) {
        self.0.held.set(true);
    }

    pub fn release(&self) {
        self.0.held.set(false);
        for (sender, track) in self.0.wishes.take() {
            swap(&sender, track.as_ref());
        }
    }
}

fn swap(sender: &RtcRtpSender, track: Option<&MediaStreamTrack>) {
    if sender.track().as_ref() != track {
        unheard(sender.replace_track(track));
    }
}
