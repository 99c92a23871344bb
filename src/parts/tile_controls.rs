//! What can be done with one tile: pin it, see it over the whole screen, and what belongs to its kind.
//! Shown on hover and focus.

use crate::{
    parts::{
        icon::{FULL_SCREEN, Icon, PIN},
        lean::{Press, flag, press, text},
        page,
        stage::Stage,
    },
    words::words,
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

#[component]
pub fn TileControls(
    stage: Stage,
    key: StoredValue<String>,
    #[prop(into)] name: Signal<String>,
    /// What else there is, before the rest.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let words = &words().stage;
    let full_screen = page::can_fill_screen().then(|| {
        let label = move || words.full_screen(&name.get());
        view! {
            <button
                type="button"
                class="tile-control"
                aria-label=text(label)
                title=text(label)
                on:click=fill_screen()
            >
                <Icon glyph=FULL_SCREEN />
            </button>
        }
    });
    view! {
        <div class="tile-controls">
            {children.map(|it| it())}
            <PinButton stage=stage key=key name=name />
            {full_screen}
        </div>
    }
    .into_any()
}

#[component]
pub fn PinButton(
    stage: Stage,
    key: StoredValue<String>,
    #[prop(into)] name: Signal<String>,
) -> impl IntoView {
    let label = move || words().stage.pin(&name.get());
    view! {
        <button
            type="button"
            class="tile-control"
            aria-label=text(label)
            title=text(label)
            aria-pressed=flag(move || key.with_value(|key| stage.is_pinned(key)))
            on:click=press(move || key.with_value(|key| stage.pin(key)))
        >
            <Icon glyph=PIN />
        </button>
    }
    .into_any()
}

/// The tile that was pressed fills the screen, or no longer does.
pub fn fill_screen() -> Press {
    Box::new(move |event: ev::MouseEvent| {
        let target = event
            .current_target()
            .and_then(|it| it.dyn_into::<Element>().ok());
        if let Some(tile) = target.and_then(|it| it.closest(".tile").ok().flatten()) {
            page::toggle_full_screen_of(&tile);
        }
    })
}
