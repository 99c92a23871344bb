//! Whether the others may learn one's network address. Where they may not, nothing but the host's relay is
//! used, and no other address is ever told: set for whoever is met from then on, kept on this device.

use super::taste;
use crate::browser::peer_connection::IceConfig;

const KEPT: &str = "duologue.hidden";
const YES: &str = "yes";

pub fn is_hidden() -> bool {
    taste::kept(KEPT).is_some_and(|it| it == YES)
}

pub fn hide(hidden: bool) {
    taste::keep(KEPT, if hidden { YES } else { "no" });
}

/// How to be reached by somebody new.
pub(super) fn by(means: &IceConfig) -> IceConfig {
    IceConfig {
        relayed_only: means.relayed_only || is_hidden(),
        ..means.clone()
    }
}
