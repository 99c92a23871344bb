//! English for the self-test.

use super::WORDS;
use crate::{
    session::{
        DeviceKind,
        check::{
            Camera, Grade, Loopback, Microphone, Outcome, Probe, Refusal, Relay, Role, Server,
            Signalling, Speaker, Verdict, Way,
        },
    },
    words::CheckWords,
};

pub const CHECK: CheckWords = CheckWords {
    title: "Test this device",
    text: "Half a minute, before a call or when one fails. Your browser asks for camera and \
           microphone, and you hear two notes. Nothing is recorded, and nobody sees or hears you.",
    run: "Run the test",
    stop: "Stop the test",
    stopped: "The test was stopped.",
    own: "This device",
    network: "The way to others",
    addresses: "Addresses of this device",
    signalling: "Signalling server",
    servers: "STUN and TURN servers",
    server: |role, url| {
        let name = match role {
            Role::Stun => "STUN server ",
            Role::Turn => "TURN server ",
        };
        let (_, place) = url.split_once(':').unwrap_or(("", url));
        [name, place].concat()
    },
    call: "A call with yourself",
    relay: "Round trip through the relay",
    grade: |grade| match grade {
        Grade::Waiting => "Waiting",
        Grade::Running => "Testing",
        Grade::Well => "Works",
        Grade::Poor => "Poor",
        Grade::Failed => "Failed",
        Grade::Absent => "Not available",
    },
    camera_running: "If your browser asks, allow it.",
    microphone_running: "If your browser asks, allow it. Then say something.",
    camera: |camera| match camera {
        Camera::Picture { width, height } => {
            let size = [&width.to_string(), " × ", &height.to_string()].concat();
            ["It gives a picture of ", &size, "."].concat()
        }
        Camera::Dark => "Its picture is black. Uncover the lens, or turn on a light.".to_owned(),
        Camera::NoPicture => "It is on, but no picture comes. Unplug it and plug it in again, or \
                              choose another one."
            .to_owned(),
        Camera::Trouble { why } => (WORDS.trouble.device)(DeviceKind::Camera, why)
            .text
            .to_owned(),
    },
    microphone: |microphone| match microphone {
        Microphone::Heard => "It hears you.",
        Microphone::Quiet => {
            "It is on, but nothing was heard. If you spoke, look for a switch on it, or choose \
             another one."
        }
        Microphone::Unmeasured => {
            "It is on. How loud it is cannot be measured here, as your browser found no speaker."
        }
        Microphone::Trouble { why } => (WORDS.trouble.device)(DeviceKind::Microphone, why).text,
    },
    speaker: |speaker| match speaker {
        Speaker::Played => {
            "Two notes were played. If you did not hear them, turn it up or choose another one."
        }
        Speaker::Stuck => {
            "The test sound did not come to its end. Look whether a speaker is connected."
        }
        Speaker::Refused => "The test sound could not be played. Choose another speaker.",
    },
    signalling_is: |signalling| match signalling {
        Signalling::Online { ms } => ["It answers in ", &ms.to_string(), " ms."].concat(),
        Signalling::NoServer => "This page comes without one. Tabs of this browser can call each \
                                 other, and calls without a server work."
            .to_owned(),
        Signalling::Offline => {
            "Not even this page's files can be fetched now. Look at your connection to the network."
                .to_owned()
        }
        Signalling::Closed { code } => [
            "The connection to it is cut (code ",
            &code.to_string(),
            "). A proxy or a firewall may let no WebSocket through.",
        ]
        .concat(),
        Signalling::Refused { why } => match why {
            Refusal::ServerFull => "It has all the people it can take. Try again in a few minutes.",
            Refusal::UnsupportedVersion => "It speaks another version. Reload this page.",
            Refusal::TooFast => "It asks to slow down. Try again in a minute.",
            Refusal::RoomFull
            | Refusal::BadMessage
            | Refusal::NotWelcomed
            | Refusal::NotInRoom
            | Refusal::NoSuchPeer
            | Refusal::TooManyRooms => "It did not understand this page. Reload this page.",
        }
        .to_owned(),
        Signalling::Silent => "It takes the connection and says nothing. A proxy may hold back \
                               what it sends."
            .to_owned(),
    },
    addresses_are: |count| match count {
        0 => "Your browser shows none. A setting or an extension may hide them all.",
        _ => "By these, others in the same network reach you.",
    },
    no_servers: "This host names none. Calls work where one device reaches the other directly, as \
                 in one network.",
    probe,
    call_is: |call| match call {
        Loopback::Picture {
            channel_ms,
            frame_ms,
        } => [
            "Connected after ",
            &channel_ms.to_string(),
            " ms, first picture after ",
            &frame_ms.to_string(),
            " ms.",
        ]
        .concat(),
        Loopback::Data { channel_ms } => [
            "Connected after ",
            &channel_ms.to_string(),
            " ms. There was no camera to send a picture of.",
        ]
        .concat(),
        Loopback::NoFrame { channel_ms } => [
            "Connected after ",
            &channel_ms.to_string(),
            " ms, but no picture came. This device may be too busy.",
        ]
        .concat(),
        Loopback::Failed => "Two connections of this page cannot reach each other. Something in \
                             this browser or on this device blocks calls."
            .to_owned(),
    },
    relay_is: |relay| match relay {
        Relay::NotOffered => "This host has no relay.".to_owned(),
        Relay::NotReached => "No relay gave an address.".to_owned(),
        Relay::RoundTrip { ms: 0 } => "Under 1 ms.".to_owned(),
        Relay::RoundTrip { ms } => [&ms.to_string(), " ms."].concat(),
        Relay::Blocked => {
            "The relay gave an address, but nothing comes through. Its ports may be blocked, or it \
             may refuse to reach itself."
                .to_owned()
        }
    },
    kind: |kind| match kind {
        "srflx" => "srflx, from outside",
        "relay" => "relay, lent",
        "prflx" => "prflx, learnt",
        _ => "host, its own",
    },
    priority: "priority ",
    verdict: |verdict| match verdict {
        Verdict::Insecure => "This page is not secure",
        Verdict::CallsBlocked => "Calls are blocked here",
        Verdict::NoSignalling => "This page's server cannot be reached",
        Verdict::NotHeard => "Nobody would hear you",
        Verdict::NoWayOut => "Calls stay within your network",
        Verdict::RelayRefuses => "The relay refuses this page",
        Verdict::RelayFails => "The relay does not work",
        Verdict::NotSeen => "Nobody would see you",
        Verdict::NothingHeard => "You would hear nobody",
        Verdict::UdpBlocked => "Calls work, by a detour",
        Verdict::NoFrame => "Calls connect, pictures do not",
        Verdict::RelayFar => "The relay is slow",
        Verdict::ServerMissing => "Calls work, with less help",
        Verdict::Quiet => "Your microphone is silent",
        Verdict::Unseen => "You have no picture",
        Verdict::SoundStuck => "Your speaker may not work",
        Verdict::WithoutServer => "Ready for calls without a server",
        Verdict::Nearby => "Ready for calls in one network",
        Verdict::Well => "You are ready to call",
    },
    step: |verdict| match verdict {
        Verdict::Insecure => {
            "Browsers give camera and microphone to secure pages only. Open this page by its https \
             address."
        }
        Verdict::CallsBlocked => {
            "Turn off extensions that block WebRTC, or try another browser. On a managed device, ask \
             whoever looks after it."
        }
        Verdict::NoSignalling => {
            "Look at your connection, then run the test again. If other pages open, try another \
             network and send the report to whoever runs this page."
        }
        Verdict::NotHeard => {
            "Mend the microphone as its row says, then run the test again. Without it you can join \
             and listen."
        }
        Verdict::NoWayOut => {
            "None of this page's servers helps from here. Try another network, a phone's perhaps, or \
             ask whoever runs this one to allow UDP."
        }
        Verdict::RelayRefuses => {
            "Only the host can mend this: send the report to whoever runs this page. Until then, \
             calls fail between some networks."
        }
        Verdict::RelayFails => {
            "Calls fail between some networks. Try another network, and send the report to whoever \
             runs this page."
        }
        Verdict::NotSeen => {
            "Mend the camera as its row says, then run the test again. Without it you are heard all \
             the same."
        }
        Verdict::NothingHeard => "Choose another speaker, then run the test again.",
        Verdict::UdpBlocked => {
            "Your network blocks UDP, so sound and picture go through the relay by TCP and may \
             stutter. Ask whoever runs the network to allow UDP."
        }
        Verdict::NoFrame => {
            "Close other programs, and tabs that show video, then run the test again."
        }
        Verdict::RelayFar => {
            "Calls that need the relay will lag. A nearer one would help: send the report to whoever \
             runs this page."
        }
        Verdict::ServerMissing => {
            "One of the host's servers gave no answer, and others stand in for it. Send the report \
             to whoever runs this page."
        }
        Verdict::Quiet => "See its row, then run the test again and say something.",
        Verdict::Unseen => "See the camera's row. Without a picture you are heard all the same.",
        Verdict::SoundStuck => "See its row, then run the test again.",
        Verdict::WithoutServer => {
            "This page has no server. Call from tab to tab, or choose “Call without a server” at home."
        }
        Verdict::Nearby => {
            "Between two networks a call may fail, as this host names no STUN or TURN server."
        }
        Verdict::Well => "Everything that a call needs works here.",
    },
    more: "More than one row is marked Failed: look at each.",
    said: |name, grade| [name, ": ", (CHECK.grade)(grade)].concat(),
    report: "For whoever helps you",
    report_text: "The whole result as one text. It holds addresses of your network, and no passwords.",
    report_field: "Report",
};

