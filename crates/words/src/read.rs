//! Reads a file of words: the little of Fluent that they keep to, line by line. Every file has been
//! checked when the page was built, so what is odd is passed over here; nothing makes it fail.
//!
//! ```text
//! call-leave = Leave call
//! call-joined = { $name } joined
//! chat-unread =
//!     { $count ->
//!         [one] { $count } unread message
//!        *[other] { $count } unread messages
//!     }
//! ```

use crate::pattern::{Form, MOST, place, with_forms};

/// A message as it is written down.
#[derive(Default)]
struct Draft<'a> {
    id: &'a str,
    /// The variable that chooses among the forms.
    by: &'a str,
    /// Key, text.
    forms: Vec<(&'a str, &'a str)>,
}

/// Every message, by its id, in its order.
pub fn read(file: &str) -> Vec<(&str, String)> {
    let mut messages = Vec::new();
    let mut draft = Draft::default();
    for line in file.lines() {
        let value = match line.split_once('=') {
            _ if line.starts_with('#') => continue,
            Some((id, value)) if !line.starts_with([' ', '\t']) => {
                finish(&mut messages, std::mem::take(&mut draft));
                draft.id = id.trim();
                value
            }
            _ => line,
        };
        draft.take(value.trim());
    }
    finish(&mut messages, draft);
    messages
}

/// Tells apart lists of messages. A page that is newer or older than the file it gets must not take it.
pub fn fingerprint<'a>(ids: impl Iterator<Item = &'a str>) -> u32 {
    let mut sum = 0x811c_9dc5_u32;
    for id in ids {
        for byte in id.bytes().chain([b'\n']) {
            sum = (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    sum
}

impl<'a> Draft<'a> {
    fn take(&mut self, value: &'a str) {
        if let Some(by) = value.strip_suffix("->").and_then(|it| it.strip_prefix('{')) {
            self.by = variable(by);
        } else if let Some((key, text)) = value
            .strip_prefix("*[")
            .or_else(|| value.strip_prefix('['))
            .and_then(|it| it.split_once(']'))
        {
            self.forms.push((key.trim(), text.trim()));
        } else if !value.is_empty() && value != "}" {
            self.forms.push(("", value));
        }
    }
}

fn finish<'a>(messages: &mut Vec<(&'a str, String)>, draft: Draft<'a>) {
    if draft.id.is_empty() {
        return;
    }
    let mut names: Vec<&str> = Vec::new();
    for (_, text) in &draft.forms {
        names.extend(pieces(text).filter_map(|(_, name)| name));
    }
    if !draft.by.is_empty() {
        names.push(draft.by);
    }
    names.sort_unstable();
    names.dedup();
    names.truncate(MOST);
    let number = |name: &str| names.binary_search(&name).unwrap_or(MOST - 1);
    let placed = |text| {
        let mut placed = String::new();
        for (plain, name) in pieces(text) {
            placed.push_str(plain);
            placed.extend(name.map(|name| place(number(name))));
        }
        placed
    };
    let text = if draft.by.is_empty() {
        draft.forms.first().map(|(_, text)| placed(text))
    } else {
        let form = |(key, text): &(&str, &'a str)| Form {
            key: (*key).to_string(),
            text: placed(text),
        };
        let forms: Vec<Form> = draft.forms.iter().map(form).collect();
        Some(with_forms(number(draft.by), &forms))
    };
    messages.push((draft.id, text.unwrap_or_default()));
}

/// A text as plain pieces, each with the variable that follows it.
fn pieces(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    text.split_inclusive('}')
        .map(|piece| match piece.split_once('{') {
            Some((plain, name)) => (plain, Some(variable(name))),
            None => (piece, None),
        })
}

/// `$name` among spaces and braces.
fn variable(text: &str) -> &str {
    text.trim_matches([' ', '{', '}', '$'])
}
