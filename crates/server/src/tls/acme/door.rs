//! What is shown to whoever begins a TLS connection: the certificate, or to the authority that looks
//! whether we are here, what it wants to see.

use super::CHALLENGE;
use rustls::{
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

#[derive(Default)]
pub(super) struct Door {
    /// None until there is one: then nobody gets in, rather than past a warning.
    certificate: RwLock<Option<Arc<CertifiedKey>>>,
    /// By domain, while the authority looks.
    answers: RwLock<HashMap<String, Arc<CertifiedKey>>>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a certificate by ACME")
    }
}

impl Door {
    pub(super) fn show(&self, certificate: Arc<CertifiedKey>) {
        *self
            .certificate
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(certificate);
    }

    pub(super) fn shows(&self) -> bool {
        let shown = self.certificate.read();
        shown.unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(super) fn answer(&self, domain: String, with: CertifiedKey) {
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        answers.insert(domain, Arc::new(with));
    }

    pub(super) fn forget_answers(&self) {
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        answers.clear();
    }
}

impl ResolvesServerCert for Door {
    fn resolve(&self, hello: ClientHello) -> Option<Arc<CertifiedKey>> {
        if hello
            .alpn()
            .is_some_and(|mut it| it.any(|it| it == CHALLENGE))
        {
            let answers = self.answers.read().unwrap_or_else(PoisonError::into_inner);
            return answers.get(hello.server_name()?).cloned();
        }
        let shown = self.certificate.read();
        shown.unwrap_or_else(PoisonError::into_inner).clone()
    }
}
