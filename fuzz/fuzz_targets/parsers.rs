//! The decoders that keep nothing between two texts.

use duologue_core::{
    ids::{Epoch, PeerId},
    json::Json,
    seal::{RoomSecret, Seal, To},
    token::{answers, pack_answer, pack_offer, unpack},
    wire::{MAX_FRAME, PeerMsg, Sealed, clean_name, decode, encode},
};
use std::fmt::Debug;

const ANA: PeerId = PeerId([1; 16]);
const BEN: PeerId = PeerId([2; 16]);

pub fn message<T: Json + PartialEq + Debug>(text: &str) {
    if let Ok(message) = decode::<T>(text, MAX_FRAME) {
        assert_eq!(decode::<T>(&encode(&message), 2 * MAX_FRAME), Ok(message));
    }
}

pub fn name(text: &str) {
    let clean = clean_name(text);
    assert_eq!(clean_name(&clean), clean);
}

/// Without the keys of typed names: they are slow on purpose.
pub fn room(text: &str) {
    if let Ok(secret) = RoomSecret::parse(text) {
        assert_eq!(RoomSecret::parse(&secret.address()).as_ref(), Ok(&secret));
        if !secret.is_typed() {
            secret.keys();
        }
    }
}

fn seal(me: PeerId, epoch: u64) -> Seal {
    Seal::new(RoomSecret::from_bytes([8; 16]).keys(), me, Epoch(epoch))
}

/// A signaller's invention: never opened.
pub fn envelope(text: &str) {
    let sealed = Sealed(text.to_string());
    let mut ben = seal(BEN, 20);
    assert!(ben.open(ANA, &sealed).is_err());
    assert!(ben.open_card(ANA, &sealed).is_err());
}

/// What somebody in the room may send: opened, and then anything at all.
pub fn sealed(plain: &[u8]) {
    let (mut ana, mut ben) = (seal(ANA, 10), seal(BEN, 20));
    let letter = ana.seal(To::Peer(BEN, Epoch(20)), plain);
    let (_, opened) = ben.open(ANA, &letter).unwrap();
    assert_eq!(opened, plain);
    assert!(ben.open(ANA, &letter).is_err());
    message::<PeerMsg>(&String::from_utf8_lossy(&opened));
}

pub fn token(text: &str) {
    let _ = unpack(text);
    let _ = unpack(&format!("https://example.org/#/direct/{text}"));
    let _ = answers(text, text);
}

/// Past the check, which chance alone would rarely satisfy: the parser behind it.
pub fn checked_token(data: &[u8]) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut symbols: Vec<u16> = data.iter().map(|byte| u16::from(byte & 63)).collect();
    let mut sum = 0xfff_u16;
    for symbol in &symbols {
        sum ^= symbol << 6;
        for _ in 0..6 {
            sum = if sum & 0x800 != 0 {
                sum << 1 ^ 0x80f
            } else {
                sum << 1
            } & 0xfff;
        }
    }
    symbols.extend([sum >> 6, sum & 63]);
    let text: String = symbols
        .iter()
        .map(|s| char::from(ALPHABET[usize::from(*s)]))
        .collect();
    if let Ok(sdp) = unpack(&text) {
        // What was let in is a description that we would make ourselves.
        let again = match sdp.kind {
            duologue_core::io::SdpKind::Offer => pack_offer(&sdp.text),
            duologue_core::io::SdpKind::Answer => pack_answer(&sdp.text, &sdp.text),
        };
        let again = unpack(&again.unwrap()).unwrap();
        let kept = |text: &str| -> Vec<String> {
            let lines = text
                .lines()
                .filter(|line| !line.starts_with("a=candidate:"));
            lines.map(str::to_string).collect()
        };
        assert_eq!((again.kind, kept(&again.text)), (sdp.kind, kept(&sdp.text)));
    }
}

pub fn description(text: &str) {
    if let Ok(token) = pack_offer(text) {
        assert!(unpack(&token).is_ok(), "{token}");
    }
    if let Ok(token) = pack_answer(text, text) {
        assert!(unpack(&token).is_ok() && answers(text, &token), "{token}");
    }
}
