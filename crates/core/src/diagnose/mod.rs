//! The self-test's rules: what each single check may come to, how good that is, and the one sentence
//! that all of them together come to. Pure data: the page does the checking and the saying.
//!
//! A verdict names the first thing to be mended: what stops every call comes before what stops some,
//! and that before what only makes them worse.

pub mod candidate;
mod finding;
pub mod server;
mod verdict;

use crate::{
    json::{Json, Value, Writer},
    record, words,
};
use alloc::vec::Vec;
pub use candidate::{Candidate, Kind};
pub use finding::{Addresses, Camera, Loopback, Microphone, Relay, Signalling, Speaker};
pub use server::{Heard, Outcome, Probe, Role, Server, Way};
pub use verdict::Verdict;

/// How good something is, in the order in which it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    Waiting,
    Running,
    Well,
    Poor,
    Failed,
    /// Nothing to test here.
    Absent,
}

words!(Grade {
    Waiting = "waiting",
    Running = "running",
    Well = "well",
    Poor = "poor",
    Failed = "failed",
    Absent = "absent"
});

impl Grade {
    pub const fn name(self) -> &'static str {
        match self {
            Grade::Waiting => "waiting",
            Grade::Running => "running",
            Grade::Well => "well",
            Grade::Poor => "poor",
            Grade::Failed => "failed",
            Grade::Absent => "absent",
        }
    }
}

pub trait Graded {
    fn grade(&self) -> Grade;
}

/// One check: `Waiting → Running → Done`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Step<T> {
    #[default]
    Waiting,
    Running,
    Done(T),
}

impl<T> Step<T> {
    pub fn done(&self) -> Option<&T> {
        match self {
            Step::Done(it) => Some(it),
            Step::Waiting | Step::Running => None,
        }
    }
}

impl<T: Graded> Step<T> {
    pub fn grade(&self) -> Grade {
        match self {
            Step::Waiting => Grade::Waiting,
            Step::Running => Grade::Running,
            Step::Done(it) => it.grade(),
        }
    }
}

impl<T: Json> Json for Step<T> {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(Step::Waiting),
            Value::Text(it) if it == Grade::Running.name() => Some(Step::Running),
            other => T::read(other).map(Step::Done),
        }
    }

    fn write(&self, to: &mut Writer) {
        match self {
            Step::Waiting => to.raw("null"),
            Step::Running => to.text(Grade::Running.name()),
            Step::Done(it) => it.write(to),
        }
    }
}

/// Everything that is found out, as it is found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub camera: Step<Camera>,
    pub microphone: Step<Microphone>,
    pub speaker: Step<Speaker>,
    pub signalling: Step<Signalling>,
    pub addresses: Step<Addresses>,
    /// Which they are is known once the host has been asked.
    pub servers: Step<Vec<Server>>,
    pub call: Step<Loopback>,
    pub relay: Step<Relay>,
}

record!(Report {
    camera,
    microphone,
    speaker,
    signalling,
    addresses,
    servers,
    call,
    relay
});

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
