//! What `--tls` takes, and where what is made for it is kept.

use super::AcmeArgs;
use duologue_server::tls::{
    Tls,
    acme::{Acme, domain},
};
use std::{env, path::PathBuf, str::FromStr};

/// What `--tls` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Secure {
    SelfSigned,
    Acme(Vec<String>),
    Files(PathBuf, PathBuf),
}

impl FromStr for Secure {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(domains) = text.strip_prefix("acme:") {
            let domains: Result<_, _> = domains.split(',').map(domain).collect();
            return Ok(Secure::Acme(domains?));
        }
        match (text, text.split_once(',')) {
            ("self-signed", _) => Ok(Secure::SelfSigned),
            (_, Some((certificate, key))) if !certificate.is_empty() && !key.is_empty() => {
                Ok(Secure::Files(certificate.into(), key.into()))
            }
            _ => Err("say self-signed, acme: and a domain, or the files of a certificate and its key with a comma between them".into()),
        }
    }
}

impl Secure {
    pub fn with(self, state: Option<PathBuf>, acme: AcmeArgs) -> Result<Tls, String> {
        match self {
            Secure::Files(certificate, key) => Ok(Tls::Files { certificate, key }),
            Secure::SelfSigned => Ok(Tls::SelfSigned {
                state: kept_in(state)?,
            }),
            Secure::Acme(domains) => Ok(Tls::Acme(Acme {
                domains,
                contact: acme.acme_contact,
                directory: acme.acme_directory,
                root: acme.acme_root,
                state: kept_in(state)?,
            })),
        }
    }
}

fn kept_in(state: Option<PathBuf>) -> Result<PathBuf, String> {
    let none = "there is no home to keep a certificate in; name a folder with --state";
    Ok(state.or_else(usual_state).ok_or(none)?)
}

/// Where systemd, or the desktop, wants it.
pub(crate) fn usual_state() -> Option<PathBuf> {
    let folder = |name| {
        env::var_os(name)
            .filter(|it| !it.is_empty())
            .map(PathBuf::from)
    };
    folder("STATE_DIRECTORY")
        .or_else(|| Some(folder("XDG_STATE_HOME")?.join("duologue")))
        .or_else(|| Some(folder("HOME")?.join(".local/state/duologue")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_of_ones_own_making_or_of_two_files() {
        let tls = |text: &str| text.parse().ok();
        assert_eq!(tls("self-signed"), Some(Secure::SelfSigned));
        assert_eq!(
            tls("a.pem,b.pem"),
            Some(Secure::Files("a.pem".into(), "b.pem".into()))
        );
        assert_eq!(
            tls("acme:calls.example.org,www.Example.org"),
            Some(Secure::Acme(vec![
                "calls.example.org".into(),
                "www.example.org".into()
            ]))
        );
    }
}
