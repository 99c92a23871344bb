//! The front of a recording as it passes: in any pieces, with nothing lost but what is rewritten.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::reader::whole;
use common::{FIXTURES, finished, fixture, path, recorded};
use duologue_webm::{Head, Kind};
use proptest::prelude::*;

#[test]
fn pieces_as_the_browser_cut_them_pass_with_only_the_first_changed() {
    for name in ["chromium-vp8", "firefox-vp8"] {
        let recording = fixture(&format!("{name}.webm"));
        let lengths = std::fs::read_to_string(path(&format!("{name}.pieces"))).unwrap();
        let (mut head, mut at, mut file) = (Head::new(), 0, Vec::new());
        for length in lengths.lines().map(|line| line.parse::<usize>().unwrap()) {
            let known = head.kind() == Kind::Webm;
            let piece = &recording[at..at + length];
            let out = head.take(piece);
            assert!(!known || out == piece);
            file.extend(out.iter());
            at += length;
        }
        assert_eq!(
            (at, head.kind(), head.end()),
            (recording.len(), Kind::Webm, Vec::new())
        );
        // A crash after any number of pieces, which is how one happens.
        whole(&finished(file).unwrap().0.bytes);
    }
}

#[test]
fn the_head_keeps_what_the_writer_said() {
    for name in FIXTURES {
        let recording = fixture(name);
        let file = recorded(&recording, 4000);
        let from = |bytes: &[u8], id: &[u8]| bytes.windows(id.len()).rposition(|some| some == id);
        let tracks = |bytes: &[u8]| {
            let first = bytes
                .windows(4)
                .position(|four| four == b"\x1F\x43\xB6\x75")
                .unwrap();
            bytes[from(&bytes[..first], b"\x16\x54\xAE\x6B").unwrap()..first].to_vec()
        };
        assert_eq!(tracks(&recording), tracks(&file), "{name}");
        let app: &[u8] = if name.starts_with("firefox") {
            b"QTwritingAppLibWebM"
        } else {
            b"Chrome"
        };
        assert!(from(&file[..400], app).is_some(), "{name}");
        assert!(
            from(&file[..400], b"\x44\x89\x88\0\0\0\0\0\0\0\0").is_some(),
            "{name}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn in_whatever_pieces_it_comes_the_file_is_the_same(
        name in 0..FIXTURES.len(),
        cut in 1_usize..2000,
    ) {
        let recording = fixture(FIXTURES[name]);
        prop_assert!(recorded(&recording, cut) == recorded(&recording, 1));
    }
}
