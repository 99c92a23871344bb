//! Where everything begins: one line, one field, one button, three quiet ways on.

use crate::{
    parts::{
        brand::{Brand, Mark},
        icon::{DIRECT, Glyph, Icon, LIVE, ONWARD, PEOPLE},
        language_picker::LanguagePicker,
        lean::{input, part, press, submit},
        page,
    },
    route::Route,
    screens::upcoming::StartCall,
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn Home() -> impl IntoView {
    page::use_title(String::new);
    let words = &words().home;
    view! {
        <div class="page">
            <header class="top"><Brand /> <LanguagePicker /></header>
            <main class="home">
                <div class="home-start">
                    <h1 class="line">{words.line}</h1>
                    <Entry />
                    <StartCall />
                    <nav class="ways">
                        <Way glyph=PEOPLE hint=words.people_hint>
                            <a class="way-name" href=Route::People.fragment()>{words.people}</a>
                        </Way>
                        <Way glyph=LIVE hint=words.live_hint>
                            <WayButton route=Route::Live(String::new()) name=words.live />
                        </Way>
                        <Way glyph=DIRECT hint=words.direct_hint>
                            <WayButton route=Route::Direct(None) name=words.direct />
                        </Way>
                    </nav>
                </div>
                <div class="home-mark"><Mark /></div>
            </main>
            <footer class="foot">
                <a href=Route::Recordings.fragment()>{words.recordings}</a>
                <a href=Route::Check.fragment()>{words.check}</a>
            </footer>
        </div>
    }
    .into_any()
}

/// A room by its link or its name.
#[component]
fn Entry() -> impl IntoView {
    let words = &words().home;
    let text = RwSignal::new(String::new());
    let trouble = RwSignal::new(None::<&'static str>);
    let join = submit(move || {
        let text = text.get_untracked();
        match Route::entered(&text) {
            Some(route) => page::go(&route),
            None if text.trim().is_empty() => trouble.set(Some(words.nothing_entered)),
            None => trouble.set(Some(words.leads_nowhere)),
        }
    });
    view! {
        <form class="entry" on:submit=join>
            <div class="entry-field">
                <input
                    type="text"
                    aria-label=words.field
                    placeholder=words.field
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    enterkeyhint="go"
                    prop:value=text
                    on:input=input(move |typed| {
                        text.set(typed);
                        trouble.set(None);
                    })
                />
                <button type="submit" class="button">{words.join}</button>
            </div>
            {part(move || trouble.get().map(|text| view! { <p class="trouble" role="alert">{text}</p> }.into_any()))}
        </form>
    }
    .into_any()
}

/// Its row can be pressed anywhere; its name is the name alone.
#[component]
fn WayButton(route: Route, name: &'static str) -> impl IntoView {
    view! {
        <button type="button" class="way-name" on:click=press(move || page::go(&route))>
            {name}
        </button>
    }
    .into_any()
}

#[component]
fn Way(glyph: Glyph, hint: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="way">
            <Icon glyph=glyph />
            <span class="way-text">
                {children()}
                <span class="way-hint">{hint}</span>
            </span>
            <Icon glyph=ONWARD />
        </div>
    }
    .into_any()
}
