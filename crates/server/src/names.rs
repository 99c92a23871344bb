//! Which names look alike. The core's directory asks; the tables are Unicode's.

use duologue_core::{
    directory::Folded,
    wire::{clean_name, names::MAX_SIGN},
};
use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

/// A name as it is shown (NFKC, nothing invisible), and what it shares with all that can be taken for
/// it: its skeleton by UTS #39, capitals or not. `None` for what is no name.
pub(crate) fn fold(name: &str) -> Option<Folded> {
    // Longer than any name, even in letters that normalisation takes apart.
    if name.len() > MAX_SIGN * 64 {
        return None;
    }
    let normal: String = name.nfkc().collect();
    let shown = clean_name(&normal);
    if !(1..=MAX_SIGN).contains(&shown.chars().count()) {
        return None;
    }
    // First what is of other scripts, which may look like our capitals only; then capitals or not,
    // and what looks alike among small letters. A capital i is an l to the eye.
    let folded: String = shown.chars().flat_map(as_it_looks).collect();
    let folded: String = skeleton(&folded.to_lowercase()).collect();
    let folded = folded.to_lowercase().replace('i', "l");
    // Unicode knows more letters that are nothing to the eye than we do: what is left of the name?
    let words: Vec<&str> = folded.split_whitespace().collect();
    let folded = words.join(" ");
    (!folded.is_empty()).then_some(Folded { shown, folded })
}

fn as_it_looks(c: char) -> Vec<char> {
    if c.is_ascii() {
        return [c].into();
    }
    skeleton(c.encode_utf8(&mut [0; 4])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        fold(one).map(|it| it.folded) == fold(other).map(|it| it.folded)
    }

    #[test]
    fn names_that_look_alike_are_one() {
        for (one, other) in [
            ("ana", "Ana"),
            ("ana", "аnа"),        // Cyrillic а
            ("Ana", "Ꭺna"),        // Cherokee
            ("paypal", "pаypаl"),  // Cyrillic
            ("Zoë", "Zoe\u{308}"), // composed or not
            ("Ｂｅｎ", "Ben"),     // full width
            ("ben", " b\u{200b}e\u{ad}n "),
            ("Team  A", "team a"),
            ("ﬁne", "fine"),
            ("Ian", "lan"),
            ("Ian", "ian"),
            ("Ana", "A\u{3164}na\u{fe0f}"),
            ("Ana", "\u{fff0} Ana"),
        ] {
            assert!(same(one, other), "{one} and {other}");
        }
    }

    #[test]
    fn names_that_differ_are_two() {
        for (one, other) in [
            ("ana", "anna"),
            ("Zoe", "Zoë"),
            ("王伟", "王芳"),
            ("نور", "نوره"),
        ] {
            assert!(!same(one, other), "{one} and {other}");
        }
    }

    #[test]
    fn a_folded_name_is_its_own_fold() {
        for name in [
            "Ana", "аnа", "Zoë", "Ꭺna", "王伟", "نور", "O'Neil", "I l 1 |", "ﬃ", "İ",
        ] {
            let once = fold(name).unwrap().folded;
            assert_eq!(fold(&once).unwrap().folded, once, "{name}");
        }
    }

    #[test]
    fn what_is_shown_is_what_was_typed_without_tricks() {
        assert_eq!(fold(" Ana \u{202e}Maria\n").unwrap().shown, "Ana Maria");
        for none in [
            "",
            " \t",
            "\u{200b}\u{2066}",
            "\u{3164}",
            "\u{115f}\u{ffa0}",
            "\u{fe0f}\u{e0100}",
            "\u{1d173}",
            "\u{fff0} \u{fff0}",
            &"x".repeat(33),
            &"a\u{301}".repeat(5_000),
        ] {
            assert_eq!(fold(none), None, "{none:?}");
        }
        assert!(fold(&"王".repeat(32)).is_some());
    }
}
