//! The rules of the self-test: candidates as browsers write them, what a server's silence means, and
//! which sentence a report comes to.

use super::*;
use crate::{devices::Trouble, json};
use alloc::{string::ToString, vec};

fn candidate(kind: &str) -> Candidate {
    let line = ["candidate:1 1 udp 1 192.0.2.1 5000 typ ", kind].concat();
    Candidate::parse(&line).unwrap()
}

#[test]
fn candidates_are_read_as_both_browsers_write_them() {
    let chromium = "candidate:842163049 1 udp 1677729535 203.0.113.7 53000 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag abcd network-cost 999";
    let it = Candidate::parse(chromium).unwrap();
    assert_eq!((it.kind, it.priority), (Kind::Srflx, 1_677_729_535));
    assert_eq!(it.place(), "203.0.113.7:53000");
    let firefox = "a=candidate:0 1 TCP 2105458943 2001:db8::1 9 typ host tcptype active";
    let it = Candidate::parse(firefox).unwrap();
    assert_eq!(it.protocol, candidate::Protocol::Tcp);
    assert_eq!(it.place(), "[2001:db8::1]:9");
    let hidden =
        "candidate:1 1 udp 2113937151 4b2a1c64-95d1-4f3c-a1b0-0d5e2a1c6f10.local 40000 typ host";
    assert!(
        Candidate::parse(hidden)
            .unwrap()
            .address
            .ends_with(".local")
    );
    for none in [
        "",
        "candidate:",
        "candidate:1 1 udp 1 192.0.2.1 5000 typ ghost",
        "nonsense",
    ] {
        assert_eq!(Candidate::parse(none), None, "{none}");
    }
}

#[test]
fn an_address_says_what_a_server_is_and_how_it_is_reached() {
    for (url, what) in [
        ("stun:stun.example.org", Some((Role::Stun, Way::Udp))),
        ("stuns:stun.example.org:5349", Some((Role::Stun, Way::Tls))),
        ("turn:192.0.2.1:3478", Some((Role::Turn, Way::Udp))),
        ("turn:192.0.2.1?transport=udp", Some((Role::Turn, Way::Udp))),
        ("TURN:192.0.2.1?transport=tcp", Some((Role::Turn, Way::Tcp))),
        (
            "turns:turn.example.org:443?transport=tcp",
            Some((Role::Turn, Way::Tls)),
        ),
        ("turn:", None),
        ("https://example.org", None),
        ("", None),
    ] {
        assert_eq!(server::role(url), what, "{url}");
    }
}

#[test]
fn what_a_server_said_or_did_not_say_is_told_apart() {
    let heard = |found: &[&str], codes: &[u16], complete, reports| Heard {
        found: found.iter().map(|it| candidate(it)).collect(),
        codes: codes.to_vec(),
        complete,
        reports,
        ms: 5,
    };
    use Outcome::*;
    for (role, heard, outcome) in [
        (
            Role::Stun,
            heard(&["host", "srflx"], &[], true, true),
            Answered,
        ),
        // One network interface of several could not reach it.
        (
            Role::Stun,
            heard(&["host", "srflx"], &[701], true, true),
            Answered,
        ),
        (Role::Stun, heard(&["host"], &[], true, true), SameAddress),
        (Role::Stun, heard(&["host"], &[], true, false), Silent),
        (Role::Stun, heard(&[], &[], true, true), Silent),
        (
            Role::Stun,
            heard(&["host"], &[701], true, true),
            Unreachable,
        ),
        (Role::Stun, heard(&["host"], &[], false, true), Unreachable),
        (Role::Turn, heard(&["relay"], &[], true, false), Answered),
        (Role::Turn, heard(&["srflx"], &[], true, false), LentNothing),
        (Role::Turn, heard(&[], &[701, 401], true, true), Refused),
        (Role::Turn, heard(&[], &[401], false, true), Refused),
        (Role::Turn, heard(&[], &[701], true, true), Unreachable),
        (Role::Turn, heard(&[], &[], false, false), LentNothing),
        (Role::Turn, heard(&[], &[], true, true), LentNothing),
        (Role::Turn, heard(&[], &[], false, true), LentNothing),
        // A browser that gives up may do so without a word.
        (
            Role::Stun,
            Heard {
                ms: 9_000,
                ..heard(&["host"], &[], true, true)
            },
            Silent,
        ),
    ] {
        let said = format!("{role:?} {heard:?}");
        let probe = role.judge(heard);
        assert_eq!(probe.outcome, outcome, "{said}");
        assert!(probe.candidates.iter().all(|it| role.gives(it)));
    }
}

pub(super) fn server(url: &str, outcome: Outcome) -> Server {
    let (role, way) = server::role(url).unwrap();
    let candidates = match outcome {
        Outcome::Answered if role == Role::Turn => vec![candidate("relay")],
        Outcome::Answered => vec![candidate("srflx")],
        _ => Vec::new(),
    };
    Server {
        url: url.to_string(),
        role,
        way,
        probe: Step::Done(Probe {
            outcome,
            ms: 20,
            candidates,
            code: None,
        }),
    }
}

fn all_well() -> Report {
    Report {
        camera: Step::Done(Camera::Picture {
            width: 1280,
            height: 720,
        }),
        microphone: Step::Done(Microphone::Heard),
        speaker: Step::Done(Speaker::Played),
        signalling: Step::Done(Signalling::Online { ms: 3 }),
        addresses: Step::Done(Addresses {
            candidates: vec![candidate("host")],
        }),
        servers: Step::Done(vec![
            server("stun:a", Outcome::Answered),
            server("turn:a", Outcome::Answered),
        ]),
        call: Step::Done(Loopback::Picture {
            channel_ms: 40,
            frame_ms: 80,
        }),
        relay: Step::Done(Relay::RoundTrip { ms: 12 }),
    }
}

