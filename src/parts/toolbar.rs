//! The controls of a call, floating bottom centre. Only what works is here.

use crate::{
    parts::{
        button::RoundButton,
        details::DetailsToggle,
        icon::{CHAT, INVITE, LEAVE, MORE, PEOPLE},
        lean::{part, press},
        panel::{PanelKind, PanelToggle, Panels},
        record::RecordToggle,
        screen_tile::ShareToggle,
        signs::SignsButton,
        toggle::DeviceToggles,
    },
    session::{Call, Tile},
    words::{language, words},
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

#[component]
pub fn Toolbar(
    call: Call,
    panels: Panels,
    invite: RwSignal<bool>,
    options: RwSignal<bool>,
    record: RwSignal<bool>,
) -> impl IntoView {
    let chat = &words().chat;
    let (words, words_people) = (&words().call, &words().people);
    let hands = Signal::derive(move || {
        let up = |tile: &&Tile| tile.signs.hand.get() > 0;
        call.tiles.with(|tiles| tiles.iter().filter(up).count())
    });
    // A direct call has no address to invite anybody to.
    let invitable = move || call.address.with(|address| !address.is_empty());
    let invite_button = part(move || {
        let press = press(move || invite.set(true));
        invitable().then(|| {
            view! { <RoundButton label=words.invite glyph=INVITE press=press /> }.into_any()
        })
    });
    view! {
        <div class="toolbar" role="toolbar" aria-label=words.controls on:keydown=on_arrow>
            <DeviceToggles local=call.local />
            <ShareToggle call=call />
            <PanelToggle
                panels=panels
                kind=PanelKind::Chat
                label=chat.title
                glyph=CHAT
                count=call.chat.unread
                unseen=unread
            />
            <PanelToggle
                panels=panels
                kind=PanelKind::People
                label=words_people.title
                glyph=PEOPLE
                count=hands
            />
            <SignsButton call=call />
            <RecordToggle call=call asks=record />
            <DetailsToggle panels=panels />
            {invite_button}
            <RoundButton label=words.more glyph=MORE press=press(move || options.set(true)) />
            <RoundButton label=words.leave glyph=LEAVE kind="stop" press=press(move || call.leave()) />
        </div>
    }
    .into_any()
}

fn unread(count: usize) -> String {
    words().chat.unread(count)
}

/// Left and right go from button to button, as in every toolbar.
fn on_arrow(event: ev::KeyboardEvent) {
    let Some(button) = event
        .target()
        .and_then(|it| it.dyn_into::<HtmlElement>().ok())
    else {
        return;
    };
    let rtl = language().rtl;
    let next = match event.key().as_str() {
        "ArrowRight" if rtl => button.previous_element_sibling(),
        "ArrowLeft" if rtl => button.next_element_sibling(),
        "ArrowRight" => button.next_element_sibling(),
        "ArrowLeft" => button.previous_element_sibling(),
        _ => return,
    };
    if let Some(next) = next.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        // Refused only for what has left the page.
        let _ = next.focus();
    }
}
