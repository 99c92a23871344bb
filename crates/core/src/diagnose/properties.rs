//! What holds for every report that there can be, and for every line that a browser may write.

use super::{tests::server, *};
use crate::{devices::Trouble, json, wire::Refusal};
use alloc::{string::ToString, vec};
use proptest::prelude::*;

fn trouble() -> impl Strategy<Value = Trouble> {
    use Trouble::*;
    prop::sample::select(vec![Denied, NotFound, InUse, Insecure, Lost, Other])
}

prop_compose! {
    fn servers()(list in prop::collection::vec((0usize..4, 0usize..7), 0..5)) -> Vec<Server> {
        use Outcome::*;
        let urls = ["stun:a", "turn:a", "turn:a?transport=tcp", "turns:a"];
        let outcomes = [
            Answered, SameAddress, Refused, Unreachable, Silent, LentNothing, Invalid,
        ];
        list.into_iter().map(|(url, outcome)| server(urls[url], outcomes[outcome])).collect()
    }
}

prop_compose! {
    fn reports()(
        camera in prop_oneof![
            Just(Camera::Picture { width: 640, height: 480 }), Just(Camera::Dark),
            Just(Camera::NoPicture), trouble().prop_map(|why| Camera::Trouble { why }),
        ],
        microphone in prop_oneof![
            Just(Microphone::Heard), Just(Microphone::Quiet), Just(Microphone::Unmeasured),
            trouble().prop_map(|why| Microphone::Trouble { why }),
        ],
        speaker in prop::sample::select(vec![Speaker::Played, Speaker::Stuck, Speaker::Refused]),
        signalling in prop_oneof![
            any::<u32>().prop_map(|ms| Signalling::Online { ms }), Just(Signalling::NoServer),
            Just(Signalling::Offline), Just(Signalling::Silent),
            any::<u32>().prop_map(|code| Signalling::Closed { code }),
            Just(Signalling::Refused { why: Refusal::ServerFull }),
        ],
        servers in servers(),
        call in prop_oneof![
            Just(Loopback::Picture { channel_ms: 1, frame_ms: 2 }), Just(Loopback::Failed),
            Just(Loopback::Data { channel_ms: 1 }), Just(Loopback::NoFrame { channel_ms: 1 }),
        ],
        relay in prop_oneof![
            Just(Relay::NotOffered), Just(Relay::NotReached), Just(Relay::Blocked),
            any::<u32>().prop_map(|ms| Relay::RoundTrip { ms }),
        ],
    ) -> Report {
        Report {
            camera: Step::Done(camera),
            microphone: Step::Done(microphone),
            speaker: Step::Done(speaker),
            signalling: Step::Done(signalling),
            addresses: Step::Done(Addresses::default()),
            servers: Step::Done(servers),
            call: Step::Done(call),
            relay: Step::Done(relay),
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_found_there_is_one_verdict_and_the_report_travels(report in reports()) {
        let verdict = report.verdict().unwrap();
        let grades = [
            report.camera.grade(), report.microphone.grade(), report.speaker.grade(),
            report.signalling.grade(), report.call.grade(), report.relay.grade(),
        ];
        // Whoever reads that all is well sees no red row, and the other way round.
        if verdict.grade() != Grade::Failed {
            prop_assert!(!grades.contains(&Grade::Failed), "{:?} for {:?}", verdict, report);
        }
        if verdict.grade() == Grade::Well {
            prop_assert!(!grades.contains(&Grade::Poor), "{:?} for {:?}", verdict, report);
        }
        let back = json::parse(&json::write(&report)).and_then(Report::read);
        prop_assert_eq!(back, Some(report));
    }

    #[test]
    fn nothing_is_concluded_before_all_is_done(report in reports(), which in 0usize..8) {
        let mut report = report;
        match which {
            0 => report.camera = Step::Running,
            1 => report.microphone = Step::Waiting,
            2 => report.speaker = Step::Running,
            3 => report.signalling = Step::Waiting,
            4 => report.addresses = Step::Running,
            5 => report.servers = Step::Waiting,
            6 => report.call = Step::Running,
            _ => report.relay = Step::Waiting,
        }
        prop_assert_eq!(report.verdict(), None);
    }

    #[test]
    fn no_line_of_a_browser_is_too_strange(line in ".*") {
        let _ = Candidate::parse(&line);
        let _ = Candidate::parse(&["candidate:", &line].concat());
        let _ = server::role(&line);
    }

    #[test]
    fn what_is_read_is_what_was_written(
        port: u16, priority: u32, address: core::net::IpAddr, kind in 0usize..4, tcp: bool,
    ) {
        let kind = [Kind::Host, Kind::Srflx, Kind::Prflx, Kind::Relay][kind];
        let protocol = if tcp { "TCP" } else { "udp" };
        let line = format!(
            "candidate:1 1 {protocol} {priority} {address} {port} typ {} raddr :: rport 0", kind.name()
        );
        let it = Candidate::parse(&line).unwrap();
        prop_assert_eq!((it.kind, it.port, it.priority), (kind, port, priority));
        prop_assert_eq!(it.address, address.to_string());
    }
}
