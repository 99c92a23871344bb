//! Which language the page speaks. English is part of it; another one is told to it as the text of its
//! file, before anything is shown.

use super::table::{ENGLISH, FINGERPRINT, LANGUAGES, Words, fill_in};
use std::cell::Cell;

/// One that the page can speak.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// As browsers call it; its file is `words/TAG.ftl`.
    pub tag: &'static str,
    /// What it calls itself.
    pub name: &'static str,
    /// Written from right to left.
    pub rtl: bool,
}

thread_local! {
    static SPOKEN: Cell<(&'static Words, &'static Language)> =
        const { Cell::new((&ENGLISH, &LANGUAGES[0])) };
}

#[inline(never)]
pub fn words() -> &'static Words {
    SPOKEN.get().0
}

/// The one spoken now.
pub fn language() -> &'static Language {
    SPOKEN.get().1
}

/// The first of those asked for that there is, be it in another country's way; else English.
pub fn choose(asked: &[String]) -> &'static Language {
    let main = |tag: &str| {
        let end = tag.find(['-', '_']).unwrap_or(tag.len());
        tag[..end].to_ascii_lowercase()
    };
    asked
        .iter()
        .find_map(|tag| LANGUAGES.iter().find(|it| it.tag == main(tag)))
        .unwrap_or(&LANGUAGES[0])
}

/// Where its words are, beside the page. The name changes when messages come and go, so that no cache
/// gives out those of another version.
pub fn file_of(language: &Language) -> String {
    ["words/", language.tag, ".ftl?", &FINGERPRINT.to_string()].concat()
}

/// From now on, if `file` is the one that belongs to this page. It stays in memory for as long as the
/// page is there, so this is said once.
#[inline(never)]
pub fn speak(language: &'static Language, file: &str) -> bool {
    let messages = duologue_words::read(file);
    let ids = messages.iter().map(|(id, _)| *id);
    if duologue_words::fingerprint(ids) != FINGERPRINT {
        return false;
    }
    let mut texts = messages.into_iter().map(|(_, text)| &*text.leak());
    let words = fill_in(&mut || texts.next().unwrap_or_default());
    SPOKEN.set((Box::leak(Box::new(words)), language));
    true
}
