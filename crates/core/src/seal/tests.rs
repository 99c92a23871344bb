use super::{senders::MAX_SENDERS, *};
use alloc::{collections::BTreeSet, format, string::String, vec::Vec};
use proptest::prelude::*;

const ANA: PeerId = PeerId([1; 16]);
const BEN: PeerId = PeerId([2; 16]);
const EVE: PeerId = PeerId([3; 16]);

fn made(byte: u8) -> RoomKeys {
    RoomSecret::from_bytes([byte; 16]).keys()
}

fn ana() -> Seal {
    Seal::new(made(7), ANA, Epoch(10))
}

fn ben() -> Seal {
    Seal::new(made(7), BEN, Epoch(20))
}

const TO_BEN: To = To::Peer(BEN, Epoch(20));

#[test]
fn a_letter_and_a_card_are_read_by_whom_they_are_for() {
    let (mut ana, mut ben) = (ana(), ben());
    let card = ana.seal(To::Everyone, b"Ana");
    assert_eq!(ben.open_card(ANA, &card), Ok((Epoch(10), b"Ana".to_vec())));
    // A server may show the same card again.
    assert_eq!(ben.open_card(ANA, &card), Ok((Epoch(10), b"Ana".to_vec())));
    let letter = ana.seal(TO_BEN, b"hello");
    assert_eq!(ben.open(ANA, &letter), Ok((Epoch(10), b"hello".to_vec())));
    assert_eq!(ben.open(ANA, &card), Err(OpenError::Malformed));
    assert_eq!(ben.open_card(ANA, &letter), Err(OpenError::Malformed));
}

#[test]
fn every_changed_bit_and_every_cut_is_refused_and_moves_nothing() {
    let (mut ana, mut ben) = (ana(), ben());
    let letter = ana.seal(TO_BEN, b"hello");
    let bytes = Base64UrlUnpadded::decode_vec(&letter.0).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut altered = bytes.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        let altered = Sealed(Base64UrlUnpadded::encode_string(&altered));
        assert!(ben.open(ANA, &altered).is_err(), "bit {bit}");
        assert!(ben.open_card(ANA, &altered).is_err(), "bit {bit}");
    }
    for cut in 0..bytes.len() {
        let shorter = Sealed(Base64UrlUnpadded::encode_string(&bytes[..cut]));
        assert!(ben.open(ANA, &shorter).is_err(), "cut at {cut}");
    }
    assert_eq!(ben.senders.len(), 0);
    assert!(ben.open(ANA, &letter).is_ok());
}

#[test]
fn every_changed_character_is_refused() {
    let (mut ana, mut ben) = (ana(), ben());
    let letter = ana.seal(TO_BEN, b"hello!").0;
    for at in 0..letter.len() {
        for other in (0..128_u8)
            .map(char::from)
            .filter(|c| !letter[at..].starts_with(*c))
        {
            let altered = Sealed(format!("{}{other}{}", &letter[..at], &letter[at + 1..]));
            assert!(ben.open(ANA, &altered).is_err(), "{at}: {other:?}");
        }
    }
}

#[test]
fn a_letter_given_another_sender_receiver_room_or_life_is_refused() {
    let letter = ana().seal(TO_BEN, b"hello");
    assert_eq!(ben().open(EVE, &letter), Err(OpenError::Forged));
    let mut eve = Seal::new(made(7), EVE, Epoch(20));
    assert_eq!(eve.open(ANA, &letter), Err(OpenError::Forged));
    let mut elsewhere = Seal::new(made(8), BEN, Epoch(20));
    assert_eq!(elsewhere.open(ANA, &letter), Err(OpenError::Forged));
    let mut reloaded = Seal::new(made(7), BEN, Epoch(21));
    assert_eq!(reloaded.open(ANA, &letter), Err(OpenError::Stale));
    let card = ana().seal(To::Everyone, b"Ana");
    assert_eq!(ben().open_card(EVE, &card), Err(OpenError::Forged));
    // Thrown back at its author.
    assert_eq!(ana().open_card(ANA, &card), Err(OpenError::Forged));
}

