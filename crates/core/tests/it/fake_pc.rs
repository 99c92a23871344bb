//! An `RTCPeerConnection` as far as negotiation can tell: the signalling-state table with its errors,
//! implicit rollback, coalesced `negotiationneeded`, restarts that survive a rollback, and candidates
//! that fit one set of credentials only.

use duologue_core::{
    io::{OpError, Sdp, SdpKind},
    wire::Candidate,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signaling {
    Stable,
    HaveLocalOffer,
    HaveRemoteOffer,
}

/// What a description says, in the place of SDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said {
    pc: u32,
    number: u32,
    ufrag: u32,
    lines: u32,
    /// The author's own screen, and that of the other side.
    screen: bool,
    their_screen: bool,
    /// In an answer: the number of the offer.
    to: u32,
}

#[derive(Debug)]
pub struct FakePc {
    /// Unique in the world.
    pub uid: u32,
    pub signaling: Signaling,
    number: u32,
    ufrag: u32,
    next_ufrag: u32,
    ufrag_before_offer: u32,
    restart: bool,
    /// m-lines wanted (the control channel is one), and agreed on.
    lines: u32,
    agreed: u32,
    /// There are transceivers for one's own screen, they carry it, both sides know of them.
    screen: bool,
    sends_screen: bool,
    agreed_screen: bool,
    /// There are such of the other side.
    their_screen: bool,
    pending_remote: Option<Said>,
    pending_local: Option<u32>,
    /// The number of the offer that was answered last.
    answered: u32,
    /// Who is at the other end, by what was agreed last: (uid, ufrag).
    pub remote: Option<(u32, u32)>,
    pub remote_candidates: Vec<u32>,
    pub connected: bool,
    pub channel: bool,
    pub adopted: bool,
    fired: bool,
}

impl FakePc {
    pub fn new(uid: u32, slots: bool) -> Self {
        FakePc {
            uid,
            signaling: Signaling::Stable,
            number: 0,
            ufrag: 1,
            next_ufrag: 2,
            ufrag_before_offer: 1,
            restart: false,
            lines: if slots { 3 } else { 1 },
            agreed: 0,
            screen: false,
            sends_screen: false,
            agreed_screen: false,
            their_screen: false,
            pending_remote: None,
            pending_local: None,
            answered: 0,
            remote: None,
            remote_candidates: Vec::new(),
            connected: false,
            channel: false,
            adopted: false,
            fired: false,
        }
    }

    pub fn create_slots(&mut self) {
        self.lines = self.lines.max(3);
    }

    pub fn adopt_slots(&mut self) {
        if let Some(said) = self.pending_remote {
            self.lines = self.lines.max(said.lines);
            self.adopted |= said.lines >= 3;
        }
    }

    /// The slots are known to the other side by their order: nothing may come before them.
    pub fn send_screen(&mut self) {
        assert!(self.lines >= 3, "a screen before the slots");
        assert!(!self.sends_screen, "a screen sent twice");
        (self.screen, self.sends_screen) = (true, true);
    }

    pub fn drop_screen(&mut self) {
        self.sends_screen = false;
    }

    pub fn shows_screen_to(&self, other: &FakePc) -> bool {
        self.sends_screen && self.agreed_screen && other.their_screen
    }

    pub fn restart_ice(&mut self) {
        self.restart = true;
    }

    /// Would `negotiationneeded` fire now? Once per need, as the specification has it.
    pub fn take_needed(&mut self) -> bool {
        let more = self.lines > self.agreed || self.screen && !self.agreed_screen;
        let needed = self.signaling == Signaling::Stable && (self.restart || more);
        needed && !std::mem::replace(&mut self.fired, true)
    }

    /// The event was held back: it fires later if it is still due.
    pub fn look_again(&mut self) {
        self.fired = false;
    }

    pub fn set_local(&mut self) -> Result<Sdp, OpError> {
        self.number += 1;
        match self.signaling {
            Signaling::Stable | Signaling::HaveLocalOffer => {
                self.ufrag_before_offer = self.ufrag;
                if self.restart {
                    self.ufrag = self.next_ufrag;
                    self.next_ufrag += 1;
                }
                self.signaling = Signaling::HaveLocalOffer;
                self.pending_local = Some(self.number);
                Ok(self.say(SdpKind::Offer, 0))
            }
            Signaling::HaveRemoteOffer => {
                let Some(said) = self.pending_remote.take() else {
                    return Err(OpError::WrongState);
                };
                if self
                    .remote
                    .is_some_and(|(pc, ufrag)| (pc, ufrag) != (said.pc, said.ufrag))
                {
                    // The other side restarted: so do we, as browsers do in the answer.
                    self.ufrag = self.next_ufrag;
                    self.next_ufrag += 1;
                    self.restart = false;
                }
                self.answered = said.number;
                self.agree(said);
                Ok(self.say(SdpKind::Answer, said.number))
            }
        }
    }

    /// It would have to take an offer of its own back for this description.
    pub fn is_crossed_by(&self, sdp: &Sdp) -> bool {
        sdp.kind == SdpKind::Offer && self.signaling == Signaling::HaveLocalOffer
    }

