//! Chance from the browser's own generator, for keys and tokens.

/// Going on without chance would mean keys that anybody can guess, so without a generator this panics.
#[allow(
    clippy::expect_used,
    reason = "every browser has it, in insecure pages too, and for so few bytes it cannot fail"
)]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    super::page::window()
        .and_then(|it| it.crypto().ok())
        .and_then(|it| it.get_random_values_with_u8_array(&mut bytes).ok())
        .expect("the browser's generator");
    bytes
}
