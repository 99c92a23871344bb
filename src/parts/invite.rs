//! How others get in: the link and its QR code. In a dialog, and on the stage while one waits alone.

use crate::{
    parts::{
        button::Button,
        copy_field::CopyField,
        dialog::Dialog,
        lean::{part, press},
        qr_code::QrCode,
    },
    session::{Call, pass_on, rest_is_there},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn InviteDialog(call: Call, open: RwSignal<bool>) -> impl IntoView {
    let words = &words().call;
    view! {
        <Dialog open=open title=words.invite>
            <p class="soft">{words.invite_text}</p>
            <CopyField label=words.invite_link text=call.address />
            <PassOn link=call.address />
            <QrCode label=words.invite_code text=call.address />
        </Dialog>
    }
}

/// By whatever means the system has for it: messengers, mail, the telephone beside this one.
#[component]
pub fn PassOn(#[prop(into)] link: Signal<String>) -> impl IntoView {
    pass_on::can_pass_on().then(|| {
        let send = move || pass_on::pass_on(words().product.title, &link.get_untracked());
        view! { <Button text=words().call.invite_share press=press(send) /> }.into_any()
    })
}

/// In the place of the others, while there are none.
#[component]
pub fn FirstHere(call: Call) -> impl IntoView {
    let there = rest_is_there();
    let inside = move || view! { <Waiting call=call /> }.into_any();
    part(move || there.get().then(inside))
}

#[component]
fn Waiting(call: Call) -> impl IntoView {
    let words = &words().call;
    view! {
        <section class="first-here">
            <div role="status">
                <h2 class="panel-title">{words.first_here}</h2>
                <p class="soft">{words.first_here_text}</p>
            </div>
            <CopyField label=words.invite_link text=call.address />
            <PassOn link=call.address />
            <QrCode label=words.invite_code text=call.address />
        </section>
    }
    .into_any()
}
