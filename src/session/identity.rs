//! Who this tab is. The token survives a reload and nothing else: it lies in the session storage only
//! between the two lives of a tab, so that a duplicated tab is somebody new.

use crate::browser::{clock, random, storage};
use duologue_core::{
    call::Config,
    ids::{Epoch, PeerToken},
    wire::Media,
};
use std::cell::{Cell, OnceCell};

const KEY: &str = "duologue.token";

thread_local! {
    static TOKEN: OnceCell<PeerToken> = const { OnceCell::new() };
    /// The newest of this tab's lives.
    static EPOCH: Cell<Epoch> = const { Cell::new(Epoch(0)) };
}

fn token() -> PeerToken {
    TOKEN.with(|token| {
        *token.get_or_init(|| {
            let kept = storage::session_get(KEY).as_deref().and_then(read);
            storage::session_remove(KEY);
            let (token, epoch) = kept.unwrap_or_else(|| (PeerToken(random::bytes()), Epoch(0)));
            EPOCH.set(epoch);
            token
        })
    })
}

fn read(kept: &str) -> Option<(PeerToken, Epoch)> {
    let (token, epoch) = kept.split_once('.')?;
    Some((PeerToken::parse(token)?, Epoch(epoch.parse().ok()?)))
}

/// To be called when the page goes away.
pub fn keep() {
    let token = token().text();
    storage::session_set(KEY, &[&token, ".", &EPOCH.get().0.to_string()].concat());
}

/// Later than every earlier life, though the clock may have been set back in between.
fn next_epoch(chance: u64) -> Epoch {
    let Epoch(newest) = EPOCH.get();
    let epoch = Epoch::new(clock::wall_ms(), chance).max(Epoch(newest + 1));
    EPOCH.set(epoch);
    epoch
}

/// A fresh life: every call of a page load is one.
pub fn config(media: Media) -> Config {
    let seed = u64::from_le_bytes(random::bytes());
    Config {
        token: token(),
        epoch: next_epoch(seed),
        seed: seed.rotate_left(32),
        media,
    }
}

/// The name that a person used last, or that the address presets.
pub fn name() -> String {
    super::means::presets()
        .name
        .or_else(|| storage::local_get(NAME))
        .unwrap_or_default()
}

pub fn keep_name(name: &str) {
    storage::local_set(NAME, name);
}

const NAME: &str = "duologue.name";
