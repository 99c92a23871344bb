//! All that this server was told, with the places where it was: the command line before the environment
//! before the configuration file before what is usual. Every option is a key of the file, checked by the
//! option's own rules, so nothing is described twice. Must never print a secret.

use crate::args::Args;
use clap::{
    ArgMatches, Command, CommandFactory, FromArgMatches, Id,
    error::{ContextKind, ContextValue, ErrorKind},
    parser::ValueSource,
};
use std::{collections::BTreeMap, ffi::OsString, fs, ops::Range, path::Path, path::PathBuf};
use toml::de::{DeTable, DeValue};

/// Options that are no settings.
const NO_KEYS: [&str; 3] = ["config", "help", "version"];

pub(crate) struct Settings {
    pub args: Args,
    matches: ArgMatches,
    /// Of the file, and where in it.
    file: BTreeMap<String, Key>,
}

/// Why there are none.
pub(crate) enum Trouble {
    /// Something about the command line, or `--help`: clap's own words.
    Arguments(clap::Error),
    Sentence(String),
}

impl From<clap::Error> for Trouble {
    fn from(error: clap::Error) -> Self {
        Trouble::Arguments(error)
    }
}

/// What one line of the file says.
struct Key {
    line: usize,
    values: Vec<String>,
}

impl Settings {
    pub fn read(said: &[OsString]) -> Result<Settings, Trouble> {
        let told = Args::command().try_get_matches_from(said)?;
        let file = match path(&told) {
            Some(file) => read(&file).map_err(Trouble::Sentence)?,
            None => BTreeMap::new(),
        };
        let mut command = Args::command();
        for (name, key) in &file {
            if !key.values.is_empty() {
                let values = key.values.clone();
                let id = id(&command, name).ok_or_else(|| Trouble::Sentence(name.clone()))?;
                command = command.mut_arg(id, |it| it.default_values(values));
            }
        }
        let matches = command.try_get_matches_from(said)?;
        Ok(Settings {
            args: Args::from_arg_matches(&matches)?,
            matches,
            file,
        })
    }

    /// As a file would say it, with where each comes from.
    pub fn show(&self) -> String {
        let mut shown = String::new();
        for (name, values) in self.all() {
            let id = id(&Args::command(), &name).unwrap_or_default();
            let from = match self.matches.value_source(&id) {
                Some(ValueSource::CommandLine) => "command line".to_owned(),
                Some(ValueSource::EnvVariable) => "environment".to_owned(),
                _ => match self.file.get(&name) {
                    Some(key) => format!("file, line {}", key.line),
                    None => "default".to_owned(),
                },
            };
            let quoted = values.iter().map(|it| format!("{:?}", hide(&name, it)));
            let quoted: Vec<String> = quoted.collect();
            let value = match quoted.as_slice() {
                [one] => one.clone(),
                _ => format!("[{}]", quoted.join(", ")),
            };
            shown += &format!("{name} = {value}  # {from}\n");
        }
        shown
    }

    /// Settings that differ from those.
    pub fn changed(&self, before: &Settings) -> Vec<String> {
        let (now, before) = (self.all(), before.all());
        let differ = now.into_iter().filter(|it| !before.contains(it));
        differ.map(|(name, _)| name).collect()
    }

    fn all(&self) -> Vec<(String, Vec<String>)> {
        let command = Args::command();
        let options =
            (command.get_arguments()).filter_map(|it| Some((it.get_long()?, it.get_id())));
        let options = options.filter(|(name, _)| !NO_KEYS.contains(name));
        let value = |id: &Id| {
            let raw = self.matches.get_raw(id.as_str()).into_iter().flatten();
            raw.map(|it| it.to_string_lossy().into_owned()).collect()
        };
        options
            .map(|(name, id)| (name.to_owned(), value(id)))
            .collect()
    }
}

/// An option's value without what only its host may know: secrets of relays, and by which name and password
/// NATS is spoken to.
fn hide(option: &str, value: &str) -> String {
    match option {
        "turn" => {
            let Some((place, query)) = value.split_once('?') else {
                return value.to_owned();
            };
            let parts = query
                .split('&')
                .map(|part| match part.starts_with("secret=") {
                    true => "secret=…",
                    false => part,
                });
            format!("{place}?{}", parts.collect::<Vec<_>>().join("&"))
        }
        "cluster" => match value.rsplit_once('@') {
            Some((before, place)) => match before.split_once("://") {
                Some((scheme, _)) => format!("{scheme}://…@{place}"),
                None => format!("…@{place}"),
            },
            None => value.to_owned(),
        },
        _ => value.to_owned(),
    }
}

