//! `cargo xtask profile`: calls in real browsers with a page that notes which of its functions run, and
//! from that the list of those that the first load does without. To be run after larger changes of the
//! page: what is new counts as needed until then.

use std::fs;

use crate::run::Outcome;
use crate::setup::{self, Need};
use crate::{bench, bundle, halves, server};

pub fn run() -> Outcome {
    let env = setup::run(Need::Everything)?;
    let folder = env.root().join("target/profile");
    fs::create_dir_all(&folder)?;
    let (whole, ran) = (folder.join("whole.wasm"), folder.join("ran.txt"));
    bundle::build_watched(&env, &whole)?;
    let binary = server::build(&env)?;
    bench::play(&env, &binary, "first-call")?;
    halves::write_list(&env, &whole, &ran)?;
    // What lies in dist now is for nobody's use.
    bundle::build(&env)
}
