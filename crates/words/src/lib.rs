//! The words of the page, one Fluent file a language (`words/*.ftl`). `read` and `pattern` are what the
//! page itself needs of that at run time, and are small. With the feature `build`, `check` holds every
//! language against English and `generate` writes the page's table, both for its build script.

#[cfg(feature = "build")]
pub mod check;
#[cfg(feature = "build")]
mod fluent;
#[cfg(feature = "build")]
pub mod generate;
pub mod pattern;
pub mod read;

/// Around the words that a page needs late, so that whoever cuts it finds them. In no language's file.
pub const LATE_BEGIN: &str = "\u{2}late\u{3}";
pub const LATE_END: &str = "\u{3}late\u{2}";

pub use pattern::{Speech, Value, fill};
pub use read::{fingerprint, read};
