//! Before a host that is not for everybody: what is needed to come in.

use crate::{
    parts::{button::HomeLink, door::PasswordForm, message::Message},
    session::Ended,
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn DoorScreen(ended: Ended) -> impl IntoView {
    let words = words();
    let text = words.ended.advice(ended).text;
    view! {
        <Message title=words.door.title text=text alert=true>
            <PasswordForm />
            <HomeLink />
        </Message>
    }
}
