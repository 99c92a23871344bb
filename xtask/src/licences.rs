//! Whether everything we depend on may be given away under our own licences.
//!
//! Reads the same list as `cargo deny` (`.deny.toml`), and needs neither it nor the network.

use std::fs;

use serde_json::Value;

use crate::env::Env;
use crate::run::{Fail, Outcome, ask};

pub fn check(env: &Env) -> Outcome {
    let allowed = allow_list(&fs::read_to_string(env.root().join(".deny.toml"))?);
    let metadata = ask(env.cargo().args(["metadata", "--format-version=1"]))
        .and_then(|text| serde_json::from_str::<Value>(&text).ok())
        .ok_or_else(|| Fail::new("`cargo metadata` failed", "run it to see why"))?;
    let mut refused = Vec::new();
    let packages = metadata["packages"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("none named");
        if !satisfies(licence, &allowed) {
            refused.push(format!(
                "{}: {licence}",
                package["name"].as_str().unwrap_or("?")
            ));
        }
    }
    if refused.is_empty() {
        eprintln!("licences: {} packages, all allowed", packages.len());
        return Ok(());
    }
    let remedy = "replace the package, or add the licence to .deny.toml with a reason";
    Err(Fail::new(
        format!("licences that are not allowed:\n{}", refused.join("\n")),
        remedy,
    ))
}

/// The strings of `allow = [...]`.
fn allow_list(deny: &str) -> Vec<String> {
    let list = deny
        .split_once("\nallow = [")
        .and_then(|(_, rest)| rest.split_once(']'));
    let list = list.map_or("", |(list, _)| list);
    list.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// An SPDX expression: `AND` binds before `OR`; a `/` is an `OR` of earlier days.
fn satisfies(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    either(&mut words, allowed) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let mut fits = both(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        fits |= both(words, allowed);
    }
    fits
}

fn both(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let mut fits = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        fits &= one(words, allowed);
    }
    fits
}

fn one(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let Some(word) = words.next() else {
        return false;
    };
    if word == "(" {
        let fits = either(words, allowed);
        return words.next() == Some(")") && fits;
    }
    let mut licence = word.to_owned();
    if words.next_if_eq(&"WITH").is_some() {
        licence = format!("{licence} WITH {}", words.next().unwrap_or_default());
    }
    allowed.contains(&licence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(expression: &str) -> bool {
        let allowed = allow_list("[licenses]\nallow = [\n  \"MIT\",\n  \"ISC\",\n]\n");
        satisfies(expression, &allowed)
    }

    #[test]
    fn one_allowed_side_of_an_or_is_enough() {
        assert!(fits("MIT OR GPL-3.0"));
        assert!(fits("GPL-3.0/MIT"));
        assert!(!fits("GPL-3.0 OR AGPL-3.0"));
    }

    #[test]
    fn both_sides_of_an_and_are_needed() {
        assert!(fits("(GPL-3.0 OR MIT) AND ISC"));
        assert!(!fits("MIT AND OpenSSL"));
        assert!(!fits("GPL-3.0 OR MIT AND OpenSSL"));
    }

    #[test]
    fn an_exception_is_part_of_the_licence() {
        assert!(!fits("MIT WITH Something"));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        assert!(!fits(""));
        assert!(!fits("(MIT"));
        assert!(!fits("MIT ISC"));
    }
}
