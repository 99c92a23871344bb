//! A data-channel-only session description taken apart into what differs between two of them, and
//! put together again from a template that Chromium and Firefox both take.

use super::{
    PackError,
    candidate::{Candidate, choose},
};
use crate::io::SdpKind;
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

/// The longest ICE user fragment and password of RFC 8839 §5.4.
const MAX_CREDENTIAL: usize = 256;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    pub role: Role,
    pub ufrag: String,
    pub pwd: String,
    /// SHA-256 of the certificate.
    pub fingerprint: [u8; 32],
    pub candidates: Vec<Candidate>,
}

/// Kind and `a=setup` in one: an offer always says `actpass` (RFC 8842 §5.2), an answer never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Offer = 0,
    ActiveAnswer = 1,
    PassiveAnswer = 2,
}

impl Role {
    pub fn kind(self) -> SdpKind {
        match self {
            Role::Offer => SdpKind::Offer,
            Role::ActiveAnswer | Role::PassiveAnswer => SdpKind::Answer,
        }
    }

    fn setup(self) -> &'static str {
        match self {
            Role::Offer => "actpass",
            Role::ActiveAnswer => "active",
            Role::PassiveAnswer => "passive",
        }
    }
}

impl Description {
    pub fn parse(kind: SdpKind, sdp: &str) -> Result<Self, PackError> {
        let mut media = sdp.lines().filter(|line| line.starts_with("m="));
        let only = media.next().ok_or(PackError::Incomplete)?;
        if media.next().is_some() || !only.starts_with("m=application ") {
            return Err(PackError::NotDataOnly);
        }
        let role = match (kind, attribute(sdp, "setup:")?) {
            (SdpKind::Offer, "actpass") => Role::Offer,
            (SdpKind::Answer, "active") => Role::ActiveAnswer,
            (SdpKind::Answer, "passive") => Role::PassiveAnswer,
            _ => return Err(PackError::Unsupported),
        };
        // The template's; every browser counts its media from 0.
        if attribute(sdp, "mid:")? != "0" {
            return Err(PackError::Unsupported);
        }
        let (hash, hex) =
            (attribute(sdp, "fingerprint:")?.split_once(' ')).ok_or(PackError::Incomplete)?;
        if !hash.eq_ignore_ascii_case("sha-256") {
            return Err(PackError::Unsupported);
        }
        let candidates = sdp
            .lines()
            .filter_map(|line| line.trim_end().strip_prefix("a=candidate:"));
        let candidates = choose(candidates.filter_map(Candidate::parse).collect());
        if candidates.is_empty() {
            return Err(PackError::NoCandidates);
        }
        Ok(Description {
            role,
            ufrag: credential(attribute(sdp, "ice-ufrag:")?)?,
            pwd: credential(attribute(sdp, "ice-pwd:")?)?,
            fingerprint: fingerprint_of(hex).ok_or(PackError::Incomplete)?,
            candidates,
        })
    }

    /// The description whole. No line of it is longer or other than a browser's own: whatever came in
    /// a token, only credentials of the ICE alphabet, hex and parsed addresses get here.
    pub fn text(&self) -> String {
        let mut sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
            m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
            .to_string();
        for (at, candidate) in self.candidates.iter().enumerate() {
            sdp += &format!("a={}\r\n", candidate.line(at));
        }
        let hex: Vec<String> = self
            .fingerprint
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        let (ufrag, pwd, hex, setup) = (&self.ufrag, &self.pwd, hex.join(":"), self.role.setup());
        sdp += &format!(
            "a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\na=ice-options:trickle\r\n\
            a=fingerprint:sha-256 {hex}\r\na=setup:{setup}\r\na=mid:0\r\na=sctp-port:5000\r\n\
            a=max-message-size:262144\r\n"
        );
        sdp
    }
}

/// The ICE user fragment, by which an invite is known.
pub fn ufrag_of(sdp: &str) -> Result<&str, PackError> {
    attribute(sdp, "ice-ufrag:")
}

/// At session or media level: with one medium they mean the same.
fn attribute<'a>(sdp: &'a str, name: &str) -> Result<&'a str, PackError> {
    sdp.lines()
        .find_map(|line| line.strip_prefix("a=")?.strip_prefix(name))
        .map(str::trim)
        .ok_or(PackError::Incomplete)
}

fn credential(text: &str) -> Result<String, PackError> {
    let is_ice = |c: u8| c.is_ascii_alphanumeric() || c == b'+' || c == b'/';
    let fits = (1..=MAX_CREDENTIAL).contains(&text.len()) && text.bytes().all(is_ice);
    if fits {
        Ok(text.to_string())
    } else {
        Err(PackError::Unsupported)
    }
}

fn fingerprint_of(hex: &str) -> Option<[u8; 32]> {
    let mut fingerprint = [0; 32];
    let mut parts = hex.split(':');
    for byte in &mut fingerprint {
        let part = parts.next().filter(|part| part.len() == 2)?;
        *byte = u8::from_str_radix(part, 16).ok()?;
    }
    parts.next().is_none().then_some(fingerprint)
}
