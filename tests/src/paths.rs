//! Where things are: by environment variable, else where the project's own commands put them.

use std::path::{Path, PathBuf};

/// The project's folder.
pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_path_buf()
}

/// `DUOLOGUE_BIN`, or what `cargo xtask dist` made.
pub fn server_binary() -> PathBuf {
    from_env("DUOLOGUE_BIN").unwrap_or_else(|| root().join("target/release/duologue"))
}

/// `DUOLOGUE_DIST`, or what `cargo xtask dist` made.
pub fn bundle() -> PathBuf {
    from_env("DUOLOGUE_DIST").unwrap_or_else(|| root().join("dist"))
}

/// A browser, a driver, another server: the variable, the distribution's, or the one that set-up built.
pub fn tool(variable: &str, names: &[&str]) -> Result<PathBuf, String> {
    if let Some(path) = from_env(variable) {
        return Ok(path);
    }
    let (bin, sbin) = (PathBuf::from("/usr/bin"), PathBuf::from("/usr/sbin"));
    let folders = [bin, sbin, root().join("target/tools/bin")];
    folders
        .iter()
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|path| path.exists())
        .ok_or_else(|| {
            format!(
                "no {}: run `cargo xtask setup`, or set {variable}",
                names.join(" or ")
            )
        })
}

/// What looks a page over for barriers: `AXE`, or what set-up installed.
pub fn axe() -> PathBuf {
    let installed = "target/tools/axe/node_modules/axe-core/axe.min.js";
    from_env("AXE").unwrap_or_else(|| root().join(installed))
}

/// Where a failed test leaves its screenshots.
pub fn evidence() -> PathBuf {
    root().join("target/e2e")
}

fn from_env(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}
