//! An authority of this host's own, and the certificate that it gives this host: for every local address
//! and the `.local` name. Kept in a folder, so that whoever has installed the authority, or has talked
//! their browser into the certificate, need not do so again. The authority can vouch for nothing but
//! names and addresses near by: its key, stolen, makes nobody a bank.

use super::{Pair, Source, TlsError, local};
use crate::{
    network::{PRIVATE_V4, v4},
    secret,
};
use ipnet::Ipv4Net;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, SanType,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, prelude::FromDer};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Apple's devices take no certificate for longer than 825 days, and browsers of the open web 398.
const CERTIFICATE_DAYS: u32 = 397;
const AUTHORITY_DAYS: u32 = 3_650;
/// Before it ends, another is made.
const RENEW_DAYS: u32 = 30;
/// Clocks of telephones may be behind ours.
const BACKDATED_DAYS: u32 = 2;

/// Besides private networks: this machine, and what needs no router.
const NEAR_V4: [Ipv4Net; 2] = [v4([127, 0, 0, 0], 8), v4([169, 254, 0, 0], 16)];
const NEAR_V6: [(u16, u8); 2] = [(0xfc00, 7), (0xfe80, 10)];

/// What a certificate is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Names {
    dns: Vec<String>,
    ips: Vec<IpAddr>,
}

impl Names {
    fn of_this_machine() -> Self {
        let mut dns = vec!["localhost".to_owned()];
        if let Some(host) = local::hostname() {
            dns.push(format!("{host}.local"));
            dns.push(host);
        }
        dns.sort();
        dns.dedup();
        let mut ips = local::addresses();
        ips.sort();
        Names { dns, ips }
    }

    fn covers(&self, others: &Names) -> bool {
        others.dns.iter().all(|it| self.dns.contains(it))
            && others.ips.iter().all(|it| self.ips.contains(it))
    }
}

pub struct Authority {
    folder: PathBuf,
    /// DER.
    certificate: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
    names: fn() -> Names,
    /// Of the certificate that is shown.
    shown: Names,
    ends: SystemTime,
}

impl Authority {
    /// The one in that folder, or a new one there.
    pub fn open(folder: &Path) -> Result<Authority, TlsError> {
        Authority::open_for(folder, Names::of_this_machine)
    }

    fn open_for(folder: &Path, names: fn() -> Names) -> Result<Authority, TlsError> {
        let kept = |error: io::Error| {
            let folder = folder.display();
            TlsError(format!(
                "cannot keep a certificate in {folder}: {error}; choose another folder with --state"
            ))
        };
        fs::create_dir_all(folder).map_err(kept)?;
        let now = names();
        if let Some((certificate, issuer)) = read(folder)
            && is_fit(&certificate, &now)
        {
            return Ok(Authority::with(folder, certificate, issuer, names));
        }
        let key = KeyPair::generate().map_err(failed)?;
        let params = authority_params(&now)?;
        let made = params.self_signed(&key).map_err(failed)?;
        secret::keep(&folder.join("authority-key.pem"), &key.serialize_pem()).map_err(kept)?;
        fs::write(folder.join("authority.pem"), made.pem()).map_err(kept)?;
        // Signed by another one; made anew.
        for old in ["certificate.pem", "key.pem"] {
            fs::remove_file(folder.join(old)).ok();
        }
        let der = made.der().to_vec();
        Ok(Authority::with(
            folder,
            der,
            Issuer::new(params, key),
            names,
        ))
    }

    fn with(
        folder: &Path,
        certificate: Vec<u8>,
        issuer: Issuer<'static, KeyPair>,
        names: fn() -> Names,
    ) -> Authority {
        Authority {
            folder: folder.to_owned(),
            certificate,
            issuer,
            names,
            shown: Names::default(),
            ends: SystemTime::UNIX_EPOCH,
        }
    }

