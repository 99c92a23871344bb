//! One conversation with the authority: who we are, what we want, proof that the domains are ours, and the
//! certificate. Says in a sentence what went wrong.

use super::{Acme, door::Door, kept::Kept};
use crate::tls::TlsError;
use instant_acme::{
    Account, AccountBuilder, AuthorizationStatus, ChallengeType, Error, Identifier, NewAccount,
    NewOrder, Order, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::{crypto::ring, pki_types::PrivateKeyDer, sign::CertifiedKey};
use std::{error::Error as _, time::Duration};

const POLL: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_millis(250))
    .timeout(Duration::from_secs(90));

/// Key and chain, as PEM.
pub(super) async fn certificate(acme: &Acme, kept: &Kept, door: &Door) -> Result<String, TlsError> {
    let account = account(acme, kept).await?;
    let identifiers: Vec<Identifier> = acme.domains.iter().cloned().map(Identifier::Dns).collect();
    let order = account.new_order(&NewOrder::new(&identifiers)).await;
    let mut order = order.map_err(|error| {
        if is_unknown_account(&error) {
            kept.forget_account();
        }
        sentence(&error)
    })?;
    prove(&mut order, door).await?;
    match order.poll_ready(&POLL).await {
        Ok(OrderStatus::Ready) => {}
        Ok(_) => return Err(why_not(&mut order).await),
        Err(Error::Api(_)) => return Err(why_not(&mut order).await),
        Err(error) => return Err(sentence(&error)),
    }
    let key = KeyPair::generate().map_err(failed)?;
    let mut params = CertificateParams::new(acme.domains.clone()).map_err(failed)?;
    params.distinguished_name = DistinguishedName::new();
    let request = params.serialize_request(&key).map_err(failed)?;
    order
        .finalize_csr(request.der())
        .await
        .map_err(|it| sentence(&it))?;
    let chain = order
        .poll_certificate(&POLL)
        .await
        .map_err(|it| sentence(&it))?;
    Ok(key.serialize_pem() + &chain)
}

async fn account(acme: &Acme, kept: &Kept) -> Result<Account, TlsError> {
    if let Some(text) = kept.account()
        && let Ok(credentials) = serde_json::from_str(&text)
    {
        let known = builder(acme)?.from_credentials(credentials).await;
        return known.map_err(|it| sentence(&it));
    }
    let contact: Vec<String> = acme
        .contact
        .iter()
        .map(|it| format!("mailto:{it}"))
        .collect();
    let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
    let wanted = NewAccount {
        contact: &contact,
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let made = builder(acme)?
        .create(&wanted, acme.directory.clone(), None)
        .await;
    let (account, credentials) = made.map_err(|it| sentence(&it))?;
    let text = serde_json::to_string(&credentials).map_err(failed)?;
    kept.keep_account(&text)?;
    Ok(account)
}

fn builder(acme: &Acme) -> Result<AccountBuilder, TlsError> {
    // Its client takes the process's choice; there is no other one in here.
    ring::default_provider().install_default().ok();
    let builder = match &acme.root {
        None => Account::builder(),
        Some(root) => Account::builder_with_root(root),
    };
    builder.map_err(|it| sentence(&it))
}

/// For each domain that has not been proved to be ours lately.
async fn prove(order: &mut Order, door: &Door) -> Result<(), TlsError> {
    let mut all = order.authorizations();
    while let Some(one) = all.next().await {
        let mut one = one.map_err(|it| sentence(&it))?;
        match one.status {
            AuthorizationStatus::Valid => continue,
            AuthorizationStatus::Pending => {}
            _ => return Err(TlsError("it refused us at once".to_owned())),
        }
        let challenge = one.challenge(ChallengeType::TlsAlpn01);
        let none =
            || TlsError("it does not look by TLS (tls-alpn-01), which is our only way".to_owned());
        let mut challenge = challenge.ok_or_else(none)?;
        let domain = challenge.identifier().to_string();
        let proof = challenge.key_authorization();
        let answer = answer(&domain, proof.digest().as_ref())?;
        door.answer(domain, answer);
        challenge.set_ready().await.map_err(|it| sentence(&it))?;
    }
    Ok(())
}

/// A certificate that nobody but the authority is shown (RFC 8737, section 3).
fn answer(domain: &str, digest: &[u8]) -> Result<CertifiedKey, TlsError> {
    let key = KeyPair::generate().map_err(failed)?;
    let mut params = CertificateParams::new([domain.to_owned()]).map_err(failed)?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let made = params.self_signed(&key).map_err(failed)?;
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(failed)?;
    let key = ring::sign::any_supported_type(&key).map_err(failed)?;
    // Not looked at as others are: nobody but the authority understands what stands in it.
    Ok(CertifiedKey::new(vec![made.der().clone()], key))
}

/// An order that came to nothing does not say why; what had to be proved for it does.
async fn why_not(order: &mut Order) -> TlsError {
    let mut all = order.authorizations();
    while let Some(Ok(mut one)) = all.next().await {
        let Ok(state) = one.refresh().await else {
            break;
        };
        let mut errors = state.challenges.iter().filter_map(|it| it.error.as_ref());
        if let Some(detail) = errors.find_map(|it| it.detail.clone()) {
            return TlsError(format!(
                "it could not see that the domain is ours: {detail}"
            ));
        }
    }
    TlsError("it refused the order".to_owned())
}

fn is_unknown_account(error: &Error) -> bool {
    matches!(error, Error::Api(problem) if problem.r#type.as_deref()
        .is_some_and(|it| it.ends_with(":accountDoesNotExist")))
}

/// The innermost cause is what helps.
fn sentence(error: &Error) -> TlsError {
    match error {
        Error::Api(problem) => {
            let detail = problem.detail.as_deref().unwrap_or("it did not say why");
            TlsError(format!("it refused: {detail}"))
        }
        Error::Json(_) => TlsError("what answers there is no ACME directory".to_owned()),
        other => {
            let mut said = other.to_string();
            let mut cause = other.source();
            while let Some(inner) = cause {
                said = inner.to_string();
                cause = inner.source();
            }
            TlsError(said)
        }
    }
}

fn failed(error: impl std::fmt::Display) -> TlsError {
    TlsError(error.to_string())
}
