//! The project's commands: `cargo xtask setup | serve | test | dist | bench | profile | screens | lint`.
//!
//! Owns how things are built, run and checked, never what they do. News goes to stderr; stdout
//! carries results only, so that a script can read them.

#![allow(clippy::print_stdout, reason = "a command line tool answers on stdout")]

mod bench;
mod bundle;
mod deb;
mod env;
mod glue;
mod halves;
mod licences;
mod lint;
mod offline;
mod profile;
mod run;
mod serve;
mod server;
mod setup;
mod signal;
mod styles;
mod test;

use std::process::ExitCode;

use crate::env::Env;
use crate::run::{Fail, Outcome};
use crate::setup::Need;

const USAGE: &str = "\
cargo xtask COMMAND

  setup [--check]                            install tools and packages, or say what is missing
  serve [--port 8080] [--lan] [-- SERVER-ARGS]  bundle the page, build the server, run it
  test [core|server|page|e2e]                every test, or one layer
  dist [--deb]                               dist/ and target/release/duologue, and a Debian package of it
  bench [bundle|call|people|files|names]     benchmarks, results in target/bench
  bench signal [soak|hostile|cluster] [--quick]  what the signalling server bears
  profile                                    which functions a first call needs, from real calls
  screens                                    pictures of every screen, in target/screens
  lint                                       formatting, clippy, licences of dependencies
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fail) => {
            eprintln!("\n{fail}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Outcome {
    // What follows `--` is the server's.
    let mut own: Vec<_> = std::env::args_os().skip(1).collect();
    let server = match own.iter().position(|word| word == "--") {
        Some(at) => own.split_off(at).into_iter().skip(1).collect(),
        None => Vec::new(),
    };
    let mut args = lexopt::Parser::from_args(own);
    let Some(lexopt::Arg::Value(command)) = args.next()? else {
        print!("{USAGE}");
        return Ok(());
    };
    match command.to_string_lossy().as_ref() {
        "setup" => {
            let check = flag(&mut args, "check")?;
            if check {
                setup::check()
            } else {
                setup::run(Need::Everything).map(drop)
            }
        }
        "serve" => serve::run(&serve::Options::parse(args, server)?),
        _ if !server.is_empty() => Err(Fail::new("only `serve` takes arguments after `--`", USAGE)),
        "test" => {
            let layer = word(&mut args)?;
            test::run(layer.as_deref())
        }
        "dist" => {
            let deb = flag(&mut args, "deb")?;
            dist(&setup::run(Need::Serve)?, deb)
        }
        "bench" => {
            let mut words = words(&mut args)?.into_iter();
            bench::run(words.next().as_deref(), words.as_slice())
        }
        "profile" => {
            nothing_more(&mut args)?;
            profile::run()
        }
        "screens" => {
            nothing_more(&mut args)?;
            bench::in_browsers("screens")
        }
        "lint" => {
            nothing_more(&mut args)?;
            lint::run()
        }
        // Run by `serve` alone, see there.
        "announce" => serve::announce(args),
        other => Err(Fail::new(format!("there is no command `{other}`"), USAGE)),
    }
}

fn dist(env: &Env, deb: bool) -> Outcome {
    bundle::build(env)?;
    let binary = server::build(env)?;
    println!("{}\n{}", env.dist().display(), binary.display());
    if deb {
        println!("{}", deb::build(env, &binary)?.display());
    }
    Ok(())
}

/// Whether the only argument left is `--name`.
fn flag(args: &mut lexopt::Parser, name: &str) -> Result<bool, Fail> {
    let given = match args.next()? {
        None => return Ok(false),
        Some(lexopt::Arg::Long(found)) => found == name,
        Some(_) => false,
    };
    if !given {
        return Err(Fail::new("that argument is not known here", USAGE));
    }
    nothing_more(args)?;
    Ok(true)
}

/// All that is left, for a program of its own to understand.
fn words(args: &mut lexopt::Parser) -> Result<Vec<String>, Fail> {
    let words = args.raw_args()?.map(|word| word.into_string());
    words
        .collect::<Result<_, _>>()
        .map_err(|_| Fail::new("an argument is not in UTF-8", USAGE))
}

/// The one optional word after a command.
fn word(args: &mut lexopt::Parser) -> Result<Option<String>, Fail> {
    let word = match args.next()? {
        None => return Ok(None),
        Some(lexopt::Arg::Value(word)) => word.to_string_lossy().into_owned(),
        Some(_) => return Err(Fail::new("that argument is not known here", USAGE)),
    };
    nothing_more(args)?;
    Ok(Some(word))
}

fn nothing_more(args: &mut lexopt::Parser) -> Outcome {
    match args.next()? {
        None => Ok(()),
        Some(_) => Err(Fail::new("there is an argument too many", USAGE)),
    }
}
