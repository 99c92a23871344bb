//! One server among several: the settings, and what the rest of this server needs to know of it. Without
//! `--cluster` nothing of this runs.
//!
//! | module  | owns |
//! |---------|------|
//! | `bus`   | the connection to NATS: kept, lost, found again |
//! | `rooms` | the rooms of this server, alone or together with others |
//! | `seal`  | who may speak as a node |
//!
//! What nodes say to each other, and what follows from it, is a machine in `duologue_core::cluster`.

mod bus;
mod rooms;
mod seal;

pub(crate) use rooms::Rooms;

use crate::relay::Relay;
use async_nats::ServerAddr;
use duologue_core::hub::{Hub, Limits};
use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::watch;

/// How to reach the others.
#[derive(Clone)]
pub struct Settings {
    pub servers: Vec<ServerAddr>,
    /// A file as NATS gives it to its users.
    pub credentials: Option<PathBuf>,
    /// Nodes of another name on the same NATS are strangers.
    pub name: String,
    /// What only nodes know.
    pub secret: Option<Vec<u8>>,
}

impl fmt::Debug for Settings {
    /// Addresses may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Whether the others are in reach.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing(Arc<AtomicBool>);

impl Standing {
    pub(crate) fn is_together(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, together: bool) {
        self.0.store(together, Ordering::Relaxed);
    }
}

/// Where NATS is.
pub fn server(text: &str) -> Result<ServerAddr, String> {
    match text.split_once("://") {
        None | Some(("nats" | "tls", _)) => text.parse().map_err(|error| format!("{error}")),
        Some(_) => Err("say nats://HOST or tls://HOST".into()),
    }
}

/// A word for NATS's subjects: nothing that it takes for more than a letter.
pub fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match (1..=32).contains(&text.len()) && text.chars().all(fits) {
        true => Ok(text.into()),
        false => Err("say 1 to 32 letters, digits, - or _".into()),
    }
}

/// The rooms, and whether others share them. `None`: there are no others.
pub(crate) fn rooms(
    limits: Limits,
    settings: Option<Settings>,
    stop: watch::Receiver<bool>,
) -> (Arc<Relay<Rooms>>, Option<Standing>) {
    let Some(settings) = settings else {
        return (Arc::new(Relay::new(Rooms::Alone(Hub::new(limits)))), None);
    };
    let (rooms, says) = Rooms::together(limits);
    let relay = Arc::new(Relay::new(rooms));
    tokio::spawn(Relay::tick(Arc::downgrade(&relay)));
    let standing = Standing::default();
    let bus = bus::Line {
        settings,
        relay: relay.clone(),
        standing: standing.clone(),
        stop,
    };
    tokio::spawn(bus.keep(says));
    (relay, Some(standing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_reach_beyond_its_own_subjects() {
        assert_eq!(name("main-2_B"), Ok("main-2_B".into()));
        for wrong in ["", "a.b", "*", ">", "a b", "ä", &"x".repeat(33)] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
    }
}
