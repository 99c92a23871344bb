//! Checks the languages against each other and writes the page's table of words, in English. What is
//! wrong with a language stops the build.

use duologue_words::{check::File, generate::generate};
use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=words");
    let mut texts = Vec::new();
    for entry in fs::read_dir("words")? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "ftl") {
            let name = path.to_string_lossy().replace('\\', "/");
            texts.push((name, fs::read_to_string(&path)?));
        }
    }
    texts.sort();
    let files: Vec<File> = texts
        .iter()
        .map(|(path, text)| File { path, text })
        .collect();
    match generate(&files) {
        Ok(table) => fs::write(Path::new(&env::var("OUT_DIR")?).join("words.rs"), table)?,
        Err(breaches) => {
            for breach in breaches {
                println!("cargo::error={breach}");
            }
        }
    }
    Ok(())
}
