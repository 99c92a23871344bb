//! What there is to say about `--tls acme:`, for those who do not want what most people want.

use clap::Args;
use duologue_server::tls::acme::LETS_ENCRYPT;
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
pub(crate) struct AcmeArgs {
    /// Where Let's Encrypt, or whoever makes the certificate, writes to when something is wrong with it.
    #[arg(long, value_name = "MAIL", env = "DUOLOGUE_ACME_CONTACT", value_parser = mail)]
    pub acme_contact: Option<String>,

    /// Another maker of certificates, by the address of its ACME directory. For trying things out:
    /// https://acme-staging-v02.api.letsencrypt.org/directory
    #[arg(
        long,
        value_name = "URL",
        env = "DUOLOGUE_ACME_DIRECTORY",
        default_value = LETS_ENCRYPT,
        value_parser = directory
    )]
    pub acme_directory: String,

    /// Whom to trust that this directory is the right one, as a PEM file; for a maker of your own. Without
    /// it, those whom this system trusts.
    #[arg(long, value_name = "FILE", env = "DUOLOGUE_ACME_ROOT")]
    pub acme_root: Option<PathBuf>,
}

fn mail(text: &str) -> Result<String, String> {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let is_fit = |(name, host): (&str, &str)| !name.is_empty() && !host.is_empty();
    match text.split_once('@').is_some_and(is_fit) && !text.contains([' ', ',', '?']) {
        true => Ok(text.to_owned()),
        false => Err(format!("{text:?} is no mail address")),
    }
}

fn directory(text: &str) -> Result<String, String> {
    match text.starts_with("https://") {
        true => Ok(text.to_owned()),
        false => Err("an ACME directory is at https://…".to_owned()),
    }
}
