//! Cuts a wasm module in two: what a page runs from opening to the first picture of a call, and the
//! rest, which is fetched afterwards.
//!
//! Both work on one memory and one table of functions. Where the first half calls into the rest it
//! has a stub of the same name: the stub asks JavaScript to see to it that the rest is there, then
//! goes on through the table. So nothing in the page's source knows where the cut is, and a cut in
//! the wrong place costs time, never correctness.

mod cut;
mod late;
mod list;
mod order;
mod plan;
mod watch;

pub use cut::{Halves, cut};
pub use list::List;
pub use watch::watch;

use anyhow::Result;
use walrus::{FunctionKind, Module, ModuleConfig};

/// The import through which a stub asks for the rest.
pub const ASK: (&str, &str) = ("rest", "ask");
/// The import through which a watched module says which function it has entered.
pub const RAN: (&str, &str) = ("watch", "ran");
/// The module that the rest imports what it shares from.
pub const FIRST: &str = "first";

fn parse(wasm: &[u8]) -> Result<Module> {
    ModuleConfig::new()
        .generate_name_section(false)
        .generate_producers_section(false)
        .parse(wasm)
}

/// Names of all functions with a body, in the order in which they stand in the module.
pub fn names(wasm: &[u8]) -> Result<Vec<String>> {
    let module = parse(wasm)?;
    let names = local_functions(&module).map(|function| stable_name(function.name.as_deref()));
    Ok(names.collect())
}

fn local_functions(module: &Module) -> impl Iterator<Item = &walrus::Function> {
    let is_local = |it: &&walrus::Function| matches!(it.kind, FunctionKind::Local(_));
    module.funcs.iter().filter(is_local)
}

/// As in the source, without the hashes that differ from build to build. wasm-bindgen has demangled
/// the names already, in the form that says which of several crates of a name is meant.
fn stable_name(symbol: Option<&str>) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(symbol.unwrap_or_default()));
    let mut parts = name.split('[');
    let mut stable = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if is_hash(hash) => stable += rest,
            _ => {
                stable.push('[');
                stable += part;
            }
        }
    }
    stable
}

fn is_hash(text: &str) -> bool {
    text.len() >= 8 && text.bytes().all(|it| it.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_nothing_of_the_build() {
        for (symbol, name) in [
            ("_RNvCs1234_7mycrate3foo", "mycrate::foo"),
            (
                "<alloc[c8a1b94caa27ad0]::vec::Vec<[u8]>>::push",
                "<alloc::vec::Vec<[u8]>>::push",
            ),
            ("a[0123456789abcdef]::b<[u8; 32]>::c", "a::b<[u8; 32]>::c"),
            ("memcpy", "memcpy"),
            ("", ""),
        ] {
            assert_eq!(stable_name(Some(symbol)), name);
        }
    }
}
