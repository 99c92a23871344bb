//! Making sure who is at the other end of a connection: a short code that two people read to each other,
//! and knowing each other again after that. A machine of its own beside `call`, which carries its
//! messages over the control channel. It knows no browser: certificates and chance are passed in.
//!
//! ```text
//!   Idle ─compare, or they commit─▶ Committed ─they commit─▶ Revealed ─they reveal─▶ Agreed
//!                                       └── silence, a word out of turn, another nonce ──▶ Failed
//! ```
//!
//! A nonce is told when both are committed to, so whoever stands in the middle has one guess and no
//! search. The code comes from both nonces and from the certificates that DTLS used, which are others on
//! each side of somebody in the middle. What fails stays failed for this connection, and shows no code.
//!
//! Once a person has said that the codes match, both devices keep a secret that came with the code. On a
//! later connection each proves to have it, so the same device is known again. Neither has a name or a key
//! that others could know it by. (ZRTP does the same: RFC 6189, section 4.3.)
//!
//! | file           | owns |
//! |----------------|------|
//! | `certificates` | what DTLS used |
//! | `code`         | commitment, code, secret, proof |
//! | `run`          | one run on one connection |
//! | `people`       | who would be known again |

mod certificates;
mod code;
mod people;
mod run;

pub use certificates::{Certificates, Fingerprint, Theirs};
pub use code::{Agreed, Code, End, WORDS, commit};
pub use people::{Acquaintance, MOST, People};
pub use run::Trouble;

use crate::{
    ids::{ConnId, Nonce, PeerId, Proof},
    table::Table,
    time::Millis,
    wire::VerifyMsg,
};
use alloc::{string::String, vec::Vec};
use chacha20::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use run::Run;

/// Whoever has just come is busy with the first picture, and looked at when that is over.
const SETTLED: u64 = 3_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Their control channel is open, this is the connection, and what they are called. May be said
    /// again and again.
    Here {
        peer: PeerId,
        conn: ConnId,
        name: String,
    },
    Away(PeerId),
    /// `used`: by that connection, as the browser tells now.
    Heard {
        peer: PeerId,
        message: VerifyMsg,
        used: Option<Certificates>,
    },
    /// The person wants to see the code.
    Compare(PeerId),
    /// Both read the same, the person says.
    Match(PeerId),
    /// Nobody is to be known any more, nor this device to them.
    Forget,
    Wake,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    Tell(PeerId, VerifyMsg),
    /// For later calls.
    Keep(Acquaintance),
    /// Something that can be shown is different now.
    Changed,
}

/// The code, as far as it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// Nobody wanted it yet.
    None,
    Making,
    Ready(Code),
    Failed(Trouble),
}

/// What there is to say of who somebody is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Nothing.
    #[default]
    Unchecked,
    /// The device that a code was compared with in an earlier call; this is what they were called then.
    Known { name: String },
    /// A code was compared with them, now.
    Compared,
    /// Somebody of that name is known here, and this device does not prove to be theirs.
    Doubtful,
}

pub struct Config {
    pub me: PeerId,
    /// From the browser's own generator, never used again.
    pub chance: [u8; 32],
    pub people: People,
    /// What is kept here is there in later calls. Where it is not, nobody is promised to be known.
    pub keeps: bool,
}

#[derive(Debug)]
struct Person {
    conn: ConnId,
    name: String,
    /// When it is looked, unasked, whether they are known.
    due: Option<Millis>,
    run: Run,
}

pub struct Verify {
    me: PeerId,
    chance: ChaCha20Rng,
    people: People,
    keeps: bool,
    here: Table<PeerId, Person>,
    /// Whose code the person wanted to see before there was a way to them.
    wanted: Option<PeerId>,
    /// Words out of turn.
    dropped: u32,
}

