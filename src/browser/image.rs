//! Grey pixels, for reading a QR code out of a picture or a camera.

use super::BrowserError;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, HtmlVideoElement, ImageBitmap, OffscreenCanvas, OffscreenCanvasRenderingContext2d,
};

/// Larger pictures are scaled down: a code that fills a tenth of one is still read, and the worst takes 0.2 s.
const LONGEST_SIDE: u32 = 1280;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    /// Row by row, `width * height` of them, black to white.
    pub grey: Vec<u8>,
}

/// Of a picture file. `InvalidState` when it is none.
pub async fn of_file(file: &Blob) -> Result<Pixels, BrowserError> {
    let window = super::page::window().ok_or(BrowserError::Missing)?;
    let bitmap = JsFuture::from(window.create_image_bitmap_with_blob(file)?).await?;
    let bitmap = Bitmap(bitmap.unchecked_into());
    grey(
        bitmap.0.width(),
        bitmap.0.height(),
        |context, width, height| {
            context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap.0, 0.0, 0.0, width, height)
        },
    )
}

/// Of the frame that a `<video>` shows; `None` while it shows none.
pub fn of_video(video: &HtmlVideoElement) -> Option<Pixels> {
    grey(
        video.video_width(),
        video.video_height(),
        |context, width, height| {
            context.draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, width, height)
        },
    )
    .ok()
}

/// Decoded pixels, which browsers keep until told.
struct Bitmap(ImageBitmap);

impl Drop for Bitmap {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn grey(
    width: u32,
    height: u32,
    draw: impl FnOnce(&OffscreenCanvasRenderingContext2d, f64, f64) -> Result<(), JsValue>,
) -> Result<Pixels, BrowserError> {
    let (width, height) = fitting(width, height).ok_or(BrowserError::InvalidState)?;
    let canvas = OffscreenCanvas::new(width, height)?;
    let context: OffscreenCanvasRenderingContext2d = canvas
        .get_context("2d")?
        .ok_or(BrowserError::Missing)?
        .unchecked_into();
    // A picture with a transparent ground is meant to be seen on white.
    context.set_fill_style_str("white");
    context.fill_rect(0.0, 0.0, width.into(), height.into());
    draw(&context, width.into(), height.into())?;
    let rgba = context
        .get_image_data(0.0, 0.0, width.into(), height.into())?
        .data();
    Ok(Pixels {
        width,
        height,
        grey: rgba.chunks_exact(4).map(luma).collect(),
    })
}

fn fitting(width: u32, height: u32) -> Option<(u32, u32)> {
    let longest = width.max(height);
    if width == 0 || height == 0 {
        return None;
    }
    if longest <= LONGEST_SIDE {
        return Some((width, height));
    }
    let scaled = |side: u32| {
        let side = u64::from(side) * u64::from(LONGEST_SIDE) / u64::from(longest);
        u32::try_from(side.max(1)).unwrap_or(LONGEST_SIDE)
    };
    Some((scaled(width), scaled(height)))
}

/// ITU-R BT.601, in 256ths.
fn luma(rgba: &[u8]) -> u8 {
    let [r, g, b] = [rgba[0], rgba[1], rgba[2]].map(u32::from);
    ((77 * r + 150 * g + 29 * b) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_keeps_its_shape_and_loses_its_excess() {
        assert_eq!(fitting(640, 480), Some((640, 480)));
        assert_eq!(fitting(4000, 3000), Some((1280, 960)));
        assert_eq!(fitting(100_000, 1), Some((1280, 1)));
        assert_eq!(fitting(0, 5), None);
    }

    #[test]
    fn white_is_white_and_black_is_black() {
        assert_eq!(luma(&[255, 255, 255, 255]), 255);
        assert_eq!(luma(&[0, 0, 0, 255]), 0);
        assert!(luma(&[0, 255, 0, 255]) > luma(&[255, 0, 0, 255]));
    }
}
