//! A text as a QR code, as the path of an SVG.

use fast_qr::{ECL, QRBuilder};
use std::fmt::Write;

/// The side of the square in modules, and the `d` of a path that fills its dark modules, one unit a
/// module. Whoever draws it leaves four modules of white round it (ISO/IEC 18004 §6.3.8). `None` when
/// the text is too long for any code.
pub fn qr_path(text: &str) -> Option<(usize, String)> {
    // A screen has no scratches: of the levels of redundancy the next to lowest, for larger modules.
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let mut path = String::new();
    for y in 0..code.size {
        let row = &code[y];
        let mut x = 0;
        while x < code.size {
            let run = row[x..code.size].iter().take_while(|it| it.value()).count();
            if run > 0 {
                // Writing to a `String` cannot fail.
                let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
            }
            x += run.max(1);
        }
    }
    Some((code.size, path))
}
