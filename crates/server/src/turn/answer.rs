//! How answers are written: signed for those who have shown a password, as short as can be for the rest.

use super::ticket::REALM;
use stun_types::{
    attribute::{ErrorCode, Nonce, Realm, UnknownAttributes},
    message::{IntegrityAlgorithm, IntegrityKey, Message, MessageWriteVec},
    prelude::{AttributeWrite, MessageWrite, MessageWriteExt},
};

/// What is said instead of yes, by its number in RFC 8489 and RFC 8656.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    BadRequest = 400,
    Forbidden = 403,
    UnknownAttribute = 420,
    AllocationMismatch = 437,
    FamilyNotSupported = 440,
    WrongCredentials = 441,
    TransportNotSupported = 442,
    PeerFamilyMismatch = 443,
    QuotaReached = 486,
    InsufficientCapacity = 508,
}

impl Refusal {
    /// As the numbers call it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Refusal::Forbidden => "forbidden",
            Refusal::QuotaReached => "quota",
            Refusal::InsufficientCapacity => "full",
            Refusal::FamilyNotSupported | Refusal::PeerFamilyMismatch => "family",
            Refusal::AllocationMismatch => "nothing_lent",
            Refusal::WrongCredentials => "password",
            Refusal::BadRequest | Refusal::UnknownAttribute | Refusal::TransportNotSupported => {
                "bad_message"
            }
        }
    }
}

pub(super) fn yes(
    asked: &Message,
    attributes: &[&dyn AttributeWrite],
    key: Option<&IntegrityKey>,
) -> Vec<u8> {
    let answer = Message::builder_success(asked, MessageWriteVec::new());
    finish(answer, attributes, key)
}

/// Without a reason in words: no browser shows it, and an answer to strangers is to be short.
pub(super) fn no(asked: &Message, why: Refusal, key: Option<&IntegrityKey>) -> Vec<u8> {
    refuse(asked, why as u16, &[], key)
}

/// These attributes are not known here, and matter to whoever sent them.
pub(super) fn unknown(
    asked: &Message,
    attributes: &UnknownAttributes,
    key: Option<&IntegrityKey>,
) -> Vec<u8> {
    refuse(asked, Refusal::UnknownAttribute as u16, &[attributes], key)
}

/// Who are you? With what to sign along.
pub(super) fn who(asked: &Message, code: u16, nonce: &str) -> Vec<u8> {
    let (Ok(realm), Ok(nonce)) = (Realm::new(REALM), Nonce::new(nonce)) else {
        return refuse(asked, ErrorCode::SERVER_ERROR, &[], None);
    };
    refuse(asked, code, &[&realm, &nonce], None)
}

fn refuse(
    asked: &Message,
    code: u16,
    attributes: &[&dyn AttributeWrite],
    key: Option<&IntegrityKey>,
) -> Vec<u8> {
    let mut answer = Message::builder_error(asked, MessageWriteVec::new());
    if let Ok(error) = ErrorCode::builder(code).reason("").build() {
        add(&mut answer, &error);
    }
    finish(answer, attributes, key)
}

fn finish(
    mut answer: MessageWriteVec,
    attributes: &[&dyn AttributeWrite],
    key: Option<&IntegrityKey>,
) -> Vec<u8> {
    for attribute in attributes {
        add(&mut answer, *attribute);
    }
    if let Some(key) = key {
        let signed = answer.add_message_integrity_with_key(key, IntegrityAlgorithm::Sha1);
        debug_assert!(signed.is_ok());
    }
    answer.finish()
}

/// Fails for what is longer than any message, or comes after the signature: nothing here is.
fn add(answer: &mut MessageWriteVec, attribute: &dyn AttributeWrite) {
    let added = answer.add_attribute(attribute);
    debug_assert!(added.is_ok());
}
