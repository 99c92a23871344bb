//! What browsers record, cut anywhere, becomes a whole file without the loss of a whole block.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::reader::{Block, blocks, whole};
use common::{FIXTURES, Memory, finished, finished_in_steps, fixture, recorded};
use duologue_webm::{Error, Finisher, Step, examine};
use proptest::prelude::*;

/// The places in a recording where something begins or ends, and those next to them.
fn borders(bytes: &[u8]) -> Vec<usize> {
    let all = blocks(bytes);
    let first = all[0].end;
    let marks = [&b"\x1F\x43\xB6\x75"[..], b"\xA3", b"\xA0\x41"].into_iter();
    let starts = marks.flat_map(|mark| {
        (0..bytes.len())
            .filter(move |at| bytes[*at..].starts_with(mark))
            .step_by(mark.len().div_ceil(3))
    });
    let around = all
        .iter()
        .map(|block| block.end)
        .chain(starts)
        .flat_map(|at| at - 1..at + 5);
    let mut at: Vec<usize> = (0..first + 20)
        .chain(around)
        .filter(|at| *at <= bytes.len())
        .collect();
    at.sort_unstable();
    at.dedup();
    at
}

fn same(left: &[Block], right: &[Block]) -> bool {
    let plain = |block: &Block| (block.track, block.time, block.is_key, block.data.clone());
    left.len() == right.len() && left.iter().zip(right).all(|(l, r)| plain(l) == plain(r))
}

/// The recording cut after `cut` bytes, finished; checks all there is to check.
fn check(recording: &[u8], all: &[Block], cut: usize) {
    let kept = all.iter().take_while(|block| block.end <= cut).count();
    let file = recorded(&recording[..cut], 1000);
    match finished(file.clone()) {
        Ok((store, what)) => {
            let read = whole(&store.bytes);
            assert!(
                same(&read.blocks, &all[..kept]),
                "cut at {cut}: {} of {kept}",
                read.blocks.len()
            );
            assert!(what.finished);
            let millis = what.duration.unwrap().as_secs_f64() * 1000.0;
            assert!((millis - read.duration).abs() < 0.001);
        }
        Err(Error::Empty) => assert_eq!(kept, 0, "cut at {cut}"),
        Err(Error::NotWebm) => assert_eq!(cut, 0),
        Err(error) => panic!("cut at {cut}: {error:?}"),
    }
}

#[test]
fn cut_at_any_border_a_recording_keeps_every_whole_block() {
    for name in FIXTURES {
        let recording = fixture(name);
        let all = blocks(&recording);
        assert!(all.len() > 60, "{name}");
        for cut in borders(&recording) {
            check(&recording, &all, cut);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn cut_anywhere_a_recording_keeps_every_whole_block(
        name in 0..FIXTURES.len(),
        part in 0.0..1.0,
    ) {
        let recording = fixture(FIXTURES[name]);
        let cut = (recording.len() as f64 * part) as usize;
        check(&recording, &blocks(&recording), cut);
    }

    #[test]
    fn a_power_cut_while_finishing_is_healed_by_finishing_again(
        name in 0..FIXTURES.len(),
        part in 0.1..1.0,
        power in 0_usize..900,
    ) {
        let recording = fixture(FIXTURES[name]);
        let cut = (recording.len() as f64 * part) as usize;
        let file = recorded(&recording[..cut], 1000);
        let (whole, _) = finished(file.clone()).unwrap();
        let mut store = Memory { power: Some(power), ..Memory::of(file) };
        if duologue_webm::finish(&mut store).is_err() {
            let what = examine(&mut store).unwrap();
            prop_assert!(!what.finished);
        }
        let (healed, _) = finished(store.bytes).unwrap();
        prop_assert!(healed.bytes == whole.bytes);
    }
}

#[test]
fn finishing_a_finished_file_changes_nothing() {
    for name in FIXTURES {
        let (store, what) = finished(recorded(&fixture(name), 4000)).unwrap();
        let (again, same) = finished(store.bytes.clone()).unwrap();
        assert_eq!((again.writes, same), (0, what));
        assert!(again.bytes == store.bytes);
    }
}

#[test]
fn a_finished_file_that_was_cut_is_finished_anew() {
    let (store, _) = finished(recorded(&fixture("chromium-vp8.webm"), 4000)).unwrap();
    let cluster = store
        .bytes
        .windows(4)
        .rposition(|four| four == b"\x1F\x43\xB6\x75")
        .unwrap();
    for cut in cluster - 300..store.bytes.len() {
        let (again, what) = finished(store.bytes[..cut].to_vec()).unwrap();
        whole(&again.bytes);
        assert!(what.finished);
    }
    // More than it says is no better than less.
    let longer = [&store.bytes[..], b"more"].concat();
    assert!(finished(longer).unwrap().0.bytes == store.bytes);
}

#[test]
fn steps_and_small_reads_come_to_the_same() {
    for name in FIXTURES {
        let file = recorded(&fixture(name), 4000);
        let (at_once, _) = finished(file.clone()).unwrap();
        assert!(finished_in_steps(Memory::of(file.clone())).unwrap().bytes == at_once.bytes);
        let mut sipping = Memory {
            sip: Some(7),
            ..Memory::of(file)
        };
        duologue_webm::finish(&mut sipping).unwrap();
        assert!(sipping.bytes == at_once.bytes);
    }
}

#[test]
fn a_step_that_failed_may_be_taken_again() {
    for name in FIXTURES {
        let file = recorded(&fixture(name), 4000);
        let (at_once, _) = finished(file.clone()).unwrap();
        for every in 2..9 {
            let mut store = Memory {
                sip: Some(9000),
                ..Memory::of(file.clone())
            };
            let mut finisher = Finisher::new(&mut store).unwrap();
            store.stumbles = Some(every + 7);
            while !matches!(finisher.step(&mut store), Ok(Step::Done(_))) {}
            assert!(store.bytes == at_once.bytes, "{name} {every}");
        }
    }
}

#[test]
fn what_is_in_a_file_is_told_before_and_after() {
    for name in FIXTURES {
        let mut store = Memory::of(recorded(&fixture(name), 4000));
        let before = examine(&mut store).unwrap();
        assert_eq!((before.duration, before.finished), (None, false));
        assert_eq!(before.has_video, !name.contains("sound"), "{name}");
        assert_eq!(before.has_audio, !name.contains("alpha"), "{name}");
        let after = duologue_webm::finish(&mut store).unwrap();
        assert_eq!(examine(&mut store).unwrap(), after);
        assert!(
            (4.0..5.0).contains(&after.duration.unwrap().as_secs_f64()),
            "{name} {after:?}"
        );
    }
}

#[test]
fn every_key_frame_a_second_apart_is_in_the_index() {
    let (store, _) = finished(recorded(&fixture("chromium-vp9.webm"), 4000)).unwrap();
    let read = whole(&store.bytes);
    let keys = read
        .blocks
        .iter()
        .filter(|block| block.is_key && block.track == 1);
    assert_eq!(
        read.cues,
        keys.map(|block| block.time as u64).collect::<Vec<_>>()
    );
    assert_eq!(read.cues.len(), 5);
}

#[test]
fn a_file_without_room_is_refused_and_left_alone() {
    for name in FIXTURES {
        let mut store = Memory::of(fixture(name));
        assert_eq!(
            duologue_webm::finish(&mut store),
            Err(Error::NoRoom),
            "{name}"
        );
        assert_eq!(store.writes, 0);
        // It can still be told what is in it.
        assert!(!examine(&mut store).unwrap().finished);
    }
}
