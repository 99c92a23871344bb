//! Words for the self-test: what each check may come to, and what to do about it.

use super::Text;
use crate::session::check::{
    Camera, Grade, Loopback, Microphone, Probe, Relay, Role, Server, Signalling, Speaker, Verdict,
};

pub struct CheckWords {
    pub title: Text,
    pub text: Text,
    pub run: Text,
    pub stop: Text,
    pub stopped: Text,
    pub own: Text,
    pub network: Text,
    pub addresses: Text,
    pub signalling: Text,
    pub servers: Text,
    /// A server by its address.
    pub server: fn(Role, &str) -> String,
    pub call: Text,
    pub relay: Text,
    pub grade: fn(Grade) -> Text,
    /// What is to be done while a check runs; an empty one for nothing.
    pub camera_running: Text,
    pub microphone_running: Text,
    pub camera: fn(Camera) -> String,
    pub microphone: fn(Microphone) -> Text,
    pub speaker: fn(Speaker) -> Text,
    pub signalling_is: fn(Signalling) -> String,
    /// How many addresses there are.
    pub addresses_are: fn(usize) -> Text,
    pub no_servers: Text,
    pub probe: fn(&Server, &Probe) -> String,
    pub call_is: fn(Loopback) -> String,
    pub relay_is: fn(Relay) -> String,
    /// A candidate's kind, as `host`.
    pub kind: fn(&str) -> Text,
    pub priority: Text,
    pub verdict: fn(Verdict) -> Text,
    /// The next step for the person.
    pub step: fn(Verdict) -> Text,
    /// Beside a verdict that is not the only trouble.
    pub more: Text,
    /// A row in one breath: its name, its grade.
    pub said: fn(&str, Grade) -> String,
    pub report: Text,
    pub report_text: Text,
    pub report_field: Text,
}
