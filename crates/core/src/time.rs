//! Time as a number that the shell passes in, and the one backoff rule everything uses.

use crate::entropy::Entropy;

/// Milliseconds on the shell's monotonic clock. Never read from a clock here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

impl Millis {
    pub const fn after(self, ms: u64) -> Millis {
        Millis(self.0.saturating_add(ms))
    }

    pub const fn since(self, earlier: Millis) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Doubling delays with jitter, so that a thousand clients do not come back in the same instant.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: u64,
    most: u64,
    tries: u32,
}

impl Backoff {
    pub const fn new(first: u64, most: u64) -> Self {
        Backoff {
            first,
            most,
            tries: 0,
        }
    }

    /// The next delay: between half and the whole of `first * 2^tries`, capped at `most`.
    pub fn next_delay(&mut self, entropy: &mut Entropy) -> u64 {
        let whole = self
            .first
            .saturating_mul(1 << self.tries.min(16))
            .min(self.most);
        self.tries = self.tries.saturating_add(1);
        whole / 2 + entropy.below(whole / 2 + 1)
    }

    pub fn reset(&mut self) {
        self.tries = 0;
    }

    pub fn tries(&self) -> u32 {
        self.tries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_cap_and_start_over_after_reset() {
        let mut entropy = Entropy::new(7);
        let mut backoff = Backoff::new(500, 8_000);
        for whole in [500, 1_000, 2_000, 4_000, 8_000, 8_000] {
            let delay = backoff.next_delay(&mut entropy);
            assert!(
                (whole / 2..=whole).contains(&delay),
                "{delay} is not within {whole}"
            );
        }
        backoff.reset();
        assert!(backoff.next_delay(&mut entropy) <= 500);
    }
}
