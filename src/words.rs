//! Everything the page says. The words themselves are in `words/*.ftl`, one file a language; the build
//! script makes a table of them (`table`), in which each message is a field, or a method where
//! something is put into it. Here is which one is said of what: an enum without its sentence does not
//! compile. Views ask `words()` and never hold text of their own.

mod call;
mod chat;
mod check;
mod devices;
mod files;
mod language;
mod names;
mod recording;
mod table;
#[cfg(test)]
mod tests;
mod trouble;
mod verify;

pub use language::{Language, choose, file_of, language, speak};
pub use table::{LANGUAGES, SetupWords, Words};

use crate::browser::intl;
use duologue_words::{Speech, Value, fill};

type Text = &'static str;

/// The words of the page's language.
pub fn words() -> &'static Words {
    language::words()
}

/// What went wrong, and the one thing a person can do about it here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    pub text: &'static str,
    pub step: Option<Step>,
}

/// A remedy that is a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    TryAgain,
    JoinAgain,
    UseThisTab,
    StartOver,
    Reload,
}

impl table::CommonWords {
    pub fn step(&self, step: Step) -> Text {
        match step {
            Step::TryAgain => self.try_again,
            Step::JoinAgain => self.join_again,
            Step::UseThisTab => self.use_this_tab,
            Step::StartOver => self.start_over,
            Step::Reload => self.reload,
        }
    }

    /// "1280 × 720, 30/s, VP9".
    pub fn list(&self, items: &[String]) -> String {
        let mut list = String::new();
        for item in items {
            list = match list.as_str() {
                "" => item.clone(),
                _ => self.list_more(&list, item),
            };
        }
        list
    }

    /// "Ana, Ben and Cem".
    pub fn list_all(&self, names: &[String]) -> String {
        match names {
            [first @ .., last] if !first.is_empty() => self.list_last(last, &self.list(first)),
            _ => self.list(names),
        }
    }
}

/// A text of the table, with everything in its place.
#[inline(never)]
fn say(text: Text, values: &[Value]) -> String {
    fill(text, values, language())
}

impl Speech for Language {
    fn plural(&self, number: usize) -> String {
        intl::plural(self.tag, number)
    }

    fn number(&self, number: usize) -> String {
        if number < 1_000 {
            number.to_string()
        } else {
            intl::number(self.tag, number)
        }
    }

    fn isolates(&self) -> bool {
        self.rtl
    }
}
