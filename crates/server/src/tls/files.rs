//! A certificate and a key that somebody else puts into files, and changes there.

use super::{Pair, Source, TlsError};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

pub(super) struct Files {
    certificate: PathBuf,
    key: PathBuf,
    /// When both were written that were read last.
    read: Option<(SystemTime, SystemTime)>,
}

impl Files {
    pub(super) fn new(certificate: &Path, key: &Path) -> Self {
        Files {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            read: None,
        }
    }

    fn written(&self) -> Result<(SystemTime, SystemTime), TlsError> {
        Ok((written(&self.certificate)?, written(&self.key)?))
    }

    fn read(&self) -> Result<Pair, TlsError> {
        let wrong = |path: &Path, what: &str| TlsError(format!("{} {what}", path.display()));
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_file_iter(&self.certificate).and_then(Iterator::collect);
        let chain = chain.map_err(|_| wrong(&self.certificate, "is no certificate in PEM"))?;
        if chain.is_empty() {
            return Err(wrong(&self.certificate, "has no certificate in it"));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .map_err(|_| wrong(&self.key, "is no private key in PEM"))?;
        Ok(Pair { chain, key })
    }
}

impl Source for Files {
    fn first(&mut self) -> Result<Pair, TlsError> {
        self.read = Some(self.written()?);
        self.read()
    }

    /// Both are to be whole: whoever writes one after the other is caught up with at the next look.
    fn next(&mut self) -> Result<Option<Pair>, TlsError> {
        let written = self.written()?;
        if self.read == Some(written) {
            return Ok(None);
        }
        let pair = self.read()?;
        super::certified(&pair)?;
        self.read = Some(written);
        Ok(Some(pair))
    }
}

fn written(path: &Path) -> Result<SystemTime, TlsError> {
    let facts = fs::metadata(path).and_then(|it| it.modified());
    facts.map_err(|error| TlsError(format!("cannot read {}: {error}", path.display())))
}
