//! QR codes: made for the page to draw, read from grey pixels by the worker `qr_reader`. A crate of
//! its own so that the worker is built without the page.

mod make;
mod read;

pub use make::qr_path;
pub use read::read;
