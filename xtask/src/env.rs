//! Where things are, and with which toolchain and PATH each kind of program runs.
//!
//! The one place that knows whether wasm is built by the machine's own toolchain or by the
//! distribution's, which `setup` links under the name `distro` when the former has no wasm std.

use std::env;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{self, Fail, Outcome};

/// The name under which rustup knows the distribution's compiler.
pub const DISTRO: &str = "distro";
pub const WASM: &str = "wasm32-unknown-unknown";
/// Lets a person force a route: `default` or `distro`.
const FORCE: &str = "DUOLOGUE_WASM_TOOLCHAIN";

/// Who compiles for wasm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The toolchain that also compiles everything else.
    Default,
    /// Debian's `rustc-web`, through rustup.
    Distro,
}

impl Route {
    /// The routes to try, the preferred one first.
    pub fn candidates() -> &'static [Self] {
        match env::var(FORCE).as_deref() {
            Ok("default") => &[Self::Default],
            Ok("distro") => &[Self::Distro],
            _ => &[Self::Default, Self::Distro],
        }
    }

    fn apply(self, command: &mut Command) {
        if self == Self::Distro {
            command.env("RUSTUP_TOOLCHAIN", DISTRO);
            // What `cargo run` set for its own toolchain's libraries.
            command.env_remove("LD_LIBRARY_PATH");
        }
    }

    /// Really compiles and links a few lines: a std of another compiler version or a missing
    /// linker is found here and not in the middle of a build.
    pub fn works(self) -> bool {
        let out = env::temp_dir().join(format!("duologue-probe-{}.wasm", std::process::id()));
        let mut command = Command::new("rustc");
        command.args([
            "--edition=2024",
            "--crate-type=cdylib",
            "--target",
            WASM,
            "-Cpanic=abort",
        ]);
        command.arg("-o").arg(&out).arg("-");
        self.apply(&mut command);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let ended = command.spawn().and_then(|mut child| {
            if let Some(mut stdin) = child.stdin.take() {
                stdin.write_all(b"#[unsafe(no_mangle)] pub fn probe() { println!() }")?;
            }
            child.wait()
        });
        let _ = std::fs::remove_file(&out);
        ended.is_ok_and(|status| status.success())
    }
}

#[derive(Clone, Debug)]
pub struct Env {
    root: PathBuf,
    path: OsString,
    pub route: Route,
}

impl Env {
    pub fn new(route: Route) -> Self {
        let root = root();
        let tools = root.join("target/tools");
        let own = [
            tools.join("bin"),
            tools.join("npm/node_modules/.bin"),
            tools.join("fallback"),
        ];
        let path = env::var_os("PATH").unwrap_or_default();
        // Own tools win over what is on PATH: their versions are the ones this project pins.
        let path = env::join_paths(own.into_iter().chain(env::split_paths(&path))).unwrap_or(path);
        Self { root, path, route }
    }

    /// With the route that works, if one does.
    pub fn detect() -> Option<Self> {
        Route::candidates()
            .iter()
            .find(|route| route.works())
            .map(|route| Self::new(*route))
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    pub fn tools(&self) -> PathBuf {
        self.root.join("target/tools")
    }

    pub fn find(&self, names: &[&str]) -> Option<PathBuf> {
        names
            .iter()
            .find_map(|name| run::find(name, Some(&self.path)))
    }

    /// As `find`, for what `setup` has just made sure of.
    pub fn require(&self, names: &[&str]) -> Outcome<PathBuf> {
        self.find(names).ok_or_else(|| {
            Fail::new(
                format!("{} is not installed", names.join(" or ")),
                "run `cargo xtask setup`",
            )
        })
    }

    /// A program at the project's root with the project's tools on PATH.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", &self.path);
        command
    }

    /// cargo for everything that runs on this machine.
    pub fn cargo(&self) -> Command {
        self.command("cargo")
    }

    /// `program` (cargo, trunk) for what runs in the browser.
    pub fn wasm(&self, program: &str) -> Command {
        let mut command = self.command(program);
        self.route.apply(&mut command);
        if let Some(target) = self.wasm_target_dir() {
            command.env("CARGO_TARGET_DIR", target);
        }
        command
    }

    /// Two compilers must not share a target directory: each would undo the other's work, and
    /// one that has seen another std refuses to build.
    pub fn wasm_target_dir(&self) -> Option<PathBuf> {
        (self.route == Route::Distro).then(|| self.root.join("target/wasm"))
    }

    /// Where cargo puts what runs on this machine.
    pub fn target_dir(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| self.root.join("target"), |target| self.root.join(target))
    }
}

/// The workspace's folder: the parent of this package's.
pub fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let here = here.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    here.parent().map(Path::to_path_buf).unwrap_or(here)
}
