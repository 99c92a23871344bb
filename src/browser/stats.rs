//! What a connection tells about itself, as one plain record. Only what both browsers report;
//! counters are cumulative.

use super::object::{flag, number, text};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RtcStatsReport;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// When this was so, in milliseconds of a clock that only differences count of.
    pub at: f64,
    /// `host`, `srflx` or `relay`; empty until a path is chosen.
    pub path: String,
    pub rtt_ms: f64,
    /// What keeps others from listening: the cipher of the handshake and of sound and picture.
    pub dtls_cipher: String,
    pub srtp_cipher: String,
    pub received: Flows,
    pub sent: Flows,
}

impl Stats {
    /// All that has come.
    pub fn bytes(&self) -> u64 {
        let Flows {
            sound,
            picture,
            screen,
            screen_sound,
        } = &self.received;
        let all = [sound, picture, screen, screen_sound];
        all.map(|it| it.bytes).iter().sum::<f64>() as u64
    }
}

/// One way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flows {
    pub sound: Flow,
    pub picture: Flow,
    pub screen: Flow,
    pub screen_sound: Flow,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow {
    /// As `VP8`, `opus`; empty while nothing flows.
    pub codec: String,
    pub bytes: f64,
    pub packets: f64,
    /// As the receiving end counts them.
    pub lost: f64,
    pub jitter_ms: f64,
    /// Decoded or encoded.
    pub frames: f64,
    pub width: f64,
    pub height: f64,
    /// Grows by loudness times time.
    pub energy: f64,
    /// 0 to 1, just now.
    pub level: f32,
    /// Seconds that encoding took so far.
    pub encoding: f64,
    /// The browser makes less of it because it cannot keep up.
    pub strained: bool,
}

/// The media lines of the microphone and the camera; all others are a screen's.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    pub sound: Option<String>,
    pub picture: Option<String>,
}

/// The longest way round that either end takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Path {
    Host,
    Srflx,
    Relay,
}

impl Path {
    const fn name(self) -> &'static str {
        match self {
            Path::Host => "host",
            Path::Srflx => "srflx",
            Path::Relay => "relay",
        }
    }

    fn of(candidate_type: &str) -> Option<Path> {
        match candidate_type {
            "host" => Some(Path::Host),
            "srflx" | "prflx" => Some(Path::Srflx),
            "relay" => Some(Path::Relay),
            _ => None,
        }
    }
}

/// One entry of the report: the union of the fields that are read, for all types of entry.
#[derive(Clone, Debug, Default, PartialEq)]
struct Entry {
    id: String,
    r#type: String,
    kind: String,
    mid: String,
    timestamp: f64,
    codec_id: String,
    mime_type: String,
    /// Of the entry that tells what the other end saw of this one.
    remote_id: String,
    flow: Flow,
    round_trip_time: f64,
    selected_candidate_pair_id: String,
    dtls_cipher: String,
    srtp_cipher: String,
    /// Firefox's word for it, in the pair itself.
    selected: bool,
    nominated: bool,
    current_round_trip_time: f64,
    local_candidate_id: String,
    remote_candidate_id: String,
    candidate_type: String,
}

