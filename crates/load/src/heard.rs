//! What clients hear: how late, whether all of it, whether in order. One notebook for all of them.

use anyhow::Result;
use hdrhistogram::Histogram;
use std::{sync::OnceLock, time::Instant};

/// Of each message. Letters, digits and dashes only: it passes for something sealed.
pub const PAYLOAD: usize = 512;
/// By which a payload is found in whatever a server wraps it in.
const MARK: &str = "--load--";
const DIGITS: usize = 16;
/// A minute, in microseconds: what takes longer counts as that long.
const LONGEST: u64 = 60_000_000;

#[derive(Debug)]
pub struct Heard {
    /// From when a message was due to be sent, in microseconds: who sends late because the server keeps
    /// it waiting makes no figure better.
    pub late: Histogram<u64>,
    pub received: u64,
    /// Left out: a later one of the same sender came first.
    pub skipped: u64,
    pub disordered: u64,
    /// Texts that are no payload: refusals, news of others.
    pub strange: u64,
    pub closed: u64,
    /// What each is due to hear next.
    next: Vec<u64>,
}

impl Heard {
    pub fn new(clients: usize) -> Result<Self> {
        Ok(Heard {
            late: histogram()?,
            received: 0,
            skipped: 0,
            disordered: 0,
            strange: 0,
            closed: 0,
            next: vec![0; clients],
        })
    }

    /// Forgets all figures, and keeps what each is due to hear next.
    pub fn begin_anew(&mut self) {
        self.late.reset();
        self.received = 0;
        self.skipped = 0;
        self.disordered = 0;
        self.strange = 0;
        self.closed = 0;
    }

    pub fn text(&mut self, by: usize, text: &str) {
        let Some((due, number)) = read(text) else {
            self.strange += 1;
            return;
        };
        self.received += 1;
        self.late
            .saturating_record(micros().saturating_sub(due).max(1));
        let Some(next) = self.next.get_mut(by) else {
            return;
        };
        match number.checked_sub(*next) {
            None => self.disordered += 1,
            Some(skipped) => {
                self.skipped += skipped;
                *next = number + 1;
            }
        }
    }
}

pub fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, LONGEST, 3)?)
}

/// Since this program began to measure.
pub fn micros() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let passed = START.get_or_init(Instant::now).elapsed();
    u64::try_from(passed.as_micros()).unwrap_or(u64::MAX)
}

/// `due` by the clock of `micros`.
pub fn payload(due: u64, number: u64) -> String {
    let mut text = format!("{MARK}{due:016x}{number:016x}");
    text.extend(std::iter::repeat_n('A', PAYLOAD - text.len()));
    text
}

fn read(text: &str) -> Option<(u64, u64)> {
    let from = text.find(MARK)? + MARK.len();
    let digits = |at: usize| text.get(from + at..from + at + DIGITS);
    let number = |at| u64::from_str_radix(digits(at)?, 16).ok();
    Some((number(0)?, number(DIGITS)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(numbers: &[u64]) -> Heard {
        let mut heard = Heard::new(2).unwrap();
        for number in numbers {
            heard.text(1, &format!("[\"x\",\"{}\"]", payload(micros(), *number)));
        }
        heard
    }

    #[test]
    fn what_is_in_order_is_no_news() {
        let heard = heard(&[0, 1, 2, 3]);
        assert_eq!((heard.received, heard.skipped, heard.disordered), (4, 0, 0));
        assert!(heard.late.max() < 1_000_000);
    }

    #[test]
    fn what_is_left_out_doubled_or_late_is_counted() {
        assert_eq!(heard(&[0, 3]).skipped, 2);
        assert_eq!(heard(&[0, 1, 1]).disordered, 1);
        let swapped = heard(&[0, 2, 1]);
        assert_eq!((swapped.skipped, swapped.disordered), (1, 1));
    }

    #[test]
    fn other_texts_are_strange_and_payloads_as_long_as_they_say() {
        let mut heard = heard(&[]);
        heard.text(0, "{\"type\":\"refused\"}");
        heard.text(0, "--load--short");
        assert_eq!((heard.strange, heard.received), (2, 0));
        assert_eq!(payload(7, 8).len(), PAYLOAD);
    }
}
