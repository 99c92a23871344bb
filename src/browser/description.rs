//! Session descriptions and candidates: the core's value types ↔ the browser's dictionaries.

use duologue_core::{
    io::{Sdp, SdpKind},
    wire::Candidate,
};
use web_sys::{
    RtcIceCandidate, RtcIceCandidateInit, RtcSdpType, RtcSessionDescription,
    RtcSessionDescriptionInit,
};

/// `None` for a rollback or a provisional answer, which we never make.
pub fn to_core(description: &RtcSessionDescription) -> Option<Sdp> {
    let kind = match description.type_() {
        RtcSdpType::Offer => SdpKind::Offer,
        RtcSdpType::Answer => SdpKind::Answer,
        _ => return None,
    };
    Some(Sdp {
        kind,
        text: description.sdp(),
    })
}

pub fn to_browser(sdp: &Sdp) -> RtcSessionDescriptionInit {
    let init = RtcSessionDescriptionInit::new(match sdp.kind {
        SdpKind::Offer => RtcSdpType::Offer,
        SdpKind::Answer => RtcSdpType::Answer,
    });
    init.set_sdp(&sdp.text);
    init
}

/// The end of candidates comes as no candidate at all, and in some browsers as an empty one before
/// that: one end is enough.
pub fn candidate_to_core(candidate: Option<RtcIceCandidate>) -> Option<Candidate> {
    match candidate {
        None => Some(Candidate::default()),
        Some(it) if it.candidate().is_empty() => None,
        Some(it) => Some(Candidate {
            candidate: it.candidate(),
            mid: it.sdp_mid(),
            line: it.sdp_m_line_index(),
        }),
    }
}

/// `None` says that there are no more.
pub fn candidate_to_browser(candidate: &Candidate) -> Option<RtcIceCandidateInit> {
    if candidate.candidate.is_empty() {
        return None;
    }
    let init = RtcIceCandidateInit::new(&candidate.candidate);
    init.set_sdp_mid(candidate.mid.as_deref());
    init.set_sdp_m_line_index(candidate.line);
    Some(init)
}
