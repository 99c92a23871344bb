//! The page's wasm in two: what a first call runs, and the rest. What goes where is on a list that
//! `cargo xtask profile` writes from calls in real browsers; the cutting is crates/halves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::env::Env;
use crate::run::{self, Fail, Outcome};
use crate::{glue, styles};

/// What wasm-bindgen's glue says about the imports of the page; ours go beside it.
const IMPORTS: &str = "\"./duologue-web_bg.js\": import0,";
/// How a closure that was handed to the browser begins in that glue, and what it does first while the
/// rest is being asked for. What has been dropped by then is not called.
const CALLBACK: &str = "const real = (...args) => {\n";
const HOLD: &str = "if (asking) return void held.push(() => state.a && real(...args));\n";
const REST: &str = include_str!("rest.js");
const WATCH: &str = include_str!("watch.js");

/// The page's own script, not a worker's.
pub fn is_page(script: &Path) -> bool {
    let name = script.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("duologue-web-") && name.ends_with(".js")
}

pub fn wasm_of(script: &Path) -> PathBuf {
    let stem = script.file_stem().unwrap_or_default().to_string_lossy();
    script.with_file_name(format!("{stem}_bg.wasm"))
}

/// Cuts the wasm beside `script`, and gives every file of the page a name by what is in it: halves of
/// two builds must never meet in a browser's cache.
pub fn cut(env: &Env, script: &Path) -> Outcome {
    let wasm = wasm_of(script);
    let rest = script.with_file_name("rest.wasm");
    let mut tool = tool(env);
    tool.arg("cut").arg(&wasm).arg(list(env)).arg(&rest);
    run::run(&mut tool, "what is wrong with the module is above")?;

    let folder = script.with_file_name("");
    let old = script.file_stem().unwrap_or_default().to_string_lossy();
    let text = with_imports(&fs::read_to_string(script)?, "\"rest\": { ask: askRest },")?;
    let text = known(&text, CALLBACK)?.replace(CALLBACK, &format!("{CALLBACK}{HOLD}"));
    let text = glue::without_filling(&text);
    let style = styles::late(&folder)?;
    let (first, second) = (fs::read(&wasm)?, fs::read(&rest)?);
    let parts = [
        text.as_bytes(),
        REST.as_bytes(),
        style.as_bytes(),
        &first,
        &second,
    ];
    let new = format!("duologue-web-{:016x}", digest(&parts));
    let rest_of_it = REST
        .replace("REST", &format!("{new}_rest.wasm"))
        .replace("STYLE", &style);
    fs::write(script, text + &rest_of_it)?;
    fs::rename(&rest, folder.join(format!("{new}_rest.wasm")))?;
    fs::rename(&wasm, folder.join(format!("{new}_bg.wasm")))?;
    fs::rename(script, folder.join(format!("{new}.js")))?;
    let index = folder.join("index.html");
    let page = fs::read_to_string(&index)?;
    Ok(fs::write(index, page.replace(&*old, &new))?)
}

/// Makes the page note which of its functions run; the module as it was goes to `whole`.
pub fn watch(env: &Env, script: &Path, whole: &Path) -> Outcome {
    let wasm = wasm_of(script);
    fs::copy(&wasm, whole)?;
    let text = with_imports(&fs::read_to_string(script)?, "\"watch\": { ran: hasRun },")?;
    fs::write(script, text + WATCH)?;
    run::run(
        tool(env).arg("watch").arg(&wasm),
        "what is wrong with the module is above",
    )
}

/// Writes the list of what did not run, from numbers of functions that did.
pub fn write_list(env: &Env, whole: &Path, ran: &Path) -> Outcome {
    let text = run::ask(tool(env).arg("list").arg(whole).arg(ran));
    let text = text.ok_or_else(|| Fail::new("the list cannot be made", ""))?;
    Ok(fs::write(list(env), text + "\n")?)
}

fn list(env: &Env) -> PathBuf {
    env.root().join("xtask/rest-of-page.txt")
}

fn tool(env: &Env) -> Command {
    let mut cargo = env.cargo();
    cargo.args(["run", "--quiet", "--package", "duologue-halves", "--"]);
    cargo
}

fn with_imports(script: &str, ours: &str) -> Outcome<String> {
    Ok(known(script, IMPORTS)?.replacen(IMPORTS, &format!("{IMPORTS}\n{ours}"), 1))
}

/// The glue, if it has what we know it by.
fn known<'a>(script: &'a str, part: &str) -> Outcome<&'a str> {
    script.contains(part).then_some(script).ok_or_else(|| {
        Fail::new(
            format!("wasm-bindgen's glue has no `{}`", part.trim()),
            "see the constants in xtask/src/halves.rs",
        )
    })
}

/// FNV-1a: a name for a content, not a defence.
pub fn digest(parts: &[&[u8]]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.iter());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glue_without_the_known_place_is_an_error() {
        assert!(with_imports("import0", "x").is_err());
        let script = format!("return {{\n{IMPORTS}\n}};");
        assert!(
            with_imports(&script, "x: y,")
                .unwrap()
                .contains("\nx: y,\n")
        );
    }

    #[test]
    fn contents_differ_by_name() {
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"ab", b"d"]));
    }
}
