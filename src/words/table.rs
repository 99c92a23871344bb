//! The table of words, as the build script makes it of `words/*.ftl`: `Words` with a type for each
//! group of messages, `ENGLISH`, `LANGUAGES`, and `fill_in`, which makes one of another language.

use super::{Language, Text, say};
use duologue_words::Value;

include!(concat!(env!("OUT_DIR"), "/words.rs"));
