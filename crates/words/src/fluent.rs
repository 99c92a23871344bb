//! A file of words as Fluent's own parser understands it, brought into the page's form. Whatever of
//! Fluent the page does not read is a breach here.

use crate::pattern::{Form, MOST, place, with_forms};
use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Message, PatternElement, VariantKey},
    parser,
};

/// A message, understood.
#[derive(Debug)]
pub struct Meaning {
    pub id: String,
    /// Variables, sorted: the first has place 0.
    pub names: Vec<String>,
    /// What the comment above says are numbers: `# $count (Number): how many`.
    pub numbers: Vec<String>,
    /// The name of the variable that chooses among forms.
    pub by: Option<String>,
    pub forms: Vec<Form>,
    /// The form for everything else, by its key.
    pub default: String,
}

/// What is wrong in a file: the id, or what comes nearest to one, and a sentence.
pub type Wrong = (String, String);

impl Meaning {
    /// As the page keeps it.
    pub fn pattern(&self) -> String {
        match &self.by {
            Some(by) => with_forms(self.place_of(by), &self.forms),
            None => self
                .forms
                .first()
                .map(|it| it.text.clone())
                .unwrap_or_default(),
        }
    }

    fn place_of(&self, name: &str) -> usize {
        let at = self.names.iter().position(|it| it == name);
        at.unwrap_or(MOST - 1)
    }
}

pub fn understand(file: &str) -> (Vec<Meaning>, Vec<Wrong>) {
    let (resource, errors) = match parser::parse(file) {
        Ok(resource) => (resource, Vec::new()),
        Err((resource, errors)) => (resource, errors),
    };
    let mut wrong: Vec<Wrong> = errors
        .iter()
        .map(|error| {
            let start = error.slice.as_ref().map_or(error.pos.start, |it| it.start);
            let entry = file.get(start..).unwrap_or_default();
            let id = entry.split(['=', '\n']).next().unwrap_or_default();
            (id.trim().to_string(), format!("is not Fluent: {error}"))
        })
        .collect();
    let mut meanings = Vec::new();
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => match meaning(message) {
                Ok(meaning) => meanings.push(meaning),
                Err(what) => wrong.push((message.id.name.to_string(), what)),
            },
            Entry::Term(term) => wrong.push((
                format!("-{}", term.id.name),
                "is a term, and the page knows only messages: write its words out".to_string(),
            )),
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            // Told among the errors.
            Entry::Junk { .. } => {}
        }
    }
    (meanings, wrong)
}

fn meaning(message: &Message<&str>) -> Result<Meaning, String> {
    if !message.attributes.is_empty() {
        return Err("has an attribute: make it a message of its own".to_string());
    }
    let Some(value) = &message.value else {
        return Err("has no text".to_string());
    };
    let mut chooser = None;
    let mut raw = Vec::new();
    let mut default = String::new();
    match value.elements.as_slice() {
        [
            PatternElement::Placeable {
                expression: Expression::Select { selector, variants },
            },
        ] => {
            let InlineExpression::VariableReference { id } = selector else {
                return Err("chooses by something that is no variable".to_string());
            };
            chooser = Some(id.name.to_string());
            for variant in variants {
                let key = match &variant.key {
                    VariantKey::Identifier { name } => name,
                    VariantKey::NumberLiteral { value } => value,
                };
                raw.push((key.to_string(), parts(&variant.value.elements)?));
                if variant.default {
                    default = key.to_string();
                }
            }
        }
        elements => raw.push((String::new(), parts(elements)?)),
    }
    let mut names: Vec<String> = raw.iter().flat_map(|(_, parts)| parts).fold(
        chooser.iter().cloned().collect(),
        |mut names: Vec<String>, part| {
            names.extend(part.1.clone());
            names
        },
    );
    names.sort_unstable();
    names.dedup();
    if names.len() > MOST {
        return Err(format!("has more than {MOST} variables"));
    }
    let form = |(key, parts): (String, Vec<(String, Option<String>)>)| {
        let mut text = String::new();
        for (plain, name) in parts {
            text.push_str(&plain);
            let at = name.and_then(|name| names.iter().position(|it| *it == name));
            text.extend(at.map(place));
        }
        Form { key, text }
    };
    let forms = raw.into_iter().map(form).collect();
    let comment = message.comment.iter().flat_map(|it| &it.content);
    let numbers = comment
        .filter_map(|line| line.trim().strip_prefix('$')?.split_once(" (Number)"))
        .map(|(name, _)| name.to_string())
        .collect();
    Ok(Meaning {
        id: message.id.name.to_string(),
        names,
        numbers,
        by: chooser,
        forms,
        default,
    })
}

/// Plain pieces, each with the variable that follows.
fn parts(elements: &[PatternElement<&str>]) -> Result<Vec<(String, Option<String>)>, String> {
    let mut parts = Vec::new();
    for element in elements {
        parts.push(match element {
            PatternElement::TextElement { value } if value.contains('\n') => {
                return Err("has a text of several lines: write it in one".to_string());
            }
            PatternElement::TextElement { value } => (value.to_string(), None),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => (String::new(), Some(id.name.to_string())),
            PatternElement::Placeable {
                expression: Expression::Select { .. },
            } => {
                return Err(
                    "has forms within a text: write the whole text once for each form".to_string(),
                );
            }
            PatternElement::Placeable { .. } => {
                return Err(
                    "has braces around something that is no variable: only { $name } is read"
                        .to_string(),
                );
            }
        });
    }
    Ok(parts)
}
