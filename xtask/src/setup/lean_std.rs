//! The standard library's sources, so that the page can bring a std of its own: built with the page,
//! for size, without the texts and the formatting of panics that nobody sees. A twelfth less to load.
//!
//! Building std takes options that rustc calls unstable; a std from the same sources, by the same
//! compiler, is what the options are used for and nothing else. Where the sources cannot be had, the
//! page is built with the std that came with the compiler.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::env::{Env, Route, WASM};
use crate::run::{self, Outcome, ask, find};

/// What the page is compiled with in .cargo/config.toml, and what std is built without.
const FLAGS: &str = "--cfg erase_components --cfg sha2_backend_soft=\"compact\" -Csymbol-mangling-version=v0 \
                     -Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none";

pub fn missing(env: &Env) -> Option<String> {
    let done = sources(env) || tried(env).exists() || find("rustup", None).is_none();
    (!done).then(|| "std's sources are not there, the page would be a twelfth larger".to_string())
}

pub fn install(env: &Env) -> Outcome {
    let mut add = Command::new("rustup");
    add.args(["component", "add", "rust-src"]);
    add.stdout(std::io::stderr());
    let added = env.route == Route::Default && run::run(&mut add, "").is_ok();
    if !added {
        eprintln!("setup: going on without std's sources");
        fs::create_dir_all(env.tools())?;
        fs::write(tried(env), "")?;
    }
    Ok(())
}

/// Makes `build`, which compiles the page, compile std along with it, where that can be done.
pub fn apply(env: &Env, build: &mut Command) {
    if !sources(env) {
        return;
    }
    build.env("RUSTC_BOOTSTRAP", "1");
    build.env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
    build.env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size");
    let target = WASM.to_uppercase().replace('-', "_");
    build.env(format!("CARGO_TARGET_{target}_RUSTFLAGS"), FLAGS);
}

fn sources(env: &Env) -> bool {
    ask(env.wasm("rustc").args(["--print", "sysroot"])).is_some_and(|sysroot| {
        let library = "lib/rustlib/src/rust/library/Cargo.lock";
        PathBuf::from(sysroot.trim()).join(library).exists()
    })
}

/// Says that the sources could not be had, so that not every set-up asks for them again.
fn tried(env: &Env) -> PathBuf {
    env.tools().join("no-std-sources")
}
