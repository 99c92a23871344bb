//! How a connection fares, as people read it: rates out of two samples of counters, and what was so
//! in the last two minutes.

use super::view::TileState;
use crate::browser::{
    object,
    stats::{Flow, Flows, Stats},
};
use std::collections::VecDeque;
use wasm_bindgen::JsValue;

/// Between two points of a graph, in milliseconds. Browsers are asked twice as often.
const STEP: f64 = 900.0;
/// Two minutes of them.
pub const POINTS: usize = 120;

/// What a counter's growth in some time comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rate {
    pub codec: String,
    pub bits_per_second: f64,
    pub frames_per_second: f64,
    pub width: f64,
    pub height: f64,
    /// In per cent of what was sent.
    pub lost: f64,
    pub jitter_ms: f64,
}

/// The streams of one way that carry something.
pub type Rates = Vec<(Stream, Rate)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Picture,
    Sound,
    Screen,
    ScreenSound,
}

impl Stream {
    const ALL: [Stream; 4] = [
        Stream::Picture,
        Stream::Sound,
        Stream::Screen,
        Stream::ScreenSound,
    ];

    const fn name(self) -> &'static str {
        match self {
            Stream::Picture => "picture",
            Stream::Sound => "sound",
            Stream::Screen => "screen",
            Stream::ScreenSound => "screen_sound",
        }
    }

    fn of(self, flows: &Flows) -> &Flow {
        match self {
            Stream::Picture => &flows.picture,
            Stream::Sound => &flows.sound,
            Stream::Screen => &flows.screen,
            Stream::ScreenSound => &flows.screen_sound,
        }
    }
}

/// One connection, just now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// `host`, `srflx`, `relay`, or empty.
    pub path: String,
    pub rtt_ms: f64,
    pub dtls_cipher: String,
    pub srtp_cipher: String,
    pub received: Rates,
    pub sent: Rates,
}

/// A point of the graphs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub bits_per_second: f64,
    pub rtt_ms: f64,
    pub lost: f64,
}

/// Of one person.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    pub now: Moment,
    pub points: VecDeque<Point>,
    before: Stats,
}

impl Figures {
    /// True when there is something new to show.
    pub fn take(&mut self, stats: &Stats) -> bool {
        let ms = stats.at - self.before.at;
        if (0.0..STEP).contains(&ms) {
            return false;
        }
        self.now = Moment {
            path: stats.path.clone(),
            rtt_ms: stats.rtt_ms,
            dtls_cipher: stats.dtls_cipher.clone(),
            srtp_cipher: stats.srtp_cipher.clone(),
            received: rates(&self.before.received, &stats.received, ms),
            sent: rates(&self.before.sent, &stats.sent, ms),
        };
        // Of the first sample nobody knows in what time it came about.
        if self.before.at > 0.0 {
            if self.points.len() == POINTS {
                self.points.pop_front();
            }
            self.points.push_back(self.now.point());
        }
        self.before = stats.clone();
        true
    }

    pub fn graph(&self, pick: fn(&Point) -> f64, width: f64, height: f64) -> String {
        polyline(self.points.iter().map(pick), width, height)
    }

    pub fn most(&self, pick: fn(&Point) -> f64) -> f64 {
        self.points.iter().map(pick).fold(0.0, f64::max)
    }

    pub(super) fn to_object(&self, name: &str, state: TileState) -> JsValue {
        let list = |pick: fn(&Point) -> f64| {
            let all = self.points.iter().map(|it| JsValue::from(pick(it).round()));
            all.collect::<js_sys::Array>().into()
        };
        let now = &self.now;
        object::new(&[
            ("name", name.into()),
            ("state", state.name().into()),
            ("path", now.path.as_str().into()),
            ("rtt_ms", now.rtt_ms.into()),
            ("dtls_cipher", now.dtls_cipher.as_str().into()),
            ("srtp_cipher", now.srtp_cipher.as_str().into()),
            ("received", rates_to_object(&now.received)),
            ("sent", rates_to_object(&now.sent)),
            (
                "seconds",
                object::new(&[
                    ("bits_per_second", list(|it| it.bits_per_second)),
                    ("rtt_ms", list(|it| it.rtt_ms)),
                    ("lost_percent", list(|it| it.lost)),
                ]),
            ),
        ])
    }
}

impl Moment {
    fn point(&self) -> Point {
        let received = || self.received.iter().map(|(_, rate)| rate);
        Point {
            bits_per_second: received().map(|rate| rate.bits_per_second).sum(),
            rtt_ms: self.rtt_ms,
            lost: received().map(|rate| rate.lost).fold(0.0, f64::max),
        }
    }
}

fn rates(before: &Flows, now: &Flows, ms: f64) -> Rates {
    let all = Stream::ALL.map(|it| (it, rate(it.of(before), it.of(now), ms)));
    let mut all = Vec::from(all);
    // What carries nothing is not worth a line.
    all.retain(|(_, rate)| rate.bits_per_second > 0.0);
    all
}

