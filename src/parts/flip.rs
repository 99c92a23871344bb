//! The button that turns to the camera on the other side of a phone. Only there where there is one.

use crate::{
    parts::{
        button::RoundButton,
        icon::FLIP,
        lean::{part, press},
    },
    session::Local,
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn FlipButton(local: Local) -> impl IntoView {
    part(move || {
        local.can_flip.get().then(|| {
            let flip = press(move || local.flip());
            view! {
                <div class="flip">
                    <RoundButton label=words().setup.flip glyph=FLIP press=flip />
                </div>
            }
            .into_any()
        })
    })
}