    /// What people install, as DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The certificate kept in the folder.
    fn kept(&mut self) -> Option<Pair> {
        let chain = fs::read_to_string(self.folder.join("certificate.pem")).ok()?;
        let key = fs::read_to_string(self.folder.join("key.pem")).ok()?;
        let certificate = pem_to_der(&chain)?;
        let (names, ends) = facts(&certificate)?;
        let key = KeyPair::from_pem(&key).ok()?;
        (self.shown, self.ends) = (names, ends);
        Some(self.pair(certificate, &key))
    }

    fn pair(&self, certificate: Vec<u8>, key: &KeyPair) -> Pair {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let chain = [certificate, self.certificate.clone()].map(CertificateDer::from);
        Pair {
            chain: chain.into(),
            key,
        }
    }

    fn make(&mut self, names: Names) -> Result<Pair, TlsError> {
        let key = KeyPair::generate().map_err(failed)?;
        let mut params = CertificateParams::new(names.dns.clone()).map_err(failed)?;
        params
            .subject_alt_names
            .extend(names.ips.iter().map(|ip| SanType::IpAddress(*ip)));
        params.distinguished_name = called(names.dns.first().map_or("duologue", String::as_str));
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let now = SystemTime::now();
        let ends = now + CERTIFICATE_DAYS * DAY - BACKDATED_DAYS * DAY;
        params.not_before = (now - BACKDATED_DAYS * DAY).into();
        params.not_after = ends.into();
        let made = params.signed_by(&key, &self.issuer).map_err(failed)?;
        let kept = secret::keep(&self.folder.join("key.pem"), &key.serialize_pem())
            .and_then(|()| fs::write(self.folder.join("certificate.pem"), made.pem()));
        kept.map_err(|error| TlsError(format!("cannot keep the certificate: {error}")))?;
        (self.shown, self.ends) = (names, ends);
        Ok(self.pair(made.der().to_vec(), &key))
    }

    fn is_due(&self, names: &Names) -> bool {
        !self.shown.covers(names) || self.ends < SystemTime::now() + RENEW_DAYS * DAY
    }
}

impl Source for Authority {
    fn first(&mut self) -> Result<Pair, TlsError> {
        let names = (self.names)();
        match self.kept() {
            Some(pair) if !self.is_due(&names) && super::certified(&pair).is_ok() => Ok(pair),
            _ => self.make(names),
        }
    }

    /// Another address, and the certificate is for that too.
    fn next(&mut self) -> Result<Option<Pair>, TlsError> {
        let mut names = (self.names)();
        if !self.is_due(&names) {
            return Ok(None);
        }
        // Somewhere else today, back tomorrow.
        names.ips.extend(self.shown.ips.iter().copied());
        names.ips.sort();
        names.ips.dedup();
        self.make(names).map(Some)
    }
}

fn failed(error: rcgen::Error) -> TlsError {
    TlsError(format!("cannot make a certificate: {error}"))
}

fn called(name: &str) -> DistinguishedName {
    let mut it = DistinguishedName::new();
    it.push(DnType::CommonName, name);
    it
}

fn authority_params(names: &Names) -> Result<CertificateParams, TlsError> {
    let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
    let host = names.dns.iter().find(|it| *it != "localhost");
    let host = host.map_or("this machine", String::as_str);
    params.distinguished_name = called(&format!("Duologue on {host}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let now = SystemTime::now();
    params.not_before = (now - BACKDATED_DAYS * DAY).into();
    params.not_after = (now + AUTHORITY_DAYS * DAY).into();
    let dns = names.dns.iter().cloned().chain(["local".to_owned()]);
    let near = near_v4().map(|it| CidrSubnet::from_v4_prefix(it.addr().octets(), it.prefix_len()));
    let near_v6 = NEAR_V6.map(|(first, prefix)| {
        let [high, low] = first.to_be_bytes();
        let mut ip = [0; 16];
        (ip[0], ip[1]) = (high, low);
        CidrSubnet::from_v6_prefix(ip, prefix)
    });
    let mut loopback = [0; 16];
    loopback[15] = 1;
    let own = names
        .ips
        .iter()
        .filter(|ip| !is_near(**ip))
        .map(|ip| match ip {
            IpAddr::V4(ip) => CidrSubnet::from_v4_prefix(ip.octets(), 32),
            IpAddr::V6(ip) => CidrSubnet::from_v6_prefix(ip.octets(), 128),
        });
    let ips = near
        .chain(near_v6)
        .chain([CidrSubnet::from_v6_prefix(loopback, 128)])
        .chain(own);
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: dns
            .map(GeneralSubtree::DnsName)
            .chain(ips.map(GeneralSubtree::IpAddress))
            .collect(),
        excluded_subtrees: Vec::new(),
    });
    Ok(params)
}

