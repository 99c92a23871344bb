//! Every breach is found, what passes is said as it should be, and nothing makes the reader fail.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use duologue_words::{
    Speech, Value,
    check::{File, categories, check, check_english},
    fill, fingerprint,
    generate::generate,
    read,
};
use icu_locale_core::Locale;
use icu_plurals::PluralRules;
use proptest::prelude::*;

const ENGLISH: &str = "\
language-name = English
language-direction = ltr
call-leave = Leave call
call-joined = { $name } joined
# $count (Number): messages.
chat-unread =
    { $count ->
        [one] { $count } unread message from { $name }
       *[other] { $count } unread messages from { $name }
    }
";

const ARABIC: &str = "\
language-name = العربية
language-direction = rtl
call-leave = مغادرة
call-joined = انضم { $name }
chat-unread =
    { $count ->
        [0] لا شيء من { $name }
        [zero] صفر من { $name }
        [one] رسالة من { $name }
        [two] رسالتان من { $name }
        [few] { $count } رسائل من { $name }
        [many] { $count } رسالةً من { $name }
       *[other] { $count } رسالة من { $name }
    }
";

fn english(text: &str) -> File<'_> {
    File {
        path: "words/en.ftl",
        text,
    }
}

fn arabic(text: &str) -> File<'_> {
    File {
        path: "words/ar.ftl",
        text,
    }
}

/// What is found in Arabic after a change.
fn found(change: impl Fn(&str) -> String) -> Vec<String> {
    let text = change(ARABIC);
    assert_ne!(text, ARABIC, "nothing was changed");
    let breaches = check(english(ENGLISH), arabic(&text));
    breaches.iter().map(ToString::to_string).collect()
}

