//! What the page draws is what the worker reads: enlarged, turned, noisy, on a dark ground.

use duologue_qr::{qr_path, read};

/// Modules of white round a code.
const QUIET: usize = 4;

/// A small generator: the same noise in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        self.0 >> 33
    }
}

struct Picture {
    side: usize,
    pixels: Vec<u8>,
}

impl Picture {
    /// Draws the path as a browser would, `scale` pixels a module.
    fn of(text: &str, scale: usize) -> Picture {
        let Some((modules, path)) = qr_path(text) else {
            panic!("it fits")
        };
        let side = (modules + 2 * QUIET) * scale;
        let mut pixels = vec![255; side * side];
        for run in path.split('M').skip(1) {
            let numbers: Vec<usize> = run
                .split(|c: char| !c.is_ascii_digit())
                .filter_map(|it| it.parse().ok())
                .collect();
            let [x, y, length, ..] = numbers[..] else {
                panic!("not a run: {run}")
            };
            let (x, y) = (x + QUIET, y + QUIET);
            for row in y * scale..(y + 1) * scale {
                pixels[row * side + x * scale..row * side + (x + length) * scale].fill(0);
            }
        }
        Picture { side, pixels }
    }

    fn turned(self) -> Picture {
        let Picture { side, pixels } = self;
        let turned = (0..side * side).map(|at| pixels[(side - 1 - at % side) * side + at / side]);
        Picture {
            side,
            pixels: turned.collect(),
        }
    }

    /// Half the contrast, and every pixel off by up to `most`.
    fn noisy(mut self, most: i64, seed: u64) -> Picture {
        let mut noise = Noise(seed);
        for pixel in &mut self.pixels {
            let grey = 60 + i64::from(*pixel) / 2;
            let off = (noise.next() % (2 * most as u64 + 1)) as i64 - most;
            *pixel = (grey + off).clamp(0, 255) as u8;
        }
        self
    }

    fn inverted(mut self) -> Picture {
        self.pixels.iter_mut().for_each(|it| *it = 255 - *it);
        self
    }

    fn read(&self) -> Option<String> {
        read(self.side, self.side, &self.pixels)
    }
}

/// Base64url, as tokens are.
fn token(length: usize, seed: u64) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut noise = Noise(seed);
    (0..length)
        .map(|_| char::from(LETTERS[(noise.next() % 64) as usize]))
        .collect()
}

#[test]
fn tokens_come_back_through_a_bad_picture_in_all_four_turns() {
    for length in (60..=140).step_by(5) {
        let token = token(length, length as u64);
        let mut picture = Picture::of(&token, 4 + length % 3);
        for turn in 0..4 {
            let noisy = Picture {
                side: picture.side,
                pixels: picture.pixels.clone(),
            }
            .noisy(10, length as u64 * 4 + turn);
            assert_eq!(
                noisy.read().as_deref(),
                Some(token.as_str()),
                "{length}, turn {turn}"
            );
            picture = picture.turned();
        }
    }
}

#[test]
fn a_whole_address_and_a_light_code_on_a_dark_ground_are_read() {
    let address = format!("https://example.org/some/where/#/direct/{}", token(110, 1));
    assert_eq!(Picture::of(&address, 4).inverted().read(), Some(address));
}

/// Grain that hides the edges from the finder goes with smoothing.
#[test]
fn a_large_code_is_read_through_strong_grain() {
    for seed in 1..=20 {
        let token = token(80, seed);
        assert_eq!(
            Picture::of(&token, 6).noisy(20, seed).read(),
            Some(token),
            "seed {seed}"
        );
    }
}

#[test]
fn no_code_is_no_text_whatever_the_picture() {
    let mut noise = Noise(9);
    let pixels: Vec<u8> = (0..200 * 100).map(|_| noise.next() as u8).collect();
    assert_eq!(read(200, 100, &pixels), None);
    assert_eq!(read(200, 100, &[255; 20_000]), None);
    assert_eq!(read(200, 100, &pixels[1..]), None);
    assert_eq!(read(0, 0, &[]), None);
    assert_eq!(read(usize::MAX, 2, &pixels), None);
}

#[test]
fn a_code_torn_in_the_middle_is_no_panic() {
    let text = token(100, 3);
    let whole = Picture::of(&text, 4);
    for rows in (1..whole.side).step_by(7) {
        let torn = &whole.pixels[..rows * whole.side];
        let answer = read(whole.side, rows, torn);
        assert!(answer.is_none_or(|it| it == text));
    }
}

#[test]
fn a_text_too_long_for_any_code_has_none() {
    assert!(qr_path(&token(5000, 2)).is_none());
}
