//! The rules of a call, without I/O. `Input` in, `Output`s out, time passed in.
//!
//! | module    | owns |
//! |-----------|------|
//! | `ids`     | who and what: peers, rooms, connections, operations |
//! | `time`    | `Millis`, and jittered backoff |
//! | `entropy` | a small seeded generator; the shell supplies the seed |
//! | `json`    | values and messages as text |
//! | `table`   | a map for a handful of things |
//! | `wire`    | everything that travels, versioned |
//! | `seal`    | room secret → room id and keys; sealed envelopes with a replay window |
//! | `token`   | a data-channel offer or answer in about 80 bytes, for paste and QR |
//! | `io`      | the machine's whole vocabulary: `Input`, `Output`, `Intent`, `Op` |
//! | `link`    | the signalling link: dialling, waiting, back again |
//! | `negotiate` | who offers when, over one connection |
//! | `peer`    | one remote person |
//! | `heartbeat` | whether they are still there |
//! | `gesture` | hands and reactions of one person |
//! | `speaker` | who has the floor, by the sound that comes |
//! | `chat`    | what was said in writing: order, delivery, history, and what a text may hold |
//! | `files`   | what is offered, fetched and served: pieces, sources, lanes, resuming |
//! | `verify`  | making sure who it is: codes to compare, knowing each other again |
//! | `call`    | room + peers + link = the machine that the page drives |
//! | `devices` | which camera, microphone and speaker; what follows a lost one |
//! | `diagnose` | what a self-test finds, and the sentence it comes to |
//! | `capture` | what a person set about sound, picture and bits |
//! | `policy`  | how much of it goes to each person |
//! | `roles`   | offers that keep to who called and who was called |
//! | `stereo`  | descriptions that ask for two channels |
//! | `muted`   | speaking while muted |
//! | `ring`    | call by name: signing in, ringing, accepting, busy, both at once |
//! | `hub`     | the server's rooms, a machine of the same kind |
//! | `cluster` | the rooms of several servers that speak to each other |
//! | `directory` | the server's names, another one |
//! | `pace`    | how fast a server lets one client speak, or one address do something |
//! | `shares`  | what clients of one address have together |
//! | `tabs`    | the same rooms between tabs, with no server at all |
//!
//! Nothing here knows a browser, a socket, a clock or a source of chance.

extern crate alloc;

pub mod call;
pub mod capture;
pub mod chat;
pub mod cluster;
pub mod devices;
pub mod diagnose;
pub mod directory;
pub mod entropy;
pub mod files;
pub mod gesture;
pub mod heartbeat;
pub mod hub;
pub mod ids;
pub mod io;
pub mod json;
pub mod link;
pub mod muted;
pub mod negotiate;
pub mod pace;
pub mod peer;
pub mod policy;
pub mod ring;
pub mod roles;
pub mod seal;
mod shares;
pub mod speaker;
pub mod stereo;
pub mod table;
pub mod tabs;
pub mod time;
pub mod token;
pub mod verify;
pub mod wire;
