//! Tokens on descriptions as Chromium and Firefox make them: what comes back, how long the text is,
//! and that nothing damaged passes. The first line of a fixture says where it is from.
#![allow(clippy::unwrap_used, reason = "tests")]

use duologue_core::io::{Sdp, SdpKind};
use duologue_core::token::{
    MAX_CANDIDATES, PackError, TokenError, answers, pack_answer, pack_offer, unpack,
};
use proptest::prelude::*;
use std::{fs, path::PathBuf};

fn fixture(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let text = fs::read_to_string(folder.join(format!("{name}.sdp"))).unwrap();
    text.split_once('\n').unwrap().1.to_string()
}

/// The token of a fixture and its kind; an answer replies to the same browser's offer.
fn token(name: &str) -> (String, SdpKind) {
    let sdp = fixture(name);
    if name.contains("-offer") {
        (pack_offer(&sdp).unwrap(), SdpKind::Offer)
    } else {
        (
            pack_answer(&sdp, &fixture(&offer_of(name))).unwrap(),
            SdpKind::Answer,
        )
    }
}

fn offer_of(answer: &str) -> String {
    answer.replace("-answer", "-offer")
}

const WITH_ONE_CANDIDATE: [(&str, usize); 20] = [
    ("chromium-offer-ipv4", 84),
    ("chromium-offer-srflx", 84),
    ("chromium-offer-relay", 84),
    ("chromium-offer-mdns", 99),
    ("chromium-offer-ipv6", 100),
    ("chromium-answer-ipv4", 84),
    ("chromium-answer-srflx", 84),
    ("chromium-answer-relay", 84),
    ("chromium-answer-mdns", 99),
    ("chromium-answer-ipv6", 100),
    ("firefox-offer-ipv4", 83),
    ("firefox-offer-srflx", 83),
    ("firefox-offer-relay", 83),
    ("firefox-offer-mdns", 98),
    ("firefox-offer-ipv6", 99),
    ("firefox-answer-ipv4", 83),
    ("firefox-answer-srflx", 83),
    ("firefox-answer-relay", 83),
    ("firefox-answer-mdns", 98),
    ("firefox-answer-ipv6", 99),
];
const AS_GATHERED: [&str; 6] = [
    "chromium-offer-all",
    "chromium-answer-all",
    "firefox-offer-all",
    "firefox-answer-all",
    "firefox-offer-mdns-all",
    "firefox-answer-mdns-all",
];

fn every_fixture() -> impl Iterator<Item = &'static str> {
    WITH_ONE_CANDIDATE
        .into_iter()
        .map(|(name, _)| name)
        .chain(AS_GATHERED)
}

/// What must survive: credentials, fingerprint, role, and each candidate but TCP active ones as
/// (transport, address, port, type), sorted.
fn essence(sdp: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let kept = [
        "a=ice-ufrag:",
        "a=ice-pwd:",
        "a=fingerprint:",
        "a=setup:",
        "a=mid:",
    ];
    let mut lines: Vec<_> = sdp
        .lines()
        .filter(|l| kept.iter().any(|k| l.starts_with(k)))
        .map(str::to_string)
        .collect();
    lines.sort();
    let mut candidates: Vec<Vec<String>> = sdp
        .lines()
        .filter(|line| line.starts_with("a=candidate:") && !line.contains("tcptype active"))
        .map(|line| {
            line.to_lowercase()
                .split(' ')
                .map(str::to_string)
                .collect::<Vec<_>>()
        })
        .map(|w| vec![w[2].clone(), w[4].clone(), w[5].clone(), w[7].clone()])
        .collect();
    candidates.sort();
    (lines, candidates)
}

#[test]
fn what_matters_of_a_description_comes_back() {
    for name in every_fixture() {
        let (token, kind) = token(name);
        let Sdp { kind: back, text } = unpack(&token).unwrap();
        assert_eq!(back, kind, "{name}");
        assert_eq!(essence(&text), essence(&fixture(name)), "{name}");
    }
}

#[test]
fn a_token_with_one_candidate_has_at_most_100_characters() {
    for (name, length) in WITH_ONE_CANDIDATE {
        let (token, _) = token(name);
        assert_eq!(token.len(), length, "{name}: {token}");
        assert!(token.len() <= 100 && token.is_ascii());
    }
}

#[test]
fn the_format_does_not_drift() {
    let token = token("chromium-offer-ipv4").0;
    assert_eq!(
        token,
        "Au_m2A_xQAQClh4wuoW9LWwZyTbDogMJFVcXxsmoDs7SaZ3mF2HBl8SiopiNEpyxm-KE1PgkzAwAACAtAz0q"
    );
    assert!(unpack(&token).unwrap().text.contains(
        "\r\na=candidate:1 1 udp 2130706431 192.0.2.2 53299 typ host\r\na=ice-ufrag:+bYD\r\n"
    ));
}

