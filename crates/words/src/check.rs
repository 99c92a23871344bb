//! Holds a language against English. What passes here can be read by the page, says everything that
//! English says, and has every form that its numbers need.

use crate::{
    fluent::{Meaning, understand},
    read,
};
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use std::{collections::BTreeSet, fmt};

/// Beyond this no language finds another form for whole numbers that people meet in a call.
const NUMBERS: std::ops::RangeInclusive<usize> = 0..=1_000;
/// A list of words, by whose places two people compare a code: of the same length in every language.
const CODE_WORDS: &str = "verify-words";

/// One language: its file, `words/ar.ftl`, and what is in it.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    pub path: &'a str,
    pub text: &'a str,
}

/// Something that must not be, where, and in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    pub file: String,
    pub id: String,
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.file, self.id, self.what)
    }
}

impl<'a> File<'a> {
    /// `words/ar.ftl` → `ar`
    pub fn tag(&self) -> &'a str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.strip_suffix(".ftl").unwrap_or(name)
    }
}

/// English alone, which the others are held against.
pub fn check_english(english: File) -> Vec<Breach> {
    let mut notes = Notes::of(english);
    let meanings = notes.understand();
    for meaning in &meanings {
        for number in &meaning.numbers {
            if !meaning.names.contains(number) {
                notes.add(
                    &meaning.id,
                    format!("has no ${number}, of which its comment speaks"),
                );
            }
        }
        notes.forms(meaning, &meaning.numbers);
    }
    let mut seen = BTreeSet::new();
    let mut last = "";
    for meaning in &meanings {
        let Some((group, _)) = meaning.id.split_once('-') else {
            notes.add(
                &meaning.id,
                "has no group: name it GROUP-SOMETHING".to_string(),
            );
            continue;
        };
        if group != last && !seen.insert(group) {
            notes.add(
                &meaning.id,
                format!("stands apart from the others of `{group}`"),
            );
        }
        last = group;
    }
    notes.breaches
}

/// Another language against English, which has been checked.
pub fn check(english: File, other: File) -> Vec<Breach> {
    let mut notes = Notes::of(other);
    let meanings = notes.understand();
    let (wanted, _) = understand(english.text);
    let ids = |of: &[Meaning]| of.iter().map(|it| it.id.clone()).collect::<Vec<_>>();
    let (has, wants) = (ids(&meanings), ids(&wanted));
    for meaning in &wanted {
        if !has.contains(&meaning.id) && !notes.has(&meaning.id) {
            notes.add(&meaning.id, "is missing".to_string());
        }
    }
    for id in has.iter().filter(|id| !wants.contains(id)) {
        notes.add(id, "is not among the messages of English".to_string());
    }
    if notes.breaches.is_empty()
        && let Some((id, wanted)) = has.iter().zip(&wants).find(|(id, wanted)| id != wanted)
    {
        notes.add(
            id,
            format!("comes where English has {wanted}: keep its order"),
        );
    }
    for meaning in &meanings {
        if let Some(english) = wanted.iter().find(|it| it.id == meaning.id) {
            notes.against(english, meaning);
        }
    }
    notes.breaches
}

struct Notes<'a> {
    file: File<'a>,
    breaches: Vec<Breach>,
}

impl<'a> Notes<'a> {
    fn of(file: File<'a>) -> Self {
        Notes {
            file,
            breaches: Vec::new(),
        }
    }

    fn add(&mut self, id: &str, what: String) {
        self.breaches.push(Breach {
            file: self.file.path.to_string(),
            id: id.to_string(),
            what,
        });
    }

    fn has(&self, id: &str) -> bool {
        self.breaches.iter().any(|it| it.id == id)
    }

    /// What every file has to keep to.
    fn understand(&mut self) -> Vec<Meaning> {
        let (meanings, wrong) = understand(self.file.text);
        for (id, what) in wrong {
            self.add(&id, what);
        }
        let mut seen = BTreeSet::new();
        for meaning in &meanings {
            if !seen.insert(&meaning.id) {
                self.add(&meaning.id, "is there twice".to_string());
            }
            if meaning.id == CODE_WORDS {
                let mut words = BTreeSet::new();
                let list = meaning.pattern();
                if let Some(word) = list.split(' ').find(|it| !words.insert(*it)) {
                    self.add(&meaning.id, format!("has the word {word:?} twice"));
                }
            }
            for form in &meaning.forms {
                self.text(&meaning.id, &form.text);
            }
        }
        if self.breaches.is_empty() {
            self.as_the_page_reads(&meanings);
        }
        self.language(&meanings);
        meanings
    }

