//! Call by name, one tab's side of it: signing in with the directory, who is there, ringing and being
//! rung. What it leads to is a room like any other, whose secret the ring carried. Texts of the
//! directory and the person's wishes in, what to do out, time passed in.
//!
//! A ring at the caller: finding → ringing → alerting → (accepted | declined | busy | no answer | gone).
//! At each tab of the callee: knocked → shown → accepted → (taken | cancelled | answered elsewhere).
//! A tab shows nothing before the caller has confirmed the knock. Whatever is not answered is said again.

mod incoming;
mod letters;
mod outgoing;
mod people;

pub use incoming::Incoming;
pub use letters::{Letter, Letters, Why};
pub use outgoing::{Outgoing, Stage};
pub use people::People;

use crate::{
    chat,
    entropy::Entropy,
    ids::RingId,
    link::{Link, LinkAct},
    seal::RoomSecret,
    time::Millis,
    wire::{
        self, Sealed, close,
        names::{Ask, Denial, LetterKey, Say},
    },
};
use alloc::{
    collections::VecDeque,
    string::{String, ToString},
    vec::Vec,
};
use incoming::Life;

/// What has no answer is said again after this.
const AGAIN: u64 = 3_000;
/// Rings at once. Whoever is rung by more people than that hears of no more.
const MOST_RINGS: usize = 4;
/// In a call, a ring that nobody looks at is answered with "busy" after this.
const QUIET: u64 = 10_000;
/// A callee waits this much longer than the caller, so that it is the caller who ends it.
const LONGER: u64 = 5_000;
/// A caller who does not answer a yes for so long is not there any more.
const ANSWER: u64 = 10_000;
/// Rings that are over and may still be asked about.
const REMEMBERED: usize = 32;

#[derive(Clone, Debug)]
pub struct Config {
    /// The same in all tabs of a person, and told to nobody.
    pub secret: [u8; 32],
    /// From the browser's own generator, never used again.
    pub chance: [u8; 32],
    pub seed: u64,
    /// How long it rings, in milliseconds.
    pub patience: u64,
}

#[derive(Clone, Debug)]
pub enum Input {
    User(Intent),
    Opened,
    Text(String),
    Closed(u16),
    Wake,
}

/// What a person wants, or the page on their behalf.
#[derive(Clone, Debug)]
pub enum Intent {
    SignIn(String),
    SignOut,
    /// Rings somebody; `room` is fresh, for this call alone.
    Call(String, RoomSecret),
    Cancel,
    Accept(RingId),
    Decline(RingId, Option<String>),
    /// "I am in another call": what a quiet ring is answered with by itself, only sooner.
    Busy(RingId),
    InCall(bool),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    Dial,
    Send(String),
    HangUp,
    /// Something that is shown.
    Changed,
    /// The call stands: go to that room.
    Enter {
        ring: RingId,
        name: String,
        room: RoomSecret,
        mine: bool,
    },
    /// A ring came to nothing. `mine`: I rang.
    Over {
        ring: RingId,
        name: String,
        mine: bool,
        end: End,
    },
}

/// How a ring came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Declined(Option<String>),
    Busy,
    NoAnswer,
    Cancelled,
    /// They went, or could not be reached any more.
    Gone,
    /// Nobody is signed in under that name.
    Nobody,
    /// One's own name.
    Yourself,
    /// Another tab of mine has it.
    Elsewhere,
}

/// How it stands with the name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    Out,
    /// Asked for.
    Asking(String),
    In {
        name: String,
        listed: bool,
    },
    /// It was mine, and is again as soon as the directory can be reached.
    Away(String),
    Denied {
        code: Denial,
        name: String,
    },
}

/// How a ring ended here, for whoever asks again.
#[derive(Clone, Debug)]
enum Settled {
    Taken(RingId),
    Said(Letter),
    Nothing,
}

pub struct Ring {
    config: Config,
    letters: Letters,
    entropy: Entropy,
    link: Link,
    standing: Standing,
    people: People,
    in_call: bool,
    outgoing: Option<Outgoing>,
    incoming: Vec<Incoming>,
    settled: VecDeque<(RingId, Settled)>,
}

impl Ring {
    pub fn new(config: Config) -> Self {
        Ring {
            letters: Letters::new(&config.secret, config.chance),
            entropy: Entropy::new(config.seed),
            config,
            link: Link::new(),
            standing: Standing::Out,
            people: People::default(),
            in_call: false,
            outgoing: None,
            incoming: Vec::new(),
            settled: VecDeque::new(),
        }
    }

    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    pub fn people(&self) -> &People {
        &self.people
    }

