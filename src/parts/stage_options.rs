//! How the stage looks: grid or spotlight, oneself among the others or not, and a small window that
//! stays when one goes elsewhere.

use crate::{
    parts::{
        icon::{EYE, FLOAT, Icon},
        lean::{flag, part, press},
        pip::Pip,
        stage::{Layout, Stage},
    },
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn StageOptions(
    stage: Stage,
    pip: Pip,
    /// The dialog that this is in.
    open: RwSignal<bool>,
) -> impl IntoView {
    let words = &words().stage;
    let choice = |layout, text| {
        view! {
            <button
                type="button"
                class="button"
                aria-pressed=flag(move || stage.layout.get() == layout)
                on:click=press(move || stage.choose(layout))
            >
                {text}
            </button>
        }
    };
    let hide = press(move || stage.hides_self.update(|hidden| *hidden = !*hidden));
    let float = pip.is_possible().then(|| {
        let show = press(move || {
            open.set(false);
            pip.toggle();
        });
        view! {
            <button type="button" class="button" aria-pressed=flag(move || pip.is_open()) on:click=show>
                <Icon glyph=FLOAT />
                {words.float}
            </button>
        }
    });
    view! {
        <div class="stage-options">
            <div class="layouts" role="group" aria-label=words.layout>
                {choice(Layout::Grid, words.grid)}
                {choice(Layout::Spotlight, words.spotlight)}
            </div>
            <button
                type="button"
                class="button"
                aria-pressed=flag(move || stage.hides_self.get())
                on:click=hide
            >
                {words.hide_self}
            </button>
            {float}
        </div>
    }
    .into_any()
}

/// The quiet way back for somebody who has hidden themselves.
#[component]
pub fn ShowSelf(stage: Stage) -> impl IntoView {
    let words = &words().stage;
    part(move || {
        let back = || {
            let show = press(move || stage.hides_self.set(false));
            view! {
                <button
                    type="button"
                    class="tile-control show-self"
                    aria-label=words.show_self
                    title=words.show_self
                    on:click=show
                >
                    <Icon glyph=EYE />
                </button>
            }
            .into_any()
        };
        stage.hides_self.get().then(back)
    })
}
