//! One server among several: the settings, and what the rest of this server needs to know of it. Without
//! `--cluster` nothing of this runs.
//!
//! | module   | owns |
//! |----------|------|
//! | `bus`    | the connection to NATS: kept, lost, found again |
//! | `people` | the names of this server, alone or together with others |
//! | `rooms`  | the rooms of this server, the same way |
//! | `seal`   | who may speak as a node |
//! | `store`  | names in NATS's key-value store |
//!
//! What nodes say to each other, and what follows from it, is a machine in `duologue_core::cluster`.

mod bus;
mod people;
mod rooms;
mod seal;
mod store;

pub(crate) use people::People;
pub(crate) use rooms::Rooms;

use crate::relay::Relay;
use async_nats::ServerAddr;
use duologue_core::{
    directory::{Directory, Rules},
    hub::{Hub, Limits},
    ids::NodeId,
};
use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::sync::{mpsc, watch};

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

/// Whether the others are in reach, and whether there is something in which names are kept together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach(Arc<Reached>);

#[derive(Debug, Default)]
struct Reached {
    others: AtomicBool,
    /// Where the host wants no names there is nothing to keep.
    has_names: AtomicBool,
    store: AtomicBool,
}

impl Reach {
    /// For whoever balances load, and whoever looks after all this.
    pub(crate) fn word(&self) -> &'static str {
        let is = |it: &AtomicBool| it.load(Ordering::Relaxed);
        match (is(&self.0.others), is(&self.0.has_names), is(&self.0.store)) {
            (false, _, _) => "ok, alone",
            (true, true, false) => "ok, names alone",
            (true, _, _) => "ok",
        }
    }

    fn set(&self, together: bool) {
        self.0.others.store(together, Ordering::Relaxed);
        // What was open is of the connection before.
        self.set_store(false);
    }

    fn set_store(&self, open: bool) {
        self.0.store.store(open, Ordering::Relaxed);
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

/// What serves people, and whether others share it.
pub(crate) struct Machines {
    pub(crate) rooms: Arc<Relay<Rooms>>,
    /// `None`: this host wants no names.
    pub(crate) names: Option<Arc<Relay<People>>>,
    /// `None`: there are no others.
    pub(crate) others: Option<Reach>,
}

/// They wake themselves, for as long as the server lives.
pub(crate) fn start(
    limits: Limits,
    rules: Option<Rules>,
    settings: Option<Settings>,
    stop: watch::Receiver<bool>,
) -> Machines {
    let machines = match settings {
        None => Machines {
            rooms: Arc::new(Relay::new(Rooms::Alone(Hub::new(limits).into()))),
            names: rules.map(|it| Arc::new(Relay::new(People::Alone(Directory::new(it).into())))),
            others: None,
        },
        Some(settings) => together(limits, rules, settings, stop),
    };
    if machines.others.is_some() {
        tokio::spawn(Relay::tick(Arc::downgrade(&machines.rooms)));
    }
    if let Some(names) = &machines.names {
        tokio::spawn(Relay::tick(Arc::downgrade(names)));
    }
    machines
}

fn together(
    limits: Limits,
    rules: Option<Rules>,
    settings: Settings,
    stop: watch::Receiver<bool>,
) -> Machines {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH);
    let wall = wall.map_or(0, |it| u64::try_from(it.as_millis()).unwrap_or(0));
    let me = (new_id(), wall);
    let (says, waiting) = mpsc::channel(rooms::WAITING);
    let rooms = Arc::new(Relay::new(Rooms::together(limits, me, says.clone())));
    let reach = Reach::default();
    let has_names = rules.is_some();
    reach.0.has_names.store(has_names, Ordering::Relaxed);
    let shelf = rules.map(|rules| {
        let (people, writes) = People::together(rules, me, says);
        store::Shelf {
            people: Arc::new(Relay::new(people)),
            writes,
            bucket: format!("duologue_{}_names", settings.name),
            reach: reach.clone(),
            is_told: false,
            is_told_of_late: false,
        }
    });
    let names = shelf.as_ref().map(|it| it.people.clone());
    let line = bus::Line {
        settings,
        rooms: rooms.clone(),
        names: names.clone(),
        reach: reach.clone(),
        stop,
    };
    tokio::spawn(line.keep(waiting, shelf));
    Machines {
        rooms,
        names,
        others: Some(reach),
    }
}

fn new_id() -> NodeId {
    let mut id = [0; 16];
    // It fails on systems without any source of chance; a time is not anybody else's either.
    if getrandom::fill(&mut id).is_err() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        id = now.unwrap_or_default().as_nanos().to_le_bytes();
    }
    NodeId(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_what_it_has_to_do_without() {
        let reach = Reach::default();
        assert_eq!(reach.word(), "ok, alone");
        reach.set(true);
        assert_eq!(reach.word(), "ok");
        reach.0.has_names.store(true, Ordering::Relaxed);
        assert_eq!(reach.word(), "ok, names alone");
        reach.set_store(true);
        assert_eq!(reach.word(), "ok");
        reach.set(false);
        assert_eq!(reach.word(), "ok, alone");
        reach.set(true);
        assert_eq!(reach.word(), "ok, names alone");
    }

    #[test]
    fn a_name_cannot_reach_beyond_its_own_subjects() {
        assert_eq!(name("main-2_B"), Ok("main-2_B".into()));
        for wrong in ["", "a.b", "*", ">", "a b", "ä", &"x".repeat(33)] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
    }
}
