use super::*;
use alloc::{string::ToString, vec};
use proptest::prelude::*;

fn device(name: &str) -> Device {
    let (id, label) = name.split_once(' ').unwrap_or((name, name));
    Device {
        kind: Kind::Microphone,
        id: id.to_string(),
        label: label.to_string(),
        group: ["case of ", label].concat(),
    }
}

/// The system's choice, as Chromium lists it.
fn alias(label: &str) -> Device {
    Device {
        id: "default".to_string(),
        label: ["Default - ", label].concat(),
        ..device(label)
    }
}

fn shelf(here: &[&str]) -> Shelf {
    let mut shelf = Shelf::new(Kind::Microphone, "");
    assert_eq!(shelf.listed(list(here)), vec![]);
    shelf
}

fn list(names: &[&str]) -> Vec<Device> {
    names.iter().map(|name| device(name)).collect()
}

fn gone(name: &str, next: Option<&str>) -> Change {
    Change::Gone {
        name: name.to_string(),
        next: next.map(device),
    }
}

fn came(name: &str, back: bool) -> Change {
    Change::Came {
        device: device(name),
        back,
    }
}

#[test]
fn a_headset_that_is_pulled_out_is_followed_by_the_one_chosen_before_it() {
    let mut shelf = shelf(&["built-in", "desk", "headset"]);
    shelf.choose(&device("desk"));
    shelf.choose(&device("headset"));
    assert_eq!(
        shelf.listed(list(&["built-in", "desk"])),
        vec![gone("headset", Some("desk"))]
    );
    assert_eq!(shelf.wanted().as_deref(), Some("desk"));
}

#[test]
fn without_an_earlier_choice_the_systems_device_follows_and_then_any() {
    let mut shelf = shelf(&["camera", "headset"]);
    shelf.opened("headset");
    assert_eq!(
        shelf.listed(list(&["camera"])),
        vec![gone("headset", Some("camera"))]
    );
    let mut shelf = Shelf::new(Kind::Microphone, "");
    shelf.listed(vec![alias("built-in"), device("camera"), device("headset")]);
    shelf.opened("headset");
    let left = vec![device("camera"), alias("built-in")];
    let Some(Change::Gone { next, .. }) = shelf.listed(left).pop() else {
        panic!("nothing has gone");
    };
    assert_eq!(next, Some(alias("built-in")));
}

#[test]
fn when_the_last_one_goes_there_is_none() {
    let mut shelf = shelf(&["headset"]);
    shelf.opened("headset");
    assert_eq!(shelf.listed(vec![]), vec![gone("headset", None)]);
    assert_eq!(shelf.used(), None);
    assert_eq!(
        shelf.listed(list(&["headset"])),
        vec![came("headset", false)]
    );
}

#[test]
fn the_first_one_is_news_where_there_was_none_and_not_where_it_was_not_told() {
    let mut shelf = Shelf::new(Kind::Microphone, "");
    assert_eq!(shelf.listed(vec![]), vec![]);
    assert_eq!(shelf.listed(list(&["headset"])), vec![]);
    let mut shelf = Shelf::new(Kind::Microphone, "");
    shelf.none_found();
    assert_eq!(
        shelf.listed(list(&["headset"])),
        vec![came("headset", false)]
    );
}

#[test]
fn a_device_that_comes_back_is_offered_and_a_new_one_is_told_apart() {
    let mut shelf = shelf(&["built-in", "headset"]);
    shelf.choose(&device("headset"));
    shelf.listed(list(&["built-in"]));
    shelf.opened("built-in");
    assert_eq!(
        shelf.listed(list(&["built-in", "headset", "other"])),
        vec![came("headset", true)]
    );
    assert_eq!(
        shelf.listed(list(&["built-in", "headset", "other", "new"])),
        vec![came("new", false)]
    );
    assert_eq!(shelf.listed(list(&["built-in", "headset"])), vec![]);
}

#[test]
fn the_first_list_and_one_without_names_are_no_news() {
    let mut shelf = shelf(&["built-in"]);
    shelf.opened("built-in");
    let nameless = Device {
        label: String::new(),
        ..device("")
    };
    assert_eq!(shelf.listed(vec![nameless]), vec![]);
    assert_eq!(shelf.used(), Some(&device("built-in")));
    // Opened before there was a list: its name is learnt.
    let mut shelf = Shelf::new(Kind::Microphone, "");
    shelf.opened("headset");
    assert_eq!(shelf.listed(list(&["built-in", "headset"])), vec![]);
    assert_eq!(
        shelf.listed(list(&["built-in"])),
        vec![gone("headset", Some("built-in"))]
    );
}

