//! Rooms over several servers: stories of who meets whom across nodes, and what holds for every story.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a broken expectation is how a test fails"
)]

mod always;
mod names;
mod stories;
mod world;
