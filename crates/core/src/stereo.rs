//! A wish that browsers have no other way to be told of: sound in two channels.

use alloc::{string::String, vec::Vec};

/// The same description with a wish for stereo, where it does not say already what it wishes. Chromium
/// has no other way to ask: without, it makes one channel of what it sends and of what comes.
pub fn in_stereo(sdp: &str) -> Option<String> {
    let opus = sdp.lines().filter_map(|line| {
        let (payload, codec) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
        let named = codec.get(..5)?.eq_ignore_ascii_case("opus/");
        named.then_some(payload)
    });
    let opus: Vec<&str> = opus.collect();
    let mut changed = false;
    let mut text = String::with_capacity(sdp.len() + 32);
    for line in sdp.split_inclusive('\n') {
        let (bare, end) = line.split_at(line.trim_end().len());
        text.push_str(bare);
        let parameters = bare
            .strip_prefix("a=fmtp:")
            .and_then(|it| it.split_once(' '))
            .filter(|(payload, _)| opus.contains(payload));
        if parameters.is_some_and(|(_, it)| !it.contains("stereo=")) {
            text.push_str(";stereo=1;sprop-stereo=1");
            changed = true;
        }
        text.push_str(end);
    }
    changed.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPUS: &str = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtpmap:111 opus/48000/2\r\n\
        a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";

    #[test]
    fn opus_is_wished_in_stereo_and_nothing_else_is_touched() {
        let stereo = in_stereo(OPUS).unwrap();
        let wished = "minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1\r\n";
        assert_eq!(
            stereo,
            OPUS.replace("minptime=10;useinbandfec=1\r\n", wished)
        );
        // What says so already is left as it is.
        assert_eq!(in_stereo(&stereo), None);
    }

    #[test]
    fn a_description_without_sound_stays_as_it_is() {
        let text = "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";
        assert_eq!(in_stereo(text), None);
    }

    proptest! {
        #[test]
        fn whatever_it_says_only_the_wish_is_added(sdp in "(a=rtpmap:1|a=fmtp:1| opus/|;x|\r|\n|é)*") {
            let stereo = in_stereo(&sdp);
            let bare = stereo.map(|it| it.replace(";stereo=1;sprop-stereo=1", ""));
            prop_assert!(bare.is_none_or(|it| it == sdp));
        }
    }
}
