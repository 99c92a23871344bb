//! After a call: why it is over, the way back in, and the way home.

use crate::{
    parts::{
        button::{Button, HomeLink},
        lean::press,
        message::Message,
    },
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
    let advice = words.ended.advice(ended);
    let button = step.or(advice.step).map(|step| {
        let press = press(move || act.run(step));
        view! { <Button text=words.common.step(step) press=press kind="primary" /> }
    });
    // Only leaving is what the person wanted; the rest calls for a decision.
    let (title, text) = match ended {
        Ended::Left => (words.call.you_left, ""),
        _ => (words.call.not_in_call, advice.text),
    };
    view! {
        <Message title=title text=text alert=ended != Ended::Left>
            {button}
            <HomeLink />
        </Message>
    }
}
