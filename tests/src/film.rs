//! A recording looked at with Debian's ffmpeg, which knows nothing of ours.

use crate::paths;
use anyhow::{Context, Result, anyhow, ensure};
use serde::Deserialize;
use std::{path::Path, process::Command};
use tempfile::TempDir;

/// Samples a second, once decoded.
const RATE: u32 = 16_000;

pub struct Film {
    folder: TempDir,
    /// As its head says, in seconds.
    pub duration: f64,
    /// When each picture is shown, in seconds.
    pub pictures: Vec<f64>,
    /// When each packet of sound is heard.
    pub sounds: Vec<f64>,
    pub width: u32,
    pub height: u32,
}

#[derive(Deserialize)]
struct Probed {
    packets: Vec<Packet>,
    streams: Vec<Track>,
    format: Format,
}

#[derive(Deserialize)]
struct Packet {
    codec_type: String,
    pts_time: String,
}

#[derive(Deserialize)]
struct Track {
    codec_type: String,
    width: Option<u32>,
    height: Option<u32>,
}

#[derive(Deserialize)]
struct Format {
    duration: Option<String>,
}

impl Film {
    pub fn of(bytes: &[u8]) -> Result<Film> {
        let folder = TempDir::with_prefix("duologue-film-")?;
        let file = folder.path().join("film");
        std::fs::write(&file, bytes)?;
        let mut probe = Command::new(paths::tool("FFPROBE", &["ffprobe"]).map_err(|e| anyhow!(e))?);
        probe.args([
            "-v",
            "error",
            "-of",
            "json",
            "-show_format",
            "-show_streams",
        ]);
        let output = probe.arg("-show_packets").arg(&file).output()?;
        let complaints = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success() && complaints.is_empty(),
            "ffprobe: {complaints}"
        );
        let probed: Probed = serde_json::from_slice(&output.stdout)?;
        let times = |kind: &str| -> Result<Vec<f64>> {
            let packets = probed.packets.iter().filter(|it| it.codec_type == kind);
            packets.map(|it| Ok(it.pts_time.parse()?)).collect()
        };
        let has = |kind: &str| probed.streams.iter().find(|it| it.codec_type == kind);
        let video = has("video").context("no picture in it")?;
        has("audio").context("no sound in it")?;
        let duration = probed.format.duration.context("it has no duration")?;
        Ok(Film {
            duration: duration.parse()?,
            pictures: times("video")?,
            sounds: times("audio")?,
            width: video.width.unwrap_or_default(),
            height: video.height.unwrap_or_default(),
            folder,
        })
    }

    /// Seconds of it that are black.
    pub fn black(&self) -> Result<f64> {
        let said = self.ffmpeg(&[
            "-vf",
            "blackdetect=d=0.1:pix_th=0.10",
            "-an",
            "-f",
            "null",
            "-",
        ])?;
        let found = String::from_utf8_lossy(&said.stderr).into_owned();
        let lengths = found
            .split("black_duration:")
            .skip(1)
            .filter_map(|it| it.split_whitespace().next()?.parse::<f64>().ok());
        Ok(lengths.sum())
    }

    /// The longest time for which the picture stands still.
    pub fn longest_gap(&self) -> f64 {
        let gaps = self.pictures.windows(2).map(|it| it[1] - it[0]);
        gaps.fold(0.0, f64::max)
    }

    pub fn pictures_a_second(&self) -> f64 {
        self.pictures.len() as f64 / self.duration
    }

    /// How loud it is, 0 to 1, and which share of that is between two pitches, in the loudest tenth of a
    /// second: fake microphones beep.
    pub fn tone(&self, pitches: (u32, u32)) -> Result<(f64, f64)> {
        let rate = RATE.to_string();
        let raw = self.ffmpeg(&["-vn", "-ac", "1", "-ar", &rate, "-f", "s16le", "-"])?;
        let samples: Vec<f64> = raw
            .stdout
            .chunks_exact(2)
            .map(|it| f64::from(i16::from_le_bytes([it[0], it[1]])) / 32_768.0)
            .collect();
        let power = |window: &[f64]| window.iter().map(|it| it * it).sum::<f64>();
        let loudest = samples
            .chunks(RATE as usize / 10)
            .max_by(|a, b| power(a).total_cmp(&power(b)))
            .context("no sound")?;
        let whole = power(loudest);
        // In a tenth of a second, pitches ten hertz apart have nothing to do with each other.
        let within = (pitches.0..=pitches.1).step_by(10);
        let share: f64 = within.map(|hertz| of_pitch(loudest, hertz)).sum();
        let loud = (whole / loudest.len() as f64).sqrt();
        Ok((loud, share / whole.max(1e-12)))
    }

    fn ffmpeg(&self, args: &[&str]) -> Result<std::process::Output> {
        let tool = paths::tool("FFMPEG", &["ffmpeg"]).map_err(|e| anyhow!(e))?;
        let mut command = Command::new(tool);
        command.args(["-hide_banner", "-nostdin", "-i"]);
        let output = command.arg(self.file()).args(args).output()?;
        ensure!(
            output.status.success(),
            "ffmpeg: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(output)
    }

    fn file(&self) -> std::path::PathBuf {
        Path::new(self.folder.path()).join("film")
    }
}

fn of_pitch(samples: &[f64], hertz: u32) -> f64 {
    let step = f64::from(hertz) * std::f64::consts::TAU / f64::from(RATE);
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (at, sample) in samples.iter().enumerate() {
        sine += sample * (at as f64 * step).sin();
        cosine += sample * (at as f64 * step).cos();
    }
    2.0 * (sine * sine + cosine * cosine) / samples.len() as f64
}