#[test]
fn a_token_of_an_unpacked_description_is_the_same_token() {
    for name in every_fixture().filter(|name| name.contains("-offer")) {
        let (token, _) = token(name);
        assert_eq!(
            pack_offer(&unpack(&token).unwrap().text),
            Ok(token),
            "{name}"
        );
    }
}

/// The alphabet, and what may slip in between.
fn others() -> impl Iterator<Item = char> {
    ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain("-_+/=. \n%\0".chars())
}

#[test]
fn every_altered_character_is_told() {
    for name in every_fixture() {
        let (token, _) = token(name);
        for at in 0..token.len() {
            for other in others().filter(|c| !token[at..].starts_with(*c)) {
                let altered = format!("{}{other}{}", &token[..at], &token[at + 1..]);
                assert!(unpack(&altered).is_err(), "{name} at {at}: {other:?}");
            }
        }
    }
}

#[test]
fn every_swap_of_neighbours_is_told() {
    for name in every_fixture() {
        let (token, _) = token(name);
        for at in 1..token.len() {
            let mut swapped = token.clone().into_bytes();
            swapped.swap(at - 1, at);
            let swapped = String::from_utf8(swapped).unwrap();
            assert!(
                swapped == token || unpack(&swapped).is_err(),
                "{name} at {at}"
            );
        }
    }
}

#[test]
fn every_cut_is_told_and_called_damage_while_enough_is_left() {
    for name in every_fixture() {
        let (token, _) = token(name);
        for at in 0..token.len() {
            let error = unpack(&token[..at]).unwrap_err();
            let expected = match at {
                0 => TokenError::Empty,
                1..24 => TokenError::NotAToken,
                _ => TokenError::Damaged,
            };
            assert_eq!(error, expected, "{name} cut at {at}");
            assert!(at == 0 || unpack(&token[at..]).is_err(), "{name} from {at}");
            let gone = format!("{}{}", &token[..at], &token[at + 1..]);
            assert!(unpack(&gone).is_err(), "{name} without {at}");
        }
    }
}

#[test]
fn a_token_is_found_in_an_address_among_white_space_and_across_lines() {
    let (token, _) = token("firefox-offer-ipv4");
    let sdp = unpack(&token).unwrap();
    for pasted in [
        format!("  {token}\n"),
        format!("{}\r\n{}", &token[..40], &token[40..]),
        format!("https://example.org/call/?lang=de#/direct/{token}"),
        format!("Join me: https://example.org/#/direct/{token} (now)"),
        format!("<http://localhost:8080/#/direct/{token}>."),
    ] {
        assert_eq!(unpack(&pasted), Ok(sdp.clone()), "{pasted}");
    }
}

#[test]
fn what_is_no_token_is_told_from_a_damaged_one() {
    for (text, error) in [
        ("", TokenError::Empty),
        (" \n ", TokenError::Empty),
        ("hello", TokenError::NotAToken),
        (
            "Are you there? I cannot hear you, say something",
            TokenError::NotAToken,
        ),
        (
            "https://example.org/#/r/d1-AAAAAAAAAAAAAAAAAAAAAAAAAA",
            TokenError::NotAToken,
        ),
        ("https://example.org/#/direct/", TokenError::Damaged),
        ("https://example.org/#/direct/AAAA", TokenError::Damaged),
    ] {
        assert_eq!(unpack(text), Err(error), "{text}");
    }
    assert_eq!(unpack(&"A".repeat(1 << 20)), Err(TokenError::NotAToken));
}

#[test]
fn a_reply_is_taken_for_the_invite_it_answers_and_no_other() {
    let (chromium, firefox) = (
        fixture("chromium-offer-ipv4"),
        fixture("firefox-offer-ipv4"),
    );
    let reply = pack_answer(&fixture("firefox-answer-ipv4"), &chromium).unwrap();
    assert!(answers(&chromium, &reply));
    assert!(!answers(&firefox, &reply));
    let invite = pack_offer(&chromium).unwrap();
    assert!(!answers(&chromium, &invite));
    assert!(!answers(&chromium, "hello"));
    // The replying side knows the offer only as the token gave it.
    let unpacked = unpack(&invite).unwrap().text;
    assert_eq!(
        pack_answer(&fixture("firefox-answer-ipv4"), &unpacked),
        Ok(reply)
    );
}

#[test]
fn a_description_that_the_template_cannot_say_is_refused() {
    let sdp = fixture("chromium-offer-ipv4");
    let with = |from: &str, to: &str| pack_offer(&sdp.replace(from, to));
    assert_eq!(with("a=mid:0", "a=mid:data"), Err(PackError::Unsupported));
    assert_eq!(with("sha-256", "sha-512"), Err(PackError::Unsupported));
    assert_eq!(
        with("a=setup:actpass", "a=setup:active"),
        Err(PackError::Unsupported)
    );
    assert_eq!(
        with("m=application", "m=audio"),
        Err(PackError::NotDataOnly)
    );
    assert_eq!(
        with("a=candidate", "a=nothing"),
        Err(PackError::NoCandidates)
    );
    assert_eq!(
        with("typ host", "typ host tcptype active"),
        pack_offer(&sdp)
    );
    assert_eq!(with("udp", "tcp"), Err(PackError::NoCandidates));
    assert_eq!(
        with("a=ice-pwd", "a=ice-nothing"),
        Err(PackError::Incomplete)
    );
    assert_eq!(pack_offer(""), Err(PackError::Incomplete));
    assert_eq!(pack_answer(&sdp, &sdp), Err(PackError::Unsupported));
}

