use super::*;
use proptest::prelude::*;

const HD: Size = Size {
    width: 1280,
    height: 720,
};

const TWO: Situation = Situation {
    limit: None,
    hi_fi: false,
    people: 1,
    path_known: true,
    path_bits: None,
    strain: 0,
    camera: HD,
    screen: None,
    need: None,
    encodes: NONE,
    decodes: NONE,
};

const NONE: Codecs = Codecs {
    av1: false,
    vp9: false,
    h264: false,
    vp8: false,
};

const fn size(width: u16, height: u16) -> Size {
    Size { width, height }
}

fn shown(width: u16, height: u16) -> Option<Need> {
    Some(Need {
        camera: size(width, height),
        screen: Size::default(),
    })
}

#[test]
fn between_two_the_picture_takes_what_the_path_carries() {
    let encoding = decide(&TWO);
    assert_eq!(encoding.camera, WHOLE);
    assert_eq!(encoding.sound_bits, SPEECH_BITS);
    let music = decide(&Situation { hi_fi: true, ..TWO });
    assert_eq!(music.sound_bits, MUSIC_BITS);
}

#[test]
fn a_new_path_begins_with_a_small_picture() {
    let path_known = false;
    let encoding = decide(&Situation { path_known, ..TWO });
    assert_eq!(encoding.camera.shrink, SMALL);
}

#[test]
fn nobody_to_send_to_is_no_trouble() {
    let (people, limit) = (0, Some(500_000));
    let encoding = decide(&Situation {
        limit,
        people,
        ..TWO
    });
    assert!(encoding.camera.bits > Some(0));
}

#[test]
fn nobody_is_sent_what_they_do_not_see() {
    let hidden = decide(&Situation {
        need: shown(0, 0),
        screen: Some(HD),
        ..TWO
    });
    assert!(!hidden.camera.sent && !hidden.screen.sent);
    assert_eq!(hidden.sound_bits, SPEECH_BITS);
}

#[test]
fn a_face_is_as_large_as_its_tile_and_a_little_less_is_as_large() {
    for ((width, height), shrink) in [
        ((1280, 720), 1.0),
        ((4000, 3000), 1.0),
        // A face fills its box: the side that needs more of it counts.
        ((640, 720), 1.0),
        ((1100, 500), 1.0),
        ((640, 360), 2.0),
        ((320, 300), 2.4),
        ((10, 10), MOST_SHRUNK),
    ] {
        let need = shown(width, height);
        let camera = decide(&Situation { need, ..TWO }).camera;
        assert_eq!(camera.shrink, shrink, "{width}×{height}");
        assert_eq!(camera.bits.is_some(), shrink > 1.0);
    }
}

#[test]
fn letters_stay_letters_until_half_of_them_is_enough() {
    let shrunk = |width, height| {
        let need = Some(Need {
            camera: HD,
            screen: size(width, height),
        });
        let screen = Some(size(1920, 1080));
        decide(&Situation {
            need,
            screen,
            ..TWO
        })
        .screen
        .shrink
    };
    assert_eq!(shrunk(1200, 700), 1.0);
    // A screen is seen whole: the side that leaves less room counts.
    assert_eq!(shrunk(1900, 540), 2.0);
    assert_eq!(shrunk(240, 135), 8.0);
}

#[test]
fn eight_people_cost_little_more_than_two() {
    // What a laptop shows of seven others, in its pixels.
    let tile = shown(426, 320);
    let one = decide(&Situation {
        people: 7,
        need: tile,
        ..TWO
    });
    let all = 7 * (one.camera.bits.unwrap() + one.sound_bits);
    assert!(all < 4_000_000, "{all}");
    assert_eq!(one.camera.frames, Some(CROWD_FRAMES));
}

#[test]
fn strain_takes_frames_before_it_takes_pixels() {
    let strained = |strain| decide(&Situation { strain, ..TWO }).camera;
    assert_eq!((strained(1).shrink, strained(1).frames), (1.0, Some(20)));
    assert_eq!((strained(2).shrink, strained(2).frames), (1.5, Some(15)));
    assert_eq!(strained(99), strained(Strain::LEVELS - 1));
}

#[test]
fn what_is_shared_comes_before_faces() {
    let encoding = decide(&Situation {
        limit: Some(1_000_000),
        screen: Some(HD),
        ..TWO
    });
    assert!(encoding.screen.bits > encoding.camera.bits);
}

#[test]
fn the_best_codec_that_both_have_circuits_for_is_taken_and_else_none() {
    let (h264, vp9) = (Codecs { h264: true, ..NONE }, Codecs { vp9: true, ..NONE });
    let both = Codecs { vp9: true, ..h264 };
    assert_eq!(codec(both, both), Some(Codec::Vp9));
    assert_eq!(codec(both, h264), Some(Codec::H264));
    assert_eq!(codec(vp9, h264), None);
    assert_eq!(decide(&TWO).codec, None);
    let situation = Situation {
        encodes: h264,
        decodes: both,
        ..TWO
    };
    assert_eq!(decide(&situation).codec, Some(Codec::H264));
}

proptest! {
    #[test]
    fn a_limit_holds_for_all_people_together_and_sound_is_never_starved(
        limit in 500_000u32..5_000_000,
        people in 1u32..8,
        hi_fi: bool,
        shares: bool,
        strain in 0usize..9,
        (width, height) in (0u16..4000, 0u16..3000),
        path_bits in proptest::option::of(80_000u32..3_000_000),
    ) {
        let all = limit;
        let encoding = decide(&Situation {
            limit: Some(all),
            people,
            hi_fi,
            strain,
            path_bits,
            screen: shares.then_some(HD),
            need: Some(Need { camera: size(width, height), screen: HD }),
            ..TWO
        });
        let (sound, camera) = (encoding.sound_bits, encoding.camera);
        let mut sum = sound;
        if camera.sent {
            sum += camera.bits.unwrap();
        }
        if shares {
            sum += encoding.screen.bits.unwrap();
        }
        let share = (all / people).min(path_bits.unwrap_or(u32::MAX));
        // What encoders take for a mistake is not asked of them.
        prop_assert!(sum <= share + 2 * LEAST_PICTURE_BITS, "{sum} of {share}");
        prop_assert!(sound >= SPEECH_BITS.min(share / 2));
        prop_assert!((1.0..=MOST_SHRUNK).contains(&camera.shrink));
    }

    /// Less is seen, less is sent.
    #[test]
    fn a_smaller_tile_never_costs_more(
        (width, height) in (1u16..4000, 1u16..3000),
        by in 1u16..10,
        people in 1u32..8,
    ) {
        let at = |width, height| {
            let need = shown(width, height);
            let camera = decide(&Situation { need, people, ..TWO }).camera;
            (camera.bits.unwrap_or(u32::MAX), 1.0 / camera.shrink)
        };
        let (large, small) = (at(width, height), at(width / by + 1, height / by + 1));
        prop_assert!(small.0 <= large.0 || width / by + 1 > width || height / by + 1 > height);
        prop_assert!(small.1 <= large.1 || width / by + 1 > width || height / by + 1 > height);
    }
}
