//! Dependencies point one way: `screens, parts → session → core`, `session → browser`, `server →
//! core`. This reads the sources and fails when an arrow runs the wrong way, so that nobody has to
//! remember it. Every path that a file names counts, in a `use` or in the middle of a line.

use duologue_e2e::paths;
use std::path::{Path, PathBuf};

/// Who must not name what. A path is forbidden when it begins with one of `never` and with none of
/// `unless`.
struct Rule {
    folder: &'static str,
    never: &'static [&'static str],
    unless: &'static [&'static str],
    because: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        folder: "crates/core/src",
        never: &[
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "leptos",
            "gloo_net",
            "gloo_timers",
            "tokio",
            "axum",
            "std::time::Instant",
            "std::time::SystemTime",
            "rand",
            "getrandom",
        ],
        unless: &[],
        because: "the core knows no browser, no socket, no clock and no source of chance",
    },
    Rule {
        folder: "src/browser",
        never: &[
            "crate::session",
            "crate::screens",
            "crate::parts",
            "crate::route",
            "leptos",
            "duologue_core::call",
            "duologue_core::hub",
            "duologue_core::link",
            "duologue_core::peer",
            "duologue_core::negotiate",
            "duologue_core::seal",
            "duologue_core::token",
        ],
        unless: &[],
        because: "a wrapper translates and decides nothing",
    },
    Rule {
        folder: "src/session",
        never: &["crate::screens", "crate::parts"],
        unless: &[],
        because: "the session is driven by screens and knows none",
    },
    Rule {
        folder: "src/screens",
        never: SHOWN,
        unless: SHOWABLE,
        because: "a screen sends intents and reads signals",
    },
    Rule {
        folder: "src/parts",
        never: SHOWN,
        unless: SHOWABLE,
        because: "a part takes signals and callbacks",
    },
    Rule {
        folder: "crates/server/src",
        never: &["duologue_core", "leptos", "web_sys"],
        unless: &[
            "duologue_core::wire",
            "duologue_core::cluster",
            "duologue_core::directory",
            "duologue_core::hub",
            "duologue_core::json::Json",
            "duologue_core::ids",
            "duologue_core::pace",
            "duologue_core::time",
        ],
        because: "the server relays, and never opens what it relays",
    },
];

const SHOWN: &[&str] = &[
    "crate::browser",
    "web_sys::RtcPeerConnection",
    "duologue_core::io",
    "duologue_core::call",
    "duologue_core::peer",
    "duologue_core::link",
    "duologue_core::negotiate",
];
/// A stream is attached to a `<video>` where the `<video>` is, and what is drawn floats from there.
const SHOWABLE: &[&str] = &[
    "crate::browser::media::Stream",
    "crate::browser::video",
    "crate::browser::pip",
];

#[test]
fn no_arrow_runs_the_wrong_way() {
    let mut breaches = Vec::new();
    for rule in RULES {
        let files = sources(&paths::root().join(rule.folder));
        assert!(
            !files.is_empty(),
            "no sources in {}: has the layout changed?",
            rule.folder
        );
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            breaches.extend(breaches_of(rule, &file.display().to_string(), &text));
        }
    }
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

#[test]
fn closures_and_timers_are_owned_not_forgotten() {
    for file in sources(&paths::root().join("src")) {
        let text = code_of(&std::fs::read_to_string(&file).unwrap());
        for word in [".forget()", "mem::forget", ".into_js_value()"] {
            assert!(!text.contains(word), "{} has {word}", file.display());
        }
    }
}

#[test]
fn a_breach_is_found_wherever_it_hides() {
    let browser = &RULES[1];
    for breach in [
        "use leptos::prelude::*;",
        "use crate::session::Call;",
        "use crate::{\n    browser::clock,\n    session::{Call, view::Tile},\n};",
        "fn f() { crate::screens::call::show() }",
        "pub(crate) use crate::parts as p;",
        "use super::super::session::Call;",
        "use crate::{a::{b, c}, session::{x, y}};",
    ] {
        assert!(
            !breaches_of(browser, "src/browser/x.rs", breach).is_empty(),
            "{breach}"
        );
    }
    for fine in [
        "// use leptos::prelude::*;",
        "use crate::browser::clock;",
        "/// See `crate::session`.\nfn f() {}",
        "let url = \"https://leptos.dev/crate::session\";",
        "use duologue_core::ids::ConnId;",
    ] {
        assert!(
            breaches_of(browser, "src/browser/x.rs", fine).is_empty(),
            "{fine}"
        );
    }
    let parts = &RULES[4];
    assert!(breaches_of(parts, "x", "use crate::browser::media::Stream;").is_empty());
    assert_eq!(
        breaches_of(parts, "x", "use crate::browser::media::{Stream, Track};").len(),
        1
    );
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}

fn breaches_of(rule: &Rule, file: &str, text: &str) -> Vec<String> {
    let begins = |path: &str, with: &str| {
        path.strip_prefix(with)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    named_paths(&code_of(text))
        .into_iter()
        .filter(|path| rule.never.iter().any(|never| begins(path, never)))
        .filter(|path| !rule.unless.iter().any(|fine| begins(path, fine)))
        .map(|path| format!("{file} names {path}: {}", rule.because))
        .collect()
}

/// Every path with `::` in it, those of a `use` with their braces multiplied out.
fn named_paths(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(|c: char| c.is_alphabetic() || c == '_') {
        rest = &rest[at..];
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        if &rest[..end] == "use" {
            let stop = rest.find(';').unwrap_or(rest.len());
            paths.extend(expand(&rest[end..stop]));
            rest = &rest[stop..];
            continue;
        }
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':')
            .unwrap_or(rest.len());
        let path = rest[..end].trim_end_matches(':');
        if path.contains("::") {
            paths.push(from_crate(path));
        }
        rest = &rest[end..];
    }
    paths
}

/// `a::{b, c::{d, e}}` → `a::b`, `a::c::d`, `a::c::e`.
fn expand(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or(tree).trim();
        return vec![from_crate(path.trim_end_matches("::*"))];
    };
    let inner = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
    let prefix = tree[..open].trim();
    let mut depth = 0;
    let branches = inner.split(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    branches
        .filter(|branch| !branch.trim().is_empty())
        .flat_map(|branch| expand(&format!("{prefix}{}", branch.trim())))
        .collect()
}

/// Two steps up from a folder of `src` is the crate's root; one step up stays in the folder.
fn from_crate(path: &str) -> String {
    match path.strip_prefix("super::super::") {
        Some(rest) => format!("crate::{}", rest.trim_start_matches("super::")),
        None => path.to_string(),
    }
}

/// Without comments and string literals.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('/', Some('/')) => {
                chars.by_ref().take_while(|c| *c != '\n').for_each(drop);
                code.push('\n');
            }
            ('"', _) => {
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => drop(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
                code.push_str("\"\"");
            }
            ('\'', Some('"')) => {}
            _ => code.push(c),
        }
    }
    code
}