#[test]
fn what_an_earlier_life_said_is_stale_once_a_later_one_has_spoken() {
    let mut ben = ben();
    let mut before = ana();
    let mut after = Seal::new(made(7), ANA, Epoch(11));
    let (old_card, old_letter) = (before.seal(To::Everyone, b"1"), before.seal(TO_BEN, b"1"));
    assert!(ben.open_card(ANA, &old_card).is_ok());
    assert!(ben.open_card(ANA, &after.seal(To::Everyone, b"2")).is_ok());
    assert_eq!(ben.open_card(ANA, &old_card), Err(OpenError::Stale));
    assert_eq!(ben.open(ANA, &old_letter), Err(OpenError::Stale));
    assert!(ben.open(ANA, &after.seal(TO_BEN, b"2")).is_ok());
}

#[test]
fn letters_may_overtake_each_other_within_the_window_and_are_read_once() {
    let (mut ana, mut ben) = (ana(), ben());
    let letters: Vec<Sealed> = (0..300).map(|_| ana.seal(TO_BEN, b"x")).collect();
    for at in (72..200).rev() {
        assert!(ben.open(ANA, &letters[at]).is_ok(), "{at}");
    }
    for letter in &letters[..200] {
        assert_eq!(ben.open(ANA, letter), Err(OpenError::Replayed));
    }
    assert!(ben.open(ANA, &letters[299]).is_ok());
    assert_eq!(ben.open(ANA, &letters[171]), Err(OpenError::Replayed));
    assert_eq!(ben.open(ANA, &letters[199]), Err(OpenError::Replayed));
    assert!(ben.open(ANA, &letters[200]).is_ok());
}

/// A signaller that shows the cards of hundreds of people who were here must not make a window be
/// forgotten, whose letters it could then replay.
#[test]
fn a_flood_of_cards_does_not_let_a_letter_be_replayed() {
    let (mut ana, mut ben) = (ana(), ben());
    let letter = ana.seal(TO_BEN, b"hello");
    assert!(ben.open(ANA, &letter).is_ok());
    for n in 0..2 * MAX_SENDERS as u32 {
        let mut id = [9; 16];
        id[..4].copy_from_slice(&n.to_be_bytes());
        let mut visitor = Seal::new(made(7), PeerId(id), Epoch(1));
        assert!(
            ben.open_card(PeerId(id), &visitor.seal(To::Everyone, b"v"))
                .is_ok()
        );
        assert!(n % 8 != 0 || ben.open(PeerId(id), &visitor.seal(TO_BEN, b"v")).is_ok());
    }
    assert_eq!(ben.senders.len(), MAX_SENDERS);
    assert_eq!(ben.open(ANA, &letter), Err(OpenError::Replayed));
}

/// Computed by an implementation of its own (Python, from the RFCs and the reference Argon2), not copied from this one.
#[test]
fn the_format_does_not_drift() {
    let letter = ana().seal(TO_BEN, b"hello");
    assert_eq!(made(7).room.text(), "HqAe1M9ljCfgujSihLsGXA");
    assert_eq!(
        letter.0,
        "AQEAAAAAAAAACgAAAAAAAAAUAAAAAAAAAADyp4HoVranCmb5wYAR46Bb0iMikSM"
    );
    assert_eq!(
        RoomSecret::from_bytes([7; 16]).address(),
        "d1-BwcHBwcHBwcHBwcHBwcHB9dh1A"
    );
    assert_eq!(
        RoomSecret::parse("Team meeting")
            .unwrap()
            .keys()
            .room
            .text(),
        "qhFli9UjPF6L1thoJ2TPzA"
    );
}

#[test]
fn a_later_version_is_told_from_nonsense() {
    let mut bytes = Base64UrlUnpadded::decode_vec(&ana().seal(TO_BEN, b"x").0).unwrap();
    for (version, error) in [(0, OpenError::Malformed), (2, OpenError::Version)] {
        bytes[0] = version;
        let sealed = Sealed(Base64UrlUnpadded::encode_string(&bytes));
        assert_eq!(ben().open(ANA, &sealed), Err(error));
    }
}

