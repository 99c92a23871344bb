//! The page without a network: its service worker learns here what files there are.

use std::fs;
use std::path::Path;

use crate::bundle::files;
use crate::halves::digest;
use crate::run::Outcome;

const WORKER: &str = include_str!("../../assets/sw.js");

/// Writes `sw.js` for everything in `folder`.
pub fn write_worker(folder: &Path) -> Outcome {
    let mut names = Vec::new();
    let mut contents = Vec::new();
    for file in files(folder)? {
        let name = file.strip_prefix(folder).unwrap_or(&file);
        let name = name.to_string_lossy().replace('\\', "/");
        contents.push(fs::read(&file)?);
        // The page is asked for by its folder, and English is part of it.
        if !["index.html", "sw.js", "words/en.ftl"].contains(&name.as_str()) {
            names.push(name);
        }
    }
    let contents: Vec<&[u8]> = contents.iter().map(Vec::as_slice).collect();
    let version = format!("duologue-{:016x}", digest(&contents));
    Ok(fs::write(folder.join("sw.js"), worker(&version, &names))?)
}

fn worker(version: &str, names: &[String]) -> String {
    WORKER
        .replace("'VERSION'", &format!("'{version}'"))
        .replace("'FILES'", &format!("'{}'", names.join("', '")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_knows_the_version_and_every_file() {
        let text = worker("duologue-1", &["a.js".into(), "b.css".into()]);
        assert!(text.contains("VERSION = 'duologue-1', FILES = ['a.js', 'b.css'];"));
    }
}
