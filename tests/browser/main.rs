//! The wrappers of `src/browser` in a real browser with fake devices: what only a browser knows.
//! Without Rust's own harness, which a wasm toolchain built from a distribution's sources lacks;
//! `wasm-bindgen-test-runner` finds the tests by their exports.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::let_underscore_future,
    reason = "a test stops where what it needs is not there, and abandons futures on purpose"
)]

#[cfg(target_arch = "wasm32")]
mod connections;
#[cfg(target_arch = "wasm32")]
mod devices;
#[cfg(target_arch = "wasm32")]
mod support;
#[cfg(target_arch = "wasm32")]
mod surroundings;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Nothing to do on any other machine.
fn main() {}
