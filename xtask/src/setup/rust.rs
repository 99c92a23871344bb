//! A compiler for wasm: the toolchain's own target, or Debian's where that cannot be downloaded.
//!
//! Debian packages a newer rustc with std's sources. rustup learns of it as `distro`; std for
//! wasm is built from those sources once and put where that compiler looks for it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::packages::{as_root, has_apt, install as install_packages};
use crate::env::{DISTRO, Env, Route, WASM, root};
use crate::run::{self, Fail, Outcome, ask, find, took};

pub const WHY: &str = "rustc cannot compile for wasm32-unknown-unknown yet";
/// rustc, cargo and std's sources, and the linker of the same LLVM.
const PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const LINKER: &str = "/usr/bin/lld-22";
const SYSROOT: &str = "/usr/lib/rustlib";

pub fn install() -> Outcome<Env> {
    let started = Instant::now();
    eprintln!("setup: wasm compiler: {WHY}");
    let routes = Route::candidates();
    if routes.contains(&Route::Default) && add_target() {
        eprintln!("setup: wasm compiler: done in {}", took(started));
        return Ok(Env::new(Route::Default));
    }
    if !routes.contains(&Route::Distro) || !has_apt() {
        return Err(Fail::new(
            format!("the {WASM} target cannot be added to this toolchain"),
            format!("`rustup target add {WASM}` has to succeed, or the machine to be a Debian"),
        ));
    }
    install_distro()?;
    eprintln!("setup: wasm compiler: done in {}", took(started));
    Ok(Env::new(Route::Distro))
}

/// The ordinary way. False on a closed network.
fn add_target() -> bool {
    if find("rustup", None).is_none() {
        return false;
    }
    eprintln!("setup: running rustup target add {WASM}; usually takes 20 s");
    let mut command = Command::new("rustup");
    command
        .args(["target", "add", WASM])
        .stdout(std::io::stderr());
    run::run(&mut command, "").is_ok() && Route::Default.works()
}

fn install_distro() -> Outcome {
    eprintln!("setup: it cannot be downloaded; Debian's compiler instead, usually takes 2 min");
    if find("rustup", None).is_none() {
        return Err(Fail::new(
            "rustup is needed to use Debian's compiler beside your own",
            "apt-get install rustup, or see https://rustup.rs, then run this again",
        ));
    }
    if !PACKAGES.iter().all(|package| is_installed(package)) {
        install_packages(PACKAGES)?;
    }
    let linked = ask(Command::new("rustup").args(["toolchain", "list"])).is_some_and(|list| {
        list.lines()
            .any(|line| line.split(' ').next() == Some(DISTRO))
    });
    if !linked {
        let mut link = Command::new("rustup");
        run::run(
            link.args(["toolchain", "link", DISTRO, "/usr"]),
            "is rustup up to date?",
        )?;
    }
    link_linker()?;
    if !Route::Distro.works() {
        build_std()?;
    }
    if Route::Distro.works() {
        return Ok(());
    }
    Err(Fail::new(
        "Debian's compiler is installed and still cannot compile for wasm",
        format!(
            "see why: echo | RUSTUP_TOOLCHAIN={DISTRO} rustc --crate-type=cdylib --target {WASM} -"
        ),
    ))
}

fn is_installed(package: &str) -> bool {
    ask(Command::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package]))
        .is_some_and(|status| status == "installed")
}

/// rustc looks for its wasm linker under this name and no other.
fn link_linker() -> Outcome {
    let host = ask(distro("rustc").arg("-vV"))
        .and_then(|text| {
            text.lines()
                .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        })
        .ok_or_else(|| {
            Fail::new(
                "Debian's rustc does not run",
                "try `RUSTUP_TOOLCHAIN=distro rustc -vV`",
            )
        })?;
    let folder = format!("{SYSROOT}/{host}/bin");
    let link = format!("{folder}/rust-lld");
    if Path::new(&link).exists() {
        return Ok(());
    }
    run::run(&mut as_root(&["mkdir", "-p", &folder])?, "")?;
    run::run(&mut as_root(&["ln", "-sf", LINKER, &link])?, "")
}

/// From an empty package: one with dependencies would leave doubles in the sysroot.
fn build_std() -> Outcome {
    eprintln!("setup: building std for wasm; usually takes 1 min");
    let folder = root().join("target/tools/std");
    fs::create_dir_all(folder.join("src"))?;
    // A workspace of its own, so that cargo does not look for one above.
    let manifest = "[package]\nname = \"empty\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/lib.rs"), "")?;
    let mut build = distro("cargo");
    build.current_dir(&folder).env("RUSTC_BOOTSTRAP", "1");
    build.env("CARGO_TARGET_DIR", folder.join("target"));
    // Without bitcode in std, a build with link-time optimisation stops.
    build.env("RUSTFLAGS", "-Cembed-bitcode=yes -Ccodegen-units=1");
    build.args([
        "build",
        "--quiet",
        "--release",
        "-Zbuild-std=std,panic_abort",
        "--target",
        WASM,
    ]);
    run::run(
        &mut build,
        "are rustc-web and rust-web-src of the same version?",
    )?;

    let built = folder.join("target").join(WASM).join("release/deps");
    let rlibs = std_rlibs(&built)?;
    let lib = format!("{SYSROOT}/{WASM}/lib");
    // Another version's leftovers would be found first.
    run::run(&mut as_root(&["rm", "-rf", &lib])?, "")?;
    run::run(&mut as_root(&["mkdir", "-p", &lib])?, "")?;
    let mut copy = vec!["cp", "-t", &lib];
    copy.extend(rlibs.iter().map(String::as_str));
    run::run(&mut as_root(&copy)?, "is the disk full?")?;
    fs::remove_dir_all(&folder)?;
    // What was compiled against the std before this one can no longer be used.
    if let Some(stale) = Env::new(Route::Distro)
        .wasm_target_dir()
        .filter(|dir| dir.exists())
    {
        fs::remove_dir_all(stale)?;
    }
    Ok(())
}

fn std_rlibs(built: &Path) -> Outcome<Vec<String>> {
    let mut rlibs = Vec::new();
    for entry in fs::read_dir(built)? {
        let path = entry?.path();
        let own = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("libempty-"));
        if path
            .extension()
            .is_some_and(|extension| extension == "rlib")
            && !own
        {
            rlibs.push(path.to_string_lossy().into_owned());
        }
    }
    Ok(rlibs)
}

fn distro(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env("RUSTUP_TOOLCHAIN", DISTRO)
        .env_remove("LD_LIBRARY_PATH");
    command
}
