//! What wasm-bindgen leaves between the page's JavaScript and its wasm, made smaller: every import is
//! named by a long name and a hash that do not compress, in both files. Here they become numbers of
//! the same length, so that nothing in the wasm moves, and the JavaScript loses its comments and
//! indentation. A tenth of a minifier's work, and nearly all of its use.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::run::Outcome;

const PREFIX: &str = "__wbg_";
const HASH: usize = 16;

/// `page.js` and the `page_bg.wasm` beside it, if there is one.
pub fn slim(script: &Path) -> Outcome<()> {
    let wasm = script.with_file_name(format!(
        "{}_bg.wasm",
        script.file_stem().unwrap_or_default().to_string_lossy()
    ));
    if !wasm.exists() {
        return Ok(());
    }
    let text = fs::read_to_string(script)?;
    let names = renamed(&text);
    fs::write(script, stripped(&replaced(text.as_bytes(), &names)))?;
    fs::write(&wasm, replaced(&fs::read(&wasm)?, &names))?;
    Ok(())
}

/// Every import's name and its new one, as long as the old.
fn renamed(script: &str) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut names = BTreeMap::new();
    for word in script.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$') {
        let hashed = word.len() > PREFIX.len() + HASH
            && word.starts_with(PREFIX)
            && word.as_bytes()[word.len() - HASH..]
                .iter()
                .all(u8::is_ascii_hexdigit);
        if hashed {
            let number = names.len();
            names.entry(word.as_bytes().to_vec()).or_insert_with(|| {
                format!("{:_<1$}", format!("{PREFIX}{number}"), word.len()).into_bytes()
            });
        }
    }
    names
}

/// The numbers alone, for a module whose imports have been renamed alike (crates/halves).
pub fn without_filling(script: &str) -> String {
    let mut parts = script.split(PREFIX);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        text += PREFIX;
        text += number;
        text += if digits > 0 {
            rest.trim_start_matches('_')
        } else {
            rest
        };
    }
    text
}

fn replaced(data: &[u8], names: &BTreeMap<Vec<u8>, Vec<u8>>) -> Vec<u8> {
    let mut out = data.to_vec();
    let mut at = 0;
    while at < out.len() {
        let rest = &out[at..];
        // The longest name that stands here; none is part of another, but one may begin another.
        let found = rest
            .starts_with(PREFIX.as_bytes())
            .then(|| names.iter().filter(|(old, _)| rest.starts_with(old)))
            .and_then(|found| found.max_by_key(|(old, _)| old.len()));
        match found {
            Some((old, new)) => {
                out[at..at + old.len()].copy_from_slice(new);
                at += old.len();
            }
            None => at += 1,
        }
    }
    out
}

/// Without indentation, empty lines, and comments that have lines of their own. The glue has no text
/// of several lines.
fn stripped(script: &[u8]) -> String {
    let script = String::from_utf8_lossy(script);
    let mut out = String::with_capacity(script.len());
    let mut in_comment = false;
    for line in script.lines().map(str::trim) {
        let opens = line.starts_with("/*");
        if in_comment || opens {
            in_comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_number_of_the_same_length_in_both_files() {
        let script = "a.__wbg_open_0123456789abcdef(); b.__wbg_close_fedcba9876543210 = 1; \
                      c.__wbg_open_0123456789abcdef; __wbg_get_imports();";
        let names = renamed(script);
        let new = String::from_utf8(replaced(script.as_bytes(), &names)).unwrap();
        assert_eq!(new.len(), script.len());
        assert_eq!(new.matches("__wbg_0___").count(), 2);
        assert_eq!(new.matches("__wbg_1___").count(), 1);
        assert!(new.contains("__wbg_get_imports()"));
        let short = without_filling(&new);
        assert!(short.starts_with("a.__wbg_0(); b.__wbg_1 = 1; c.__wbg_0; __wbg_get_imports();"));
        let wasm = b"\x1c__wbg_open_0123456789abcdef\0";
        assert!(replaced(wasm, &names).starts_with(b"\x1c__wbg_0___"));
    }

    #[test]
    fn comments_and_indentation_go_and_code_stays() {
        let script = "/** one */\nfunction f() {\n    /*\n     * two\n     */\n    // three\n\n    return 'a // b';\n}\n";
        assert_eq!(
            stripped(script.as_bytes()),
            "function f() {\nreturn 'a // b';\n}\n"
        );
    }
}
