//! The server's names as a machine: who is signed in under which, who may have one, and letters between
//! them, which it cannot open. Texts of tabs in, texts for tabs out, time passed in. What makes two
//! names look alike is a table too large for this crate: the shell brings it. Must never know a socket.
//!
//! A name is somebody's for as long as one of their tabs is here, and 30 s longer: a tab that reloads or
//! loses its network finds it free. Whoever signs out gives it back at once.

pub(crate) mod abroad;
mod claims;
mod letters;

pub use claims::{Fold, Folded};

use crate::{
    hub::{ClientKey, Effect, Source},
    ids::PeerId,
    pace::{Bucket, MESSAGES, Pace, Rate},
    shares::{Paces, Shares},
    time::Millis,
    wire::{
        self, close,
        names::{Ask, Denial, LetterKey, Listed, MAX_LISTED, Say},
    },
};
use abroad::{Abroad, Wanted};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    sync::Arc,
    vec::Vec,
};
use claims::{Claims, Left};

/// The list and its changes are told no more often than this, so that a thousand people who come at once
/// are told, and tell, in a few messages and not in a million.
const GATHER: u64 = 250;
/// What one tab may do that everybody is told of: be under a name, or another one, and be busy or not.
const CHANGES: Rate = Rate {
    burst: 20,
    a_minute: 30,
};
/// So many messages in a row that mean nothing, and the tab is no tab of ours.
const BAD_IN_A_ROW: u8 = 8;
/// Characters of a name that are repeated to whoever it was refused.
const ECHO: usize = 64;

#[derive(Clone, Debug)]
pub struct Rules {
    /// Tabs at once.
    pub tabs: usize,
    /// What all tabs of one source may do together that everybody is told of.
    pub changes: Rate,
    /// Whether people see who is here. Otherwise whoever calls must know the name.
    pub listed: bool,
    pub fold: Fold,
}

#[derive(Debug)]
struct Tab {
    /// The folded name that it is signed in under.
    name: Option<String>,
    /// What it shares limits with, if anything.
    source: Option<Source>,
    bucket: Bucket,
    changes: Bucket,
    bad_in_a_row: u8,
}

#[derive(Debug)]
pub struct Directory {
    rules: Rules,
    tabs: BTreeMap<ClientKey, Tab>,
    claims: Claims,
    shares: Shares,
    /// Names of which the others have still to be told, as they are shown, and when that is due.
    changed: BTreeMap<String, String>,
    /// Tabs that have signed in since the last telling, and have no list yet.
    newcomers: BTreeSet<ClientKey>,
    due: Option<Millis>,
    /// When there was a telling.
    told: Option<Millis>,
    /// What the other servers of a cluster have to know. `None`: there are none.
    abroad: Option<Abroad>,
}

/// Shared: what thousands are told is kept once.
type Effects = Vec<Effect<Arc<Say>>>;

/// Something that cannot be done, and the name that it was about.
struct No(Denial, String);

impl No {
    fn plain(code: Denial) -> No {
        No(code, String::new())
    }
}

impl Directory {
    pub fn new(rules: Rules) -> Self {
        Directory {
            rules,
            tabs: BTreeMap::new(),
            claims: Claims::default(),
            shares: Shares::default(),
            changed: BTreeMap::new(),
            newcomers: BTreeSet::new(),
            due: None,
            told: None,
            abroad: None,
        }
    }

    /// Other limits, from now on; nobody is sent away for them.
    pub fn allow(&mut self, tabs: usize, changes: Rate) {
        self.rules.tabs = tabs;
        self.rules.changes = changes;
    }

    /// Names that are somebody's: of those who are here, and of those who were until a moment ago.
    pub fn names(&self) -> usize {
        self.claims.len()
    }

    /// Whether this tab is signed in.
    pub fn is_signed_in(&self, key: ClientKey) -> bool {
        self.tabs.get(&key).is_some_and(|tab| tab.name.is_some())
    }

    /// One that shares its limits with nobody.
    pub fn connect(&mut self, key: ClientKey) -> Effects {
        self.connect_from(key, None)
    }

    pub fn connect_from(&mut self, key: ClientKey, source: Option<Source>) -> Effects {
        if self.tabs.len() >= self.rules.tabs {
            let full = denied(key, No::plain(Denial::Full));
            return [full, Effect::Close(key, close::SERVER_FULL)].into();
        }
        let tab = Tab {
            name: None,
            source,
            bucket: Bucket::default(),
            changes: Bucket::default(),
            bad_in_a_row: 0,
        };
        self.tabs.insert(key, tab);
        self.shares.come(source);
        Vec::new()
    }

    /// The connection is gone. Harmless for one that was closed from here.
    pub fn disconnect(&mut self, now: Millis, key: ClientKey) -> Effects {
        let mut effects = Vec::new();
        self.drop_tab(now, key, &mut effects);
        effects.extend(self.wake(now));
        effects
    }

