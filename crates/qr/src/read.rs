//! The text of a QR code somewhere in a picture.

use rqrr::PreparedImage;

/// The first code that can be read, dark on light or light on dark. `None` when there is none, or
/// when `pixels` are not `width * height` greys.
pub fn read(width: usize, height: usize, pixels: &[u8]) -> Option<String> {
    if width == 0 || pixels.len() != width.checked_mul(height)? {
        return None;
    }
    // The finder follows edges, and a camera's grain frays them; a fine code suffers from smoothing.
    let smooth = smoothed(width, pixels);
    find(width, height, |at| pixels[at])
        .or_else(|| find(width, height, |at| smooth[at]))
        .or_else(|| find(width, height, |at| 255 - smooth[at]))
}

fn find(width: usize, height: usize, grey: impl Fn(usize) -> u8) -> Option<String> {
    let mut image =
        PreparedImage::prepare_from_greyscale(width, height, |x, y| grey(y * width + x));
    image
        .detect_grids()
        .iter()
        .find_map(|it| it.decode().ok())
        .map(|(_, text)| text)
}

/// Each pixel the mean of itself and its neighbours; those at the rim stay.
fn smoothed(width: usize, pixels: &[u8]) -> Vec<u8> {
    let mut smooth = pixels.to_vec();
    let rows: Vec<&[u8]> = pixels.chunks_exact(width).collect();
    for (above, three) in rows.windows(3).enumerate() {
        let out = &mut smooth[(above + 1) * width..(above + 2) * width];
        for x in 1..width.saturating_sub(1) {
            let sum: u32 = three
                .iter()
                .flat_map(|row| &row[x - 1..=x + 1])
                .map(|it| u32::from(*it))
                .sum();
            out[x] = (sum / 9) as u8;
        }
    }
    smooth
}
