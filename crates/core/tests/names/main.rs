//! Calls by name: what the directory gives and refuses, and what becomes of a ring, whatever happens to
//! what is said on the way.

mod directory;
mod properties;
mod rings;
mod world;
