//! Screens that are shown in a call: somebody's, whole and as large as the stage allows, and one's own
//! with what can be chosen about it. And what there is to say about sharing.

use crate::{
    parts::{
        button::Button,
        icon::{Icon, SCREEN, SCREEN_OFF, WARNING, changing},
        lean::{flag, input, part, press, text, watch, word},
        picture::{Hearing, Picture},
        stage::{Stage, screen_of},
        tile::called,
        tile_controls::{TileControls, fill_screen},
    },
    session::{Call, Detail, ShareState, Tile},
    words::words,
};
use leptos::prelude::*;
use std::time::Duration;

/// Long enough to be read twice.
const SHOWN_FOR: Duration = Duration::from_secs(12);

#[component]
pub fn ScreenTile(tile: Tile, hearing: Hearing, stage: Stage) -> impl IntoView {
    let key = StoredValue::new(screen_of(&tile));
    let name = Signal::derive(move || words().share.screen_of(&called(&tile.name.get())));
    // As it is from the beginning; who shares anew is shown anew.
    let sound = tile.screen.get_untracked().is_some_and(|it| it.sound);
    let picture = if sound {
        view! { <Picture stream=tile.screen_stream hearing=hearing viewers=tile.screen_viewers /> }
            .into_any()
    } else {
        view! { <Picture stream=tile.screen_stream viewers=tile.screen_viewers /> }.into_any()
    };
    view! {
        <div
            class="tile screen-tile"
            role="group"
            aria-label=name
            data-screen=tile.id.get_value()
            data-state=word(move || tile.state.get().name())
            on:dblclick=fill_screen()
        >
            {picture}
            <p class="tile-name"><Icon glyph=SCREEN /> <bdi>{text(move || name.get())}</bdi></p>
            <TileControls stage=stage key=key name=name />
        </div>
    }
    .into_any()
}

#[component]
pub fn OwnScreenTile(call: Call) -> impl IntoView {
    let words = &words().share;
    view! {
        <div
            class="tile screen-tile own-screen"
            role="group"
            aria-label=words.own
            data-screen="self"
            data-state="connected"
        >
            <Picture stream=call.share.picture />
            <p class="tile-name"><Icon glyph=SCREEN /> {words.own}</p>
            <div class="own-screen-controls">
                <DetailChoice call=call place="tile" />
                <Button text=words.stop press=press(move || call.toggle_share()) />
            </div>
        </div>
    }
    .into_any()
}

/// What counts about the picture of one's screen.
#[component]
pub fn DetailChoice(
    call: Call,
    /// Unique on the page, for the two belong together.
    place: &'static str,
) -> impl IntoView {
    let words = &words().share;
    let radio = move |detail: Detail, label: &'static str| {
        let checked = move || call.share.detail.get() == detail;
        view! {
            <label>
                <input
                    type="radio"
                    name=["screen-", place].concat()
                    prop:checked=checked
                    on:change=input(move |_| call.prefer(detail))
                />
                <span>{label}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <fieldset class="choice">
            <legend>{words.detail}</legend>
            {radio(Detail::Sharp, words.sharp)}
            {radio(Detail::Smooth, words.smooth)}
        </fieldset>
    }
    .into_any()
}

/// In the toolbar, where there is a screen to share.
#[component]
pub fn ShareToggle(call: Call) -> impl IntoView {
    let label = words().share.share;
    let on = move || matches!(call.share.state.get(), ShareState::On { .. });
    call.share.is_possible().then(|| {
        view! {
            <button
                type="button"
                class="round"
                data-kind="panel"
                aria-label=label
                title=label
                aria-pressed=flag(on)
                data-busy=flag(move || call.share.state.get() == ShareState::Asking)
                on:click=press(move || call.toggle_share())
            >
                {changing(move || if on() { SCREEN_OFF } else { SCREEN })}
            </button>
        }
        .into_any()
    })
}

/// Why nothing is shared, until it is read; that there is no sound with it, for a while.
#[component]
pub fn ShareNotice(call: Call) -> impl IntoView {
    let share = call.share;
    watch(move || {
        if !share.silent.get() {
            return;
        }
        let over = set_timeout_with_handle(move || share.silent.set(false), SHOWN_FOR);
        if let Ok(over) = over {
            on_cleanup(move || over.clear());
        }
    });
    let close = words().common.close;
    part(move || {
        if let ShareState::Off(Some(trouble)) = share.state.get() {
            let advice = words().share.trouble(trouble);
            return Some(
                view! {
                    <div class="held-back notice" data-tone="warn" role="alert">
                        <Icon glyph=WARNING />
                        <p>{advice.text}</p>
                        <Button text=close press=press(move || call.forget_share_trouble()) />
                    </div>
                }
                .into_any(),
            );
        }
        share.silent.get().then(|| {
            view! {
                <div class="held-back notice" role="status">
                    <p>{words().share.silent}</p>
                    <Button text=close press=press(move || share.silent.set(false)) />
                </div>
            }
            .into_any()
        })
    })
}
