//! Where the cut goes: which functions move, and at which place of the table each is found that the
//! other half calls. Everything is by number, since each half is made from a parse of its own.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use walrus::{
    ConstExpr, ElementItems, ElementKind, FunctionId, FunctionKind, LocalFunction, Module, TableId,
    ir::{self, Instr, InstrLocId, Value, Visitor, dfs_in_order},
};

use crate::{local_functions, stable_name};

/// A function's number, the same in every parse of a module.
pub type Number = usize;
/// A place in the table of functions.
pub type Slot = u32;

/// Below this a stub is no smaller than the function.
const SMALLEST: u64 = 6;

pub struct Plan {
    /// Functions that move to the rest.
    pub moving: BTreeSet<Number>,
    /// Where each function is found that the other half may call. A function that moves and is not
    /// here is called by the rest alone.
    pub slots: BTreeMap<Number, Slot>,
    /// What the rest has to put in the table.
    pub filled: BTreeMap<Slot, Number>,
    /// What the first half has to put in the table besides what was there.
    pub added: BTreeMap<Slot, Number>,
    /// The size of the table.
    pub table: u64,
}

impl Plan {
    pub fn new(module: &Module, moves: impl Fn(&str) -> bool) -> Result<Plan> {
        let moving: BTreeSet<Number> = local_functions(module)
            .filter(|it| Some(it.id()) != module.start)
            .filter(|it| match &it.kind {
                FunctionKind::Local(local) => local.size() >= SMALLEST,
                _ => false,
            })
            .filter(|it| moves(&stable_name(it.name.as_deref())))
            .map(|it| it.id().index())
            .collect();

        let in_table = table_contents(module)?;
        let mut slots: BTreeMap<Number, Slot> = in_table
            .iter()
            .map(|(slot, number)| (*number, *slot))
            .collect();
        let mut filled = in_table;
        filled.retain(|_, number| moving.contains(number));

        let (leaving, coming_back) = crossings(module, &moving);
        let exported = module.exports.iter().filter_map(|it| match it.item {
            walrus::ExportItem::Function(id) => Some(id.index()),
            _ => None,
        });
        let leaving = leaving
            .into_iter()
            .chain(exported.filter(|it| moving.contains(it)));
        let mut table = module.tables.get(function_table(module)?).initial;
        let mut added = BTreeMap::new();
        for number in coming_back {
            give_place(number, &mut slots, &mut added, &mut table)?;
        }
        for number in leaving {
            give_place(number, &mut slots, &mut filled, &mut table)?;
        }
        Ok(Plan {
            moving,
            slots,
            filled,
            added,
            table,
        })
    }

    pub fn moves(&self, function: FunctionId) -> bool {
        self.moving.contains(&function.index())
    }
}

/// A place at the end of the table, unless the function has one.
fn give_place(
    number: Number,
    slots: &mut BTreeMap<Number, Slot>,
    contents: &mut BTreeMap<Slot, Number>,
    table: &mut u64,
) -> Result<()> {
    if let std::collections::btree_map::Entry::Vacant(free) = slots.entry(number) {
        let slot = Slot::try_from(*table)?;
        free.insert(slot);
        contents.insert(slot, number);
        *table += 1;
    }
    Ok(())
}

pub fn function_table(module: &Module) -> Result<TableId> {
    let table = module.tables.main_function_table()?;
    table.context("the module has no table of functions")
}

fn table_contents(module: &Module) -> Result<BTreeMap<Slot, Number>> {
    let functions = function_table(module)?;
    let mut contents = BTreeMap::new();
    for segment in module.elements.iter() {
        let (start, items) = match (&segment.kind, &segment.items) {
            (ElementKind::Active { table, .. }, _) if *table != functions => continue,
            (
                ElementKind::Active {
                    offset: ConstExpr::Value(Value::I32(start)),
                    ..
                },
                ElementItems::Functions(items),
            ) => (Slot::try_from(*start)?, items),
            (ElementKind::Declared, _) => continue,
            _ => bail!("a segment of the table is of a kind that is not known here"),
        };
        contents.extend((start..).zip(items.iter().map(|it| it.index())));
    }
    Ok(contents)
}

/// Functions that move and are called by what stays; functions that stay and are called by what moves.
fn crossings(module: &Module, moving: &BTreeSet<Number>) -> (BTreeSet<Number>, BTreeSet<Number>) {
    let (mut leaving, mut coming_back) = (BTreeSet::new(), BTreeSet::new());
    for function in local_functions(module) {
        let FunctionKind::Local(local) = &function.kind else {
            continue;
        };
        let moves = moving.contains(&function.id().index());
        for callee in callees(local) {
            let is_local = matches!(module.funcs.get(callee).kind, FunctionKind::Local(_));
            match (moves, moving.contains(&callee.index())) {
                (false, true) => leaving.insert(callee.index()),
                (true, false) if is_local => coming_back.insert(callee.index()),
                _ => false,
            };
        }
    }
    (leaving, coming_back)
}

fn callees(local: &LocalFunction) -> BTreeSet<FunctionId> {
    struct Calls(BTreeSet<FunctionId>);
    impl<'a> Visitor<'a> for Calls {
        fn visit_function_id(&mut self, function: &FunctionId) {
            self.0.insert(*function);
        }
    }
    let mut calls = Calls(BTreeSet::new());
    dfs_in_order(&mut calls, local, local.entry_block());
    calls.0
}

/// Calls to functions that stay behind go through the table; anything else that names one cannot.
pub struct ThroughTable<'a> {
    pub plan: &'a Plan,
    pub table: TableId,
    /// Types of the functions that stay, by number.
    pub types: &'a BTreeMap<Number, walrus::TypeId>,
}

impl ir::VisitorMut for ThroughTable<'_> {
    fn start_instr_seq_mut(&mut self, block: &mut ir::InstrSeq) {
        let instructions = std::mem::take(&mut block.instrs);
        let mut out: Vec<(Instr, InstrLocId)> = Vec::with_capacity(instructions.len());
        for (instruction, at) in instructions {
            let stays = match &instruction {
                Instr::Call(call) if !self.plan.moves(call.func) => {
                    let number = call.func.index();
                    self.plan.slots.get(&number).zip(self.types.get(&number))
                }
                _ => None,
            };
            let Some((slot, ty)) = stays else {
                out.push((instruction, at));
                continue;
            };
            let value = Value::I32(*slot as i32);
            let table = self.table;
            out.push((ir::Const { value }.into(), at));
            out.push((ir::CallIndirect { ty: *ty, table }.into(), at));
        }
        block.instrs = out;
    }
}
