//! A whole call with anything coming in, by its signaller, by a person in the room and by the control
//! channels; and a direct one that is given any token.

use duologue_core::{
    call::{Call, Config},
    ids::{ConnId, Epoch, OpId, PeerId, PeerToken, RoomId},
    io::{
        ConnEvent, ConnState, Input, Intent, Op, OpError, OpValue, Output, Sdp, SdpKind,
        SignalEvent,
    },
    seal::{RoomSecret, Seal, To},
    time::Millis,
    verify::{self, Certificates, People, Verify},
    wire::{Media, Sealed, ServerMsg, VERSION, VerifyMsg, encode},
};

const EPOCH: Epoch = Epoch(20);

struct Shell {
    call: Call,
    verify: Verify,
    now: Millis,
    conns: Vec<ConnId>,
    ops: Vec<(OpId, Op)>,
}

fn config() -> Config {
    let media = Media {
        microphone: true,
        camera: true,
    };
    Config {
        token: PeerToken([2; 16]),
        epoch: EPOCH,
        seed: 7,
        media,
    }
}

impl Shell {
    fn new(call: Call) -> Self {
        let me = call.me();
        let verify = Verify::new(verify::Config {
            me,
            chance: [5; 32],
            people: People::default(),
            keeps: true,
        });
        let mut shell = Shell {
            call,
            verify,
            now: Millis(0),
            conns: Vec::new(),
            ops: Vec::new(),
        };
        let outputs = shell.call.start(shell.now);
        shell.execute(outputs);
        shell
    }

    fn give(&mut self, input: Input) {
        let outputs = self.call.handle(self.now, input);
        self.execute(outputs);
        self.call.view();
    }

    fn execute(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::OpenConn { conn, .. } => self.conns.push(conn),
                Output::CloseConn(conn) => self.conns.retain(|known| *known != conn),
                Output::Start(op, work) => self.ops.push((op, work)),
                Output::Verify(peer, message) => self.verify(peer, message),
                _ => {}
            }
        }
    }

    fn verify(&mut self, peer: PeerId, message: VerifyMsg) {
        let (own, theirs) = ([5; 32], [6; 32]);
        let used = Some(Certificates { own, theirs });
        let (conn, name) = (ConnId(1), "Ana".to_string());
        for input in [
            verify::Input::Here { peer, conn, name },
            verify::Input::Heard {
                peer,
                message,
                used,
            },
        ] {
            for output in self.verify.handle(self.now, input) {
                if let verify::Output::Tell(to, message) = output {
                    self.give(Input::User(Intent::TellOfCode(to, message)));
                }
            }
        }
        self.verify.trust(peer);
    }

    fn signal(&mut self, message: &ServerMsg) {
        self.give(Input::Signal(SignalEvent::Text(encode(message))));
    }

    /// What happens in the browser; `text` is what a description or a channel then says.
    fn browser(&mut self, what: u8, text: &str) {
        let conn = self.conns.last().copied().unwrap_or(ConnId(0));
        let event = match what {
            b'n' => ConnEvent::NegotiationNeeded,
            b'i' => ConnEvent::Candidate(Default::default()),
            b'+' => ConnEvent::State(ConnState::Connected),
            b'-' => ConnEvent::State(ConnState::Failed),
            b'~' => ConnEvent::State(ConnState::Disconnected),
            b'o' => ConnEvent::ChannelOpen,
            b'q' => ConnEvent::ChannelClosed,
            b't' => ConnEvent::ChannelText(text.to_string()),
            b'd' | b'x' => return self.done(what == b'd', text),
            _ => {
                let wake = self
                    .call
                    .next_wake()
                    .map_or(self.now.after(1000), |(at, _)| at);
                self.now = self.now.max(wake);
                return self.give(Input::Wake);
            }
        };
        self.give(Input::Conn(conn, event));
    }

    fn done(&mut self, fine: bool, text: &str) {
        let Some((op, work)) = self.ops.pop() else {
            return;
        };
        let described = |kind| {
            OpValue::Described(Sdp {
                kind,
                text: text.to_string(),
            })
        };
        let value = match work {
            Op::SetLocal(_) | Op::Gather(_) => described(SdpKind::Offer),
            Op::SetRemote(..) | Op::AddCandidate(..) => OpValue::Nothing,
            Op::CaptureScreen => OpValue::Captured { sound: fine },
        };
        self.give(Input::Done(
            op,
            if fine {
                Ok(value)
            } else {
                Err(OpError::Refused)
            },
        ));
    }
}

/// A line's first byte says where it comes from: `s` the signaller, `l` a letter and `c` a card by
/// somebody in the room, `u` the person's own doing; else the browser.
pub fn in_room(text: &str) {
    let keys = || RoomSecret::from_bytes([8; 16]).keys();
    let (room, ben, ana): (RoomId, PeerId, PeerId) =
        (keys().room(), PeerToken([2; 16]).id(), PeerId([1; 16]));
    let mut theirs = Seal::new(keys(), ana, Epoch(10));
    let mut shell = Shell::new(Call::room(config(), keys()));
    shell.give(Input::User(Intent::Join {
        name: "Ben".to_string(),
    }));
    shell.give(Input::Signal(SignalEvent::Open));
    shell.signal(&ServerMsg::Welcome {
        version: VERSION,
        you: ben,
    });
    shell.signal(&ServerMsg::Room {
        room,
        joined: true,
        peers: Vec::new(),
    });
    for line in text.lines() {
        let mut chars = line.chars();
        let (Some(from), rest) = (chars.next(), chars.as_str()) else {
            continue;
        };
        match from {
            's' => shell.give(Input::Signal(SignalEvent::Text(rest.to_string()))),
            'l' => {
                let body: Sealed = theirs.seal(To::Peer(ben, EPOCH), rest.as_bytes());
                shell.signal(&ServerMsg::Relayed {
                    room,
                    from: ana,
                    body,
                });
            }
            'c' => {
                let card = theirs.seal(To::Everyone, rest.as_bytes());
                shell.signal(&ServerMsg::Entered {
                    room,
                    peer: ana,
                    card,
                });
            }
            'u' => shell.give(Input::User(match rest {
                "leave" => Intent::Leave,
                "retry" => Intent::Retry(ana),
                "unload" => Intent::Unload,
                "share" => Intent::ShareScreen,
                "unshare" => Intent::StopScreen,
                name => Intent::Join {
                    name: name.to_string(),
                },
            })),
            'z' => shell.give(Input::Signal(SignalEvent::Closed(
                rest.parse().unwrap_or(1006),
            ))),
            'a' => shell.give(Input::Signal(SignalEvent::Open)),
            other => shell.browser(other as u8, rest),
        }
    }
}

/// `k` uses the line as a token, `m` makes an invite; else the browser.
pub fn direct(text: &str) {
    let mut shell = Shell::new(Call::direct(config()));
    shell.give(Input::User(Intent::Join {
        name: "Ben".to_string(),
    }));
    for line in text.lines() {
        let mut chars = line.chars();
        let (Some(from), rest) = (chars.next(), chars.as_str()) else {
            continue;
        };
        match from {
            'k' => shell.give(Input::User(Intent::UseToken(rest.to_string()))),
            'm' => shell.give(Input::User(Intent::CreateInvite)),
            other => shell.browser(other as u8, &rest.replace('|', "\r\n")),
        }
    }
}
