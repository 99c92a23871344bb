//! The folder in which an account and a certificate with its key outlive a restart. One for each authority
//! and set of domains: who tries another authority first does not mix the two up.

use super::Acme;
use crate::{
    secret,
    tls::{Pair, TlsError, certified},
};
use rustls::{
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use x509_parser::{parse_x509_certificate, prelude::ASN1Time};

const ACCOUNT: &str = "account.json";
/// Key and chain in one file: there is no moment at which they do not fit.
const CERTIFICATE: &str = "certificate.pem";

#[derive(Debug)]
pub(super) struct Kept(PathBuf);

#[derive(Debug)]
pub(super) struct Certificate {
    pub(super) key: Arc<CertifiedKey>,
    /// When it is time for another.
    pub(super) due: SystemTime,
    /// When browsers do not take it any more, to be read by people.
    pub(super) end: String,
}

impl Kept {
    pub(super) fn open(acme: &Acme) -> Result<Self, TlsError> {
        let mut domains = acme.domains.clone();
        domains.sort();
        let whole = format!("{} {}", acme.directory, domains.join(" "));
        let hash = Sha256::digest(whole.as_bytes());
        let hex: String = hash.iter().take(8).map(|it| format!("{it:02x}")).collect();
        let folder = acme.state.join(format!("acme-{hex}"));
        let failed = |error| {
            TlsError(format!(
                "cannot keep a certificate in {}: {error}; name another folder with --state",
                folder.display()
            ))
        };
        fs::create_dir_all(&folder).map_err(failed)?;
        Ok(Kept(folder))
    }

    /// What was kept, if it can still be used.
    pub(super) fn certificate(&self) -> Option<Certificate> {
        let pem = fs::read_to_string(self.0.join(CERTIFICATE)).ok()?;
        read(&pem).ok()
    }

    /// Key and chain, as PEM: looked at before they replace what was there.
    pub(super) fn keep(&self, pem: &str) -> Result<Certificate, TlsError> {
        let certificate = read(pem)?;
        self.write(CERTIFICATE, pem)?;
        Ok(certificate)
    }

    pub(super) fn account(&self) -> Option<String> {
        fs::read_to_string(self.0.join(ACCOUNT)).ok()
    }

    pub(super) fn keep_account(&self, text: &str) -> Result<(), TlsError> {
        self.write(ACCOUNT, text)
    }

    pub(super) fn forget_account(&self) {
        fs::remove_file(self.0.join(ACCOUNT)).ok();
    }

    /// Whole or not at all, and for nobody else's eyes.
    fn write(&self, name: &str, text: &str) -> Result<(), TlsError> {
        let path = self.0.join(name);
        secret::keep(&path, text)
            .map_err(|error| TlsError(format!("cannot write {}: {error}", path.display())))
    }
}

fn read(pem: &str) -> Result<Certificate, TlsError> {
    let wrong = |what: &str| TlsError(format!("what came is no certificate: {what}"));
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let chain = chain.map_err(|_| wrong("it cannot be read"))?;
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| wrong("it has no key"))?;
    let first = chain.first().ok_or_else(|| wrong("it is empty"))?;
    let (_, facts) = parse_x509_certificate(first).map_err(|_| wrong("it cannot be understood"))?;
    let (begin, end) = (facts.validity().not_before, facts.validity().not_after);
    let certificate = Certificate {
        due: due(time_of(begin), time_of(end)),
        end: end.to_string(),
        key: Arc::new(certified(&Pair { chain, key })?),
    };
    Ok(certificate)
}

/// When two thirds of its time are over: a month before the end of three, two days before that of six.
fn due(begin: SystemTime, end: SystemTime) -> SystemTime {
    let whole = end.duration_since(begin).unwrap_or_default();
    begin + whole * 2 / 3
}

fn time_of(time: ASN1Time) -> SystemTime {
    let since = u64::try_from(time.timestamp()).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use tempfile::TempDir;

    fn acme(state: &Path, directory: &str, domains: &[&str]) -> Acme {
        Acme {
            domains: domains.iter().map(ToString::to_string).collect(),
            contact: None,
            directory: directory.into(),
            root: None,
            state: state.into(),
        }
    }

    fn made(days: i64) -> String {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(["a.example".to_owned()]).unwrap();
        let now = rcgen::date_time_ymd(2026, 1, 1);
        params.not_before = now;
        params.not_after = now + Duration::from_secs(86_400 * days as u64);
        let certificate = params.self_signed(&key).unwrap();
        key.serialize_pem() + &certificate.pem()
    }

    #[test]
    fn a_certificate_is_kept_for_the_same_authority_and_domains_alone() {
        let state = TempDir::new().unwrap();
        let open = |directory, domains: &[&str]| {
            Kept::open(&acme(state.path(), directory, domains)).unwrap()
        };
        let kept = open("https://a", &["a.example", "b.example"]);
        assert!(kept.certificate().is_none());
        kept.keep(&made(90)).unwrap();
        assert!(
            open("https://a", &["b.example", "a.example"])
                .certificate()
                .is_some()
        );
        assert!(
            open("https://b", &["a.example", "b.example"])
                .certificate()
                .is_none()
        );
        assert!(open("https://a", &["a.example"]).certificate().is_none());
    }

    #[test]
    fn the_next_one_is_due_when_two_thirds_are_over() {
        let begin = UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        for (days, after) in [(90, 60), (6, 4)] {
            let after = Duration::from_secs(86_400 * after);
            assert_eq!(read(&made(days)).unwrap().due, begin + after);
        }
    }

    #[test]
    fn what_is_no_certificate_does_not_replace_one() {
        let state = TempDir::new().unwrap();
        let kept = Kept::open(&acme(state.path(), "https://a", &["a.example"])).unwrap();
        kept.keep(&made(90)).unwrap();
        let other = made(90);
        let (key, _) = other.split_once("-----BEGIN CERTIFICATE").unwrap();
        let (_, chain) = made(6)
            .split_once("-----END PRIVATE KEY-----\n")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        for wrong in ["", "rubbish", key, &chain, &format!("{key}{chain}")] {
            assert!(kept.keep(wrong).is_err(), "{wrong}");
        }
        let end = kept.certificate().unwrap().end;
        assert!(end.contains("2026"), "{end}");
    }

    #[cfg(unix)]
    #[test]
    fn keys_are_for_nobody_elses_eyes() {
        use std::os::unix::fs::PermissionsExt;
        let state = TempDir::new().unwrap();
        let kept = Kept::open(&acme(state.path(), "https://a", &["a.example"])).unwrap();
        kept.keep(&made(90)).unwrap();
        kept.keep_account("{}").unwrap();
        for name in [CERTIFICATE, ACCOUNT] {
            let mode = fs::metadata(kept.0.join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}
