//! One other person: picture, name, and what is the matter, on the picture itself.

use crate::{
    parts::{
        button::Button,
        icon::{Icon, MICROPHONE_OFF},
        lean::{flag, memo, part, press, text, word},
        level_meter::percent,
        picture::{Hearing, Picture},
    },
    session::{Tile, TileState},
    words::{Step, words},
};
use leptos::prelude::*;

/// Softer than this is breath and keyboards.
const SPEAKING: f32 = 0.02;

#[component]
pub fn PersonTile(tile: Tile, hearing: Hearing, retry: Callback<Tile>) -> impl IntoView {
    let name = Signal::derive(move || called(&tile.name.get()));
    let speaking = memo(move || tile.microphone.get() && tile.level.get() > SPEAKING);
    view! {
        <div
            class="tile"
            role="group"
            aria-label=name
            data-peer=tile.id.get_value()
            data-state=word(move || tile.state.get().name())
            data-camera=flag(move || tile.camera.get())
            data-speaking=flag(move || speaking.get())
            style=("--level", text(move || percent(tile.level.get())))
        >
            <Picture stream=tile.stream hearing=hearing on_frame=move |()| tile.on_first_frame() />
            <Initial name=name />
            {part(move || trouble(tile, name, retry))}
            <NameChip name=name muted=Signal::derive(move || !tile.microphone.get()) />
        </div>
    }
    .into_any()
}

/// What stands on the picture while it is not to be relied on.
fn trouble(tile: Tile, name: Signal<String>, retry: Callback<Tile>) -> Option<AnyView> {
    let call = &words().call;
    let text = match tile.state.get() {
        TileState::Connected => return None,
        TileState::Connecting => call.connecting,
        TileState::Reconnecting => call.reconnecting,
        TileState::Failed => {
            let again = (words().common.step)(Step::TryAgain);
            let failed = view! {
                <div class="tile-note" role="alert">
                    <p>{text(move || (call.cannot_reach)(&name.get()))}</p>
                    <Button text=again press=press(move || retry.run(tile)) />
                </div>
            };
            return Some(failed.into_any());
        }
    };
    Some(view! { <div class="tile-note" role="status"><p>{text}</p></div> }.into_any())
}

/// In place of a picture that is not there.
#[component]
pub fn Initial(#[prop(into)] name: Signal<String>) -> impl IntoView {
    let initial = text(move || {
        let first = name.get().chars().next();
        first
            .map(|c| c.to_uppercase().collect())
            .unwrap_or_default()
    });
    view! { <span class="tile-initial" aria-hidden="true">{initial}</span> }
}

#[component]
pub fn NameChip(
    #[prop(into)] name: Signal<String>,
    #[prop(into)] muted: Signal<bool>,
) -> impl IntoView {
    let mark = part(move || {
        muted.get().then(|| {
            view! {
                <Icon glyph=MICROPHONE_OFF />
                <span class="unseen">{words().call.microphone_off}</span>
            }
            .into_any()
        })
    });
    view! { <p class="tile-name">{mark} <bdi>{name}</bdi></p> }.into_any()
}

/// A person who gave no name is still somebody.
pub fn called(name: &str) -> String {
    if name.is_empty() {
        words().call.guest.to_string()
    } else {
        name.to_string()
    }
}
