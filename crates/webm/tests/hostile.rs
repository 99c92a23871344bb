//! Bytes that no browser wrote: damage in the middle of a recording, other formats, garbage.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::reader::{blocks, whole};
use common::{FIXTURES, Memory, finished, finished_in_steps, fixture, recorded};
use duologue_webm::{Error, Head, Kind, examine};
use proptest::prelude::*;

#[test]
fn what_is_not_webm_passes_untouched_and_at_once() {
    let mp4 = b"\0\0\0\x1Cftypiso5\0\0\0\x01iso5dsmsmsix";
    let mut head = Head::new();
    assert_eq!(&*head.take(&mp4[..1]), &mp4[..1]);
    assert_eq!(head.kind(), Kind::Other);
    assert_eq!(&*head.take(&mp4[1..]), &mp4[1..]);
    assert!(finished(mp4.to_vec()).is_err_and(|error| error == Error::NotWebm));
}

#[test]
fn a_file_that_is_finished_passes_untouched() {
    let (store, _) = finished(recorded(&fixture("firefox-vp8.webm"), 4000)).unwrap();
    assert!(recorded(&store.bytes, 3) == store.bytes);
}

#[test]
fn a_head_that_never_ends_is_given_back() {
    let mut bytes = fixture("chromium-vp8.webm")[..48].to_vec();
    let void = [0xEC, 0x42, 0x00]
        .into_iter()
        .chain([0; 0x200])
        .collect::<Vec<u8>>();
    (0..100).for_each(|_| bytes.extend(&void));
    let mut head = Head::new();
    let out: Vec<u8> = bytes
        .chunks(700)
        .flat_map(|piece| head.take(piece).into_owned())
        .collect();
    assert!(out == bytes);
    assert_eq!(head.kind(), Kind::Other);
}

#[test]
fn bytes_lost_in_the_middle_cost_the_clusters_they_were_in_and_no_more() {
    for name in FIXTURES {
        let recording = fixture(name);
        let all = blocks(&recording);
        let file = recorded(&recording, 4000);
        let shift = file.len() - recording.len();
        // The middle of a block's head is overwritten, as by a page that never reached the disk.
        let bad = all[all.len() / 2].end;
        let cluster = |bytes: &[u8]| {
            bytes
                .windows(4)
                .position(|four| four == b"\x1F\x43\xB6\x75")
        };
        let next = bad + cluster(&recording[bad..]).unwrap();
        for len in [1, 2, 3, 9, 20] {
            let mut damaged = file.clone();
            damaged[bad + shift..bad + shift + len].fill(0);
            let (store, _) = finished(damaged).unwrap();
            let read = whole(&store.bytes);
            let kept = all
                .iter()
                .filter(|block| block.end <= bad || block.end > next)
                .count();
            assert_eq!(read.blocks.len(), kept, "{name} {len}");
            assert_eq!(read.blocks.last().unwrap().time, all.last().unwrap().time);
        }
    }
}

#[test]
fn an_element_that_is_not_known_here_is_kept() {
    let mut file = recorded(&fixture("chromium-vp8.webm"), 4000);
    let cluster = file
        .windows(4)
        .position(|four| four == b"\x1F\x43\xB6\x75")
        .unwrap();
    let after_timestamp = cluster + 12 + 3;
    file.splice(after_timestamp..after_timestamp, *b"\x42\x99\x83new");
    let count = blocks(&file).len();
    let (store, _) = finished(file).unwrap();
    assert_eq!(whole(&store.bytes).blocks.len(), count);
    assert!(store.bytes.windows(6).any(|six| six == b"\x42\x99\x83new"));
}

/// A recording of many hours, made of the fixture's Clusters again and again under later times.
#[test]
fn a_long_recording_is_finished_in_bounded_steps_with_a_bounded_index() {
    let recording = recorded(&fixture("chromium-vp8.webm"), 4000);
    let first = recording
        .windows(4)
        .position(|four| four == b"\x1F\x43\xB6\x75")
        .unwrap();
    let mut file = recording[..first].to_vec();
    let block = [&b"\xA3\x40\x45\x81\x00\x00\x80"[..], &[7; 65]].concat();
    for second in 0..40_000_u32 {
        file.extend(b"\x1F\x43\xB6\x75\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xE7\x84");
        file.extend((second * 1000).to_be_bytes());
        file.extend(&block);
    }
    let store = finished_in_steps(Memory::of(file)).unwrap();
    let read = whole(&store.bytes);
    assert_eq!((read.clusters, read.blocks.len()), (40_000, 40_000));
    assert!(
        (1024..=4096).contains(&read.cues.len()),
        "{}",
        read.cues.len()
    );
    assert!(read.cues.last() > Some(&39_900_000));
}

/// Nothing to assert but an end, and what the file says of itself.
fn survives(bytes: Vec<u8>) {
    let mut head = Head::new();
    let out = head.take(&bytes).into_owned();
    let mut file = Memory::of(out);
    file.bytes.extend(head.end());
    let _ = examine(&mut file);
    for mut store in [Memory::of(bytes), file] {
        let before = store.bytes.clone();
        match duologue_webm::finish(&mut store) {
            Ok(what) if what.finished => {
                let again = finished(store.bytes.clone()).unwrap();
                assert_eq!((again.0.writes, again.1), (0, what));
            }
            Ok(_) => {}
            Err(Error::Empty) => assert_eq!(store.bytes.len(), before.len()),
            Err(_) => assert!(store.bytes == before),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn garbage_is_survived(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        survives(bytes);
    }

    #[test]
    fn garbage_behind_a_true_head_is_survived(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        at in 0_usize..400,
    ) {
        let mut file = recorded(&fixture("chromium-vp8.webm")[..400], 50);
        file.truncate(at);
        file.extend(bytes);
        survives(file);
    }

    #[test]
    fn elements_in_any_order_are_survived(
        elements in proptest::collection::vec((0_usize..14, 0_u8..=255, any::<[u8; 3]>()), 0..60),
    ) {
        let ids: [&[u8]; 14] = [
            b"\x1F\x43\xB6\x75", b"\x1C\x53\xBB\x6B", b"\xA3", b"\xA0", b"\xA1", b"\xE7", b"\xEC",
            b"\x9B", b"\xFB", b"\x12\x54\xC3\x67", b"\x1A\x45\xDF\xA3", b"\x18\x53\x80\x67", b"\xAB", b"\x99",
        ];
        let mut file = recorded(&fixture("firefox-vp8.webm")[..330], 50);
        for (id, size, body) in elements {
            file.extend(ids[id]);
            file.push(size);
            file.extend(body);
        }
        survives(file);
    }

    #[test]
    fn a_recording_with_bytes_turned_is_survived(
        name in 0..FIXTURES.len(),
        turned in proptest::collection::vec((0.0..1.0, any::<u8>()), 1..40),
        near_the_head in any::<bool>(),
    ) {
        let mut bytes = fixture(FIXTURES[name]);
        let reach = if near_the_head { 300 } else { bytes.len() };
        for (part, byte) in turned {
            bytes[(part * reach as f64) as usize] = byte;
        }
        survives(recorded(&bytes, 999));
        survives(bytes);
    }
}