fn probe(server: &Server, probe: &Probe) -> String {
    let after = [" after ", &probe.ms.to_string(), " ms"].concat();
    let by = match server.way {
        Way::Udp => "by UDP",
        Way::Tcp => "by TCP",
        Way::Tls => "by TLS",
    };
    match (probe.outcome, server.role) {
        (Outcome::Answered, Role::Stun) => ["It answered ", by, &after, "."].concat(),
        (Outcome::Answered, Role::Turn) => ["It lent an address ", by, &after, "."].concat(),
        (Outcome::SameAddress, _) => [
            "It answered ",
            by,
            ", and sees you as you are: nothing stands between you and the Internet.",
        ]
        .concat(),
        (Outcome::Refused, _) => {
            let code = probe.code.unwrap_or_default().to_string();
            [
                "It refuses this page's name or password (code ",
                &code,
                "). Whoever runs this page has to mend that.",
            ]
            .concat()
        }
        (Outcome::Unreachable, _) => [
            "No answer ",
            by,
            &after,
            ". Your network may block it, or it is down.",
        ]
        .concat(),
        (Outcome::Silent, _) => "No address came of it, and your browser does not say why. \
                                          It is down, blocked, or nothing stands between you and it."
            .to_owned(),
        (Outcome::LentNothing, _) => "It lent no address, and your browser does not say why. It \
                                          is down, blocked, or refuses this page's name or password."
            .to_owned(),
        (Outcome::Invalid, _) => "Your browser cannot make sense of its address. Whoever runs this \
                                  page has to mend that."
            .to_owned(),
    }
}
