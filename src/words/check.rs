//! What is said of the self-test: what each check may come to, and what to do about it.

use super::{Text, table::CheckWords, words};
use crate::session::{
    DeviceKind,
    check::{
        Camera, Grade, Loopback, Microphone, Outcome, Probe, Refusal, Relay, Role, Server,
        Signalling, Speaker, Verdict, Way,
    },
};

impl CheckWords {
    /// A server by its address.
    pub fn server(&self, role: Role, url: &str) -> String {
        let (_, place) = url.split_once(':').unwrap_or(("", url));
        match role {
            Role::Stun => self.stun_server(place),
            Role::Turn => self.turn_server(place),
        }
    }

    pub fn grade(&self, grade: Grade) -> Text {
        match grade {
            Grade::Waiting => self.waiting,
            Grade::Running => self.testing,
            Grade::Well => self.works,
            Grade::Poor => self.poor,
            Grade::Failed => self.failed,
            Grade::Absent => self.absent,
        }
    }

    /// A row in one breath.
    pub fn said(&self, name: &str, grade: Grade) -> String {
        self.row_said(self.grade(grade), name)
    }

    pub fn camera(&self, camera: Camera) -> String {
        match camera {
            Camera::Picture { width, height } => {
                let size = [&width.to_string(), " × ", &height.to_string()].concat();
                self.camera_picture(&size)
            }
            Camera::Dark => self.camera_dark.to_owned(),
            Camera::NoPicture => self.camera_no_picture.to_owned(),
            Camera::Trouble { why } => words()
                .devices
                .trouble(DeviceKind::Camera, why)
                .text
                .to_owned(),
        }
    }

    pub fn microphone(&self, microphone: Microphone) -> Text {
        match microphone {
            Microphone::Heard => self.microphone_heard,
            Microphone::Quiet => self.microphone_quiet,
            Microphone::Unmeasured => self.microphone_unmeasured,
            Microphone::Trouble { why } => {
                words().devices.trouble(DeviceKind::Microphone, why).text
            }
        }
    }

    pub fn speaker(&self, speaker: Speaker) -> Text {
        match speaker {
            Speaker::Played => self.speaker_played,
            Speaker::Stuck => self.speaker_stuck,
            Speaker::Refused => self.speaker_refused,
        }
    }

    pub fn signalling_is(&self, signalling: Signalling) -> String {
        let text = match signalling {
            Signalling::Online { ms } => return self.signalling_online(&ms.to_string()),
            Signalling::Closed { code } => return self.signalling_closed(&code.to_string()),
            Signalling::NoServer => self.signalling_none,
            Signalling::Offline => self.signalling_offline,
            Signalling::Refused { why } => match why {
                Refusal::ServerFull => self.signalling_full,
                Refusal::UnsupportedVersion => self.signalling_version,
                Refusal::TooFast => self.signalling_fast,
                Refusal::RoomFull
                | Refusal::BadMessage
                | Refusal::NotWelcomed
                | Refusal::NotInRoom
                | Refusal::NoSuchPeer
                | Refusal::TooManyRooms => self.signalling_misunderstood,
            },
            Signalling::Silent => self.signalling_silent,
        };
        text.to_owned()
    }

    /// How many addresses there are.
    pub fn addresses_are(&self, count: usize) -> Text {
        match count {
            0 => self.addresses_none,
            _ => self.addresses_some,
        }
    }

    pub fn probe(&self, server: &Server, probe: &Probe) -> String {
        let ms = probe.ms.to_string();
        let way = match server.way {
            Way::Udp => "UDP",
            Way::Tcp => "TCP",
            Way::Tls => "TLS",
        };
        match (probe.outcome, server.role) {
            (Outcome::Answered, Role::Stun) => self.probe_answered(&ms, way),
            (Outcome::Answered, Role::Turn) => self.probe_lent(&ms, way),
            (Outcome::SameAddress, _) => self.probe_same(way),
            (Outcome::Refused, _) => {
                self.probe_refused(&probe.code.unwrap_or_default().to_string())
            }
            (Outcome::Unreachable, _) => self.probe_unreachable(&ms, way),
            (Outcome::Silent, _) => self.probe_silent.to_owned(),
            (Outcome::LentNothing, _) => self.probe_lent_nothing.to_owned(),
            (Outcome::Invalid, _) => self.probe_invalid.to_owned(),
        }
    }

    pub fn call_is(&self, call: Loopback) -> String {
        match call {
            Loopback::Picture {
                channel_ms,
                frame_ms,
            } => self.call_picture(&channel_ms.to_string(), &frame_ms.to_string()),
            Loopback::Data { channel_ms } => self.call_data(&channel_ms.to_string()),
            Loopback::NoFrame { channel_ms } => self.call_no_frame(&channel_ms.to_string()),
            Loopback::Failed => self.call_failed.to_owned(),
        }
    }

    pub fn relay_is(&self, relay: Relay) -> String {
        match relay {
            Relay::NotOffered => self.relay_none.to_owned(),
            Relay::NotReached => self.relay_not_reached.to_owned(),
            Relay::RoundTrip { ms: 0 } => self.relay_quick.to_owned(),
            Relay::RoundTrip { ms } => self.relay_round_trip(&ms.to_string()),
            Relay::Blocked => self.relay_blocked.to_owned(),
        }
    }

    /// A candidate's kind, as `host`.
    pub fn kind(&self, kind: &str) -> Text {
        match kind {
            "srflx" => self.kind_srflx,
            "relay" => self.kind_relay,
            "prflx" => self.kind_prflx,
            _ => self.kind_host,
        }
    }

    pub fn verdict(&self, verdict: Verdict) -> Text {
        self.found(verdict).0
    }

    /// The next step for the person.
    pub fn step(&self, verdict: Verdict) -> Text {
        self.found(verdict).1
    }

    fn found(&self, verdict: Verdict) -> (Text, Text) {
        match verdict {
            Verdict::Insecure => (self.insecure, self.insecure_step),
            Verdict::CallsBlocked => (self.calls_blocked, self.calls_blocked_step),
            Verdict::NoSignalling => (self.no_signalling, self.no_signalling_step),
            Verdict::NotHeard => (self.not_heard, self.not_heard_step),
            Verdict::NoWayOut => (self.no_way_out, self.no_way_out_step),
            Verdict::RelayRefuses => (self.relay_refuses, self.relay_refuses_step),
            Verdict::RelayFails => (self.relay_fails, self.relay_fails_step),
            Verdict::NotSeen => (self.not_seen, self.not_seen_step),
            Verdict::NothingHeard => (self.nothing_heard, self.nothing_heard_step),
            Verdict::UdpBlocked => (self.udp_blocked, self.udp_blocked_step),
            Verdict::NoFrame => (self.no_frame, self.no_frame_step),
            Verdict::RelayFar => (self.relay_far, self.relay_far_step),
            Verdict::ServerMissing => (self.server_missing, self.server_missing_step),
            Verdict::Quiet => (self.quiet, self.quiet_step),
            Verdict::Unseen => (self.unseen, self.unseen_step),
            Verdict::SoundStuck => (self.sound_stuck, self.sound_stuck_step),
            Verdict::WithoutServer => (self.without_server, self.without_server_step),
            Verdict::Nearby => (self.nearby, self.nearby_step),
            Verdict::Well => (self.well, self.well_step),
        }
    }
}
