//! A STUN or TURN server: what its address says it is, and what asking it came to.

use super::{Grade, Graded, candidate::Candidate};
use crate::{record, words};
use alloc::{string::String, vec::Vec};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Tells a device what it looks like from outside.
    Stun,
    /// Passes on what cannot go directly.
    Turn,
}

words!(Role {
    Stun = "stun",
    Turn = "turn"
});

/// How it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Udp,
    Tcp,
    Tls,
}

words!(Way {
    Udp = "udp",
    Tcp = "tcp",
    Tls = "tls"
});

impl Way {
    pub const fn name(self) -> &'static str {
        match self {
            Way::Udp => "UDP",
            Way::Tcp => "TCP",
            Way::Tls => "TLS",
        }
    }
}

/// RFC 7064 and 7065. `None` for an address that no browser takes.
pub fn role(url: &str) -> Option<(Role, Way)> {
    let (scheme, rest) = url.split_once(':')?;
    let (host, query) = rest.split_once('?').unwrap_or((rest, ""));
    if host.is_empty() {
        return None;
    }
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    let over_tcp = query.eq_ignore_ascii_case("transport=tcp");
    match () {
        () if is("stun") => Some((Role::Stun, Way::Udp)),
        () if is("stuns") => Some((Role::Stun, Way::Tls)),
        () if is("turn") && over_tcp => Some((Role::Turn, Way::Tcp)),
        () if is("turn") => Some((Role::Turn, Way::Udp)),
        () if is("turns") => Some((Role::Turn, Way::Tls)),
        () => None,
    }
}

/// What came of asking one server by one way, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    pub outcome: Outcome,
    /// Until it answered, or was given up.
    pub ms: u32,
    /// What it gave.
    pub candidates: Vec<Candidate>,
    /// As the browser reported it: 701 for a server that was not reached, otherwise STUN's own.
    pub code: Option<u16>,
}

record!(Probe {
    outcome,
    ms,
    candidates,
    code
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answered,
    /// It answered, and what it says is what this device calls itself: nothing stands between.
    SameAddress,
    /// It wants another name or password.
    Refused,
    /// It was not reached, or said nothing in time.
    Unreachable,
    /// No address came of it, and this browser does not say why: nothing may stand between, too.
    Silent,
    /// No address was lent, and the browser did not say why. Firefox does not tell of a refusal, and
    /// Chromium takes its time to tell of silence.
    LentNothing,
    /// The browser cannot make sense of its address.
    Invalid,
}

words!(Outcome {
    Answered = "answered",
    SameAddress = "same_address",
    Refused = "refused",
    Unreachable = "unreachable",
    Silent = "silent",
    LentNothing = "lent_nothing",
    Invalid = "invalid"
});

/// What a browser let on while it asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Everything that it found, of this device's own too.
    pub found: Vec<Candidate>,
    /// All that it reported.
    pub codes: Vec<u16>,
    /// It has finished looking, and was not given up.
    pub complete: bool,
    /// It is one that reports trouble at all.
    pub reports: bool,
    pub ms: u32,
}

/// Chromium's code for a server that was not reached; there is no STUN error of that number.
const NOT_REACHED: u16 = 701;

/// No browser gives up a silent server sooner than this.
const PATIENCE_MS: u32 = 5_000;

impl Role {
    /// The kind of candidate for which it is there.
    pub fn gives(self, candidate: &Candidate) -> bool {
        use super::candidate::Kind;
        match self {
            Role::Stun => candidate.kind == Kind::Srflx,
            Role::Turn => candidate.kind == Kind::Relay,
        }
    }

    pub fn judge(self, heard: Heard) -> Probe {
        let refused = heard.codes.iter().find(|it| **it != NOT_REACHED).copied();
        let code = refused.or(heard.codes.first().copied());
        let has_own = !heard.found.is_empty();
        let (candidates, _): (Vec<_>, Vec<_>) =
            heard.found.into_iter().partition(|it| self.gives(it));
        let outcome = if !candidates.is_empty() {
            Outcome::Answered
        } else if refused.is_some() {
            Outcome::Refused
        } else if code.is_some() {
            Outcome::Unreachable
        } else if self == Role::Turn {
            Outcome::LentNothing
        } else if !heard.complete {
            Outcome::Unreachable
        } else if heard.reports && has_own && heard.ms < PATIENCE_MS {
            Outcome::SameAddress
        } else {
            Outcome::Silent
        };
        Probe {
            outcome,
            ms: heard.ms,
            candidates,
            code,
        }
    }
}

impl Probe {
    pub fn invalid() -> Probe {
        Probe {
            outcome: Outcome::Invalid,
            ms: 0,
            candidates: Vec::new(),
            code: None,
        }
    }

    pub fn works(&self) -> bool {
        self.grade() == Grade::Well
    }
}

impl Graded for Probe {
    fn grade(&self) -> Grade {
        match self.outcome {
            Outcome::Answered | Outcome::SameAddress => Grade::Well,
            Outcome::Silent => Grade::Poor,
            Outcome::Refused | Outcome::Unreachable | Outcome::LentNothing | Outcome::Invalid => {
                Grade::Failed
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    pub url: String,
    pub role: Role,
    pub way: Way,
    pub probe: super::Step<Probe>,
}

record!(Server {
    url,
    role,
    way,
    probe
});
