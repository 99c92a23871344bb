//! Pairing by tokens, without any signaller: the inviter's offer and the other's reply are pasted or
//! scanned by hand, carry a data channel only, and the rest follows in-band.
//!
//! ```text
//!   Idle ──create──▶ Making ──▶ Invite ──reply──▶ Applying ──▶ Connecting ──hello──▶ Up
//!     └────invite──▶ Making ──▶ Reply ───────────────────────────────────────hello──▶ Up
//! ```

use super::{Call, Phase, Way};
use crate::{
    ids::{ConnId, OpId},
    io::{ConnEvent, Op, OpError, OpValue, Output, Sdp, SdpKind},
    negotiate::Negotiation,
    peer::{Peer, Stage},
    time::Millis,
    token::{self, TokenError},
    wire::{self, PeerMsg, clean_name},
};
use alloc::{string::String, vec::Vec};

/// With both tokens in place the rest is quick; after this it is said not to work.
const CONNECT: u64 = 20_000;

/// Where a call without a server stands, as a person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectStep {
    Start,
    MakingInvite,
    Invite { token: String },
    MakingReply,
    Reply { token: String },
    Connecting,
}

/// What was wrong with a pasted text, or with what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectTrouble {
    Empty,
    NotAToken,
    Damaged,
    TooNew,
    /// An invite where a reply is due.
    NotAReply,
    /// A reply where an invite is due.
    NotAnInvite,
    /// A reply to some other invite.
    OtherInvite,
    /// The browser would not take it, or gave nothing that fits a token.
    Refused,
    /// Both sides are set, yet nothing gets through.
    Unreachable,
    /// The browser closed the connection before the other side had the reply.
    GaveUp,
}

pub(super) struct Direct {
    stage: Pairing,
    trouble: Option<DirectTrouble>,
}

enum Pairing {
    Idle,
    /// The browser works towards a whole description.
    Making {
        conn: ConnId,
        op: OpId,
        work: Work,
    },
    /// `offer` is what a reply has to fit.
    Invite {
        conn: ConnId,
        token: String,
        offer: String,
    },
    Reply {
        conn: ConnId,
        token: String,
    },
    Applying {
        conn: ConnId,
        op: OpId,
        token: String,
        offer: String,
    },
    Connecting {
        conn: ConnId,
        until: Millis,
    },
    Up,
}

/// What the browser is at, in this order (an inviter skips the first).
enum Work {
    ApplyInvite { offer: String },
    Describe { answering: Option<String> },
    Gather { answering: Option<String> },
}

impl Direct {
    pub(super) const fn new() -> Self {
        Direct {
            stage: Pairing::Idle,
            trouble: None,
        }
    }

    pub(super) fn step(&self) -> DirectStep {
        match &self.stage {
            Pairing::Idle => DirectStep::Start,
            Pairing::Making { work, .. } => match work {
                Work::Describe { answering: None } | Work::Gather { answering: None } => {
                    DirectStep::MakingInvite
                }
                _ => DirectStep::MakingReply,
            },
            Pairing::Invite { token, .. } => DirectStep::Invite {
                token: token.clone(),
            },
            Pairing::Reply { token, .. } => DirectStep::Reply {
                token: token.clone(),
            },
            Pairing::Applying { .. } | Pairing::Connecting { .. } | Pairing::Up => {
                DirectStep::Connecting
            }
        }
    }

    pub(super) fn trouble(&self) -> Option<DirectTrouble> {
        self.trouble
    }

    pub(super) fn next_wake(&self) -> Option<Millis> {
        match self.stage {
            Pairing::Connecting { until, .. } => Some(until),
            _ => None,
        }
    }

    fn conn(&self) -> Option<ConnId> {
        match self.stage {
            Pairing::Idle | Pairing::Up => None,
            Pairing::Making { conn, .. }
            | Pairing::Invite { conn, .. }
            | Pairing::Reply { conn, .. }
            | Pairing::Applying { conn, .. }
            | Pairing::Connecting { conn, .. } => Some(conn),
        }
    }
}

impl Call {
    fn pairing(&mut self) -> Option<&mut Direct> {
        match &mut self.way {
            Way::Direct(direct) => Some(direct),
            Way::Room { .. } => None,
        }
    }

