//! A Debian package round the binary: with its unit, its settings, its documents and what a package says
//! of itself. What stands in `deploy/` goes in as it is. Debian's own `dpkg-deb` makes the archive.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::env::Env;
use crate::run::{self, Fail, Outcome, ask};

const SYMBOLS: &[u8] = b"GLIBC_2.";
const EXECUTABLE: u32 = 0o755;
const READABLE: u32 = 0o644;
const ROOTS: u32 = 0o640;
/// Settings, which a later package does not overwrite. The first of them has to be there, and is read by systemd
/// as root: it may hold secrets. The other one the server reads by itself, as a user that owns nothing.
const SETTINGS: [(&str, u32); 2] = [("environment", ROOTS), ("duologue.toml", READABLE)];
/// For those who put something before the server.
const EXAMPLES: [&str; 4] = ["Caddyfile", "nginx.conf", "coturn.conf", "Containerfile"];
const MAINTAINER: &str = "The Duologue developers <duologue@users.noreply.github.com>";
const PAGES: [&str; 2] = ["hosting.md", "protocol.md"];

/// Answers with its path.
pub fn build(env: &Env, binary: &Path) -> Outcome<PathBuf> {
    let tree = Tree::begin(env.root().join("target/deb/tree"))?;
    let deploy = env.root().join("deploy");
    tree.copy(binary, "usr/bin/duologue", EXECUTABLE)?;
    // Names of functions are a third of it; a panic tells file and line without them.
    let mut strip = Command::new("strip");
    strip.arg(tree.0.join("usr/bin/duologue"));
    run::run(&mut strip, "Debian's package `binutils` has strip")?;
    tree.copy(
        &deploy.join("duologue.service"),
        "usr/lib/systemd/system/duologue.service",
        READABLE,
    )?;
    let kept = settings(&tree, &deploy)?;
    let (version, architecture) = (version(env)?, architecture()?);
    documents(env, &tree, &version)?;
    for script in ["postinst", "prerm", "postrm"] {
        let from = deploy.join("debian").join(script);
        tree.copy(&from, &format!("DEBIAN/{script}"), EXECUTABLE)?;
    }
    tree.write("DEBIAN/conffiles", &kept)?;
    let control = control(&version, &architecture, &fs::read(binary)?, tree.size()?);
    tree.write("DEBIAN/control", &control)?;

    let package = env
        .root()
        .join(format!("target/deb/duologue_{version}_{architecture}.deb"));
    let mut command = Command::new("dpkg-deb");
    command.args(["--root-owner-group", "--build"]);
    command.arg(&tree.0).arg(&package).stdout(std::io::stderr());
    run::run(&mut command, "Debian's package `dpkg` has dpkg-deb")?;
    Ok(package)
}

/// Answers with their places, a line each.
fn settings(tree: &Tree, deploy: &Path) -> Outcome<String> {
    let mut kept = String::new();
    for (name, mode) in SETTINGS {
        let at = format!("etc/duologue/{name}");
        if tree.copy_if_there(&deploy.join(name), &at, mode)? {
            kept += &format!("/{at}\n");
        }
    }
    if kept.contains(".toml") {
        tree.replace(
            "etc/duologue/environment",
            "#DUOLOGUE_CONFIG",
            "DUOLOGUE_CONFIG",
        )?;
    }
    Ok(kept)
}

fn documents(env: &Env, tree: &Tree, version: &str) -> Outcome {
    let (root, place) = (env.root(), "usr/share/doc/duologue");
    let copyright = root.join("deploy/debian/copyright");
    tree.copy(&copyright, &format!("{place}/copyright"), READABLE)?;
    let changes = fs::read(root.join("CHANGELOG.md"))?;
    let packaged = format!(
        "duologue ({version}) unstable; urgency=medium\n\n  * changelog.gz tells what is new.\n\n \
         -- {MAINTAINER}  {}\n",
        committed(env)
    );
    for (name, text) in [
        ("changelog", &changes[..]),
        ("changelog.Debian", packaged.as_bytes()),
    ] {
        let packed = crate::bundle::gzip(text)?;
        tree.write_bytes(&format!("{place}/{name}.gz"), &packed)?;
    }
    for page in PAGES {
        let at = format!("{place}/{page}");
        tree.copy_if_there(&root.join("docs").join(page), &at, READABLE)?;
    }
    for example in EXAMPLES {
        let at = format!("{place}/examples/{example}");
        tree.copy_if_there(&root.join("deploy").join(example), &at, READABLE)?;
    }
    Ok(())
}

fn control(version: &str, architecture: &str, binary: &[u8], size: u64) -> String {
    format!(
        "Package: duologue\n\
         Version: {version}\n\
         Architecture: {architecture}\n\
         Maintainer: {MAINTAINER}\n\
         Installed-Size: {size}\n\
         Depends: libc6 (>= 2.{}), libgcc-s1\n\
         Recommends: ca-certificates\n\
         Section: web\n\
         Priority: optional\n\
         Homepage: https://github.com/duologue/duologue\n\
         Description: video calls between browsers\n \
         The page, and the server that introduces people to each other. Sound and\n \
         pictures go from browser to browser; the server sees a hash of each room and\n \
         sealed messages, and keeps everything in memory.\n",
        newest_symbols(binary)
    )
}

