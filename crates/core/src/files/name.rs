//! Names of files as they may be kept and shown: no way out of the folder that they are put in, no
//! character that a system or an eye stumbles over.

use crate::wire::is_invisible;
use alloc::{format, string::String, vec::Vec};

/// Characters of one part; every file system takes them, also where each is four bytes.
const LONGEST_PART: usize = 60;
/// Folders within folders.
const DEEPEST: usize = 12;
/// What a name is that has nothing left.
const NAMELESS: &str = "file";
const LONGEST_KIND: usize = 100;

/// The name as it may be kept. What comes from our own page is clean already; whoever sends another
/// one meant it to be otherwise.
pub fn clean(name: &str) -> String {
    let parts = name.split(['/', '\\']).map(part);
    let mut parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    // The file's own name is the last, and the one that matters.
    let from = parts.len().saturating_sub(DEEPEST);
    parts.drain(..from);
    match parts.is_empty() {
        true => NAMELESS.into(),
        false => parts.join("/"),
    }
}

pub fn is_clean(name: &str) -> bool {
    // Longer than any clean one: not worth the cleaning.
    name.len() <= DEEPEST * (4 * LONGEST_PART + 1) && clean(name) == name
}

/// A media type, or nothing where it looks like none.
pub fn clean_kind(kind: &str) -> &str {
    let fits = |c: char| c.is_ascii_alphanumeric() || "/+-._; =".contains(c);
    match kind.len() <= LONGEST_KIND && kind.chars().all(fits) {
        true => kind,
        false => "",
    }
}

/// The file's own name, without folders.
pub fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn part(text: &str) -> String {
    let kept = text
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c));
    let kept = kept.map(|c| if "<>:\"|?*".contains(c) { '_' } else { c });
    let all: Vec<char> = kept.collect();
    // Windows drops dots and spaces at the end, and two names become one.
    let unseen = |c: &char| *c == '.' || c.is_whitespace();
    let end = all.iter().rposition(|c| !unseen(c)).map_or(0, |at| at + 1);
    let start = all[..end].iter().position(|c| !c.is_whitespace());
    let all = &all[start.unwrap_or(end)..end];
    let part: String = shortened(all);
    match is_reserved(&part) {
        true => shortened(&format!("_{part}").chars().collect::<Vec<_>>()),
        false => part,
    }
}

/// Cut in the middle of the stem, so that its ending keeps saying what it is.
fn shortened(all: &[char]) -> String {
    if all.len() <= LONGEST_PART {
        return all.iter().collect();
    }
    let dot = all.iter().rposition(|c| *c == '.').unwrap_or(all.len());
    let ending = &all[dot.max(all.len() - 12)..];
    let stem = &all[..LONGEST_PART - ending.len()];
    let end = stem.iter().rposition(|c| *c != '.' && !c.is_whitespace());
    let stem = &stem[..end.map_or(0, |at| at + 1)];
    stem.iter().chain(ending).collect()
}

/// What Windows takes for a device, with whatever ending.
fn is_reserved(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end();
    let stem = stem.to_ascii_uppercase();
    let numbered = |word| {
        let number = stem.strip_prefix(word);
        number.is_some_and(|it| it.len() == 1 && it.as_bytes()[0].is_ascii_digit())
    };
    ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn what_would_leave_its_place_or_hide_what_it_is_does_not_stay() {
        for (name, kept) in [
            ("report.pdf", "report.pdf"),
            ("Fotos/Sommer 2026/IMG_1.jpg", "Fotos/Sommer 2026/IMG_1.jpg"),
            ("../../x", "x"),
            ("..\\..\\x", "x"),
            ("/etc/passwd", "etc/passwd"),
            ("C:\\Windows\\x", "C_/Windows/x"),
            ("a\0b\nc", "abc"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("Com7", "_Com7"),
            ("common", "common"),
            ("x. . ", "x"),
            (" .bashrc", ".bashrc"),
            ("...", "file"),
            ("", "file"),
            ("a//b/./c", "a/b/c"),
            ("什么?.txt", "什么_.txt"),
        ] {
            assert_eq!(clean(name), kept, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = "x".repeat(10_000) + ".tar.gz";
        let kept = clean(&long);
        assert_eq!(kept.chars().count(), LONGEST_PART);
        assert!(kept.ends_with(".gz"));
        assert!(!is_clean(&long));
        assert!(!is_clean(&"a/".repeat(5_000)));
    }

    #[test]
    fn a_media_type_is_one_or_nothing() {
        assert_eq!(
            clean_kind("image/svg+xml; charset=utf-8"),
            "image/svg+xml; charset=utf-8"
        );
        assert_eq!(clean_kind("text/html\r\nX: y"), "");
        assert_eq!(clean_kind(&"a".repeat(101)), "");
    }

    proptest! {
        #[test]
        fn cleaning_once_is_enough(name in "\\PC{0,200}|[ ./\\\\a-zCON:\\x00-\\x1f]{0,80}") {
            let kept = clean(&name);
            prop_assert_eq!(clean(&kept), kept.to_string());
            prop_assert!(is_clean(&kept));
            let bad = |part: &str| part.is_empty() || part == "." || part == "..";
            prop_assert!(!kept.split('/').any(bad));
            prop_assert!(!kept.contains(['\\', '\0', ':']));
        }
    }
}
