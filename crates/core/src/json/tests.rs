use super::*;
use alloc::{boxed::Box, format, string::ToString, vec};
use proptest::prelude::*;

/// serde_json's opinion of a text, in our terms.
fn theirs(text: &str) -> Option<Value> {
    fn ours(value: serde_json::Value) -> Value {
        match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(it) => Value::Bool(it),
            serde_json::Value::Number(it) => match it.as_u64() {
                Some(it) => Value::Number(it),
                None => Value::OtherNumber,
            },
            serde_json::Value::String(it) => Value::Text(it),
            serde_json::Value::Array(it) => Value::List(it.into_iter().map(ours).collect()),
            serde_json::Value::Object(it) => {
                let mut fields: Vec<_> = it.into_iter().map(|(k, v)| (k, ours(v))).collect();
                fields.sort_by(|a, b| a.0.cmp(&b.0));
                Value::Object(Fields(fields))
            }
        }
    }
    serde_json::from_str(text).ok().map(ours)
}

/// Objects with their fields by name, so that two readers' can be compared.
fn sorted(value: Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.into_iter().map(sorted).collect()),
        Value::Object(Fields(mut fields)) => {
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            let fields = fields.into_iter().map(|(k, v)| (k, sorted(v)));
            Value::Object(Fields(fields.collect()))
        }
        other => other,
    }
}

#[test]
fn takes_and_refuses_what_serde_json_does() {
    for text in [
        "",
        " ",
        "null",
        "nul",
        "nulll",
        " true ",
        "false",
        "0",
        "-0",
        "-",
        "00",
        "01",
        "1.",
        "1.5",
        ".5",
        "1e3",
        "1E+3",
        "1e",
        "18446744073709551615",
        "18446744073709551616",
        "-1",
        "+1",
        "[]",
        "[,]",
        "[1,]",
        "[1 2]",
        "[1,2]",
        "[[[]]]",
        "{}",
        "{,}",
        r#"{"a":1}"#,
        r#"{"a":1,}"#,
        r#"{"a"}"#,
        r#"{a:1}"#,
        r#"{"a" : [ 1 , {"b":null} ] }"#,
        r#""""#,
        r#"""#,
        r#""\"""#,
        r#""\u00e4\n\/""#,
        r#""\ud83d\ude00""#,
        r#""\ud83d""#,
        r#""\ude00""#,
        r#""\ud83d\u0041""#,
        r#""\ud83dx""#,
        r#""\x""#,
        r#""\u00g0""#,
        "\"\u{1}\"",
        "\"ä😀\"",
        "\"\\",
        "\"\\u12",
        "[",
        "{",
        "{\"a\":",
        "1 1",
        "\u{feff}1",
        "[1]]",
        "tru",
        "\"\u{7f}\"",
        "\t\r\n1\n",
        "\u{b}1",
    ] {
        assert_eq!(parse(text).map(sorted), theirs(text), "{text:?}");
    }
}

#[test]
fn a_pile_of_brackets_is_refused_before_it_eats_the_stack() {
    assert!(parse(&"[".repeat(1_000_000)).is_none());
    assert!(parse(&r#"{"a":"#.repeat(200_000)).is_none());
    assert!(parse(&format!("{}1{}", "[".repeat(16), "]".repeat(16))).is_some());
    assert!(parse(&format!("{}1{}", "[".repeat(17), "]".repeat(17))).is_none());
}

#[test]
fn of_two_fields_by_one_name_the_first_counts() {
    let Some(Value::Object(mut fields)) = parse(r#"{"a":1,"a":2}"#) else {
        panic!("an object");
    };
    assert_eq!(fields.read::<u16>("a"), Some(1));
}

#[test]
fn numbers_that_do_not_fit_are_refused_where_they_are_read() {
    for (text, small, large) in [
        ("65535", Some(65_535), Some(65_535)),
        ("65536", None, Some(65_536)),
        ("-1", None, None),
        ("1.0", None, None),
        ("\"1\"", None, None),
    ] {
        let read = || parse(text).unwrap();
        assert_eq!(u16::read(read()), small, "{text}");
        assert_eq!(u64::read(read()), large, "{text}");
    }
}

/// Any JSON that serde_json can write.
fn documents() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn reads_everything_that_serde_json_writes(document in documents(), pretty: bool) {
        let text = match pretty {
            true => serde_json::to_string_pretty(&document).unwrap(),
            false => document.to_string(),
        };
        prop_assert_eq!(parse(&text).map(sorted), theirs(&text));
    }

    #[test]
    fn agrees_with_serde_json_about_texts_that_are_nearly_json(
        document in documents(), at: prop::sample::Index, with in "[\\[\\]{},:\"\\\\ue0-9.+ -]?",
    ) {
        let mut text: Vec<char> = document.to_string().chars().collect();
        let at = at.index(text.len());
        text.splice(at..=at, with.chars());
        let text: String = text.into_iter().collect();
        // At a power that no float holds serde_json stops; we do not look at powers.
        let too_large = serde_json::from_str::<serde_json::Value>(&text)
            .is_err_and(|error| error.to_string().contains("out of range"));
        prop_assume!(!too_large);
        prop_assert_eq!(parse(&text).is_some(), theirs(&text).is_some(), "{}", text);
    }

    #[test]
    fn what_we_write_they_read(strings: Vec<String>, number: u64) {
        let ours = write(&strings);
        prop_assert_eq!(serde_json::from_str::<Vec<String>>(&ours).unwrap(), strings);
        prop_assert_eq!(write(&number), number.to_string());
    }

    #[test]
    fn no_text_makes_it_panic(text: String) {
        let _ = parse(&text);
    }
}

#[test]
fn an_absent_field_is_not_written() {
    struct Note {
        about: String,
        to: Option<u16>,
    }
    crate::record!(Note { about, to });
    let note = |to| Note {
        about: "a\"\u{1}\u{1f}\n".to_string(),
        to,
    };
    assert_eq!(write(&note(None)), r#"{"about":"a\"\u0001\u001f\n"}"#);
    let both = Box::new(vec![note(Some(1)), note(Some(2))]);
    assert_eq!(
        write(&*both),
        r#"[{"about":"a\"\u0001\u001f\n","to":1},{"about":"a\"\u0001\u001f\n","to":2}]"#
    );
    assert!(Note::read(parse(r#"{"about":"x","to":null}"#).unwrap()).is_some());
    assert!(Note::read(parse(r#"{"to":1}"#).unwrap()).is_none());
}
