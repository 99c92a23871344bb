//! Another track for a sender, without negotiation. While an offer of the other side is being taken into
//! a connection that stands, nothing is swapped: where that offer takes the place of one of ours, Chromium
//! (148) throws the senders' streams away and makes them anew with the answer. A track that is given to a
//! sender in between ends the tab; and a sender that was ever told what to make of its track sends nothing
//! afterwards, until it is given the track once more.

use super::{object, wait::unheard};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::JsCast;
use web_sys::{MediaStreamTrack, RtcPeerConnection, RtcRtpSender, RtcRtpTransceiver};

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
        if self.0.held.get() {
            self.wish(sender, track);
        } else if sender.track().as_ref() != track {
            unheard(sender.replace_track(track));
        }
    }

    #[inline(never)]
    fn wish(&self, sender: RtcRtpSender, track: Option<&MediaStreamTrack>) {
        let mut wishes = self.0.wishes.borrow_mut();
        wishes.retain(|(it, _)| *it != sender);
        wishes.push((sender, track.cloned()));
    }

    /// An offer is about to be taken into this connection.
    pub fn hold(&self, connection: &RtcPeerConnection) {
        self.0.held.set(true);
        if object::text(connection, "signalingState") != "stable" {
            self.wish_all_again(connection);
        }
    }

    /// The offer collides with ours.
    #[inline(never)]
    fn wish_all_again(&self, connection: &RtcPeerConnection) {
        for line in connection.get_transceivers().iter() {
            let sender = line.unchecked_into::<RtcRtpTransceiver>().sender();
            let track = sender.track();
            self.wish(sender, track.as_ref());
        }
    }

    pub fn release(&self) {
        self.0.held.set(false);
        if !self.0.wishes.borrow().is_empty() {
            self.make_good();
        }
    }

    #[inline(never)]
    fn make_good(&self) {
        for (sender, track) in self.0.wishes.take() {
            // What a sender has already is no news to it.
            unheard(sender.replace_track(None));
            unheard(sender.replace_track(track.as_ref()));
        }
    }
}
