//! What may be written, and how it is shown: characters that deceive are taken out, and web addresses
//! are told apart from everything else, which stays plain text.

use crate::wire::is_blank;
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// Characters of one message.
pub const MAX_TEXT: usize = 4_000;
/// Blank lines in a row; more only push others' words off the screen.
const BLANK_LINES: usize = 2;

/// Why a text is not sent, or not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Nothing that could be seen.
    Empty,
    /// So many characters.
    TooLong(usize),
}

/// A stretch of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// Begins with `http://` or `https://`; to be opened as it is written.
    Link(String),
}

/// A text as it is sent and kept. What is long is refused and not cut: nobody notices half a message.
pub fn clean(text: &str) -> Result<String, Unfit> {
    // Counting first keeps a hostile text of many megabytes from being copied.
    if text.len() > MAX_TEXT * 8 {
        return Err(Unfit::TooLong(text.chars().count()));
    }
    let mut clean = String::new();
    let mut newlines = 0;
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        let c = match c {
            '\r' if chars.peek() == Some(&'\n') => continue,
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            c => c,
        };
        if c == '\n' {
            newlines += 1;
        } else if !is_blank(c) {
            newlines = 0;
        }
        let kept = c == '\n' && newlines <= BLANK_LINES + 1 || c == '\t' || !c.is_control();
        if kept && !deceives(c) {
            clean.push(c);
        }
    }
    let clean = clean.trim();
    let length = clean.chars().count();
    if clean.chars().all(is_blank) {
        Err(Unfit::Empty)
    } else if length > MAX_TEXT {
        Err(Unfit::TooLong(length))
    } else {
        Ok(clean.to_owned())
    }
}

/// Turns other characters round, or hides them. Marks that Arabic, Hebrew, Persian and emoji need for
/// being written at all are not among these; each message is shown apart from its surroundings.
fn deceives(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{206a}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Addresses and what stands between them, nothing left out.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    while let Some(start) = next_scheme(text, at) {
        let length = link_length(&text[start..]);
        if length == 0 {
            at = start + 1;
            continue;
        }
        if plain < start {
            pieces.push(Piece::Text(text[plain..start].to_owned()));
        }
        at = start + length;
        pieces.push(Piece::Link(text[start..at].to_owned()));
        plain = at;
    }
    if plain < text.len() {
        pieces.push(Piece::Text(text[plain..].to_owned()));
    }
    pieces
}

/// Where the next `http` begins that is no part of a longer word. Where words are written without
/// spaces between them, an address follows the last character of one.
fn next_scheme(text: &str, from: usize) -> Option<usize> {
    text.char_indices().map(|(at, _)| at).find(|&at| {
        let before = text[..at].chars().next_back();
        at >= from
            && scheme_length(&text[at..]) > 0
            && !before.is_some_and(|c| c.is_ascii_alphanumeric())
    })
}

/// Of `http://` or `https://`, however it is written.
fn scheme_length(text: &str) -> usize {
    ["https://", "http://"]
        .iter()
        .find(|scheme| {
            let head = text.get(..scheme.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(scheme))
        })
        .map_or(0, |scheme| scheme.len())
}