/// Of `GLIBC_2.NN`, which stands in the binary for each version of the C library that it takes things from.
fn newest_symbols(binary: &[u8]) -> u32 {
    let found = binary.windows(SYMBOLS.len() + 2).filter_map(|window| {
        let digits = window.strip_prefix(SYMBOLS)?;
        let digits: String = digits
            .iter()
            .take_while(|it| it.is_ascii_digit())
            .map(|it| char::from(*it))
            .collect();
        digits.parse().ok()
    });
    found.max().unwrap_or(0)
}

fn version(env: &Env) -> Outcome<String> {
    let metadata = ask(env
        .cargo()
        .args(["metadata", "--no-deps", "--format-version=1"]))
    .and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let packages = metadata.as_ref().and_then(|it| it["packages"].as_array());
    let server = packages.and_then(|all| all.iter().find(|it| it["name"] == "duologue-server"));
    let version = server.and_then(|it| it["version"].as_str());
    let none = || Fail::new("`cargo metadata` names no server", "run it to see why");
    // Debian sorts a version with a tilde before the one without; the last number is of the packaging.
    Ok(format!("{}-1", version.ok_or_else(none)?.replace('-', "~")))
}

/// When what is packaged was committed, as mails write it.
fn committed(env: &Env) -> String {
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%cD"])
        .current_dir(env.root());
    let unknown = || "Thu, 01 Jan 1970 00:00:00 +0000".to_owned();
    ask(&mut git).map_or_else(unknown, |it| it.trim().to_owned())
}

fn architecture() -> Outcome<String> {
    let answer = ask(Command::new("dpkg").arg("--print-architecture"));
    answer
        .map(|it| it.trim().to_owned())
        .ok_or_else(|| Fail::new("this machine has no dpkg", "make Debian packages on Debian"))
}

/// What will be in the package, as files in a folder.
struct Tree(PathBuf);

impl Tree {
    fn begin(folder: PathBuf) -> Outcome<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        set_mode(&folder, EXECUTABLE)?;
        Ok(Tree(folder))
    }

    /// With the folders above it, which everybody may look into.
    fn place(&self, at: &str) -> Outcome<PathBuf> {
        let place = self.0.join(at);
        let mut folder = self.0.clone();
        for part in Path::new(at).parent().into_iter().flat_map(Path::iter) {
            folder.push(part);
            if !folder.exists() {
                fs::create_dir(&folder)?;
                set_mode(&folder, EXECUTABLE)?;
            }
        }
        Ok(place)
    }

    fn copy(&self, from: &Path, at: &str, mode: u32) -> Outcome {
        let place = self.place(at)?;
        fs::copy(from, &place)?;
        set_mode(&place, mode)?;
        Ok(())
    }

    fn copy_if_there(&self, from: &Path, at: &str, mode: u32) -> Outcome<bool> {
        let there = from.exists();
        if there {
            self.copy(from, at, mode)?;
        }
        Ok(there)
    }

    fn write(&self, at: &str, text: &str) -> Outcome {
        self.write_bytes(at, text.as_bytes())
    }

    fn write_bytes(&self, at: &str, bytes: &[u8]) -> Outcome {
        let place = self.place(at)?;
        fs::write(&place, bytes)?;
        set_mode(&place, READABLE)?;
        Ok(())
    }

    /// Whoever may read it stays the same.
    fn replace(&self, at: &str, what: &str, with: &str) -> Outcome {
        let file = self.0.join(at);
        let text = fs::read_to_string(&file)?;
        Ok(fs::write(file, text.replace(what, with))?)
    }

    /// In KiB, as Debian reckons.
    fn size(&self) -> Outcome<u64> {
        fn below(folder: &Path) -> Outcome<u64> {
            let mut sum = 0;
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                sum += match entry.file_type()?.is_dir() {
                    true => 1 + below(&entry.path())?,
                    false => entry.metadata()?.len().div_ceil(1024),
                };
            }
            Ok(sum)
        }
        below(&self.0)
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> Outcome {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn settings_that_may_hold_secrets_are_roots_and_those_that_the_server_reads_are_not() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("duologue-deb-{}", std::process::id()));
        let tree = Tree::begin(folder.clone()).unwrap();
        let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
        let kept = settings(&tree, &deploy).unwrap();
        assert_eq!(
            kept,
            "/etc/duologue/environment\n/etc/duologue/duologue.toml\n"
        );
        let mode = |name: &str| {
            let file = folder.join("etc/duologue").join(name);
            fs::metadata(file).unwrap().permissions().mode() & 0o777
        };
        assert_eq!(
            (mode("environment"), mode("duologue.toml")),
            (ROOTS, READABLE)
        );
        let text = fs::read_to_string(folder.join("etc/duologue/environment")).unwrap();
        assert!(text.contains("\nDUOLOGUE_CONFIG=/etc/duologue/duologue.toml\n"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_newest_library_that_it_takes_from_is_named() {
        let binary = b"\0GLIBC_2.9\0GLIBC_2.34\0memcpy\0GLIBC_2.2.5\0GLIBC_PRIVATE\0";
        assert_eq!(newest_symbols(binary), 34);
        assert_eq!(newest_symbols(b"nothing"), 0);
        let control = control("0.1.0", "amd64", binary, 7);
        assert!(control.contains("\nDepends: libc6 (>= 2.34), libgcc-s1\n"));
        // An empty line would end it.
        assert!(!control.contains("\n\n") && control.ends_with('\n'));
    }
}
