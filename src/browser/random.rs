//! Chance from the browser's own generator, for keys and tokens.

use super::BrowserError;

pub fn random_bytes<const N: usize>() -> Result<[u8; N], BrowserError> {
    let mut bytes = [0; N];
    let crypto = super::page::window()
        .ok_or(BrowserError::Missing)?
        .crypto()?;
    crypto.get_random_values_with_u8_array(&mut bytes)?;
    Ok(bytes)
}
