//! Modules are cut and run: the halves together do what the whole did, whatever the cut.

#![allow(
    clippy::unwrap_used,
    reason = "what a test builds on is not in question"
)]

use duologue_halves::{ASK, FIRST, RAN, cut, names, watch};
use std::collections::BTreeSet;
use wasmi::{AsContextMut, Caller, Engine, Extern, Instance, Linker, Module, Store};

/// Both halves call each other, directly and through the table, with state in memory and a global.
const WHOLE: &str = r#"
    (module
      (import "page" "log" (func $log (param i32)))
      (memory (export "memory") 1)
      (global $count (mut i32) (i32.const 100))
      (global $step i32 (i32.const 7))
      (type $unary (func (param i32) (result i32)))
      (table 3 3 funcref)
      (elem (i32.const 1) $twice $cold_square)
      (data (i32.const 0) "\2a")
      (func $twice (type $unary) (i32.add (local.get 0) (local.get 0)))
      (func $cold_square (type $unary)
        (global.set $count (i32.add (global.get $count) (global.get $step)))
        (call $log (global.get $count))
        (i32.mul (call $hot_id (local.get 0)) (local.get 0)))
      (func $hot_id (type $unary)
        (drop (i32.const 1)) (drop (i32.const 2)) (drop (i32.const 3)) (drop (i32.const 4))
        (local.get 0))
      (func $cold_load (param i64) (result i32)
        (i32.add (i32.load8_u (i32.const 0))
                 (i32.add (i32.wrap_i64 (local.get 0)) (call $cold_inner (i32.const 5)))))
      (func $cold_inner (type $unary)
        (call_indirect (type $unary) (i32.add (local.get 0) (i32.const 1)) (i32.const 1)))
      (func (export "run") (param i32) (result i32)
        (i32.add
          (call_indirect (type $unary) (local.get 0) (i32.const 2))
          (i32.add (call $cold_load (i64.const 1000)) (global.get $count))))
      (func $cold_exported (export "cold_exported") (result i32)
        (i32.add (global.get $count) (i32.add (global.get $count) (call $twice (i32.const 1))))))
"#;

#[derive(Default)]
struct Page {
    log: Vec<i32>,
    ran: BTreeSet<i32>,
    asked: usize,
    rest: Option<Module>,
    first: Option<Instance>,
}

/// What JavaScript does in a page: brings the rest when it is asked for.
fn bring_rest(mut page: Caller<'_, Page>) {
    page.data_mut().asked += 1;
    let (Some(rest), Some(first)) = (page.data_mut().rest.take(), page.data().first) else {
        return;
    };
    let engine = page.engine().clone();
    let mut linker = linker(&engine);
    let exports: Vec<(String, Extern)> = first
        .exports(&page)
        .map(|it| (it.name().to_owned(), it.into_extern()))
        .collect();
    for (name, item) in exports {
        linker.define(FIRST, &name, item).unwrap();
    }
    linker
        .instantiate_and_start(page.as_context_mut(), &rest)
        .unwrap();
}

fn linker(engine: &Engine) -> Linker<Page> {
    let mut linker = Linker::new(engine);
    linker
        .func_wrap("page", "log", |mut page: Caller<'_, Page>, number: i32| {
            page.data_mut().log.push(number);
        })
        .unwrap();
    linker
        .func_wrap(RAN.0, RAN.1, |mut page: Caller<'_, Page>, number: i32| {
            page.data_mut().ran.insert(number);
        })
        .unwrap();
    linker.func_wrap(ASK.0, ASK.1, bring_rest).unwrap();
    linker
}

/// `run(9)` and `cold_exported()`, and what the page saw of it.
fn run(first: &[u8], rest: Option<&[u8]>) -> (i32, i32, Page) {
    let engine = Engine::default();
    let rest = rest.map(|it| Module::new(&engine, it).unwrap());
    let page = Page {
        rest,
        ..Page::default()
    };
    let mut store = Store::new(&engine, page);
    let module = Module::new(&engine, first).unwrap();
    let instance = linker(&engine)
        .instantiate_and_start(&mut store, &module)
        .unwrap();
    store.data_mut().first = Some(instance);
    let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
    let answer = run.call(&mut store, 9).unwrap();
    let other = instance.get_typed_func::<(), i32>(&store, "cold_exported");
    let exported = other.unwrap().call(&mut store, ()).unwrap();
    (answer, exported, store.into_data())
}

fn whole() -> Vec<u8> {
    wat::parse_str(WHOLE).unwrap()
}

#[test]
fn halves_do_together_what_the_whole_did() {
    let (answer, exported, page) = run(&whole(), None);
    assert_eq!(
        (answer, exported),
        (81 + 42 + 1000 + 12 + 107, 107 + 107 + 2)
    );
    assert_eq!(page.log, [107]);

    let halves = cut(&whole(), |name| name.starts_with("cold")).unwrap();
    assert_eq!(halves.moved, 3, "{halves:?}");
    let (again, exported_again, page) = run(&halves.first, Some(&halves.rest));
    assert_eq!((again, exported_again), (answer, exported));
    assert_eq!(page.log, [107]);
    assert!(page.asked > 0, "the rest was never needed");
}

#[test]
fn any_cut_is_right() {
    let (answer, exported, _) = run(&whole(), None);
    let all = names(&whole()).unwrap();
    for chosen in 0..1_u32 << all.len() {
        let moves = |name: &str| {
            all.iter()
                .position(|it| it == name)
                .is_some_and(|at| chosen & (1 << at) != 0)
        };
        let halves = cut(&whole(), moves).unwrap();
        let (again, exported_again, page) = run(&halves.first, Some(&halves.rest));
        assert_eq!(
            (again, exported_again),
            (answer, exported),
            "cut {chosen:b}"
        );
        assert_eq!(page.log, [107], "cut {chosen:b}");
    }
}

#[test]
fn nothing_cut_is_the_module_as_it_was() {
    let halves = cut(&whole(), |_| false).unwrap();
    assert_eq!((halves.moved, halves.stubs), (0, 0));
    let (answer, ..) = run(&halves.first, None);
    assert_eq!(answer, run(&whole(), None).0);
}

#[test]
fn a_watched_module_tells_what_ran_and_does_the_same() {
    let (answer, exported, page) = run(&watch(&whole()).unwrap(), None);
    assert_eq!((answer, exported), (run(&whole(), None).0, 216));
    let names = names(&whole()).unwrap();
    let ran: Vec<&str> = page
        .ran
        .iter()
        .map(|it| names[*it as usize].as_str())
        .collect();
    assert!(
        ran.contains(&"cold_inner") && ran.contains(&"hot_id"),
        "{ran:?}"
    );
}

#[test]
fn what_is_no_module_is_an_error() {
    assert!(cut(b"nothing of the kind", |_| true).is_err());
    assert!(watch(b"").is_err());
}
