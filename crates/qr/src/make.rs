//! A text as a QR code, as the path of an SVG.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

/// The side of the square in modules, and the `d` of a path that fills its dark modules, one unit a
/// module. Whoever draws it leaves four modules of white round it (ISO/IEC 18004 §6.3.8). `None` when
/// the text is too long for any code.
pub fn qr_path(text: &str) -> Option<(usize, String)> {
    // A screen has no scratches: of the levels of redundancy the next to lowest, for larger modules.
    let segments = [QrSegment::make_bytes(text.as_bytes())];
    let level = QrCodeEcc::Medium;
    let code =
        QrCode::encode_segments_advanced(&segments, level, Version::MIN, Version::MAX, None, false);
    let code = code.ok()?;
    let dark = |x, y| code.get_module(x, y);
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|x| dark(*x, y)).count() as i32;
            if run > 0 {
                let [x, y, run] = [x, y, run].map(|it| it.to_string());
                path += &["M", &x, " ", &y, "h", &run, "v1h-", &run, "z"].concat();
            }
            x += run.max(1);
        }
    }
    Some((size as usize, path))
}
