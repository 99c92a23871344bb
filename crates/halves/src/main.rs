//! `halves cut WASM LIST REST` cuts a module where the list says, in place; `halves watch WASM` makes
//! it tell what runs; `halves list WASM RAN` prints the list of what did not. Run by `cargo xtask`.

#![allow(clippy::print_stdout, reason = "a command line tool answers on stdout")]

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, bail};
use duologue_halves::{List, cut, names, watch};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["cut", wasm, list, rest] => {
            let list = List::parse(&fs::read_to_string(list)?);
            let halves = cut(&read(wasm)?, |name| list.has(name))?;
            fs::write(wasm, &halves.first)?;
            fs::write(rest, &halves.rest)?;
            println!(
                "{} functions moved, {} of them behind a stub: {} and {} bytes",
                halves.moved,
                halves.stubs,
                halves.first.len(),
                halves.rest.len()
            );
        }
        ["watch", wasm] => fs::write(wasm, watch(&read(wasm)?)?)?,
        ["list", wasm, ran] => {
            let ran = fs::read_to_string(ran)?;
            let ran: BTreeSet<usize> = ran.split_whitespace().flat_map(str::parse).collect();
            let names = names(&read(wasm)?)?;
            // A name that stands for several functions stays if one of them ran.
            let stays: BTreeSet<&str> = ran
                .iter()
                .filter_map(|number| Some(names.get(*number)?.as_str()))
                .collect();
            let idle = names.iter().map(String::as_str);
            print!("{}", List::new(idle.filter(|it| !stays.contains(it))));
        }
        _ => bail!("usage: halves cut WASM LIST REST | watch WASM | list WASM RAN"),
    }
    Ok(())
}

fn read(path: &str) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{path} cannot be read"))
}