    #[inline(never)]
    pub(super) fn on_create_invite(&mut self, out: &mut Vec<Output>) {
        if !matches!(&self.way, Way::Direct(d) if matches!(d.stage, Pairing::Idle)) {
            return;
        }
        let conn = self.open_conn();
        let op = self.ids.issue(conn);
        out.extend([
            Output::OpenConn { conn, slots: false },
            Output::Start(op, Op::SetLocal(conn)),
            Output::Changed,
        ]);
        let work = Work::Describe { answering: None };
        self.way = Way::Direct(Direct {
            stage: Pairing::Making { conn, op, work },
            trouble: None,
        });
    }

    #[inline(never)]
    pub(super) fn on_use_token(&mut self, text: &str, out: &mut Vec<Output>) {
        out.push(Output::Changed);
        let Way::Direct(direct) = &mut self.way else {
            return;
        };
        let sdp = match token::unpack(text) {
            Ok(sdp) => sdp,
            Err(error) => {
                direct.trouble = Some(error.into());
                return;
            }
        };
        direct.trouble = None;
        match (&direct.stage, sdp.kind) {
            (Pairing::Idle, SdpKind::Offer) => {
                let conn = self.open_conn();
                let op = self.ids.issue(conn);
                let work = Work::ApplyInvite {
                    offer: sdp.text.clone(),
                };
                out.push(Output::OpenConn { conn, slots: false });
                out.push(Output::Start(op, Op::SetRemote(conn, sdp)));
                self.way = Way::Direct(Direct {
                    stage: Pairing::Making { conn, op, work },
                    trouble: None,
                });
            }
            (Pairing::Idle, SdpKind::Answer) => direct.trouble = Some(DirectTrouble::NotAnInvite),
            (Pairing::Invite { .. }, SdpKind::Offer) => {
                direct.trouble = Some(DirectTrouble::NotAReply)
            }
            (Pairing::Invite { conn, token, offer }, SdpKind::Answer) => {
                if !token::answers(offer, text) {
                    direct.trouble = Some(DirectTrouble::OtherInvite);
                    return;
                }
                let (conn, token, offer) = (*conn, token.clone(), offer.clone());
                let op = self.ids.issue(conn);
                direct.stage = Pairing::Applying {
                    conn,
                    op,
                    token,
                    offer,
                };
                out.push(Output::Start(op, Op::SetRemote(conn, sdp)));
            }
            // Pasted twice, or too late: nothing to do.
            _ => {}
        }
    }

    #[inline(never)]
    pub(super) fn on_pairing_done(
        &mut self,
        now: Millis,
        done: OpId,
        result: Result<OpValue, OpError>,
        out: &mut Vec<Output>,
    ) {
        let Way::Direct(direct) = &mut self.way else {
            return;
        };
        let stage = core::mem::replace(&mut direct.stage, Pairing::Idle);
        let ids = &mut self.ids;
        let next = match (stage, result) {
            (Pairing::Making { conn, op, work }, Ok(value)) if op == done => {
                match after(work, value) {
                    Ok(Made::Next(work)) => {
                        let op = ids.issue(conn);
                        let order = match work {
                            Work::Gather { .. } => Op::Gather(conn),
                            _ => Op::SetLocal(conn),
                        };
                        out.push(Output::Start(op, order));
                        Ok(Pairing::Making { conn, op, work })
                    }
                    Ok(Made::Invite { token, offer }) => Ok(Pairing::Invite { conn, token, offer }),
                    Ok(Made::Reply { token }) => Ok(Pairing::Reply { conn, token }),
                    Err(trouble) => Err((conn, trouble)),
                }
            }
            (Pairing::Making { conn, op, .. }, Err(_)) if op == done => {
                Err((conn, DirectTrouble::Refused))
            }
            (Pairing::Applying { conn, op, .. }, Ok(_)) if op == done => Ok(Pairing::Connecting {
                conn,
                until: now.after(CONNECT),
            }),
            (
                Pairing::Applying {
                    conn,
                    op,
                    token,
                    offer,
                },
                Err(_),
            ) if op == done => {
                // The offer still stands: another reply may do.
                direct.trouble = Some(DirectTrouble::Refused);
                Ok(Pairing::Invite { conn, token, offer })
            }
            (stage, _) => Ok(stage),
        };
        match next {
            Ok(stage) => direct.stage = stage,
            Err((conn, trouble)) => {
                direct.trouble = Some(trouble);
                out.push(Output::CloseConn(conn));
            }
        }
        out.push(Output::Changed);
    }

