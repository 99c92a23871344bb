//! What the screens talk to. A `Call` (room or direct) and the person's own `Local` devices: signals to
//! read, intents to send. Screens never see the core's inputs and outputs, nor a browser handle other
//! than the `Stream` they attach to a `<video>`.
//!
//! `driver` owns the core's machine, `files` the one for files, `effects` carries out what it wants, `signaller` is the way to
//! strangers, `show` turns its snapshot into signals, `support` is `window.duologue`.

mod call;
pub mod chat;
pub mod check;
mod chime;
mod driver;
mod effects;
mod figures;
pub mod files;
pub mod hiding;
mod identity;
mod jolts;
mod keep;
pub mod language;
mod local;
mod means;
pub mod names;
pub mod pass;
pub mod pass_on;
mod pulse;
pub mod recording;
mod rest;
pub mod scan;
mod sending;
mod share;
mod show;
mod signaller;
mod signs;
mod support;
pub mod taste;
pub mod verify;
mod view;

pub use call::Call;
pub use figures::{Figures, Moment, POINTS, Point, Rate, Rates, Stream as MediaStream};
pub use keep::keep_page;
pub use local::Local;
pub use recording::{RecordState, RecordTrouble, Recorded, Recording};
pub use rest::{rest_is_there, rest_is_there_after};
pub use share::{Detail, Share};
pub use signs::{Ears, Reaction, Signs};
pub use view::{
    Capture, Device, DeviceKind, DeviceNews, DeviceState, DirectStep, DirectTrouble, Ended,
    FrameRate, Limit, LinkStatus, Offer, Phase, Resolution, RoomError, Screen, ShareState,
    ShareTrouble, SoundTest, Tile, TileState, Trouble, Trust,
};
