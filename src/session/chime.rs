//! Two notes, a fifth apart, as a WAV file: the test sound, and what rings.

/// Enough for these notes.
const RATE: u32 = 16_000;
/// Two thirds of a second for each note.
const NOTE: u32 = RATE * 2 / 3;
/// 2·cos(2π·f/RATE) for C5 and G5 (523 and 784 Hz): a sine without a sine, of which the next sample is
/// this times the last one less the one before. With it the first sample, its sine.
const NOTES: [(f32, f32); 2] = [(1.957_926, 0.204_037), (1.905_961, 0.303_032)];
/// Clearly heard, and no fright.
const LOUDEST: f32 = 0.3;

/// The test sound.
pub fn wave() -> Vec<u8> {
    wave_of(&NOTES, 0)
}

/// Somebody calls: the same two notes, downwards, and silence until they come again.
pub fn ring() -> Vec<u8> {
    wave_of(&[NOTES[1], NOTES[0]], RATE * 5 / 3)
}

/// Samples with one channel of 16 bits behind the header that says so.
fn wave_of(notes: &[(f32, f32)], silence: u32) -> Vec<u8> {
    let bytes = (NOTE * notes.len() as u32 + silence) * 2;
    let mut wave = Vec::with_capacity(44 + bytes as usize);
    wave.extend(b"RIFF");
    wave.extend((36 + bytes).to_le_bytes());
    wave.extend(b"WAVEfmt ");
    for number in [16, 0x0001_0001, RATE, RATE * 2, 0x0010_0002] {
        wave.extend(number.to_le_bytes());
    }
    wave.extend(b"data");
    wave.extend(bytes.to_le_bytes());
    for (twice_cosine, first) in notes {
        let (mut before, mut now) = (0.0, *first);
        for at in 0..NOTE {
            // Struck and fading, as a bell is.
            let fade = 1.0 - at as f32 / NOTE as f32;
            let struck = (at as f32 / 100.0).min(1.0);
            let sample = now * struck * fade * fade * LOUDEST;
            wave.extend(((sample * f32::from(i16::MAX)) as i16).to_le_bytes());
            (before, now) = (now, twice_cosine * now - before);
        }
    }
    wave.resize(44 + bytes as usize, 0);
    wave
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Vec<f32> {
        wave()[44..]
            .chunks(2)
            .map(|it| f32::from(i16::from_le_bytes([it[0], it[1]])) / f32::from(i16::MAX))
            .collect()
    }

    #[test]
    fn it_is_a_wave_file_of_the_length_that_it_says() {
        let wave = wave();
        assert_eq!(&wave[..4], b"RIFF");
        let number = |at: usize| u32::from_le_bytes(wave[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!(number(4) + 8, wave.len());
        assert_eq!(number(40) + 44, wave.len());
        assert_eq!(number(24), 16_000);
        assert_eq!(number(28), 32_000);
    }

    #[test]
    fn what_rings_is_followed_by_silence_of_its_length() {
        let ring = ring();
        let said = u32::from_le_bytes(ring[40..44].try_into().unwrap()) as usize;
        assert_eq!(said + 44, ring.len());
        assert!(ring[ring.len() - RATE as usize..].iter().all(|it| *it == 0));
    }

    #[test]
    fn it_is_heard_and_ends_softly_and_sings_a_fifth() {
        let samples = samples();
        let loudest = samples.iter().fold(0.0_f32, |most, it| most.max(it.abs()));
        assert!((0.25..=0.31).contains(&loudest), "{loudest}");
        assert!(samples.last().unwrap().abs() < 0.001);
        let pitch = |note: &[f32]| {
            let rises = note[..8_000]
                .windows(2)
                .filter(|it| it[0] < 0.0 && it[1] >= 0.0);
            rises.count() as f32 * 2.0
        };
        let (low, high) = samples.split_at(samples.len() / 2);
        assert!((pitch(low) - 523.0).abs() < 6.0, "{}", pitch(low));
        assert!((pitch(high) - 784.0).abs() < 6.0, "{}", pitch(high));
    }
}
