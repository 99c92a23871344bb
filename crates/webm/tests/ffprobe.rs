//! What another reader thinks: ffprobe, found on the path or by the variable FFPROBE. Without it these
//! tests fail; on Debian and Ubuntu `apt-get install ffmpeg` brings it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{FIXTURES, finished, fixture, recorded};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What ffprobe prints, having complained of nothing.
fn ffprobe(file: &Path, arguments: &[&str]) -> String {
    let program = std::env::var("FFPROBE").unwrap_or_else(|_| "ffprobe".into());
    let output = Command::new(&program)
        .args(["-v", "error", "-of", "csv=print_section=0"])
        .args(arguments)
        .arg(file)
        .output()
        .unwrap_or_else(|error| {
            panic!(
                "these tests need ffprobe (of ffmpeg) on the path or in FFPROBE: {program}: {error}"
            )
        });
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && complaint.is_empty(),
        "{file:?}: {complaint}"
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Stream and time of each packet, in the file's order. `at`: from there on, eight packets.
fn packets(file: &Path, at: Option<f64>) -> Vec<(u32, f64)> {
    let interval = at.map(|at| format!("{at}%+#8"));
    let mut arguments = vec!["-show_entries", "packet=stream_index,pts_time"];
    if let Some(interval) = &interval {
        arguments.extend(["-read_intervals", interval]);
    }
    let text = ffprobe(file, &arguments);
    let fields = text
        .lines()
        .map(|line| line.trim_end_matches(',').split(',').collect::<Vec<_>>());
    fields
        .filter(|fields| fields.len() == 2)
        .map(|fields| (fields[0].parse().unwrap(), fields[1].parse().unwrap()))
        .collect()
}

/// Removes itself.
struct Written(PathBuf);

impl Written {
    fn new(name: &str, cut: usize, bytes: &[u8]) -> Self {
        let name = format!("duologue-webm-{}-{cut}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Written(path)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn check(name: &str, cut: usize) {
    let recording = fixture(name);
    let (store, what) = finished(recorded(&recording[..cut], 4000)).unwrap();
    let file = Written::new(name, cut, &store.bytes);

    let streams = ffprobe(&file.0, &["-show_entries", "stream=codec_type"]);
    assert_eq!(streams.contains("video"), what.has_video, "{name}");
    assert_eq!(streams.contains("audio"), what.has_audio, "{name}");

    let all = packets(&file.0, None);
    let (mut last, mut per_stream) = (0.0_f64, [None; 2]);
    for (stream, time) in &all {
        let before = per_stream[*stream as usize].replace(*time);
        assert!(
            before.is_none_or(|before| before < *time),
            "{name}: {time} after {before:?}"
        );
        last = last.max(*time);
    }
    let duration = ffprobe(&file.0, &["-show_entries", "format=duration"]);
    let duration: f64 = duration.trim().parse().unwrap();
    assert!(
        duration > last && duration < last + 0.1,
        "{name}: {duration}, the last at {last}"
    );
    assert!((duration - what.duration.unwrap().as_secs_f64()).abs() < 0.001);

    // Not from the start: an index leads there.
    let middle = duration / 2.0;
    let there = packets(&file.0, Some(middle));
    // Firefox made one key frame.
    let reach = if name == "firefox-vp8.webm" { 5.0 } else { 1.3 };
    assert!(
        there.len() >= 8,
        "{name} cut at {cut}: {} packets",
        there.len()
    );
    let first = there.iter().map(|(_, time)| *time).fold(f64::MAX, f64::min);
    assert!(
        first <= middle + 0.3 && middle - first < reach,
        "{name}: {first} for {middle}"
    );
}

#[test]
fn a_whole_recording_reads_and_seeks() {
    for name in FIXTURES {
        check(name, fixture(name).len());
    }
}

#[test]
fn a_recording_cut_short_reads_and_seeks() {
    for name in FIXTURES {
        let len = fixture(name).len();
        for cut in [len - 1, len * 9 / 10, len / 2] {
            check(name, cut);
        }
    }
}
