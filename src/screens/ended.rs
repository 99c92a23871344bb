//! After a call: why it is over, the way back in, and the way home.

use crate::{
    parts::message::Message,
    route::Route,
    session::Ended,
    words::{Step, words},
};
use leptos::prelude::*;

#[component]
pub fn EndedCall(
    ended: Ended,
    /// In place of the usual step, where there is no way back into the same call.
    #[prop(optional)]
    step: Option<Step>,
    #[prop(into)] act: Callback<Step>,
) -> impl IntoView {
    let words = words();
    let advice = (words.trouble.ended)(ended);
    let button = step.or(advice.step).map(|step| {
        view! {
            <button type="button" class="button" data-kind="primary" on:click=move |_| act.run(step)>
                {(words.common.step)(step)}
            </button>
        }
    });
    // Only leaving is what the person wanted; the rest calls for a decision.
    let (title, text) = match ended {
        Ended::Left => (words.call.you_left, ""),
        _ => (words.call.not_in_call, advice.text),
    };
    view! {
        <Message title=title text=text alert=ended != Ended::Left>
            {button}
            <a class="button" href=Route::Home.fragment()>{words.common.back_home}</a>
        </Message>
    }
}
