//! Everybody who is signed in: thousands perhaps, so only the rows that can be seen are there.

use crate::{
    parts::{
        button::Button,
        lean::{input, memo, part, press, submit, text},
    },
    session::names::{Listed, Names},
    words::words,
};
use leptos::{html, prelude::*};

/// The height of a row, as style knows it too (`.person-row`).
const ROW: f64 = 64.0;
/// Rows above and below what is seen, so that quick scrolling shows no gap.
const SPARE: usize = 8;
/// Before the list has been measured.
const FIRST: usize = 30;

/// Which rows are there, of `all`, for a list scrolled to `top` that shows `height`.
fn window(top: f64, height: f64, all: usize) -> (usize, usize) {
    let first = ((top / ROW) as usize).saturating_sub(SPARE).min(all);
    let shown = match height > 0.0 {
        true => (height / ROW).ceil() as usize + 2 * SPARE,
        false => FIRST,
    };
    (first, (first + shown).min(all))
}

/// Those whose names have that in them.
fn found(people: &[Listed], me: &str, search: &str) -> Vec<Listed> {
    let search = search.trim().to_lowercase();
    let others = people.iter().filter(|it| it.name != me);
    others
        .filter(|it| search.is_empty() || it.name.to_lowercase().contains(&search))
        .cloned()
        .collect()
}

#[component]
pub fn PeopleList(names: Names, me: String, search: RwSignal<String>) -> impl IntoView {
    let words = &words().names;
    let node = NodeRef::<html::Div>::new();
    let seen = RwSignal::new((0.0, 0.0));
    let measure = move || {
        if let Some(list) = node.get_untracked() {
            seen.set((
                f64::from(list.scroll_top()),
                f64::from(list.client_height()),
            ));
        }
    };
    let all = memo(move || {
        names
            .people
            .with(|people| search.with(|search| found(people, &me, search)))
    });
    let rows = memo(move || {
        all.with(|all| {
            let (top, height) = seen.get();
            let (first, last) = window(top, height, all.len());
            let rows = all[first..last].iter().cloned();
            (first..).zip(rows).collect::<Vec<_>>()
        })
    });
    let note = text(move || {
        let nobody = names.people.with(|it| it.len() < 2);
        match (all.with(Vec::is_empty), nobody) {
            (true, true) => words.alone.to_owned(),
            (true, false) => words.none_found.to_owned(),
            _ => String::new(),
        }
    });
    let height = text(move || format!("{}px", all.with(Vec::len) as f64 * ROW));
    let key = |row: &(usize, Listed)| (row.0, row.1.name.clone(), row.1.busy);
    let on_scroll: Box<dyn FnMut(leptos::ev::Event)> = Box::new(move |_| measure());
    view! {
        <p class="soft" role="status">{note}</p>
        <div class="people-list" node_ref=node on:scroll=on_scroll>
            <ul aria-label=words.online style:block-size=height>
                <For each=move || rows.get() key=key let:row>
                    <Row names=names at=row.0 of=all person=row.1 />
                </For>
            </ul>
        </div>
    }
    .into_any()
}

#[component]
fn Row(names: Names, at: usize, of: Memo<Vec<Listed>>, person: Listed) -> impl IntoView {
    let words = &words().names;
    let name = person.name.clone();
    let busy = part(move || {
        let busy = person.busy.then_some(words.in_call)?;
        Some(view! { <span class="person-busy">{busy}</span> }.into_any())
    });
    let place = format!("{}px", at as f64 * ROW);
    view! {
        // Whoever hears the list learns how long it is: most of it is not there.
        <li class="person-row" style:inset-block-start=place aria-posinset=at + 1
            aria-setsize=text(move || of.with(Vec::len).to_string())>
            <span class="person-name">{person.name.clone()}</span>
            {busy}
            <CallButton names=names name=name />
        </li>
    }
    .into_any()
}

/// Named after whom it calls.
#[component]
pub fn CallButton(names: Names, name: String) -> impl IntoView {
    let words = &words().names;
    let label = words.call(&name);
    view! {
        <button type="button" class="button" aria-label=label on:click=press(move || names.call(&name))>
            {words.call_them}
        </button>
    }
    .into_any()
}

/// Where there is no list: whom, by name.
#[component]
pub fn CallByName(names: Names) -> impl IntoView {
    let words = &words().names;
    let name = RwSignal::new(String::new());
    let call = move || {
        let name = name.get_untracked();
        if !name.trim().is_empty() {
            names.call(&name);
        }
    };
    view! {
        <p class="soft">{words.unlisted}</p>
        <form class="people-entry" on:submit=submit(call)>
            <input type="text" maxlength="64" autocomplete="off" aria-label=words.field placeholder=words.field
                on:input=input(move |typed| name.set(typed)) />
            <Button text=words.call_them press=press(call) kind="primary" />
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str) -> Listed {
        let (name, busy) = (name.to_string(), false);
        Listed { name, busy }
    }

    #[test]
    fn only_rows_that_can_be_seen_are_there() {
        assert_eq!(window(0.0, 0.0, 5_000), (0, FIRST));
        assert_eq!(window(0.0, 640.0, 5_000), (0, 10 + 2 * SPARE));
        let (first, last) = window(64_000.0, 640.0, 5_000);
        assert!(first <= 1_000 && last >= 1_010 && last - first < 40);
        assert_eq!(
            window(1e9, 640.0, 5),
            (5, 5),
            "scrolled beyond a list that became short"
        );
        assert_eq!(window(0.0, 640.0, 3), (0, 3));
    }

    #[test]
    fn a_search_finds_parts_of_names_and_never_oneself() {
        let people = ["Ana", "Annabel", "Ben"].map(listed);
        let names = |search| -> Vec<String> {
            found(&people, "Ana", search)
                .into_iter()
                .map(|it| it.name)
                .collect()
        };
        assert_eq!(names(""), ["Annabel", "Ben"]);
        assert_eq!(names(" ANN "), ["Annabel"]);
        assert_eq!(names("x"), [""; 0]);
    }
}
