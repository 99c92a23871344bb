//! A data-channel offer or answer in about 84 characters, for paste and QR. Owns the format; what is
//! done with it (making invites, taking replies) is the call's.
//!
//! Of some 700 to 7000 bytes of description only the credentials, the certificate's fingerprint, the
//! role and the candidates differ; the rest is a template. They are packed bit by bit:
//!
//! | bits | |
//! |------|-|
//! | 6    | head: role (offer, active answer, passive answer) × 3 + spelling of the credentials |
//! | 8    | the invite's name: a hash of the offer's user fragment, also in the answer |
//! | 168, 160 or more | user fragment and password: 4 + 24 letters of six bits (Chromium), 8 + 32 hex digits (Firefox), else two lengths and letters |
//! | 256  | fingerprint |
//! | 54, 144, 150 each | candidate: whether another follows 1, class 5, address (IPv4 32, mDNS 122, IPv6 128), port 16 |
//! | 0–5  | zeros up to a whole character |
//! | 12   | CRC-12 of all before |
//!
//! One candidate makes 83 characters (Firefox, IPv4) to 100 (Chromium, IPv6): 63 to 75 bytes. One
//! altered character, two neighbouring ones, or a cut at the end are always told; other damage with
//! 4095 in 4096 and better. A later version takes another head and keeps the last two characters.

mod candidate;
mod description;
mod symbols;

pub use candidate::MAX_CANDIDATES;

use crate::io::{Sdp, SdpKind};
use alloc::string::String;
use description::{Description, Role, ufrag_of};
use sha2::{Digest, Sha256};
use symbols::{Reader, Writer};

/// What stands before a token in an address.
pub const ADDRESS: &str = "#/direct/";
/// The head symbols of this version: three roles × three spellings.
const HEADS: u128 = 9;
/// Nothing longer is looked at: six IPv6 candidates and the longest credentials stay below.
const MAX_TEXT: usize = 2048;
/// Anything shorter is not called a damaged token, but no token.
const MIN_TEXT: usize = 24;
/// ICE's own alphabet (RFC 8839 §5.4), six bits a letter.
const ICE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Why a description was not packed: bugs of ours or a browser we do not know, never a person's fault
/// but for `NoCandidates` (no network).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackError {
    /// Media in it, or not exactly one data section.
    NotDataOnly,
    /// A line is missing or cannot be read.
    Incomplete,
    /// Something that the template cannot say.
    Unsupported,
    /// No address at which this device could be reached.
    NoCandidates,
}

/// Why a text was not taken. Each becomes a sentence in the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    Empty,
    /// Something else altogether.
    NotAToken,
    /// A token, but cut or altered on the way.
    Damaged,
    /// Made by a later version of this page.
    TooNew,
}

/// How credentials are spelt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Letters = 0,
    Hex = 1,
    Other = 2,
}

/// An invite.
pub fn pack_offer(offer: &str) -> Result<String, PackError> {
    pack(
        &Description::parse(SdpKind::Offer, offer)?,
        ufrag_of(offer)?,
    )
}

/// The reply to an invite; `offer` is the description that `unpack` gave for it.
pub fn pack_answer(answer: &str, offer: &str) -> Result<String, PackError> {
    pack(
        &Description::parse(SdpKind::Answer, answer)?,
        ufrag_of(offer)?,
    )
}

/// Reads a token, or an address with one in it, out of what was pasted or scanned.
pub fn unpack(text: &str) -> Result<Sdp, TokenError> {
    read(text).map(|(description, _)| shown(&description))
}

/// Whether `text` is a reply to the invite that was made of `offer`, and not to another one.
pub fn answers(offer: &str, text: &str) -> bool {
    let (Ok((description, name)), Ok(ufrag)) = (read(text), ufrag_of(offer)) else {
        return false;
    };
    description.role != Role::Offer && name == invite_name(ufrag)
}

fn shown(description: &Description) -> Sdp {
    Sdp {
        kind: description.role.kind(),
        text: description.text(),
    }
}

/// Eight bits: enough to tell a mix-up (255 in 256), and ICE refuses the rest.
fn invite_name(offer_ufrag: &str) -> u8 {
    let digest = Sha256::new()
        .chain_update(b"duologue invite 1")
        .chain_update(offer_ufrag);
    digest.finalize()[0]
}

