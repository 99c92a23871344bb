use super::*;
use crate::ids::{Commitment, Nonce, Proof};
use alloc::{string::ToString, vec};

/// Every message in golden JSON: a change here is a change of the protocol.
#[test]
fn messages_read_and_write_as_documented() {
    let peer = PeerId([1; 16]);
    let room = RoomId([2; 16]);
    let sealed = || Sealed("c2VhbGVk".to_string());
    let (p, r) = ("AQEBAQEBAQEBAQEBAQEBAQ", "AgICAgICAgICAgICAgICAg");

    let client = vec![
        (
            ClientMsg::Hello {
                version: 1,
                token: PeerToken([2; 16]),
            },
            alloc::format!(r#"{{"type":"hello","version":1,"token":"{r}"}}"#),
        ),
        (
            ClientMsg::Look { room },
            alloc::format!(r#"{{"type":"look","room":"{r}"}}"#),
        ),
        (
            ClientMsg::Join {
                room,
                card: sealed(),
            },
            alloc::format!(r#"{{"type":"join","room":"{r}","card":"c2VhbGVk"}}"#),
        ),
        (
            ClientMsg::Leave { room },
            alloc::format!(r#"{{"type":"leave","room":"{r}"}}"#),
        ),
        (
            ClientMsg::Send {
                room,
                to: peer,
                body: sealed(),
            },
            alloc::format!(r#"{{"type":"send","room":"{r}","to":"{p}","body":"c2VhbGVk"}}"#),
        ),
        (ClientMsg::Ping, r#"{"type":"ping"}"#.to_string()),
    ];
    for (message, json) in client {
        assert_eq!(encode(&message), json);
        assert_eq!(decode::<ClientMsg>(&json, MAX_FRAME), Ok(message));
    }

    let server = vec![
        (
            ServerMsg::Welcome {
                version: 1,
                you: peer,
            },
            alloc::format!(r#"{{"type":"welcome","version":1,"you":"{p}"}}"#),
        ),
        (
            ServerMsg::Room {
                room,
                joined: true,
                peers: vec![Member {
                    peer,
                    card: sealed(),
                }],
            },
            alloc::format!(
                r#"{{"type":"room","room":"{r}","joined":true,"peers":[{{"peer":"{p}","card":"c2VhbGVk"}}]}}"#
            ),
        ),
        (
            ServerMsg::Entered {
                room,
                peer,
                card: sealed(),
            },
            alloc::format!(r#"{{"type":"entered","room":"{r}","peer":"{p}","card":"c2VhbGVk"}}"#),
        ),
        (
            ServerMsg::Left { room, peer },
            alloc::format!(r#"{{"type":"left","room":"{r}","peer":"{p}"}}"#),
        ),
        (
            ServerMsg::Relayed {
                room,
                from: peer,
                body: sealed(),
            },
            alloc::format!(r#"{{"type":"relayed","room":"{r}","from":"{p}","body":"c2VhbGVk"}}"#),
        ),
        (
            ServerMsg::Refused {
                code: Refusal::RoomFull,
                room: Some(room),
            },
            alloc::format!(r#"{{"type":"refused","code":"room_full","room":"{r}"}}"#),
        ),
        (
            ServerMsg::Refused {
                code: Refusal::TooFast,
                room: None,
            },
            r#"{"type":"refused","code":"too_fast"}"#.to_string(),
        ),
        (ServerMsg::Pong, r#"{"type":"pong"}"#.to_string()),
    ];
    for (message, json) in server {
        assert_eq!(encode(&message), json);
        assert_eq!(decode::<ServerMsg>(&json, MAX_FRAME), Ok(message));
    }

    let between = vec![
        (PeerMsg::Hello { version: 1, id: peer, epoch: Epoch(9), name: "Ana".to_string(), media: Media { microphone: true, camera: false } },
         alloc::format!(r#"{{"type":"hello","version":1,"id":"{p}","epoch":9,"name":"Ana","media":{{"microphone":true,"camera":false}}}}"#)),
        (PeerMsg::Describe(Description { session: 1, no: 2, heard: 0, kind: Kind::Offer, sdp: "v=0".to_string() }),
         r#"{"type":"describe","session":1,"no":2,"heard":0,"kind":"offer","sdp":"v=0"}"#.to_string()),
        (PeerMsg::Describe(Description { session: 1, no: 1, heard: 2, kind: Kind::Answer { to: 2 }, sdp: "v=0".to_string() }),
         r#"{"type":"describe","session":1,"no":1,"heard":2,"kind":"answer","to":2,"sdp":"v=0"}"#.to_string()),
        (PeerMsg::Candidate(TrickledCandidate { session: 1, no: 2, candidate: Candidate { candidate: "candidate:1".to_string(), mid: Some("0".to_string()), line: Some(0) } }),
         r#"{"type":"candidate","session":1,"no":2,"candidate":"candidate:1","mid":"0","line":0}"#.to_string()),
        (PeerMsg::Hand { no: 1, turn: Some(2) }, r#"{"type":"hand","no":1,"turn":2}"#.to_string()),
        (PeerMsg::Hand { no: 2, turn: None }, r#"{"type":"hand","no":2}"#.to_string()),
        (PeerMsg::React { no: 1, reaction: Reaction::ThumbsUp }, r#"{"type":"react","no":1,"reaction":"thumbs_up"}"#.to_string()),
        (PeerMsg::Sharing { screen: Some(Screen { sound: true }) }, r#"{"type":"sharing","screen":{"sound":true}}"#.to_string()),
        (PeerMsg::Need(Need { camera: Size { width: 640, height: 360 }, screen: Size::default() }), r#"{"type":"need","camera":{"width":640,"height":360},"screen":{"width":0,"height":0}}"#.to_string()),
        (PeerMsg::Light(Codecs { vp9: true, ..Codecs::default() }), r#"{"type":"light","av1":false,"vp9":true,"h264":false,"vp8":false}"#.to_string()),
        (PeerMsg::Recording { state: Recording::On }, r#"{"type":"recording","state":"on"}"#.to_string()),
        (PeerMsg::Recording { state: Recording::Paused }, r#"{"type":"recording","state":"paused"}"#.to_string()),
        (PeerMsg::Sharing { screen: None }, r#"{"type":"sharing"}"#.to_string()),
        (PeerMsg::Again { session: 3 }, r#"{"type":"again","session":3}"#.to_string()),
        (PeerMsg::Turn { session: 3, no: 2 }, r#"{"type":"turn","session":3,"no":2}"#.to_string()),
        (PeerMsg::Full, r#"{"type":"full"}"#.to_string()),
        (PeerMsg::Away, r#"{"type":"away"}"#.to_string()),
        (PeerMsg::Bye, r#"{"type":"bye"}"#.to_string()),
        (PeerMsg::Say(Said { no: 3, turn: 7, at: 1_795_000_000_000, private: false, text: "Hello\nall".to_string() }),
         r#"{"type":"say","no":3,"turn":7,"at":1795000000000,"private":false,"text":"Hello\nall"}"#.to_string()),
        (PeerMsg::Got { no: 3 }, r#"{"type":"got","no":3}"#.to_string()),
        (PeerMsg::Recall { all: true }, r#"{"type":"recall","all":true}"#.to_string()),
        (PeerMsg::Past(Past { lines: vec![Line { author: peer, epoch: Epoch(9), no: 3, turn: 7, at: 1, name: "Ana".to_string(), text: "Hello".to_string() }], more: false, whole: true }),
         alloc::format!(r#"{{"type":"past","lines":[{{"author":"{p}","epoch":9,"no":3,"turn":7,"at":1,"name":"Ana","text":"Hello"}}],"more":false,"whole":true}}"#)),
        (PeerMsg::Verify(VerifyMsg::Commit { commit: Commitment([3; 32]) }),
         r#"{"type":"verify","verify":"commit","commit":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM"}"#.to_string()),
        (PeerMsg::Verify(VerifyMsg::Reveal { nonce: Nonce([3; 32]) }),
         r#"{"type":"verify","verify":"reveal","nonce":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM"}"#.to_string()),
        (PeerMsg::Verify(VerifyMsg::Known { proofs: vec![Proof([1; 16])] }),
         alloc::format!(r#"{{"type":"verify","verify":"known","proofs":["{p}"]}}"#)),
        (PeerMsg::Verify(VerifyMsg::Match), r#"{"type":"verify","verify":"match"}"#.to_string()),
        (PeerMsg::Verify(VerifyMsg::Kept), r#"{"type":"verify","verify":"kept"}"#.to_string()),
    ];
    for (message, json) in between {
        assert_eq!(encode(&message), json);
        assert_eq!(decode::<PeerMsg>(&json, MAX_PEER_MSG), Ok(message));
    }
}

#[test]
fn unknown_fields_are_ignored_and_unknown_tags_refused() {
    assert_eq!(
        decode::<PeerMsg>(r#"{"type":"bye","later":1}"#, 99),
        Ok(PeerMsg::Bye)
    );
    assert_eq!(
        decode::<PeerMsg>(r#"{"type":"dance"}"#, 99),
        Err(DecodeError::NotUnderstood)
    );
    assert_eq!(
        decode::<PeerMsg>(r#"{"type":"bye"}"#, 3),
        Err(DecodeError::TooLong)
    );
}

#[test]
fn a_name_loses_what_could_deceive_and_keeps_what_people_are_called() {
    for (given, shown) in [
        ("  Ana   Maria ", "Ana Maria"),
        ("Be\u{202e}n", "Ben"),
        ("\u{200b}\u{feff}", ""),
        // Letters without a shape, alone or between others.
        ("\u{3164}", ""),
        ("A\u{115f}\u{1160}n\u{ffa0}a\u{2800}", "Ana"),
        // What chooses the shape of another letter stays with it, and is nothing alone.
        ("Ana ❤\u{fe0f}", "Ana ❤\u{fe0f}"),
        ("\u{fe0f} \u{e0100}\u{34f}", ""),
        ("李雷", "李雷"),
        ("a\nb\tc", "a b c"),
        ("\u{0}x\u{7f}", "x"),
    ] {
        assert_eq!(clean_name(given), shown);
    }
    assert_eq!(clean_name(&"x".repeat(500)).chars().count(), MAX_NAME);
}

#[test]
fn a_reaction_that_nobody_knows_is_refused() {
    for json in [
        r#"{"type":"react","no":1,"reaction":"eggplant"}"#,
        r#"{"type":"react","no":1,"reaction":"<b>heart</b>"}"#,
        r#"{"type":"react","no":-1,"reaction":"heart"}"#,
        r#"{"type":"react","reaction":"heart"}"#,
        r#"{"type":"hand","no":1,"turn":99999999999}"#,
        r#"{"type":"hand","turn":1}"#,
    ] {
        assert_eq!(
            decode::<PeerMsg>(json, 99),
            Err(DecodeError::NotUnderstood),
            "{json}"
        );
    }
}
