//! The two halves, each made from the whole by taking away.

use std::collections::BTreeMap;

use anyhow::Result;
use walrus::{
    ConstExpr, ElementId, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId,
    FunctionKind, GlobalId, GlobalKind, Module, ValType,
    ir::{Value, dfs_pre_order_mut},
};

use crate::plan::{Number, Plan, Slot, ThroughTable, function_table};
use crate::{ASK, FIRST, late, local_functions, order, parse};

/// How imports are named that were given numbers, filled up to the length of the names that they had
/// with underscores; those go. Whoever cuts takes them from the glue as well.
const NUMBERED: &str = "__wbg_";

#[derive(Debug)]
pub struct Halves {
    pub first: Vec<u8>,
    pub rest: Vec<u8>,
    /// Functions that were moved, and how many of them have a stub.
    pub moved: usize,
    pub stubs: usize,
}

/// Cuts a module that names its functions. `moves` says by name what belongs to the rest.
pub fn cut(wasm: &[u8], moves: impl Fn(&str) -> bool) -> Result<Halves> {
    let plan = Plan::new(&parse(wasm)?, moves)?;
    let (first, stubs) = first(parse(wasm)?, &plan)?;
    Ok(Halves {
        first,
        rest: rest(parse(wasm)?, &plan)?,
        moved: plan.moving.len(),
        stubs,
    })
}

/// The module without the bodies of what moves.
fn first(mut module: Module, plan: &Plan) -> Result<(Vec<u8>, usize)> {
    share(&mut module);
    let ty = module.types.add(&[], &[]);
    let (ask, _) = module.add_import_func(ASK.0, ASK.1, ty);
    let table = function_table(&module)?;
    let stubs = stubs(&module, plan);
    for (function, slot) in &stubs {
        let ty = module.funcs.get(*function).ty();
        let (params, results) = module.types.params_results(ty);
        let (params, results): (Vec<ValType>, Vec<ValType>) = (params.into(), results.into());
        let mut stub = FunctionBuilder::new(&mut module.types, &params, &results);
        let args: Vec<_> = params.iter().map(|it| module.locals.add(*it)).collect();
        let mut body = stub.func_body();
        body.call(ask);
        for arg in &args {
            body.local_get(*arg);
        }
        body.i32_const(i32::try_from(*slot)?);
        body.call_indirect(ty, table);
        let stub = stub.local_func(args);
        module.funcs.get_mut(*function).kind = FunctionKind::Local(stub);
    }
    let functions = by_number(&module);
    fill(&mut module, &plan.added, &functions)?;
    resize(&mut module, plan)?;
    late::without(&mut module)?;
    walrus::passes::gc::run(&mut module);
    Ok((finished(module)?, stubs.len()))
}

/// Functions that move and that the first half may still call.
fn stubs(module: &Module, plan: &Plan) -> Vec<(FunctionId, Slot)> {
    local_functions(module)
        .filter(|it| plan.moves(it.id()))
        .filter_map(|it| Some((it.id(), *plan.slots.get(&it.id().index())?)))
        .collect()
}

/// What moves, with everything else imported from the first half.
fn rest(mut module: Module, plan: &Plan) -> Result<Vec<u8>> {
    let names = share(&mut module);
    let table = function_table(&module)?;
    let types = local_functions(&module).map(|it| (it.id().index(), it.ty()));
    let types: BTreeMap<Number, walrus::TypeId> = types.collect();
    let functions = by_number(&module);
    for number in &plan.moving {
        if let FunctionKind::Local(local) = &mut module.funcs.get_mut(functions[number]).kind {
            let entry = local.entry_block();
            let mut calls = ThroughTable {
                plan,
                table,
                types: &types,
            };
            dfs_pre_order_mut(&mut calls, local, entry);
        }
    }

    module.start = None;
    let exports: Vec<_> = module.exports.iter().map(|it| it.id()).collect();
    exports.into_iter().for_each(|it| module.exports.delete(it));
    let segments: Vec<ElementId> = module.elements.iter().map(|it| it.id()).collect();
    segments
        .into_iter()
        .for_each(|it| module.elements.delete(it));
    late::alone(&mut module)?;
    resize(&mut module, plan)?;
    for (item, name) in names {
        import(&mut module, item, &name);
    }
    fill(&mut module, &plan.filled, &functions)?;
    walrus::passes::gc::run(&mut module);
    finished(module)
}