/// Numbers as CLDR has them, in a language from right to left.
struct Tongue(&'static str);

impl Speech for Tongue {
    fn plural(&self, number: usize) -> String {
        let tag: Locale = self.0.parse().unwrap();
        let rules = PluralRules::try_new_cardinal((&tag).into()).unwrap();
        format!("{:?}", rules.category_for(number)).to_lowercase()
    }

    fn number(&self, number: usize) -> String {
        number.to_string()
    }

    fn isolates(&self) -> bool {
        self.0 == "ar"
    }
}

fn text_of(file: &str, id: &str) -> String {
    let messages = read(file);
    messages.into_iter().find(|it| it.0 == id).unwrap().1
}

#[test]
fn languages_that_agree_pass() {
    assert_eq!(check_english(english(ENGLISH)), []);
    assert_eq!(check(english(ENGLISH), arabic(ARABIC)), []);
}

#[test]
fn a_file_that_does_not_agree_with_english_is_refused() {
    let replaced = |from: &'static str, to: &'static str| move |file: &str| file.replace(from, to);
    let unread = "words/ar.ftl: chat-unread";
    for (breaches, expected) in [
        (
            found(replaced("call-leave = مغادرة\n", "")),
            "words/ar.ftl: call-leave is missing",
        ),
        (
            found(|file| format!("{file}call-more = المزيد\n")),
            "words/ar.ftl: call-more is not among the messages of English",
        ),
        (
            found(|file| format!("{file}call-leave = مغادرة\n")),
            "words/ar.ftl: call-leave is there twice",
        ),
        (
            found(|file| {
                let moved = file.replace("call-leave = مغادرة\n", "");
                format!("{moved}call-leave = مغادرة\n")
            }),
            "words/ar.ftl: call-joined comes where English has call-leave: keep its order",
        ),
        (
            found(replaced("انضم { $name }", "انضم { $nom }")),
            "words/ar.ftl: call-joined has other variables than English: $nom for $name",
        ),
        (
            found(replaced("انضم { $name }", "انضم")),
            "words/ar.ftl: call-joined has other variables than English: none for $name",
        ),
        (
            found(replaced(
                "        [few] { $count } رسائل من { $name }\n",
                "",
            )),
            &format!("{unread} lacks the form [few]"),
        ),
        (
            found(replaced("[few]", "[some]")),
            &format!("{unread} has a form [some] that is never used"),
        ),
        (
            found(replaced("[zero]", "[0]")),
            &format!("{unread} has a form [0] that is never used"),
        ),
        (
            found(|file| {
                file.replace("*[other]", "[other]")
                    .replace("[many]", "*[many]")
            }),
            &format!("{unread} has to have *[other] as its default"),
        ),
        (
            found(replaced("{ $count ->", "{ $name ->")),
            &format!("{unread} chooses by $name, which is no number: say `# $name (Number)`"),
        ),
        (
            found(replaced("= مغادرة", "= { \"\" }")),
            "words/ar.ftl: call-leave has braces around something that is no variable: only { $name } is read",
        ),
        (
            found(replaced("= مغادرة", "= \u{202e}مغادرة")),
            "words/ar.ftl: call-leave has U+202E, which turns text round unseen: the page sees to that",
        ),
        (
            found(replaced("= مغادرة", "= مغا\u{200b}درة")),
            "words/ar.ftl: call-leave has U+200B, which nobody sees",
        ),
        (
            found(replaced("= مغادرة", "= \u{a0}")),
            "words/ar.ftl: call-leave says nothing",
        ),
        (
            found(replaced("= مغادرة", "= مغا\u{10}درة")),
            "words/ar.ftl: call-leave has the control character U+0010",
        ),
        (
            found(replaced("= مغادرة", "=\n    مغادرة\n    المكالمة")),
            "words/ar.ftl: call-leave has a text of several lines: write it in one",
        ),
        (
            found(replaced("= مغادرة", "= مغادرة\n    .hint = تلميح")),
            "words/ar.ftl: call-leave has an attribute: make it a message of its own",
        ),
        (
            found(replaced(
                "= مغادرة",
                "= مغادرة { $count ->\n        *[other] x\n    }",
            )),
            "words/ar.ftl: call-leave has forms within a text: write the whole text once for each form",
        ),
        (
            found(replaced("call-leave = مغادرة", "call leave = مغادرة")),
            "words/ar.ftl: call leave is not Fluent: Expected a token starting with \"=\"",
        ),
        (
            found(|file| format!("{file}-brand = duologue\n")),
            "words/ar.ftl: -brand is a term, and the page knows only messages: write its words out",
        ),
        (
            found(replaced("= rtl", "= right")),
            "words/ar.ftl: language-direction has to be ltr or rtl",
        ),
        (
            found(replaced(
                "[many] { $count }",
                "[many]\n            { $count }",
            )),
            &format!(
                "{unread} is laid out in a way that the page cannot read: lay it out as in en.ftl"
            ),
        ),
    ] {
        assert!(
            breaches.iter().any(|it| it == expected),
            "{expected:?} is not among {breaches:#?}"
        );
    }
}

#[test]
fn english_left_over_is_found() {
    let one = |text: &str| {
        format!("language-name = English\nlanguage-direction = ltr\nhome-line = {text}\n")
    };
    let sentence = one("Talk to someone.");
    let found = check(english(&sentence), arabic(&sentence));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].what, "is still English");
    let name = one("500 kb/s");
    assert_eq!(check(english(&name), arabic(&name)), []);
}

#[test]
fn english_itself_is_checked() {
    for (change, expected) in [
        (ENGLISH.replace("[one]", "[two]"), "lacks the form [one]"),
        (
            ENGLISH.replace("# $count (Number): messages.\n", ""),
            "chooses by $count, which is no number: say `# $count (Number)`",
        ),
        (
            ENGLISH.replace("$count (Number)", "$total (Number)"),
            "has no $total, of which its comment speaks",
        ),
        (
            format!("{ENGLISH}call-more = More\n"),
            "stands apart from the others of `call`",
        ),
        (
            format!("{ENGLISH}more = More\n"),
            "has no group: name it GROUP-SOMETHING",
        ),
    ] {
        let found = check_english(english(&change));
        assert!(
            found.iter().any(|it| it.what == expected),
            "{expected:?}: {found:#?}"
        );
    }
    let nowhere = File {
        path: "words/my words.ftl",
        text: ARABIC,
    };
    let found = check(english(ENGLISH), nowhere);
    assert_eq!(
        found[0].to_string(),
        "words/my words.ftl: (file) is named `my words`, which is no language's tag"
    );
}

#[test]
fn languages_have_the_forms_that_they_have() {
    assert_eq!(categories("zh").unwrap(), ["other"]);
    assert_eq!(categories("en").unwrap(), ["other", "one"]);
    let mut arabic = categories("ar").unwrap();
    arabic.sort_unstable();
    assert_eq!(arabic, ["few", "many", "one", "other", "two", "zero"]);
}