/// Counters of a fresh connection begin anew: what shrank counts from nothing.
fn rate(before: &Flow, now: &Flow, ms: f64) -> Rate {
    let grown = |pick: fn(&Flow) -> f64| {
        let (before, now) = (pick(before), pick(now));
        if now < before { now } else { now - before }
    };
    let seconds = ms / 1000.0;
    let (lost, packets) = (grown(|it| it.lost).max(0.0), grown(|it| it.packets));
    Rate {
        codec: now.codec.clone(),
        bits_per_second: grown(|it| it.bytes) * 8.0 / seconds,
        frames_per_second: grown(|it| it.frames) / seconds,
        width: now.width,
        height: now.height,
        lost: if lost > 0.0 {
            100.0 * lost / (lost + packets)
        } else {
            0.0
        },
        jitter_ms: now.jitter_ms,
    }
}

fn rates_to_object(rates: &Rates) -> JsValue {
    let streams: Vec<(&str, JsValue)> = rates
        .iter()
        .map(|(stream, rate)| {
            let fields = [
                ("codec", rate.codec.as_str().into()),
                ("bits_per_second", rate.bits_per_second.round().into()),
                ("frames_per_second", rate.frames_per_second.round().into()),
                ("width", rate.width.into()),
                ("height", rate.height.into()),
                ("lost_percent", rate.lost.into()),
                ("jitter_ms", rate.jitter_ms.into()),
            ];
            (stream.name(), object::new(&fields))
        })
        .collect();
    object::new(&streams)
}

/// The points of a graph that is as high as its highest value; the newest at the right end, each at
/// the place that is its age.
fn polyline(values: impl ExactSizeIterator<Item = f64> + Clone, width: f64, height: f64) -> String {
    let most = values.clone().fold(0.0, f64::max);
    let step = width / (POINTS - 1) as f64;
    let begin = width - step * (values.len().max(1) - 1) as f64;
    let mut points = String::new();
    for (place, value) in values.enumerate() {
        let x = begin + step * place as f64;
        let y = if most > 0.0 {
            height - height * value / most
        } else {
            height
        };
        // Tenths of a pixel are fine enough; the text is made anew each second.
        for part in [(x * 10.0).round() / 10.0, (y * 10.0).round() / 10.0] {
            points.push_str(&part.to_string());
            points.push(' ');
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(bytes: f64, packets: f64, lost: f64, frames: f64) -> Flow {
        Flow {
            bytes,
            packets,
            lost,
            frames,
            ..Flow::default()
        }
    }

    fn sample(at: f64, picture: Flow) -> Stats {
        Stats {
            at,
            rtt_ms: 5.0,
            received: Flows {
                picture,
                ..Flows::default()
            },
            ..Stats::default()
        }
    }

    #[test]
    fn rates_are_what_counters_grew_by_in_the_time_between() {
        let before = flow(1_000.0, 10.0, 1.0, 100.0);
        let now = flow(251_000.0, 100.0, 11.0, 160.0);
        let rate = rate(&before, &now, 2_000.0);
        assert_eq!(rate.bits_per_second, 1_000_000.0);
        assert_eq!(rate.frames_per_second, 30.0);
        assert_eq!(rate.lost, 10.0);
    }

    #[test]
    fn a_fresh_connection_counts_from_nothing_and_nothing_is_ever_negative() {
        let before = flow(1_000_000.0, 900.0, 20.0, 3_000.0);
        let rate = rate(&before, &flow(1_000.0, 9.0, -1.0, 15.0), 1_000.0);
        assert_eq!(rate.bits_per_second, 8_000.0);
        assert_eq!(rate.frames_per_second, 15.0);
        assert_eq!(rate.lost, 0.0);
    }

    #[test]
    fn two_minutes_are_kept_a_point_a_second_and_the_first_sample_is_none() {
        let mut figures = Figures::default();
        for half in 0..600 {
            let at = 1_000.0 + 500.0 * f64::from(half);
            figures.take(&sample(at, flow(at * 100.0, 0.0, 0.0, 0.0)));
            if half == 1 {
                assert!(figures.points.is_empty(), "a rate out of one sample");
            }
        }
        assert_eq!(figures.points.len(), POINTS);
        let last = figures.points.back().copied().unwrap_or_default();
        assert_eq!((last.bits_per_second, last.rtt_ms), (800_000.0, 5.0));
        assert_eq!(figures.now.received.len(), 1, "silent streams are left out");
    }

    #[test]
    fn a_graph_ends_at_the_right_and_its_highest_value_at_the_top() {
        let line = polyline([1.0, 4.0, 2.0].into_iter(), 119.0, 40.0);
        assert_eq!(line, "117 30 118 0 119 20 ");
        assert_eq!(
            polyline([0.0, 0.0].into_iter(), 119.0, 40.0),
            "118 40 119 40 "
        );
        assert_eq!(polyline([].into_iter(), 119.0, 40.0), "");
    }
}
