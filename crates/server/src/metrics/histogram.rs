//! How long things took, counted in steps that are fixed.

use super::Count;
use std::fmt::{self, Write};

/// Microseconds. From what a quiet server needs to what makes a call feel slow to begin.
const STEPS: [u64; 15] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000,
];

#[derive(Debug)]
pub(super) struct Histogram {
    /// Each alone, the last one for what took longer; added up when they are read.
    steps: [Count; STEPS.len() + 1],
    sum: Count,
}

impl Histogram {
    pub(super) const fn new() -> Self {
        Histogram {
            steps: [const { Count::new() }; STEPS.len() + 1],
            sum: Count::new(),
        }
    }

    pub(super) fn note(&self, micros: u64) {
        let step = STEPS.partition_point(|most| *most < micros);
        self.steps[step].add(1);
        self.sum.add(micros);
    }

    pub(super) fn write(&self, name: &str, to: &mut String) -> fmt::Result {
        let mut so_far = 0;
        for (count, most) in self.steps.iter().zip(STEPS) {
            so_far += count.get();
            writeln!(to, "{name}_bucket{{le=\"{}\"}} {so_far}", seconds(most))?;
        }
        so_far += self.steps[STEPS.len()].get();
        writeln!(to, "{name}_bucket{{le=\"+Inf\"}} {so_far}")?;
        writeln!(to, "{name}_sum {}", seconds(self.sum.get()))?;
        writeln!(to, "{name}_count {so_far}")
    }
}

fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_holds_those_before_it() {
        let histogram = Histogram::new();
        for micros in [0, 50, 51, 1_000, 2_500_001, u64::from(u32::MAX)] {
            histogram.note(micros);
        }
        let mut text = String::new();
        histogram.write("it_seconds", &mut text).unwrap();
        for line in [
            "it_seconds_bucket{le=\"0.00005\"} 2\n",
            "it_seconds_bucket{le=\"0.0001\"} 3\n",
            "it_seconds_bucket{le=\"0.001\"} 4\n",
            "it_seconds_bucket{le=\"2.5\"} 4\n",
            "it_seconds_bucket{le=\"+Inf\"} 6\n",
            "it_seconds_count 6\n",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
