//! The static bundle: Trunk builds it, the page's wasm is cut in two, every file gets a `.br` and a
//! `.gz` beside it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::env::Env;
use crate::run::{self, Outcome, took};
use crate::setup::lean_std;
use crate::{glue, halves, offline, styles};

/// The most that the format and browsers allow.
const BROTLI_QUALITY: i32 = 11;
const BROTLI_WINDOW: i32 = 24;

pub fn build(env: &Env) -> Outcome {
    let started = Instant::now();
    build_whole(env)?;
    for script in files(&env.dist())?.iter().filter(|it| halves::is_page(it)) {
        halves::cut(env, script)?;
    }
    offline::write_worker(&env.dist())?;
    compress(env)?;
    eprintln!(
        "bundle: {} is ready ({})",
        env.dist().display(),
        took(started)
    );
    Ok(())
}

/// A bundle that notes which functions of the page run; the module as it was goes to `whole`.
pub fn build_watched(env: &Env, whole: &Path) -> Outcome {
    build_whole(env)?;
    for script in files(&env.dist())?.iter().filter(|it| halves::is_page(it)) {
        halves::watch(env, script, whole)?;
    }
    compress(env)
}

fn build_whole(env: &Env) -> Outcome {
    eprintln!("bundle: building the page; usually takes 2 min the first time");
    let mut trunk = env.wasm("trunk");
    trunk
        .args(["build", "--release", "--skip-version-check"])
        .stdout(std::io::stderr());
    // trunk 0.21 takes only `true` or `false` here and stops at anything else.
    trunk.env_remove("NO_COLOR");
    // The compiler's message is the news, not where in trunk it was passed on.
    trunk.env("RUST_BACKTRACE", "0");
    lean_std::apply(env, &mut trunk);
    run::run(&mut trunk, "the compiler's message is above")?;
    for script in files(&env.dist())? {
        if script.extension().is_some_and(|end| end == "js") {
            glue::slim(&script)?;
        }
    }
    styles::join(&env.dist())
}

fn compress(env: &Env) -> Outcome {
    for file in files(&env.dist())? {
        let data = fs::read(&file)?;
        fs::write(beside(&file, "br"), brotli(&data)?)?;
        fs::write(beside(&file, "gz"), gzip(&data)?)?;
    }
    Ok(())
}

/// Every file of the bundle but the compressed copies, sorted.
pub fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if !path
            .extension()
            .is_some_and(|end| end == "br" || end == "gz")
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// `page.wasm` → `page.wasm.br`
pub fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}

fn brotli(data: &[u8]) -> Outcome<Vec<u8>> {
    let mut packed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: data.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &data[..], &mut packed, &params)?;
    Ok(packed)
}

pub fn gzip(data: &[u8]) -> Outcome<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data)?;
    Ok(encoder.finish()?)
}
