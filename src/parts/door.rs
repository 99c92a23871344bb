//! The password of a host that is not for everybody, asked for once.

use crate::{
    parts::{
        lean::{flag, input, part, submit, watch},
        page,
    },
    session::pass::{Door, Knock},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn PasswordForm() -> impl IntoView {
    let door = Door::find();
    watch(move || {
        if door.stands() == Knock::Open {
            page::reload();
        }
    });
    part(move || {
        let asked = !matches!(door.stands(), Knock::Asking | Knock::NoPassword);
        asked.then(|| untrack(|| view! { <Form door=door /> }.into_any()))
    })
}

#[component]
fn Form(door: Door) -> impl IntoView {
    let words = &words().door;
    let word = RwSignal::new(String::new());
    let say = submit(move || door.say(word.get_untracked()));
    let trouble = part(move || {
        let text = match door.stands() {
            Knock::Wrong => words.wrong,
            Knock::TooFast => words.too_fast,
            Knock::Unreachable => words.unreachable,
            _ => return None,
        };
        Some(view! { <p class="trouble" role="alert">{text}</p> }.into_any())
    });
    view! {
        <form class="people-sign" on:submit=say>
            <label class="field">
                <span class="field-label">{words.password}</span>
                <input type="password" autocomplete="current-password" maxlength="256"
                    on:input=input(move |typed| word.set(typed)) />
            </label>
            {trouble}
            <button type="submit" class="button" data-kind="primary"
                aria-busy=flag(move || door.stands() == Knock::Waiting)>
                {words.enter}
            </button>
        </form>
    }
    .into_any()
}