#[test]
fn what_is_counted_is_said_in_the_form_for_it() {
    let (english, arabic) = (
        text_of(ENGLISH, "chat-unread"),
        text_of(ARABIC, "chat-unread"),
    );
    let say = |text: &str, tongue, count| {
        let values = [Value::Number(count), Value::Text("Ana")];
        fill(text, &values, &Tongue(tongue))
    };
    assert_eq!(say(&english, "en", 1), "1 unread message from Ana");
    assert_eq!(say(&english, "en", 0), "0 unread messages from Ana");
    let ana = "\u{2068}Ana\u{2069}";
    for (count, text) in [
        (0, "لا شيء من "),
        (1, "رسالة من "),
        (2, "رسالتان من "),
        (3, "3 رسائل من "),
        (11, "11 رسالةً من "),
        (100, "100 رسالة من "),
        (103, "103 رسائل من "),
    ] {
        assert_eq!(say(&arabic, "ar", count), [text, ana].concat());
    }
}

#[test]
fn a_value_is_text_whatever_is_in_it() {
    let joined = text_of(ENGLISH, "call-joined");
    let name = "{ $name } \u{1}\u{e}\u{f}";
    let text = fill(&joined, &[Value::Text(name)], &Tongue("en"));
    assert_eq!(text, [name, " joined"].concat());
    assert_eq!(fill(&joined, &[], &Tongue("en")), " joined");
}

#[test]
fn a_message_is_a_field_or_a_method() {
    let table = generate(&[english(ENGLISH), arabic(ARABIC)]).unwrap();
    for part in [
        "pub leave: Text,",
        "    joined: Text,",
        "pub fn joined(&self, name: &str) -> String",
        "pub fn unread(&self, count: usize, name: &str) -> String",
        "say(self.unread, &[Value::Number(count), Value::Text(name)])",
        "leave: \"Leave call\",",
        "Language { tag: \"ar\", name: \"العربية\", rtl: true }",
    ] {
        assert!(table.contains(part), "no {part:?} in\n{table}");
    }
    let ids = [
        "language-name",
        "language-direction",
        "call-leave",
        "call-joined",
        "chat-unread",
    ];
    let sum = fingerprint(ids.into_iter());
    assert!(
        table.contains(&format!("FINGERPRINT: u32 = {sum};")),
        "{table}"
    );
    assert!(generate(&[arabic(ARABIC)]).is_err());
    assert!(generate(&[english(ENGLISH), arabic(ENGLISH)]).is_err());
}

#[test]
fn lists_of_messages_differ_by_every_id_and_their_order() {
    let sum = |ids: &[&'static str]| fingerprint(ids.iter().copied());
    let all = [
        sum(&[]),
        sum(&["a"]),
        sum(&["a", "b"]),
        sum(&["b", "a"]),
        sum(&["ab"]),
    ];
    for (at, one) in all.iter().enumerate() {
        assert!(!all[..at].contains(one));
    }
}

/// Files made of what files are made of, in any order.
fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop_oneof![
        Just("call-x = "),
        Just("{ $a }"),
        Just("{ $"),
        Just("{ $b ->"),
        Just("}"),
        Just("{"),
        Just("\n"),
        Just("\r\n"),
        Just("    "),
        Just("*[other] "),
        Just("[one]"),
        Just("["),
        Just("]"),
        Just("#"),
        Just("="),
        Just("word"),
        Just("\u{1}"),
        Just("\u{e}"),
        Just("\u{10}"),
        Just("é😀"),
    ];
    prop::collection::vec(scrap, 0..60).prop_map(|scraps| scraps.concat())
}

proptest! {
    #[test]
    fn nothing_makes_the_reader_fail(file in prop_oneof![scraps(), any::<String>()]) {
        for (_, text) in read(&file) {
            let values = [Value::Number(3), Value::Text("x")];
            fill(&text, &values, &Tongue("ar"));
            fill(&text, &[], &Tongue("en"));
        }
    }

    #[test]
    fn what_passes_is_read_as_fluent_reads_it(file in scraps()) {
        // Holds by the check itself; here that the check never fails otherwise.
        let file = format!("language-name = E\nlanguage-direction = ltr\n{file}\n");
        let breaches = check_english(english(&file));
        if breaches.is_empty() {
            prop_assert!(generate(&[english(&file)]).is_ok());
        }
    }
}
