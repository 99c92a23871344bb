//! In which language the page is: a plain select, each language under its own name for itself.

use crate::{
    parts::{
        icon::{Icon, LANGUAGE},
        lean::{input, word},
        page,
    },
    session::language,
    words::{self, LANGUAGES, Language, words},
};
use leptos::prelude::*;

/// Small, in the corner of a screen that can be opened again at once.
#[component]
pub fn LanguagePicker() -> impl IntoView {
    let words = &words().language;
    let choose = |tag: String| {
        language::keep(&tag);
        page::reload_to_speak();
    };
    view! {
        <label class="language" title=words.hint>
            <Icon glyph=LANGUAGE />
            <span class="unseen">{words.label}</span>
            <select autocomplete="off" aria-description=words.hint on:change=input(choose)>
                {options()}
            </select>
        </label>
    }
    .into_any()
}

/// Among the options of a call, which goes on as it is.
#[component]
pub fn LanguageChoice() -> impl IntoView {
    let words = &words().language;
    let other = RwSignal::new(false);
    let choose = move |tag: String| {
        language::keep(&tag);
        other.set(tag != words::language().tag);
    };
    view! {
        <div class="settings">
            <label class="field">
                <span class="field-label">{words.label}</span>
                <select autocomplete="off" on:change=input(choose)>{options()}</select>
            </label>
            <p class="soft settings-hint" role="status">
                {word(move || if other.get() { words.later } else { "" })}
            </p>
        </div>
    }
    .into_any()
}

fn options() -> AnyView {
    let spoken = words::language().tag;
    let option = |it: &'static Language| {
        view! {
            <option value=it.tag lang=it.tag prop:selected=it.tag == spoken>{it.name}</option>
        }
    };
    LANGUAGES.iter().map(option).collect_view().into_any()
}
