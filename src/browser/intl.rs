//! What the browser knows of languages: plural forms, and numbers as people write them. Digits are
//! those of the figures in the rest of the page, whatever the language.

/// The category of a number: `one`, `few`, … `other`.
#[cfg(target_arch = "wasm32")]
pub fn plural(language: &str, number: usize) -> String {
    use js_sys::{Array, Intl::PluralRules, Object};
    let rules = PluralRules::new(&Array::of1(&language.into()), &Object::new());
    rules.select(number as f64).into()
}

#[cfg(target_arch = "wasm32")]
pub fn number(language: &str, number: usize) -> String {
    let digits = [language, "-u-nu-latn"].concat();
    let number = js_sys::Number::from(number as f64);
    number.to_locale_string(&digits).into()
}

/// Natively, where only tests run, English does.
#[cfg(not(target_arch = "wasm32"))]
pub fn plural(_: &str, number: usize) -> String {
    if number == 1 { "one" } else { "other" }.to_string()
}

#[cfg(not(target_arch = "wasm32"))]
pub fn number(_: &str, number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
