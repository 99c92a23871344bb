//! Call by name: sign in, see who is here, call; and the calls of late.

use crate::{
    parts::{
        brand::Brand,
        button::Button,
        door::PasswordForm,
        lean::{flag, input, memo, part, press, submit, word},
        notice::Hint,
        page,
        people_list::{CallButton, CallByName, PeopleList},
    },
    screens::upcoming::StartCall,
    session::names::{Denial, Names, Notices, Offered, Past, Standing},
    words::words,
};
use leptos::prelude::*;

/// Which half of the screen there is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Side {
    Outside,
    Inside { name: String, listed: bool },
}

#[component]
pub fn People() -> impl IntoView {
    let words = &words().names;
    page::use_title(move || words.title.to_owned());
    let names = Names::get();
    let side = memo(move || match names.standing.get() {
        Standing::In { name, listed } => Side::Inside { name, listed },
        // The list stands still, and comes back with the server.
        Standing::Away(name) => Side::Inside { name, listed: true },
        Standing::Out | Standing::Asking(_) | Standing::Denied { .. } => Side::Outside,
    });
    let body = part(move || match (names.offered.get(), side.get()) {
        (Offered::Unknown, _) => None,
        (Offered::No, _) => Some(
            view! { <Hint text=words.off /> <div class="actions"><StartCall /></div> }.into_any(),
        ),
        (Offered::Yes, Side::Outside) => Some(view! { <SignIn names=names /> }.into_any()),
        (Offered::Yes, Side::Inside { name, listed }) => {
            Some(view! { <Inside names=names name=name listed=listed /> }.into_any())
        }
    });
    view! {
        <div class="page">
            <header class="top"><Brand /></header>
            <main class="column">
                <h1 class="line">{words.title}</h1>
                {body}
                <Recent names=names />
            </main>
        </div>
    }
    .into_any()
}

#[component]
fn SignIn(names: Names) -> impl IntoView {
    let words = &words().names;
    let name = RwSignal::new(names.my_name());
    let sign_in = submit(move || names.sign_in(&name.get_untracked()));
    let asking = move || names.standing.with(|it| matches!(it, Standing::Asking(_)));
    let trouble = part(move || {
        let said = names.standing.with(|it| match it {
            Standing::Denied { code, name } => Some(words.denied(*code, name)),
            _ => None,
        });
        said.map(|text| view! { <p class="trouble" role="alert">{text}</p> }.into_any())
    });
    let uninvited = memo(move || {
        let is = |it: &Standing| {
            matches!(
                it,
                Standing::Denied {
                    code: Denial::Uninvited,
                    ..
                }
            )
        };
        names.standing.with(is)
    });
    view! {
        <p class="soft">{words.text}</p>
        {part(move || uninvited.get().then(|| view! { <PasswordForm /> }.into_any()))}
        <form class="people-sign" on:submit=sign_in>
            <label class="field">
                <span class="field-label">{words.your_name}</span>
                <input type="text" autocomplete="nickname" maxlength="64" prop:value=name
                    on:input=input(move |typed| name.set(typed)) />
            </label>
            {trouble}
            <button type="submit" class="button" data-kind="primary" aria-busy=flag(asking)>
                {words.sign_in}
            </button>
            <p class="soft" role="status">
                {word(move || if asking() { words.signing_in } else { "" })}
            </p>
        </form>
    }
    .into_any()
}

#[component]
fn Inside(names: Names, name: String, listed: bool) -> impl IntoView {
    let words = &words().names;
    let search = RwSignal::new(String::new());
    let away = part(move || {
        let said = names.standing.with(|it| match it {
            Standing::Away(name) => Some(words.away(name)),
            _ => None,
        });
        said.map(|text| view! { <p class="people-away" role="status">{text}</p> }.into_any())
    });
    let whom = if listed {
        view! {
            <input type="search" class="people-search" aria-label=words.search placeholder=words.search
                on:input=input(move |typed| search.set(typed)) />
            <PeopleList names=names me=name.clone() search=search />
        }
        .into_any()
    } else {
        view! { <CallByName names=names /> }.into_any()
    };
    view! {
        <div class="people-me">
            <p>{words.signed_in(&name)}</p>
            <Button text=words.sign_out press=press(move || names.sign_out()) />
        </div>
        {away}
        {part(move || (names.notices.get() == Notices::NotAsked).then(|| view! { <Ask names=names /> }.into_any()))}
        {whom}
    }
    .into_any()
}

/// Not before somebody has signed in: then they know what it is for.
#[component]
fn Ask(names: Names) -> impl IntoView {
    let words = &words().names;
    view! {
        <div class="people-ask">
            <Button text=words.notices press=press(move || names.ask_for_notices()) />
            <p class="soft">{words.notices_text}</p>
        </div>
    }
    .into_any()
}

#[component]
fn Recent(names: Names) -> impl IntoView {
    let words = &words().names;
    let some = memo(move || names.past.with(|it| !it.is_empty()));
    let can_call = memo(move || names.standing.with(|it| matches!(it, Standing::In { .. })));
    let row = move |past: Past| {
        let name = StoredValue::new(past.name.clone());
        let call = part(move || {
            let name = can_call.get().then(|| name.get_value())?;
            Some(view! { <CallButton names=names name=name /> }.into_any())
        });
        view! {
            <li class="past" data-kind=if past.missed() { "missed" } else { "" }>
                <span class="person-name">{past.name.clone()}</span>
                <span class="past-facts">
                    {words.past(past.kind)} " · " <time datetime=past.iso()>{past.when()}</time>
                </span>
                {call}
            </li>
        }
    };
    part(move || {
        some.get().then(|| {
            view! {
                <section class="people-past" aria-label=words.recent>
                    <header>
                        <h2 class="panel-title">{words.recent}</h2>
                        <Button text=words.forget press=press(move || names.forget_past()) kind="bare" />
                    </header>
                    <ul>
                        <For each=move || names.past.get() key=|it| (it.ring, it.kind) let:past>
                            {row(past)}
                        </For>
                    </ul>
                </section>
            }
            .into_any()
        })
    })
}