/// What is wrong with the command line or the environment, in clap's words, without a secret that a wrong
/// value may hold.
pub(crate) fn words(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let (Some(ContextValue::String(option)), Some(ContextValue::String(value))) = (
        error.get(ContextKind::InvalidArg),
        error.get(ContextKind::InvalidValue),
    ) else {
        return text;
    };
    let option = option.trim_start_matches('-').split([' ', '=']).next();
    match value.as_str() {
        "" => text,
        value => text.replace(value, &hide(option.unwrap_or_default(), value)),
    }
}

/// The file, said before a sub-command or after it.
fn path(told: &ArgMatches) -> Option<PathBuf> {
    let of = |it: &ArgMatches| it.try_get_one::<PathBuf>("config").ok().flatten().cloned();
    told.subcommand()
        .and_then(|(_, it)| of(it))
        .or_else(|| of(told))
}

fn id(command: &Command, name: &str) -> Option<String> {
    let mut all = command.get_arguments();
    let found = all.find(|it| it.get_long() == Some(name))?;
    Some(found.get_id().to_string())
}

fn read(file: &Path) -> Result<BTreeMap<String, Key>, String> {
    let shown = file.display();
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read {shown}: {error}"))?;
    parse(&text).map_err(|(line, wrong)| format!("{shown}, line {line}: {wrong}"))
}

fn parse(text: &str) -> Result<BTreeMap<String, Key>, (usize, String)> {
    let line = |at: Range<usize>| {
        text.get(..at.start)
            .map_or(1, |it| it.matches('\n').count() + 1)
    };
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().unwrap_or(0..0);
        (line(at), error.message().to_owned())
    })?;
    let mut keys = BTreeMap::new();
    for (name, value) in table.get_ref() {
        let (at, name) = (line(name.span()), name.get_ref().to_string());
        let values = match value.get_ref() {
            DeValue::Array(all) => all.iter().map(|it| plain(it.get_ref())).collect(),
            one => plain(one).map(|it| vec![it]),
        };
        let values = values.ok_or_else(|| (at, format!("write it like {name} = \"value\"")))?;
        check(&name, &values).map_err(|wrong| (at, wrong))?;
        keys.insert(name, Key { line: at, values });
    }
    Ok(keys)
}

fn plain(value: &DeValue) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(it) => Some(it.to_string()),
        _ => None,
    }
}