fn by_number(module: &Module) -> BTreeMap<Number, FunctionId> {
    let functions = module.funcs.iter();
    functions.map(|it| (it.id().index(), it.id())).collect()
}

/// Exports what both halves work on: memory, tables, and what changes among the globals.
fn share(module: &mut Module) -> Vec<(ExportItem, String)> {
    let memories = module.memories.iter().map(|it| ExportItem::from(it.id()));
    let tables = module.tables.iter().map(|it| ExportItem::from(it.id()));
    let globals = module.globals.iter().filter(|it| it.mutable);
    let globals = globals.map(|it| ExportItem::from(it.id()));
    let items: Vec<ExportItem> = memories.chain(tables).chain(globals).collect();
    let mut names = Vec::with_capacity(items.len());
    for (at, item) in items.into_iter().enumerate() {
        let known = module.exports.iter().find(|it| is_same(&it.item, &item));
        let name = match known {
            Some(export) => export.name.clone(),
            None => {
                let name = format!("s{at}");
                module.exports.add(&name, item);
                name
            }
        };
        names.push((item, name));
    }
    names
}

fn is_same(one: &ExportItem, other: &ExportItem) -> bool {
    match (one, other) {
        (ExportItem::Memory(one), ExportItem::Memory(other)) => one == other,
        (ExportItem::Table(one), ExportItem::Table(other)) => one == other,
        (ExportItem::Global(one), ExportItem::Global(other)) => one == other,
        _ => false,
    }
}

/// Makes something that the module has of its own the first half's.
fn import(module: &mut Module, item: ExportItem, name: &str) {
    match item {
        ExportItem::Memory(id) => {
            let import = module.imports.add(FIRST, name, id);
            module.memories.get_mut(id).import = Some(import);
        }
        ExportItem::Table(id) => {
            let import = module.imports.add(FIRST, name, id);
            let table = module.tables.get_mut(id);
            table.import = Some(import);
            table.elem_segments.clear();
        }
        ExportItem::Global(id) => import_global(module, id, name),
        ExportItem::Function(_) | ExportItem::Tag(_) => {}
    }
}

fn import_global(module: &mut Module, id: GlobalId, name: &str) {
    let import = module.imports.add(FIRST, name, id);
    module.globals.get_mut(id).kind = GlobalKind::Import(import);
}

fn resize(module: &mut Module, plan: &Plan) -> Result<()> {
    let table = function_table(module)?;
    let table = module.tables.get_mut(table);
    table.initial = plan.table;
    table.maximum = table.maximum.map(|it| it.max(plan.table));
    Ok(())
}

/// Segments that put functions in the table, one for each run of places.
fn fill(
    module: &mut Module,
    contents: &BTreeMap<Slot, Number>,
    functions: &BTreeMap<Number, FunctionId>,
) -> Result<()> {
    let table = function_table(module)?;
    let mut runs: Vec<(Slot, Vec<FunctionId>)> = Vec::new();
    for (slot, number) in contents {
        let function = functions[number];
        match runs.last_mut() {
            Some((start, run)) if *start + run.len() as Slot == *slot => run.push(function),
            _ => runs.push((*slot, vec![function])),
        }
    }
    for (start, run) in runs {
        let offset = ConstExpr::Value(Value::I32(i32::try_from(start)?));
        let kind = ElementKind::Active { table, offset };
        let segment = module.elements.add(kind, ElementItems::Functions(run));
        module.tables.get_mut(table).elem_segments.insert(segment);
    }
    Ok(())
}

fn finished(mut module: Module) -> Result<Vec<u8>> {
    for import in module.imports.iter_mut() {
        if import.name.starts_with(NUMBERED) {
            import.name = import.name.trim_end_matches('_').to_owned();
        }
    }
    let customs: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    for id in customs {
        module.customs.delete(id);
    }
    order::by_likeness(&module.emit_wasm())
}