    fn text(&mut self, id: &str, text: &str) {
        let blank = |c: char| c.is_whitespace() || ('\u{1}'..='\u{8}').contains(&c);
        if text.chars().all(blank) && !text.chars().any(|c| ('\u{1}'..='\u{8}').contains(&c)) {
            self.add(id, "says nothing".to_string());
        }
        for c in text.chars() {
            let code = u32::from(c);
            match c {
                '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{61c}' => {
                    self.add(
                        id,
                        format!(
                            "has U+{code:04X}, which turns text round unseen: the page sees to that"
                        ),
                    );
                }
                '\u{200b}' | '\u{feff}' | '\u{ad}' => {
                    self.add(id, format!("has U+{code:04X}, which nobody sees"));
                }
                c if c.is_control() && !('\u{1}'..='\u{8}').contains(&c) => {
                    self.add(id, format!("has the control character U+{code:04X}"));
                }
                _ => {}
            }
        }
    }

    /// The page's own reader, which is smaller than Fluent, must come to the same.
    fn as_the_page_reads(&mut self, meanings: &[Meaning]) {
        let messages = read(self.file.text);
        if messages.len() != meanings.len() {
            self.add("(file)", "has lines that the page cannot read".to_string());
        }
        for (meaning, (id, pattern)) in meanings.iter().zip(&messages) {
            if meaning.id != *id || meaning.pattern() != *pattern {
                self.add(
                    &meaning.id,
                    "is laid out in a way that the page cannot read: lay it out as in en.ftl"
                        .to_string(),
                );
            }
        }
    }

    fn language(&mut self, meanings: &[Meaning]) {
        let text = |id| {
            let found = meanings.iter().find(|it| it.id == id);
            found.map(Meaning::pattern)
        };
        match text("language-direction").as_deref() {
            Some("ltr" | "rtl") => {}
            _ => self.add("language-direction", "has to be ltr or rtl".to_string()),
        }
        if text("language-name").is_none() {
            self.add(
                "language-name",
                "has to be the language's own name".to_string(),
            );
        }
        if categories(self.file.tag()).is_none() {
            let tag = self.file.tag();
            self.add(
                "(file)",
                format!("is named `{tag}`, which is no language's tag"),
            );
        }
    }

    fn against(&mut self, english: &Meaning, meaning: &Meaning) {
        if english.names != meaning.names {
            let list = |names: &[String]| match names {
                [] => "none".to_string(),
                names => format!("${}", names.join(", $")),
            };
            let what = format!(
                "has other variables than English: {} for {}",
                list(&meaning.names),
                list(&english.names)
            );
            return self.add(&meaning.id, what);
        }
        self.forms(meaning, &english.numbers);
        if meaning.id == CODE_WORDS {
            let (has, wants) = (meaning.pattern(), english.pattern());
            let (has, wants) = (has.split(' ').count(), wants.split(' ').count());
            if has != wants {
                self.add(
                    &meaning.id,
                    format!("has {has} words for {wants} of English"),
                );
            }
        }
        let sentence = meaning.forms.iter().any(|it| {
            let words = it.text.split_whitespace();
            words
                .filter(|it| it.chars().filter(char::is_ascii_alphabetic).count() > 1)
                .count()
                > 2
        });
        if sentence && english.forms == meaning.forms {
            self.add(&meaning.id, "is still English".to_string());
        }
    }

    /// Each form that the language has, and no other.
    fn forms(&mut self, meaning: &Meaning, numbers: &[String]) {
        let Some(by) = &meaning.by else { return };
        let id = &meaning.id;
        if !numbers.contains(by) {
            let what = format!("chooses by ${by}, which is no number: say `# ${by} (Number)`");
            return self.add(id, what);
        }
        if meaning.default != "other" {
            self.add(id, "has to have *[other] as its default".to_string());
        }
        let keys: Vec<&str> = meaning.forms.iter().map(|it| it.key.as_str()).collect();
        if keys.last() != Some(&"other") {
            self.add(id, "has to have *[other] as its last form".to_string());
        }
        let wanted = categories(self.file.tag()).unwrap_or_default();
        for category in &wanted {
            if !keys.contains(category) {
                self.add(id, format!("lacks the form [{category}]"));
            }
        }
        for (at, key) in keys.iter().enumerate() {
            let known = wanted.contains(key) || key.bytes().all(|it| it.is_ascii_digit());
            if !known || keys.iter().take(at).any(|it| it == key) {
                self.add(id, format!("has a form [{key}] that is never used"));
            }
        }
    }
}

/// The plural categories of a language for whole numbers; `None` for what is no language's tag.
pub fn categories(tag: &str) -> Option<Vec<&'static str>> {
    let tag: Locale = tag.parse().ok()?;
    let rules = PluralRules::try_new_cardinal((&tag).into()).ok()?;
    let mut found = vec!["other"];
    for number in NUMBERS {
        let name = match rules.category_for(number) {
            PluralCategory::Zero => "zero",
            PluralCategory::One => "one",
            PluralCategory::Two => "two",
            PluralCategory::Few => "few",
            PluralCategory::Many => "many",
            PluralCategory::Other => "other",
        };
        if !found.contains(&name) {
            found.push(name);
        }
    }
    Some(found)
}
