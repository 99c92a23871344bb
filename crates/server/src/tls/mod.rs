//! https: certificates from files or made on the spot, taken up anew when they change, and what is
//! said to whoever speaks plain http here. Owns the handshake; must never know what is served over it.

pub mod acme;
mod authority;
mod files;
mod local;

pub use authority::Authority;
pub use local::{addresses, hostname, listens_there};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};
use tokio::time::{MissedTickBehavior, interval};
use tokio_rustls::TlsAcceptor;

/// Where certificates come from.
#[derive(Clone, Debug)]
pub enum Tls {
    /// Made here, for every local address, by an authority that is kept in this folder.
    SelfSigned { state: PathBuf },
    /// Somebody else's.
    Files { certificate: PathBuf, key: PathBuf },
    /// Of an authority that makes them by itself.
    Acme(acme::Acme),
}

/// A certificate, those above it, and its key.
pub(crate) struct Pair {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// What is wrong with a certificate, as a sentence.
#[derive(Debug)]
pub struct TlsError(pub(crate) String);

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TlsError {}

/// Something that has a certificate to show, now and later.
pub(crate) trait Source: Send + Sync + 'static {
    /// The first one, or why there is none.
    fn first(&mut self) -> Result<Pair, TlsError>;
    /// Another one, if it is time for another.
    fn next(&mut self) -> Result<Option<Pair>, TlsError>;
}

/// The certificate that is shown now.
struct Shown(RwLock<Arc<CertifiedKey>>);

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a certificate")
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello) -> Option<Arc<CertifiedKey>> {
        let shown = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&shown))
    }
}

/// What makes https of a connection.
#[derive(Clone)]
pub(crate) struct Secured {
    pub(crate) acceptor: TlsAcceptor,
    /// Browsers may remember that this host speaks https: not where they have to be talked into it.
    pub(crate) is_lasting: bool,
    /// What people may install so that their browsers trust this host.
    pub(crate) authority: Option<Arc<[u8]>>,
}

/// Reads or makes the certificate, and looks after it every `look` from then on.
pub(crate) fn secure(tls: &Tls, look: Duration) -> Result<Secured, TlsError> {
    let (source, authority): (Box<dyn Source>, _) = match tls {
        Tls::Acme(acme) => {
            return Ok(Secured {
                acceptor: acme::secure(acme, look)?,
                is_lasting: true,
                authority: None,
            });
        }
        Tls::SelfSigned { state } => {
            let authority = Authority::open(state)?;
            let certificate = authority.certificate().into();
            (Box::new(authority), Some(certificate))
        }
        Tls::Files { certificate, key } => (Box::new(files::Files::new(certificate, key)), None),
    };
    let is_lasting = authority.is_none();
    let acceptor = show(source, look)?;
    Ok(Secured {
        acceptor,
        is_lasting,
        authority,
    })
}

/// A certificate that is there already would be shown: it can be read, and is its key's. One that is yet to be
/// made is not looked at.
pub fn check(tls: &Tls) -> Result<(), TlsError> {
    match tls {
        Tls::Files { certificate, key } => {
            let pair = files::Files::new(certificate, key).first()?;
            certified(&pair).map(drop)
        }
        Tls::SelfSigned { .. } | Tls::Acme(_) => Ok(()),
    }
}

fn show(mut source: Box<dyn Source>, look: Duration) -> Result<TlsAcceptor, TlsError> {
    let first = certified(&source.first()?)?;
    let shown = Arc::new(Shown(RwLock::new(Arc::new(first))));
    let acceptor = acceptor(shown.clone(), &[])?;
    tokio::spawn(renew(source, Arc::downgrade(&shown), look));
    Ok(acceptor)
}

/// Speaks the page's protocols, and these.
fn acceptor(shown: Arc<dyn ResolvesServerCert>, more: &[&[u8]]) -> Result<TlsAcceptor, TlsError> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError(format!("this build has no TLS: {error}")))?
        .with_no_client_auth()
        .with_cert_resolver(shown);
    let protocols = [&b"h2"[..], b"http/1.1"]
        .into_iter()
        .chain(more.iter().copied());
    config.alpn_protocols = protocols.map(<[u8]>::to_vec).collect();
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// For as long as anybody shows it. A new one that is no good leaves the old one where it is, and that is
/// said once.
async fn renew(mut source: Box<dyn Source>, shown: Weak<Shown>, look: Duration) {
    let mut ticks = interval(look);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut complaint = String::new();
    loop {
        ticks.tick().await;
        let Some(shown) = shown.upgrade() else { return };
        match source
            .next()
            .and_then(|it| it.as_ref().map(certified).transpose())
        {
            Ok(None) => {}
            Ok(Some(next)) => {
                complaint.clear();
                *shown.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
            }
            Err(error) if error.0 != complaint => {
                complaint = error.0;
                crate::say(&format!("{complaint}; the certificate stays as it was"));
            }
            Err(_) => {}
        }
    }
}

fn certified(pair: &Pair) -> Result<CertifiedKey, TlsError> {
    let (chain, key) = (pair.chain.clone(), pair.key.clone_key());
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| {
        TlsError(format!(
            "the certificate and its key do not go together: {error}"
        ))
    })
}