/// As if it stood on the command line, where it is before everything else.
fn check(name: &str, values: &[String]) -> Result<(), String> {
    if NO_KEYS.contains(&name) {
        return Err(format!("{name} belongs on the command line"));
    }
    // One that is there, without any value.
    if values.is_empty() && id(&Args::command(), name).is_some() {
        return Ok(());
    }
    let said = values.iter().map(|it| format!("--{name}={it}"));
    let said = ["duologue".to_owned()].into_iter().chain(said);
    let said = said.chain(values.is_empty().then(|| format!("--{name}=")));
    match Args::command().try_get_matches_from(said) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::UnknownArgument => {
            let meant = match error.get(ContextKind::SuggestedArg) {
                Some(ContextValue::String(meant)) => {
                    format!("; did you mean {}?", meant.trim_start_matches('-'))
                }
                _ => "; `duologue --help` names them all".to_owned(),
            };
            Err(format!("there is no setting {name}{meant}"))
        }
        Err(error) => {
            let text = words(&error);
            let text = text.split("\n\n").next().unwrap_or_default();
            let text = text.trim_start_matches("error: ").trim();
            Err(text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const EXAMPLE: &str = include_str!("../../../deploy/duologue.toml");

    fn settings(file: &str, said: &[&str]) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("duologue.toml");
        fs::write(&path, file).unwrap();
        let mut all: Vec<OsString> =
            vec!["duologue".into(), "--config".into(), path.clone().into()];
        all.extend(said.iter().map(OsString::from));
        Settings::read(&all).map_err(|trouble| match trouble {
            Trouble::Arguments(error) => error.to_string(),
            Trouble::Sentence(text) => text.replace(&path.display().to_string(), "FILE"),
        })
    }

    #[test]
    fn the_command_line_comes_before_the_file_and_the_file_before_what_is_usual() {
        let file = "max-clients = 5\norigin = [\"https://a.example\", \"https://b.example\"]\n\
                    invite-only = true\nring-seconds = 1_0\nclient-pace = '7,8'\n\
                    ping-seconds = 2.5";
        let said = settings(file, &["--ring-seconds", "20"]).unwrap();
        assert_eq!(said.args.limits.max_clients, 5);
        assert_eq!(said.args.origin, ["https://a.example", "https://b.example"]);
        assert!(said.args.entry.invite_only);
        assert_eq!(said.args.ring_seconds, 20);
        assert_eq!(said.args.limits.max_rooms, 20_000);
        let shown = said.show();
        for line in [
            "max-clients = \"5\"  # file, line 1",
            "ring-seconds = \"20\"  # command line",
            "max-rooms = \"20000\"  # default",
            "client-pace = \"7,8\"  # file, line 5",
            "ping-seconds = \"2.5\"  # file, line 6",
        ] {
            assert!(shown.contains(line), "{line} in {shown}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_what_was_meant() {
        for (file, said) in [
            (
                "\nmax-client = 5",
                "FILE, line 2: there is no setting max-client; did you mean max-clients?",
            ),
            (
                "zebra = 5",
                "FILE, line 1: there is no setting zebra; `duologue --help` names them all",
            ),
            (
                "# many\nmax-clients = 'many'",
                "FILE, line 2: invalid value 'many' for '--max-clients <N>': invalid digit found in string",
            ),
            (
                "ring-seconds = 0",
                "FILE, line 1: invalid value '0' for '--ring-seconds <SECONDS>': 0 is not in 1..=300",
            ),
            (
                "[limits]\nmax-clients = 5",
                "FILE, line 1: write it like limits = \"value\"",
            ),
            (
                "config = 'a'",
                "FILE, line 1: config belongs on the command line",
            ),
        ] {
            assert_eq!(settings(file, &[]).err().as_deref(), Some(said));
        }
        let twice = settings("max-clients = 5\nmax-clients = 6", &[])
            .err()
            .unwrap();
        assert!(twice.starts_with("FILE, line 2: duplicate key"), "{twice}");
        let cut = settings("a = 1\nmax-clients = [", &[]).err().unwrap();
        assert!(cut.starts_with("FILE, line 2: "), "{cut}");
    }

    #[test]
    fn secrets_are_hidden() {
        let file =
            "turn = ['turn:a.example?secret=north&transport=udp', 'turn:b.example?secret=south']";
        let shown = settings(file, &[]).unwrap().show();
        assert!(
            shown.contains("turn:a.example?secret=…&transport=udp"),
            "{shown}"
        );
        assert!(!shown.contains("north") && !shown.contains("south"));
        let wrong = settings("turn = 'http:a.example?secret=north'", &[])
            .err()
            .unwrap();
        assert!(!wrong.contains("north"), "{wrong}");
    }

    #[test]
    fn of_a_secret_nothing_is_shown_wherever_it_stands() {
        for (option, value, shown) in [
            ("turn", "turn:a?secret=north", "turn:a?secret=…"),
            (
                "turn",
                "turn:a?transport=udp&secret=north",
                "turn:a?transport=udp&secret=…",
            ),
            (
                "turn",
                "turn:a?secret=north&secret=south&transport=udp",
                "turn:a?secret=…&secret=…&transport=udp",
            ),
            (
                "turn",
                "turn:a?secret-file=/etc/secret=1",
                "turn:a?secret-file=/etc/secret=1",
            ),
            ("turn", "turn:a?secret=nor?th", "turn:a?secret=…"),
            (
                "cluster",
                "tls://ana:north@a.example:4222",
                "tls://…@a.example:4222",
            ),
            ("cluster", "nats://north@a.example", "nats://…@a.example"),
            ("cluster", "ana:no@rth@a.example", "…@a.example"),
            ("cluster", "nats://a.example", "nats://a.example"),
            ("acme-contact", "ana@a.example", "ana@a.example"),
        ] {
            assert_eq!(hide(option, value), shown);
        }
    }

    #[test]
    fn the_example_has_every_setting_and_says_what_is_usual() {
        let usual = settings("", &[]).unwrap();
        let said = settings(EXAMPLE, &[]).unwrap();
        assert_eq!(said.changed(&usual), Vec::<String>::new());
        // Those that have no usual value stand there as comments, and are right too.
        let whole: String = EXAMPLE
            .lines()
            .map(|line| match line.strip_prefix("#") {
                Some(rest) if rest.contains(" = ") && !rest.starts_with(' ') => format!("{rest}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let whole = whole.replace("secret-file=/etc/duologue/turn-secret", "secret=north");
        let keys = parse(&whole).unwrap();
        let named: Vec<&String> = keys.keys().collect();
        for (name, _) in usual.all() {
            assert!(named.contains(&&name), "{name} is not in the example");
        }
    }

    #[test]
    fn what_changed_is_known_by_its_name() {
        let before = settings("max-clients = 5", &[]).unwrap();
        let now = settings("max-clients = 6\nlisten = '127.0.0.1:1'", &[]).unwrap();
        assert_eq!(now.changed(&before), ["listen", "max-clients"]);
    }
}