impl Verify {
    pub fn new(config: Config) -> Self {
        Verify {
            me: config.me,
            chance: ChaCha20Rng::from_seed(config.chance),
            people: config.people,
            keeps: config.keeps,
            here: Table::default(),
            wanted: None,
            dropped: 0,
        }
    }

    /// Never fails and never panics. Afterwards `next_wake` is later than `now`.
    pub fn handle(&mut self, now: Millis, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Here { peer, conn, name } => self.on_here(now, peer, conn, name, &mut out),
            Input::Away(peer) => {
                if self.here.remove(&peer).is_some() {
                    out.push(Output::Changed);
                }
            }
            Input::Heard {
                peer,
                message,
                used,
            } => self.on_heard(now, peer, message, used, &mut out),
            Input::Compare(peer) => {
                self.wanted = Some(peer);
                self.begin(now, peer, &mut out);
            }
            Input::Match(peer) => self.on_match(peer, &mut out),
            Input::Forget => {
                self.people = People::default();
                self.here.values_mut().for_each(|it| it.run.forget());
                out.push(Output::Changed);
            }
            Input::Wake => {}
        }
        let due = |it: &Person| it.due.is_some_and(|at| at <= now);
        let due = self.here.iter().filter(|(_, it)| due(it));
        let due: Vec<PeerId> = due.map(|(id, _)| *id).collect();
        for peer in due {
            self.begin(now, peer, &mut out);
        }
        for person in self.here.values_mut() {
            if person.run.on_time(now) {
                out.push(Output::Changed);
            }
        }
        debug_assert!(
            self.next_wake().is_none_or(|at| at > now),
            "a timer stands still"
        );
        out
    }

    pub fn next_wake(&self) -> Option<Millis> {
        let people = self.here.values();
        people
            .filter_map(|it| it.due.into_iter().chain(it.run.until()).min())
            .min()
    }

    pub fn code(&self, peer: PeerId) -> CodeState {
        self.here
            .get(&peer)
            .map_or(CodeState::None, |it| it.run.code())
    }

    pub fn trust(&self, peer: PeerId) -> Trust {
        let Some(person) = self.here.get(&peer) else {
            return Trust::Unchecked;
        };
        let known = person.run.known().and_then(|it| self.people.get(it));
        if person.run.is_matched() {
            Trust::Compared
        } else if let Some(known) = known.filter(|it| it.mine) {
            let name = known.name.clone();
            Trust::Known { name }
        } else if person.run.is_judged() && self.people.knows(&person.name) {
            Trust::Doubtful
        } else {
            Trust::Unchecked
        }
    }

    pub fn people(&self) -> &People {
        &self.people
    }

    pub fn dropped(&self) -> u32 {
        self.dropped
    }

    fn on_here(
        &mut self,
        now: Millis,
        peer: PeerId,
        conn: ConnId,
        name: String,
        out: &mut Vec<Output>,
    ) {
        let known = self.here.get_mut(&peer).filter(|it| it.conn == conn);
        match known {
            Some(person) if person.name == name => return,
            Some(person) => person.name = name,
            None => {
                let looks = self.people.count() > 0;
                let person = Person {
                    conn,
                    name,
                    due: looks.then(|| now.after(SETTLED)),
                    run: Run::default(),
                };
                self.here.insert(peer, person);
                if self.wanted == Some(peer) {
                    self.begin(now, peer, out);
                }
            }
        }
        out.push(Output::Changed);
    }

    /// Does nothing where it has begun, whatever came of it.
    fn begin(&mut self, now: Millis, peer: PeerId, out: &mut Vec<Output>) {
        let nonce = self.fresh_nonce();
        let me = self.me;
        let Some(person) = self.here.get_mut(&peer) else {
            return;
        };
        person.due = None;
        if person.run.begin(now, nonce) {
            let commit = commit(me, peer, &nonce);
            out.push(Output::Tell(peer, VerifyMsg::Commit { commit }));
            out.push(Output::Changed);
        }
    }

    fn on_heard(
        &mut self,
        now: Millis,
        peer: PeerId,
        message: VerifyMsg,
        used: Option<Certificates>,
        out: &mut Vec<Output>,
    ) {
        if let VerifyMsg::Commit { .. } = message {
            self.begin(now, peer, out);
        }
        let me = self.me;
        let Some(person) = self.here.get_mut(&peer) else {
            self.dropped += 1;
            return;
        };
        if matches!(person.run, Run::Failed(_)) {
            self.dropped += 1;
            return;
        }
        match message {
            VerifyMsg::Commit { commit } => match person.run.on_commit(now, commit) {
                Some(nonce) => out.push(Output::Tell(peer, VerifyMsg::Reveal { nonce })),
                None => self.dropped += 1,
            },
            VerifyMsg::Reveal { nonce } => {
                if person.run.on_reveal(now, (me, peer), nonce, used) {
                    let proofs = self.proofs(peer);
                    out.push(Output::Tell(peer, VerifyMsg::Known { proofs }));
                } else {
                    self.dropped += 1;
                }
            }
            VerifyMsg::Known { proofs } => {
                if !person.run.on_known(peer, &proofs, &self.people) {
                    self.dropped += 1;
                }
            }
            VerifyMsg::Match => self.on_their_match(peer, out),
            VerifyMsg::Kept => match person.run.on_kept() {
                Some(secret) => {
                    let name = person.name.clone();
                    out.extend(self.keep(Acquaintance {
                        secret,
                        name,
                        mine: true,
                    }));
                }
                None => self.dropped += 1,
            },
        }
        out.push(Output::Changed);
    }

    /// The person here has compared. Kept here is what the other side has kept too, so that nobody is
    /// missed later for a word that was lost now.
    fn on_match(&mut self, peer: PeerId, out: &mut Vec<Output>) {
        let Some(person) = self.here.get_mut(&peer) else {
            return;
        };
        if !person.run.on_match() {
            return;
        }
        out.push(Output::Changed);
        let known = person.run.known().copied();
        match known.filter(|it| self.people.get(it).is_some()) {
            Some(secret) => {
                let name = person.name.clone();
                out.extend(self.keep(Acquaintance {
                    secret,
                    name,
                    mine: true,
                }));
            }
            None if self.keeps => out.push(Output::Tell(peer, VerifyMsg::Match)),
            None => {}
        }
    }

    fn on_their_match(&mut self, peer: PeerId, out: &mut Vec<Output>) {
        let fresh = self.here.get_mut(&peer).and_then(|person| {
            let secret = person.run.on_their_match()?;
            Some((secret, person.name.clone()))
        });
        let Some((secret, name)) = fresh.filter(|_| self.keeps) else {
            self.dropped += 1;
            return;
        };
        if let Some(kept) = self.keep(Acquaintance {
            secret,
            name,
            mine: false,
        }) {
            out.extend([kept, Output::Tell(peer, VerifyMsg::Kept)]);
        }
    }

    /// `None` where there is no room for them.
    fn keep(&mut self, it: Acquaintance) -> Option<Output> {
        self.people.add(it.clone()).then_some(Output::Keep(it))
    }

    /// In an order that tells nothing, and as many as ever.
    fn proofs(&mut self, peer: PeerId) -> Vec<Proof> {
        let run = self.here.get(&peer).map(|it| &it.run);
        let mut proofs = run.map_or_else(Vec::new, |it| it.proofs(self.me, &self.people));
        while proofs.len() < MOST {
            let mut filler = Proof([0; 16]);
            self.chance.fill_bytes(&mut filler.0);
            proofs.push(filler);
        }
        proofs.sort_unstable();
        proofs
    }

    fn fresh_nonce(&mut self) -> Nonce {
        let mut nonce = Nonce([0; 32]);
        self.chance.fill_bytes(&mut nonce.0);
        nonce
    }
}
