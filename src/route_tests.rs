//! Addresses read back as they were written, whatever people call their rooms.

use super::{Presets, Route, Signal, without_lang};

fn room(name: &str) -> Route {
    Route::Room(name.to_string())
}

#[test]
fn every_screen_has_its_address() {
    for (fragment, route) in [
        ("", Route::Home),
        ("#", Route::Home),
        ("#/", Route::Home),
        ("#/r/abc", room("abc")),
        ("#/r/Tea%20%26%20cake", room("Tea & cake")),
        ("#/r/caf%C3%A9", room("café")),
        ("#/r/", room("")),
        ("#/direct", Route::Direct(None)),
        ("#/direct/", Route::Direct(None)),
        (
            "#/direct/T0k-en_",
            Route::Direct(Some("T0k-en_".to_string())),
        ),
        ("#/people", Route::People),
        ("#/live", Route::Live(String::new())),
        ("#/live/news", Route::Live("news".to_string())),
        ("#/check", Route::Check),
        ("#/recordings", Route::Recordings),
        ("#/invite/pa-_ss", Route::Invite("pa-_ss".to_string())),
        (
            "#/invite/pa-_ss/r/caf%C3%A9",
            Route::Invite("pa-_ss/r/caf%C3%A9".to_string()),
        ),
        ("#/invite/", Route::NotFound),
        ("#/nowhere", Route::NotFound),
        ("#/people/ana", Route::NotFound),
    ] {
        assert_eq!(Route::parse(fragment), route, "{fragment}");
    }
}

#[test]
fn text_that_is_not_validly_encoded_stands_for_itself() {
    for odd in ["100%", "%", "%2", "%zz", "%FF", "a%C3"] {
        assert_eq!(Route::parse(&format!("#/r/{odd}")), room(odd));
    }
}

#[test]
fn any_name_survives_the_way_into_an_address_and_back() {
    let alphabet: Vec<char> = "aZ09-_.~ /#?%&+=:\"<>\\\u{0}\n\u{202e}éß李🦊"
        .chars()
        .collect();
    let mut chance = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |end: usize| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        usize::try_from(chance % (end as u64)).unwrap()
    };
    for _ in 0..5_000 {
        let length = 1 + below(12);
        let text: String = (0..length)
            .map(|_| alphabet[below(alphabet.len())])
            .collect();
        for route in [
            room(&text),
            Route::Direct(Some(text.clone())),
            Route::Live(text.clone()),
        ] {
            let fragment = route.fragment();
            assert!(fragment.is_ascii(), "{fragment}");
            assert_eq!(Route::parse(&fragment), route);
            assert_eq!(Route::parse(&fragment[1..]), route, "without its #");
        }
    }
    for route in [
        Route::Home,
        Route::People,
        Route::Check,
        Route::Recordings,
        Route::NotFound,
    ] {
        assert_eq!(Route::parse(&route.fragment()), route);
    }
}

#[test]
fn people_enter_a_link_from_any_host_or_a_name() {
    let invite = Route::Direct(Some("abc".to_string()));
    let token = Some(invite.clone());
    for (text, route) in [
        ("  tea time ", Some(room("tea time"))),
        ("https://call.example/x/?lang=de#/r/abc", Some(room("abc"))),
        ("call.example/#/r/a%20b", Some(room("a b"))),
        ("#/r/abc", Some(room("abc"))),
        ("http://localhost:8080/#/direct/abc", token.clone()),
        ("room #1", Some(room("room #1"))),
        ("", None),
        ("   ", None),
        ("https://example.com/", None),
        ("https://example.com/#/people", None),
        ("https://example.com/#/r/", None),
    ] {
        assert_eq!(Route::entered(text), route, "{text}");
    }
    assert_eq!(
        Route::parse("#/direct/http://localhost/#/direct/abc"),
        invite
    );
}

#[test]
fn the_query_presets_what_it_names_and_nothing_else() {
    assert_eq!(Presets::parse(""), Presets::default());
    let all = "?name=Ana+Mar%C3%ADa&camera=off&microphone=off&join=auto&signal=tabs&lang=de&x=1&=";
    let presets = Presets {
        name: Some("Ana María".to_string()),
        lang: Some("de".to_string()),
        camera: false,
        microphone: false,
        join: true,
        signal: Some(Signal::Tabs),
    };
    assert_eq!(Presets::parse(all), presets);
    let odd = Presets::parse("name=&camera=on&microphone=&join=yes&signal=pigeon");
    assert_eq!(odd, Presets::default());
    assert_eq!(Presets::parse("signal=socket").signal, Some(Signal::Socket));
}

#[test]
fn a_language_chosen_by_hand_takes_the_place_of_the_address_s() {
    for (query, rest) in [
        ("", ""),
        ("?lang=ar", ""),
        ("?name=Ana&lang=ar&join=auto", "name=Ana&join=auto"),
        ("?language=x&lang", "language=x"),
        ("?name=lang", "name=lang"),
    ] {
        assert_eq!(without_lang(query), rest, "{query}");
    }
}