fn near_v4() -> impl Iterator<Item = &'static Ipv4Net> {
    PRIVATE_V4.iter().chain(&NEAR_V4)
}

fn is_near(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => near_v4().any(|it| it.contains(&ip)),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

fn read(folder: &Path) -> Option<(Vec<u8>, Issuer<'static, KeyPair>)> {
    let certificate = fs::read_to_string(folder.join("authority.pem")).ok()?;
    let key = fs::read_to_string(folder.join("authority-key.pem")).ok()?;
    let key = KeyPair::from_pem(&key).ok()?;
    let der = pem_to_der(&certificate)?;
    let (_, parsed) = X509Certificate::from_der(&der).ok()?;
    if *parsed.public_key().subject_public_key.data != *key.public_key_raw() {
        return None;
    }
    let issuer = Issuer::from_ca_cert_pem(&certificate, key).ok()?;
    Some((der, issuer))
}

/// Whether that authority may vouch for these names, and for long enough.
fn is_fit(certificate: &[u8], names: &Names) -> bool {
    let Ok((_, parsed)) = X509Certificate::from_der(certificate) else {
        return false;
    };
    let until = SystemTime::now() + (CERTIFICATE_DAYS + RENEW_DAYS) * DAY;
    let Ok(Some(constraints)) = parsed.name_constraints() else {
        return false;
    };
    let permitted = constraints
        .value
        .permitted_subtrees
        .as_deref()
        .unwrap_or(&[]);
    let permits_name = |name: &str| {
        permitted.iter().any(|it| match &it.base {
            GeneralName::DNSName(base) => {
                name == *base || name.strip_suffix(base).is_some_and(|it| it.ends_with('.'))
            }
            _ => false,
        })
    };
    let permits_ip = |ip: &IpAddr| {
        is_near(*ip)
            || permitted.iter().any(|it| match (&it.base, ip) {
                (GeneralName::IPAddress(base), IpAddr::V4(ip)) => base.starts_with(&ip.octets()),
                (GeneralName::IPAddress(base), IpAddr::V6(ip)) => base.starts_with(&ip.octets()),
                _ => false,
            })
    };
    time_of(parsed.validity().not_after.timestamp()) > until
        && names.dns.iter().all(|it| permits_name(it))
        && names.ips.iter().all(permits_ip)
}

/// Names and end of a certificate.
fn facts(certificate: &[u8]) -> Option<(Names, SystemTime)> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let mut names = Names::default();
    for name in &parsed.subject_alternative_name().ok()??.value.general_names {
        match name {
            GeneralName::DNSName(name) => names.dns.push((*name).to_owned()),
            GeneralName::IPAddress(ip) => {
                let v4 = <[u8; 4]>::try_from(*ip).map(IpAddr::from);
                let v6 = <[u8; 16]>::try_from(*ip).map(IpAddr::from);
                names.ips.extend(v4.or(v6).ok());
            }
            _ => {}
        }
    }
    Some((names, time_of(parsed.validity().not_after.timestamp())))
}

fn time_of(timestamp: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(timestamp.try_into().unwrap_or(0))
}

fn pem_to_der(text: &str) -> Option<Vec<u8>> {
    let (_, pem) = x509_parser::pem::parse_x509_pem(text.as_bytes()).ok()?;
    Some(pem.contents)
}