    fn drop_tab(&mut self, now: Millis, key: ClientKey, effects: &mut Effects) {
        self.newcomers.remove(&key);
        let Some(tab) = self.tabs.remove(&key) else {
            return;
        };
        self.shares.go(tab.source);
        if let Some(name) = tab.name {
            self.leave(now, key, &name, false, effects);
        }
    }

    /// One message of a tab, as it came.
    pub fn text(&mut self, now: Millis, key: ClientKey, text: &str) -> Effects {
        let mut effects = Vec::new();
        let Some(tab) = self.tabs.get_mut(&key) else {
            return effects;
        };
        self.shares.tidy(now, self.rules.changes);
        let done = match tab.bucket.take(now, MESSAGES) {
            Pace::Fine => match wire::decode(text, wire::MAX_FRAME) {
                Ok(ask) => self.ask(now, key, ask, &mut effects),
                Err(_) => Err(No::plain(Denial::BadMessage)),
            },
            Pace::TooFast => Err(No::plain(Denial::TooFast)),
            Pace::Flood => {
                effects.push(Effect::Close(key, close::TOO_FAST));
                effects.extend(self.disconnect(now, key));
                return effects;
            }
        };
        self.settle(now, key, done, &mut effects);
        effects.extend(self.wake(now));
        effects
    }

    pub fn next_wake(&self) -> Option<Millis> {
        self.due
    }

    /// Tells everybody what has changed, and newcomers everything, when it is time.
    pub fn wake(&mut self, now: Millis) -> Effects {
        let mut effects = Vec::new();
        if self.due.is_none_or(|due| now < due) {
            return effects;
        }
        self.due = None;
        self.told = Some(now);
        let newcomers: Vec<ClientKey> = core::mem::take(&mut self.newcomers).into_iter().collect();
        let (mut here, mut gone) = (Vec::new(), Vec::new());
        for (name, folded) in core::mem::take(&mut self.changed) {
            match self.claims.listed(&folded).filter(|it| it.name == name) {
                Some(listed) => here.push(listed),
                None => gone.push(name),
            }
        }
        let signed_in = self.tabs.iter().filter(|(_, tab)| tab.name.is_some());
        let others: Vec<ClientKey> = signed_in
            .map(|(key, _)| *key)
            .filter(|key| newcomers.binary_search(key).is_err())
            .collect();
        let mut tell = |to: &[ClientKey], say| {
            let say = Arc::new(say);
            effects.extend(to.iter().map(|key| Effect::Send(*key, Arc::clone(&say))));
        };
        for here in here.chunks(MAX_LISTED) {
            let (here, gone) = (here.to_vec(), Vec::new());
            tell(&others, Say::Changed { here, gone });
        }
        for gone in gone.chunks(MAX_LISTED) {
            let (here, gone) = (Vec::new(), gone.to_vec());
            tell(&others, Say::Changed { here, gone });
        }
        if !newcomers.is_empty() {
            let everybody: Vec<Listed> = self.claims.everybody().collect();
            for (at, people) in everybody.chunks(MAX_LISTED).enumerate() {
                let (first, people) = (at == 0, people.to_vec());
                tell(&newcomers, Say::People { first, people });
            }
        }
        effects
    }

    fn ask(
        &mut self,
        now: Millis,
        key: ClientKey,
        ask: Ask,
        effects: &mut Effects,
    ) -> Result<(), No> {
        let me = self.tabs.get(&key).and_then(|tab| tab.name.clone());
        match (ask, me) {
            (
                Ask::SignIn {
                    version,
                    name,
                    token,
                    key: letters,
                },
                me,
            ) => {
                if version != wire::VERSION {
                    return Err(No(Denial::UnsupportedVersion, name));
                }
                if !self.is_paced(now, key) {
                    return Err(No(Denial::TooFast, name));
                }
                self.sign_in(now, key, me, &name, (token.id(), letters), effects)
            }
            (Ask::Ping, _) => {
                effects.push(send(key, Say::Pong));
                Ok(())
            }
            // Signing out where one is not in is done already.
            (Ask::SignOut, None) => {
                self.unwant(key);
                Ok(())
            }
            (Ask::SignOut, Some(me)) => {
                self.unwant(key);
                self.leave(now, key, &me, true, effects);
                if let Some(tab) = self.tabs.get_mut(&key) {
                    tab.name = None;
                }
                self.newcomers.remove(&key);
                Ok(())
            }
            (_, None) => Err(No::plain(Denial::NotSignedIn)),
            (Ask::Busy { busy }, Some(me)) => {
                if !self.is_paced(now, key) {
                    return Err(No::plain(Denial::TooFast));
                }
                if self.claims.set_busy(&me, key, busy) {
                    self.note_of(now, &me);
                }
                Ok(())
            }
            (Ask::Find { name }, Some(me)) => {
                let folded = self.other(&me, &name)?;
                let found = self.claims.key_of(&folded);
                let (name, letters) = found.ok_or(No(Denial::Nobody, name))?;
                let found = Say::Found { name, key: letters };
                effects.push(send(key, found));
                Ok(())
            }
            (Ask::Tell { to, letter }, Some(me)) => self.tell(&me, to, letter, effects),
        }
    }

