//! Certificates by ACME (RFC 8555): asked for at the start, kept in a folder, asked for anew in time. Owns
//! when to ask, and what is said about it. The authority makes sure that the domain is ours by a TLS
//! connection to this very server (TLS-ALPN-01, RFC 8737), so nothing but the port for https is needed.

mod door;
mod kept;
mod order;

use super::TlsError;
use crate::log;
use door::Door;
use kept::Kept;
use std::{
    path::PathBuf,
    sync::{Arc, Weak},
    time::{Duration, SystemTime},
};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// The protocol that the authority asks for when it looks whether we are here.
pub(crate) const CHALLENGE: &[u8] = b"acme-tls/1";
/// Where most people get their certificates.
pub const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// One that has not got us a certificate by then will not: begin anew later.
const PATIENCE: Duration = Duration::from_secs(180);
/// A clock that jumps, or a machine that slept, is noticed within this time.
const LONGEST_SLEEP: Duration = Duration::from_secs(3_600);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    /// All of them in one certificate.
    pub domains: Vec<String>,
    /// Where the authority writes to when there is something wrong.
    pub contact: Option<String>,
    /// The address of the authority's directory.
    pub directory: String,
    /// Whom the directory's own certificate has to be of, if not of somebody whom this system knows.
    pub root: Option<PathBuf>,
    pub state: PathBuf,
}

/// Shows the certificate that is kept, if there is one, and gets the next ones from now on.
pub(super) fn secure(acme: &Acme, look: Duration) -> Result<TlsAcceptor, TlsError> {
    let kept = Kept::open(acme)?;
    let door = Arc::new(Door::default());
    let due = match kept.certificate() {
        Some(certificate) => {
            door.show(certificate.key);
            certificate.due
        }
        None => SystemTime::UNIX_EPOCH,
    };
    let acceptor = super::acceptor(door.clone(), &[CHALLENGE])?;
    tokio::spawn(keep_up(
        acme.clone(),
        kept,
        Arc::downgrade(&door),
        due,
        look,
    ));
    Ok(acceptor)
}

/// For as long as anybody shows it. What was shown before stays until there is something better.
async fn keep_up(acme: Acme, kept: Kept, door: Weak<Door>, mut due: SystemTime, look: Duration) {
    let mut failures = 0;
    let names = acme.domains.join(", ");
    loop {
        while let Ok(left) = due.duration_since(SystemTime::now()) {
            sleep(left.min(LONGEST_SLEEP)).await;
        }
        let Some(shown) = door.upgrade() else { return };
        let first = !shown.shows();
        let asked = timeout(PATIENCE, order::certificate(&acme, &kept, &shown)).await;
        shown.forget_answers();
        let got = asked.unwrap_or_else(|_| Err(TlsError("it takes too long".to_owned())));
        match got.and_then(|pem| kept.keep(&pem)) {
            Ok(certificate) => {
                failures = 0;
                due = certificate.due;
                let news = format!(
                    "there is a certificate for {names}, good until {}",
                    certificate.end
                );
                shown.show(certificate.key);
                match first {
                    true => log::tell(&news),
                    false => log::note(&news),
                }
            }
            Err(error) => {
                let wait = pause(look, failures);
                failures += 1;
                due = SystemTime::now() + wait;
                let meanwhile = match first {
                    true => "https does not work without",
                    false => "the one before stays meanwhile",
                };
                log::say(&format!(
                    "no certificate for {names} from {}: {error}; {meanwhile}; asking again in {}",
                    acme.directory,
                    in_words(wait)
                ));
            }
        }
    }
}

/// Longer each time: authorities shut out who fails more than a few times an hour. With a look every half
/// minute these are two minutes, four, eight, up to six hours.
fn pause(look: Duration, failures: u32) -> Duration {
    const FIRST: u32 = 4;
    const LONGEST: u32 = 720;
    let times = FIRST.saturating_mul(1 << failures.min(16));
    look * times.min(LONGEST)
}

fn in_words(wait: Duration) -> String {
    match wait.as_secs() {
        seconds @ 0..120 => format!("{seconds} seconds"),
        seconds @ 120..7_200 => format!("{} minutes", seconds / 60),
        seconds => format!("{} hours", seconds / 3_600),
    }
}

/// What `--tls acme:` takes: a host of the open Internet, by name.
pub fn domain(text: &str) -> Result<String, String> {
    let name = text.trim_end_matches('.').to_ascii_lowercase();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || it == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels: Vec<&str> = name.split('.').collect();
    let is_address = labels
        .last()
        .is_some_and(|it| it.chars().all(|it| it.is_ascii_digit()));
    match labels.len() > 1 && name.len() <= 253 && !is_address && labels.into_iter().all(is_label) {
        true => Ok(name),
        false => Err(format!(
            "{text:?} is no domain for a certificate; write it like acme:calls.example.org, \
             without wildcards, and what is not written in ASCII as xn--…"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_asks_less_and_less_often() {
        let look = Duration::from_secs(30);
        let minutes: Vec<u64> = (0..5).map(|it| pause(look, it).as_secs() / 60).collect();
        assert_eq!(minutes, [2, 4, 8, 16, 32]);
        assert_eq!(pause(look, 40), Duration::from_secs(6 * 3_600));
        assert_eq!(in_words(pause(look, 0)), "2 minutes");
        assert_eq!(in_words(pause(look, 40)), "6 hours");
    }

    #[test]
    fn a_domain_is_a_name_of_the_open_internet() {
        assert_eq!(domain("Calls.Example.org."), Ok("calls.example.org".into()));
        assert!(domain("xn--bcher-kva.example").is_ok());
        for wrong in [
            "",
            "localhost",
            "*.example.org",
            "calls..org",
            "-a.example",
            "192.0.2.1",
            "2001:db8::1",
            "bücher.example",
            "calls.example.org:443",
            "https://calls.example.org",
            "../state.example",
        ] {
            assert!(domain(wrong).is_err(), "{wrong}");
        }
    }
}
