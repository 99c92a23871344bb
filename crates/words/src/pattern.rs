//! A text with places for what is only known later, in the form in which it waits for that: control
//! characters stand for places and forms, so that nothing has to be parsed when it is said.

/// The first of the characters that stand for variables, which are numbered by the order of their names.
const FIRST: u8 = 1;
/// No message has more variables.
pub const MOST: usize = 8;
/// Before the forms of a text that differs by a number: the number's place follows, then every form as
/// `key ENDS_KEY text ENDS_FORM`, the one for everything else last.
const FORMS: char = '\u{e}';
const ENDS_KEY: char = '\u{f}';
const ENDS_FORM: char = '\u{10}';

/// What is put into a place.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    Text(&'a str),
    Number(usize),
}

/// What a language does with numbers and with foreign words.
pub trait Speech {
    /// Its plural category: `one`, `few`, … `other`.
    fn plural(&self, number: usize) -> String;
    /// As people read it.
    fn number(&self, number: usize) -> String;
    /// Written from right to left: what is put in is kept from turning what stands around it.
    fn isolates(&self) -> bool;
}

/// One text, with its variables' places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// A plural category or a number; empty for a text that has one form only.
    pub key: String,
    pub text: String,
}

/// `by` is the place of the number that chooses.
pub fn with_forms(by: usize, forms: &[Form]) -> String {
    let mut pattern = String::from(FORMS);
    pattern.push(place(by));
    for form in forms {
        pattern.push_str(&form.key);
        pattern.push(ENDS_KEY);
        pattern.push_str(&form.text);
        pattern.push(ENDS_FORM);
    }
    pattern
}

/// The character that stands for a variable.
pub fn place(number: usize) -> char {
    char::from(FIRST + number.min(MOST - 1) as u8)
}

/// The text with everything in its place. A place for which there is nothing stays empty.
pub fn fill(pattern: &str, values: &[Value], speech: &dyn Speech) -> String {
    let form = match pattern.strip_prefix(FORMS) {
        Some(forms) => choose(forms, values, speech),
        None => pattern,
    };
    let mut text = String::new();
    for character in form.chars() {
        match (character as usize).checked_sub(FIRST as usize) {
            Some(number) if number < MOST => put(&mut text, values.get(number), speech),
            _ => text.push(character),
        }
    }
    text
}

fn put(text: &mut String, value: Option<&Value>, speech: &dyn Speech) {
    match value {
        Some(Value::Text(value)) if speech.isolates() => {
            text.push('\u{2068}');
            text.push_str(value);
            text.push('\u{2069}');
        }
        Some(Value::Text(value)) => text.push_str(value),
        Some(Value::Number(number)) => text.push_str(&speech.number(*number)),
        None => {}
    }
}

/// The number itself goes before its category, and that before the last form.
#[inline(never)]
fn choose<'a>(forms: &'a str, values: &[Value], speech: &dyn Speech) -> &'a str {
    let mut rest = forms.chars();
    let by = rest
        .next()
        .and_then(|it| (it as usize).checked_sub(FIRST as usize));
    let number = match by.and_then(|it| values.get(it)) {
        Some(Value::Number(number)) => *number,
        _ => 0,
    };
    let (exact, category) = (number.to_string(), speech.plural(number));
    let (mut chosen, mut sure) = ("", false);
    for form in rest.as_str().split_terminator(ENDS_FORM) {
        let (key, text) = form.split_once(ENDS_KEY).unwrap_or_default();
        if key == exact {
            return text;
        }
        if !sure {
            chosen = text;
        }
        sure |= key == category;
    }
    chosen
}
