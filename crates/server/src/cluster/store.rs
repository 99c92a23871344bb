//! Names in NATS's key-value store: shows the machine what is in it, and writes what it asks for, over the
//! revision that it names and no other. A name is kept under a hash of it, in memory, for a day at most after
//! it was written last. Never decides whose a name is.

use super::{
    Reach,
    people::{People, Write},
    seal::Seal,
};
use crate::{relay::Relay, say};
use async_nats::{
    Client,
    jetstream::{
        self,
        kv::{Entry, Operation, Store, UpdateErrorKind},
        stream::{Config, DiscardPolicy, StorageType},
    },
};
use base64ct::{Base64UrlUnpadded, Encoding};
use duologue_core::{
    cluster::{message::Claimed, names::Wrote},
    wire::{self, MAX_FRAME},
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use sha2::{Digest, Sha256};
use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::{sync::mpsc, time::sleep};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Between two tries to open it.
const PAUSE: Duration = Duration::from_secs(2);
/// Writes whose answers are still out.
const AT_ONCE: usize = 64;

/// What belongs to names, for as long as the server lives.
pub(super) struct Shelf {
    pub(super) people: Arc<Relay<People>>,
    pub(super) writes: mpsc::Receiver<Write>,
    pub(super) bucket: String,
    pub(super) reach: Reach,
    /// The host has been told that it cannot be had.
    pub(super) is_told: bool,
    /// And that there are old names in it.
    pub(super) is_told_of_late: bool,
}

impl Shelf {
    /// On this connection, until somebody drops it: then the store counts as gone until the next one.
    pub(super) async fn serve(&mut self, client: &Client, seal: &Seal) -> Infallible {
        loop {
            let why = match self.open(client).await {
                Ok(store) => {
                    self.is_told = false;
                    while self.writes.try_recv().is_ok() {}
                    self.people.tell(|it, now| it.store(now, true));
                    self.reach.set_store(true);
                    let why = self.talk(&store, seal).await;
                    self.reach.set_store(false);
                    self.people.tell(|it, now| it.store(now, false));
                    why
                }
                Err(why) => why,
            };
            if !self.is_told {
                say(&format!(
                    "NATS keeps no names ({why}): until it does, they are unique on this server alone"
                ));
                self.is_told = true;
            }
            sleep(PAUSE).await;
        }
    }

    async fn open(&self, client: &Client) -> Result<Store, String> {
        let stream = jetstream::new(client.clone());
        if let Ok(store) = stream.get_key_value(&self.bucket).await {
            return Ok(store);
        }
        // A bucket is a stream with these rules. The library's own way asks for the account first, in
        // words that NATS 2.9 does not answer.
        let config = Config {
            name: format!("KV_{}", self.bucket),
            description: Some("who is signed in to Duologue under which name".into()),
            subjects: vec![format!("$KV.{}.>", self.bucket)],
            max_messages_per_subject: 1,
            max_age: DAY,
            storage: StorageType::Memory,
            discard: DiscardPolicy::New,
            allow_rollup: true,
            deny_delete: true,
            allow_direct: true,
            num_replicas: 1,
            ..Config::default()
        };
        let created = stream.create_stream(config).await;
        created.map_err(|error| error.kind().to_string())?;
        let store = stream.get_key_value(&self.bucket).await;
        store.map_err(|error| error.kind().to_string())
    }

    async fn talk(&mut self, store: &Store, seal: &Seal) -> String {
        let mut watch = match store.watch_with_history(">").await {
            Ok(watch) => watch,
            Err(error) => return error.kind().to_string(),
        };
        let mut flying = FuturesUnordered::new();
        loop {
            tokio::select! {
                entry = watch.next() => match entry {
                    Some(Ok(entry)) => {
                        // What was removed by others than us holds no name.
                        if let Some((name, claimed)) = read(seal, &entry) {
                            let revision = entry.revision;
                            self.people.tell(|it, now| it.seen(now, &name, revision, claimed));
                        } else if !self.is_told_of_late && is_late(seal, &entry) {
                            say(
                                "NATS has a name that was written long before or after it got it: \
                                 somebody puts old ones back, or clocks differ by more than a minute"
                            );
                            self.is_told_of_late = true;
                        }
                    }
                    Some(Err(error)) => return error.to_string(),
                    None => return "it ended".into(),
                },
                write = self.writes.recv(), if flying.len() < AT_ONCE => match write {
                    Some(write) => flying.push(put(store, seal, write)),
                    None => return "the server stops".into(),
                },
                Some((name, wrote)) = flying.next(), if !flying.is_empty() => {
                    self.people.tell(|it, now| it.wrote(now, &name, wrote));
                }
            }
        }
    }
}

fn key_of(name: &str) -> String {
    let digest = Sha256::new()
        .chain_update(b"duologue name 1\0")
        .chain_update(name)
        .finalize();
    Base64UrlUnpadded::encode_string(&digest[..16])
}

/// Where NATS keeps it: in this bucket and no other.
fn address(bucket: &str, key: &str) -> String {
    format!("$KV.{bucket}.{key}")
}

/// The name, and who has it. A name that nobody has is kept alone.
fn read(seal: &Seal, entry: &Entry) -> Option<(String, Option<Claimed>)> {
    if entry.operation != Operation::Put {
        return None;
    }
    let put = SystemTime::from(entry.created);
    let text = seal.open_put(&address(&entry.bucket, &entry.key), put, &entry.value)?;
    let (name, claimed) = match text.strip_prefix('-') {
        Some(name) => (name.to_owned(), None),
        None => {
            let claimed: Claimed = wire::decode(text, MAX_FRAME).ok()?;
            (claimed.name.clone(), Some(claimed))
        }
    };
    // Under another key it is not what anybody here looks for.
    (key_of(&name) == entry.key).then_some((name, claimed))
}

/// One of ours wrote it, at another time.
fn is_late(seal: &Seal, entry: &Entry) -> bool {
    let text = seal.open(&address(&entry.bucket, &entry.key), &entry.value);
    entry.operation == Operation::Put && text.is_some() && read(seal, entry).is_none()
}

async fn put(store: &Store, seal: &Seal, write: Write) -> (String, Wrote) {
    let Write {
        name,
        revision,
        entry,
    } = write;
    let key = key_of(&name);
    let text = match &entry {
        Some(entry) => wire::encode(entry),
        None => format!("-{name}"),
    };
    let value = seal.close_at(&address(&store.name, &key), SystemTime::now(), &text);
    let wrote = match store.update(&key, value.into(), revision).await {
        Ok(revision) => Wrote::Done(revision),
        Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => {
            match store.entry(&key).await {
                Ok(Some(entry)) => {
                    let claimed = read(seal, &entry).and_then(|(_, claimed)| claimed);
                    Wrote::Conflict(entry.revision, claimed)
                }
                Ok(None) => Wrote::Conflict(0, None),
                Err(_) => Wrote::Failed,
            }
        }
        Err(_) => Wrote::Failed,
    };
    (name, wrote)
}
