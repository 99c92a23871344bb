//! The order of a module's functions. Nothing that runs depends on it, but what is sent is packed, and
//! packs better by some 2 % when functions stand beside those that look like them.

use std::convert::Infallible;

use anyhow::{Context, Result};
use wasm_encoder::{
    CodeSection, FunctionSection, Module,
    reencode::{Error, Reencode},
};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// The module with functions of the same type together, and among those the ones that begin alike.
pub fn by_likeness(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut order = Order::of(wasm)?;
    let mut module = Module::new();
    order
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .context("the functions of a half cannot be put in order")?;
    Ok(module.finish())
}

struct Order {
    /// How many functions have no body here.
    imported: u32,
    /// Where each stood, in the order that they are to have.
    wanted: Vec<usize>,
    /// The other way round: the number that each gets.
    numbers: Vec<u32>,
}

impl Order {
    fn of(wasm: &[u8]) -> Result<Order> {
        let (mut imported, mut types, mut bodies) = (0, Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(section) => {
                    types = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
                _ => {}
            }
        }
        let mut wanted: Vec<usize> = (0..bodies.len()).collect();
        wanted.sort_by_key(|place| (types[*place], bodies[*place]));
        let mut numbers = vec![0; wanted.len()];
        for (number, place) in (imported..).zip(&wanted) {
            numbers[*place] = number;
        }
        Ok(Order {
            imported,
            wanted,
            numbers,
        })
    }
}

impl Reencode for Order {
    type Error = Infallible;

    fn function_index(&mut self, number: u32) -> Result<u32, Error<Infallible>> {
        let place = number.checked_sub(self.imported);
        Ok(place.map_or(number, |it| self.numbers[it as usize]))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for place in &self.wanted {
            functions.function(types[*place]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for place in self.wanted.clone() {
            self.parse_function_body(code, bodies[place].clone())?;
        }
        Ok(())
    }
}