    /// Whether this tab may do one more thing that everybody is told of.
    fn is_paced(&mut self, now: Millis, key: ClientKey) -> bool {
        let paces = Paces {
            each: CHANGES,
            source: self.rules.changes,
        };
        let tab = self.tabs.get_mut(&key);
        tab.is_none_or(|tab| (self.shares).is_paced(now, &mut tab.changes, tab.source, paces))
    }

    fn sign_in(
        &mut self,
        now: Millis,
        key: ClientKey,
        before: Option<String>,
        name: &str,
        owner: (PeerId, LetterKey),
        effects: &mut Effects,
    ) -> Result<(), No> {
        let name = (self.rules.fold)(name).ok_or_else(|| No(Denial::BadName, name.into()))?;
        self.unwant(key);
        if self.must_ask(now, &name.folded) {
            self.want(Wanted { key, name, owner });
            return Ok(());
        }
        self.settle_in(now, key, before, name, owner, effects)
    }

    /// Nobody elsewhere has anything against it.
    fn settle_in(
        &mut self,
        now: Millis,
        key: ClientKey,
        before: Option<String>,
        Folded { shown, folded }: Folded,
        owner: (PeerId, LetterKey),
        effects: &mut Effects,
    ) -> Result<(), No> {
        let renamed = self
            .claims
            .take(now, key, &folded, &shown, owner)
            .ok_or(No(Denial::Taken, shown))?;
        let is_new = before.is_none();
        if let Some(before) = before.filter(|before| *before != folded) {
            self.leave(now, key, &before, true, effects);
        }
        if let Some(tab) = self.tabs.get_mut(&key) {
            tab.name = Some(folded.clone());
        }
        if let Some(old) = renamed {
            self.note(now, old, &folded);
        }
        self.note_of(now, &folded);
        let Some((name, _)) = self.claims.key_of(&folded) else {
            return Ok(());
        };
        let listed = self.rules.listed;
        effects.push(send(key, Say::SignedIn { name, listed }));
        // Whoever has the list is told what changes in it, their own name too.
        if listed && is_new {
            self.newcomers.insert(key);
        }
        Ok(())
    }

    /// A tab is under that name no more.
    fn leave(
        &mut self,
        now: Millis,
        key: ClientKey,
        folded: &str,
        on_purpose: bool,
        effects: &mut Effects,
    ) {
        match self.claims.leave(now, key, folded, on_purpose) {
            Left::Last { name, acquainted } => {
                for tab in acquainted {
                    let name = name.clone();
                    effects.push(send(tab, Say::Gone { name }));
                }
                self.note(now, name, folded);
            }
            Left::Other => self.note_of(now, folded),
        }
    }

    /// Something about whoever has that name is to be told.
    fn note_of(&mut self, now: Millis, folded: &str) {
        self.touch(folded);
        if let Some((name, _)) = self.claims.key_of(folded) {
            self.note(now, name, folded);
        }
    }

    fn note(&mut self, now: Millis, name: String, folded: &str) {
        self.touch(folded);
        if self.rules.listed {
            self.changed.insert(name, folded.into());
            let due = self.told.map_or(now, |told| told.after(GATHER).max(now));
            self.due.get_or_insert(due);
        }
    }

    fn settle(&mut self, now: Millis, key: ClientKey, done: Result<(), No>, effects: &mut Effects) {
        let Some(tab) = self.tabs.get_mut(&key) else {
            return;
        };
        let Err(no) = done else {
            tab.bad_in_a_row = 0;
            return;
        };
        let code = match no.0 {
            Denial::UnsupportedVersion => Some(close::UNSUPPORTED_VERSION),
            Denial::BadMessage | Denial::NotSignedIn => {
                tab.bad_in_a_row += 1;
                (tab.bad_in_a_row >= BAD_IN_A_ROW).then_some(close::BAD_MESSAGE)
            }
            _ => None,
        };
        effects.push(denied(key, no));
        if let Some(code) = code {
            effects.push(Effect::Close(key, code));
            self.drop_tab(now, key, effects);
        }
    }
}

fn send(key: ClientKey, say: Say) -> Effect<Arc<Say>> {
    Effect::Send(key, Arc::new(say))
}

fn denied(key: ClientKey, No(code, name): No) -> Effect<Arc<Say>> {
    let name = name.chars().take(ECHO).collect();
    send(key, Say::Denied { code, name })
}