    pub fn set_remote(&mut self, sdp: &Sdp) -> Result<(), OpError> {
        let said = Said::read(&sdp.text).ok_or(OpError::Refused)?;
        if sdp.text.contains("a=candidate") {
            self.remote_candidates.push(said.ufrag);
        }
        match (sdp.kind, self.signaling) {
            (SdpKind::Offer, _) => {
                if self.signaling == Signaling::HaveLocalOffer {
                    self.ufrag = self.ufrag_before_offer;
                    self.pending_local = None;
                }
                self.signaling = Signaling::HaveRemoteOffer;
                self.pending_remote = Some(said);
                Ok(())
            }
            (SdpKind::Answer, Signaling::HaveLocalOffer) => {
                if self.pending_local != Some(said.to) {
                    return Err(OpError::Refused);
                }
                self.restart = false;
                self.agree(said);
                Ok(())
            }
            (SdpKind::Answer, _) => Err(OpError::WrongState),
        }
    }

    pub fn add_candidate(&mut self, candidate: &Candidate) -> Result<(), OpError> {
        let ufrag: u32 = candidate.candidate.parse().map_err(|_| OpError::Refused)?;
        let known = self
            .pending_remote
            .map(|said| said.ufrag)
            .or(self.remote.map(|(_, ufrag)| ufrag));
        match known {
            None => Err(OpError::WrongState),
            Some(known) if known != ufrag => Err(OpError::Refused),
            Some(_) => {
                self.remote_candidates.push(ufrag);
                Ok(())
            }
        }
    }

    /// A candidate for the credentials of the newest local description.
    pub fn candidate(&self) -> Candidate {
        Candidate {
            candidate: self.ufrag.to_string(),
            mid: Some("0".into()),
            line: Some(0),
        }
    }

    /// Which gathering of candidates this is; a restart begins another.
    pub fn generation(&self) -> (u32, u32) {
        (self.uid, self.ufrag)
    }

    /// Does this end believe in that one, and could it reach it?
    pub fn reaches(&self, other: &FakePc) -> bool {
        self.signaling == Signaling::Stable
            && self.remote == Some((other.uid, other.ufrag))
            && self.remote_candidates.contains(&other.ufrag)
    }

    fn agree(&mut self, said: Said) {
        self.signaling = Signaling::Stable;
        self.remote = Some((said.pc, said.ufrag));
        self.agreed = self.agreed.max(said.lines).min(self.lines.max(said.lines));
        (self.agreed_screen, self.their_screen) = (said.their_screen, said.screen);
        self.pending_local = None;
        self.fired = false;
    }

    /// The whole description of a connection that has its data channel alone, as a token needs it:
    /// real SDP, with what this fake would say hidden in the credentials.
    pub fn whole(&self) -> Option<Sdp> {
        let (kind, to) = match self.signaling {
            Signaling::HaveLocalOffer => (SdpKind::Offer, 0),
            _ => (SdpKind::Answer, self.answered),
        };
        let setup = if kind == SdpKind::Offer {
            "actpass"
        } else {
            "active"
        };
        let text = include_str!("../fixtures/chromium-offer-ipv4.sdp")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| match line.split_once(':') {
                Some(("a=ice-ufrag", _)) => format!("a=ice-ufrag:{:04}", self.uid),
                Some(("a=ice-pwd", _)) => {
                    format!("a=ice-pwd:{:08}{:08}{to:08}", self.number, self.ufrag)
                }
                Some(("a=setup", _)) => format!("a=setup:{setup}"),
                _ => line.to_string(),
            })
            .collect::<Vec<_>>()
            .join("\r\n");
        Some(Sdp {
            kind,
            text: text + "\r\n",
        })
    }

    fn say(&self, kind: SdpKind, to: u32) -> Sdp {
        // An answer has the lines of its offer and no more.
        let (lines, screen) = if kind == SdpKind::Answer {
            (self.agreed, self.agreed_screen)
        } else {
            (self.lines, self.screen)
        };
        let text = format!(
            "{} {} {} {} {} {} {}",
            self.uid,
            self.number,
            self.ufrag,
            lines,
            to,
            u32::from(screen),
            u32::from(self.their_screen)
        );
        Sdp { kind, text }
    }
}

impl Said {
    fn read(text: &str) -> Option<Said> {
        if let Some((_, rest)) = text.split_once("a=ice-ufrag:") {
            let pc = rest.lines().next()?.trim().parse().ok()?;
            let pwd = text.split_once("a=ice-pwd:")?.1.lines().next()?.trim();
            let part = |at: usize| pwd.get(at..at + 8)?.parse().ok();
            return Some(Said {
                pc,
                number: part(0)?,
                ufrag: part(8)?,
                lines: 1,
                screen: false,
                their_screen: false,
                to: part(16)?,
            });
        }
        let mut numbers = text.split(' ').map(|n| n.parse::<u32>().ok());
        let mut next = || numbers.next().flatten();
        Some(Said {
            pc: next()?,
            number: next()?,
            ufrag: next()?,
            lines: next()?,
            to: next()?,
            screen: next()? == 1,
            their_screen: next()? == 1,
        })
    }
}
