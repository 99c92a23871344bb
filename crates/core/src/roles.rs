//! Who called and who was called, where two ends met to agree on keys (DTLS): it stays so for as long as a
//! connection stands.

use crate::io::{Sdp, SdpKind};
use alloc::string::String;

const OPEN: &str = "a=setup:actpass\r\n";
const CALLS: &str = "a=setup:active\r\n";
const IS_CALLED: &str = "a=setup:passive\r\n";

/// An offer in a connection that stands, with the part that its author has in it, by the answer that was
/// agreed on last and by whose that is. Browsers leave the choice open in every offer; Firefox (140) then
/// chooses anew, as if nothing stood, and Chromium refuses a choice that is another one than before.
pub fn kept(offer: &str, agreed: &Sdp, mine: bool) -> Option<String> {
    if agreed.kind != SdpKind::Answer {
        return None;
    }
    let its_author_calls = agreed.text.contains(CALLS);
    let part = if its_author_calls == mine {
        CALLS
    } else {
        IS_CALLED
    };
    Some(offer.replace(OPEN, part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(part: &str) -> Sdp {
        Sdp {
            kind: SdpKind::Answer,
            text: ["v=0\r\n", part].concat(),
        }
    }

    #[test]
    fn an_offer_says_the_part_that_its_author_has() {
        let offer = ["v=0\r\nm=audio\r\n", OPEN, "m=video\r\n", OPEN].concat();
        for (agreed, mine, part) in [
            (CALLS, true, CALLS),
            (CALLS, false, IS_CALLED),
            (IS_CALLED, true, IS_CALLED),
            (IS_CALLED, false, CALLS),
        ] {
            let said = kept(&offer, &answer(agreed), mine).unwrap();
            assert_eq!(
                said,
                ["v=0\r\nm=audio\r\n", part, "m=video\r\n", part].concat()
            );
        }
    }

    #[test]
    fn an_offer_says_nothing_of_what_was_never_agreed_on() {
        let offered = Sdp {
            kind: SdpKind::Offer,
            text: CALLS.into(),
        };
        assert_eq!(kept(OPEN, &offered, true), None);
    }

    proptest! {
        #[test]
        fn two_ends_never_claim_the_same_part(offer in "(a=setup:actpass\r\n|m=audio\r\n|x)*", calls: bool) {
            let agreed = answer(if calls { CALLS } else { IS_CALLED });
            let (mine, theirs) = (kept(&offer, &agreed, true), kept(&offer, &agreed, false));
            let turned = mine.map(|it| it.replace(CALLS, "?").replace(IS_CALLED, CALLS).replace('?', IS_CALLED));
            prop_assert_eq!(turned, theirs);
        }
    }
}