#[test]
fn what_was_put_down_may_go_in_silence() {
    let mut shelf = shelf(&["built-in", "headset"]);
    shelf.choose(&device("headset"));
    shelf.put_down();
    assert_eq!(shelf.listed(list(&["built-in"])), vec![]);
}

#[test]
fn the_systems_choice_is_followed_and_called_by_its_real_name() {
    let mut shelf = Shelf::new(Kind::Microphone, "");
    shelf.listed(vec![
        alias("built-in"),
        device("built-in"),
        device("headset"),
    ]);
    shelf.opened("default");
    let now = vec![alias("headset"), device("built-in"), device("headset")];
    assert_eq!(
        shelf.listed(now),
        vec![Change::Moved {
            next: alias("headset")
        }]
    );
    assert_eq!(shelf.name(&alias("headset")), "headset");
    // A device that the system takes at once needs no offer.
    let now = vec![
        alias("bud"),
        device("built-in"),
        device("headset"),
        device("bud"),
    ];
    assert_eq!(
        shelf.listed(now),
        vec![Change::Moved { next: alias("bud") }]
    );
}

#[test]
fn a_choice_outlives_the_page_and_a_change_of_ids() {
    let mut first = shelf(&["built-in", "17 headset"]);
    first.choose(&device("17 headset"));
    let kept = first.remembered();

    let mut second = Shelf::new(Kind::Microphone, &kept);
    assert_eq!(second.wanted().as_deref(), Some("17"));
    second.opened("built-in");
    second.listed(list(&["built-in", "42 headset"]));
    assert_eq!(second.missed(), Some(Missed::Here(device("42 headset"))));

    let mut third = Shelf::new(Kind::Microphone, &kept);
    third.opened("built-in");
    third.listed(list(&["built-in"]));
    let name = "headset".to_string();
    assert_eq!(third.missed(), Some(Missed::Away { name }));
    third.choose(&device("built-in"));
    assert_eq!(third.missed(), None);
}

#[test]
fn a_loudspeaker_is_in_use_when_it_is_there_and_the_systems_follows_it() {
    let mut shelf = Shelf::new(Kind::Speaker, "");
    shelf.listed(list(&["screen", "headset"]));
    shelf.choose(&device("headset"));
    let kept = shelf.remembered();
    let mut shelf = Shelf::new(Kind::Speaker, &kept);
    assert_eq!(shelf.listed(list(&["screen", "headset"])), vec![]);
    assert_eq!(shelf.used(), Some(&device("headset")));
    assert_eq!(shelf.listed(list(&["screen"])), vec![gone("headset", None)]);
    assert_eq!(
        shelf.listed(list(&["screen", "headset"])),
        vec![came("headset", true)]
    );
}

#[test]
fn damaged_memory_is_no_memory_and_there_is_an_end_to_it() {
    for kept in ["", "[", "{}", "[1]", "[{\"id\":1}]", "\u{0}"] {
        assert_eq!(Shelf::new(Kind::Camera, kept).wanted(), None, "{kept:?}");
    }
    let mut shelf = shelf(&["a"]);
    for name in ["a", "b", "c", "d", "e", "f", "a"] {
        shelf.choose(&device(name));
    }
    let known: Vec<Known> = json::parse(&shelf.remembered())
        .and_then(Json::read)
        .unwrap();
    let ids: Vec<_> = known.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["a", "f", "e", "d"]);
}

proptest! {
    /// Whatever is plugged in and out, what is in use is there, and only what came is offered.
    #[test]
    fn what_is_in_use_is_there(
        steps in prop::collection::vec((prop::collection::vec(0u8..6, 0..6), 0u8..8), 1..20),
    ) {
        let mut shelf = Shelf::new(Kind::Microphone, "");
        let mut before: Vec<Device> = Vec::new();
        for (here, act) in steps {
            let mut here: Vec<String> = here.iter().map(u8::to_string).collect();
            here.sort();
            here.dedup();
            let here: Vec<Device> = here.iter().map(|name| device(name)).collect();
            for change in shelf.listed(here.clone()) {
                match change {
                    Change::Gone { name, next } => {
                        prop_assert!(here.iter().all(|it| it.label != name));
                        prop_assert_eq!(next.is_none(), here.is_empty());
                    }
                    Change::Came { device, .. } => {
                        prop_assert!(here.contains(&device) && !before.contains(&device));
                    }
                    Change::Moved { .. } => prop_assert!(false, "there are no aliases"),
                }
            }
            if let Some(used) = shelf.used() {
                prop_assert!(here.contains(used));
            }
            match here.get(usize::from(act)) {
                Some(device) if act < 4 => shelf.choose(device),
                Some(device) => shelf.opened(&device.id),
                None => shelf.put_down(),
            }
            before = here;
        }
    }
}