#[test]
fn a_made_room_reads_back_and_every_damage_to_its_link_is_told() {
    let secret = RoomSecret::from_bytes(core::array::from_fn(|i| i as u8 * 17));
    let address = secret.address();
    assert!(!secret.is_typed());
    assert_eq!(RoomSecret::parse(&format!(" {address}\n")), Ok(secret));
    for at in 3..address.len() {
        assert_eq!(
            RoomSecret::parse(&address[..at]),
            Err(RoomError::Damaged),
            "cut at {at}"
        );
        for other in (0..128_u8)
            .map(char::from)
            .filter(|c| !address[at..].starts_with(*c))
        {
            let altered = format!("{}{other}{}", &address[..at], &address[at + 1..]);
            assert_eq!(
                RoomSecret::parse(&altered),
                Err(RoomError::Damaged),
                "{altered}"
            );
        }
    }
    assert_eq!(
        RoomSecret::parse(&address.to_uppercase()),
        Err(RoomError::Damaged)
    );
}

#[test]
fn a_typed_room_is_the_same_however_it_is_typed() {
    for typed in [
        "team meeting",
        "  Team \t Meeting ",
        "TEAM-MEETING",
        "team_meeting-",
    ] {
        let secret = RoomSecret::parse(typed).unwrap();
        assert!(secret.is_typed());
        assert_eq!(secret.address(), "team-meeting");
    }
    let [a, b] = ["Team Meeting", "team-meeting"].map(|t| RoomSecret::parse(t).unwrap().keys());
    assert!(a == b);
    for (typed, error) in [
        ("", RoomError::Empty),
        (" - \u{200b}", RoomError::Empty),
        (&*"x".repeat(65), RoomError::TooLong),
        (&*"x ".repeat(1 << 20), RoomError::TooLong),
        ("D1 x", RoomError::Damaged),
    ] {
        assert_eq!(RoomSecret::parse(typed), Err(error));
    }
    assert_eq!(
        RoomSecret::parse(&"é".repeat(64)).unwrap().address(),
        "é".repeat(64)
    );
}

#[test]
fn rooms_share_nothing() {
    let keys: Vec<RoomKeys> = (0..50).map(made).collect();
    assert_eq!(
        keys.iter().map(|k| k.room).collect::<BTreeSet<_>>().len(),
        50
    );
    assert_eq!(
        keys.iter()
            .map(|k| k.sealing)
            .collect::<BTreeSet<_>>()
            .len(),
        50
    );
    assert!(keys.iter().all(|k| k.room.0 != k.sealing[..16]));
}

#[test]
fn secrets_and_keys_do_not_show_in_debug_output() {
    let made = RoomSecret::from_bytes([7; 16]);
    assert_eq!(format!("{made:?}"), "RoomSecret(made)");
    assert_eq!(
        format!("{:?}", RoomSecret::parse("hush").unwrap()),
        "RoomSecret(typed)"
    );
    let keys = made.keys();
    let room = keys.room;
    assert_eq!(
        format!("{keys:?}"),
        format!("RoomKeys {{ room: {room:?}, .. }}")
    );
    assert_eq!(
        format!("{:?}", ana()),
        format!("Seal {{ room: {room:?}, me: {ANA:?}, .. }}")
    );
}

proptest! {
    #[test]
    fn no_envelope_from_outside_panics_or_is_opened(bytes in prop::collection::vec(any::<u8>(), 0..200), valid in any::<bool>()) {
        let mut bytes = bytes;
        if valid && bytes.len() > 1 {
            (bytes[0], bytes[1]) = (VERSION, bytes[1] & 1);
        }
        let sealed = Sealed(Base64UrlUnpadded::encode_string(&bytes));
        prop_assert!(ben().open(ANA, &sealed).is_err());
        prop_assert!(ben().open_card(ANA, &sealed).is_err());
    }

    #[test]
    fn no_text_from_outside_panics(text in any::<String>()) {
        prop_assert!(ben().open(ANA, &Sealed(text.clone())).is_err());
        if let Ok(secret) = RoomSecret::parse(&text) {
            prop_assert_eq!(RoomSecret::parse(&secret.address()), Ok(secret));
        }
    }

    #[test]
    fn whatever_is_said_is_read_once_in_any_order(order in Just((0..40_usize).collect::<Vec<_>>()).prop_shuffle(), text in any::<Vec<u8>>()) {
        let (mut ana, mut ben) = (ana(), ben());
        let letters: Vec<Sealed> = (0..40).map(|_| ana.seal(TO_BEN, &text)).collect();
        for at in order {
            prop_assert_eq!(ben.open(ANA, &letters[at]), Ok((Epoch(10), text.clone())));
            prop_assert_eq!(ben.open(ANA, &letters[at]), Err(OpenError::Replayed));
        }
    }
}
