//! A token's text: symbols of six bits in the base64url alphabet, bits packed across them without
//! regard to bytes, two check symbols at the end.

use alloc::{string::String, vec::Vec};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BITS: u32 = 6;
/// CRC-12 (x¹² + x¹¹ + x³ + x² + x + 1). A checksum and not a hash, because it finds every error
/// within 12 neighbouring bits: any one character, any two neighbours, with certainty.
const POLYNOMIAL: u16 = 0x80f;
const CHECK_SYMBOLS: usize = 2;

#[derive(Default)]
pub struct Writer {
    symbols: Vec<u8>,
    /// Bits not yet in a symbol, and how many.
    pending: (u16, u32),
}

impl Writer {
    /// The lowest `bits` of `value`, highest first.
    pub fn put(&mut self, value: u128, bits: u32) {
        for bit in (0..bits).rev() {
            let (waiting, count) = &mut self.pending;
            *waiting = *waiting << 1 | ((value >> bit) & 1) as u16;
            *count += 1;
            if *count == BITS {
                self.symbols.push(*waiting as u8);
                self.pending = (0, 0);
            }
        }
    }

    pub fn put_bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.put(u128::from(*byte), 8);
        }
    }

    /// Fills the last symbol with zeros, adds the check and spells it all out.
    pub fn finish(mut self) -> String {
        while self.pending.1 != 0 {
            self.put(0, 1);
        }
        let sum = crc(&self.symbols);
        self.put(u128::from(sum), BITS * CHECK_SYMBOLS as u32);
        self.symbols
            .iter()
            .map(|symbol| char::from(ALPHABET[usize::from(*symbol)]))
            .collect()
    }
}

pub struct Reader {
    symbols: Vec<u8>,
    at: usize,
}

impl Reader {
    /// None if a character is not of the alphabet or the check does not fit.
    pub fn new(text: &str) -> Option<Self> {
        let mut symbols = text.bytes().map(value).collect::<Option<Vec<u8>>>()?;
        let body = symbols.len().checked_sub(CHECK_SYMBOLS)?;
        let sum = (symbols.drain(body..)).fold(0, |sum, symbol| sum << BITS | u16::from(symbol));
        (sum == crc(&symbols)).then_some(Reader { symbols, at: 0 })
    }

    /// The next `bits` (up to 128), or None if they are not there.
    pub fn get(&mut self, bits: u32) -> Option<u128> {
        let mut got = 0;
        for _ in 0..bits {
            let symbol = self.symbols.get(self.at / BITS as usize)?;
            let bit = symbol >> (BITS as usize - 1 - self.at % BITS as usize) & 1;
            got = got << 1 | u128::from(bit);
            self.at += 1;
        }
        Some(got)
    }

    pub fn get_bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.get(8)? as u8;
        }
        Some(bytes)
    }

    /// Whether all has been read, but for the zeros that fill the last symbol.
    pub fn ends_here(mut self) -> bool {
        let left = self.symbols.len() * BITS as usize - self.at;
        left < BITS as usize && self.get(left as u32) == Some(0)
    }
}

fn value(character: u8) -> Option<u8> {
    ALPHABET
        .iter()
        .position(|known| *known == character)
        .map(|at| at as u8)
}

fn crc(symbols: &[u8]) -> u16 {
    let mut sum = 0xfff;
    for symbol in symbols {
        sum ^= u16::from(*symbol) << BITS;
        for _ in 0..BITS {
            sum = if sum & 0x800 != 0 {
                sum << 1 ^ POLYNOMIAL
            } else {
                sum << 1
            } & 0xfff;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_agrees_with_long_division() {
        // Four symbols that are three bytes: "123".
        let symbols = [18, 12, 6, 0].map(|shift| (0x31_32_33 >> shift & 63) as u8);
        let mut by_long_division = 0xfff_u64 << 24 ^ 0x31_32_33 << 12;
        for bit in (12..36).rev() {
            if by_long_division >> bit & 1 != 0 {
                by_long_division ^= (0x1000 | u64::from(POLYNOMIAL)) << (bit - 12);
            }
        }
        assert_eq!(u64::from(crc(&symbols)), by_long_division);
    }

    #[test]
    fn bits_come_back_in_the_widths_they_went_in() {
        let mut writer = Writer::default();
        writer.put(5, 3);
        writer.put(u128::MAX - 1, 128);
        writer.put_bytes(&[1, 2, 3]);
        let mut reader = Reader::new(&writer.finish()).unwrap();
        assert_eq!(reader.get(3), Some(5));
        assert_eq!(reader.get(128), Some(u128::MAX - 1));
        assert_eq!(reader.get_bytes(), Some([1, 2, 3]));
        assert!(reader.ends_here());
    }
}
