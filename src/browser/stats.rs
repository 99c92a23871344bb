//! What a connection tells about itself, as one plain record. Only what both browsers report;
//! counters are cumulative.

use super::object::{flag, number, text};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RtcStatsReport;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// `host`, `srflx` or `relay`; empty until a path is chosen.
    pub path: String,
    pub rtt_ms: f64,
    pub frames_decoded: f64,
    pub frame_width: f64,
    pub frame_height: f64,
    pub video_bytes: f64,
    pub video_packets_lost: f64,
    /// Grows by loudness times time.
    pub audio_energy: f64,
    /// 0 to 1, just now.
    pub audio_level: f32,
    pub audio_bytes: f64,
    pub audio_packets_lost: f64,
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
    frames_decoded: f64,
    frame_width: f64,
    frame_height: f64,
    bytes_received: f64,
    packets_lost: f64,
    total_audio_energy: f64,
    audio_level: f64,
    selected_candidate_pair_id: String,
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
        Entry {
            id: text(entry, "id"),
            r#type: text(entry, "type"),
            kind: text(entry, "kind"),
            frames_decoded: number(entry, "framesDecoded"),
            frame_width: number(entry, "frameWidth"),
            frame_height: number(entry, "frameHeight"),
            bytes_received: number(entry, "bytesReceived"),
            packets_lost: number(entry, "packetsLost"),
            total_audio_energy: number(entry, "totalAudioEnergy"),
            audio_level: number(entry, "audioLevel"),
            selected_candidate_pair_id: text(entry, "selectedCandidatePairId"),
            selected: flag(entry, "selected"),
            nominated: flag(entry, "nominated"),
            current_round_trip_time: number(entry, "currentRoundTripTime"),
            local_candidate_id: text(entry, "localCandidateId"),
            remote_candidate_id: text(entry, "remoteCandidateId"),
            candidate_type: text(entry, "candidateType"),
        }
    }
}

impl Stats {
    pub(super) fn from_report(report: &RtcStatsReport) -> Stats {
        let values = report.values().into_iter().flatten();
        let entries: Vec<Entry> = values.map(|it| Entry::read(it.unchecked_ref())).collect();
        Stats::from_entries(&entries)
    }

    fn from_entries(entries: &[Entry]) -> Stats {
        let mut stats = Stats::default();
        for it in entries.iter().filter(|it| it.r#type == "inbound-rtp") {
            match it.kind.as_str() {
                "video" => {
                    stats.frames_decoded = it.frames_decoded;
                    stats.frame_width = it.frame_width;
                    stats.frame_height = it.frame_height;
                    stats.video_bytes = it.bytes_received;
                    stats.video_packets_lost = it.packets_lost;
                }
                "audio" => {
                    stats.audio_energy = it.total_audio_energy;
                    stats.audio_level = it.audio_level as f32;
                    stats.audio_bytes = it.bytes_received;
                    stats.audio_packets_lost = it.packets_lost;
                }
                _ => {}
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
        let stats = Stats::from_entries(&entries);
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
        assert_eq!(Stats::from_entries(&entries).path, "relay");
    }

    #[test]
    fn an_empty_report_is_an_empty_record() {
        assert_eq!(Stats::from_entries(&[]), Stats::default());
    }
}