#[test]
fn of_many_candidates_each_kind_keeps_its_first() {
    let mut lines = String::new();
    for host in 1..=9 {
        lines += &format!("a=candidate:{host} 1 udp 1 10.0.0.{host} 5000 typ host\r\n");
    }
    lines += "a=candidate:20 1 udp 1 198.51.100.9 49170 typ relay raddr 10.0.0.1 rport 1\r\n";
    lines += "a=candidate:21 1 udp 1 203.0.113.7 6000 typ srflx raddr 10.0.0.1 rport 1\r\n";
    lines += "a=candidate:21 1 udp 1 203.0.113.7 6000 typ srflx raddr 10.0.0.2 rport 1\r\n";
    lines += "a=candidate:22 1 tcp 1 10.0.0.1 7000 typ host tcptype passive\r\n";
    let sdp = fixture("chromium-offer-ipv4").replace("a=ice-ufrag", &(lines + "a=ice-ufrag"));
    let text = unpack(&pack_offer(&sdp).unwrap()).unwrap().text;
    let kept: Vec<_> = text
        .lines()
        .filter(|l| l.starts_with("a=candidate:"))
        .collect();
    assert_eq!(kept.len(), MAX_CANDIDATES);
    for (at, part) in [
        " udp 2130706431 192.0.2.2 53299 typ host",
        " udp 2130706175 10.0.0.1 5000 typ host",
        " udp 2130705919 10.0.0.2 5000 typ host",
        " 203.0.113.7 6000 typ srflx raddr 0.0.0.0 rport 0",
        " 198.51.100.9 49170 typ relay raddr 0.0.0.0 rport 0",
        " tcp 1526725375 10.0.0.1 7000 typ host tcptype passive",
    ]
    .into_iter()
    .enumerate()
    {
        assert!(kept[at].ends_with(part), "{at}: {}", kept[at]);
    }
}

#[test]
fn credentials_of_other_lengths_pass_too() {
    let sdp = fixture("chromium-offer-ipv4").replace("+bYD", "someLongerUfrag/9");
    assert_eq!(
        essence(&unpack(&pack_offer(&sdp).unwrap()).unwrap().text),
        essence(&sdp)
    );
}

proptest! {
    #[test]
    fn any_text_never_panics(text in any::<String>()) {
        let _ = unpack(&text);
    }

    #[test]
    fn any_text_of_the_alphabet_never_panics(text in "[A-I][A-Za-z0-9_-]{0,300}") {
        let _ = unpack(&text);
        let _ = unpack(&format!("https://example.org/#/direct/{text}"));
    }

    #[test]
    fn any_description_never_panics(text in any::<String>(), line in 0..20_usize, at in 0..80_usize) {
        let mut lines: Vec<String> = fixture("firefox-offer-all").lines().map(String::from).collect();
        let line = &mut lines[line];
        let at = line.char_indices().map(|(at, _)| at).nth(at).unwrap_or(line.len());
        line.insert_str(at, &text);
        let _ = pack_offer(&lines.join("\r\n"));
        let _ = pack_offer(&text);
    }

    #[test]
    fn any_credentials_and_addresses_come_back_and_every_damage_is_told(
        ufrag in "[A-Za-z0-9+/]{4}", pwd in "[A-Za-z0-9+/]{24}", v4 in any::<[u8; 4]>(),
        v6 in any::<[u16; 8]>(), port in 1..=u16::MAX, at in any::<prop::sample::Index>(), by in 1..128_u8,
    ) {
        let v4 = std::net::Ipv4Addr::from(v4);
        let v6 = std::net::Ipv6Addr::from(v6);
        let sdp = fixture("chromium-offer-all")
            .replace("+bYD", &ufrag)
            .replace("/FABAKWHjC6hb0tbBnJNsOiA", &pwd)
            .replace("192.0.2.2 53299", &format!("{v4} {port}"))
            .replace("fd00::2", &v6.to_string());
        let token = pack_offer(&sdp).unwrap();
        prop_assert_eq!(essence(&unpack(&token).unwrap().text), essence(&sdp));
        let mut altered = token.clone().into_bytes();
        let at = at.index(altered.len());
        altered[at] = (altered[at] ^ by) & 127;
        prop_assert!(unpack(&String::from_utf8(altered).unwrap()).is_err());
        prop_assert!(unpack(&token[..at]).is_err());
    }
}
