//! One other person: picture, name, and what is the matter, on the picture itself.

use crate::{
    parts::{
        button::Button,
        icon::{Icon, MICROPHONE_OFF, SOUND_OFF},
        lean::{flag, memo, part, press, text, word},
        level_meter::percent,
        picture::{Hearing, Picture},
        signs::TileSigns,
        stage::Stage,
        tile_controls::{TileControls, fill_screen},
        verify::{TrustMark, VerifyButton},
    },
    session::{Tile, TileState, rest_is_there_after},
    words::{Step, words},
};
use leptos::prelude::*;

/// Softer than this is breath and keyboards.
const SPEAKING: f32 = 0.02;
/// A tile's buttons are made after its picture: nobody looks for them sooner.
const SETTLED_MS: u64 = 700;

#[component]
pub fn PersonTile(
    tile: Tile,
    hearing: Hearing,
    stage: Stage,
    retry: Callback<Tile>,
    /// Shows the code to be compared with them.
    verify: Callback<Tile>,
) -> impl IntoView {
    let name = Signal::derive(move || called(&tile.name.get()));
    let speaking = memo(move || tile.microphone.get() && tile.level.get() > SPEAKING);
    let settled = rest_is_there_after(SETTLED_MS);
    let controls = part(move || {
        let controls = || {
            view! {
                <TrustMark tile=tile name=name verify=verify />
                <TileControls stage=stage key=tile.id name=name>
                    <VerifyButton name=name press=press(move || verify.run(tile)) />
                </TileControls>
            }
            .into_any()
        };
        settled.get().then(controls)
    });
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
            on:dblclick=fill_screen()
        >
            <Picture
                stream=tile.stream
                hearing=hearing
                ears=tile.ears
                viewers=tile.viewers
                on_frame=move |()| tile.on_first_frame()
            />
            <Initial name=name />
            {part(move || trouble(tile, name, retry))}
            <NameChip
                name=name
                muted=Signal::derive(move || !tile.microphone.get())
                silenced=tile.ears.silenced
            />
            <TileSigns signs=tile.signs />
            {controls}
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
            let again = words().common.step(Step::TryAgain);
            let failed = view! {
                <div class="tile-note" role="alert">
                    <p>{text(move || call.cannot_reach(&name.get()))}</p>
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
    /// For oneself alone.
    #[prop(optional, into)]
    silenced: Signal<bool>,
) -> impl IntoView {
    let mark = part(move || {
        let (glyph, text) = if silenced.get() {
            (SOUND_OFF, words().people.muted_for_me)
        } else if muted.get() {
            (MICROPHONE_OFF, words().call.microphone_off)
        } else {
            return None;
        };
        let mark = view! {
            <Icon glyph=glyph />
            <span class="unseen">{text}</span>
        };
        Some(mark.into_any())
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