fn pack(description: &Description, offer_ufrag: &str) -> Result<String, PackError> {
    let Description {
        role,
        ufrag,
        pwd,
        fingerprint,
        candidates,
    } = description;
    let is_hex = |text: &str| text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    let spelling = match (ufrag.len(), pwd.len()) {
        (4, 24) => Spelling::Letters,
        (8, 32) if is_hex(ufrag) && is_hex(pwd) => Spelling::Hex,
        _ => Spelling::Other,
    };
    let mut out = Writer::default();
    out.put(*role as u128 * 3 + spelling as u128, 6);
    out.put_bytes(&[invite_name(offer_ufrag)]);
    for text in [ufrag, pwd] {
        if spelling == Spelling::Other {
            out.put(text.len() as u128, 9);
        }
        for c in text.bytes() {
            if spelling == Spelling::Hex {
                out.put(
                    char::from(c)
                        .to_digit(16)
                        .ok_or(PackError::Unsupported)?
                        .into(),
                    4,
                );
            } else {
                let at = ICE
                    .iter()
                    .position(|known| *known == c)
                    .ok_or(PackError::Unsupported)?;
                out.put(at as u128, 6);
            }
        }
    }
    out.put_bytes(fingerprint);
    for (at, candidate) in candidates.iter().enumerate() {
        out.put(u128::from(at + 1 < candidates.len()), 1);
        candidate.write(&mut out);
    }
    Ok(out.finish())
}

fn read(pasted: &str) -> Result<(Description, u8), TokenError> {
    let (text, in_address) = locate(pasted)?;
    // A text that looks nothing like a token is told so; one that does has been damaged.
    let looks_like_one = (MIN_TEXT..=MAX_TEXT).contains(&text.len())
        && !text.contains(char::is_whitespace)
        && text
            .bytes()
            .next()
            .is_some_and(|head| (b'A'..=b'I').contains(&head));
    let refusal = if in_address || looks_like_one {
        TokenError::Damaged
    } else {
        TokenError::NotAToken
    };
    if text.len() > MAX_TEXT {
        return Err(refusal);
    }
    let mut reader = Reader::new(&text).ok_or(refusal)?;
    match reader.get(6) {
        Some(head) if head < HEADS => parse(head, reader).ok_or(refusal),
        Some(_) if text.len() >= MIN_TEXT => Err(TokenError::TooNew),
        _ => Err(refusal),
    }
}

/// The token within what was pasted, and whether it stood in an address.
fn locate(pasted: &str) -> Result<(String, bool), TokenError> {
    let pasted = pasted.trim();
    if pasted.is_empty() {
        return Err(TokenError::Empty);
    }
    match pasted.split_once(ADDRESS) {
        // Whatever was written after the link does not belong to it, nor does a closing bracket.
        Some((_, after)) => {
            let token = after.split(char::is_whitespace).next().unwrap_or_default();
            let is_outside = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_';
            Ok((token.trim_end_matches(is_outside).into(), true))
        }
        // Mail programs break long lines.
        None => Ok((pasted.replace(['\r', '\n'], ""), false)),
    }
}

fn parse(head: u128, mut from: Reader) -> Option<(Description, u8)> {
    let role = match head / 3 {
        0 => Role::Offer,
        1 => Role::ActiveAnswer,
        _ => Role::PassiveAnswer,
    };
    let spelling = match head % 3 {
        0 => Spelling::Letters,
        1 => Spelling::Hex,
        _ => Spelling::Other,
    };
    let [name] = from.get_bytes()?;
    let ufrag = credential(&mut from, spelling, 4, 8)?;
    let pwd = credential(&mut from, spelling, 24, 32)?;
    if role == Role::Offer && invite_name(&ufrag) != name {
        return None;
    }
    let fingerprint = from.get_bytes()?;
    let mut candidates = alloc::vec::Vec::new();
    loop {
        let more = from.get(1)? == 1;
        candidates.push(candidate::Candidate::read(&mut from)?);
        if !more {
            break;
        }
        if candidates.len() == MAX_CANDIDATES {
            return None;
        }
    }
    let description = Description {
        role,
        ufrag,
        pwd,
        fingerprint,
        candidates,
    };
    from.ends_here().then_some((description, name))
}

fn credential(from: &mut Reader, spelling: Spelling, letters: usize, hex: usize) -> Option<String> {
    match spelling {
        Spelling::Letters => (0..letters).map(|_| letter(from)).collect(),
        Spelling::Hex => (0..hex)
            .map(|_| char::from_digit(from.get(4)? as u32, 16))
            .collect(),
        Spelling::Other => {
            let length = from.get(9)? as usize;
            (1..=256)
                .contains(&length)
                .then(|| (0..length).map(|_| letter(from)).collect())?
        }
    }
}

fn letter(from: &mut Reader) -> Option<char> {
    Some(char::from(*ICE.get(from.get(6)? as usize)?))
}