/// In bytes, beginning with the scheme; 0 for what is better left as text.
fn link_length(text: &str) -> usize {
    let scheme = scheme_length(text);
    let ends = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || is_blank(c)
            || matches!(c, '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '^')
    };
    let mut length = text.find(ends).unwrap_or(text.len());
    // What ends a sentence, or a bracket that was opened before the address, is no part of it.
    while let Some(last) = text[..length].chars().next_back() {
        let is = |c| text[..length].matches(c).count();
        let outside = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '…' | '»' | '”' | '’' | '。'
            | '，' | '、' | '！' | '？' | '；' | '：' | '）' | '」' | '،' | '؟' => true,
            ')' => is(')') > is('('),
            ']' => is(']') > is('['),
            _ => false,
        };
        if !outside {
            break;
        }
        length -= last.len_utf8();
    }
    if length <= scheme {
        return 0;
    }
    let host = text[scheme..length].split(['/', '?', '#']).next();
    let host = host.unwrap_or_default();
    // `https://bank.example@evil.example` leads elsewhere than it reads.
    let honest =
        !host.contains('@') && host.contains(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii());
    if honest { length } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    #[test]
    fn what_people_write_stays_as_it_is() {
        for text in [
            "Hello",
            "two\nlines\n\nand a gap",
            "\tindented, with  two spaces",
            "<img src=x onerror=alert(1)> & \"quotes\" 'too'",
            "سلام علیکم",
            "می\u{200c}خواهم",
            "👩\u{200d}👩\u{200d}👧 ❤\u{fe0f} 🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
        ] {
            let kept = clean(text);
            assert_eq!(kept.as_deref(), Ok(text.trim()));
        }
    }

    #[test]
    fn what_deceives_is_taken_out() {
        for (text, kept) in [
            ("see \u{202e}gpj.exe", "see gpj.exe"),
            ("\u{2066}a\u{2069}\u{feff}b\u{ad}", "ab"),
            ("bell\u{7}\u{0}\u{1b}[31m\u{9b}", "bell[31m"),
            ("one\r\ntwo\rthree\u{2028}four", "one\ntwo\nthree\nfour"),
            ("far\n\n\n\n\n\n\napart", "far\n\n\napart"),
            ("far\n \n\u{200b}\n\n \n\napart", "far\n \n\u{200b}\n apart"),
            ("  \n around \n ", "around"),
        ] {
            assert_eq!(clean(text).as_deref(), Ok(kept), "{text:?}");
        }
    }

    #[test]
    fn what_shows_nothing_is_empty() {
        for text in [
            "",
            " \n\t ",
            "\u{200b}\u{200d}",
            "\u{202e}",
            "\u{3164}\u{2800}\u{a0}",
            "\u{fe0f}",
            "\u{0}\u{7}",
        ] {
            assert_eq!(clean(text), Err(Unfit::Empty), "{text:?}");
        }
    }

    #[test]
    fn a_text_may_have_so_many_characters_and_not_one_more() {
        let longest = "ñ".repeat(MAX_TEXT);
        assert_eq!(clean(&longest).as_deref(), Ok(longest.as_str()));
        let longer = "x".repeat(MAX_TEXT + 1);
        assert_eq!(clean(&longer), Err(Unfit::TooLong(MAX_TEXT + 1)));
        let huge = "x".repeat(5_000_000);
        assert_eq!(clean(&huge), Err(Unfit::TooLong(5_000_000)));
    }

    #[test]
    fn addresses_are_found_and_nothing_else_is_a_link() {
        let links = |text: &str| -> Vec<String> {
            let link = |piece| match piece {
                Piece::Link(link) => Some(link),
                Piece::Text(_) => None,
            };
            pieces(text).into_iter().filter_map(link).collect()
        };
        for (text, found) in [
            ("https://example.org", vec!["https://example.org"]),
            (
                "HTTPS://EXAMPLE.ORG/A?b=c#d",
                vec!["HTTPS://EXAMPLE.ORG/A?b=c#d"],
            ),
            (
                "see http://a.example, then https://b.example/x.",
                vec!["http://a.example", "https://b.example/x"],
            ),
            (
                "(https://en.example/wiki/Duo_(music))",
                vec!["https://en.example/wiki/Duo_(music)"],
            ),
            ("https://例え.example/道", vec!["https://例え.example/道"]),
            ("“https://a.example”", vec!["https://a.example"]),
            ("请看https://a.example。", vec!["https://a.example"]),
            ("http://[::1]:8080/x", vec!["http://[::1]:8080/x"]),
            (
                "https://a.example<script>alert(1)</script>",
                vec!["https://a.example"],
            ),
            ("https://a.example\u{200b}b", vec!["https://a.example"]),
            (
                "https://https://a.example",
                vec!["https://https://a.example"],
            ),
            ("javascript:alert(1)", vec![]),
            ("javascript://https", vec![]),
            ("data:text/html,<b>", vec![]),
            ("xhttps://a.example", vec![]),
            ("https://", vec![]),
            ("https://...", vec![]),
            ("https:///path", vec![]),
            ("https://bank.example@evil.example/", vec![]),
            (
                "file:///etc/passwd ftp://a.example mailto:a@b.example",
                vec![],
            ),
            ("äöü https://a.example ß", vec!["https://a.example"]),
        ] {
            assert_eq!(links(text), found, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing_and_leaves_nothing_that_deceives(text in "\\PC{0,40}[\\x00-\\x20\u{202a}-\u{202e}\u{2066}-\u{2069}\\PC]{0,60}") {
            if let Ok(once) = clean(&text) {
                prop_assert_eq!(clean(&once), Ok(once.clone()));
                let bad = |c: char| deceives(c) || c.is_control() && c != '\n' && c != '\t';
                prop_assert!(!once.contains(bad), "{once:?}");
            }
        }

        #[test]
        fn pieces_are_the_whole_text_and_links_are_web_addresses(text in "(https?://|[a-z.()@/ ]|\\PC){0,60}") {
            let mut whole = String::new();
            for piece in pieces(&text) {
                match piece {
                    Piece::Text(text) => whole += &text,
                    Piece::Link(link) => {
                        let lower = link.to_lowercase();
                        prop_assert!(lower.starts_with("http://") || lower.starts_with("https://"));
                        prop_assert!(!link.contains(|c: char| c.is_whitespace() || c == '<'));
                        whole += &link;
                    }
                }
            }
            prop_assert_eq!(whole, text);
        }
    }
}