#[test]
fn each_trouble_by_itself_comes_to_its_own_sentence() {
    let verdict = |change: fn(&mut Report)| {
        let mut report = all_well();
        change(&mut report);
        report.verdict()
    };
    let servers = |it: &mut Report, list: &[(&str, Outcome)]| {
        let list = list.iter().map(|(url, outcome)| server(url, *outcome));
        it.servers = Step::Done(list.collect());
    };
    let denied = Trouble::Denied;
    assert_eq!(verdict(|_| ()), Some(Verdict::Well));
    assert_eq!(
        verdict(|it| it.camera = Step::Done(Camera::Trouble {
            why: Trouble::Insecure
        })),
        Some(Verdict::Insecure)
    );
    assert_eq!(
        verdict(|it| it.call = Step::Done(Loopback::Failed)),
        Some(Verdict::CallsBlocked)
    );
    assert_eq!(
        verdict(|it| it.signalling = Step::Done(Signalling::Closed { code: 1006 })),
        Some(Verdict::NoSignalling)
    );
    let mut report = all_well();
    report.microphone = Step::Done(Microphone::Trouble { why: denied });
    report.camera = Step::Done(Camera::Trouble { why: denied });
    assert_eq!(report.verdict(), Some(Verdict::NotHeard));
    report.microphone = Step::Done(Microphone::Heard);
    assert_eq!(report.verdict(), Some(Verdict::NotSeen));
    report.camera = Step::Done(Camera::Trouble {
        why: Trouble::NotFound,
    });
    assert_eq!(report.verdict(), Some(Verdict::Unseen));

    use Outcome::*;
    let not_reached = Step::Done(Relay::NotReached);
    for (list, relay, verdict) in [
        (
            &[("stun:a", Unreachable), ("turn:a", Unreachable)][..],
            &not_reached,
            Verdict::NoWayOut,
        ),
        (
            &[("stun:a", Unreachable), ("turn:a", LentNothing)],
            &not_reached,
            Verdict::NoWayOut,
        ),
        (
            &[("stun:a", Answered), ("turn:a", Refused)],
            &not_reached,
            Verdict::RelayRefuses,
        ),
        (
            &[("stun:a", Unreachable), ("turn:a", Refused)],
            &not_reached,
            Verdict::RelayRefuses,
        ),
        (
            &[("stun:a", Answered), ("turn:a", Unreachable)],
            &not_reached,
            Verdict::RelayFails,
        ),
        (
            &[("stun:a", Answered), ("turn:a", LentNothing)],
            &not_reached,
            Verdict::RelayFails,
        ),
        (
            &[("turn:a", Answered)],
            &Step::Done(Relay::Blocked),
            Verdict::RelayFails,
        ),
        (
            &[
                ("stun:a", Unreachable),
                ("turn:a", Unreachable),
                ("turns:a", Answered),
            ],
            &Step::Done(Relay::RoundTrip { ms: 30 }),
            Verdict::UdpBlocked,
        ),
        (
            &[
                ("stun:a", Answered),
                ("turn:a", Answered),
                ("turns:a", Unreachable),
            ],
            &Step::Done(Relay::RoundTrip { ms: 30 }),
            Verdict::ServerMissing,
        ),
        (
            &[("turn:a", Answered)],
            &Step::Done(Relay::RoundTrip { ms: 600 }),
            Verdict::RelayFar,
        ),
        (
            &[("stun:a", Answered)],
            &Step::Done(Relay::NotOffered),
            Verdict::Well,
        ),
        (
            &[("stun:a", Unreachable)],
            &Step::Done(Relay::NotOffered),
            Verdict::NoWayOut,
        ),
        (
            &[("stun:a", Silent)],
            &Step::Done(Relay::NotOffered),
            Verdict::ServerMissing,
        ),
        (&[], &Step::Done(Relay::NotOffered), Verdict::Nearby),
    ] {
        let mut report = all_well();
        servers(&mut report, list);
        report.relay = relay.clone();
        assert_eq!(report.verdict(), Some(verdict), "{list:?}");
    }
}

#[test]
fn a_host_without_a_server_is_not_a_failure() {
    let mut report = all_well();
    report.signalling = Step::Done(Signalling::NoServer);
    report.servers = Step::Done(Vec::new());
    report.relay = Step::Done(Relay::NotOffered);
    assert_eq!(report.verdict(), Some(Verdict::WithoutServer));
    assert_eq!(Verdict::WithoutServer.grade(), Grade::Well);
    assert_eq!(Signalling::NoServer.grade(), Grade::Absent);
}

#[test]
fn verdicts_are_tried_in_the_order_in_which_they_are_urgent() {
    assert!(Verdict::ALL.is_sorted());
    let grades = Verdict::ALL.map(Verdict::grade);
    let place = |grade| grades.iter().position(|it| *it == grade);
    assert!(place(Grade::Failed) < place(Grade::Poor));
    assert!(place(Grade::Poor) < place(Grade::Well));
    assert_eq!(Verdict::Well.grade(), Grade::Well);
}

#[test]
fn a_report_travels_as_text_and_back() {
    let text = json::write(&all_well());
    assert_eq!(json::parse(&text).and_then(Report::read), Some(all_well()));
    assert!(
        text.contains(r#""relay":{"result":"round_trip","ms":12}"#),
        "{text}"
    );
    let begun = Report {
        camera: Step::Running,
        ..Report::default()
    };
    let text = json::write(&begun);
    assert_eq!(json::parse(&text).and_then(Report::read), Some(begun));
}