impl Entry {
    fn read(entry: &JsValue) -> Entry {
        let text = |name| text(entry, name);
        let number = |name| number(entry, name);
        // Each entry has one of the two, or neither.
        let either = |received, sent| number(received) + number(sent);
        Entry {
            id: text("id"),
            r#type: text("type"),
            kind: text("kind"),
            mid: text("mid"),
            timestamp: number("timestamp"),
            codec_id: text("codecId"),
            mime_type: text("mimeType"),
            remote_id: text("remoteId"),
            flow: Flow {
                codec: String::new(),
                bytes: either("bytesReceived", "bytesSent"),
                packets: either("packetsReceived", "packetsSent"),
                lost: number("packetsLost"),
                jitter_ms: number("jitter") * 1000.0,
                frames: either("framesDecoded", "framesEncoded"),
                width: number("frameWidth"),
                height: number("frameHeight"),
                energy: number("totalAudioEnergy"),
                level: number("audioLevel") as f32,
                encoding: number("totalEncodeTime"),
                strained: text("qualityLimitationReason") == "cpu",
            },
            round_trip_time: number("roundTripTime"),
            selected_candidate_pair_id: text("selectedCandidatePairId"),
            dtls_cipher: text("dtlsCipher"),
            srtp_cipher: text("srtpCipher"),
            selected: flag(entry, "selected"),
            nominated: flag(entry, "nominated"),
            current_round_trip_time: number("currentRoundTripTime"),
            local_candidate_id: text("localCandidateId"),
            remote_candidate_id: text("remoteCandidateId"),
            candidate_type: text("candidateType"),
        }
    }
}

impl Stats {
    pub(super) fn from_report(report: &RtcStatsReport, lines: &Lines) -> Stats {
        let values = report.values().into_iter().flatten();
        let entries: Vec<Entry> = values.map(|it| Entry::read(it.unchecked_ref())).collect();
        Stats::from_entries(&entries, lines)
    }

    fn from_entries(entries: &[Entry], lines: &Lines) -> Stats {
        let mut stats = Stats::default();
        let find = |id: &str| entries.iter().find(|it| it.id == id);
        for it in entries {
            stats.at = stats.at.max(it.timestamp);
            let flows = match it.r#type.as_str() {
                "inbound-rtp" => &mut stats.received,
                "outbound-rtp" => &mut stats.sent,
                "transport" => {
                    stats.dtls_cipher.clone_from(&it.dtls_cipher);
                    stats.srtp_cipher.clone_from(&it.srtp_cipher);
                    continue;
                }
                _ => continue,
            };
            let is = |line: &Option<String>| line.as_ref().is_none_or(|mid| *mid == it.mid);
            let flow = match it.kind.as_str() {
                "audio" if is(&lines.sound) => &mut flows.sound,
                "audio" => &mut flows.screen_sound,
                _ if is(&lines.picture) => &mut flows.picture,
                _ => &mut flows.screen,
            };
            *flow = it.flow.clone();
            let codec = find(&it.codec_id).map_or("", |codec| &codec.mime_type);
            let name = codec.split_once('/').map_or(codec, |(_, name)| name);
            flow.codec = name.to_owned();
            // Of what is sent, only the other end knows how much was lost.
            if let Some(far) = find(&it.remote_id).filter(|_| it.r#type == "outbound-rtp") {
                (flow.lost, flow.jitter_ms) = (far.flow.lost, far.flow.jitter_ms);
            }
        }
        if let Some(pair) = selected_pair(entries) {
            stats.rtt_ms = pair.current_round_trip_time * 1000.0;
            let end = |id: &str| {
                let end = entries.iter().find(|it| it.id == id)?;
                Path::of(&end.candidate_type)
            };
            let path = end(&pair.local_candidate_id).max(end(&pair.remote_candidate_id));
            stats.path = path.map_or("", Path::name).to_owned();
        }
        if stats.rtt_ms == 0.0 {
            // Firefox rounds the pair's to whole milliseconds, and measures it once; what the other end
            // reports is finer.
            let reports = entries.iter().map(|it| it.round_trip_time);
            stats.rtt_ms = reports.fold(0.0, f64::max) * 1000.0;
        }
        stats
    }
}

