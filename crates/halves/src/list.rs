//! The list of functions that the first half does without. Kept in the repository, so that a bundle is
//! built without a browser; a name that is not on it belongs to the first half, which is always right,
//! only larger. Names are long and many, so the list holds a digest of each.

use std::collections::BTreeSet;
use std::fmt;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct List(BTreeSet<u32>);

const HEADING: &str = "\
# Functions that nothing runs between opening the page and the first picture of a call, by a digest of
# their names. Written by `cargo xtask profile`; see crates/halves.
";
const IN_A_LINE: usize = 10;

impl List {
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> List {
        List(names.into_iter().map(digest).collect())
    }

    /// What is no digest is passed over: the page is right without it.
    pub fn parse(text: &str) -> List {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let words = lines.flat_map(str::split_whitespace);
        List(
            words
                .filter_map(|word| u32::from_str_radix(word, 16).ok())
                .collect(),
        )
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains(&digest(name))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADING)?;
        for (at, digest) in self.0.iter().enumerate() {
            let end = if (at + 1) % IN_A_LINE == 0 || at + 1 == self.0.len() {
                "\n"
            } else {
                " "
            };
            write!(f, "{digest:08x}{end}")?;
        }
        Ok(())
    }
}

/// FNV-1a: nobody gains by a collision, which moves one function to the other half.
fn digest(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_list_is_read_as_it_was() {
        let names: Vec<String> = (0..25)
            .map(|it| format!("duologue_web::part_{it}"))
            .collect();
        let list = List::new(names.iter().map(String::as_str));
        assert_eq!(list.len(), 25);
        let read = List::parse(&list.to_string());
        assert_eq!(read, list);
        assert!(read.has("duologue_web::part_3"));
        assert!(!read.has("duologue_web::part_25"));
    }
}
