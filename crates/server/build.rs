//! Puts the page's bundle into the binary: every file below DUOLOGUE_DIST, or of `dist/` at the top of
//! the workspace, becomes an `include_bytes!`. Without a bundle the list is empty and the server says
//! so to whoever opens it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=DUOLOGUE_DIST");
    println!("cargo::rerun-if-changed=build.rs");
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let dist = match env::var_os("DUOLOGUE_DIST") {
        Some(dist) => here.join(dist),
        None => here.join("../../dist"),
    };
    let mut files = Vec::new();
    // A directory that is not there is not watched: cargo would take it for changed on every build.
    if dist.is_dir() {
        let dist = dist.canonicalize()?;
        println!("cargo::rerun-if-changed={}", dist.display());
        list(&dist, &dist, &mut files)?;
        files.sort();
    }
    let mut source = String::from("pub(super) static FILES: &[(&str, &[u8])] = &[\n");
    for (name, path) in files {
        source += &format!("    ({name:?}, include_bytes!({path:?})),\n");
    }
    source += "];\n";
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("bundle.rs"), source)
}

/// Pairs of the path below `root` with slashes and the path on this disk.
fn list(root: &Path, directory: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            list(root, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
            files.push((parts.join("/"), path));
        }
    }
    Ok(())
}
