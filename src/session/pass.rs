//! What this browser shows to a host that is not for everybody: a pass, out of an invitation's link or for
//! the host's password. The password itself is kept nowhere.

use crate::browser::{
    host::{self, Said},
    page, storage,
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

const KEY: &str = "duologue.pass";

pub(super) fn shown() -> Option<String> {
    storage::local_get(KEY)
}

/// An invitation's link: the pass, and where it leads behind that. The address goes on without the pass, so
/// that nobody hands it on by mistake. The page has to begin anew then.
pub fn take_invite(text: &str) {
    let (pass, way) = text.split_once('/').unwrap_or((text, ""));
    storage::local_set(KEY, pass);
    page::replace_fragment(&["/", way].concat());
}

/// Where somebody stands without a pass.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Knock {
    /// Is there a password at all?
    Asking,
    NoPassword,
    Ready,
    Waiting,
    Wrong,
    TooFast,
    Unreachable,
    /// The page has to begin anew.
    Open,
}

#[derive(Clone, Copy)]
pub struct Door(RwSignal<Knock>);

impl Door {
    pub fn find() -> Door {
        let door = Door(RwSignal::new(Knock::Asking));
        spawn_local(async move {
            let config = host::config(None).await;
            let knock = match config.is_some_and(|it| it.has("password")) {
                true => Knock::Ready,
                false => Knock::NoPassword,
            };
            door.0.try_set(knock);
        });
        door
    }

    pub fn stands(self) -> Knock {
        self.0.get()
    }

    pub fn say(self, word: String) {
        self.0.set(Knock::Waiting);
        spawn_local(async move {
            let knock = match host::say_password(word.trim()).await {
                Ok(Said::Pass(pass)) => {
                    storage::local_set(KEY, &pass);
                    Knock::Open
                }
                Ok(Said::Wrong) => Knock::Wrong,
                Ok(Said::TooFast) => Knock::TooFast,
                Err(_) => Knock::Unreachable,
            };
            self.0.try_set(knock);
        });
    }
}
