//! Reading a QR code from an uploaded picture or from the camera. The reader is loaded when it is
//! needed for the first time.

use crate::browser::{image, qr_reader};
use web_sys::{File, HtmlVideoElement};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanTrouble {
    /// Not a picture that this browser can read.
    NotAPicture,
    /// A picture, but no code is to be found in it.
    NoCode,
    /// The reader could not be loaded.
    NoReader,
}

/// The text of the QR code in a picture.
pub async fn picture(file: File) -> Result<String, ScanTrouble> {
    let pixels = image::of_file(&file)
        .await
        .map_err(|_| ScanTrouble::NotAPicture)?;
    match qr_reader::read(pixels).await {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(ScanTrouble::NoCode),
        Err(_) => Err(ScanTrouble::NoReader),
    }
}

/// The text of the QR code that the camera sees in this instant, if any.
pub async fn video(video: &HtmlVideoElement) -> Option<String> {
    let pixels = image::of_video(video)?;
    qr_reader::read(pixels).await.ok().flatten()
}