fn selected_pair(entries: &[Entry]) -> Option<&Entry> {
    let named = entries
        .iter()
        .map(|it| it.selected_candidate_pair_id.as_str())
        .find(|it| !it.is_empty());
    let pairs = || entries.iter().filter(|it| it.r#type == "candidate-pair");
    pairs()
        .find(|it| Some(it.id.as_str()) == named)
        .or_else(|| pairs().find(|it| it.selected))
        .or_else(|| pairs().find(|it| it.nominated))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, r#type: &str) -> Entry {
        Entry {
            id: id.to_owned(),
            r#type: r#type.to_owned(),
            ..Entry::default()
        }
    }

    fn pair(id: &str, local: &str, remote: &str) -> Entry {
        Entry {
            local_candidate_id: local.to_owned(),
            remote_candidate_id: remote.to_owned(),
            current_round_trip_time: 0.02,
            ..entry(id, "candidate-pair")
        }
    }

    fn candidate(id: &str, candidate_type: &str) -> Entry {
        Entry {
            candidate_type: candidate_type.to_owned(),
            ..entry(id, "local-candidate")
        }
    }

    #[test]
    fn the_path_is_the_longest_way_round_of_the_selected_pair() {
        let ends = [
            candidate("h", "host"),
            candidate("s", "prflx"),
            candidate("r", "relay"),
        ];
        let transport = Entry {
            selected_candidate_pair_id: "2".to_owned(),
            ..entry("t", "transport")
        };
        let mut entries = vec![pair("1", "h", "r"), pair("2", "s", "h"), transport];
        entries.extend(ends);
        let stats = Stats::from_entries(&entries, &Lines::default());
        assert_eq!(stats.path, "srflx");
        assert_eq!(stats.rtt_ms, 20.0);
    }

    #[test]
    fn a_pair_that_says_itself_that_it_is_selected_is_found_without_a_transport() {
        let entries = [
            pair("1", "h", "h"),
            Entry {
                selected: true,
                ..pair("2", "h", "r")
            },
            candidate("h", "host"),
            candidate("r", "relay"),
        ];
        assert_eq!(
            Stats::from_entries(&entries, &Lines::default()).path,
            "relay"
        );
    }

    #[test]
    fn an_empty_report_is_an_empty_record() {
        assert_eq!(
            Stats::from_entries(&[], &Lines::default()),
            Stats::default()
        );
    }

    fn flow(id: &str, r#type: &str, kind: &str, mid: &str, bytes: f64) -> Entry {
        Entry {
            kind: kind.to_owned(),
            mid: mid.to_owned(),
            flow: Flow {
                bytes,
                ..Flow::default()
            },
            ..entry(id, r#type)
        }
    }

    #[test]
    fn a_screen_is_told_from_the_camera_by_its_line_and_codecs_by_their_names() {
        let mut camera = flow("i", "inbound-rtp", "video", "1", 10.0);
        camera.codec_id = "c".to_owned();
        let codec = Entry {
            mime_type: "video/VP9".to_owned(),
            ..entry("c", "codec")
        };
        let entries = [
            flow("s", "inbound-rtp", "video", "3", 20.0),
            camera,
            flow("a", "outbound-rtp", "audio", "0", 30.0),
            flow("b", "outbound-rtp", "audio", "4", 40.0),
            codec,
        ];
        let lines = Lines {
            sound: Some("0".to_owned()),
            picture: Some("1".to_owned()),
        };
        let stats = Stats::from_entries(&entries, &lines);
        let (received, sent) = (&stats.received, &stats.sent);
        assert_eq!(
            (received.picture.bytes, received.screen.bytes),
            (10.0, 20.0)
        );
        assert_eq!((sent.sound.bytes, sent.screen_sound.bytes), (30.0, 40.0));
        assert_eq!(received.picture.codec, "VP9");
    }

    #[test]
    fn what_of_the_sent_was_lost_is_told_by_the_other_end() {
        let mut sent = flow("s", "outbound-rtp", "video", "1", 10.0);
        sent.remote_id = "r".to_owned();
        let mut far = entry("r", "remote-inbound-rtp");
        far.flow.lost = 7.0;
        far.round_trip_time = 0.03;
        let stats = Stats::from_entries(&[sent, far], &Lines::default());
        assert_eq!(stats.sent.picture.lost, 7.0);
        assert_eq!(stats.rtt_ms, 30.0);
    }
}