    pub fn outgoing(&self) -> Option<&Outgoing> {
        self.outgoing.as_ref()
    }

    /// Rings that a person should see, the oldest first.
    pub fn incoming(&self) -> impl Iterator<Item = &Incoming> {
        self.incoming.iter().filter(|it| it.is_shown())
    }

    /// A ring while something else goes on: told quietly.
    pub fn is_quiet(&self) -> bool {
        self.in_call || self.outgoing.is_some()
    }

    pub fn handle(&mut self, now: Millis, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::User(intent) => self.on_intent(now, intent, &mut out),
            Input::Opened => {
                self.link.on_open(now);
                self.ask_in(&mut out);
            }
            Input::Text(text) => {
                self.link.on_heard(now);
                if let Ok(say) = wire::decode(&text, wire::MAX_FRAME) {
                    self.on_say(now, say, &mut out);
                }
            }
            Input::Closed(code) => self.on_closed(now, code, &mut out),
            Input::Wake => {}
        }
        self.on_time(now, &mut out);
        out
    }

    pub fn next_wake(&self) -> Option<Millis> {
        let rings = self.incoming.iter().map(Incoming::next_wake);
        let mine = self.outgoing.iter().map(Outgoing::next_wake);
        rings.chain(mine).chain(self.link.next_wake()).min()
    }

    fn on_intent(&mut self, now: Millis, intent: Intent, out: &mut Vec<Output>) {
        match intent {
            Intent::SignIn(name) => {
                self.standing = Standing::Asking(name);
                if self.link.is_open() {
                    self.ask_in(out);
                } else if self.link.is_down() {
                    self.link.dial(now);
                    out.push(Output::Dial);
                }
            }
            Intent::SignOut => {
                self.give_up_all(out);
                self.ask(&Ask::SignOut, out);
                self.sign_off(Standing::Out, out);
            }
            Intent::Call(name, room) => self.call(now, name, room, out),
            Intent::Cancel => self.cancel(Why::Cancelled, End::Cancelled, out),
            Intent::Accept(ring) => self.accept(now, ring, out),
            Intent::Decline(ring, text) => self.turn_down(
                ring,
                Letter::Decline { ring, text },
                End::Declined(None),
                out,
            ),
            Intent::Busy(ring) => self.turn_down(ring, Letter::Busy { ring }, End::Busy, out),
            Intent::InCall(busy) => {
                self.in_call = busy;
                self.ask(&Ask::Busy { busy }, out);
                self.incoming.iter_mut().for_each(|it| it.hush(now, busy));
            }
        }
        out.push(Output::Changed);
    }

    fn on_say(&mut self, now: Millis, say: Say, out: &mut Vec<Output>) {
        match say {
            Say::SignedIn { name, listed } => {
                // With a list, the first part of it begins anew; another name in the same tab has none.
                if !listed {
                    self.people.clear();
                }
                self.standing = Standing::In { name, listed };
                if self.in_call {
                    self.ask(&Ask::Busy { busy: true }, out);
                }
                // What was said while nobody heard it.
                self.outgoing.iter_mut().for_each(|it| it.again = now);
                self.incoming.iter_mut().for_each(|it| it.again = now);
            }
            Say::People { first, people } => self.people.read(first, people),
            Say::Changed { here, gone } => self.people.change(here, &gone),
            Say::Found { name, key } => self.found(now, name, key, out),
            Say::Gone { name } => self.gone(&name, out),
            Say::Told { from, key, letter } => {
                self.told(now, from, key, &letter, out);
            }
            Say::Denied { code, name } => self.denied(code, name, out),
            Say::Pong => return,
        }
        out.push(Output::Changed);
    }

    fn on_closed(&mut self, now: Millis, code: u16, out: &mut Vec<Output>) {
        // The directory has said why already.
        if matches!(code, close::SERVER_FULL | close::UNSUPPORTED_VERSION) {
            self.link.close();
            return;
        }
        let why = match code {
            close::TOO_MANY => Some(Denial::TooMany),
            // Whoever waits for an answer is told; whoever had the name comes back for it by themselves.
            close::TOO_FAST => self.is_asking().then_some(Denial::TooFast),
            close::PASS_WANTED | close::PASS_REFUSED => Some(Denial::Uninvited),
            _ => None,
        };
        if let Some(why) = why {
            self.link.close();
            self.turned_away(why, String::new(), out);
            out.push(Output::Changed);
            return;
        }
        self.link.on_closed(now, &mut self.entropy);
        if let Standing::In { name, .. } = &self.standing {
            self.standing = Standing::Away(name.clone());
            out.push(Output::Changed);
        }
    }

    fn on_time(&mut self, now: Millis, out: &mut Vec<Output>) {
        match self.link.on_wake(now, &mut self.entropy) {
            Some(LinkAct::Dial) => out.push(Output::Dial),
            // A way that is doubted; here nobody doubts it.
            Some(LinkAct::HangUpAndWait | LinkAct::Redial) => {
                out.push(Output::HangUp);
                self.on_closed(now, close::GOING_AWAY, out);
            }
            Some(LinkAct::Ping) => self.ask(&Ask::Ping, out),
            None => {}
        }
        let late = |it: &Outgoing| it.until <= now;
        if self.outgoing.as_ref().is_some_and(late) {
            self.cancel(Why::NoAnswer, End::NoAnswer, out);
            out.push(Output::Changed);
        }
        if let Some(outgoing) = self.outgoing.as_mut().filter(|it| it.again <= now) {
            outgoing.again = now.after(AGAIN);
            self.ring_again(out);
        }
        for ring in self.due(now) {
            self.incoming_again(now, ring, out);
        }
    }

    fn due(&self, now: Millis) -> Vec<RingId> {
        let due = self.incoming.iter().filter(|it| it.next_wake() <= now);
        due.map(|it| it.ring).collect()
    }

    /// Signs in, if that is wanted.
    fn ask_in(&mut self, out: &mut Vec<Output>) {
        let (Standing::Asking(name) | Standing::Away(name) | Standing::In { name, .. }) =
            &self.standing
        else {
            return;
        };
        let ask = Ask::SignIn {
            version: wire::VERSION,
            name: name.clone(),
            token: self.letters.token(),
            key: self.letters.key(),
        };
        self.ask(&ask, out);
    }

    fn denied(&mut self, code: Denial, name: String, out: &mut Vec<Output>) {
        let ours = |it: &Outgoing| it.asked == name || it.name() == Some(&name);
        match code {
            Denial::Nobody | Denial::Yourself => {
                let end = match code {
                    Denial::Yourself => End::Yourself,
                    _ => End::Nobody,
                };
                if let Some(outgoing) = self.outgoing.take_if(|it| ours(it)) {
                    let end = match outgoing.stage {
                        Stage::Finding => end,
                        Stage::Ringing | Stage::Alerting => End::Gone,
                    };
                    out.push(outgoing.over(end));
                }
            }
            Denial::Taken
            | Denial::BadName
            | Denial::UnsupportedVersion
            | Denial::Full
            | Denial::TooMany
            | Denial::Uninvited => self.turned_away(code, name, out),
            // It was said of the name, and not of some message.
            Denial::TooFast if self.is_asking() && !name.is_empty() => {
                self.turned_away(code, name, out);
            }
            // A name that was mine is asked for again with the next connection: the directory keeps none
            // that is nobody's.
            Denial::TooFast => {}
            Denial::NotSignedIn | Denial::BadMessage => {}
        }
    }

    /// There is no name for this tab, and that is said.
    fn turned_away(&mut self, code: Denial, name: String, out: &mut Vec<Output>) {
        self.give_up_all(out);
        self.sign_off(Standing::Denied { code, name }, out);
    }

    fn is_asking(&self) -> bool {
        matches!(self.standing, Standing::Asking(_))
    }

    fn sign_off(&mut self, standing: Standing, out: &mut Vec<Output>) {
        self.standing = standing;
        self.people.clear();
        if !self.link.is_down() {
            self.link.close();
            out.push(Output::HangUp);
        }
    }

    /// Before going: nobody is left ringing.
    fn give_up_all(&mut self, out: &mut Vec<Output>) {
        self.cancel(Why::Cancelled, End::Cancelled, out);
        let rings: Vec<RingId> = self.incoming.iter().map(|it| it.ring).collect();
        for ring in rings {
            let text = None;
            self.turn_down(ring, Letter::Decline { ring, text }, End::Gone, out);
        }
    }

    fn gone(&mut self, name: &str, out: &mut Vec<Output>) {
        if let Some(outgoing) = self.outgoing.take_if(|it| it.name() == Some(name)) {
            self.settle(outgoing.ring, Settled::Nothing);
            out.push(outgoing.over(End::Gone));
        }
        for over in self.incoming.extract_if(.., |it| it.name == name) {
            out.extend(over.over(End::Gone));
        }
    }

    fn told(
        &mut self,
        now: Millis,
        from: String,
        key: LetterKey,
        letter: &Sealed,
        out: &mut Vec<Output>,
    ) -> Option<()> {
        let by = (from, key);
        match self.letters.open(key, letter)? {
            Letter::Ring { ring, room } => self.on_ring(now, by, ring, &room, out),
            Letter::On { ring, tab } => {
                let busy = self.is_quiet();
                let it = self.incoming_of(ring, &by.0).filter(|it| it.tab == tab)?;
                it.show(now, busy);
            }
            Letter::Taken { ring, tab } => {
                let it = self.take_incoming(ring, &by.0)?;
                self.settle(ring, Settled::Nothing);
                if it.tab == tab && it.life == Life::Accepted {
                    // Both rang: the other's ring is the call, and mine is none.
                    if self
                        .outgoing
                        .as_ref()
                        .is_some_and(|own| own.name() == Some(&by.0))
                    {
                        self.drop_outgoing(Why::Answered, out);
                    }
                    out.push(it.enter());
                } else {
                    out.extend(it.over(End::Elsewhere));
                }
            }
            Letter::Cancel { ring, why } => {
                let it = self.take_incoming(ring, &by.0)?;
                self.settle(ring, Settled::Nothing);
                out.extend(it.over(match why {
                    Why::Cancelled => End::Cancelled,
                    Why::NoAnswer => End::NoAnswer,
                    Why::Answered => End::Elsewhere,
                }));
            }
            Letter::Alert { ring, tab } => {
                if let Some(outgoing) = self.outgoing_of(ring, &by.0) {
                    outgoing.stage = Stage::Alerting;
                    self.write(&by, &Letter::On { ring, tab }, out);
                } else {
                    self.say_how_it_ended(&by, ring, out);
                }
            }
            Letter::Accept { ring, tab } => {
                if self.outgoing_of(ring, &by.0).is_some() {
                    let outgoing = self.outgoing.take()?;
                    self.settle(ring, Settled::Taken(tab));
                    self.write(&by, &Letter::Taken { ring, tab }, out);
                    out.push(outgoing.enter());
                } else {
                    self.say_how_it_ended(&by, ring, out);
                }
            }
            Letter::Decline { ring, text } => {
                let text = text.and_then(|it| chat::clean(&it).ok());
                self.refused(&by, ring, End::Declined(text), out)?;
            }
            Letter::Busy { ring } => self.refused(&by, ring, End::Busy, out)?,
        }
        Some(())
    }

    /// A letter to all tabs of somebody.
    fn write(&mut self, (to, key): &(String, LetterKey), letter: &Letter, out: &mut Vec<Output>) {
        if let Some(letter) = self.letters.seal(*key, letter) {
            let to = to.clone();
            self.ask(&Ask::Tell { to, letter }, out);
        }
    }

    /// What cannot be said now is said again later, or has no meaning by then.
    fn ask(&self, ask: &Ask, out: &mut Vec<Output>) {
        if self.link.is_open() {
            out.push(Output::Send(wire::encode(ask)));
        }
    }

    fn settle(&mut self, ring: RingId, how: Settled) {
        self.settled.push_back((ring, how));
        if self.settled.len() > REMEMBERED {
            self.settled.pop_front();
        }
    }

    fn settled(&self, ring: RingId) -> Option<Settled> {
        let found = self.settled.iter().find(|(it, _)| *it == ring);
        found.map(|(_, how)| how.clone())
    }

    /// To somebody who missed how a ring of mine ended. Other tabs of mine know nothing of it, and say
    /// nothing.
    fn say_how_it_ended(&mut self, by: &(String, LetterKey), ring: RingId, out: &mut Vec<Output>) {
        let letter = match self.settled(ring) {
            Some(Settled::Taken(tab)) => Letter::Taken { ring, tab },
            Some(Settled::Said(letter)) => letter,
            Some(Settled::Nothing) | None => return,
        };
        self.write(by, &letter, out);
    }
}

/// A room that a ring carries is one that a page made: nobody is led to one whose name can be guessed.
fn room_of(address: &str) -> Option<RoomSecret> {
    let room = RoomSecret::parse(address).ok()?;
    (!room.is_typed()).then_some(room)
}

fn to_name(name: &str) -> String {
    name.trim().to_string()
}
