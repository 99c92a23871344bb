//! Making sure who it is: the button on a tile, the code in a dialog, what a tile says of who is on it,
//! and being forgotten.

use crate::{
    parts::{
        button::Button,
        dialog::Dialog,
        icon::{CLOSE, Icon, VERIFIED, WARNING},
        lean::{Press, part, press, text},
        tile::called,
    },
    session::{
        Call, Tile, Trust,
        verify::{Code, Comparison},
    },
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn VerifyButton(#[prop(into)] name: Signal<String>, press: Press) -> impl IntoView {
    let label = move || words().verify.verify(&name.get());
    view! {
        <button
            type="button"
            class="tile-control"
            aria-label=text(label)
            title=text(label)
            on:click=press
        >
            <Icon glyph=VERIFIED />
        </button>
    }
    .into_any()
}

/// On a tile, where there is something to say of who it is.
#[component]
pub fn TrustMark(
    tile: Tile,
    #[prop(into)] name: Signal<String>,
    verify: Callback<Tile>,
) -> impl IntoView {
    let read = RwSignal::new(false);
    part(move || match tile.trust.get() {
        Trust::Unchecked => None,
        Trust::Doubtful if read.get() => None,
        Trust::Doubtful => Some(doubt(tile, name, verify, read)),
        trust => {
            let said = words().verify.trust(&trust, &name.get());
            let mark = view! {
                <p class="tile-trust">
                    <Icon glyph=VERIFIED />
                    <span>{said}</span>
                </p>
            };
            Some(mark.into_any())
        }
    })
}

fn doubt(
    tile: Tile,
    name: Signal<String>,
    verify: Callback<Tile>,
    read: RwSignal<bool>,
) -> AnyView {
    let said = words().verify.trust(&Trust::Doubtful, &name.get());
    let compare = words().verify.compare;
    view! {
        <div class="tile-doubt notice" data-tone="warn" role="alert">
            <Icon glyph=WARNING />
            <p>{said}</p>
            <Button text=compare press=press(move || verify.run(tile)) />
            <button
                type="button"
                class="button"
                data-kind="bare"
                aria-label=words().common.close
                on:click=press(move || read.set(true))
            >
                <Icon glyph=CLOSE />
            </button>
        </div>
    }
    .into_any()
}

#[component]
pub fn VerifyDialog(call: Call) -> impl IntoView {
    let verifying = call.verifying;
    view! {
        <Dialog open=verifying.open title=words().verify.title>
            {part(move || {
                let now = verifying.now.get()?;
                Some(stage(call, now.stage, &called(&now.name)))
            })}
        </Dialog>
    }
}

fn stage(call: Call, stage: Comparison, name: &str) -> AnyView {
    let words = &words().verify;
    let said = |text: String| view! { <p role="status">{text}</p> }.into_any();
    let warned = |text: String| view! { <p role="alert">{text}</p> }.into_any();
    match stage {
        Comparison::Making => said(words.making.to_string()),
        Comparison::Ready(code) => code_of(call, code, name),
        Comparison::Matched => said(words.matched(name)),
        Comparison::Differed => warned(words.differed(name)),
        Comparison::Failed(trouble) => warned(words.trouble(trouble).to_string()),
        Comparison::Gone => said(crate::words::words().call.left(name)),
    }
}

fn code_of(call: Call, code: Code, name: &str) -> AnyView {
    let words = &words().verify;
    view! {
        <p>{words.how(name)}</p>
        <p class="code-words" data-sas="" role="status">{words.code(code)}</p>
        <p class="soft">{words.digits} " " <b class="code-digits" dir="ltr">{code.digits()}</b></p>
        <p class="soft">{words.why}</p>
        <div class="code-answers">
            <Button text=words.same kind="primary" press=press(move || call.codes_match()) />
            <Button text=words.differ press=press(move || call.codes_differ()) />
        </div>
    }
    .into_any()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    No,
    Sure,
    Done,
}

/// Deletes whom this device knows and by what it is known, after a question.
#[component]
pub fn ForgetMe(call: Call) -> impl IntoView {
    let words = &words().verify;
    let asked = RwSignal::new(Asked::No);
    let ask = move |to: Asked| press(move || asked.set(to));
    let forget = move || {
        press(move || {
            call.forget_people();
            asked.set(Asked::Done);
        })
    };
    view! {
        <div class="forget-me" role="group" aria-label=words.forget>
            {part(move || {
                let view = match asked.get() {
                    Asked::No => {
                        let count = words.people(Call::people_known());
                        view! {
                            <Button text=words.forget press=ask(Asked::Sure) />
                            <p class="soft">{count}</p>
                        }
                        .into_any()
                    }
                    Asked::Sure => {
                        view! {
                            <p role="alert">{words.forget_means}</p>
                            <Button text=words.forget_now press=forget() />
                            <Button text=words.forget_not press=ask(Asked::No) />
                        }
                        .into_any()
                    }
                    Asked::Done => view! { <p role="status">{words.forgotten}</p> }.into_any(),
                };
                Some(view)
            })}
        </div>
    }
    .into_any()
}
