//! Writing in a call: the roster's names and channels for `Chat`, and what it says into the channels.
//! Never through a signaller, sealed or not: that is for meeting alone.

use super::{Call, Phase};
use crate::{
    chat::{Chat, Outcome, Says},
    ids::PeerId,
    io::Output,
    time::Millis,
    wire::{self, PeerMsg},
};
use alloc::{string::String, vec::Vec};

pub(super) fn is_chat(message: &PeerMsg) -> bool {
    use PeerMsg::{Got, Past, Recall, Say};
    matches!(message, Say(_) | Got { .. } | Recall { .. } | Past(_))
}

impl Call {
    pub fn chat(&self) -> &Chat {
        &self.chat
    }

    pub(super) fn on_say(
        &mut self,
        now: Millis,
        text: &str,
        at: u64,
        only: Option<PeerId>,
        out: &mut Vec<Output>,
    ) {
        let name = |id: PeerId| Some((id, self.peers.get(&id)?.name.clone()));
        let only = match only.map(name) {
            // Whoever it is for has gone: nobody else is to read it.
            Some(None) => return,
            Some(one) => one,
            None => None,
        };
        if self.phase != Phase::InCall {
            return;
        }
        let others: Vec<PeerId> = self.peers.keys().collect();
        self.chatting(out, |chat, me, says| {
            chat.say(now, me, (text, at), &others, only, says);
        });
    }

    pub(super) fn on_chat_open(&mut self, now: Millis, id: PeerId, out: &mut Vec<Output>) {
        if let Some(epoch) = self.peers.get(&id).map(|it| it.epoch) {
            self.chatting(out, |chat, _, says| chat.on_open(now, id, epoch, says));
        }
    }

    pub(super) fn on_chat_wake(&mut self, now: Millis, out: &mut Vec<Output>) {
        self.chatting(out, |chat, _, says| chat.on_wake(now, says));
    }

    pub(super) fn on_chat(
        &mut self,
        now: Millis,
        from: PeerId,
        message: PeerMsg,
        out: &mut Vec<Output>,
    ) {
        let Some(name) = self.peers.get(&from).map(|it| it.name.clone()) else {
            return;
        };
        let mut outcome = Outcome::Fine;
        self.chatting(out, |chat, _, says| {
            outcome = chat.on_message(now, from, &name, message, says);
        });
        match outcome {
            Outcome::Fine => {}
            Outcome::Hurried => self.dropped.hurried += 1,
            Outcome::Misplaced => self.dropped.misplaced += 1,
            Outcome::Garbled => self.dropped.garbled += 1,
        }
    }

    fn chatting(&mut self, out: &mut Vec<Output>, act: impl FnOnce(&mut Chat, &str, &mut Says)) {
        let before = self.chat.revision();
        let mut says = Says::new();
        act(&mut self.chat, &self.me.name, &mut says);
        for (id, message) in says {
            let open = self.peers.get(&id).filter(|it| it.channel);
            if let Some(negotiation) = open.and_then(|it| it.negotiation.as_ref()) {
                let text: String = wire::encode(&message);
                out.push(Output::ChannelText(negotiation.conn(), text));
            }
        }
        if self.chat.revision() != before {
            out.push(Output::Changed);
        }
    }
}
