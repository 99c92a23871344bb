//! Thin wrappers, one browser API a file. They translate types and own handles; they decide nothing
//! and know neither calls nor screens (of the core: ids, time and value types alone).
//!
//! Whatever the browser keeps alive for us (a listener, timer, track, connection, object URL) is a
//! guard here that undoes itself on drop. A callback given to one of these should hold its owner
//! weakly.
//!
//! | file | owns |
//! |---|---|
//! | `error` | `JsValue` → `BrowserError`, by the DOMException's name |
//! | `sys`, `object` | what web-sys lacks; plain JavaScript objects |
//! | `listener`, `wait` | an event listener; a flag that can be awaited |
//! | `peer_connection`, `peer_events`, `description`, `swaps`, `encoder`, `codecs`, `gather`, `ice_trouble`, `stats` | a connection with its control channel; SDP; other tracks; limits; circuits; candidates; servers that fail; figures |
//! | `devices`, `media`, `screen`, `level`, `video`, `unseen`, `sound` | asking for devices; tracks; screens; loudness; showing a stream; looking at one; a short sound |
//! | `drawing`, `mixer`, `recorder` | a picture that is drawn, sounds that are mixed, and both as a file |
//! | `websocket`, `broadcast_channel` | the two ways to a signaller |
//! | `pip` | a small window that stays above others |
//! | `page`, `global`, `host`, `storage`, `clock`, `random`, `clipboard`, `share`, `wake_lock`, `rest`, `service_worker` | the page's surroundings |
//! | `lane`, `storage_worker` | a connection for bytes; the worker that keeps files |
//! | `download`, `file`, `files` | saving something as a file; a file beside the page; files that a person chooses |
//! | `intl` | what languages do with numbers |
//! | `image`, `qr_reader` | grey pixels from a picture or a camera; the worker that reads a QR code |

pub mod broadcast_channel;
pub mod clipboard;
pub mod clock;
pub mod codecs;
mod description;
pub mod devices;
pub mod download;
pub mod drawing;
mod encoder;
pub mod error;
pub mod file;
pub mod files;
mod gather;
mod global;
pub mod host;
pub mod ice_trouble;
pub mod image;
pub mod intl;
pub mod lane;
pub mod level;
pub mod listener;
pub mod media;
pub mod mixer;
pub mod notification;
pub mod object;
pub mod page;
pub mod peer_connection;
mod peer_events;
pub mod pip;
pub mod qr_reader;
pub mod random;
pub mod recorder;
pub mod rest;
pub mod screen;
pub mod service_worker;
pub mod share;
pub mod sound;
pub mod stats;
pub mod storage;
pub mod storage_worker;
mod swaps;
mod sys;
pub mod unseen;
pub mod video;
pub mod wait;
pub mod wake_lock;
pub mod websocket;

pub use error::BrowserError;
pub use listener::Listener;
