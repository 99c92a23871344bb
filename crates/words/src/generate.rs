//! Writes the page's table of words: a type with a field for each message, English in it, the list of
//! languages, and how the table is filled from another language's texts. Plain texts are fields, texts
//! with variables are methods, so a word that is not there does not compile.

use crate::{
    LATE_BEGIN, LATE_END,
    check::{Breach, File, check, check_english},
    fingerprint,
    fluent::{Meaning, understand},
};
use std::fmt::Write;

/// Groups of screens that are shown when the page's second half is there, and not before. Their
/// English goes there with it.
const LATE: [&str; 7] = [
    "check",
    "direct",
    "door",
    "names",
    "recordings",
    "upcoming",
    "verify",
];

/// The table's source, or all that is wrong with the files. English is among them.
pub fn generate(files: &[File]) -> Result<String, Vec<Breach>> {
    let Some(english) = files.iter().find(|it| it.tag() == "en") else {
        return Err(vec![Breach {
            file: "words/en.ftl".to_string(),
            id: "(file)".to_string(),
            what: "is missing".to_string(),
        }]);
    };
    let mut breaches = check_english(*english);
    let others = files.iter().filter(|it| it.tag() != "en");
    breaches.extend(others.flat_map(|it| check(*english, *it)));
    if !breaches.is_empty() {
        return Err(breaches);
    }
    let (messages, _) = understand(english.text);
    let mut code = String::new();
    languages(&mut code, *english, files);
    let ids = messages.iter().map(|it| it.id.as_str());
    let _ = writeln!(
        code,
        "/// Of the ids, in their order.\npub const FINGERPRINT: u32 = {};",
        fingerprint(ids)
    );
    table(&mut code, &groups(&messages));
    Ok(code)
}

fn languages(code: &mut String, english: File, files: &[File]) {
    let others = files.iter().filter(|it| it.tag() != "en");
    let all: Vec<&File> = std::iter::once(&english).chain(others).collect();
    let _ = writeln!(code, "pub static LANGUAGES: [Language; {}] = [", all.len());
    for file in all {
        let (messages, _) = understand(file.text);
        let text = |id| {
            let found = messages.iter().find(|it| it.id == id);
            found.map(Meaning::pattern).unwrap_or_default()
        };
        let _ = writeln!(
            code,
            "    Language {{ tag: {:?}, name: {:?}, rtl: {} }},",
            file.tag(),
            text("language-name"),
            text("language-direction") == "rtl"
        );
    }
    code.push_str("];\n");
}

struct Group<'a> {
    name: &'a str,
    messages: Vec<(String, &'a Meaning)>,
}

fn groups(messages: &[Meaning]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    for message in messages {
        let (name, field) = message.id.split_once('-').unwrap_or_default();
        if groups.last().is_none_or(|it| it.name != name) {
            let messages = Vec::new();
            groups.push(Group { name, messages });
        }
        if let Some(group) = groups.last_mut() {
            group.messages.push((field.replace('-', "_"), message));
        }
    }
    groups
}

fn table(code: &mut String, groups: &[Group]) {
    code.push_str("pub struct Words {\n");
    for Group { name, .. } in groups {
        let _ = writeln!(code, "    pub {name}: {},", type_of(name));
    }
    code.push_str("}\n");
    for group in groups {
        types(code, group);
    }
    let late = late(groups);
    let _ = writeln!(
        code,
        "/// Of what a first call never says, in one piece.\nconst LATE: &str = {late:?};\n\
         const fn late(from: usize, to: usize) -> Text {{\n    LATE.split_at(to).0.split_at(from).1\n}}"
    );
    code.push_str("pub static ENGLISH: Words = Words {\n");
    let mut at = LATE_BEGIN.len();
    fields(code, groups, |group, message| {
        let text = message.pattern();
        if !LATE.contains(&group) {
            return format!("{text:?}");
        }
        let from = at;
        at += text.len();
        format!("late({from}, {at})")
    });
    code.push_str("};\n");
    code.push_str(
        "/// From the texts of all messages, in their order.\n\
         #[inline(never)]\n\
         pub fn fill_in(next: &mut dyn FnMut() -> Text) -> Words {\n    Words {\n",
    );
    fields(code, groups, |_, _| "next()".to_string());
    code.push_str("    }\n}\n");
}

/// The texts of those groups, between two marks by which whoever cuts the page finds them.
fn late(groups: &[Group]) -> String {
    let late = groups.iter().filter(|it| LATE.contains(&it.name));
    let texts = late.flat_map(|it| it.messages.iter().map(|(_, message)| message.pattern()));
    [LATE_BEGIN, &texts.collect::<String>(), LATE_END].concat()
}

fn fields(code: &mut String, groups: &[Group], mut value: impl FnMut(&str, &Meaning) -> String) {
    for group in groups {
        let _ = writeln!(code, "    {}: {} {{", group.name, type_of(group.name));
        for (field, message) in &group.messages {
            let value = value(group.name, message);
            let _ = writeln!(code, "        {field}: {value},");
        }
        code.push_str("    },\n");
    }
}

fn types(code: &mut String, group: &Group) {
    let name = type_of(group.name);
    let _ = writeln!(code, "pub struct {name} {{");
    for (field, message) in &group.messages {
        // A text with places in it is nothing to show: its method fills them.
        let access = if message.names.is_empty() { "pub " } else { "" };
        let _ = writeln!(code, "    {access}{field}: Text,");
    }
    code.push_str("}\n");
    let with_places = |it: &&(String, &Meaning)| !it.1.names.is_empty();
    let methods: Vec<_> = group.messages.iter().filter(with_places).collect();
    if methods.is_empty() {
        return;
    }
    let _ = writeln!(code, "impl {name} {{");
    for (field, message) in methods {
        let is_number = |name: &String| message.numbers.contains(name);
        let arguments = message.names.iter().map(|name| {
            let kind = if is_number(name) { "usize" } else { "&str" };
            format!(", {name}: {kind}")
        });
        let values = message.names.iter().map(|name| {
            let kind = if is_number(name) { "Number" } else { "Text" };
            format!("Value::{kind}({name})")
        });
        let _ = writeln!(
            code,
            "    pub fn {field}(&self{}) -> String {{\n        say(self.{field}, &[{}])\n    }}",
            arguments.collect::<String>(),
            values.collect::<Vec<_>>().join(", ")
        );
    }
    code.push_str("}\n");
}

/// `green_room` → `GreenRoomWords`
fn type_of(group: &str) -> String {
    let mut name = String::new();
    for word in group.split('_') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|it| it.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name + "Words"
}