    #[inline(never)]
    pub(super) fn on_pairing_event(
        &mut self,
        now: Millis,
        conn: ConnId,
        event: ConnEvent,
        out: &mut Vec<Output>,
    ) {
        if self.pairing().is_none_or(|d| d.conn() != Some(conn)) {
            return;
        }
        match event {
            ConnEvent::ChannelOpen => {
                out.push(Output::ChannelText(conn, wire::encode(&self.hello())));
            }
            ConnEvent::ChannelText(text) => match wire::decode(&text, wire::MAX_PEER_MSG) {
                Ok(PeerMsg::Hello {
                    id,
                    epoch,
                    name,
                    media,
                    ..
                }) if id != self.me.id => {
                    let mut peer = Peer::new(now, id, epoch, clean_name(&name));
                    let polite = self.is_polite(id);
                    peer.negotiation = Some(Negotiation::paired(conn, polite));
                    peer.session = 1;
                    peer.media = media;
                    peer.channel = true;
                    peer.present = false;
                    peer.stage = Stage::Connected;
                    self.peers.insert(id, peer);
                    self.arrivals.push(id);
                    self.conns.insert(conn, id);
                    self.way = Way::Direct(Direct {
                        stage: Pairing::Up,
                        trouble: None,
                    });
                    self.phase = Phase::InCall;
                    if !polite {
                        out.push(Output::CreateSlots(conn));
                    }
                    self.on_chat_open(now, id, out);
                    out.push(Output::Changed);
                }
                Ok(_) => self.dropped.misplaced += 1,
                Err(_) => self.dropped.garbled += 1,
            },
            ConnEvent::ChannelClosed => self.pairing_failed(conn, out),
            // While a person carries a token from one screen to the other the browser may lose
            // patience; most take up again with the first packet from the other side.
            _ => {}
        }
    }

    #[inline(never)]
    pub(super) fn on_pairing_wake(&mut self, now: Millis, out: &mut Vec<Output>) {
        if let Some(direct) = self.pairing()
            && let Pairing::Connecting { conn, until } = direct.stage
            && until <= now
        {
            self.pairing_failed(conn, out);
        }
    }

    #[inline(never)]
    fn pairing_failed(&mut self, conn: ConnId, out: &mut Vec<Output>) {
        self.ids.forget(conn);
        let waited = self
            .pairing()
            .is_some_and(|d| matches!(d.stage, Pairing::Reply { .. }));
        let trouble = Some(if waited {
            DirectTrouble::GaveUp
        } else {
            DirectTrouble::Unreachable
        });
        self.way = Way::Direct(Direct {
            stage: Pairing::Idle,
            trouble,
        });
        out.extend([Output::CloseConn(conn), Output::Changed]);
    }

    #[inline(never)]
    pub(super) fn stop_pairing(&mut self, out: &mut Vec<Output>) {
        if let Some(direct) = self.pairing()
            && let Some(conn) = direct.conn()
        {
            direct.stage = Pairing::Idle;
            self.ids.forget(conn);
            out.push(Output::CloseConn(conn));
        }
    }
}

enum Made {
    Next(Work),
    Invite { token: String, offer: String },
    Reply { token: String },
}

/// What follows on a finished piece of work.
fn after(work: Work, value: OpValue) -> Result<Made, DirectTrouble> {
    match (work, value) {
        (Work::ApplyInvite { offer }, _) => Ok(Made::Next(Work::Describe {
            answering: Some(offer),
        })),
        (Work::Describe { answering }, _) => Ok(Made::Next(Work::Gather { answering })),
        (Work::Gather { answering: None }, OpValue::Described(Sdp { text, .. })) => {
            let token = token::pack_offer(&text).map_err(|_| DirectTrouble::Refused)?;
            Ok(Made::Invite { token, offer: text })
        }
        (
            Work::Gather {
                answering: Some(offer),
            },
            OpValue::Described(Sdp { text, .. }),
        ) => {
            let token = token::pack_answer(&text, &offer).map_err(|_| DirectTrouble::Refused)?;
            Ok(Made::Reply { token })
        }
        (Work::Gather { .. }, _) => Err(DirectTrouble::Refused),
    }
}

impl From<TokenError> for DirectTrouble {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Empty => DirectTrouble::Empty,
            TokenError::NotAToken => DirectTrouble::NotAToken,
            TokenError::Damaged => DirectTrouble::Damaged,
            TokenError::TooNew => DirectTrouble::TooNew,
        }
    }
}
